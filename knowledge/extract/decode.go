package extract

import (
	"bytes"
	"encoding/binary"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/net/html/charset"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
)

// decode returns data as UTF-8 text without a byte order mark.
//
// What the bytes are counts more than what the page declares: editors convert
// a page and leave the old label in it. Text that is valid UTF-8 is UTF-8;
// else the declared encoding is tried beside GB18030 (of which GBK and GB2312
// are parts) and Big5, and the reading with most of the common characters and
// fewest impossible ones wins. A text that was put together of both is read line
// by line.
func decode(data []byte, declared string) string {
	switch {
	case bytes.HasPrefix(data, []byte("\xef\xbb\xbf")):
		return strings.ToValidUTF8(string(data[3:]), "\ufffd")
	case bytes.HasPrefix(data, []byte("\xff\xfe")):
		return decodeUTF16(data[2:], binary.LittleEndian)
	case bytes.HasPrefix(data, []byte("\xfe\xff")):
		return decodeUTF16(data[2:], binary.BigEndian)
	}
	if order := utf16Order(data); order != nil {
		return decodeUTF16(data, order)
	}
	if mostlyUTF8(data) {
		return strings.ToValidUTF8(string(data), "\ufffd")
	}
	if mixed(data) {
		var b strings.Builder
		for line := range bytes.Lines(data) {
			if utf8.Valid(line) {
				b.Write(line)
			} else {
				b.WriteString(decodeWith(simplifiedchinese.GB18030, line))
			}
		}
		return b.String()
	}
	best := decodeWith(simplifiedchinese.GB18030, data)
	quality := commonShare(best)
	try := func(enc encoding.Encoding, margin float64) {
		if text := decodeWith(enc, data); commonShare(text) > quality+margin {
			best, quality = text, commonShare(text)
		}
	}
	if enc, _ := charset.Lookup(declared); enc != nil && enc != encoding.Nop {
		try(enc, 0)
	}
	// Text in one of the two mostly decodes in the other as rare characters.
	try(traditionalchinese.Big5, 0.2)
	return best
}

func decodeWith(enc encoding.Encoding, data []byte) string {
	out, err := enc.NewDecoder().Bytes(data)
	if err != nil {
		return strings.ToValidUTF8(string(data), "\ufffd")
	}
	return string(out)
}

// mostlyUTF8 is true for valid UTF-8 and for UTF-8 with a few broken
// characters, as a cut file or a truncated title has them.
func mostlyUTF8(data []byte) bool {
	good, bad := 0, 0
	for len(data) > 0 {
		r, size := utf8.DecodeRune(data)
		switch {
		case r == utf8.RuneError && size == 1:
			bad++
		case r >= utf8.RuneSelf:
			good++
		}
		data = data[size:]
	}
	return bad == 0 || bad*50 < good
}

// mixed reports whether some lines of data are UTF-8 and others are not, as when
// files were put one behind the other. A line of ten characters or more in
// another encoding is practically never valid UTF-8 by chance.
func mixed(data []byte) bool {
	good, bad := 0, 0
	for line := range bytes.Lines(data) {
		switch {
		case !utf8.Valid(line):
			bad++
		case utf8.RuneCount(line)+20 <= len(line): // two bytes more for each of ten
			good++
		}
	}
	return good > 0 && bad > 0 && good*10 >= bad
}

// utf16Order finds UTF-16 without a mark by the zero bytes of its ASCII half.
func utf16Order(data []byte) binary.ByteOrder {
	head := data[:min(len(data), 2048)]
	var zero [2]int
	for i, b := range head {
		if b == 0 {
			zero[i%2]++
		}
	}
	switch enough := len(head) / 20; {
	case len(head) < 16:
		return nil
	case zero[1] > enough && zero[0] <= zero[1]/20:
		return binary.LittleEndian
	case zero[0] > enough && zero[1] <= zero[0]/20:
		return binary.BigEndian
	}
	return nil
}

func decodeUTF16(data []byte, order binary.ByteOrder) string {
	units := make([]uint16, len(data)/2)
	for i := range units {
		units[i] = order.Uint16(data[2*i:])
	}
	return string(utf16.Decode(units))
}

// commonChars are characters that any Chinese text of some length holds, in
// both ways of writing.
const commonChars = "的一是不了在人有我他这这個大中来來上为為和国國地到以说說时時要就出会會可也你对對生能而子那得于於着著下自之年过過发發后後作里用道行所然家种種事成方多经經么麼去法学學如都同现現当當没沒动動面起看定天分还還进進好小部其些主样樣理心她本前开開但因只从從想实實日者市政府第条條办辦单單位文件通知公申请請规規定"

var common = func() map[rune]bool {
	set := map[rune]bool{}
	for _, r := range commonChars {
		set[r] = true
	}
	return set
}()

// commonShare rates a decoding: the share of common characters among those
// beyond ASCII, less the share of impossible ones.
func commonShare(text string) float64 {
	good, bad, all := 0, 0, 0
	for _, r := range text {
		if r < utf8.RuneSelf {
			continue
		}
		all++
		switch {
		case common[r] || r == '，' || r == '。' || r == '、' || r == '：':
			good++
		case r == utf8.RuneError || isPrivate(r):
			bad += 3
		}
		if all == 20_000 {
			break
		}
	}
	if all == 0 {
		return 0
	}
	return float64(good-bad) / float64(all)
}

func isPrivate(r rune) bool {
	return r >= 0xe000 && r <= 0xf8ff || r >= 0xf0000
}
