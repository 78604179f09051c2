package library_test

import (
	"slices"
	"strings"
	"testing"
)

// A check that nothing can fail guards nothing: each row spoils one sound unit
// in one way, and the check that is there for it must say so.
func TestCheckUnitCatches(t *testing.T) {
	t.Parallel()
	_, units, src := load(t)
	tests := []struct {
		name, slug string
		spoil      func(u *unit)
		want       string
	}{
		{"figure", "finance-service-points", replace("10个", "11个"), `figure "11个"`},
		{"figure in an alias", "park-system", alias("12个社区"), `figure "12个"`},
		{"counted thing", "finance-events", replace("15场", "15次"), `figure "15次"`},
		{"percentage", "private-land-share", replace("86.8%", "86.9%"), `figure "86.9%"`},
		{"full-width percentage", "private-land-share", replace("86.8%", "86.8％"), `figure "86.8％"`},
		{"amount", "digital-investment", replace("23亿元", "23万元"), `figure "23万元"`},
		{"year", "digital-training", replace("2023年", "2022年"), `figure "2022年"`},
		{"written figure", "extra-floor-area", replace("途径", "三种途径"), `written figure "三种"`},
		{"figure of another section", "finance-events", replace("15场", "109个"), `figure "109个"`},
		{"number of document", "old-blocks-plan", replace("24号", "25号"), `document number "文号为慈政办发〔2022〕25号"`},
		{"year of document", "land-lifecycle", replace("〔2022〕", "〔2023〕"), `document number`},
		{"office of document", "old-blocks-plan", replace("慈政办发", "甬政办发"), `document number`},
		{"title", "old-blocks-plan", replace("攻坚行动计划", "行动计划"), "title "},
		{"cites with another number", "old-blocks-plan", func(u *unit) {
			u.Cites[0] = strings.Replace(u.Cites[0], "24号", "45号", 1)
		}, "does not cite"},
		{"cites without a title", "old-blocks-plan", func(u *unit) { u.Cites[0] = "慈政办发〔2022〕24号" }, "want 《title》"},
		{"quotation", "company-visits", replace("“问千家、走百企”", "“问百家、走千企”"), "quotation "},
		{"Latin word", "merger-reward", replace("B类", "C类"), `word "C"`},
		{"path", "private-land-share", func(u *unit) { u.Path += "X" }, "no section"},
		{"path of another section", "private-land-share", func(u *unit) { u.Path = findUnit(units, "policy-library").Path }, `figure "86.8%"`},
		{"copy", "extra-floor-area", func(u *unit) {
			u.Body += "若工业企业在自有工业用地上实施拆建、改扩建、加层改造、利用地下空间的，不增收。"
		}, "copies "},
		{"copy with other punctuation", "extra-floor-area", func(u *unit) {
			u.Body += "若工业企业，在自有工业用地上；实施拆建改扩建加层改造利用地下空间的，不增收。"
		}, "copies "},
		{"slug", "policy-push", func(u *unit) { u.Slug = "Policy_Push" }, "slug "},
		{"no topic", "policy-push", func(u *unit) { u.Topics = nil }, "no topic"},
		{"unknown topic", "policy-push", func(u *unit) { u.Topics = []string{"weather"} }, "unknown topic"},
		{"question as alias", "policy-push", alias("政策怎么查？"), "not a short name"},
		{"long alias", "policy-push", alias("今后想要收到政策申报提醒的办法"), "not a short name"},
		{"telephone", "policy-push", replace("公众号", "0574-63000000"), "telephone"},
		{"full-width telephone", "policy-push", replace("公众号", "１２３４５"), "telephone"},
		{"drifting word", "finance-service-points", replace("截至2024年6月21日", "目前"), "changes its meaning"},
		{"foreign subject", "policy-push", alias("新生儿医保"), "no subject"},
		{"no full stop", "policy-push", func(u *unit) { u.Body = strings.TrimSuffix(u.Body, "。") }, "does not end"},
		{"too long", "policy-push", func(u *unit) { u.Body = strings.Repeat(u.Body, 6) }, "6 sentences"},
		{"leaning sentence", "policy-push", func(u *unit) { u.Body += "该渠道免费。" }, "cannot be quoted"},
		{"empty sentence", "policy-push", func(u *unit) { u.Body += "。" }, "empty sentence"},
		{"open quotation", "company-visits", replace("”", ""), "open quotation"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			u := findUnit(units, tt.slug)
			before := u.text() + u.Path + u.Slug + strings.Join(u.Topics, ",")
			tt.spoil(&u)
			if before == u.text()+u.Path+u.Slug+strings.Join(u.Topics, ",") {
				t.Fatal("the row spoils nothing")
			}
			if problems := checkUnit(u, src); !anyContains(problems, tt.want) {
				t.Errorf("problems = %q, want one with %q", problems, tt.want)
			}
		})
	}
}

// Every digit of every unit counts: with any other digit in its place, some
// check must complain.
func TestEveryWrongDigitIsCaught(t *testing.T) {
	t.Parallel()
	_, units, src := load(t)
	changed := 0
	for _, u := range units {
		sound := u.Body
		for i := range sound {
			if sound[i] < '0' || sound[i] > '9' {
				continue
			}
			for d := '0'; d <= '9'; d++ {
				if byte(d) == sound[i] {
					continue
				}
				changed++
				u.Body = sound[:i] + string(d) + sound[i+1:]
				if len(checkPins(u)) == 0 && len(checkFacts(u, src.Sections[u.Path], src)) == 0 {
					t.Errorf("%s: not caught in %q", u.Slug, u.Body)
				}
			}
		}
	}
	if changed < 1000 {
		t.Errorf("only %d changes tried", changed)
	}
}

func TestCheckTogetherCatches(t *testing.T) {
	t.Parallel()
	_, units, src := load(t)
	without := func(drop func(unit) bool) []unit { return slices.DeleteFunc(slices.Clone(units), drop) }
	changed := func(change func(u *unit)) []unit {
		out := slices.Clone(units)
		change(&out[0])
		return out
	}
	tests := []struct {
		name  string
		units []unit
		want  string
	}{
		{"too few", units[:35], "35 units"},
		{"too many", slices.Concat(units, units)[:49], "49 units"},
		{"slug twice", changed(func(u *unit) { u.Slug = units[1].Slug }), "slug "},
		{"title twice", changed(func(u *unit) { u.Title = units[1].Title }), "title "},
		{"see nothing", changed(func(u *unit) { u.See = []string{"nowhere"} }), "leads nowhere"},
		{"see itself", changed(func(u *unit) { u.See = []string{u.Slug} }), "leads nowhere"},
		{"section left out", without(func(u unit) bool { return strings.Contains(u.Path, "保障民营企业合理用地需求") }), "no unit covers"},
		{"topic left out", without(func(u unit) bool { return slices.Contains(u.Topics, "digital") }), "topic \"digital\""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if problems := checkTogether(tt.units, src); !anyContains(problems, tt.want) {
				t.Errorf("problems = %q, want one with %q", problems, tt.want)
			}
		})
	}
}

func TestParseDocumentRefuses(t *testing.T) {
	t.Parallel()
	const head = "---\nid: a\n---\n"
	if _, units, err := parseDocument(head + "\n## 题 {#a}\n- path: 一\n\n正文。\n"); err != nil || len(units) != 1 {
		t.Fatalf("sound document: %d units, %v", len(units), err)
	}
	for name, text := range map[string]string{
		"no front matter":       "## 题 {#a}\n",
		"open front matter":     "---\nid: a\n",
		"unknown head field":    "---\nphone: a\n---\n",
		"text before units":     head + "正文。\n",
		"heading without slug":  head + "## 题\n",
		"heading after a unit":  head + "## 题 {#a}\n## 题\n",
		"unknown unit field":    head + "## 题 {#a}\n- phone: 一\n",
		"list that is no field": head + "## 题 {#a}\n-topics：land\n",
		"second paragraph":      head + "## 题 {#a}\n正文。\n\n正文。\n",
	} {
		if _, _, err := parseDocument(text); err == nil {
			t.Errorf("%s: parsed", name)
		}
	}
}

// The sections of the source are what the paths and the figures are held
// against, so a wrong cut would empty both checks.
func TestParseSourceCutsEverySection(t *testing.T) {
	t.Parallel()
	_, _, src := load(t)
	if n := len(src.Sections); n != 12 {
		t.Fatalf("%d sections, want 12", n)
	}
	total := 0
	for path, text := range src.Sections {
		if !strings.Contains(src.Body, text) || len(hanOnly(text)) < 50 {
			t.Errorf("%s: cut to %q", path, text)
		}
		total += len(hanOnly(text))
	}
	// Only the four chapter headings stand outside the sections.
	if rest := len(hanOnly(src.Body)) - total; rest < 40 || rest > 100 {
		t.Errorf("%d Han characters of the source are in no section", rest)
	}
}

func replace(old, new string) func(*unit) {
	return func(u *unit) { u.Body = strings.Replace(u.Body, old, new, 1) }
}

func alias(a string) func(*unit) {
	return func(u *unit) { u.Aliases = append(u.Aliases, a) }
}

// findUnit returns a copy that the caller may change, or a zero unit.
func findUnit(units []unit, slug string) unit {
	for _, u := range units {
		if u.Slug == slug {
			u.Topics, u.Aliases, u.Cites = slices.Clone(u.Topics), slices.Clone(u.Aliases), slices.Clone(u.Cites)
			return u
		}
	}
	return unit{}
}

func anyContains(list []string, part string) bool {
	return slices.ContainsFunc(list, func(s string) bool { return strings.Contains(s, part) })
}
