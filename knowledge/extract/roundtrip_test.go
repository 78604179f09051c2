package extract_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"liaison/knowledge/extract"
)

// written is a document as its author sees it; every program that saves it
// must give back the same paragraphs and rows.
func written() (page string, want []string) {
	var b strings.Builder
	b.WriteString(`<html><head><meta charset="utf-8"><title>示例市技术改造资金申报指南</title><style>
		body{font-family:"Noto Sans CJK SC",sans-serif;font-size:12pt} h1{text-align:center;font-size:20pt} p{text-indent:2em;margin:0}</style></head><body>
		<h1>示例市技术改造资金申报指南</h1><p>本指南为测试用例，不是真实政策。</p>
		<table border="1"><tr><th>类别</th><th>投资额</th><th>最高金额</th></tr><tr><td rowspan="2">一般项目</td><td>200万元至500万元</td><td>40万元</td></tr>
		<tr><td>500万元以上</td><td>100万元</td></tr><tr><td>重点项目</td><td>1000万元以上</td><td>300万元，由主管部门会同财政部门按年度预算核定</td></tr></table>`)
	want = []string{"示例市技术改造资金申报指南", "本指南为测试用例，不是真实政策。", "| 一般项目 | 200万元至500万元 | 40万元 |", "| 类别 | 投资额 | 最高金额 |", "| 一般项目 | 500万元以上 | 100万元 |", "| 重点项目 | 1000万元以上 | 300万元，由主管部门会同财政部门按年度预算核定 |"}
	for i := range 30 { // three pages of paper
		p := fmt.Sprintf("第%d项内容说明：为了检验文字从一行排到下一行、从一页排到下一页时仍能还原成原来的段落，这里写下一段足够长的话，其中有金额%d万元，也有标点（括号）。", i+1, i*5+1)
		b.WriteString("<p>" + p + "</p>")
		want = append(want, p)
	}
	b.WriteString(`<h2>附件：示例企业名单</h2><table border="1"><thead><tr><th rowspan="2">序号</th><th colspan="2">企业</th></tr><tr><th>名称</th><th>奖励金额</th></tr></thead>`)
	want = append(want, "附件：示例企业名单", "| 序号 | 企业 名称 | 企业 奖励金额 |")
	for i := range 60 { // a table over two pages, the heading row printed on both
		fmt.Fprintf(&b, "<tr><td>%d</td><td>示例企业%d有限公司</td><td>%d万元</td></tr>", i+1, i+1, i*3)
		want = append(want, fmt.Sprintf("| %d | 示例企业%d有限公司 | %d万元 |", i+1, i+1, i*3))
	}
	return b.String() + "</table></body></html>", want
}

// tool runs a program that may not be on this machine; it reports whether it is.
// One that scripts/with-services promises must be.
func tool(t *testing.T, name string, args ...string) bool {
	t.Helper()
	if promised := os.Getenv("LIAISON_TEST_" + strings.ToUpper(name)); promised != "" {
		name = promised
	}
	path, err := exec.LookPath(name)
	if err != nil {
		if name == "chromium" && os.Getenv("LIAISON_TEST_REQUIRE") == "1" {
			t.Fatal("LIAISON_TEST_CHROMIUM names no browser")
		}
		t.Logf("%s is not on this machine", name)
		return false
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	if out, err := exec.CommandContext(ctx, path, args...).CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", name, err, out)
	}
	return true
}

func TestRoundTrip(t *testing.T) {
	t.Parallel()
	page, want := written()
	dir := t.TempDir()
	source := filepath.Join(dir, "guide.html")
	if err := os.WriteFile(source, []byte(page), 0o600); err != nil {
		t.Fatal(err)
	}
	check := func(file string) {
		t.Helper()
		data, err := os.ReadFile(filepath.Join(dir, file))
		if err != nil {
			t.Fatal(err)
		}
		got, err := extract.Read(file, data)
		if err != nil {
			t.Fatal(err)
		}
		if got.Title != want[0] {
			t.Errorf("%s: title %q, want %q", file, got.Title, want[0])
		}
		lines := map[string]bool{}
		for line := range strings.SplitSeq(got.Text, "\n") {
			lines[strings.TrimLeft(line, "# ")] = true
		}
		lines[got.Title] = true // a web page has it beside the text
		for _, w := range want {
			if !lines[w] {
				t.Errorf("%s: no line %q", file, w)
			}
			delete(lines, w)
		}
		delete(lines, "")
		delete(lines, "| --- | --- | --- |")
		for line := range lines { // page numbers, the address that a browser prints
			t.Errorf("%s: line %q is not of the document", file, line)
		}
	}
	check("guide.html")
	if tool(t, "chromium", "--headless", "--no-sandbox", "--disable-gpu", "--user-data-dir="+filepath.Join(dir, "chromium"), "--print-to-pdf="+filepath.Join(dir, "chromium.pdf"), source) {
		check("chromium.pdf")
	}
	office := func(filter, target, file string) bool {
		return tool(t, "soffice", "-env:UserInstallation=file://"+filepath.Join(dir, "office"), "--headless", filter, "--convert-to", target, "--outdir", dir, filepath.Join(dir, file))
	}
	if office("--infilter=HTML (StarWriter)", "docx:MS Word 2007 XML", "guide.html") {
		check("guide.docx")
		office("--norestore", "pdf", "guide.docx")
		check("guide.pdf")
	}
	if err := os.WriteFile(filepath.Join(dir, "rates.csv"), []byte("示例补贴标准表,,\n类别,标准（元）,起始日期\n甲类,1200,2031-01-05\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if office("--infilter=CSV:44,34,76,1", "xlsx", "rates.csv") {
		data, err := os.ReadFile(filepath.Join(dir, "rates.xlsx"))
		if err != nil {
			t.Fatal(err)
		}
		got, err := extract.Read("rates.xlsx", data)
		if want := "| 甲类 | 1200 | 2031-01-05 |"; err != nil || !strings.Contains(got.Text, want) || got.Title != "示例补贴标准表" {
			t.Errorf("title %q, text %q, error %v; want %q", got.Title, got.Text, err, want)
		}
	}
}
