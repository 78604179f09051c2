package zh

import (
	"math"
	"strconv"
	"strings"
)

var hanDigits = map[rune]int{
	'零': 0, '〇': 0, '一': 1, '二': 2, '两': 2, '三': 3, '四': 4, '五': 5, '六': 6, '七': 7, '八': 8, '九': 9,
	'壹': 1, '贰': 2, '叁': 3, '肆': 4, '伍': 5, '陆': 6, '柒': 7, '捌': 8, '玖': 9,
}

var hanUnits = map[rune]float64{
	'十': 10, '拾': 10, '百': 100, '佰': 100, '千': 1000, '仟': 1000, '万': 1e4, '亿': 1e8,
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
		if d, ok := hanDigits[c]; ok {
			digit, seen = float64(d), true
			n++
			continue
		}
		u, ok := hanUnits[c]
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
		default:
			total = (total + section + digit) * u
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
		d, ok := hanDigits[r[n]]
		if !ok {
			break
		}
		v = v*10 + float64(d)
		n++
	}
	if n < len(r) {
		if _, ok := hanUnits[r[n]]; ok {
			return 0, 0
		}
	}
	return v, n
}

func hanFraction(r []rune) (v float64, n int) {
	scale := 0.1
	for n < len(r) && n < 9 {
		d, ok := hanDigits[r[n]]
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
