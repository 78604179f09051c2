package route

import (
	"errors"
	"strconv"
	"strings"
	"testing"
)

// small is a good file that the tables below spoil.
const small = `city: 慈溪市
triage: centre
towns:
  - {id: zhouxiang, name: 周巷镇, name_en: Zhouxiang Town, aliases: [周巷]}
  - {id: xiaolin, name: 逍林镇, aliases: [逍林]}
topics:
  - {id: finance, name: 金融, words: [贷款, 融资]}
  - {id: land, name: 用地, words: [土地]}
stations:
  - {id: centre, name: 中心（示例）, kind: centre, topics: [land]}
  - {id: west, name: 西站（示例）, kind: town, towns: [zhouxiang], hours: mon-fri 09:00-12:00 13:30-17:30}
`

func mustParse(t testing.TB, data string) *Directory {
	t.Helper()
	d, err := Parse("test.yaml", []byte(data))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name     string
		old, new string // what to replace in small; an empty old appends
		want     string // "line: part of the fault"
	}{
		{"misspelt key", "city:", "citi:", `1: unknown field "citi"`},
		{"misspelt key in a station", "kind: town,", "knd: town,", `11: unknown field "knd"`},
		{"key twice", "city: 慈溪市", "city: 慈溪市\ncity: 宁波市", `2: mapping key "city" already defined`},
		{"broken YAML", "towns:\n", "towns: [\n", "6: ',' or ']' must be specified"},
		{"a list where a text belongs", "city: 慈溪市", "city: [慈溪市]", "1: cannot unmarshal"},
		{"second document", "", "---\ncity: 宁波市\n", "1: more than one YAML document"},
		{"no city", "city: 慈溪市", "city: ' '", "1: city is missing or empty"},
		{"no triage", "triage: centre\n", "", "1: triage is missing"},
		{"unknown triage", "triage: centre", "triage: center", `2: triage station "center" does not exist`},
		{"choosy triage", "topics: [land]}", "topics: [land], kinds: [inquiry]}", `2: triage station "centre" does not take every kind`},
		{"town without id", "id: xiaolin, ", "", "5: town 2 has no id"},
		{"town id not a slug", "id: xiaolin", "id: 逍林", `5: town 2 has the id "逍林"`},
		{"town id too long", "id: xiaolin", "id: " + strings.Repeat("x", 33), "5: town 2 has the id"},
		{"town id in full width", "id: xiaolin", "id: ｘｉａｏｌｉｎ", "5: town 2 has the id"},
		{"town twice", "id: xiaolin", "id: zhouxiang", `5: town "zhouxiang" is already declared on line 4`},
		{"town without name", "name: 逍林镇, ", "", "5: name of town xiaolin is missing"},
		{"alias of two towns", "aliases: [逍林]", "aliases: [逍林, 周巷]", `5: "周巷" already names a town on line 4`},
		{"alias in another case", "aliases: [逍林]", "aliases: [ＺＨＯＵＸＩＡＮＧ town]", `5: "ＺＨＯＵＸＩＡＮＧ town" already names`},
		{"empty alias", "aliases: [逍林]", "aliases: ['']", "5: empty entry in aliases"},
		{"name that is to mean nothing", "aliases: [逍林]", "aliases: [逍林], not: [周巷]", `5: "周巷" is to mean no town, but names one on line 4`},
		{"topic without id", "id: land, ", "", "8: topic 2 has no id"},
		{"topic twice", "id: land", "id: finance", `8: topic "finance" is already declared on line 7`},
		{"word twice", "words: [土地]", "words: [土地, 土地]", `8: topic "land" lists the word "土地" twice`},
		{"station twice", "id: west", "id: centre", `11: station "centre" is already declared on line 10`},
		{"station without name", "name: 西站（示例）, ", "", "11: name of station west is missing"},
		{"station of unknown kind", "kind: town", "kind: village", `11: station "west" has the kind "village"`},
		{"town station without town", "towns: [zhouxiang], ", "", `11: town station "west" serves no town`},
		{"unknown town", "towns: [zhouxiang]", "towns: [zhouxiang, zhouxian]", `11: unknown town "zhouxian"`},
		{"town listed twice", "towns: [zhouxiang]", "towns: [zhouxiang, zhouxiang]", `11: town "zhouxiang" is listed twice`},
		{"unknown topic", "topics: [land]", "topics: [lamd]", `10: unknown topic "lamd"`},
		{"unknown kind of case", "hours:", "kinds: [投诉], hours:", `11: unknown kind of case "投诉"`},
		{"hours without times", "hours: mon-fri 09:00-12:00 13:30-17:30", "hours: mon-fri", "11: hours of station \"west\": the times are missing"},
		{"hours backwards", "09:00-12:00", "12:00-09:00", "11: hours of station"},
		{"hours overlap", "13:30-17:30", "11:30-17:30", "11: hours of station"},
		{"hours past midnight", "13:30-17:30", "13:30-24:00", "11: hours of station"},
		{"days backwards", "mon-fri", "fri-mon", `11: hours of station "west": "fri-mon" is no day`},
		{"days in Chinese", "mon-fri", "周一至周五", "11: hours of station"},
		{"chat id not a number", "kind: centre", "kind: centre, telegram_chat_id: '@group'", "10: cannot unmarshal"},
		{"thread without chat", "kind: centre", "kind: centre, telegram_thread_id: 3", `10: station "centre" has a thread but no chat`},
		{"topics without chat", "kind: centre", "kind: centre, telegram_topic_per_case: true", `10: station "centre" has a topic for each case`},
		{"topics in a topic", "kind: centre", "kind: centre, telegram_chat_id: -5, telegram_thread_id: 3, telegram_topic_per_case: true", `10: station "centre" has a topic for each case`},
		{"one group for two", "", "  - {id: a, name: 甲, kind: partner, telegram_chat_id: -5}\n  - {id: b, name: 乙, kind: partner, telegram_chat_id: -5}\n", `13: stations "a" and "b" post to the same chat`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			data := small + tt.new
			if tt.old != "" {
				if data = strings.Replace(small, tt.old, tt.new, 1); data == small {
					t.Fatalf("%q is not in the file", tt.old)
				}
			}
			_, err := Parse("站点.yaml", []byte(data))
			if err == nil {
				t.Fatal("accepted")
			}
			if want := "站点.yaml:" + tt.want; !strings.Contains(err.Error(), want) {
				t.Errorf("got  %v\nwant %s", err, want)
			}
			var p *Problem
			if !errors.As(err, &p) || p.Try == "" {
				t.Errorf("no Problem with a remedy in %v", err)
			}
		})
	}
}

func TestParseReportsAllProblemsByLine(t *testing.T) {
	t.Parallel()
	data := strings.NewReplacer("id: west", "id: West!", "words: [土地]", "words: ['']", "triage: centre", "triage: none").Replace(small)
	_, err := Parse("f.yaml", []byte(data))
	lines := strings.Split(err.Error(), "\n")
	if len(lines) != 3 {
		t.Fatalf("got %d problems, want 3: %v", len(lines), err)
	}
	for i, line := range []int{2, 8, 11} {
		if !strings.HasPrefix(lines[i], "f.yaml:"+strconv.Itoa(line)+":") {
			t.Errorf("problem %d is %q, want line %d", i, lines[i], line)
		}
	}
}

func TestParseEmptyFileIsRefused(t *testing.T) {
	t.Parallel()
	for _, data := range []string{"", "\n", "# 空\n"} {
		if _, err := Parse("f.yaml", []byte(data)); err == nil || !strings.Contains(err.Error(), "f.yaml:1: city is missing") {
			t.Errorf("%q: got %v", data, err)
		}
	}
}

func TestExampleServesEveryTownOnce(t *testing.T) {
	t.Parallel()
	d := mustParse(t, string(Example()))
	if n := len(d.Towns()); n != 19 {
		t.Errorf("got %d towns, want 19", n)
	}
	served := make(map[string]int)
	locals := 0
	for _, s := range d.Stations() {
		if !strings.Contains(s.Name, "示例") || !strings.Contains(s.NameEN, "example") || s.ChatID != 0 {
			t.Errorf("station %s is not plainly an example", s.ID)
		}
		if s.Kind == Local {
			locals++
		}
		for _, town := range s.Towns {
			served[town]++
		}
	}
	if locals != 10 {
		t.Errorf("got %d town stations, want 10", locals)
	}
	for _, town := range d.Towns() {
		if served[town.ID] != 1 {
			t.Errorf("%s is served by %d stations, want 1", town.Name, served[town.ID])
		}
		if town.NameEN == "" || len(town.Aliases) == 0 {
			t.Errorf("%s lacks an English name or a short form", town.Name)
		}
	}
	for _, topic := range d.Topics() {
		if !d.stations[0].covers(topic.ID) && topic.ID != TopicFinance {
			t.Errorf("no city-wide station is in charge of %s", topic.Name)
		}
	}
	if _, ok := d.Topic(TopicFinance); !ok {
		t.Error("the finance rule has no topic")
	}
	if !strings.HasPrefix(string(Example()), "# 示例") {
		t.Error("the file does not begin by saying that it is an example")
	}
}

func TestDirectoryBelongsToNobody(t *testing.T) {
	t.Parallel()
	d := mustParse(t, small)
	d.Towns()[0].Aliases[0] = "x"
	d.Topics()[0].Words[0] = "x"
	d.Stations()[1].Towns[0] = "x"
	town, _ := d.Town("zhouxiang")
	topic, _ := d.Topic("finance")
	station, _ := d.Station("west")
	if town.Aliases[0] == "x" || topic.Words[0] == "x" || station.Towns[0] == "x" {
		t.Error("a caller could change the directory")
	}
	if d.City() != "慈溪市" || d.Triage().ID != "centre" {
		t.Errorf("got %s, %s", d.City(), d.Triage().ID)
	}
}

func TestFindStation(t *testing.T) {
	t.Parallel()
	d := mustParse(t, string(Example()))
	tests := []struct{ typed, want string }{
		{"town-zhouxiang", "town-zhouxiang"},
		{" TOWN-ZHOUXIANG ", "town-zhouxiang"},
		{"周巷", "town-zhouxiang"},
		{"周巷联络站（示例）", "town-zhouxiang"},
		{"周巷联络站(示例)", "town-zhouxiang"},
		{"观城", "town-guanhaiwei"},
		{"附海镇", "town-guanhaiwei"},
		{"ｚｈｏｕ", "town-zhouxiang"},
		{"金融中心", "finance-centre"},
		{"白沙", "town-hushan"},
		{"town-h", "town-hushan town-henghe"},
		{"", ""},
		{"　", ""},
		{"上海", ""},
		{"🏭", ""},
		{"مرحبا", ""},
	}
	for _, tt := range tests {
		var ids []string
		for _, s := range d.FindStation(tt.typed) {
			ids = append(ids, s.ID)
		}
		if got := strings.Join(ids, " "); got != tt.want {
			t.Errorf("%q: got %q, want %q", tt.typed, got, tt.want)
		}
	}
}

func TestLabel(t *testing.T) {
	t.Parallel()
	d := mustParse(t, small)
	zhouxiang, _ := d.Town("zhouxiang")
	xiaolin, _ := d.Town("xiaolin")
	for _, tt := range []struct{ got, want string }{
		{zhouxiang.Label("zh-CN"), "周巷镇"},
		{zhouxiang.Label(""), "周巷镇"},
		{zhouxiang.Label("en-GB"), "Zhouxiang Town"},
		{xiaolin.Label("en"), "逍林镇"},
		{d.Topics()[0].Label("en"), "金融"},
		{d.Triage().Label("EN"), "中心（示例）"},
	} {
		if tt.got != tt.want {
			t.Errorf("got %q, want %q", tt.got, tt.want)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add(example)
	f.Add([]byte(small))
	f.Add([]byte("city: &a 慈溪市\ntriage: *a\n"))
	f.Add([]byte("stations:\n  - {id: null, towns: [null]}\n"))
	f.Add([]byte("towns: {a: b}\n---\n"))
	f.Add([]byte("city: 🏭\ttriage: مرحبا\n\xff"))
	f.Fuzz(func(t *testing.T, data []byte) {
		d, err := Parse("f.yaml", data)
		if err != nil {
			var p *Problem
			if !errors.As(err, &p) || p.Line < 1 {
				t.Errorf("no line in %v", err)
			}
			return
		}
		if s, ok := d.Station(d.Triage().ID); !ok || !s.takes("finding") {
			t.Error("accepted without a triage station that takes everything")
		}
		if r := d.Route(Case{Text: string(data)}); r.Station == "" {
			t.Error("a case is left without a station")
		}
	})
}
