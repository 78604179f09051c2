package knowledge

import (
	"slices"
	"strings"
	"testing"
)

func TestPlacesWithin(t *testing.T) {
	t.Parallel()
	g := gazetteerOf()
	for _, c := range []struct {
		a, b string
		want bool
	}{
		{"慈溪", "慈溪", true}, {"慈溪", "宁波", true}, {"慈溪", "浙江", true}, {"周巷", "浙江", true}, {"宁波", "慈溪", false},
		{"天河", "广州", true}, {"天河", "深圳", false}, {"江北", "宁波", true}, {"江北", "重庆", true}, {"江北", "杭州", false},
		{"火星", "火星", true}, {"火星", "中国", false}, {"上海", "中国", true},
	} {
		if got := g.within(c.a, c.b); got != c.want {
			t.Errorf("%s in %s: %v", c.a, c.b, got)
		}
	}
	for text, want := range map[string]string{
		"羊城的天河区":       "广州 天河",
		"我在甬城上班，家住慈溪市": "宁波 慈溪",
		"内蒙的厂":         "内蒙古",
		"提高容积率":        "",
		"和平与发展":        "",
		"🙂 مرحبا":      "",
	} {
		if got := strings.Join(g.listed(text), " "); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
	if got := placesOutside("慈溪周巷和余姚", "慈溪"); !slices.Equal(got, []string{"余姚"}) {
		t.Errorf("outside Cixi: %q", got)
	}
}

func TestParsePlaces(t *testing.T) {
	t.Parallel()
	for table, want := range map[string]string{
		"浙江 宁波":              "line 1: want a place",
		": 宁波":               "line 1: want a place",
		"# x\n宁波: 宁波":        "line 2: 宁波 cannot be in itself",
		"中国: 宁波/甬城 温州/甬城":    "line 1: 甬城 is another name of 宁波 already",
		"中国: 浙江\n浙江: 宁波/甬城 ": "",
	} {
		_, err := parsePlaces(table)
		if want == "" && err != nil || want != "" && (err == nil || !strings.HasPrefix(err.Error(), want)) {
			t.Errorf("%q: %v, want %q", table, err, want)
		}
	}
}

func FuzzPlaces(f *testing.F) {
	f.Add("浙江省宁波市慈溪市的奖励")
	f.Add("市市市区区县")
	f.Add("\xff🙂")
	f.Fuzz(func(t *testing.T, text string) {
		for _, p := range places(text) {
			if p == "" {
				t.Errorf("%q names a place without a name", text)
			}
		}
	})
}

// TestSearchPlace puts a text about another town after one about the town asked
// for, and a text about what the town belongs to beside it.
func TestSearchPlace(t *testing.T) {
	t.Parallel()
	lib := libraryOf(t,
		"深圳市公共租赁住房管理办法: 公共租赁住房租金按照市场租金的一定比例确定，租金标准定期公布。",
		"宁波市公共租赁住房管理办法: 公共租赁住房的租金由主管部门确定。",
		"公共租赁住房管理规定: 公共租赁住房的租金标准应当公布。",
	)
	for question, first := range map[string]string{
		"宁波公共租赁住房租金标准":  "b#1",
		"慈溪公共租赁住房租金标准":  "c#1",
		"深圳公共租赁住房租金标准":  "a#1",
		"福田区公共租赁住房租金标准": "a#1",
	} {
		hits := lib.Search(question, 3)
		if len(hits) == 0 || hits[0].Unit != first {
			t.Errorf("%q finds %v first, want %s", question, hits, first)
		}
	}
}
