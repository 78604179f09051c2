package route

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"liaison/ticket"
)

func TestGuessTown(t *testing.T) {
	t.Parallel()
	d := mustParse(t, string(Example()))
	tests := []struct {
		text string
		want string // ids in order; sure when just one
	}{
		{"周巷镇的电费问题", "zhouxiang"},
		{"我们厂在周巷", "zhouxiang"},
		{"周巷周巷周巷镇", "zhouxiang"},
		{"观城这边的厂房", "guanhaiwei"},
		{"觀海衛鎮企業", "guanhaiwei"},
		{"滸山的門市", "hushan"},
		{"白沙路街道办", "baishalu"},
		{"地址：ＺＨＯＵＸＩＡＮＧ　ＴＯＷＮ", "zhouxiang"},
		{"our plant is in Xiaolin.", "xiaolin"},
		{"Xiaolinese noodles", ""},
		{"🏭周巷🏭", "zhouxiang"},
		{"مصنع في 周巷 الآن", "zhouxiang"},
		// Several.
		{"周巷和逍林都有厂", "zhouxiang xiaolin"},
		{"从周巷搬到逍林，又回周巷", "zhouxiang xiaolin"},
		// Denied.
		{"不在周巷", ""},
		{"不是周巷的是逍林的", "xiaolin"},
		{"我们不在周巷，在逍林", "xiaolin"},
		{"公司不属于周巷镇管，属于长河镇", "changhe"},
		{"并非周巷", ""},
		{"没有在周巷注册", ""},
		{"不在周巷和逍林，在长河", "changhe"},
		{"不在周巷、逍林", ""},
		{"we are not in Zhouxiang but in Xiaolin", "xiaolin"},
		{"it isn't in Zhouxiang, it's Xiaolin", "xiaolin"},
		// No denial.
		{"是不是周巷的企业才可以？", "zhouxiang"},
		{"在不在周巷都可以吗", "zhouxiang"},
		{"不仅在周巷", "zhouxiang"},
		{"服务不好！周巷的", "zhouxiang"},
		{"casino Zhouxiang", "zhouxiang"},
		// Corrected.
		{"周巷，不对，是逍林", "xiaolin"},
		{"周巷？不，是逍林", "xiaolin"},
		{"周巷写错了，逍林", "xiaolin"},
		{"周巷……哦不对，逍林", "xiaolin"},
		{"逍林的收费不对，周巷的也不对", "xiaolin zhouxiang"},
		// Names inside other words.
		{"打造长三角桥头堡", ""},
		{"桥头的厂", "qiaotou"},
		{"请延长河道清淤时间", ""},
		{"长河道路积水", ""},
		{"附海外发货单", ""},
		// Nothing.
		{"", ""},
		{"上海", ""},
		{"巷周", ""},
		{"\xff\xfe周", ""},
	}
	for _, tt := range tests {
		var ids []string
		for _, town := range d.TownsNamed(tt.text) {
			ids = append(ids, town.ID)
		}
		if got := strings.Join(ids, " "); got != tt.want {
			t.Errorf("%q: got %q, want %q", tt.text, got, tt.want)
		}
		town, sure := d.GuessTown(tt.text)
		if first, _, several := strings.Cut(tt.want, " "); town.ID != first || sure != (first != "" && !several) {
			t.Errorf("%q: guessed %q, %v", tt.text, town.ID, sure)
		}
	}
}

func TestEveryNameFindsItsTown(t *testing.T) {
	t.Parallel()
	d := mustParse(t, string(Example()))
	for _, town := range d.Towns() {
		for _, name := range append([]string{town.Name, town.NameEN}, town.Aliases...) {
			if got, sure := d.GuessTown("我们在" + name + "，请问"); got.ID != town.ID || !sure {
				t.Errorf("%s: got %s, %v", name, got.ID, sure)
			}
		}
	}
}

func TestGuessTopic(t *testing.T) {
	t.Parallel()
	d := mustParse(t, string(Example()))
	tests := []struct {
		text string
		want string
		sure bool
	}{
		{"想申请创业担保贷款", "finance", true},
		{"工业用地容积率提高要补土地款吗", "land", true},
		{"数字化改造有补贴吗", "digital", true},
		{"办事窗口推诿，踢皮球", "supervision", true},
		{"营业执照变更登记", "licensing", true},
		{"员工欠薪", "labour", true},
		{"废水排污许可", "environment", true},
		{"停电三天了", "utilities", true},
		{"５Ｇ全连接工厂怎么申报", "digital", true},
		{"how do I get a LOAN", "finance", true},
		{"loaner cars", "", false},
		{"发票和噪音", "tax-fees", false}, // level: the first of the file, not sure
		{"噪音噪音噪音和废水、发票", "environment", true},
		{"你好", "", false},
		{"", "", false},
		{"🏭🏭", "", false},
	}
	for _, tt := range tests {
		topic, sure := d.GuessTopic(tt.text)
		if topic.ID != tt.want || sure != tt.sure {
			t.Errorf("%q: got %q, %v, want %q, %v", tt.text, topic.ID, sure, tt.want, tt.sure)
		}
	}
}

func TestGuessKind(t *testing.T) {
	t.Parallel()
	tests := []struct {
		text string
		want ticket.Kind
	}{
		{"我要投诉周巷供电所", ticket.Complaint},
		{"窗口工作人员推诿扯皮", ticket.Complaint},
		{"投訴", ticket.Complaint},
		{"I want to file a COMPLAINT", ticket.Complaint},
		{"银行乱收费，我想贷款都办不下来", ticket.Complaint},
		{"不是投诉，只是建议", ticket.Suggestion},
		{"被投诉了怎么处理", ticket.Inquiry},
		{"投诉电话是多少", ticket.Inquiry},
		{"建议：增加投诉渠道，整治乱收费", ticket.Suggestion},
		{"【建议】整治乱收费", ticket.Suggestion},
		{"建议园区增加公交", ticket.Suggestion},
		{"I suggest more parking", ticket.Suggestion},
		{"企业想贷款50万元", ticket.Financing},
		{"资金周转困难，求助", ticket.Financing},
		{"我们需要资金扩建", ticket.Financing},
		{"不想贷款", ticket.Inquiry},
		{"we need a loan", ticket.Financing},
		{"求助：想贷款", ticket.Request},
		{"帮帮我们，订单交不出去", ticket.Request},
		{"please help us", ticket.Request},
		{"请问贷款贴息政策有哪些", ticket.Inquiry},
		{"咨询投诉办理进度", ticket.Inquiry},
		{"数字化改造补贴多少", ticket.Inquiry},
		{"", ticket.Inquiry},
		{"😡😡", ticket.Inquiry},
		{"مرحبا 投诉", ticket.Complaint},
		{"Ｃｏｍｐｌａｉｎｔ", ticket.Complaint},
	}
	for _, tt := range tests {
		if got := GuessKind(tt.text); got != tt.want {
			t.Errorf("%q: got %s, want %s", tt.text, got, tt.want)
		}
	}
}

func TestUrgentWord(t *testing.T) {
	t.Parallel()
	tests := []struct{ text, want string }{
		// Said outright.
		{"紧急！厂里停电", "紧急"}, {"急！求助", "急!"}, {"急！！", "急!"}, {"这事很急", "很急"}, {"URGENT please", "urgent"}, {"ｕｒｇｅｎｔ", "urgent"},
		{"緊急", "緊急"}, {"是不是紧急都没人管", "紧急"}, {"عاجل 紧急", "紧急"},
		// A danger.
		{"隔壁厂起火了", "起火"}, {"🔥着火🔥", "着火"}, {"车间漏电，有人触电", "漏电"}, {"围墙倒塌", "倒塌"}, {"煤气泄漏", "泄漏"},
		// Stopped production.
		{"已经停产两天", "停产"}, {"限电限到生产线停了", "生产线停"},
		// Wages.
		{"老板拖欠我们三个月工资", "拖欠我们三个月工资"}, {"工资三个月没发了", "工资三个月没发"}, {"工资一直拖欠", "工资一直拖欠"}, {"来讨薪的", "讨薪"},
		{"欠着工人的血汗钱", "欠着工人的血汗钱"}, {"工资拿不到，厂也停产了", "工资拿不到"},
		{"老板不发工资", "不发工资"}, {"他们不肯付我们工资", "不肯付我们工资"}, {"三个月没有发过工资", "没有发过工资"}, {"厂里发不出工资了", "发不出工资"},
		// People gathering.
		{"工人堵在厂门口拉横幅", "堵在厂门口"}, {"准备集体上访", "集体上访"}, {"门口聚集了上百人", "聚集"},
		// None of it, or denied.
		{"", ""}, {"不急", ""}, {"不紧急", ""}, {"并不着急", ""}, {"不是很急", ""}, {"应急管理局电话", ""}, {"紧急联系人怎么填", ""}, {"停工留薪期多久", ""},
		{"not urgent", ""}, {"it isn't urgent", ""}, {"insurgent", ""}, {"火灾保险怎么买", ""}, {"🔥", ""}, {"我们没有拖欠工资", ""}, {"工资没有被拖欠", ""},
		{"没有停产", ""}, {"工资多少", ""}, {"工资怎么发", ""}, {"不给贷款，工资照发", ""}, {"拖欠货款，工资照发", ""}, {"工业聚集区怎么申请", ""}, {"漏电保护器补贴", ""}, {"欠薪保障金怎么缴", ""},
	}
	for _, tt := range tests {
		if got := UrgentWord(tt.text); got != tt.want {
			t.Errorf("%q: got %q, want %q", tt.text, got, tt.want)
		}
	}
}

func FuzzGuessTown(f *testing.F) {
	d := mustParse(f, string(Example()))
	for _, text := range []string{"不在周巷，在逍林", "周巷，不对，长河", "ＺＨＯＵＸＩＡＮＧ", "not in Xiaolin", "🏭观城\xff", "مرحبا 周巷", "İ周巷K"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		named := d.TownsNamed(text)
		town, sure := d.GuessTown(text)
		if sure != (len(named) == 1) || len(named) > 0 && named[0].ID != town.ID {
			t.Errorf("%q: %v, %v, %v", text, named, town, sure)
		}
		for i, a := range named {
			if slices.ContainsFunc(named[i+1:], func(b Town) bool { return a.ID == b.ID }) {
				t.Errorf("%q names %s twice", text, a.ID)
			}
		}
		if utf8.RuneCountInString(text) != len(fold(text)) {
			t.Errorf("%q: folding moves positions", text)
		}
		if !GuessKind(text).Valid() {
			t.Errorf("%q has no kind", text)
		}
		UrgentWord(text)
	})
}
