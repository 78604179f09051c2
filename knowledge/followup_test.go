package knowledge

import (
	"strings"
	"testing"
)

func TestFollowUp(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ previous, question, want string }{
		// Only a side of the matter is named.
		{"生育津贴怎么领", "那需要什么材料？", "生育津贴 那需要什么材料？"},
		{"创业担保贷款最多贷多少", "多久能办好", "创业担保贷款 贷 多久能办好"},
		{"怎么申请高新技术企业", "在哪里办", "高新技术企业 在哪里办"},
		{"公租房申请条件", "电话多少", "公租房 电话多少"},
		{"公租房申请条件", "要交钱吗", "公租房 要交钱吗"},
		{"公租房申请条件", "还有别的吗", "公租房 还有别的吗"},
		{"公租房申请条件", "截止到什么时候", "公租房 截止到什么时候"},
		{"公租房申请条件", "可以网上办吗？", "公租房 可以网上办吗？"},
		// It points back.
		{"生育津贴怎么领", "这个津贴要交税吗", "生育津贴 这个津贴要交税吗"},
		{"稳岗补贴怎么申请", "它有期限吗", "稳岗补贴 它有期限吗"},
		// The same of something else.
		{"低保家庭能领多少", "那残疾人呢？", "残疾人 低保家庭能领多少"},
		{"重度残疾一级补贴多少", "那二级呢", "重度残疾二级补贴多少"},
		{"宁波的公租房怎么申请", "那杭州呢", "杭州的公租房怎么申请"},
		{"慈溪有几个普惠金融服务站", "那杭州呢", "杭州有几个普惠金融服务站"},
		{"杭州有几个普惠金融服务站", "那慈溪呢", "慈溪有几个普惠金融服务站"},
		{"镇里 慈溪有几个普惠金融服务站", "那市里呢", "市里 慈溪有几个普惠金融服务站"},
		{"市里 慈溪有几个普惠金融服务站", "那杭州呢", "市里 杭州有几个普惠金融服务站"},
		{"公租房申请条件", "What documents do I need?", "公租房 需要什么材料"},
		{"公租房申请条件", "Where are they?", "公租房 在哪里"},
		{"公租房申请条件", "How do I register a company?", ""},
		{"公司注册要什么材料", "那个人呢", "公司注册 那个人呢"},
		// A new matter.
		{"生育津贴怎么领", "那公积金怎么提取？", ""},
		{"生育津贴怎么领", "公司欠薪去哪里投诉", ""},
		{"生育津贴怎么领", "这个月公租房什么时候摇号", ""},
		{"生育津贴怎么领", "营业执照怎么办", ""},
		{"生育津贴怎么领", "还有一件事，我想给孩子办转学", ""},
		{"生育津贴怎么领", "该怎么注册公司", ""},
		{"生育津贴怎么领", "垃圾分类有什么要求", ""},
		// Nothing to follow, or nothing to ask.
		{"你好", "那需要什么材料", ""},
		{"生育津贴怎么领", "谢谢", ""},
		{"生育津贴怎么领", "", ""},
		{"生育津贴怎么领", "🙂", ""},
		{"生育津贴怎么领", "مرحبا", ""},
		{"生育津贴怎么领", "ｈｅｌｌｏ　ｗｏｒｌｄ", ""},
	} {
		got, ok := FollowUp(c.question, []Turn{{Question: c.previous}})
		want := c.want
		if want == "" {
			want = c.question
		}
		if got != want || ok != (c.want != "") {
			t.Errorf("after %q, %q: %q, %v; want %q", c.previous, c.question, got, ok, want)
		}
	}
	if got, ok := FollowUp("那需要什么材料", nil); ok || got != "那需要什么材料" {
		t.Errorf("without a conversation: %q, %v", got, ok)
	}
}

// TestFollowUpChain follows a matter over several turns.
func TestFollowUpChain(t *testing.T) {
	t.Parallel()
	var turns []Turn
	for _, q := range []string{"生育津贴怎么领", "要什么材料", "多久到账"} {
		full, _ := FollowUp(q, turns)
		turns = append(turns, Turn{Question: full})
	}
	if last := turns[len(turns)-1].Question; !strings.Contains(last, "生育津贴") || !strings.Contains(last, "到账") {
		t.Errorf("the matter is lost: %q", last)
	}
}

func FuzzFollowUp(f *testing.F) {
	f.Add("生育津贴怎么领", "那二级呢")
	f.Add("宁波🙂", "那那那那杭州呢")
	f.Add("\xff", "这个")
	f.Fuzz(func(t *testing.T, previous, question string) {
		full, ok := FollowUp(question, []Turn{{Question: previous}})
		if !ok && full != question {
			t.Errorf("a question that stands alone was changed to %q", full)
		}
		if ok && len(full) == 0 {
			t.Error("nothing is left of the question")
		}
	})
}
