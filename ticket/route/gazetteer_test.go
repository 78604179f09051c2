package route

import (
	"math"
	"strings"
	"testing"
)

// places is a made-up gazetteer: 东镇 and 西镇 share a street.
const places = `city: 示例市
triage: centre
towns:
  - id: east
    name: 东镇
    aliases: [东乡]
    not: [东镇江]
    at: [30.0, 121.0]
    places: [{name: 新星村, aliases: [新星老村, 薪星村]}, {name: 人民路}, {name: 示例工业园, aliases: [示例园]}]
  - id: west
    name: 西镇
    at: [30.0, 121.1]
    places: [{name: 人民路}, {name: 新星村口小微园}, {name: Star Road}]
  - {id: north, name: 北镇}
stations:
  - {id: centre, name: 中心（示例）, kind: centre}
`

func TestPlacesNameTheirTown(t *testing.T) {
	t.Parallel()
	d := mustParse(t, places)
	tests := []struct{ text, want string }{
		{"新星村的厂房漏水", "east"},
		{"薪星村的厂房", "east"}, // a common wrong form
		{"示例园里停电", "east"},
		{"我们在示例工业园", "east"},
		{"新星村口小微园没有食堂", "west"}, // the longest name
		{"on star road", "west"},
		{"人民路积水", "east west"}, // in two towns
		{"西镇人民路积水", "west"},
		{"人民路积水，在西镇", "west"},
		{"北镇人民路", "north east west"}, // it has none that we know of
		{"不在新星村，在西镇", "west"},
		{"不在人民路", ""},
		{"新星村，不对，北镇", "north"},
		{"新星村和东镇", "east"},
		{"东镇江边", ""},
		{"🏭人民路", "east west"},
	}
	for _, tt := range tests {
		var ids []string
		for _, town := range d.TownsNamed(tt.text) {
			ids = append(ids, town.ID)
		}
		if got := strings.Join(ids, " "); got != tt.want {
			t.Errorf("%q: got %q, want %q", tt.text, got, tt.want)
		}
	}
	r := d.Route(Case{Text: "人民路积水"})
	if r.Town != "" || r.Reasons[0].Code != TownSeveral || r.Reasons[0].Value != "人民路" {
		t.Errorf("a place in two towns: got %+v", r)
	}
}

// TestExampleKnowsWrongForms: what is typed with the same sounds is understood.
func TestExampleKnowsWrongForms(t *testing.T) {
	t.Parallel()
	d := mustParse(t, string(Example()))
	for text, want := range map[string]string{
		"许山街上的店": "hushan", "我在宗汗": "zonghan", "坎敦的厂": "kandun", "掌启这边": "zhangqi", "关海卫镇": "guanhaiwei",
		"匡偃": "kuangyan", "消林的市场": "xiaolin", "崇受": "chongshou", "安东镇": "andong", "邹巷": "zhouxiang",
		"我姓安，东边来的": "", "付海关税": "",
	} {
		if town, _ := d.GuessTown(text); town.ID != want {
			t.Errorf("%q: got %q, want %q", text, town.ID, want)
		}
	}
	for _, town := range d.Towns() {
		if town.At != nil {
			t.Errorf("%s has a position that nobody has surveyed", town.ID)
		}
	}
}

func TestNearest(t *testing.T) {
	t.Parallel()
	d := mustParse(t, places)
	tests := []struct {
		at   Point
		want string
	}{
		{Point{30.0, 121.0}, "east"},
		{Point{30.01, 121.04}, "east"},
		{Point{30.01, 121.06}, "west"},
		{Point{30.0, 121.19}, "west"}, // 8.7 km
		{Point{30.0, 121.25}, ""},     // 14 km
		{Point{-30.0, -59.0}, ""},     // the other side of the earth
		{Point{math.NaN(), 121}, ""},
	}
	for _, tt := range tests {
		town, ok := d.Nearest(tt.at)
		if town.ID != tt.want || ok != (tt.want != "") {
			t.Errorf("%v: got %q, %v, want %q", tt.at, town.ID, ok, tt.want)
		}
	}
	if town, ok := mustParse(t, string(Example())).Nearest(Point{30.17, 121.24}); ok {
		t.Errorf("no town has a position, got %s", town.ID)
	}
	one := Point{0, 0}
	if km := one.distance(Point{0, 1}); math.Abs(km-111.19) > 0.01 {
		t.Errorf("one degree of the equator is %v km", km)
	}
}

func TestGazetteerRefuses(t *testing.T) {
	t.Parallel()
	tests := []struct{ from, to, want string }{
		{"at: [30.0, 121.0]", "at: [30.0]", "at no place on earth"},
		{"at: [30.0, 121.0]", "at: [121.0, 30.0]", "at no place on earth"},
		{"{name: 新星村, aliases: [新星老村, 薪星村]}", "{name: 新星村, aliases: [新星村]}", `has "新星村" twice`},
		{"{name: Star Road}", "{aliases: [Star Road]}", "name of a place in town west is missing"},
		{"{name: Star Road}", "{name: 东乡}", "has the name of a town"},
		{"not: [东镇江]", "not: [新星村]", "is to mean no town, but names one"},
		{"{name: Star Road}", "{name: Star Road, kind: road}", "unknown field"},
	}
	for _, tt := range tests {
		if !strings.Contains(places, tt.from) {
			t.Fatalf("%q is not there", tt.from)
		}
		_, err := Parse("stations.yaml", []byte(strings.Replace(places, tt.from, tt.to, 1)))
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: got %v, want %q", tt.to, err, tt.want)
		}
	}
}
