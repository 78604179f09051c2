package route

import (
	"regexp"

	"liaison/ticket"
)

// The fixed words. They belong to the language, not to a city, hence they are
// not configuration. Each list is a compromise: a word that is often meant
// otherwise is left out, or its other uses are listed as meaning nothing.

// kindWords lists what marks a kind, the kind that decides first on top: who
// complains about a loan complains, who asks for help with a loan wants a loan.
var kindWords = []struct {
	kind  ticket.Kind
	words []string
}{
	{ticket.Complaint, []string{
		"投诉", "举报", "控告", "申诉", "反映问题", "投訴", "舉報", "乱收费", "乱罚款", "吃拿卡要", "索贿", "受贿", "刁难", "推诿", "扯皮",
		"踢皮球", "不作为", "乱作为", "态度恶劣", "态度很差", "态度差", "拖欠", "欠薪", "欺诈", "违规收费", "强制收费",
		"complaint", "complain", "complaining",
	}},
	{ticket.Financing, []string{
		"融资需求", "资金需求", "贷款需求", "想贷款", "要贷款", "需要贷款", "想要贷款", "申请贷款", "办理贷款", "办贷款", "贷款申请", "想融资", "要融资",
		"需要融资", "需要资金", "资金周转", "周转资金", "资金紧张", "资金短缺", "缺资金", "缺钱", "续贷", "融資需求", "申請貸款", "想貸款",
		"need a loan", "need financing", "apply for a loan", "need funding",
	}},
	{ticket.Suggestion, []string{
		"建议", "提议", "意见和建议", "献策", "提个意见", "提意见", "建議", "suggestion", "suggest", "propose",
	}},
	{ticket.Request, []string{
		"求助", "求救", "求帮", "帮帮", "帮忙", "请帮", "帮我", "帮助解决", "请求解决", "请求帮助", "协调解决", "请协调", "恳请", "急需", "需要帮助",
		"幫忙", "幫幫", "please help", "need help", "help us", "help me",
	}},
	{ticket.Inquiry, []string{
		"咨询", "请问", "想问", "问一下", "諮詢", "請問", "question", "inquiry", "enquiry",
	}},
}

// kindNothing are phrases around a kind's word that do not make a case of it.
var kindNothing = []string{
	"被投诉", "被举报", "投诉电话", "举报电话", "投诉热线", "投诉渠道", "投诉率", "建议书", "提案建议", "急需人才",
}

// urgentWords: said outright, a danger to people, stopped production, people
// gathering. Unpaid wages are found by the pattern unpaid.
var urgentWords = []string{
	"紧急", "緊急", "加急", "特急", "万分火急", "十万火急", "火急", "很急", "非常急", "急急急", "急!", "着急", "火烧眉毛", "刻不容缓", "迫在眉睫",
	"今天之内", "今天必须", "urgent", "urgently", "emergency", "asap",
	"人身安全", "生命危险", "有人受伤", "伤亡", "着火", "起火", "火灾", "爆炸", "爆燃", "泄漏", "洩漏", "泄露气体", "坍塌", "倒塌", "塌陷", "触电", "漏电", "中毒",
	"马上停产", "停产", "停工", "停业整顿", "被迫关停", "生产线停", "production stopped", "stopped production",
	"欠薪", "讨薪", "unpaid wages", "wages unpaid",
	"群体性事件", "聚众", "聚集", "集体上访", "集体讨薪", "罢工", "堵门", "堵路", "拉横幅", "堵在厂门口", "strike",
}

var urgentNothing = []string{
	"紧急联系人", "紧急联系方式", "应急", "停工留薪", "火灾保险", "火灾险", "防爆炸", "停产停业损失", "紧急程度",
	"聚集区", "产业聚集", "企业聚集", "人才聚集", "集聚", "食物中毒保险", "防触电", "漏电保护", "火灾报警", "欠薪保障金", "欠薪应急", "防火灾",
}

// unpaid matches wages that are not paid, in either order.
var unpaid = regexp.MustCompile(`(?:拖欠|克扣|欠着?)[^，。！？；,.!?;\s]{0,10}(?:工资|工資|薪水|薪资|工钱|血汗钱)|` +
	`(?:工资|工資|薪水|工钱)(?:[^，。！？；,.!?;\s]{0,8}(?:没有?发|未发|不发|没给|不给|没拿到|拿不到|发不出)|[^，。！？；,.!?;\s没未不]{0,8}拖欠)|` +
	`(?:不肯?[发给付]|没有?[发给付]|未[发付]|[发付]不出|[拿要讨]不到)[^，。！？；,.!?;\s]{0,6}(?:工资|工資|薪水|工钱)`)

var kinds, urgent = kindLexicon(), urgentLexicon()

func kindLexicon() *lexicon {
	l := new(lexicon)
	for i, entry := range kindWords {
		for _, word := range entry.words {
			l.add(word, i)
		}
	}
	for _, phrase := range kindNothing {
		l.add(phrase)
	}
	return l
}

func urgentLexicon() *lexicon {
	l := new(lexicon)
	for _, word := range urgentWords {
		l.add(word, 0)
	}
	for _, phrase := range urgentNothing {
		l.add(phrase)
	}
	return l
}
