package zh

import (
	"slices"
	"strings"
	"testing"
)

func TestEachSpelling(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"满5年":        "5年=五年",
		"满五年":        "五年=5年",
		"两年":         "两年=2年 两年=二年 两年=24个月 两年=二十四个月",
		"半年内":        "半年=6个月 半年=六个月",
		"6个月":        "6个月=六个月 6个月=半年",
		"36个月":       "36个月=三十六个月 36个月=3年 36个月=三年",
		"补10万元":      "10万元=100000元 10万元=十万元",
		"十万元":        "十万元=100000元 十万元=10万元",
		"100000元":    "100000元=十万元 100000元=10万元",
		"80%":        "80%=百分之八十 80%=八成",
		"八成":         "八成=80% 八成=百分之八十",
		"百分之五十":      "百分之五十=50% 百分之五十=一半",
		"７.５%":       "",
		"20个工作日":     "20个工作日=二十个工作日",
		"2025年":      "2025年=二千零二十五年",
		"10005人":     "10005人=一万零五人",
		"统一办理":       "",
		"🙂 مرحبا 12": "12=十二",
		"":           "",
	} {
		var got []string
		folded := []rune(text)
		EachSpelling(folded, func(from, to int, s string) { got = append(got, string(folded[from:to])+"="+s) })
		if strings.Join(got, " ") != want {
			t.Errorf("%q: %q, want %q", text, strings.Join(got, " "), want)
		}
	}
}

// TestSpellingsMeet writes numbers in numerals and reads them back.
func TestSpellingsMeet(t *testing.T) {
	t.Parallel()
	for n := 1; n < 1e8; n = n*3 + 7 {
		s := []rune(numeral(float64(n)))
		if v, size := hanValue(s); size != len(s) || int(v) != n {
			t.Errorf("%d is written %s and read %v", n, string(s), v)
		}
	}
}

func FuzzEachSpelling(f *testing.F) {
	f.Add("10万元半年80%")
	f.Add("百分之百分之一半")
	f.Add("\xff零零零")
	f.Fuzz(func(t *testing.T, text string) {
		folded := []rune(Fold(text))
		last := 0
		EachSpelling(folded, func(from, to int, s string) {
			if from < last || to <= from || to > len(folded) || s == "" {
				t.Errorf("%q: %q for the characters %d to %d", text, s, from, to)
			}
			last = from
		})
	})
}

func TestPinyin(t *testing.T) {
	t.Parallel()
	for word, want := range map[string]string{
		"公租房": "gongzufang", "补贴": "butie", "绿色": "lvse lvshai luse", "重庆": "chongqing zhongqing", "🙂": "", "a公": "", "": "",
	} {
		got := Pinyin(word)
		if want == "" && len(got) > 0 || want != "" && !slices.Contains(got, strings.Fields(want)[0]) {
			t.Errorf("%q is typed %q, want %q among them", word, got, want)
		}
		if len(got) > maxReadings {
			t.Errorf("%q has %d readings", word, len(got))
		}
	}
	if got := Initials("营业执照"); !slices.Equal(got, []string{"yyzz"}) {
		t.Errorf("initials %q", got)
	}
	same := map[rune]bool{}
	Homophones('帖', func(r rune) bool { same[r] = true; return true })
	if !same['贴'] || same['帖'] || same['补'] {
		t.Errorf("帖 sounds like %v", same)
	}
	n := 0
	Homophones('贴', func(rune) bool { n++; return false })
	if n != 1 {
		t.Errorf("%d more after the first", n)
	}
	if !IsSyllable("zhuang") || IsSyllable("loan") || IsSyllable("") {
		t.Error("syllables are not told")
	}
}
