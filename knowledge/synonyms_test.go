package knowledge

import (
	"slices"
	"strings"
	"testing"
)

func TestSynonymTable(t *testing.T) {
	t.Parallel()
	table, err := parseSynonyms(synonymTable)
	if err != nil {
		t.Fatal(err)
	}
	groups := 0
	for line := range strings.Lines(synonymTable) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
			groups++
		}
	}
	if groups < 400 {
		t.Errorf("%d groups are left", groups)
	}
	for word, others := range table.words.of {
		for _, o := range others {
			if o.text == word || o.text == "" || o.factor <= 0 || o.factor > 1 {
				t.Errorf("%q: %+v", word, o)
			}
		}
	}
}

// TestSynonymBenefits keeps benefits, homes, taxes and permits apart: who asks for
// one of them is not answered by the other, however alike they are.
func TestSynonymBenefits(t *testing.T) {
	t.Parallel()
	apart := strings.Fields(`失业保险金 失业补助金 稳岗返还 扩岗补助 生育津贴 育儿补贴 护理补贴 生活补贴 高龄津贴 高温津贴 临时救助 最低生活保障 特困人员
		医疗救助 大病保险 住房公积金 租赁补贴 购房补贴 创业补贴 租金补贴 社会保险补贴 职业培训补贴 学位补贴 公租房 保障性租赁住房 人才公寓 共有产权住房
		经济适用住房 养老金 企业年金 个人养老金 助学金 国家助学贷款 奖学金 居住证 居民身份证 营业执照 食品经营许可 增值税 企业所得税 个人所得税 房产税
		契税 印花税 工伤 经济补偿 违约金 丧葬补助金 抚恤金 残疾人证 老年人优待卡`)
	for _, a := range apart {
		for _, o := range synonyms().words.of[a] {
			if slices.Contains(apart, o.text) {
				t.Errorf("%s stands for %s", a, o.text)
			}
		}
	}
}

func TestParseSynonyms(t *testing.T) {
	t.Parallel()
	table, err := parseSynonyms("# head\nsame: 醫保 医疗保险 Health_Insurance\nsaid: 娃 > 儿童 # children\nkind: 残疾 > 听力残疾\nnear: 津贴 补贴\n\n")
	if err != nil {
		t.Fatal(err)
	}
	for question, want := range map[string]string{
		"医保怎么买":              "医疗保险*0.8 health insurance*0.8",
		"ＨＥＡＬＴＨ insurance":   "医保*0.8 医疗保险*0.8",
		"myhealth insurance": "",
		"娃娃上学":               "儿童*0.8 儿童*0.8",
		"儿童医院":               "",
		"残疾补贴":               "听力残疾*0.5 津贴*0.3",
		"听力残疾":               "残疾*0.5",
		"🙂":                  "",
		"مرحبا":              "",
		"":                   "",
	} {
		var got []string
		q := query{folded: []rune(strings.ToLower(strings.Map(func(r rune) rune {
			if r >= 'Ａ' && r <= 'Ｚ' {
				return r - 'Ａ' + 'a'
			}
			return r
		}, question)))}
		table.each(q.folded, func(_, _ int, text string, factor float32) {
			got = append(got, text+"*"+map[float32]string{sameFactor: "0.8", kindFactor: "0.5", nearFactor: "0.3"}[factor])
		})
		if strings.Join(got, " ") != want {
			t.Errorf("%q: %q, want %q", question, strings.Join(got, " "), want)
		}
	}
	for table, want := range map[string]string{
		"医保 社保":                              "line 1: the class and its colon are missing",
		"same: 医保":                           "line 1: same wants two words",
		"\nsame: 医保 > 社保":                    "line 2: same wants",
		"said: 娃":                            "line 1: said wants words on both sides",
		"kind: > 娃":                          "line 1: kind wants words on both sides",
		"other: 医保 社保":                       `line 1: there is no class "other"`,
		"near: 一 " + strings.Repeat("长", 25): "line 1: word 2 is longer",
		"x\ny":                               "line 1: the class and its colon are missing; line 2:",
	} {
		if _, err := parseSynonyms(table); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%q: %v, want %q", table, err, want)
		}
	}
}

func FuzzParseSynonyms(f *testing.F) {
	f.Add("same: 医保 医疗保险\nsaid: 娃 > 儿童\n", "我的娃的医保")
	f.Add("kind: a > b #", "ab")
	f.Add("said: _ > _", " _ ")
	f.Fuzz(func(t *testing.T, table, question string) {
		th, err := parseSynonyms(table)
		if err != nil {
			return
		}
		folded := []rune(question)
		last := 0
		th.words.each(folded, func(from, to int, _ []other) {
			if from < last || to <= from || to > len(folded) {
				t.Errorf("a word from %d to %d after one to %d", from, to, last)
			}
			last = to
		})
	})
}

// library of one unit a text, called a#1, b#1 and so on.
func libraryOf(t *testing.T, texts ...string) *Library {
	t.Helper()
	var docs []Document
	for i, text := range texts {
		title, body, ok := strings.Cut(text, ": ")
		if !ok {
			title, body = "", text
		}
		docs = append(docs, Document{
			ID: string(rune('a' + i)), Title: title, Status: InForce,
			Units: []Unit{{Slug: "1", Title: title, Body: body}},
		})
	}
	lib, err := NewLibrary(docs)
	if err != nil {
		t.Fatal(err)
	}
	return lib
}

// benefits are made-up sentences about matters that people ask for in other words.
var benefits = []string{
	"全市城乡最低生活保障标准为每人每月1000元，由户籍所在地镇人民政府受理。",
	"失业保险金的领取期限根据失业人员累计缴费年限确定，失业登记后申领。",
	"企业吸纳就业困难人员的，按规定给予社会保险补贴，期限不超过三年。",
	"适龄儿童的父母或者其他法定监护人应当在规定时间内登录系统报名。",
	"公共租赁住房租金按照市场租金的百分之八十确定，每五年调整一次。",
	"老年人持优待凭证乘坐公共汽车享受半价优惠，免费进入公园。",
	"房屋租赁当事人应当在订立租赁合同之日起三十日内办理登记备案。",
	"个体工商户经营者变更为其家庭成员的，直接办理变更登记。",
	"新建厂房提高容积率的，不再增收土地价款。",
	"创业担保贷款额度最高100000元，由财政给予贴息。",
}

func TestSearchOtherWords(t *testing.T) {
	t.Parallel()
	lib := libraryOf(t, benefits...)
	for question, want := range map[string]string{
		"吃低保一个月多少钱":     "a#1",
		"失业金能领几个月":      "b#1",
		"我家娃上学几号报名":     "d#1",
		"细路返学点样报名":      "d#1",
		"廉租房租金怎么算":      "e#1",
		"公租屋每5年涨一次吗":    "e#1",
		"租金打80%吗":       "e#1",
		"老人卡坐公交有咩优惠":    "f#1",
		"租屋幾多日之內要備案":    "g#1",
		"個體戶換老闆":        "h#1",
		"厂里想加层要补钱吗":     "i#1",
		"开店没本钱，能借十万元吗":  "j#1",
		"loan":          "j#1",
		"elderly park":  "f#1",
		"gongzufang 租金": "e#1",
		"gong zu fang":  "e#1",
		"gtgsh":         "h#1",
		"公祖房租金":         "e#1",
		"失业宝险金":         "b#1",
		"失保业险金":         "b#1",
	} {
		hits := lib.Search(question, 1)
		if len(hits) == 0 || hits[0].Unit != want {
			t.Errorf("%q finds %v, want %s", question, hits, want)
		}
	}
}

// TestSearchWithout shows that each part does what it is there for.
func TestSearchWithout(t *testing.T) {
	t.Parallel()
	lib := libraryOf(t, benefits...)
	for part, question := range map[Part]string{Synonyms: "娃", Spellings: "10万元", Typos: "gongzufang"} {
		with, without := lib.SearchWithout(0, question, 1), lib.SearchWithout(part, question, 1)
		if len(with) == 0 {
			t.Errorf("%q finds nothing", question)
			continue
		}
		if len(without) > 0 && without[0].Score >= with[0].Score {
			t.Errorf("without %s %q finds %v, with it %v", part, question, without, with)
		}
	}
	if n := len(Parts()); n != len(partNames) {
		t.Errorf("%d parts, %d names", n, len(partNames))
	}
}
