package handlers

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"

	numerals "liaison/knowledge/zh" // zh is a language here
	"liaison/ticket"
)

// figures are what a text about money states: 80万，年利率 3.85%，12个月. It is read in
// this one place, for requesters and staff, chat and console.
type figures struct {
	amounts []int64   // yuan
	bare    []float64 // numbers without a unit that are too small to be yuan
	rates   []float64 // percent
	months  []float64 // 1年6个月 is one term
}

// smallest is from where on a number without a unit is taken for yuan. Below it
// 50 may be meant as 50万.
const smallest = 10_000

// forms put what people write into the forms that package zh reads.
var forms = []struct {
	from *regexp.Regexp
	to   string
}{
	{regexp.MustCompile(`个([百千万亿]|季度)`), "$1"},                              // 1.2个亿, 2个季度
	{regexp.MustCompile(`万([一二三四五六七八九])(元|块|$)`), "万${1}千${2}"},             // 一万五
	{regexp.MustCompile(`亿([一二三四五六七八九])(元|块|$)`), "亿${1}千万${2}"},            // 一亿二
	{regexp.MustCompile(`年半`), "年6个月"},                                      // 一年半
	{regexp.MustCompile(`(\d\s*)[wW]([^a-zA-Z]|$)`), "${1}万$2"},             // 50w
	{regexp.MustCompile(`(?i)(\d\s*)(?:k|thousand)\b`), "${1}千元"},           // 500k
	{regexp.MustCompile(`(?i)(\d\s*)(?:m|mn|million)\b`), "${1}百万元"},        // 1.2 million
	{regexp.MustCompile(`(?i)(\d\s*)(?:bn|billion)\b`), "${1}十亿元"},          // 1 billion
	{regexp.MustCompile(`(?i)\b(?:half a|half) year\b`), "6个月"},             // half a year
	{regexp.MustCompile(`(?i)\b(?:a|one) year\b`), "1年"},                    // a year
	{regexp.MustCompile(`(?i)(\d\s*)-?\s*(?:years?|yrs?)\b`), "${1}年"},      // 3 years
	{regexp.MustCompile(`(?i)(\d\s*)-?\s*(?:months?|mths?)\b`), "${1}个月"},   // 12 months
	{regexp.MustCompile(`(?i)(\d\s*)(?:percent|per cent|p\.a\.)`), "${1}%"}, // 3.85 percent
	// 年化3.85, 利率为 3.85
	{regexp.MustCompile(`(?i)((?:年化|利率|年息|rate)[^\d%，,。；;]{0,6})(\d+(?:\.\d+)?)\s*([^\d.%‰]|$)`), "$1$2%$3"},
}

// negative finds a number with a minus before it, and not 50-80万.
var negative = regexp.MustCompile(`(?:^|[^\d万亿千百元年月%])\s*[-－−—负]\s*\d`)

// readFigures reads the figures that a text states. Of a text with a negative number
// it reads none.
func readFigures(text string) (f figures) {
	text = numerals.Fold(text)
	if negative.MatchString(text) {
		return f
	}
	for _, form := range forms {
		text = form.from.ReplaceAllString(text, form.to)
	}
	term, unit := 0.0, "" // of the term being read, and the unit that it ended with
	for _, g := range numerals.Figures(text) {
		if g.Kind != numerals.Number {
			continue
		}
		if share, ok := strings.CutSuffix(g.Value, "%"); ok {
			if v, err := strconv.ParseFloat(share, 64); err == nil {
				f.rates = append(f.rates, v)
			}
			continue
		}
		v, err := strconv.ParseFloat(g.Value, 64)
		if err != nil {
			continue // 几百万, 200余万
		}
		months := map[string]float64{"年": 12, "季度": 3, "个月": 1, "月": 1}[g.Unit]
		switch {
		case months > 0 && unit == "年" && g.Unit != "年":
			term += v * months
			f.months[len(f.months)-1], unit = term, g.Unit
		case months > 0:
			term, unit = v*months, g.Unit
			f.months = append(f.months, term)
		case g.Unit == "元" || g.Unit == "块" || g.Unit == "" && v >= smallest:
			if v <= ticket.MaxAmount {
				v = math.Round(v)
			} else {
				v = ticket.MaxAmount + 1 // too much is told from nothing
			}
			f.amounts = append(f.amounts, int64(v))
		case g.Unit == "":
			f.bare = append(f.bare, v)
		}
	}
	return f
}

// ReadAmount reads an amount of money in yuan: 50万, 300万元, 1.2亿, 五十万, 500,000,
// 1.2 million. Anything but one amount within the limits is Invalid.
func ReadAmount(text string) (yuan int64, err error) {
	yuan, sure := readAmount(text)
	if !sure || yuan < ticket.MinAmount || yuan > ticket.MaxAmount {
		return 0, &ticket.Error{Code: ticket.Invalid, Field: "amount"}
	}
	return yuan, nil
}

// readAmount returns the one amount that a text states, whatever its size, or false
// and what it may mean: 50 is perhaps 50万. 0 and false is nothing.
func readAmount(text string) (yuan int64, sure bool) {
	f := readFigures(text)
	switch {
	case len(f.amounts) == 1 && len(f.bare) == 0: // 50-80万 has a bare 50
		return f.amounts[0], true
	case len(f.amounts) == 0 && len(f.bare) == 1 && f.bare[0] >= 1:
		return int64(math.Round(f.bare[0] * 1e4)), false
	default:
		return 0, false
	}
}

// ReadMonths reads a term in months: 半年, 12个月, 3年, 一年半. Anything but one term of
// whole months within the limits is Invalid.
func ReadMonths(text string) (int, error) {
	f := readFigures(text)
	if len(f.months) != 1 || f.months[0] < 1 || f.months[0] > ticket.MaxMonths || f.months[0] != math.Trunc(f.months[0]) {
		return 0, &ticket.Error{Code: ticket.Invalid, Field: "months"}
	}
	return int(f.months[0]), nil
}

// ReadRate reads an interest rate by the year, in the unit of ticket.Outcome.Rate:
// 3.85%, 年化3.85, 3.85. Anything but one rate is Invalid.
func ReadRate(text string) (int, error) {
	f := readFigures(text)
	rates := f.rates
	if len(rates) == 0 {
		rates = f.bare
	}
	if len(rates) != 1 || math.Round(rates[0]*1000) < 1 || rates[0]*1000 > ticket.MaxRate {
		return 0, &ticket.Error{Code: ticket.Invalid, Field: "rate"}
	}
	return int(math.Round(rates[0] * 1000)), nil
}

// yuan writes an amount: 50万元, 1.2亿元, 8000元. ReadAmount reads it back.
func (l lang) yuan(n int64) string {
	switch {
	case l == en:
		digits := strconv.FormatInt(n, 10)
		for i := len(digits) - 3; i > 0; i -= 3 {
			digits = digits[:i] + "," + digits[i:]
		}
		return "CNY " + digits
	case n >= 1e8 && n%1e4 == 0:
		return tenThousands(n/1e4) + "亿元"
	case n >= 1e4:
		return tenThousands(n) + "万元"
	default:
		return strconv.FormatInt(n, 10) + "元"
	}
}

// tenThousands writes n/10,000 without trailing zeros.
func tenThousands(n int64) string {
	return strings.TrimSuffix(strings.TrimRight(fmt.Sprintf("%d.%04d", n/1e4, n%1e4), "0"), ".")
}

// term writes a number of months: 6个月, 1年.
func (l lang) term(months int) string {
	switch {
	case l == en && months == 1:
		return "1 month"
	case l == en:
		return fmt.Sprintf("%d months", months)
	case months%12 == 0:
		return strconv.Itoa(months/12) + "年"
	default:
		return strconv.Itoa(months) + "个月"
	}
}

// Percent writes a rate in the unit of ticket.Outcome.Rate: 3.85%.
func Percent(rate int) string {
	return strings.TrimSuffix(strings.TrimRight(fmt.Sprintf("%d.%03d", rate/1000, rate%1000), "0"), ".") + "%"
}
