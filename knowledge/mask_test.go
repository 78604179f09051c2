package knowledge_test

import (
	"testing"

	"liaison/knowledge"
)

func TestMaskPersonal(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"":                        "",
		"电话13812345678找我":         "电话〔电话〕找我",
		"１３８１２３４５６７８":             "〔电话〕",
		"+86 138-1234-5678":       "〔电话〕",
		"座机0574-63961234转":        "座机〔电话〕转",
		"(0574)63961234":          "〔电话〕",
		"身份证330282199001011234":   "身份证〔证件号〕",
		"33028219900101123x":      "〔证件号〕",
		"卡号6222021234567890123":   "卡号〔银行卡号〕",
		"6222 0212 3456 7890":     "〔银行卡号〕",
		"邮箱 a.b-c@example.com，谢谢": "邮箱 〔邮箱〕，谢谢",
		"车牌浙BA1234和浙B·D12345":     "车牌〔车牌号〕和〔车牌号〕",
		"我叫王小明，厂在周巷镇":             "我叫〔姓名〕，厂在周巷镇",
		"联系人：张三":                  "联系人：〔姓名〕",
		"找王先生或李经理":                "找〔姓名〕先生或〔姓名〕经理",
		"慈政办发〔2022〕24号，2024年6月21日，86.8%": "慈政办发〔2022〕24号，2024年6月21日，86.8%",
		"亩均A类企业收购低效用地20000000元":          "亩均A类企业收购低效用地20000000元",
		"网格企服经理帮诊了多少家":                   "网格企服经理帮诊了多少家",
		"اتصل بي على 13812345678 🙂":      "اتصل بي على 〔电话〕 🙂",
	} {
		if got := knowledge.MaskPersonal(in); got != want {
			t.Errorf("MaskPersonal(%q) = %q, want %q", in, got, want)
		}
	}
}

func FuzzMaskPersonal(f *testing.F) {
	f.Add("我叫王小明，电话１３８１２３４５６７８，邮箱a@b.cn，浙BA1234")
	f.Add("6222 0212 3456 7890 330282199001011234 0574-63961234")
	f.Fuzz(func(t *testing.T, s string) {
		once := knowledge.MaskPersonal(s + " 13812345678 ")
		if again := knowledge.MaskPersonal(once); len(again) > 2*len(once)+64 {
			t.Errorf("masking %q twice grows: %q", s, again)
		}
	})
}
