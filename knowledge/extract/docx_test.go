package extract_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"liaison/knowledge/extract"
)

const (
	docStyles = `<w:styles xmlns:w="w">
		<w:style w:styleId="T"><w:name w:val="Title"/></w:style>
		<w:style w:styleId="H1"><w:name w:val="heading 1"/></w:style>
		<w:style w:styleId="H2"><w:name w:val="小节"/><w:basedOn w:val="H1"/><w:pPr><w:outlineLvl w:val="1"/></w:pPr></w:style>
		<w:style w:styleId="A"><w:name w:val="条"/><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>
		<w:style w:styleId="C"><w:name w:val="toc 1"/></w:style>
		<w:style w:styleId="R1"><w:name w:val="r1"/><w:basedOn w:val="R2"/></w:style><w:style w:styleId="R2"><w:name w:val="r2"/><w:basedOn w:val="R1"/></w:style>
	</w:styles>`
	docNumbering = `<w:numbering xmlns:w="w">
		<w:abstractNum w:abstractNumId="9"><w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="chineseCounting"/><w:lvlText w:val="第%1条"/></w:lvl>
			<w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="chineseCounting"/><w:suff w:val="nothing"/><w:lvlText w:val="（%2）"/></w:lvl>
			<w:lvl w:ilvl="2"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%3."/></w:lvl></w:abstractNum>
		<w:abstractNum w:abstractNumId="8"><w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="bullet"/><w:lvlText w:val=""/></w:lvl></w:abstractNum>
		<w:num w:numId="1"><w:abstractNumId w:val="9"/></w:num><w:num w:numId="2"><w:abstractNumId w:val="8"/></w:num>
		<w:num w:numId="3"><w:abstractNumId w:val="9"/><w:lvlOverride w:ilvl="0"><w:startOverride w:val="11"/></w:lvlOverride></w:num>
	</w:numbering>`
	docNotes = `<w:footnotes xmlns:w="w"><w:footnote w:type="separator" w:id="0"><w:p/></w:footnote><w:footnote w:id="2"><w:p><w:r><w:t>按上年末人数计算。</w:t></w:r></w:p></w:footnote></w:footnotes>`
)

func par(style, props string, runs ...string) string {
	if style != "" {
		props = `<w:pStyle w:val="` + style + `"/>` + props
	}
	return `<w:p><w:pPr>` + props + `</w:pPr>` + strings.Join(runs, "") + `</w:p>`
}

func run(text string) string { return `<w:r><w:t>` + text + `</w:t></w:r>` }

func num(id, level string) string {
	return `<w:numPr><w:ilvl w:val="` + level + `"/><w:numId w:val="` + id + `"/></w:numPr>`
}

func TestDOCX(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, body, title, want string
	}{
		{"title, headings and contents",
			par("T", "", run("示例办法")) + par("C", "", run("第一章 总则\t1")) + par("H1", "", run("第一章 总则")) + par("H2", "", run("一节")) + par("", "", run("正文。")),
			"示例办法", "示例办法\n\n# 第一章 总则\n\n## 一节\n\n正文。"},
		{"numbers that Word makes up",
			par("A", "", run("目的。")) + par("", num("1", "1"), run("甲；")) + par("", num("1", "1"), run("乙。")) + par("", num("1", "2"), run("细目")) +
				par("A", "", run("范围。")) + par("", num("1", "1"), run("丙。")) + par("", num("3", "0"), run("另起。")) + par("", num("0", "0"), run("无号。")),
			"", "第一条 目的。\n\n（一）甲；\n\n（二）乙。\n\n1. 细目\n\n第二条 范围。\n\n（一）丙。\n\n第十一条 另起。\n\n无号。"},
		{"bullets", par("", num("2", "0"), run("一项")) + par("", num("2", "0"), run("二项")), "", "- 一项\n- 二项"},
		{"tracked changes and hidden text",
			par("", "", run("每户"), `<w:ins>`+run("10")+`</w:ins><w:del><w:r><w:delText>5</w:delText></w:r></w:del><w:moveFrom>`+run("旧处")+`</w:moveFrom>`, run("万元"),
				`<w:r><w:rPr><w:vanish/></w:rPr><w:t>隐藏</w:t></w:r>`, `<w:r><w:instrText>PAGE</w:instrText></w:r>`, run("。")),
			"", "每户10万元。"},
		{"notes", par("", "", run("每户"), `<w:r><w:footnoteReference w:id="2"/></w:r>`, run("补贴一次。")) + par("", "", run("完。")),
			"", "每户[注1]补贴一次。\n\n[注1] 按上年末人数计算。\n\n完。"},
		{"text in a box is there once",
			par("", "", run("正文"), `<w:r><mc:AlternateContent xmlns:mc="m"><mc:Choice><w:drawing><w:txbxContent>`+par("", "", run("框内文字"))+`</w:txbxContent></w:drawing></mc:Choice><mc:Fallback><w:pict><w:txbxContent>`+par("", "", run("框内文字"))+`</w:txbxContent></w:pict></mc:Fallback></mc:AlternateContent></w:r>`),
			"", "正文\n\n框内文字"},
		{"merged cells",
			`<w:tbl><w:tr><w:tc><w:tcPr><w:gridSpan w:val="3"/></w:tcPr>` + par("", "", run("标准表")) + `</w:tc></w:tr>` +
				`<w:tr><w:tc>` + par("", "", run("类别")) + `</w:tc><w:tc>` + par("", "", run("对象")) + `</w:tc><w:tc>` + par("", "", run("金额|元")) + `</w:tc></w:tr>` +
				`<w:tr><w:tc><w:tcPr><w:vMerge w:val="restart"/></w:tcPr>` + par("", "", run("甲")) + `</w:tc><w:tc>` + par("", "", run("小型")) + par("", "", run("微型")) + `</w:tc><w:tc>` + par("", "", run("1")) + `</w:tc></w:tr>` +
				`<w:tr><w:tc><w:tcPr><w:vMerge/></w:tcPr>` + par("", "") + `</w:tc><w:tc>` + par("", "", run("中型")) + `</w:tc><w:tc>` + par("", "", run("2")) + `</w:tc></w:tr></w:tbl>`,
			"", "标准表\n\n| 类别 | 对象 | 金额\\|元 |\n| --- | --- | --- |\n| 甲 | 小型 微型 | 1 |\n| 甲 | 中型 | 2 |"},
		{"title in the middle", par("", `<w:jc w:val="center"/>`, run("示发〔2031〕1号")) + par("", `<w:jc w:val="center"/>`, run("示例市关于开展")) + par("", `<w:jc w:val="center"/>`, run("走访的通知")) + par("", "", run("各镇：")),
			"示例市关于开展走访的通知", "示发〔2031〕1号\n\n示例市关于开展\n\n走访的通知\n\n各镇："},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			data := archive(t, "word/styles.xml", docStyles, "word/numbering.xml", docNumbering, "word/footnotes.xml", docNotes,
				"word/document.xml", `<w:document xmlns:w="w"><w:body>`+tt.body+`</w:body></w:document>`,
				"docProps/core.xml", `<cp:coreProperties xmlns:cp="c" xmlns:dc="d"><dc:creator>示例作者</dc:creator></cp:coreProperties>`)
			page, err := extract.Read("a.docx", data)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, page.Text); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
			if page.Title != tt.title || page.Meta["author"] != "示例作者" {
				t.Errorf("title %q, author %q; want title %q", page.Title, page.Meta["author"], tt.title)
			}
		})
	}
}
