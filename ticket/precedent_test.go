package ticket

import (
	"slices"
	"testing"
)

func TestPrecedents(t *testing.T) {
	t.Parallel()
	solved := []Ticket{
		{ID: "lamp", Text: "横河镇开发大道的路灯不亮，晚上货车进出看不清", Category: "utilities"},
		{ID: "lamp, told at length", Text: "我们厂门口这条工业路，路灯已经坏了两个多月，打过电话没人来修，晚上工人下班走路很危险，希望尽快派人来修好路灯", Category: "utilities"},
		{ID: "drain", Text: "厂区门口排水不畅，一下雨就积水", Category: "utilities"},
		{ID: "wages", Text: "公司拖欠三个月工资，老板联系不上", Category: "labour"},
		{ID: "loan", Text: "知识产权质押贷款需要什么材料，找哪家银行", Category: "finance"},
		{ID: "licence", Text: "营业执照变更地址要跑几个窗口", Category: "licensing"},
	}
	for _, row := range []struct {
		c    Ticket
		want []string
	}{
		{Ticket{ID: "1", Text: "周巷镇工业路的路灯坏了两个月", Category: "utilities"}, []string{"lamp, told at length", "lamp"}},
		{Ticket{ID: "2", Text: "工厂下雨天积水，排水沟堵了", Category: "utilities"}, []string{"drain"}},
		{Ticket{ID: "3", Text: "被拖欠工资怎么办，三个月没发了", Category: "labour"}, []string{"wages"}},
		{Ticket{ID: "4", Text: "想用专利做质押贷款，要准备哪些材料"}, []string{"loan"}},
		{Ticket{ID: "5", Text: "外地员工子女上学名额"}, nil},
		{Ticket{ID: "6", Text: ""}, nil},
		{Ticket{ID: "lamp", Text: solved[0].Text, Category: "utilities"}, []string{"lamp, told at length"}},
	} {
		var got []string
		for _, c := range Precedents(row.c, solved, 3) {
			got = append(got, c.ID)
		}
		if !slices.Equal(got, row.want) {
			t.Errorf("%q: %q, want %q", row.c.Text, got, row.want)
		}
	}
	if got := Precedents(solved[1], solved, 1); len(got) != 1 {
		t.Errorf("of at most one, %d", len(got))
	}
}
