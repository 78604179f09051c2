package handlers

import (
	"testing"

	"liaison/ticket"
)

// A precedent names nobody: not the requester of its case in any wording, nor those
// whose cases were merged into it.
func TestWithoutRequesters(t *testing.T) {
	t.Parallel()
	c := ticket.Ticket{ID: "CX-20261123-0001", Company: "示例灯具厂", Contact: "王小明，微信 wang-demo88"}
	m := ticket.Ticket{ID: "CX-20261123-0002", Company: "示例灯具厂二分厂", Contact: "李四"}
	got := withoutRequesters("王小明您好，CX-20261123-0001 和示例灯具厂二分厂的李四反映的路灯已修，微信已发 demo88，补贴 300 元。", c, m)
	if want := "〔电话〕您好，{编号} 和{企业}的〔电话〕反映的路灯已修，〔电话〕已发 〔电话〕，补贴 300 元。"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	money := ticket.Ticket{ID: "a", Kind: ticket.Financing, Text: "扩大生产需要流动资金贷款，有专利"}
	if near := ticket.Precedents(ticket.Ticket{ID: "b", Text: money.Text}, []ticket.Ticket{money}, 3); len(near) > 0 {
		t.Error("a financing request is a precedent")
	}
}
