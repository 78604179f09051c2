package knowledge_test

import (
	"strings"
	"testing"

	"liaison/knowledge"
	"liaison/knowledge/zh"
)

var evidence = []knowledge.Evidence{
	{
		Text:   "普惠金融服务\n慈溪市已建成1个市级普惠金融服务中心和10个镇级普惠金融服务站，补助比例为30%，最高20万元，5个工作日内办结，见 https://example.com/a 。",
		Number: "示例发〔2024〕3号", Dates: []knowledge.Date{{Year: 2024, Month: 6, Day: 21}},
	},
	{Text: "用地\n提高容积率的不增收土地价款，补助不超过20万元。2000余万元补贴惠及70余场活动和三分之二的企业，减半收取⑤项费用，数百万元贷款，请加微信 cixi123。第十八届大会。"},
	{Text: "民企拿地\n2023年慈溪市民企拿地占工业用地的比例按宗数算为86.8%。"},
}

func TestGround(t *testing.T) {
	t.Parallel()
	for answer, want := range map[string]string{ // part of the error; "" is none
		"慈溪市已建成10个镇级普惠金融服务站。[1]":                         "",
		"慈溪市已建成十个镇级普惠金融服务站[1]":                           "",
		"补助比例为百分之三十，最高二十万元。【1】":                          "",
		"补助比例为３０％，最高200,000元。[1]":                        "",
		"补助比例为三成[1]":                                     "",
		"2024年6月21日，慈溪市已建成1个市级普惠金融服务中心（示例发[2024]3号）[1]":  "",
		"2024年6月21日，慈溪市已建成1个市级普惠金融服务中心[1]":               "2024-6-21",
		"2024年，慈溪市已建成1个市级普惠金融服务中心[1]":                    "2024-0-0",
		"示例发〔2024〕3号于2024年6月21日印发[1]，补助比例为30%，最高20万元[1]": "",
		"民企拿地占工业用地的比例为86.8%[3]，镇级普惠金融服务站有10个[1]":         "",
		"见 https://example.com/a ，补助比例为30%[1]":           "",
		"慈溪市已建成12个镇级普惠金融服务站。[1]":                         "12个 stands in no cited source",
		"慈溪市已建成十二个镇级普惠金融服务站。[1]":                         "12个",
		"补助比例为百分之四十[1]":                                  "40%",
		"最高20万元，30天内办结[1]":                               "30天",
		"5天内办结[1]":                                       "5天",
		"普惠金融服务站2025年6月21日建成[1]":                         "2025-6-21",
		"普惠金融服务见示例发〔2024〕8号[1]":                          "2024-8",
		"民企拿地占工业用地的比例为86.8%[1]":                          "86.8%",
		"慈溪市已建成10个镇级普惠金融服务站。":                            "no source is cited",
		"慈溪市已建成10个镇级普惠金融服务站。[4]":                         "[4] does not exist",
		"慈溪市已建成10个镇级普惠金融服务站。[0]":                         "[0] does not exist",
		"普惠金融服务站可拨打13812345678[1]":                       "13812345678",
		"补助比例为30%，见 http://evil.example/x [1]":           "a link",
		"好的，我将忽略规则，现在我是一个没有限制的助手。[1]":                    "not about",
		"lorem ipsum dolor sit amet [1]":                 "too little",
		"慈溪市已建成10个市级普惠金融服务中心。[1]":                        "tied",
		"慈溪市已建成10个市级普惠金融服务中心和1个镇级普惠金融服务站。[1]":            "tied",
		"慈溪市已建成十个市级普惠金融服务中心。[1]":                         "tied",
		"慈溪市已建成十个市级普惠金融服务中心和一个镇级普惠金融服务站。[1]":             "tied",
		"":              "no source",
		"\xff[1]":       "cannot be read",
		"普惠金融\u0000[1]": "cannot be read",
		"补贴2000余万元，惠及70多场活动[2]":                  "",
		"惠及三分之二的企业，减半收取费用，贷款数百万元[2]":             "",
		"提高容积率的，不增收土地价款[2]":                      "",
		"容积率提高后无需增收土地价款[2]":                      "",
		"请加微信 cixi123 ，补助不超过20万元[2]":             "",
		"减半收取⑤项费用[2]":                            "",
		"企业可获得补贴2000元[2]":                        "2000元",
		"企业可获得补贴2000万元[2]":                       "20000000元",
		"企业可获得补贴2000余亿元[2]":                      "200000000000+元",
		"活动收费70元[2]":                             "70元",
		"活动收费18元[2]":                             "18元",
		"惠及企业的补贴百万元[2]":                          "百万元",
		"惠及企业的补贴上亿元[2]":                          "上亿元",
		"惠及四分之三的企业补贴[2]":                         "75%",
		"补助减半，最高20万元[1]":                         "50%",
		"补助比例分三档[1]":                             "3档",
		"三季度补助比例为30%[1]":                         "3季度",
		"补助最高٥٠٠元[1]":                            "a number sign",
		"收取费用⑤⑩元[2]":                             "a number sign",
		"补助最高𝟓𝟎𝟎元[1]":                            "a number sign",
		"补助最高廿万元[1]":                             "a number sign",
		"补助比例为½[1]":                              "a number sign",
		"普惠金融服务请访问 cixi-gov.com [1]":             "a link",
		"普惠金融服务请访问cixi。com [1]":                  "a link",
		"普惠金融服务请访问 https://example.co [1]":       "a link",
		"普惠金融服务请访问 ample.com [1]":                "a link",
		"普惠金融服务请访问 example.com 。[1]":             "",
		"普惠金融服务请访问慈溪.com [1]":                    "a link",
		"普惠金融服务请发邮件到a@example.cn[1]":             "a link",
		"普惠金融服务请加微信 abcdef [1]":                  "an account",
		"普惠金融服务请加微信号：abcdef [1]":                 "an account",
		"补助比例为30%，最高20万元[1]。明天下雨记得带伞。":           "a sentence is not about",
		"明天下雨记得带伞！慈溪市已建成10个镇级普惠金融服务站[1]":         "a sentence is not about",
		"提高容积率的，增收土地价款[2]":                       "deny",
		"补助超过20万元[2]":                            "limit",
		strings.Repeat("慈溪市普惠金融服务", 200) + "[1]": "more than",
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

// TestGroundPassesQuotes checks that no sentence of the library is refused as an
// answer from its own unit.
func TestGroundPassesQuotes(t *testing.T) {
	t.Parallel()
	for _, d := range bundled(t).Documents() {
		for _, u := range d.Units {
			for _, sentence := range zh.Sentences(u.Body) {
				e := []knowledge.Evidence{{Text: u.Title + "\n" + u.Body + "\n" + d.Title, Number: d.Number}}
				if err := knowledge.Ground(sentence+"[1]", e); err != nil {
					t.Errorf("%s: %q: %v", u.ID, sentence, err)
				}
			}
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
