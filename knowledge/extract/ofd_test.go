package extract_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"liaison/knowledge/extract"
)

func TestOFD(t *testing.T) {
	t.Parallel()
	text := func(x, y, s string) string {
		return `<TextObject Boundary="` + x + ` ` + y + ` 100 6" Size="5"><TextCode X="0" Y="5" DeltaX="g 20 5">` + s + `</TextCode></TextObject>`
	}
	border := func(box, path string) string {
		return `<PathObject Boundary="` + box + `"><AbbreviatedData>` + path + `</AbbreviatedData></PathObject>`
	}
	grid := border("20 60 120 20", "M 0 0 L 120 0 L 120 20 L 0 20 C") + border("20 70 120 0.3", "M 0 0 L 120 0") + border("80 60 0.3 20", "M 0 0 L 0 20")
	page := `<Page><Content><Layer>`
	data := archive(t,
		"OFD.xml", `<OFD><DocBody><DocInfo><Title>示例</Title></DocInfo><DocRoot>Doc_0/Document.xml</DocRoot></DocBody></OFD>`,
		"Doc_0/Document.xml", `<Document><CommonData><TemplatePage ID="9" BaseLoc="Tpls/T.xml"/><PageArea><PhysicalBox>0 0 210 297</PhysicalBox></PageArea></CommonData>
			<Pages><Page ID="2" BaseLoc="Pages/P_1/Content.xml"/><Page ID="1" BaseLoc="Pages/P_0/Content.xml"/></Pages></Document>`,
		"Doc_0/Tpls/T.xml", page+text("20", "5", "样张水印")+`</Layer></Content></Page>`,
		"Doc_0/Pages/P_0/Content.xml", page+`<ImageObject ID="3" Boundary="0 0 210 297"/></Layer></Content></Page>`,
		"Doc_0/Pages/P_1/Content.xml", page+text("20", "30", "办理&#x1;说明")+
			`<TextObject Boundary="20 40 40 6" Size="5"><TextCode X="0" Y="5" DeltaX="5 5 5">前半后半</TextCode></TextObject><TextObject Boundary="40 40 40 6" Size="5"><TextCode X="0" Y="5" DeltaX="5 5">同一行</TextCode></TextObject>`+
			grid+text("25", "62", "项目")+text("85", "62", "金额")+text("25", "72", "甲项")+text("85", "72", "十万元")+`</Layer></Content></Page>`)
	got, err := extract.Read("a.ofd", data)
	if err != nil {
		t.Fatal(err)
	}
	want := "办理说明\n\n前半后半同一行\n\n| 项目 | 金额 |\n| --- | --- |\n| 甲项 | 十万元 |"
	if diff := cmp.Diff(want, got.Text); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	// The order is that of the document's list: the picture is page 2.
	if diff := cmp.Diff([]int{2}, got.Unread); diff != "" || got.Meta["title"] != "示例" {
		t.Errorf("unread pages -want +got:\n%s\nmeta %v", diff, got.Meta)
	}
}
