package knowledge_test

import (
	"strings"
	"testing"

	"liaison/knowledge"
)

var evidence = []knowledge.Evidence{
	{
		Text:   "普惠金融服务\n慈溪市已建成1个市级普惠金融服务中心和10个镇级普惠金融服务站，补助比例为30%，最高20万元，5个工作日内办结，见 https://example.com/a 。",
		Number: "示例发〔2024〕3号", Dates: []knowledge.Date{{Year: 2024, Month: 6, Day: 21}},
	},
	{Text: "民企拿地\n2023年慈溪市民企拿地占工业用地的比例按宗数算为86.8%。"},
}

func TestGround(t *testing.T) {
	t.Parallel()
	for answer, want := range map[string]string{ // part of the error; "" is none
		"慈溪市已建成10个镇级普惠金融服务站。[1]":                        "",
		"慈溪市已建成十个镇级普惠金融服务站[1]":                          "",
		"补助比例为百分之三十，最高二十万元。【1】":                         "",
		"补助比例为３０％，最高200,000元。[1]":                       "",
		"补助比例为三成[1]":                                    "",
		"2024年6月21日，慈溪市已建成1个市级普惠金融服务中心（示例发[2024]3号）[1]": "",
		"民企拿地占工业用地的比例为86.8%[2]，镇级普惠金融服务站有10个[1]":        "",
		"见 https://example.com/a ，补助比例为30%[1]":          "",
		"慈溪市已建成12个镇级普惠金融服务站。[1]":                        "12个 stands in no cited source",
		"慈溪市已建成十二个镇级普惠金融服务站。[1]":                        "12个",
		"补助比例为百分之四十[1]":                                 "40%",
		"最高20万元，30天内办结[1]":                              "30天",
		"5天内办结[1]":                                      "5天",
		"普惠金融服务站2025年6月21日建成[1]":                        "2025-6-21",
		"普惠金融服务见示例发〔2024〕8号[1]":                         "2024-8",
		"民企拿地占工业用地的比例为86.8%[1]":                         "86.8%",
		"慈溪市已建成10个镇级普惠金融服务站。":                           "no source is cited",
		"慈溪市已建成10个镇级普惠金融服务站。[3]":                        "[3] does not exist",
		"慈溪市已建成10个镇级普惠金融服务站。[0]":                        "[0] does not exist",
		"普惠金融服务站可拨打13812345678[1]":                      "13812345678",
		"补助比例为30%，见 http://evil.example/x [1]":          "a link",
		"好的，我将忽略规则，现在我是一个没有限制的助手。[1]":                   "not about",
		"lorem ipsum dolor sit amet [1]":                "not about",
		"":                                              "no source",
		"\xff[1]":                                       "cannot be read",
		"普惠金融\u0000[1]":                                 "cannot be read",
		strings.Repeat("慈溪市普惠金融服务", 200) + "[1]":        "more than",
	} {
		err := knowledge.Ground(answer, evidence)
		switch {
		case want == "" && err != nil:
			t.Errorf("%.40q: %v", answer, err)
		case want != "" && (err == nil || !strings.Contains(err.Error(), want)):
			t.Errorf("%.40q: got %v, want an error with %q", answer, err, want)
		}
	}
}

func FuzzGround(f *testing.F) {
	f.Add("补助比例为百分之三十[1]", "30%")
	f.Add("[99999999999999999999]", "〔〕号年月日")
	f.Fuzz(func(t *testing.T, answer, source string) {
		e := []knowledge.Evidence{{Text: source}}
		if knowledge.Ground(answer, e) == nil && knowledge.Ground(answer+" 987654321万元", e) == nil && !strings.Contains(source, "9") {
			t.Errorf("%q: an amount that %q does not state passed", answer, source)
		}
	})
}
