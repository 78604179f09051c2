package meta_test

import (
	"slices"
	"testing"

	"liaison/knowledge/meta"
)

func TestRepeals(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, title, text string
		want              []meta.Act
	}{
		{"one", "", "《甲》（样发〔2019〕3号）同时废止。", []meta.Act{{Title: "甲", Number: "样发〔2019〕3号"}}},
		{"several", "", "《甲》（样发〔2019〕3号）、《乙》(样发[2018]4号)和《丙》同时废止。", []meta.Act{{Title: "甲", Number: "样发〔2019〕3号"}, {Title: "乙", Number: "样发〔2018〕4号"}, {Title: "丙"}}},
		{"published by", "", "1991年4月9日某会议通过的《甲》和1993年12月13日某政府发布的《乙》同时废止。", []meta.Act{{Title: "甲"}, {Title: "乙"}}},
		{"nested name", "", "《关于印发〈甲〉的通知》（样发〔2019〕3号）自本通知施行之日起废止。", []meta.Act{{Title: "关于印发〈甲〉的通知", Number: "样发〔2019〕3号"}}},
		{"short name in brackets", "", "《甲》（样发〔2019〕3号，以下简称《旧甲》）同时废止。", []meta.Act{{Title: "甲", Number: "样发〔2019〕3号"}}},
		{"number alone", "", "本办法自2024年1月1日起施行，原样发〔2019〕3号文同时废止。", []meta.Act{{Number: "样发〔2019〕3号"}}},
		{"several numbers", "", "样发〔2019〕3号和样发〔2020〕4号文件同时废止。", []meta.Act{{Number: "样发〔2019〕3号"}, {Number: "样发〔2020〕4号"}}},
		{"basis is not repealed", "", "根据《上级甲》，《乙》同时废止。", []meta.Act{{Title: "乙"}}},
		{"one article only", "", "《甲》第三条同时废止。", nil},
		{"in force, then repealed", "", "本条例自2022年11月1日起施行。《甲》同时废止。", []meta.Act{{Title: "甲"}}},
		{"list of a repealing notice", "关于废止部分文件的通知", "决定废止以下文件：\n1.《甲》（样发〔2019〕3号）\n2.《乙》", []meta.Act{{Title: "甲", Number: "样发〔2019〕3号"}, {Title: "乙"}}},
		{"licence that lapses", "", "许可证同时废止。", nil},
		{"unclosed", "", "《甲同时废止。", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if got := values(meta.Read(meta.Input{Title: c.title, Text: c.text}).Repeals); !slices.Equal(got, c.want) {
				t.Errorf("repeals = %+v, want %+v", got, c.want)
			}
		})
	}
}

func TestStatus(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		in   meta.Input
		want meta.Status
	}{
		{"in the title", meta.Input{Title: "关于甲的通知（已废止）"}, meta.Repealed},
		{"note", meta.Input{Title: "关于甲的通知", Text: "（本文件已于2023年1月1日废止）\n\n正文。"}, meta.Repealed},
		{"particulars", meta.Input{Title: "关于甲的通知", Tags: map[string]string{"文件状态": "失效"}}, meta.Repealed},
		{"particulars in force", meta.Input{Title: "关于甲的通知", Tags: map[string]string{"文件状态": "现行有效"}}, ""},
		{"particulars that answer no", meta.Input{Title: "关于甲的通知", Tags: map[string]string{"有效性": "否"}}, meta.Repealed},
		{"particulars that answer yes", meta.Input{Title: "关于甲的通知", Tags: map[string]string{"有效性": "是"}}, ""},
		{"repealed in part", meta.Input{Title: "关于甲的通知", Tags: map[string]string{"文件状态": "部分失效"}}, ""},
		{"search form left in the page", meta.Input{Title: "关于甲的通知", Text: "文件状态 不限 现行有效 已失效\n\n正文。"}, ""},
		{"repeals another", meta.Input{Title: "关于甲的通知", Text: "《乙》同时废止。"}, ""},
		{"draft", meta.Input{Title: "甲办法（征求意见稿）"}, meta.Draft},
		{"call for comments", meta.Input{Title: "关于公开征求《甲办法》意见的公告"}, meta.Draft},
		{"report on comments", meta.Input{Title: "关于《甲办法》征求意见采纳情况的公告"}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if got := meta.Read(c.in).Status.Value; got != c.want {
				t.Errorf("status = %q, want %q", got, c.want)
			}
		})
	}
}

func TestResponsible(t *testing.T) {
	t.Parallel()
	got := values(meta.Read(meta.Input{Text: "加强服务。（责任单位：市财政局、市民政局，各镇）\n\n优化流程。牵头单位：市财政局；配合单位：市税务局\n\n加大支持。（市发展改革委、市财政局按职责分工负责）\n\n稳定就业。（市人社局牵头，市工信局、各县〔市、区〕政府配合）\n\n压缩时限。（市商务局牵头，市公安局、市水利局按职责分工负责）\n"}).Responsible)
	if want := []string{"市财政局", "市民政局", "市税务局", "市发展改革委", "市人社局", "市工信局", "市商务局", "市公安局", "市水利局"}; !slices.Equal(got, want) {
		t.Errorf("responsible = %q, want %q", got, want)
	}
}

// The numbers are of no one: they begin with 0000 or consist of zeros.
func TestContacts(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, text string
		want       []meta.Contact
	}{
		{"office before", "市财政局综合科联系电话：0000-1234567", []meta.Contact{{Office: "市财政局综合科", Phone: "0000-1234567"}}},
		{"office after", "咨询电话：市财政局 0000-12345678，市民政局 0000-12345679", []meta.Contact{{Office: "市财政局", Phone: "0000-12345678"}, {Office: "市民政局", Phone: "0000-12345679"}}},
		{"in brackets", "（联系科室：小学教育科，联系电话：00000000）", []meta.Contact{{Office: "小学教育科", Phone: "00000000"}}},
		{"person left out", "市财政局联系人：张某某，联系电话：00000000", []meta.Contact{{Office: "市财政局", Phone: "00000000"}}},
		{"mobile left out", "联系人：张某某，联系电话：13800000000", nil},
		{"address between", "市财政局综合科，某路1号机关大院2号楼301室，咨询电话：0000-1234567", []meta.Contact{{Office: "市财政局综合科", Phone: "0000-1234567"}}},
		{"two numbers", "咨询电话：0000-1234567、0000-7654321", []meta.Contact{{Phone: "0000-1234567"}, {Phone: "0000-7654321"}}},
		{"short line", "服务热线：12345", []meta.Contact{{Phone: "12345"}}},
		{"said once", "咨询电话：12345\n咨询电话：12345", []meta.Contact{{Phone: "12345"}}},
		{"no number", "请留下联系电话，我们会回复。", nil},
		{"amount", "补贴12345元。", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if got := values(meta.Read(meta.Input{Text: c.text}).Contacts); !slices.Equal(got, c.want) {
				t.Errorf("contacts = %+v, want %+v", got, c.want)
			}
		})
	}
}

func TestAttachments(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		in   meta.Input
		want []meta.Attachment
	}{
		{"single", meta.Input{Text: "附件：申请表.docx\n"}, []meta.Attachment{{Name: "申请表.docx"}}},
		{"lines", meta.Input{Text: "附件：1.申请表\n\n2.承诺书\n\n慈溪市财政局"}, []meta.Attachment{{Name: "申请表"}, {Name: "承诺书"}}},
		{"in one line", meta.Input{Text: "附件： 1.申请表 2.承诺书 慈溪市财政局"}, []meta.Attachment{{Name: "申请表"}, {Name: "承诺书"}}},
		{"space in a title", meta.Input{Text: "附件1：《甲合同（ 2025年修订 公开稿）》\n", Links: []meta.Link{{Text: "附件1：《甲合同（ 2025年修订 公开稿）》", URL: "https://example.org/1.doc"}}}, []meta.Attachment{{Name: "《甲合同（ 2025年修订 公开稿）》", URL: "https://example.org/1.doc"}}},
		{"bracket never closed", meta.Input{Text: "附件：1.《甲合同 2.承诺书（ 样式\n"}, []meta.Attachment{{Name: "《甲合同"}, {Name: "承诺书（"}}},
		{"link to a named one", meta.Input{Text: "附件：1. 申请表\n", Links: []meta.Link{{Text: "附件1：申请表.docx", URL: "https://example.org/1.docx"}}}, []meta.Attachment{{Name: "申请表", URL: "https://example.org/1.docx"}}},
		{"links without names", meta.Input{Links: []meta.Link{{Text: "附件1.docx", URL: "https://example.org/1.docx"}, {Text: "附件2.docx", URL: "https://example.org/2.docx"}}}, []meta.Attachment{{Name: "附件1.docx", URL: "https://example.org/1.docx"}, {Name: "附件2.docx", URL: "https://example.org/2.docx"}}},
		{"other links", meta.Input{Links: []meta.Link{{Text: "首页", URL: "https://example.org/"}}}, nil},
		{"mentioned only", meta.Input{Text: "填写申请表（附件1）。"}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if got := values(meta.Read(c.in).Attachments); !slices.Equal(got, c.want) {
				t.Errorf("attachments = %+v, want %+v", got, c.want)
			}
		})
	}
}
