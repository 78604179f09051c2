package handlers_test

import (
	"strings"
	"testing"

	"liaison/e2e/script"
)

// What colleagues write to each other reaches no requester: not the one of the case,
// nor those of cases that were merged into it, wherever they look.
func TestNotesStayInside(t *testing.T) {
	t.Parallel()
	s, err := script.Parse("notes", `a: /staff {code agent town-henghe 横河一号}
f: /staff {code agent finance-centre 金融一号}
boss: /staff {code supervisor - 督办一号}
one: /complain 横河镇工业路的路灯坏了两个月
one! 下一步
one! 跳过
one! 是，横河镇
one! 不提供
one! 提交
two: /complain 横河镇工业路路灯坏了，晚上看不见
two! 下一步
two! 跳过
two! 是，横河镇
two! 不提供
two! 提交
a! 更多
a! 并案
a: CX-20261123-0001
a! 批注
a: 内部一：先别说
boss: /search CX-20261123-0001
boss! 催办
boss: 内部二：今天必须回复
a! 签收
a! 更多
a! 请求协办
a! 市普惠金融服务中心（示例）
a: 内部三：请看一下
f@finance! 协办反馈
f@finance^ 内部四：与我们无关
f@finance! 批注
f@finance^ 内部五：转给市政
a! 批注
a: 内部六：市政说下周
a! 回复
a: 下周更换。
one: CX-20261123-0001
two: CX-20261123-0002
one: /tickets
two: /tickets`)
	if err != nil {
		t.Fatal(err)
	}
	p := newPlayer(t)
	for _, line := range s.Lines {
		p.do(line)
	}
	told := func(who string) string {
		var all strings.Builder
		for _, o := range p.chats[p.chatOf(who)] {
			all.WriteString(o.reply.String() + "\n")
		}
		return all.String()
	}
	for _, who := range []string{"one", "two"} {
		if said := told(who); strings.Contains(said, "内部") || !strings.Contains(said, "下周更换。") {
			t.Errorf("%s reads:\n%s", who, said)
		}
	}
	for _, note := range []string{"内部一", "内部二", "内部四", "内部五", "内部六"} {
		if !strings.Contains(told("a"), note) {
			t.Errorf("the station does not read %s", note)
		}
	}
	if !strings.Contains(told("@finance"), "内部三") {
		t.Error("the station that helps is not told with what")
	}
}
