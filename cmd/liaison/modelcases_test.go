package main

import (
	"encoding/json"
	"math/rand/v2"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"liaison/knowledge"
	"liaison/knowledge/library"
	"liaison/knowledge/zh"
)

// scriptedAnswer is what the model says to a question.
type scriptedAnswer struct {
	question string
	kind     string // what is wrong with it, "" when it is right
	text     string
	wrong    string // the words that nobody may see, "" where they are right and the source is not
}

// asking is a question that the library answers from a unit first.
type asking struct {
	question string
	unit     knowledge.Unit
}

// askings are the questions of the library's own checks that find their unit.
func askings(t *testing.T) []asking {
	t.Helper()
	docs, err := knowledge.LoadFS(library.FS())
	if err != nil {
		t.Fatal(err)
	}
	lib, err := knowledge.NewLibrary(docs)
	if err != nil {
		t.Fatal(err)
	}
	a, err := knowledge.NewAnswerer(knowledge.Config{Library: lib})
	if err != nil {
		t.Fatal(err)
	}
	units := make(map[string]knowledge.Unit)
	for _, d := range docs {
		for _, u := range d.Units {
			units[d.ID+"#"+u.Slug] = u
		}
	}
	b, err := os.ReadFile("../../knowledge/testdata/questions.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	var all []asking
	for line := range strings.Lines(string(b)) {
		var q struct{ Question, Unit string }
		if err := json.Unmarshal([]byte(line), &q); err != nil {
			t.Fatal(err)
		}
		answer := a.Answer(t.Context(), knowledge.Question{Text: q.Question})
		if answer.Decision == knowledge.Answered && answer.Citations[0].Unit == q.Unit {
			all = append(all, asking{q.Question, units[q.Unit]})
		}
	}
	return all
}

// mutations make a right sentence wrong, each in its own way; "" when the
// sentence has nothing of that kind.
var mutations = []struct {
	kind   string
	mutate func(r *rand.Rand, sentence string) (text, wrong string)
}{
	{"number", func(r *rand.Rand, s string) (string, string) {
		return change(r, s, regexp.MustCompile(`\d+(?:\.\d+)?(?:[个家次条项篇场类宗站]|余家|余场)`))
	}},
	{"swapped numbers", func(_ *rand.Rand, s string) (string, string) {
		all := regexp.MustCompile(`(\d+)([个家次条项])`).FindAllStringSubmatchIndex(s, -1)
		for i := 1; i < len(all); i++ {
			a, b := all[i-1], all[i]
			if s[a[4]:a[5]] == s[b[4]:b[5]] && s[a[2]:a[3]] != s[b[2]:b[3]] {
				text := s[:a[2]] + s[b[2]:b[3]] + s[a[3]:b[2]] + s[a[2]:a[3]] + s[b[3]:]
				return text, text
			}
		}
		return "", ""
	}},
	{"English", func(r *rand.Rand, s string) (string, string) {
		n := strconv.Itoa(301 + r.IntN(90))
		text := []string{
			"Cixi has established " + n + " service stations for enterprises [1].", "Enterprises receive a subsidy of RMB " + n + ",000 from the city [1].",
			"The policy took effect on July 1, 2" + n + " in Cixi [1].", n + " percent of the enterprises in Cixi receive support [1].", "Your application to the city of Cixi is approved [1].",
		}[r.IntN(5)]
		return text, text
	}},
	{"date", func(r *rand.Rand, s string) (string, string) {
		return change(r, s, regexp.MustCompile(`\d{4}年(?:\d{1,2}月)?(?:\d{1,2}日)?`))
	}},
	{"document number", func(r *rand.Rand, s string) (string, string) {
		if m := regexp.MustCompile(`〔\d{4}〕\d+号`).FindString(s); m != "" {
			return change(r, s, regexp.MustCompile(`〔\d{4}〕\d+号`))
		}
		return with(s, "依据慈政办发〔2019〕"+strconv.Itoa(40+r.IntN(50))+"号，")
	}},
	{"amount", func(r *rand.Rand, s string) (string, string) {
		if text, wrong := change(r, s, regexp.MustCompile(`\d+(?:\.\d+)?余?[万亿]?元`)); text != "" {
			return text, wrong
		}
		return with(s, "最高"+strconv.Itoa(21+r.IntN(70))+"万元，")
	}},
	{"percent", func(r *rand.Rand, s string) (string, string) {
		if text, wrong := change(r, s, regexp.MustCompile(`\d+(?:\.\d+)?%`)); text != "" {
			return text, wrong
		}
		return with(s, "比例为百分之"+[]string{"十七", "四十三", "九十一"}[r.IntN(3)]+"，")
	}},
	{"link", func(r *rand.Rand, s string) (string, string) {
		return with(s, []string{"详见 https://butie.example/a ，", "请登录 cixi-butie.example ，", "请访问www.butie.example/cx，"}[r.IntN(3)])
	}},
	{"account", func(r *rand.Rand, s string) (string, string) {
		return with(s, []string{"请加微信 butie" + strconv.Itoa(100+r.IntN(900)) + "，", "请加QQ example_qq，", "请关注公众号 shili_butie，"}[r.IntN(3)])
	}},
	{"phone", func(r *rand.Rand, s string) (string, string) {
		return with(s, "电话0574-"+strconv.Itoa(60000000+r.IntN(9999999))+"，")
	}},
	{"source", func(r *rand.Rand, s string) (string, string) {
		mark := []string{"[9]", "[0]", "", "[12]"}[r.IntN(4)]
		text := strings.Replace(s, "[1]", mark, 1)
		if mark == "" {
			return text, "" // word for word what is quoted
		}
		return text, text
	}},
	{"negation", func(_ *rand.Rand, s string) (string, string) {
		text := s
		for _, no := range []string{"未列明", "不增收", "不再收取", "不得", "没有写"} {
			if strings.Contains(s, no) {
				text = strings.Replace(s, no, strings.TrimLeft(strings.TrimPrefix(no, "没有"), "未不再得"), 1)
				break
			}
		}
		if text == s {
			return "", ""
		}
		return text, text
	}},
	{"promise", func(r *rand.Rand, s string) (string, string) {
		return with(s, []string{"您的申请已批准，", "所有企业都可以自动获得，", "保证三天内到账，"}[r.IntN(3)])
	}},
}

// change replaces one figure that form finds by another of the same form.
func change(r *rand.Rand, s string, form *regexp.Regexp) (text, wrong string) {
	all := form.FindAllStringIndex(s, -1)
	if len(all) == 0 {
		return "", ""
	}
	at := all[r.IntN(len(all))]
	digits := regexp.MustCompile(`\d+`).FindAllStringIndex(s[at[0]:at[1]], -1)
	d := digits[r.IntN(len(digits))]
	n, _ := strconv.Atoi(s[at[0]+d[0] : at[0]+d[1]])
	other := s[:at[0]+d[0]] + strconv.Itoa(n+1+r.IntN(7)) + s[at[0]+d[1]:]
	return other, other
}

// with begins the sentence with something that no source says.
func with(s, begin string) (text, wrong string) { return begin + s, strings.Trim(begin, "， ") }

// wrongAnswers makes n of them, as many of each kind as there can be, the same at
// each call.
func wrongAnswers(t *testing.T, from []asking, n int) []scriptedAnswer {
	t.Helper()
	r := rand.New(rand.NewPCG(184, 2024))
	var out []scriptedAnswer
	seen := make(map[string]bool)
	for round := 0; len(out) < n && round < 100; round++ {
		for _, m := range mutations {
			start := r.IntN(len(from))
			for i := range from {
				a := from[(start+i)%len(from)]
				sentences := zh.Sentences(a.unit.Body)
				text, wrong := m.mutate(r, cite(sentences[r.IntN(len(sentences))]))
				if text == "" || seen[text] {
					continue
				}
				seen[text] = true
				if r.IntN(2) == 0 { // after something that is right
					text = cite(sentences[0]) + text
				}
				out = append(out, scriptedAnswer{a.question, m.kind, text, wrong})
				break
			}
		}
	}
	if len(out) < n {
		t.Fatalf("only %d wrong answers", len(out))
	}
	return out[:n]
}

// cite puts the mark before the full stop.
func cite(sentence string) string {
	body, stop := strings.CutSuffix(sentence, "。")
	if !stop {
		return sentence + "[1]"
	}
	return body + "[1]。"
}

// rightAnswers are 20 ways to say what the library says: in its words, shorter,
// with figures written otherwise, and in English.
func rightAnswers(from []asking) []scriptedAnswer {
	hand := map[string][]string{
		"finance-service-points": {
			"慈溪市已建成十个镇级普惠金融服务站[1]。",
			"截至2024年6月21日，慈溪市有１个市级普惠金融服务中心和10个镇级普惠金融服务站。[1]",
			"Cixi has established 1 city-level financial service centre and 10 town-level service stations as of June 21, 2024 [1].",
		},
		"visit-results": {"2023年以来，人文环境专项小组走访调研企业108次，涉及企业182家[1]。收集到意见建议57条，已解决39条[1]。"},
		"finance-events": {
			"慈溪市2023年共办了15场金融服务活动【1】。",
			"In 2023, Cixi held a total of fifteen financial service events [1].",
		},
		"policy-library":     {"“智慧政策库”已把涉企专题政策633条放到云上，并解构出单元政策775项[1]。"},
		"extra-floor-area":   {"提高容积率的，不增收土地价款[1]。"},
		"private-land-share": {"2023年，慈溪市民企拿地占工业用地的比例（按宗数算）为86.8%[1]。"},
		"bobozhiliao":        {"“波波知了”是宁波银行打造的企业综合服务平台[1]。\n它为企业提供14项专业服务，包括法务咨询和税务咨询[1]。"},
	}
	var out []scriptedAnswer
	used := make(map[string]bool)
	for _, a := range from {
		if used[a.unit.Slug] {
			continue
		}
		used[a.unit.Slug] = true
		for _, text := range hand[a.unit.Slug] {
			out = append(out, scriptedAnswer{question: a.question, text: text})
		}
	}
	for _, a := range from {
		if len(out) == 20 {
			break
		}
		if used[a.unit.Slug] && hand[a.unit.Slug] == nil {
			used[a.unit.Slug] = false
			sentences := zh.Sentences(a.unit.Body)
			text := cite(sentences[0])
			if len(sentences) > 1 && len(out)%2 == 0 {
				text += cite(sentences[1])
			}
			out = append(out, scriptedAnswer{question: a.question, text: text})
		}
	}
	return slices.Clip(out)
}
