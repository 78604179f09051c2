package library_test

import (
	"fmt"
	"strings"
)

// pins tie a figure to its subject and year. Two figures of one section that
// change places, or 去年 read as the wrong year, cannot be seen by comparing
// with the section; here a person has put both wordings side by side.
var pins = []struct{ slug, source, unit string }{
	{"research-opinions", "今年一季度联合企业家委员", "2024年一季度，慈溪市会同企业家委员"},
	{"visit-results", "去年以来仅人文环境专项小组就开展企业走访调研活动108次，涉及企业182家", "2023年以来，仅人文环境专项小组就开展企业走访调研108次，涉及182家企业"},
	{"visit-results", "收集意见建议57条，已解决39条", "自2023年以来收集到意见建议57条，其中已解决39条"},
	{"policy-library", "涉企专题政策633条，解构单元政策775项", "涉企专题政策633条放到云上，并解构出单元政策775项"},
	{"service-events-2023", "2023年开展“线上+线下”公益企服活动70余场", "2023年，慈溪市以“线上+线下”方式办了70余场公益企服活动"},
	{"service-events-2023", "网格企服经理面对面“政策精准帮诊”200余家", "2023年，慈溪市的网格企服经理面对面为200余家企业做了“政策精准帮诊”"},
	{"service-events-2023", "助企获得奖补2000余万元", "在2023年帮助企业获得奖补2000余万元"},
	{"finance-service-points", "目前已建成1个市级普惠金融服务中心及10个镇级普惠金融服务站", "截至2024年6月21日，慈溪市已建成1个市级普惠金融服务中心和10个镇级普惠金融服务站"},
	{"finance-events", "2023年累计开展15场金融服务活动", "2023年，慈溪市一共办了15场金融服务活动"},
	{"yangtze-delta-plan", "三年发展规划（2023-2025）", "三年发展规划（2023-2025）"},
	{"digital-training", "2023年共举办培训会20多次，累计培训企业1000多家", "2023年，慈溪市的数字化改造培训会共举办20多次，累计有1000多家企业"},
	{"digital-investment", "共育109个数字经济投资项目，完成投资23亿元", "2023年，慈溪市共育有数字经济投资项目109个，完成投资23亿元"},
	{"seamless-monitoring", "一级指标15个", "一级指标有15个"},
	{"seamless-monitoring", "目前，我市标杆指标12个，中部指标2个，落后指标1个", "标杆指标12个、中部指标2个、落后指标1个"},
	{"old-blocks-plan", "攻坚行动计划（2022—2026）（试行）》（慈政办发〔2022〕24号）", "攻坚行动计划（2022—2026）（试行）》，文号为慈政办发〔2022〕24号"},
	{"land-lifecycle", "全生命周期管理实施意见（试行）》（慈政办发〔2022〕45号）", "全生命周期管理实施意见（试行）》，文号为慈政办发〔2022〕45号"},
	{"low-efficiency-policy", "若干政策意见（试行）》（慈政办发〔2023〕63号）", "若干政策意见（试行）》，文号为慈政办发〔2023〕63号"},
	{"private-land-share", "2023年民企拿地按宗数占工业用地比例为86.8%", "2023年，慈溪市民企拿地占工业用地的比例按宗数算为86.8%"},
	{"private-land-share", "2023年民企拿地", "本答复未列明2024年的民企拿地占比"},
}

// checkPins returns the pinned sentences that a unit no longer says.
func checkPins(u unit) []string {
	var wrong []string
	for _, p := range pins {
		if p.slug == u.Slug && !strings.Contains(u.Body, p.unit) {
			wrong = append(wrong, fmt.Sprintf("does not say %q, source %q", p.unit, p.source))
		}
	}
	return wrong
}
