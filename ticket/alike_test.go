package ticket_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"liaison/ticket"
)

// Two cases of one matter are told from two matters, where they share enough. The
// pairs were written for this test; their likeness is what SameMatter was set by.
func TestAlike(t *testing.T) {
	t.Parallel()
	c := func(text, company, town string) ticket.Ticket {
		return ticket.Ticket{Text: text, Company: company, Town: town, CreatedAt: monday}
	}
	for _, row := range []struct {
		a, b ticket.Ticket
		same bool // noticed as one matter
	}{
		{c("周巷镇工业路的路灯坏了两个月，晚上货车进出很危险", "示例电器厂", "zhouxiang"), c("工业路路灯还是不亮，已经两个月了", "示例电器厂", "zhouxiang"), true},
		{c("周巷镇工业路的路灯坏了两个月，晚上货车进出很危险", "", "zhouxiang"), c("路灯坏了", "", "zhouxiang"), true},
		{c("银行拒绝给我们续贷，下个月就到期了", "甲公司", ""), c("补充一下：银行还是拒绝续贷", "甲公司", ""), true},
		{c("横河镇的检查太频繁了，一周来了三次", "", "henghe"), c("检查太频繁，今天又来检查了", "", "henghe"), false}, // one matter that shares too few words
		{c("３号厂房漏水，物业不修", "乙公司", ""), c("3号厂房又漏水了，物业还是不修", "乙公司", ""), true},
		{c("The street lamp in front of our plant is broken", "", ""), c("Street lamp in front of the plant still broken!", "", ""), true},
		{c("营业执照变更登记办了一个月没有结果", "", ""), c("营业执照变更登记一个月了还没有办好", "", ""), true},
		{c("周巷镇工业路的路灯坏了两个月", "", "zhouxiang"), c("周巷镇工业路积水很深，车过不去", "", "zhouxiang"), false},
		{c("3号厂房漏水，物业不修", "乙公司", ""), c("7号厂房漏水，物业不修", "丙公司", ""), false},
		{c("请问知识产权质押贷款怎么申请", "", ""), c("请问创业担保贷款怎么申请", "", ""), false},
		{c("横河镇的检查太频繁了", "", "henghe"), c("古塘街道的检查太频繁了", "", "gutang"), false},
		{c("希望增加公交班次", "", ""), c("工资拖欠三个月", "", ""), false},
		{c("我们公司需要融资500万元用于扩建厂房", "甲公司", ""), c("我们公司厂房扩建的用地审批没有进展", "甲公司", ""), false},
		{c("税务局开票系统登录不上", "", ""), c("税务局退税到账太慢", "", ""), false},
		{c("", "", ""), c("", "", ""), false},
	} {
		got := ticket.Alike(row.a, row.b)
		t.Logf("%.2f same=%v %q %q", got, row.same, row.a.Text, row.b.Text)
		if (got >= ticket.SameMatter) != row.same {
			t.Errorf("%q and %q: %.2f, to be noticed: %v", row.a.Text, row.b.Text, got, row.same)
		}
	}
	late := c("周巷镇工业路的路灯坏了", "", "zhouxiang")
	early := late
	early.CreatedAt = early.CreatedAt.Add(-100 * 24 * time.Hour)
	if ticket.Alike(late, early) != 0 {
		t.Error("what was told a hundred days ago is taken for the same matter")
	}
}

func TestAlikeIsSymmetric(t *testing.T) {
	t.Parallel()
	text := rapid.StringOf(rapid.SampledFrom([]rune("路灯坏了水压不够３3号厂房abc，。 ")))
	rapid.Check(t, func(rt *rapid.T) {
		a := ticket.Ticket{Text: text.Draw(rt, "a"), Town: rapid.SampledFrom([]string{"", "x", "y"}).Draw(rt, "town")}
		b := ticket.Ticket{Text: text.Draw(rt, "b"), Company: rapid.SampledFrom([]string{"", "甲"}).Draw(rt, "company")}
		x, y := ticket.Alike(a, b), ticket.Alike(b, a)
		if x != y || x < 0 || x > 1 {
			rt.Fatalf("%v and %v", x, y)
		}
	})
}
