package zh

import (
	"math"
	"strconv"
	"strings"
)

// hanDigit and hanUnit are switches, not maps: they are asked for every
// character that is indexed.
func hanDigit(r rune) (int, bool) {
	switch r {
	case '零', '〇':
		return 0, true
	case '一', '壹':
		return 1, true
	case '二', '两', '贰':
		return 2, true
	case '三', '叁':
		return 3, true
	case '四', '肆':
		return 4, true
	case '五', '伍':
		return 5, true
	case '六', '陆':
		return 6, true
	case '七', '柒':
		return 7, true
	case '八', '捌':
		return 8, true
	case '九', '玖':
		return 9, true
	}
	return 0, false
}

func hanUnit(r rune) (float64, bool) {
	switch r {
	case '十', '拾':
		return 10, true
	case '百', '佰':
		return 100, true
	case '千', '仟':
		return 1000, true
	case '万':
		return 1e4, true
	case '亿':
		return 1e8, true
	}
	return 0, false
}

// startsNumber reports whether a number in Chinese numerals can begin with r: a
// digit, 十 as in 十二, 百 and 千 as in 百分之.
func startsNumber(r rune) bool {
	switch r {
	case '零', '〇', '一', '二', '三', '四', '五', '六', '七', '八', '九', '两', '十', '百', '千',
		'壹', '贰', '叁', '肆', '伍', '陆', '柒', '捌', '玖', '拾':
		return true
	}
	return false
}

// hanNumber reads the number written in Chinese numerals at the start of r and
// returns its digits (20, 0.5, 30%) and how many characters it took; n is 0
// when there is none.
func hanNumber(r []rune) (digits string, n int) {
	if len(r) > 3 && (r[0] == '百' || r[0] == '千') && r[1] == '分' && r[2] == '之' {
		v, m := hanValue(r[3:])
		if m == 0 {
			return "", 0
		}
		if r[0] == '千' {
			v /= 10
		}
		return decimal(v) + "%", m + 3
	}
	v, m := hanValue(r)
	if m == 0 {
		return "", 0
	}
	return decimal(v), m
}

// hanValue reads 二十三, 一千零五, 三点五, 二零二四, 十万, 两亿五千万.
func hanValue(r []rune) (v float64, n int) {
	if len(r) == 0 {
		return 0, 0
	}
	if v, n := hanPlain(r); n >= 2 {
		return v, n
	}
	var total, section, digit float64
	seen := false
	for n < len(r) {
		c := r[n]
		if d, ok := hanDigit(c); ok {
			digit, seen = float64(d), true
			n++
			continue
		}
		u, ok := hanUnit(c)
		if !ok {
			break
		}
		if !seen && u != 10 {
			break // 万 or 百 that counts nothing is part of a word: 万一, 百姓
		}
		switch {
		case u < 1e4:
			if digit == 0 && section == 0 {
				digit = 1
			}
			section += digit * u
		case u == 1e4:
			total += (section + digit) * u // 两亿五千万: 万 counts the 五千 only
			section = 0
		default:
			total = (total + section + digit) * u // 五万亿: 亿 counts all before it
			section = 0
		}
		digit, seen = 0, true
		n++
	}
	if n == 0 {
		return 0, 0
	}
	v = total + section + digit
	if n+1 < len(r) && r[n] == '点' {
		if frac, m := hanFraction(r[n+1:]); m > 0 {
			return v + frac, n + 1 + m
		}
	}
	return v, n
}

// hanPlain reads numerals that stand for digits one by one, as years do:
// 二零二四.
func hanPlain(r []rune) (v float64, n int) {
	for n < len(r) && n < 15 {
		d, ok := hanDigit(r[n])
		if !ok {
			break
		}
		v = v*10 + float64(d)
		n++
	}
	if n < len(r) {
		if _, ok := hanUnit(r[n]); ok {
			return 0, 0
		}
	}
	return v, n
}

func hanFraction(r []rune) (v float64, n int) {
	scale := 0.1
	for n < len(r) && n < 9 {
		d, ok := hanDigit(r[n])
		if !ok {
			break
		}
		v += float64(d) * scale
		scale /= 10
		n++
	}
	return v, n
}

// decimal writes v with at most six places and no trailing zeros.
func decimal(v float64) string {
	return strconv.FormatFloat(math.Round(v*1e6)/1e6, 'f', -1, 64)
}

// digitValue reads 1,234.5 written in ASCII digits at the start of r.
func digitValue(r []rune) (v float64, n int) {
	for n < len(r) && (isDigit(r[n]) || n > 0 && isInner(r, n)) {
		n++
	}
	if n == 0 {
		return 0, 0
	}
	v, err := strconv.ParseFloat(strings.ReplaceAll(string(r[:n]), ",", ""), 64)
	if err != nil {
		// 1.2.3 is a version or a section number: take what stands before the
		// second point.
		n = 0
		for n < len(r) && isDigit(r[n]) {
			n++
		}
		v, _ = strconv.ParseFloat(string(r[:n]), 64)
	}
	return v, n
}
