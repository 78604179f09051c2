package knowledge_test

import (
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding/simplifiedchinese"

	"liaison/e2e/hostile"
	"liaison/knowledge"
	"liaison/knowledge/extract"
)

func TestImportDocument(t *testing.T) {
	t.Parallel()
	gbk, err := simplifiedchinese.GB18030.NewEncoder().String("关于示例的通知\n示例发〔2024〕9号\n各单位：\n按此办理。")
	if err != nil {
		t.Fatal(err)
	}
	law := "# 示例条例\n\n第一章 总则\n\n第一条　为了示例，制定本条例。\n\n第二条 企业可以申请：\n\n（一）补贴；\n（二）贷款。\n\n第二章 附则\n\n**第三条** 本条例自公布之日起施行。"
	for name, c := range map[string]struct {
		file, text string
		id, title  string
		number     string
		units      []string // titles
	}{
		"own format":    {"a.md", sample, "example-1", "关于示例的通知: 试行", "示例发〔2024〕1号", []string{"第一条", "第二条"}},
		"front matter":  {"b.md", "---\nid: b-1\ntitle: 甲\nstatus: draft\n---\n只有正文。", "b-1", "甲", "", []string{"甲"}},
		"markdown":      {"Guide 2024.md", "# 指南\n\n引言。\n\n## 申请\n\n怎么申请。\n\n## 材料\n\n要带材料。", "guide-2024", "指南", "", []string{"指南", "申请", "材料"}},
		"law":           {"law.md", law, "law", "示例条例", "", []string{"第一条", "第二条", "第三条"}},
		"gb 18030":      {"通知.txt", gbk, "", "关于示例的通知", "示例发〔2024〕9号", []string{"关于示例的通知"}},
		"rtl and emoji": {"x.txt", "مرحبا 👋🏽", "x", "x", "", []string{"x"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d, err := knowledge.ImportDocument(c.file, []byte(c.text))
			if err != nil {
				t.Fatal(err)
			}
			if c.id == "" && strings.HasPrefix(d.ID, "doc-") {
				c.id = d.ID
			}
			var titles []string
			for _, u := range d.Units {
				titles = append(titles, u.Title)
			}
			if d.ID != c.id || d.Title != c.title || d.Number != c.number || strings.Join(titles, "|") != strings.Join(c.units, "|") {
				t.Errorf("got %q %q %q %q", d.ID, d.Title, d.Number, titles)
			}
			if _, err := knowledge.NewLibrary([]knowledge.Document{d}); err != nil {
				t.Error(err)
			}
			again, err := knowledge.ParseDocument(c.file, knowledge.RenderDocument(d))
			if err != nil || len(again.Units) != len(d.Units) {
				t.Errorf("an imported document does not render: %v", err)
			}
		})
	}
}

func TestImportRefuses(t *testing.T) {
	t.Parallel()
	for file, c := range map[string]struct{ text, code string }{
		"d.doc": {"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", extract.CodeOldOffice},
		"f.txt": {strings.Repeat("字\ufffd", 50), extract.CodeUnsupported},
		"h.txt": {" \n\n", extract.CodeEmpty},
		"i.md":  {"---\ntitle: 甲\n---\n", extract.CodeEmpty},
		"j.md":  {"# \n## \n" + strings.Repeat("\n", 600), extract.CodeEmpty},
	} {
		_, err := knowledge.ImportDocument(file, []byte(c.text))
		var unreadable *extract.Unreadable
		if !errors.As(err, &unreadable) || unreadable.Code != c.code || !strings.HasPrefix(err.Error(), file) {
			t.Errorf("%s: got %v, want %s", file, err, c.code)
		}
	}
	var faults knowledge.Faults
	if _, err := knowledge.ImportDocument("x.md", []byte("---\nid: A\n---\n## 甲 {#a}\n文")); !errors.As(err, &faults) {
		t.Errorf("faults in our own format: %v", err)
	}
}

// TestSplitKeepsEverything checks that cutting loses no text and makes units of a
// readable size.
func TestSplitKeepsEverything(t *testing.T) {
	t.Parallel()
	line := strings.Repeat("企业可以按规定申请补贴，", 30) + "由主管部门审核。"
	text := strings.Repeat(line, 5) + "\n" + strings.Repeat("短句。\n", 300) + strings.Repeat("无标点", 700)
	strip := func(s string) string { return strings.Join(strings.Fields(s), "") }
	var all strings.Builder
	for _, u := range knowledge.SplitUnits("d", "标题", text) {
		all.WriteString(u.Body)
		if n := utf8.RuneCountInString(u.Body); n > 1200 {
			t.Errorf("unit %s has %d characters", u.Slug, n)
		}
	}
	if strip(all.String()) != strip(text) {
		t.Error("the units do not hold the text")
	}
}

func TestSplitNamesUnits(t *testing.T) {
	t.Parallel()
	point := strings.Repeat("符合条件的企业可以向主管部门提出申请，", 16) + "由主管部门审核。\n"
	text := "第一条 甲：\n（一）乙：\n1.丙；\n2.丁。\n第二条 戊。\n\n附件1\n申请须知\n\n一、申请条件\n申请人应当：\n（一）" + point + "（二）" + point + "（三）" + point + "第一条 己。"
	var got []string
	units := knowledge.SplitUnits("d", "示例办法", text)
	for _, u := range units {
		got = append(got, u.ID+" "+u.Where())
	}
	want := []string{
		"d#art1 第一条", "d#art2 第二条",
		"d#p3 附件1 申请须知 › 一、申请条件", "d#p4 附件1 申请须知 › 一、申请条件 › 申请人应当： › （二）", "d#p5 附件1 申请须知 › 一、申请条件 › 申请人应当： › （三）",
		"d#s2-art1 附件1 申请须知 › 第一条",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if got := units[0].WhereOf(strings.Index(units[0].Body, "丁")); got != "第一条 › （一） › 2." {
		t.Errorf("丁 stands in %q", got)
	}
}

// TestSplitMakesNoHeadings checks that a cut inside a line never begins with what
// the library's format takes for a heading.
func TestSplitMakesNoHeadings(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"sentence":        strings.Repeat("企业按规定向主管部门申请补贴，", 60) + "。## 附件一 清单",
		"carriage return": strings.Repeat("企业按规定向主管部门申请补贴，", 60) + "\r## 附件一 清单\r##\r完",
		"chopped":         strings.Repeat("由主管部门审核", 57) + "## 附件一 清单" + strings.Repeat("由主管部门审核", 72),
	} {
		for _, u := range knowledge.SplitUnits("d", "标题", text) {
			if strings.Contains("\n"+u.Body, "\n##") {
				t.Errorf("%s: unit %s has a heading: %.20q", name, u.Slug, u.Body)
			}
		}
		d, err := knowledge.ImportDocument("a.txt", []byte(text))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if _, err := knowledge.ParseDocument("a.txt", knowledge.RenderDocument(d)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if last := d.Units[len(d.Units)-1].Body; name != "chopped" && !strings.Contains(last, "附件一 清单") {
			t.Errorf("%s: the words are lost: %q", name, last)
		}
	}
}

func FuzzImportDocument(f *testing.F) {
	f.Add("a.md", []byte("# 标题\n第一条 甲\n第二条 乙"))
	f.Add("", []byte("---\nid: a\n"))
	f.Add("b.txt", []byte(strings.Repeat("企业按规定向主管部门申请补贴，", 60)+"。## 附件一"))
	f.Add("c.txt", []byte(strings.Repeat("企业按规定向主管部门申请补贴，", 60)+"\r## 附件 {#a}\r##"))
	f.Add("ü.txt", []byte{0xb9, 0xd8, 0xd3, 0xda})
	for _, text := range hostile.Texts {
		f.Add(text, []byte("标题\n\n第一条 示例。"))
		text = text[:min(len(text), 6_000)] // extract has targets of its own, and longer ones only take longer here
		f.Add("a.html", []byte(text))
		f.Add("a.md", []byte("# 标题\n\n## 第一条 "+text+"\n\n"+text))
	}
	f.Fuzz(func(t *testing.T, name string, data []byte) {
		d, err := knowledge.ImportDocument(name, data)
		if err != nil {
			return
		}
		if d.ID == "" || d.Title == "" || len(d.Units) == 0 {
			t.Errorf("half a document: %+v", d)
		}
		if _, err := knowledge.NewLibrary([]knowledge.Document{d}); err != nil {
			t.Error(err)
		}
		again, err := knowledge.ParseDocument("x.md", knowledge.RenderDocument(d))
		if err != nil || len(again.Units) != len(d.Units) {
			t.Fatalf("what was imported does not parse: %v\n%s", err, knowledge.RenderDocument(d))
		}
		for i, u := range d.Units {
			if strings.TrimSpace(u.Body) != again.Units[i].Body {
				t.Errorf("unit %s is kept as %q, not %q", u.Slug, again.Units[i].Body, u.Body)
			}
		}
	})
}
