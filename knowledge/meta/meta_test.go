package meta_test

import (
	"testing"

	"liaison/knowledge/meta"
)

// notice is written for these tests; the town and its numbers are invented.
const notice = `# 样例市人民政府办公室关于印发样例市小微企业用房补贴办法的通知

样政办发〔2024〕12号

各镇人民政府，市政府各部门：

《样例市小微企业用房补贴办法》已经市政府同意，现印发给你们，请遵照执行。

样例市人民政府办公室

2024年8月20日

## 样例市小微企业用房补贴办法

第一条 根据《上级某办法》（上政发〔2020〕3号）制定本办法。

第二条 补贴由市经济信息化局受理。责任单位：市经济信息化局、市财政局；配合单位：各镇。

第三条 本办法自2024年9月1日起施行，有效期五年。《样例市用房补助办法》（样政办发〔2019〕7号）同时废止。

咨询电话：市经济信息化局 0000-12345678

附件：1.申请表
2.承诺书
`

func TestReadNotice(t *testing.T) {
	t.Parallel()
	m := meta.Read(meta.Input{Name: "notice.md", Text: notice})
	for _, c := range []struct{ name, got, want string }{
		{"title", m.Title.Value, "样例市人民政府办公室关于印发样例市小微企业用房补贴办法的通知"},
		{"encloses", m.Encloses.Value, "样例市小微企业用房补贴办法"},
		{"kind", m.Kind.Value, "通知"},
		{"number", m.Number.Value, "样政办发〔2024〕12号"},
		{"place", m.Place.Value, "样例市"},
		{"term", m.Term.Value, "五年"},
	} {
		if c.got != c.want {
			t.Errorf("%s = %q, want %q", c.name, c.got, c.want)
		}
	}
	if len(m.Issuers) != 1 || m.Issuers[0].Value != "样例市人民政府办公室" {
		t.Errorf("issuers = %v", m.Issuers)
	}
	if want := (meta.Date{Year: 2024, Month: 8, Day: 20}); m.Issued.Value != want {
		t.Errorf("issued = %v, want %v", m.Issued, want)
	}
	if want := (meta.Date{Year: 2024, Month: 9, Day: 1}); m.EffectiveFrom.Value != want {
		t.Errorf("from = %v, want %v", m.EffectiveFrom, want)
	}
	if want := (meta.Date{Year: 2029, Month: 8, Day: 31}); m.EffectiveTo.Value != want {
		t.Errorf("to = %v, want %v", m.EffectiveTo, want)
	}
	if len(m.Repeals) != 1 || m.Repeals[0].Value != (meta.Act{Title: "样例市用房补助办法", Number: "样政办发〔2019〕7号"}) {
		t.Errorf("repeals = %v", m.Repeals)
	}
	if len(m.Responsible) != 3 {
		t.Errorf("responsible = %v", m.Responsible)
	}
	if len(m.Attachments) != 2 {
		t.Errorf("attachments = %v", m.Attachments)
	}
	if len(m.Contacts) != 1 {
		t.Errorf("contacts = %v", m.Contacts)
	}
}
