package web_test

import (
	"bytes"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/simplifiedchinese"

	"liaison/handlers"
	"liaison/ticket"
)

type visitJSON struct {
	ID, Day, Visitor, Met, By string
	Companies                 []string
	Station                   struct{ ID string }
	Observer, Removable       bool
	Opinions                  []struct {
		N                     int
		Text, Outcome, Ticket string
		Opens                 bool
	}
	Files       []struct{ Name, URL string }
	Town        struct{ ID string }
	Corrections []struct{ By, Field, Was, Became string }
}

type visitList struct{ Visits []visitJSON }

type figuresJSON struct {
	Total map[string]int
	Rows  []struct {
		Name   string
		Visits int
	}
}

type importJSON struct {
	Added, Opinions int
	Known           []int
	Ignored         []string
	Faults          []struct {
		Row             int
		Column, Message string
	}
}

// today is the present day in the city.
func (g *rig) today() string { return g.now().In(ticket.CST).Format(time.DateOnly) }

func (g *rig) visitOf(station string) map[string]string {
	return map[string]string{
		"companies": "示例轴承厂、示例五金厂", "day": g.today(), "station": station, "met": "厂长", "visitor": "观察员一号",
		"opinions": `[{"text":"路灯坏了","outcome":"solved"},{"text":" ","outcome":""},{"text":"招工难","outcome":""}]`,
	}
}

// observer makes an observer who is known by the chat, and returns the person.
func (g *rig) observer(chat, label string) (p handlers.Person) {
	g.t.Helper()
	g.update(func(tx handlers.Tx) (err error) {
		if p, err = tx.Touch(g.t.Context(), handlers.Web, chat, chat, g.now()); err != nil {
			return err
		}
		p.Label = label
		if err := tx.SavePerson(g.t.Context(), p); err != nil {
			return err
		}
		return tx.AddMembership(g.t.Context(), handlers.Membership{Person: p.ID, Role: ticket.RoleObserver})
	})
	return p
}

func TestVisitsOfTheStation(t *testing.T) {
	t.Parallel()
	g := setup(t)
	here, there := g.stations()[0], g.stations()[1]
	agent := g.staff("甲（示例）", ticket.RoleAgent, here)
	mate := g.staff("丁（示例）", ticket.RoleAgent, here)
	other := g.staff("乙（示例）", ticket.RoleAgent, there)
	boss := g.staff("丙（示例）", ticket.RoleSupervisor, "")
	g.observer(g.visitor().chat(), "观察员一号")

	r := agent.upload("/api/staff/visits", g.visitOf(here), "photo.png", "\x89PNG\r\n\x1a\nphoto")
	if r.status != http.StatusCreated {
		t.Fatalf("entered: %d %s", r.status, r.body)
	}
	v := decode[visitJSON](t, r)
	if len(v.Companies) != 2 || len(v.Opinions) != 2 || v.Opinions[0].Outcome != "solved" || v.By != "甲（示例）" || !v.Observer || v.Day != g.today() || len(v.Files) != 1 {
		t.Errorf("entered %+v", v)
	}
	at := "/api/staff/visits/" + v.ID
	for name, row := range map[string]struct {
		c    *client
		sees bool
	}{"agent": {agent, true}, "colleague": {mate, true}, "agent elsewhere": {other, false}, "supervisor": {boss, true}} {
		if list := decode[visitList](t, row.c.do("GET", "/api/staff/visits", nil)); (len(list.Visits) == 1) != row.sees {
			t.Errorf("%s lists %d visits", name, len(list.Visits))
		}
		if f := decode[figuresJSON](t, row.c.do("GET", "/api/staff/visits/figures?by=observer", nil)); (f.Total["visits"] == 1) != row.sees || (len(f.Rows) == 1) != row.sees {
			t.Errorf("%s has the figures %+v", name, f)
		}
		for _, path := range []string{at, v.Files[0].URL} {
			r := row.c.do("GET", path, nil)
			if (r.status == http.StatusOK) != row.sees || !row.sees && r.status != http.StatusNotFound {
				t.Errorf("%s opens %s: %d", name, path, r.status)
			}
		}
	}
	for path, body := range map[string]any{
		at + "/opinions":   map[string]string{"text": "甲", "outcome": ""},
		at + "/opinions/1": map[string]string{"outcome": "study"},
		at + "/remove":     nil,
	} {
		if r := other.do("POST", path, body); r.status != http.StatusNotFound {
			t.Errorf("an agent elsewhere posts to %s: %d", path, r.status)
		}
	}
	for _, path := range []string{"/api/staff/visits?station=" + here, "/api/staff/visits/figures?format=csv&station=" + here} {
		if r := other.do("GET", path, nil); r.status != http.StatusForbidden {
			t.Errorf("%s of another station: %d", path, r.status)
		}
	}
	if r := other.do("POST", "/api/staff/visits", g.visitOf(here)); r.status != http.StatusForbidden {
		t.Errorf("a visit for another station: %d", r.status)
	}
	// Whether a visit is there is nothing that another station learns by entering it.
	if r := other.do("POST", "/api/staff/visits", g.visitOf(there)); r.status != http.StatusCreated {
		t.Errorf("the same visit at the other station: %d %s", r.status, r.body)
	}
	if r := agent.do("POST", "/api/staff/visits", g.visitOf(here)); r.status != http.StatusConflict || !strings.Contains(r.body, "已经登记过") {
		t.Errorf("the same visit again: %d %s", r.status, r.body)
	}
	if r := g.visitor().do("GET", "/api/staff/visits", nil); r.status != http.StatusUnauthorized {
		t.Errorf("a visitor lists visits: %d", r.status)
	}
	if r := g.visitor().do("GET", v.Files[0].URL, nil); r.status != http.StatusUnauthorized {
		t.Errorf("a visitor opens a picture: %d", r.status)
	}

	// Later an outcome is recorded and an opinion added; who did not write it down
	// does not remove it.
	v = decode[visitJSON](t, mate.do("POST", at+"/opinions/2", map[string]string{"outcome": "explained"}))
	if len(v.Opinions) != 2 || v.Opinions[1].Outcome != "explained" || v.Removable {
		t.Errorf("recorded %+v", v)
	}
	v = decode[visitJSON](t, mate.do("POST", at+"/opinions", map[string]string{"text": "材料多", "outcome": "study"}))
	if len(v.Opinions) != 3 || v.Opinions[2].N != 3 || v.Opinions[2].Outcome != "study" {
		t.Errorf("added %+v", v)
	}
	if r := mate.do("POST", at+"/remove", nil); r.status != http.StatusForbidden {
		t.Errorf("a colleague removes it: %d", r.status)
	}
	if r := agent.do("POST", at+"/remove", nil); r.status != http.StatusNoContent {
		t.Errorf("removed: %d", r.status)
	}
	if r := boss.do("GET", at, nil); r.status != http.StatusNotFound {
		t.Errorf("a removed visit: %d", r.status)
	}
	if r := agent.do("POST", "/api/staff/visits", g.visitOf(here)); r.status != http.StatusCreated {
		t.Errorf("entered anew: %d %s", r.status, r.body)
	}
}

// A filed visit is put right by the staff of its station: what changed is on record, what
// was not touched stays, and it cannot become one that is filed already.
func TestVisitIsCorrected(t *testing.T) {
	t.Parallel()
	g := setup(t)
	here, there := g.stations()[0], g.stations()[1]
	agent := g.staff("甲（示例）", ticket.RoleAgent, here)
	other := g.staff("乙（示例）", ticket.RoleAgent, there)
	boss := g.staff("丙（示例）", ticket.RoleSupervisor, "")
	g.observer(g.visitor().chat(), "观察员一号")
	v := decode[visitJSON](t, agent.do("POST", "/api/staff/visits", g.visitOf(here)))
	at := "/api/staff/visits/" + v.ID
	town := g.web.Directory().Towns()[0].ID
	yesterday := g.now().In(ticket.CST).AddDate(0, 0, -1).Format(time.DateOnly)

	for name, row := range map[string]struct{ field, value, want string }{
		"no company":   {"companies", "、", "请填写企业名称"},
		"no day":       {"day", "", "请填写走访日期"},
		"tomorrow":     {"day", g.now().In(ticket.CST).AddDate(0, 0, 1).Format(time.DateOnly), "不能晚于今天"},
		"no such town": {"town", "moon", "没有这个镇、街道"},
		"long":         {"met", strings.Repeat("长", 201), "最多 200 字"},
		"no text":      {"met", "a\x00", "填写的内容有误"},
	} {
		if r := agent.do("POST", at, map[string]string{row.field: row.value}); r.status != http.StatusUnprocessableEntity || !strings.Contains(r.body, row.want) {
			t.Errorf("%s: %d %s", name, r.status, r.body)
		}
	}
	if r := other.do("POST", at, map[string]string{"met": "x"}); r.status != http.StatusNotFound {
		t.Errorf("an agent elsewhere corrects it: %d", r.status)
	}
	if got := decode[visitJSON](t, agent.do("POST", at, map[string]string{"met": "厂长"})); len(got.Corrections) != 0 || got.Met != "厂长" {
		t.Errorf("nothing was changed: %+v", got)
	}
	got := decode[visitJSON](t, agent.do("POST", at, map[string]string{"companies": "示例轴承集团", "day": yesterday, "town": town}))
	if len(got.Companies) != 1 || got.Day != yesterday || got.Town.ID != town || got.Met != "厂长" || len(got.Opinions) != 2 || got.Visitor != "观察员一号" {
		t.Errorf("corrected: %+v", got)
	}
	boss.do("POST", at, map[string]string{"met": "总经理"})
	if got = decode[visitJSON](t, agent.do("GET", at, nil)); len(got.Corrections) != 4 {
		t.Fatalf("on record: %+v", got.Corrections)
	}
	if c := got.Corrections[0]; c.By != "甲（示例）" || c.Field != "companies" || c.Was != "示例轴承厂、示例五金厂" || c.Became != "示例轴承集团" {
		t.Errorf("first: %+v", c)
	}
	if c := got.Corrections[3]; c.By != "丙（示例）" || c.Field != "met" || c.Was != "厂长" || c.Became != "总经理" {
		t.Errorf("last: %+v", c)
	}

	// The day and the company as they were are free again; taken, they are refused.
	again := decode[visitJSON](t, agent.do("POST", "/api/staff/visits", g.visitOf(here)))
	r := agent.do("POST", "/api/staff/visits/"+again.ID, map[string]string{"companies": "示例轴承集团", "day": yesterday})
	if r.status != http.StatusConflict || !strings.Contains(r.body, "已经登记过") {
		t.Errorf("the same visit twice: %d %s", r.status, r.body)
	}
	// The observer's own visit is the same at whatever station.
	fields := g.visitOf(there)
	fields["companies"], fields["day"] = "示例九厂", yesterday
	elsewhere := decode[visitJSON](t, other.do("POST", "/api/staff/visits", fields))
	if r := other.do("POST", "/api/staff/visits/"+elsewhere.ID, map[string]string{"companies": "示例轴承集团"}); r.status != http.StatusConflict {
		t.Errorf("the observer's visit twice: %d %s", r.status, r.body)
	}
}

func TestVisitFaults(t *testing.T) {
	t.Parallel()
	g := setup(t)
	here := g.stations()[0]
	agent := g.staff("甲（示例）", ticket.RoleAgent, here)
	for name, row := range map[string]struct{ field, value, want string }{
		"no company":        {"companies", "、", "请填写企业名称"},
		"no day":            {"day", "", "请填写走访日期"},
		"a day in words":    {"day", "昨天", "2026-11-20"},
		"tomorrow":          {"day", g.now().In(ticket.CST).AddDate(0, 0, 1).Format(time.DateOnly), "不能晚于今天"},
		"no station":        {"station", "moon", "请选择另一个联络站"},
		"no such town":      {"town", "moon", "没有这个镇、街道"},
		"long":              {"met", strings.Repeat("长", 201), "最多 200 字"},
		"no such outcome":   {"opinions", `[{"text":"甲","outcome":"done"}]`, "请选择办理情况"},
		"no opinions":       {"opinions", `nonsense`, "填写的内容有误"},
		"too many opinions": {"opinions", "[" + strings.Repeat(`{"text":"甲"},`, 20) + `{"text":"甲"}]`, "最多 20 条"},
	} {
		fields := g.visitOf(here)
		fields[row.field] = row.value
		if r := agent.do("POST", "/api/staff/visits", fields); r.status != http.StatusUnprocessableEntity || !strings.Contains(r.body, row.want) {
			t.Errorf("%s: %d %s", name, r.status, r.body)
		}
	}
	if list := decode[visitList](t, agent.do("GET", "/api/staff/visits", nil)); len(list.Visits) != 0 {
		t.Errorf("%d faulty visits were filed", len(list.Visits))
	}
	for _, path := range []string{"?from=yesterday", "?from=2026-11-20&to=2026-11-19", "?offset=-1", "/figures?by=moon", "/figures?format=pdf"} {
		if r := agent.do("GET", "/api/staff/visits"+path, nil); r.status != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d", path, r.status)
		}
	}
}

// workbook makes an XLSX file of the rows.
func workbook(t *testing.T, rows ...[]any) string {
	t.Helper()
	book := excelize.NewFile()
	defer book.Close()
	for i, row := range rows {
		if err := book.SetSheetRow("Sheet1", fmt.Sprintf("A%d", i+1), &row); err != nil {
			t.Fatal(err)
		}
	}
	b, err := book.WriteToBuffer()
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestImportVisits(t *testing.T) {
	t.Parallel()
	g := setup(t)
	here, there := g.stations()[0], g.stations()[1]
	agent := g.staff("甲（示例）", ticket.RoleAgent, here)
	boss := g.staff("丙（示例）", ticket.RoleSupervisor, "")
	chat := g.visitor()
	obs := g.observer(chat.chat(), "观察员一号")
	names := map[string]string{}
	for _, st := range g.web.Directory().Stations() {
		names[st.ID] = st.Name
	}
	send := func(c *client, name, content string) importJSON {
		t.Helper()
		r := c.upload("/api/staff/visits/import", nil, name, content)
		if r.status != http.StatusOK {
			t.Fatalf("%s: %d %s", name, r.status, r.body)
		}
		return decode[importJSON](t, r)
	}
	filed := func() int { return len(decode[visitList](t, boss.do("GET", "/api/staff/visits", nil)).Visits) }

	yesterday := g.now().In(ticket.CST).AddDate(0, 0, -1)
	good := workbook(t, []any{"走访日期", "走访企业", "走访人", "意见建议", "办理情况", "备注"},
		[]any{yesterday.Format(time.DateOnly), "示例一厂", "观察员一号", "路灯坏了", "已解决"},
		[]any{nil, nil, nil, "招工难", "研究中"},
		[]any{time.Date(2026, 1, 5, 0, 0, 0, 0, time.UTC), "示例二厂、示例三厂", "王五"})
	bad := workbook(t, []any{"走访日期", "走访企业", "联络站", "办理情况"},
		[]any{yesterday.Format(time.DateOnly), "示例四厂"},
		[]any{"上周", "示例五厂", names[there]},
		[]any{yesterday.Format(time.DateOnly), nil, nil, "好"})

	// One fault keeps everything out, and each is told with row, column and what to do.
	got := send(agent, "bad.xlsx", bad)
	said := ""
	for _, f := range got.Faults {
		said += fmt.Sprintf("%d %s %s\n", f.Row, f.Column, f.Message)
	}
	want := `3 走访日期 看不懂日期“上周”，请写成 2026-11-20。
3 联络站 “` + names[there] + `”不是您的联络站，请改为您的联络站，或交给对方导入。
4 办理情况 看不懂“好”，请写：已解决、研究中、已解释或未处理。
4 走访企业 没有写企业，请补上。
`
	if said != want || got.Added != 0 || filed() != 0 {
		t.Errorf("got %q, %d filed", said, filed())
	}

	got = send(agent, "good.xlsx", good)
	if got.Added != 2 || got.Opinions != 2 || len(got.Faults) != 0 || fmt.Sprint(got.Ignored) != "[备注]" || filed() != 2 {
		t.Errorf("got %+v, %d filed", got, filed())
	}
	// The same again changes nothing, whoever imports it and in whatever form.
	got = send(agent, "again.xlsx", good)
	if got.Added != 0 || fmt.Sprint(got.Known) != "[2 4]" || filed() != 2 {
		t.Errorf("the same file again: %+v, %d filed", got, filed())
	}
	text := "\ufeff日期,企业,联络站,走访人,意见\r\n\r\n" + yesterday.Format("2006年1月2日") + ",示例 一厂," + names[here] + ",观察员一号,\"路灯坏了\n还是暗\"\r\n" +
		"2026-01-06,示例六厂," + names[there] + ",赵六,\r\n"
	got = send(boss, "more.csv", text)
	if got.Added != 1 || fmt.Sprint(got.Known) != "[3]" || filed() != 3 {
		t.Errorf("comma-separated: %+v, %d filed", got, filed())
	}
	gbk, err := simplifiedchinese.GB18030.NewEncoder().String("日期,企业\n明天,示例七厂\n")
	if err != nil {
		t.Fatal(err)
	}
	if got = send(agent, "gbk.csv", gbk); len(got.Faults) != 1 || !strings.Contains(got.Faults[0].Message, "“明天”") {
		t.Errorf("GB18030: %+v", got)
	}
	// An observer finds in the chat what was entered in his or her name, and may make a
	// case of it.
	list := decode[visitList](t, agent.do("GET", "/api/staff/visits?observer=%E8%A7%82%E5%AF%9F%E5%91%98%E4%B8%80%E5%8F%B7", nil))
	if len(list.Visits) != 1 || !list.Visits[0].Observer || list.Visits[0].Opinions[1].Outcome != "study" {
		t.Errorf("of the observer: %+v", list)
	}
	g.update(func(tx handlers.Tx) error {
		v, err := tx.Visit(t.Context(), list.Visits[0].ID)
		if err == nil && v.Observer != obs.ID {
			t.Errorf("the visit is of %q, the observer is %q", v.Observer, obs.ID)
		}
		return err
	})

	for name, row := range map[string]struct{ content, want string }{
		"nothing":      {"", "读不出这个文件"},
		"old workbook": {"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "读不出这个文件"},
		"half a zip":   {good[:200], "读不出这个文件"},
		"a picture":    {"\x89PNG\r\n\x1a\n\x00\x00", "读不出这个文件"},
		"too large":    {strings.Repeat("日期,企业\n", 5<<20/14+1), "表格太大"},
	} {
		if r := agent.upload("/api/staff/visits/import", nil, "x", row.content); r.status != http.StatusUnprocessableEntity || !strings.Contains(r.body, row.want) {
			t.Errorf("%s: %d %s", name, r.status, r.body)
		}
	}
	if r := g.visitor().upload("/api/staff/visits/import", nil, "good.xlsx", good); r.status != http.StatusUnauthorized {
		t.Errorf("a visitor imports: %d", r.status)
	}
}

// The template, filled in, is imported.
func TestVisitTemplate(t *testing.T) {
	t.Parallel()
	g := setup(t)
	boss := g.staff("丙（示例）", ticket.RoleSupervisor, "")
	for _, lang := range []string{"zh-CN", "en"} {
		r := boss.do("GET", "/api/staff/visits/template", nil, "Accept-Language", lang)
		if r.status != http.StatusOK || !strings.Contains(r.header.Get("Content-Disposition"), "xlsx") {
			t.Fatalf("template: %d %v", r.status, r.header)
		}
		book, err := excelize.OpenReader(strings.NewReader(r.body))
		if err != nil {
			t.Fatal(err)
		}
		defer book.Close()
		sheets := book.GetSheetList()
		station, err := book.GetCellValue(sheets[1], "D2")
		if err != nil || station == "" {
			t.Fatalf("no stations to choose from: %q %v", station, err)
		}
		row := []any{g.today(), "Example " + lang, station, "", "", "", "路灯坏了", ""}
		if err := book.SetSheetRow(sheets[0], "A2", &row); err != nil {
			t.Fatal(err)
		}
		b, err := book.WriteToBuffer()
		if err != nil {
			t.Fatal(err)
		}
		got := decode[importJSON](t, boss.upload("/api/staff/visits/import", nil, "filled.xlsx", b.String()))
		if got.Added != 1 || got.Opinions != 1 || len(got.Ignored) != 0 {
			t.Errorf("%s: %+v", lang, got)
		}
	}
}

func TestVisitFigures(t *testing.T) {
	t.Parallel()
	g := setup(t)
	here, there := g.stations()[0], g.stations()[1]
	boss := g.staff("丙（示例）", ticket.RoleSupervisor, "")
	agent := g.staff("甲（示例）", ticket.RoleAgent, here)
	for _, row := range []struct{ day, station, visitor string }{
		{"2026-10-31", here, "=HYPERLINK(1)"}, {"2026-11-01", here, "王五"}, {"2026-11-02", there, "王五"},
	} {
		fields := g.visitOf(row.station)
		fields["day"], fields["visitor"] = row.day, row.visitor
		if r := boss.do("POST", "/api/staff/visits", fields); r.status != http.StatusCreated {
			t.Fatalf("entered: %d %s", r.status, r.body)
		}
	}
	f := decode[figuresJSON](t, boss.do("GET", "/api/staff/visits/figures?by=month", nil))
	if len(f.Rows) != 2 || f.Rows[0].Name != "2026-10" || f.Rows[1].Visits != 2 ||
		fmt.Sprint(f.Total) != "map[companies:2 explained:0 open:3 opinions:6 solved:3 study:0 visits:3]" {
		t.Errorf("got %+v", f)
	}
	if f := decode[figuresJSON](t, boss.do("GET", "/api/staff/visits/figures?from=2026-11-01&to=2026-11-01", nil)); f.Total["visits"] != 1 {
		t.Errorf("one day: %+v", f)
	}
	if f := decode[figuresJSON](t, agent.do("GET", "/api/staff/visits/figures?by=station", nil)); len(f.Rows) != 1 || f.Total["visits"] != 2 {
		t.Errorf("the agent's station: %+v", f)
	}
	// What somebody wrote is no formula in a file that is opened elsewhere.
	r := boss.do("GET", "/api/staff/visits/figures?by=observer&format=csv&from=2026-10-01&to=2026-11-30", nil)
	if r.status != http.StatusOK || !strings.HasPrefix(r.body, "\ufeff走访人,走访次数,走访企业数,收集意见,已解决,研究中,已解释,未处理\n'=HYPERLINK(1),1,") ||
		!strings.HasSuffix(r.body, "合计,3,2,6,3,0,0,3\n") || !strings.Contains(r.header.Get("Content-Disposition"), "2026-10-01_2026-11-30.csv") {
		t.Errorf("%d %v %q", r.status, r.header, r.body)
	}
	r = boss.do("GET", "/api/staff/visits/figures?by=observer&format=xlsx", nil)
	book, err := excelize.OpenReader(bytes.NewReader([]byte(r.body)))
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	name, err := book.GetCellValue(book.GetSheetList()[0], "A2")
	formula, err2 := book.GetCellFormula(book.GetSheetList()[0], "A2")
	total, err3 := book.GetCellValue(book.GetSheetList()[0], "B4")
	if err != nil || err2 != nil || err3 != nil || name != "=HYPERLINK(1)" || formula != "" || total != "3" {
		t.Errorf("workbook: %q %q %q", name, formula, total)
	}
}

func TestAppointments(t *testing.T) {
	t.Parallel()
	g := setup(t)
	agent := g.staff("甲（示例）", ticket.RoleAgent, g.stations()[0])
	boss := g.staff("丙（示例）", ticket.RoleSupervisor, "")
	chat := g.visitor()
	obs := g.observer(chat.chat(), "观察员一号")
	at := "/api/staff/observers/" + obs.ID
	type observers struct {
		Observers []struct {
			ID, Label, Last string
			Holds           bool
		}
	}
	for _, r := range []response{agent.do("GET", "/api/staff/observers", nil), agent.do("POST", at, map[string]any{"now": true})} {
		if r.status != http.StatusForbidden {
			t.Errorf("an agent: %d", r.status)
		}
	}
	tomorrow := g.now().In(ticket.CST).AddDate(0, 0, 1).Format(time.DateOnly)
	got := decode[observers](t, boss.do("POST", at, map[string]any{"last": tomorrow})).Observers
	if len(got) != 1 || got[0].Last != tomorrow || !got[0].Holds || got[0].Label != "观察员一号" {
		t.Errorf("got %+v", got)
	}
	if r := boss.do("POST", at, map[string]any{"last": "2020-01-01"}); r.status != http.StatusUnprocessableEntity || !strings.Contains(r.body, "立即结束") {
		t.Errorf("an end in the past: %d %s", r.status, r.body)
	}
	if r := boss.do("POST", "/api/staff/observers/none", map[string]any{"now": true}); r.status != http.StatusNotFound {
		t.Errorf("nobody's appointment: %d", r.status)
	}
	g.advance(49 * time.Hour) // past the last day, and past the session
	boss = g.staff("戊（示例）", ticket.RoleSupervisor, "")
	if got := decode[observers](t, boss.do("GET", "/api/staff/observers", nil)).Observers; len(got) != 1 || got[0].Holds {
		t.Errorf("after the last day: %+v", got)
	}
	if got := decode[observers](t, boss.do("POST", at, map[string]any{"last": ""})).Observers; !got[0].Holds || got[0].Last != "" {
		t.Errorf("without an end: %+v", got)
	}
	if got := decode[observers](t, boss.do("POST", at, map[string]any{"now": true})).Observers; got[0].Holds || got[0].Last != g.today() {
		t.Errorf("ended now: %+v", got)
	}

	// An invitation may carry the end.
	in := map[string]string{"role": "observer", "label": "观察员二号", "last": tomorrow}
	if r := boss.do("POST", "/api/staff/invites", in); r.status != http.StatusUnprocessableEntity {
		t.Errorf("an invitation to what is over: %d", r.status)
	}
	in["last"] = g.today()
	r := boss.do("POST", "/api/staff/invites", in)
	if r.status != http.StatusCreated {
		t.Fatalf("invited: %d %s", r.status, r.body)
	}
	code := decode[struct{ Code string }](t, r).Code
	g.update(func(tx handlers.Tx) error {
		p, err := g.desk.Redeem(t.Context(), tx, "", code)
		if err != nil {
			return err
		}
		ms, err := tx.Memberships(t.Context(), p.ID)
		if len(ms) != 1 || !ms[0].Holds(g.now()) || ms[0].Holds(g.now().Add(24*time.Hour)) {
			t.Errorf("the membership is %+v", ms)
		}
		return err
	})
}

// On the chat page an observer has the same home page as in Telegram, with pictures
// sent along, and staff open the picture with the visit.
func TestVisitInTheWebChat(t *testing.T) {
	t.Parallel()
	g := setup(t)
	v := g.visitor()
	g.observer(v.chat(), "观察员一号")
	events := v.events("/api/chat/events")
	until := func(part string) line {
		t.Helper()
		await(t, events, part, isLine("bot", part))
		lines := v.lines()
		return lines[len(lines)-1]
	}
	press := func(l line, text string) {
		t.Helper()
		for _, row := range l.Buttons {
			for _, b := range row {
				if b.Text == text {
					m := map[string]string{"key": key(), "button": b.Data, "reply_to": fmt.Sprint(l.ID)}
					if r := v.do("POST", "/api/chat/messages", m); r.status != http.StatusAccepted {
						t.Fatalf("%s: %d %s", text, r.status, r.body)
					}
					return
				}
			}
		}
		t.Fatalf("no button %q under %q", text, l)
	}
	tell := func(text string) {
		t.Helper()
		if r := v.do("POST", "/api/chat/messages", say(text)); r.status != http.StatusAccepted {
			t.Fatalf("%s: %d %s", text, r.status, r.body)
		}
	}
	tell("/observe")
	press(until("登记走访"), "登记走访")
	until("走访了哪家企业")
	tell("示例轴承厂")
	press(until("哪天走访的"), "今天")
	until("企业在哪个镇")
	tell("周巷")
	press(until("见到了谁"), "跳过")
	press(until("企业提了哪些意见"), "下一步")
	until("整次走访的照片或文件")
	if r := v.upload("/api/chat/messages", map[string]string{"key": key()}, "photo.png", photo); r.status != http.StatusAccepted {
		t.Fatalf("picture: %d %s", r.status, r.body)
	}
	press(until("已附上 1 个走访照片和文件"), "下一步")
	press(until("请核对走访记录"), "提交")
	until("补充意见")

	boss := g.staff("丙（示例）", ticket.RoleSupervisor, "")
	list := decode[visitList](t, boss.do("GET", "/api/staff/visits", nil))
	if len(list.Visits) != 1 || list.Visits[0].Visitor != "观察员一号" || !list.Visits[0].Observer {
		t.Fatalf("the page lists %+v", list)
	}
	full := decode[visitJSON](t, boss.do("GET", "/api/staff/visits/"+list.Visits[0].ID, nil))
	if len(full.Files) != 1 || full.By != "" {
		t.Fatalf("the page shows %+v", full)
	}
	if r := boss.do("GET", full.Files[0].URL, nil); r.status != http.StatusOK || r.body != photo {
		t.Errorf("the picture: %d", r.status)
	}
	if r := boss.do("GET", strings.Replace(full.Files[0].URL, "visit=", "visit=no", 1), nil); r.status != http.StatusNotFound {
		t.Errorf("the picture of another visit: %d", r.status)
	}
}
