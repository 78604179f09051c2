package knowledge

import (
	"strings"
	"testing"
)

func TestMeant(t *testing.T) {
	t.Parallel()
	lib := libraryOf(t, benefits...)
	for question, want := range map[string]string{
		"租金补帖":             "补贴",
		"社会保险部贴":           "补贴",
		"房屋祖赁":             "租赁",
		"担保贷款":             "",
		"gongzufang":       "公共租赁住房",
		"gong zu fang":     "公共租赁住房",
		"shiyebaoxianjin":  "失业保险金",
		"chuangye daikuan": "创业 贷款",
		"gzf":              "公共租赁住房",
		"xyz":              "",
		"补贴":               "",
		"paypal":           "",
		"火星旅行":             "",
		"🙂 مرحبا":          "",
		"":                 "",
	} {
		q := lib.analyseWithout(Synonyms|Spellings, question)
		full := lib.analyse(question)
		var got []string
		for _, f := range full.forms {
			got = append(got, f.text)
		}
		for w := range strings.FieldsSeq(want) {
			if !strings.Contains(strings.Join(got, " "), w) {
				t.Errorf("%q is taken for %q, want %s among them", question, got, w)
			}
		}
		if want == "" && len(q.forms) > 0 {
			t.Errorf("%q is taken for %v", question, q.forms)
		}
	}
}

func FuzzAnalyse(f *testing.F) {
	lib, err := NewLibrary([]Document{{ID: "a", Title: "办法", Status: InForce, Units: []Unit{{Slug: "1", Title: "补贴", Body: strings.Join(benefits, "\n")}}}})
	if err != nil {
		f.Fatal(err)
	}
	f.Add("补帖 gong zu fang 十万元80%")
	f.Add("a a a a\xff")
	f.Add("租租租租租")
	f.Fuzz(func(t *testing.T, question string) {
		q := lib.analyse(question)
		for _, form := range q.forms {
			if form.from < 0 || form.to > len(q.folded) || form.from >= form.to || len(form.terms) == 0 {
				t.Errorf("%q: a form out of the question: %+v", question, form)
			}
			for _, n := range form.terms {
				if n < 0 || n >= len(q.all) {
					t.Errorf("%q: term %d is not there", question, n)
				}
			}
		}
		lib.Search(question, 3)
	})
}
