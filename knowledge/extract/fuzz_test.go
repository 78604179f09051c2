package extract_test

import (
	"errors"
	"os"
	"strings"
	"testing"
	"unicode/utf8"

	"liaison/knowledge/extract"
)

// checkRead is what holds for any bytes: no panic, an error of the one kind,
// and never an empty or broken text without one.
func checkRead(t *testing.T, name string, data []byte) {
	page, err := extract.Read(name, data)
	if err != nil {
		var u *extract.Unreadable
		if !errors.As(err, &u) || u.Code == "" || u.Why == "" {
			t.Fatalf("%s: %v is no Unreadable", name, err)
		}
		return
	}
	if strings.TrimSpace(page.Text) == "" || page.Format == "" || !utf8.ValidString(page.Text) {
		t.Fatalf("%s: %d bytes of text, format %q", name, len(page.Text), page.Format)
	}
	if strings.ContainsAny(page.Title, "\n\x00") || page.Format != "markdown" && strings.ContainsRune(page.Text, 0) {
		t.Fatalf("%s: a title of several lines, or a NUL byte in the text", name)
	}
}

func seeds(f *testing.F, files ...string) {
	for _, file := range files {
		data, err := os.ReadFile("testdata/" + file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
}

func FuzzHTML(f *testing.F) {
	seeds(f, "bare.html", "br-lines.html", "layout-tables.html", "tabs.html", "trs-gb18030.html", "wechat.html")
	f.Add([]byte(`<table><tr><td rowspan=9 colspan=3>甲<table><tr><td>乙<td>丙</table><tr><td></table><ol start=99999><li><dl><dt>问：<dd>答`))
	f.Add([]byte("<p>😀 مرحبا ＡＢＣ<ruby>漢<rt>han</rt></ruby>"))
	f.Fuzz(func(t *testing.T, data []byte) { checkRead(t, "a.html", data) })
}

func FuzzText(f *testing.F) {
	seeds(f, "wrapped.txt", "notice.md", "faq.csv")
	f.Add([]byte("\xff\xfe\x2d\x4e\x87\x65"))
	f.Add([]byte("甲;乙\n\"丙;丁\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, name := range []string{"a.txt", "a.md", "a.csv"} {
			checkRead(t, name, data)
		}
	})
}

func FuzzDOCX(f *testing.F) {
	f.Add(`<w:p><w:r><w:t>文字</w:t></w:r></w:p>`, docStyles, docNumbering)
	f.Add(`<w:tbl><w:tr><w:tc><w:tcPr><w:gridSpan w:val="9999999"/><w:vMerge/></w:tcPr><w:tbl/></w:tc></w:tr></w:tbl>`, "", `<num w:numId="1"/>`)
	f.Fuzz(func(t *testing.T, body, styles, numbering string) {
		checkRead(t, "a.docx", archive(t, "word/document.xml", `<w:document xmlns:w="w"><w:body>`+body+`</w:body></w:document>`,
			"word/styles.xml", styles, "word/numbering.xml", numbering))
	})
}

func FuzzXLSX(f *testing.F) {
	seeds(f, "libreoffice.xlsx")
	f.Add(archive(f, "xl/workbook.xml", "<workbook/>"))
	f.Fuzz(func(t *testing.T, data []byte) { checkRead(t, "a.xlsx", data) })
}

// ofd packs one page.
func ofd(t testing.TB, content string) []byte {
	return archive(t, "OFD.xml", `<ofd:OFD xmlns:ofd="o"><ofd:DocBody><ofd:DocInfo><ofd:Author>示例作者</ofd:Author></ofd:DocInfo><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>`,
		"Doc_0/Document.xml", `<Document><CommonData><PageArea><PhysicalBox>0 0 210 297</PhysicalBox></PageArea></CommonData><Pages><Page ID="1" BaseLoc="Pages/Page_0/Content.xml"/></Pages></Document>`,
		"Doc_0/Pages/Page_0/Content.xml", `<Page><Content><Layer>`+content+`</Layer></Content></Page>`)
}

func FuzzOFD(f *testing.F) {
	f.Add(`<TextObject Boundary="10 10 100 5" Size="4"><TextCode X="0" Y="4" DeltaX="g 3 4">文字内容</TextCode></TextObject>`)
	f.Add(`<TextObject Boundary="1e300 NaN 0 0" Size="-1" CTM="0 0 0 0 0 0"><TextCode DeltaX="g 999999999 1">文</TextCode></TextObject><PathObject Boundary="0 0 9 9"><AbbreviatedData>M 0 0 L 9 0 C</AbbreviatedData></PathObject>`)
	f.Fuzz(func(t *testing.T, content string) { checkRead(t, "a.ofd", ofd(t, content)) })
}

func FuzzPDF(f *testing.F) {
	seeds(f, "libreoffice.pdf", "locked.pdf")
	f.Add([]byte("%PDF-1.4\ntrailer<</Root 1 0 R>>"))
	// The first PDF waits for the reader to be made ready, and an input that takes ten
	// seconds counts as one that hangs.
	if _, err := extract.Read("a.pdf", []byte("%PDF-1.4")); err == nil {
		f.Fatal("no PDF was read")
	}
	f.Fuzz(func(t *testing.T, data []byte) { checkRead(t, "a.pdf", data) })
}
