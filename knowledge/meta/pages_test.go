package meta_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"liaison/knowledge/extract"
	"liaison/knowledge/meta"
)

// sharedData is the folder of the large real data. Without it the tests over
// real documents say so and return: the project builds anywhere.
func sharedData(t *testing.T, name string) (string, bool) {
	t.Helper()
	root := os.Getenv("LIAISON_SHARED_DATA")
	if root == "" {
		root = filepath.Join("..", "..", "..", "shared", "data")
	}
	dir := filepath.Join(root, name)
	if _, err := os.Stat(dir); err != nil {
		t.Logf("%s is absent: nothing to check", name)
		return "", false
	}
	return dir, true
}

func readPage(t *testing.T, path string) (meta.Input, bool) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Error(err)
		return meta.Input{}, false
	}
	page, err := extract.Read(filepath.Base(path), data)
	if err != nil {
		t.Errorf("%s: %v", filepath.Base(path), err)
		return meta.Input{}, false
	}
	in := meta.Input{Name: filepath.Base(path), Title: page.Title, Text: page.Text, Tags: page.Meta}
	for _, l := range page.Links {
		in.Links = append(in.Links, meta.Link{Text: l.Text, URL: l.URL})
	}
	return in, true
}

// anyStatus stands for a page that says only in a script that it was repealed
// early; its last day in force says it anyway.
const anyStatus meta.Status = "any"

// TestPages checks ten real pages against values that a person read off them.
func TestPages(t *testing.T) {
	t.Parallel()
	dir, ok := sharedData(t, "policy-pages")
	if !ok {
		return
	}
	for _, c := range []struct {
		page, title, number string
		issuers             []string
		place               string
		issued, from, to    string
		status              meta.Status
		repeals             []string // numbers
		attachments         int
	}{
		{"05", "广州市天河区教育局关于印发《2026年广州市天河区幼儿园招生工作方案》的通知", "", []string{"广州市天河区教育局"}, "广州市天河区", "2026-04-20", "", "", "", nil, 6},
		{"08", "广州市卫生健康委等4部门关于印发推进广州市家庭医生签约服务高质量发展实施方案的通知", "穗卫函〔2023〕1930号", []string{"广州市卫生健康委员会", "广州市财政局", "广州市人力资源和社会保障局", "广州市医疗保障局"}, "广州市", "2023-10-19", "", "", "", nil, 3},
		{"10b", "广州市医疗保障局 广州市财政局 广州市卫生健康委员会关于印发广州市社会医疗保险统筹基金支付门诊特定病种费用范围及标准的通知", "穗医保规字〔2019〕4号", []string{"广州市医疗保障局", "广州市财政局", "广州市卫生健康委员会"}, "广州市", "2019-06-14", "2019-07-01", "2024-06-30", meta.Repealed, []string{"穗人社发〔2014〕52号", "穗人社发〔2015〕58号", "穗人社规字〔2018〕6号"}, 2},
		{"26", "广州市民政局 广州市财政局关于印发我市2025年最低生活保障及相关社会救助标准的通知", "穗民规字〔2025〕2号", []string{"广州市民政局", "广州市财政局"}, "广州市", "2025-05-30", "2025-06-01", "2026-06-01", meta.Repealed, []string{"穗民规字〔2024〕5号"}, 0},
		{"27b", "广州市残疾人联合会关于印发广州市残疾人辅助器具适配工作管理办法的通知", "穗残联规字〔2019〕2号", []string{"广州市残疾人联合会"}, "广州市", "2019-01-17", "2019-02-01", "2024-01-31", meta.Repealed, nil, 1},
		// The page is a reprint that does not say when the text was issued.
		{"27c", "广州市困难残疾人生活补贴和重度残疾人护理补贴实施办法", "", []string{"广州市民政局"}, "广州市", "2022-11-16?", "2022-11-16?", "2027-11-15?", "", []string{"穗民〔2017〕384号"}, 0},
		{"28", "广州市人民政府办公厅关于进一步加强特困人员救助供养工作的通知", "穗府办规〔2021〕7号", []string{"广州市人民政府办公厅"}, "广州市", "2021-04-13", "2021-04-16", "2023-06-01", anyStatus, []string{"穗民规字〔2018〕10号", "穗民规字〔2018〕11号"}, 0},
		{"30", "广州市民政局 广州市财政局 广州市市场监督管理局关于印发广州市老年人助餐配餐服务管理办法的通知", "穗民规字〔2024〕3号", []string{"广州市民政局", "广州市财政局", "广州市市场监督管理局"}, "广州市", "2024-03-14", "2024-04-01", "2029-03-31", "", nil, 0},
		{"33", "广州市老年人优待办法", "广州市人民政府令第179号", []string{"广州市人民政府"}, "广州市", "2021-01-29", "2021-05-01", "", "", nil, 0},
		{"35c", "广州市人民政府办公厅关于印发广州市引进人才入户管理办法的通知", "穗府办规〔2020〕10号", []string{"广州市人民政府办公厅"}, "广州市", "2020-06-29", "2020-07-09", "2025-07-04", meta.Repealed, []string{"穗府办规〔2018〕30号"}, 3},
	} {
		t.Run(c.page, func(t *testing.T) {
			t.Parallel()
			paths, err := filepath.Glob(filepath.Join(dir, c.page+"_*.html"))
			if err != nil || len(paths) != 1 {
				t.Fatalf("pages: %v, %v", paths, err)
			}
			in, ok := readPage(t, paths[0])
			if !ok {
				return
			}
			m := meta.Read(in)
			numbers := []string{}
			for _, f := range m.Repeals {
				numbers = append(numbers, f.Value.Number)
			}
			if m.Title.Value != c.title {
				t.Errorf("title = %q", m.Title.Value)
			}
			if got := text(m.Number); got != c.number {
				t.Errorf("number = %q, want %q", got, c.number)
			}
			if got := values(m.Issuers); !slices.Equal(got, c.issuers) {
				t.Errorf("issuers = %q, want %q", got, c.issuers)
			}
			if m.Place.Value != c.place {
				t.Errorf("place = %q, want %q", m.Place.Value, c.place)
			}
			if issued, from, to := day(m.Issued), day(m.EffectiveFrom), day(m.EffectiveTo); issued != c.issued || from != c.from || to != c.to {
				t.Errorf("issued %s, %s..%s, want %s, %s..%s", issued, from, to, c.issued, c.from, c.to)
			}
			if c.status != anyStatus && m.Status.Value != c.status {
				t.Errorf("status = %q, want %q", m.Status.Value, c.status)
			}
			if !slices.Equal(numbers, c.repeals) && len(numbers)+len(c.repeals) > 0 {
				t.Errorf("repeals = %q, want %q", numbers, c.repeals)
			}
			if len(m.Attachments) != c.attachments {
				t.Errorf("attachments = %v, want %d", values(m.Attachments), c.attachments)
			}
		})
	}
}

var lawFile = regexp.MustCompile(`^(.+)\((\d{4}-\d{2}-\d{2})\)\.md$`)

// TestEnactments checks title and day of 50 laws against their file names,
// title(day of publication). The name is kept from the reader. A text that
// states its passing, not its publication, is some weeks earlier; one that
// states an older version only is not judged.
func TestEnactments(t *testing.T) {
	t.Parallel()
	dir, ok := sharedData(t, "enactments")
	if !ok {
		return
	}
	paths, err := filepath.Glob(filepath.Join(dir, "*", "*.md"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("enactments: %v, %v", paths, err)
	}
	exact, near, stated := 0, 0, 0
	for _, path := range paths {
		name := lawFile.FindStringSubmatch(filepath.Base(path))
		in, ok := readPage(t, path)
		if name == nil || !ok {
			t.Errorf("%s: not title(date).md", path)
			continue
		}
		in.Name = ""
		m := meta.Read(in)
		if got := strings.TrimPrefix(m.Title.Value, "中华人民共和国"); got != name[1] {
			t.Errorf("%s: title %q", name[1], m.Title.Value)
		}
		if m.Kind.Value == "" {
			t.Errorf("%s: no kind", name[1])
		}
		if says := strings.Contains(in.Text, "起施行"); says != m.EffectiveFrom.Ok() {
			t.Errorf("%s: in force from %s", name[1], day(m.EffectiveFrom))
		}
		if !m.Issued.Ok() {
			continue
		}
		stated++
		switch got := day(m.Issued); {
		case got == name[2]:
			exact++
		case got[:4] == name[2][:4]:
			near++
		default:
			t.Logf("%s: the text states %s", filepath.Base(path), got)
		}
	}
	t.Logf("of %d enactments %d state a day: %d that of the file name, %d another of the same year", len(paths), stated, exact, near)
	if stated < 46 || exact+near < 40 {
		t.Errorf("%d state a day, %d of them rightly; 46 and 40 were reached", stated, exact+near)
	}
}

// TestEvidence checks on all real pages and documents that what is found stands
// in them.
func TestEvidence(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ folder, files string }{
		{"policy-pages", "*.html"},
		{"policy-docs", filepath.Join("docs", "*.txt")},
		{"enactments", filepath.Join("*", "*.md")},
	} {
		dir, ok := sharedData(t, c.folder)
		if !ok {
			continue
		}
		paths, err := filepath.Glob(filepath.Join(dir, c.files))
		if err != nil || len(paths) == 0 {
			t.Errorf("%s: %d files, %v", c.folder, len(paths), err)
		}
		for _, path := range paths {
			if in, ok := readPage(t, path); ok {
				check(t, in)
			}
		}
	}
}
