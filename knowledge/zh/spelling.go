package zh

import (
	"math"
	"strconv"
)

// EachSpelling calls yield for the other ways to write the numbers of text that
// went through Fold: 五年 for 5年, 100000元 and 十万元 for 10万元, 6个月 for 半年, 百分之八十
// and 八成 for 80%. [from, to) is the rune range of the number and its unit.
func EachSpelling(folded []rune, yield func(from, to int, text string)) {
	for i := 0; i < len(folded); {
		f, n := figureAt(folded, i)
		if n == 0 {
			i++
			continue
		}
		written := string(folded[i : i+n])
		for _, s := range spellings(f) {
			if s != written {
				yield(i, i+n, s)
			}
		}
		i += n
	}
}

// spellings lists the ways to write f that policies and people use.
func spellings(f Figure) []string {
	v, err := strconv.ParseFloat(trimShare(f.Value), 64)
	if err != nil || v < 0 || f.Value == "" {
		return nil
	}
	if trimShare(f.Value) != f.Value {
		out := []string{f.Value}
		if h := numeral(v); h != "" {
			out = append(out, "百分之"+h)
		}
		if v == 50 {
			return append(out, "一半")
		}
		if t := v / 10; t == math.Trunc(t) && t > 0 && t < 10 {
			out = append(out, numeral(t)+"成")
		}
		return out
	}
	out := amounts(v, writtenUnit(f.Unit))
	switch f.Unit {
	case "年":
		if months := v * 12; v <= 3 && months == math.Trunc(months) {
			out = append(out, amounts(months, "个月")...)
		}
	case "个月":
		switch {
		case v == 6:
			out = append(out, "半年")
		case v >= 12 && math.Mod(v, 12) == 0:
			out = append(out, amounts(v/12, "年")...)
		}
	}
	return out
}

// amounts writes v in digits and in numerals, large ones also counted in 万.
func amounts(v float64, unit string) []string {
	if v == 0.5 && unit == "年" {
		return []string{"半年"}
	}
	out := []string{decimal(v) + unit}
	if h := numeral(v); h != "" {
		out = append(out, h+unit)
	}
	if tens := v / 1e4; v >= 1e4 && tens*100 == math.Trunc(tens*100) {
		out = append(out, decimal(tens)+"万"+unit)
	}
	return out
}

// writtenUnit undoes what sameUnit did, in the form that texts use.
func writtenUnit(unit string) string {
	if unit == "工作日" {
		return "个工作日"
	}
	return unit
}

func trimShare(value string) string {
	if n := len(value); n > 0 && value[n-1] == '%' {
		return value[:n-1]
	}
	return value
}

// numeral writes a whole number below 10^8 in Chinese numerals; "" for others.
func numeral(v float64) string {
	if v != math.Trunc(v) || v <= 0 || v >= 1e8 {
		return ""
	}
	n := int(v)
	if n < 1e4 {
		return below10000(n)
	}
	out := below10000(n/1e4) + "万"
	if rest := n % 1e4; rest > 0 {
		if rest < 1000 {
			out += "零"
		}
		out += below10000(rest)
	}
	return out
}

func below10000(n int) string {
	digits := []rune("零一二三四五六七八九")
	units := []string{"千", "百", "十", ""}
	out := ""
	gap := false // zeros that were left out
	for i, d := range []int{n / 1000, n / 100 % 10, n / 10 % 10, n % 10} {
		if d == 0 {
			gap = out != ""
			continue
		}
		if gap {
			out += "零"
			gap = false
		}
		if d == 1 && i == 2 && out == "" {
			out += units[i] // 十二, not 一十二
			continue
		}
		out += string(digits[d]) + units[i]
	}
	return out
}
