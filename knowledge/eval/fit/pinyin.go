package main

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	gopinyin "github.com/mozillazg/go-pinyin"
	"golang.org/x/text/encoding/simplifiedchinese"
)

// severalReadings are the everyday characters that are read in more than one way.
// For others dictionaries list readings that nobody types.
const severalReadings = "行重长调还率参朝传藏曾差单弹度更冠会间降教角觉卡壳乐累量落没模难便铺强切任塞散色省识属数说宿提系相校兴血应载择着中种转作薄" +
	"查称处大倒发供观核划假将结解尽圈空勒露埋脉蒙屏亲曲券少什石盛伺缩帖尾吸削遗扎折正只挣地得都"

// pinyin writes how the characters of GB 2312 are read: a line for each syllable
// without its tone, then the characters.
func pinyin(w io.Writer, _ string) error {
	args := gopinyin.NewArgs()
	args.Heteronym = true
	lines := make(map[string][]rune)
	for high := 0xb0; high <= 0xf7; high++ {
		for low := 0xa1; low <= 0xfe; low++ {
			s, err := simplifiedchinese.GBK.NewDecoder().Bytes([]byte{byte(high), byte(low)})
			if err != nil {
				return err
			}
			r := []rune(string(s))[0]
			for i, syllable := range gopinyin.SinglePinyin(r, args) {
				if (i == 0 || strings.ContainsRune(severalReadings, r)) && !slices.Contains(lines[syllable], r) {
					lines[syllable] = append(lines[syllable], r)
				}
			}
		}
	}
	for _, syllable := range slices.Sorted(maps.Keys(lines)) {
		if _, err := fmt.Fprintf(w, "%s %s\n", syllable, string(lines[syllable])); err != nil {
			return err
		}
	}
	return nil
}
