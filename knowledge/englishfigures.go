package knowledge

import (
	"regexp"
	"strconv"
	"strings"

	"liaison/knowledge/zh"
)

const (
	numberForm = `(\d[\d,]*(?:\.\d+)?⁺?|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundred)\b)`
	powerForm  = `(?:\s*(hundred|thousand|million|billion|k|m|bn)\b)?`
	monthForm  = `(jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?`
	moneyForm  = `(rmb|cny|yuan|renminbi|¥|usd|us\$|dollars?|\$|eur|euros?|€)`
)

// english finds figures written the English way, the longer forms first. read
// gets the groups of a match.
var english = []struct {
	pattern *regexp.Regexp
	read    func(g []string) zh.Figure
}{
	{compile(`\b` + monthForm + `\s+(\d{1,2})(?:st|nd|rd|th)?(?:\s*,?\s*(\d{4}))?\b`), func(g []string) zh.Figure { return day(g[3], g[1], g[2]) }},
	{compile(`\b(\d{1,2})(?:st|nd|rd|th)?\s+(?:of\s+)?` + monthForm + `(?:\s*,?\s*(\d{4}))?\b`), func(g []string) zh.Figure { return day(g[3], g[2], g[1]) }},
	{compile(`\b` + monthForm + `\s*,?\s*(\d{4})\b`), func(g []string) zh.Figure { return day(g[2], g[1], "") }},
	{compile(`[\[(（〔](\d{4})[\])）〕]\s*,?\s*no\.?\s*(\d{1,5})`), func(g []string) zh.Figure { return serial(g[1], g[2]) }},
	{compile(`\bno\.?\s*(\d{1,5})\s*,?\s*(?:of\s+|[\[(（〔])(\d{4})[\])）〕]?`), func(g []string) zh.Figure { return serial(g[2], g[1]) }},
	{compile(moneyForm + `\s*` + numberForm + powerForm), func(g []string) zh.Figure { return amount(g[2], g[3], currency(g[1])) }},
	{compile(numberForm + powerForm + `[\s-]*` + moneyForm), func(g []string) zh.Figure { return amount(g[1], g[2], currency(g[3])) }},
	{compile(numberForm + `\s*(?:%|percent\b|per\s+cent\b)`), func(g []string) zh.Figure { return amount(g[1], "", "%") }},
	{compile(numberForm + powerForm + `[\s-]+(?:working|business|work)[\s-]+days?\b`), func(g []string) zh.Figure { return amount(g[1], g[2], "工作日") }},
	{compile(numberForm + powerForm + `[\s-]+(?:calendar\s+)?(days?|weeks?|months?|years?|hours?|minutes?)\b`), func(g []string) zh.Figure {
		return amount(g[1], g[2], durations[strings.TrimSuffix(strings.ToLower(g[3]), "s")])
	}},
	{compile(numberForm + `\s*(hundred|thousand|million|billion|bn)\b`), func(g []string) zh.Figure { return amount(g[1], g[2], "") }},
	{compile(`\b(two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundred|thousand|million|billion)\b`), func(g []string) zh.Figure { return amount(g[1], "", "") }},
	{compile(`\b(half|halved|double|doubled|twice|triple|tripled|dozens?|third|thirds|quarter|quarters)\b`), func(g []string) zh.Figure {
		return zh.Figure{Value: shares[strings.TrimSuffix(strings.ToLower(g[1]), "d")]}
	}},
	{compile(`(\d[\d,]*(?:\.\d+)?⁺)`), func(g []string) zh.Figure { return amount(g[1], "", "") }},
}

// moreThan finds what English says before a number and Chinese behind it: 70余.
var moreThan = compile(`\b(?:more\s+than|over)\s+((?:` + moneyForm + `\s*)?\d[\d,]*(?:\.\d+)?)`)

func compile(form string) *regexp.Regexp { return regexp.MustCompile(`(?i)` + form) }

var durations = map[string]string{"day": "天", "week": "周", "month": "个月", "year": "年", "hour": "小时", "minute": "分钟"}

// shares are what words without a number state; those that are not here have no
// value that a source could vouch for.
var shares = map[string]string{"half": "50%", "halve": "50%"}

var smallNumbers = map[string]float64{
	"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10, "eleven": 11, "twelve": 12,
	"fifteen": 15, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90,
	"hundred": 100, "thousand": 1e3, "million": 1e6, "billion": 1e9, "k": 1e3, "m": 1e6, "bn": 1e9, "": 1,
}

// figureSign is the first of the characters that stand for figures: private ones,
// which no text has that can be read.
const figureSign = '\ue000'

// englishFigures takes the figures out of text that are written the English way:
// RMB 500,000, 30 percent, July 1, 2024, No. 24 [2022], five working days. What is
// left is for zh.Figures; in it figureSign+i stands in the place of figures[i].
func englishFigures(text string) (rest string, figures []zh.Figure) {
	rest = moreThan.ReplaceAllString(text, "${1}⁺")
	for _, form := range english {
		rest = form.pattern.ReplaceAllStringFunc(rest, func(found string) string {
			f := form.read(form.pattern.FindStringSubmatch(found))
			if f == (zh.Figure{}) {
				f.Value = found // vouched for by nothing
			}
			figures = append(figures, f)
			return string(figureSign + rune(len(figures)-1))
		})
	}
	return rest, figures
}

func day(year, month, date string) zh.Figure {
	f := zh.Figure{Kind: zh.Day}
	f.Year, _ = strconv.Atoi(year)
	f.Date, _ = strconv.Atoi(date)
	f.Month = 1 + strings.Index("janfebmaraprmayjunjulaugsepoctnovdec", strings.ToLower(month[:3]))/3
	return f
}

// serial is a document number without its issuer, which is a name in Chinese.
func serial(year, number string) zh.Figure {
	return zh.Figure{Kind: zh.Serial, Value: year + "-" + strings.TrimLeft(number, "0")}
}

func amount(number, power, unit string) zh.Figure {
	number, more := strings.CutSuffix(number, "⁺")
	v, named := smallNumbers[strings.ToLower(number)]
	if !named {
		var err error
		if v, err = strconv.ParseFloat(strings.ReplaceAll(number, ",", ""), 64); err != nil {
			return zh.Figure{}
		}
	}
	v *= smallNumbers[strings.ToLower(power)]
	f := zh.Figure{Value: strconv.FormatFloat(v, 'f', -1, 64), Unit: unit}
	if more {
		f.Value += "+"
	}
	if unit == "%" {
		f.Value, f.Unit = f.Value+"%", ""
	}
	return f
}

func currency(sign string) string {
	switch strings.ToLower(sign)[0] {
	case 'u', 'd', '$':
		return "美元"
	case 'e', "€"[0]:
		return "欧元"
	}
	return "元"
}
