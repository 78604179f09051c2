package knowledge

import (
	"testing"

	"liaison/knowledge/zh"
)

func TestOtherPlace(t *testing.T) {
	t.Parallel()
	const passage = "杭州飞地 慈溪市推进慈溪市创新创意(杭州)飞地项目建设。"
	for asked, want := range map[string]bool{
		"杭州飞地是什么":            false,
		"绍兴有飞地吗":             true,
		"宁波市的飞地有几个":          true,
		"我在余姚开厂，有飞地吗":        true,
		"我是上海老板，慈溪有飞地吗":      false,
		"周巷镇有飞地吗":            false, // a town of the place itself
		"飞地有几个":              false,
		"🙂 مرحبا":            false,
		"杭州和紹興的飛地":           true,
		"ｃｉｘｉ，慈溪市，宁波市的飞地有几个": false,
	} {
		if got := otherPlace(zh.Fold(asked), "慈溪市", passage); got != want {
			t.Errorf("%s: %v", asked, got)
		}
	}
	if otherPlace("绍兴有飞地吗", "", passage) {
		t.Error("a document without a place was held to one")
	}
}

func TestOtherFigure(t *testing.T) {
	t.Parallel()
	doc := &Document{Title: "示例办法", Number: "示政办发〔2024〕3号"}
	plan := &Unit{Title: "示例计划", Body: "见《示例计划（2022—2026）》（示政办发〔2022〕24号）。"}
	share := &Unit{Title: "示例占比", Body: "2023年，示例占比为八成。本答复未列明2024年的占比。"}
	bare := &Unit{Title: "示例", Body: "示例补贴为五千元。"}
	for _, c := range []struct {
		asked string
		unit  *Unit
		want  bool
	}{
		{"示政办发〔2022〕24号是什么", plan, false},
		{"示政办发（２０２２）24号是什么", plan, false},
		{"示政办发〔2022〕25号是什么", plan, true},
		{"示政办发〔2021〕24号是什么", plan, true},
		{"示政办发〔2024〕3号说了什么", bare, false},
		{"2024年的计划", plan, false},
		{"2027年的计划", plan, true},
		{"2023年占比多少", share, false},
		{"占比 2024", share, false},
		{"2022年占比多少", share, true},
		{"占比 2025", share, true},
		{"今年占比多少", share, false},
		{"2022年补贴多少", bare, false},
		{"我们2019年注册，占比多少", share, false},
		{"我有2000元", share, false},
		{"👋🏽", share, false},
	} {
		if got := otherFigure(zh.Fold(c.asked), doc, c.unit); got != c.want {
			t.Errorf("%s of %s: %v", c.asked, c.unit.Title, got)
		}
	}
}

func TestMissesDetail(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		asked, text string
		want        bool
	}{
		{"办事窗口电话多少", "窗口设在一楼。", true},
		{"办事窗口电话多少", "咨询热线见公告。", false},
		{"办事窗口电话多少", "本答复未列明电话。", false},
		{"窗口在几楼，我的电话:13800000000", "窗口设在一楼。", false},
		{"平台網址是什麼", "平台提供咨询。", true},
		{"示例贷款利率", "示例贷款由银行办理。", true},
		{"要交什么材料", "提交身份证明。", false},
		{"磁性材料企业", "磁性企业。", false},
		{"观察员有工资吗", "聘请观察员。", true},
		{"公寓怎么申请", "鼓励建公寓。", true},
		{"公寓怎么申请", "向街道申领。", false},
		{"", "", false},
	} {
		if got := missesDetail(zh.Fold(c.asked), zh.Fold(c.text)); got != c.want {
			t.Errorf("%s from %q: %v", c.asked, c.text, got)
		}
	}
}

func FuzzMisses(f *testing.F) {
	lib, err := NewLibrary([]Document{{ID: "d", Title: "示例", Place: "慈溪市", Status: InForce, Units: []Unit{
		{Slug: "u", Title: "示例计划（2022—2026）", Body: "示政办发〔2022〕24号，热线一条。"},
	}}})
	if err != nil {
		f.Fatal(err)
	}
	for _, s := range []string{"2021年的计划", "示政办发〔2022〕24號", "宁波的计划", "1900至2099年之前", "🙂 مرحبا ２０２２", "\xff\x00"} {
		f.Add(s)
	}
	day := Date{2024, 9, 2}
	f.Fuzz(func(t *testing.T, text string) {
		q := lib.analyse(text)
		hits := lib.search(&q, 1, day, "")
		if v := DefaultDecision().judge(lib, &q, hits); v.outcome == Answered && lib.misses(&q, hits[0]) {
			t.Errorf("%q is answered though the unit misses it", text)
		}
	})
}
