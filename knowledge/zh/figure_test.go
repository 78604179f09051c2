package zh

import (
	"regexp"
	"slices"
	"strings"
	"testing"
)

// FuzzCutSerials compares cutSerials with the expression that says the same.
func FuzzCutSerials(f *testing.F) {
	whole := regexp.MustCompile(`([\p{Han}]{2,16})\s*[\[(（]\s*(\d{4})\s*[\])）]\s*(?:第)?\s*(\d{1,5})\s*号`)
	for _, text := range []string{
		"", "号", "慈政办发〔2022〕24号", "根据二十万元的慈溪市人民政府办公室甬政 ( 2022 ) 第 003 号文", "政(2022)3号(2023)4号",
		"甬政[2022]3号浙政[2023]4号", "[2022]3号 甲[2022]3号", "甲乙(一)(2022)3号", "🙂甲乙【２０２２】３号 مرحبا", "甲乙[2022]3号[2022]3号",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		folded := closeUp(Fold(text))
		var want, got []string
		for _, p := range whole.FindAllStringSubmatch(folded, -1) {
			want = append(want, issuerCode(p[1])+p[2]+"-"+strings.TrimLeft(p[3], "0"))
		}
		rest := cutSerials(folded, func(f Figure) { got = append(got, f.Value) })
		if !slices.Equal(got, want) {
			t.Errorf("%q: got %q, want %q", folded, got, want)
		}
		if want := whole.ReplaceAllString(folded, " "); rest != want {
			t.Errorf("%q: %q is left, want %q", folded, rest, want)
		}
	})
}

// FuzzStartsFigure reads a figure everywhere: where startsFigure says that none
// can begin, no other rule may find one.
func FuzzStartsFigure(f *testing.F) {
	f.Add("一半三分之二数百万元上亿元拾贰佰仟5%", 3)
	f.Add("تو🙂号", 0)
	f.Fuzz(func(t *testing.T, text string, at int) {
		r := []rune(Fold(text))
		if at < 0 || at >= len(r) || startsFigure(r[at]) {
			return
		}
		_, share := shareAt(r, at)
		_, vague := vagueAt(r, at)
		_, digits := digitValue(r[at:])
		_, numeral := hanValue(r[at:])
		if share+vague+digits+numeral > 0 {
			t.Errorf("a figure begins with %q in %q", r[at], string(r))
		}
	})
}
