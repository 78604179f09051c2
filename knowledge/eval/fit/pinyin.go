package main

import (
	"fmt"
	"io"
	"maps"
	"slices"

	gopinyin "github.com/mozillazg/go-pinyin"
	"golang.org/x/text/encoding/simplifiedchinese"
)

// pinyin writes how the characters of GB 2312 are read: a line for each syllable
// without its tone, then the characters. Of the less usual half of the characters
// only the first reading is kept.
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
			readings := gopinyin.SinglePinyin(r, args)
			const usual = 0xd7 // the last row of the characters in everyday use
			for i, syllable := range readings {
				if (i == 0 || high <= usual) && !slices.Contains(lines[syllable], r) {
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
