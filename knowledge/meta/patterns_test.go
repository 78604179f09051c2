package meta_test

import (
	"slices"
	"strings"
	"testing"

	"liaison/knowledge/meta"
)

// day writes a found date short: 2024-09-01 when stated, 2024-09-01? when
// guessed, "" when there is none.
func day(f meta.Found[meta.Date]) string {
	if !f.Ok() {
		return ""
	}
	s := f.Value.String()
	if f.How == meta.Guessed {
		s += "?"
	}
	return s
}

func values[T any](fs []meta.Found[T]) []T {
	out := []T{}
	for _, f := range fs {
		out = append(out, f.Value)
	}
	return out
}

func text(f meta.Found[string]) string {
	if f.How == meta.Guessed {
		return f.Value + "?"
	}
	return f.Value
}

func TestTitle(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		in   meta.Input
		want string
	}{
		{"tag", meta.Input{Title: "通知公告 - 样例市人民政府门户网站", Tags: map[string]string{"articletitle": "关于甲的通知"}}, "关于甲的通知"},
		{"site after a hyphen", meta.Input{Title: "关于甲的通知-样例市财政局网站"}, "关于甲的通知"},
		{"site after an underline", meta.Input{Title: "关于甲的通知_政务公开_样例市人民政府"}, "关于甲的通知"},
		{"heading before the page's title", meta.Input{Title: "文档1", Text: "# 样例市某某办法\n\n第一条 略。"}, "样例市某某办法"},
		{"number at the end", meta.Input{Text: "# 关于甲的通知（样政〔2024〕1号）\n\n正文。"}, "关于甲的通知"},
		{"mark of a repeal", meta.Input{Title: "关于甲的通知（已废止）"}, "关于甲的通知"},
		{"plain text", meta.Input{Text: "样例市财政局关于甲的通知\n\n各单位：\n正文。"}, "样例市财政局关于甲的通知"},
		{"words joined", meta.Input{Text: "样例市财政局 样例市民政局 关于做好甲的通知 样财〔2024〕1号 各单位：正文。"}, "样例市财政局 样例市民政局 关于做好甲的通知"},
		{"site and column before", meta.Input{Text: "样例市人民政府 政策文件 关于做好甲的通知 各单位：正文。"}, "关于做好甲的通知"},
		{"repeated", meta.Input{Text: "关于做好甲的 关于做好甲的 若干通知 各单位：正文。"}, "关于做好甲的 若干通知"},
		{"head of a Word file", meta.Input{Text: "慈溪市财政局文件\n\n慈财〔2024〕1号\n\n慈溪市财政局 慈溪市民政局\n\n关于印发《慈溪市某某\n若干政策》的通知\n\n各镇（街道）：\n\n正文。"}, "慈溪市财政局 慈溪市民政局 关于印发《慈溪市某某若干政策》的通知"},
		{"office as the file's title", meta.Input{Title: "慈溪市财政局", Text: "关于做好甲工作的函\n\n某某：\n正文。"}, "关于做好甲工作的函"},
		{"news", meta.Input{Text: "样例市推出十项措施 新华社样例2月1日电（记者 某）正文。"}, "样例市推出十项措施?"},
		{"sentence only", meta.Input{Text: "这里没有标题，只有一个句子。"}, ""},
		{"file name", meta.Input{Name: "甲办法(2020-07-05).md", Text: "第一句，没有标题。"}, "甲办法?"},
		{"heading row of a table", meta.Input{Name: "补贴标准.csv", Text: "| 项目 | 金额 |\n| --- | --- |\n| 甲 | 1万元 |"}, "补贴标准?"},
		{"emoji", meta.Input{Title: "🎉关于甲的通知"}, "🎉关于甲的通知"},
		{"right to left", meta.Input{Title: "إعلان عام"}, "إعلان عام"},
		{"junk property", meta.Input{Title: "Microsoft Word - 1.doc", Text: "没有标题的一句话。"}, ""},
		{"empty", meta.Input{}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if got := text(meta.Read(c.in).Title); got != c.want {
				t.Errorf("title = %q, want %q", got, c.want)
			}
		})
	}
}

func TestKindAndEnclosed(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ title, kind, encloses string }{
		{"关于印发《甲办法》的通知", "通知", "甲办法"},
		{"关于印发样例市甲管理办法的通知", "通知", "样例市甲管理办法"},
		{"样例市甲条例", "条例", ""},
		{"甲实施细则（试行）", "实施细则", ""},
		{"2025年度甲工作热点13问", "问答", ""},
		{"甲申报指南", "指南", ""},
		{"《甲办法》解读", "解读", ""},
		{"样例市人民政府令第3号", "令", ""},
		{"今天天气很好", "", ""},
	} {
		m := meta.Read(meta.Input{Title: c.title})
		if m.Kind.Value != c.kind || m.Encloses.Value != c.encloses {
			t.Errorf("%s: kind %q encloses %q, want %q and %q", c.title, m.Kind.Value, m.Encloses.Value, c.kind, c.encloses)
		}
	}
}

func TestNumber(t *testing.T) {
	t.Parallel()
	const head, body = "# 样例市财政局关于甲的通知\n\n", "\n\n各单位：\n\n根据《乙》（上财〔2020〕9号），现通知如下。\n"
	for _, c := range []struct{ name, text, want string }{
		{"square", head + "样财发〔2024〕12号" + body, "样财发〔2024〕12号"},
		{"ascii", head + "样财发[2024] 12 号" + body, "样财发〔2024〕12号"},
		{"black", head + "样财发【2024】12号" + body, "样财发〔2024〕12号"},
		{"round", head + "样财发（2024）12号" + body, "样财发〔2024〕12号"},
		{"round ascii", head + "样财发(2024)12号" + body, "样财发〔2024〕12号"},
		{"full width", head + "样财发〔２０２４〕１２号" + body, "样财发〔2024〕12号"},
		{"in brackets of its own", head + "（样财发〔2024〕12号）" + body, "样财发〔2024〕12号"},
		{"bold", head + "**样财发〔2024〕12号**" + body, "样财发〔2024〕12号"},
		{"label", head + "文　　号：样财发〔2024〕12号" + body, "样财发〔2024〕12号"},
		{"label and next line", head + "发文字号：\n样财发〔2024〕12号\n成文日期：\n2024年1月2日" + body, "样财发〔2024〕12号"},
		{"table", head + "| 文号 | 样财发〔2024〕12号 | 发布日期 | 2024-01-02 |" + body, "样财发〔2024〕12号"},
		{"empty label", head + "文号：\n发布日期：2024-01-02" + body, ""},
		{"only a cited one", head + body, ""},
		{"order over two lines", "**样例市人民政府令**\n\n**第179号**\n\n《甲》已经通过，现予公布。", "样例市人民政府令第179号"},
		{"announcement of a year", "财政部公告2024年第3号\n\n现公告如下。", "财政部公告2024年第3号"},
		{"joint announcement", "关于甲的公告 财政部 海关总署 税务总局公告2020年第6号 正文如下。", "财政部海关总署税务总局公告2020年第6号"},
		{"order behind a day", "# 样例市甲规定\n\n（2020年6月1日样例市人民政府令第12号公布　根据2023年9月1日样例市人民政府令第20号修正）\n\n第一条 为了甲，制定本规定。", "样例市人民政府令第20号"},
		{"law", "# 某条例\n\n2019年10月22日 中华人民共和国国务院令第722号公布\n\n第一条 为了甲，制定本条例。", "国务院令第722号"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if got := text(meta.Read(meta.Input{Text: c.text}).Number); got != c.want {
				t.Errorf("number = %q, want %q", got, c.want)
			}
		})
	}
	if got := text(meta.Read(meta.Input{Name: "甲通知_样民规字2025-2号.html"}).Number); got != "样民规字〔2025〕2号?" {
		t.Errorf("from the file name: %q", got)
	}
}

func TestIssuersAndPlace(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		in      meta.Input
		issuers []string
		place   string
		found   bool // whether the place is known
	}{
		{"signature", meta.Input{Text: "# 关于甲的通知\n\n正文。\n\n慈溪市财政局\n\n2024年1月2日"}, []string{"慈溪市财政局"}, "慈溪市", true},
		{"joint signature", meta.Input{Text: "# 关于甲的通知\n\n正文。\n\n广州市财政局　广州市民政局\n\n2024年1月2日"}, []string{"广州市财政局", "广州市民政局"}, "广州市", true},
		{"listed with commas", meta.Input{Text: "# 关于甲的通知\n\n正文。\n\n广州市财政局、广州市民政局\n\n2024年1月2日"}, []string{"广州市财政局", "广州市民政局"}, "广州市", true},
		{"district", meta.Input{Text: "# 关于甲的通知\n\n正文。\n\n广州市天河区教育局\n\n2024年1月2日"}, []string{"广州市天河区教育局"}, "广州市天河区", true},
		{"county of a province", meta.Input{Text: "# 关于甲的通知\n\n正文。\n\n浙江省慈溪市人民政府办公室\n\n2024年1月2日"}, []string{"浙江省慈溪市人民政府办公室"}, "浙江省慈溪市", true},
		{"ministry", meta.Input{Text: "# 关于甲的公告\n\n正文。\n\n财政部　税务总局\n\n2024年1月2日"}, []string{"财政部", "税务总局"}, "", true},
		{"tax office of a place", meta.Input{Text: "# 关于甲的公告\n\n正文。\n\n国家税务总局宁波市税务局\n\n2024年1月2日"}, []string{"国家税务总局宁波市税务局"}, "宁波市", true},
		{"title", meta.Input{Title: "宁波市人民政府办公厅关于甲的通知", Text: "正文。"}, []string{"宁波市人民政府办公厅"}, "宁波市", true},
		{"and others", meta.Input{Text: "# 广州市卫生健康委等2部门关于甲的通知\n\n正文。\n\n广州市卫生健康委员会 广州市财政局\n\n2024年1月2日"}, []string{"广州市卫生健康委员会", "广州市财政局"}, "广州市", true},
		{"forwarded text signed by another", meta.Input{Text: "# 宁波市商务局关于转发甲的通知\n\n正文。\n\n商务部办公厅\n\n2024年1月2日"}, []string{"宁波市商务局"}, "宁波市", true},
		{"name over two lines", meta.Input{Text: "# 公告\n\n正文。\n\n广西壮族自治区某某\n防控工作指挥部\n\n2024年1月2日"}, []string{"广西壮族自治区某某\n防控工作指挥部"}, "广西壮族自治区", true},
		{"signed without a day", meta.Input{Text: "# 关于甲的通知\n\n正文。\n\n慈溪市财政局"}, []string{"慈溪市财政局"}, "慈溪市", true},
		{"order", meta.Input{Text: "广州市人民政府令\n\n第9号\n\n《甲》已经通过，现予公布。\n\n市　长：某某\n\n2024年1月2日"}, []string{"广州市人民政府"}, "广州市", true},
		{"law", meta.Input{Text: "# 浙江省甲条例\n\n2020年1月16日 浙江省第十三届人民代表大会常务委员会第三次会议通过\n\n第一条 略。"}, []string{"浙江省人民代表大会常务委员会"}, "浙江省", true},
		{"source of the page", meta.Input{Title: "好消息", Tags: map[string]string{"contentsource": "慈溪市财政局"}}, []string{"慈溪市财政局"}, "慈溪市", true},
		{"source at the end of the text", meta.Input{Text: "# 甲指南\n\n正文。\n\n来源：慈溪市财政局"}, []string{"慈溪市财政局"}, "慈溪市", true},
		{"department of a ministry", meta.Input{Text: "# 关于甲的通知\n\n正文。\n\n工业和信息化部某某司\n\n2024年1月2日"}, []string{"工业和信息化部某某司"}, "", true},
		{"newspaper", meta.Input{Title: "好消息", Tags: map[string]string{"contentsource": "样例日报"}}, nil, "", false},
		{"the site's own page", meta.Input{Title: "甲操作指引", Text: "正文。", Tags: map[string]string{"contentsource": "本网", "sitename": "慈溪市财政局"}}, []string{"慈溪市财政局"}, "慈溪市", true},
		{"taken from elsewhere by a site", meta.Input{Title: "好消息", Text: "正文。", Tags: map[string]string{"contentsource": "样例日报", "sitename": "慈溪市财政局"}}, nil, "慈溪市", true},
		{"short name beside the full one", meta.Input{Title: "好消息", Text: "正文。", Tags: map[string]string{"发布单位": "市财政局", "contentsource": "慈溪市财政局"}}, []string{"慈溪市财政局"}, "慈溪市", true},
		{"market is no town", meta.Input{Text: "# 关于甲的通知\n\n正文。\n\n市市场监督管理局\n\n2024年1月2日"}, []string{"市市场监督管理局"}, "", false},
		{"order of the whole country", meta.Input{Text: "# 甲条例\n\n2019年10月22日 中华人民共和国国务院令第722号公布\n\n第一条 为了甲，制定本条例。"}, []string{"国务院"}, "", true},
		{"a word that ends like a place", meta.Input{Title: "慈溪市企业上市奖励办法", Text: "正文。"}, nil, "慈溪市", true},
		{"number of a place", meta.Input{Text: "# 关于甲的通知\n\n甬政办发〔2024〕3号\n\n正文。"}, nil, "宁波市", true},
		{"development zone", meta.Input{Text: "# 关于甲的通知\n\n正文。\n\n某某经济技术开发区管理委员会\n\n2024年1月2日"}, []string{"某某经济技术开发区管理委员会"}, "", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			m := meta.Read(c.in)
			want := make([]string, 0, len(c.issuers))
			for _, s := range c.issuers {
				want = append(want, strings.ReplaceAll(s, "\n", ""))
			}
			if got := values(m.Issuers); !slices.Equal(got, want) {
				t.Errorf("issuers = %q, want %q", got, want)
			}
			if m.Place.Value != c.place || m.Place.Ok() != c.found {
				t.Errorf("place = %+v, want %q (found %v)", m.Place, c.place, c.found)
			}
		})
	}
}

func TestForce(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, text, from, to, term string }{
		{"day and term", "本办法自2024年9月1日起施行，有效期五年。", "2024-09-01", "2029-08-31", "五年"},
		{"term in digits", "本通知自2024年9月1日起施行，有效期5年。", "2024-09-01", "2029-08-31", "5年"},
		{"full width", "本通知自２０２４年９月１日起施行，有效期３年。", "2024-09-01", "2027-08-31", "３年"},
		{"numerals", "本规定自二〇二四年九月一日起施行。", "2024-09-01", "", ""},
		{"months", "本措施自2024年1月31日起执行，执行期限为3个月。", "2024-01-31", "2024-04-29", "3个月"},
		{"trial", "本办法自2024年9月1日起试行，试行期一年。", "2024-09-01", "2025-08-31", "一年"},
		{"trial without the word term", "本办法自2024年9月1日起施行，试行2年。", "2024-09-01", "2026-08-31", "2年"},
		{"until a day", "本办法自2024年9月1日起施行，有效期至2026年12月31日。", "2024-09-01", "2026-12-31", ""},
		{"until the end of a year", "本政策自2024年9月1日起施行，有效期至2025年底。", "2024-09-01", "2025-12-31", ""},
		{"until the end of a month", "本政策自2024年1月1日起施行，有效期至2024年6月底。", "2024-01-01", "2024-06-30", ""},
		{"range", "本政策执行期限为2024年1月1日至2024年12月31日。", "2024-01-01", "2024-12-31", ""},
		{"range within a year", "本公告自2024年1月1日起至3月31日止执行。", "2024-01-01", "2024-03-31", ""},
		{"on issue", "本通知自印发之日起施行，有效期5年。", "2024-08-20", "2029-08-19", "5年"},
		{"on issue until", "本通知自发布之日起施行，执行至2025年6月30日止。", "2024-08-20", "2025-06-30", ""},
		{"days after publication", "本办法自发布之日起30日后施行。", "2024-09-19?", "", ""},
		{"next month", "本办法自印发之日起次月1日施行。", "2024-09-01", "", ""},
		{"at once", "本通告自即日起施行。", "2024-08-20", "", ""},
		{"term from issue", "本政策执行期暂定为自发布之日起的3个月。", "2024-08-20", "2024-11-19", "3个月"},
		{"term alone", "本通知有效期1年。", "", "2025-08-19?", "1年"},
		{"open end", "本通告自即日起施行，有效期至疫情解除。", "2024-08-20", "", "至疫情解除"},
		{"line of its own", "六、执行时间\n\n自2024年9月1日起施行。", "2024-09-01", "", ""},
		{"own name of a policy", "本扶持政策自2024年9月1日起实施，暂定三年。", "2024-09-01", "2027-08-31", "三年"},
		{"counted from a day", "本政策有效期为2年，自2024年1月1日起计算。", "2024-01-01", "2025-12-31", "2年"},
		{"until after a comma", "本通知自2024年9月1日起施行，至2026年12月31日止。", "2024-09-01", "2026-12-31", ""},
		{"ends on", "本政策有效期截至2025年12月31日。", "", "2025-12-31", ""},
		{"labelled", "政策执行期限：2024年1月1日—2025年12月31日", "2024-01-01", "2025-12-31", ""},
		{"repealed on a day", "本办法自2024年9月1日起施行，2026年12月31日废止。", "2024-09-01", "2026-12-31", ""},
		{"runs out by itself", "本办法自2024年9月1日起施行，于2026年12月31日自动失效。", "2024-09-01", "2026-12-31", ""},
		{"day of the text it repeals", "本办法自2024年9月1日起施行，2020年3月1日起施行的《甲办法》同时废止。", "2024-09-01", "", ""},
		{"term with its end", "本办法自2024年9月1日起施行，有效期5年（至2029年8月31日）。", "2024-09-01", "2029-08-31", "5年"},
		{"leap day", "本办法自2024年2月29日起施行，有效期一年。", "2024-02-29", "2025-02-27", "一年"},
		{"term of a certificate", "居住证有效期为一年，每年签注。", "", "", ""},
		{"benefit, not the text", "本市居民自2025年1月1日起执行新标准。", "", "", ""},
		{"another text", "《乙条例》自2020年1月1日起施行。", "", "", ""},
		{"no such day", "本办法自2024年2月30日起施行。", "", "", ""},
		{"end before the beginning", "本办法自2024年9月1日起施行，有效期至2020年1月1日。", "2024-09-01", "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			m := meta.Read(meta.Input{Text: "# 关于甲的通知\n\n正文。\n\n" + c.text + "\n\n慈溪市财政局\n\n2024年8月20日\n"})
			if from, to, term := day(m.EffectiveFrom), day(m.EffectiveTo), m.Term.Value; from != c.from || to != c.to || term != c.term {
				t.Errorf("%s..%s %q, want %s..%s %q", from, to, term, c.from, c.to, c.term)
			}
		})
	}
}

func TestIssued(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		in   meta.Input
		want string
	}{
		{"signature", meta.Input{Text: "正文。\n\n慈溪市财政局\n\n2024年8月20日"}, "2024-08-20"},
		{"signature in numerals", meta.Input{Text: "正文。\n\n慈溪市财政局\n\n二○二四年八月二十日"}, "2024-08-20"},
		{"spaced", meta.Input{Text: "正文。\n\n慈溪市财政局\n\n2024年 8月 20 日"}, "2024-08-20"},
		{"before what is attached", meta.Input{Text: "正文。\n\n慈溪市财政局\n\n2024年8月20日\n\n附件\n\n慈溪市民政局\n\n2020年1月1日"}, "2024-08-20"},
		{"colophon", meta.Input{Text: "正文。\n\n慈溪市财政局办公室2024年8月21日印发"}, "2024-08-21"},
		{"particulars", meta.Input{Text: "成文日期：2024-08-19\n\n正文。\n\n慈溪市财政局\n\n2024年8月20日"}, "2024-08-19"},
		{"published only", meta.Input{Text: "正文。", Tags: map[string]string{"pubdate": "2024-08-22 10:00"}}, "2024-08-22?"},
		{"shown on the page and made by a program", meta.Input{Text: "正文。", Tags: map[string]string{"pubdate": "2030-10-12 22:43:16", "日期": "2024-08-22"}}, "2024-08-22?"},
		{"law passed and revised", meta.Input{Text: "# 甲条例\n\n2010年1月2日 某会议通过\n\n2020年3月4日 某会议修订\n\n2020年5月1日 施行\n\n第一条 略。"}, "2020-03-04"},
		{"file name", meta.Input{Name: "甲(2020-07-05).md", Text: "第一条 略。"}, "2020-07-05?"},
		{"by itself after a full stop", meta.Input{Text: "现印发给你们。 2024年8月20日 （此件公开） 正文"}, "2024-08-20?"},
		{"joiner after it", meta.Input{Text: "正文。 慈溪市财政局 2024年8月20日\u200d 分享"}, "2024-08-20"},
		{"none", meta.Input{Text: "会议于2024年8月20日召开，听取了汇报。"}, ""},
		{"line in brackets below the title", meta.Input{Text: "# 甲办法\n\n（2023年4月2日样例市财政局发布）\n\n一、正文。"}, "2023-04-02"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if got := day(meta.Read(c.in).Issued); got != c.want {
				t.Errorf("issued = %s, want %s", got, c.want)
			}
		})
	}
}
