package web_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"maps"
	"mime/multipart"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"liaison/handlers"
	"liaison/pace"
	"liaison/ticket"
	"liaison/ticket/route"
	"liaison/ticket/visit"
	"liaison/web"
)

var update = flag.Bool("update", false, "write who may ask for what into testdata")

// Who asks. The case belongs to the visitor, is led by one town station and helped
// with by another.
var askers = []string{"nobody", "visitor", "observer", "former agent", "lead", "helper", "elsewhere", "triage", "bank", "supervisor"}

// ask is a request.
type ask struct {
	path  string
	body  any               // sent as JSON
	form  map[string]string // sent as a form, with the files
	files []string          // name and content
}

// pass makes the person's cookie.
func (g *rig) pass(person string) string {
	secret := rand.Text()
	sum := sha256.Sum256([]byte(secret))
	g.update(func(tx handlers.Tx) error {
		return tx.AddSession(g.t.Context(), handlers.Session{Hash: hex.EncodeToString(sum[:]), Person: person, Expires: g.now().Add(time.Hour)})
	})
	return "liaison_staff=" + secret
}

// status sends the request with the cookie and returns the status of the answer,
// of which an endless one is not waited for.
func (g *rig) status(method string, a ask, cookie string) int {
	g.t.Helper()
	var body bytes.Buffer
	kind := "application/json"
	switch {
	case a.form != nil || a.files != nil:
		form := multipart.NewWriter(&body)
		kind = form.FormDataContentType()
		for k, v := range a.form {
			if err := form.WriteField(k, v); err != nil {
				g.t.Fatal(err)
			}
		}
		for i := 0; i < len(a.files); i += 2 {
			part, err := form.CreateFormFile("files", a.files[i])
			if err == nil {
				_, err = io.WriteString(part, a.files[i+1])
			}
			if err != nil {
				g.t.Fatal(err)
			}
		}
		form.Close()
	case a.body != nil:
		if err := json.NewEncoder(&body).Encode(a.body); err != nil {
			g.t.Fatal(err)
		}
	}
	ctx, cancel := context.WithCancel(g.t.Context())
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, method, g.http.URL+a.path, &body)
	if err != nil {
		g.t.Fatal(err)
	}
	if method == http.MethodPost {
		req.Header.Set("Content-Type", kind)
	}
	if cookie != "" {
		req.Header.Set("Cookie", cookie)
	}
	resp, err := (&http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}).Do(req)
	if err != nil {
		g.t.Fatal(err)
	}
	defer resp.Body.Close()
	g.added = 0
	if strings.HasSuffix(a.path, "/import") && resp.StatusCode == http.StatusOK {
		var done struct{ Added int }
		if err := json.NewDecoder(resp.Body).Decode(&done); err != nil {
			g.t.Fatal(err)
		}
		g.added = done.Added
	}
	return resp.StatusCode
}

// routes reads from the source which routes there are, in its order.
func routes(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		tree, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(tree, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok || len(call.Args) != 2 {
				return true
			}
			name, ok := call.Fun.(*ast.Ident)
			pattern, isText := call.Args[0].(*ast.BasicLit)
			if ok && name.Name == "handle" && isText {
				route, err := strconv.Unquote(pattern.Value)
				if err != nil {
					t.Fatal(err)
				}
				out = append(out, route)
			}
			return true
		})
	}
	return out
}

// TestAuthorityOverRoutes asks for everything that the server has as everybody, each
// time about a case, document, visit or gap that is there, and compares the statuses
// with the table in testdata. A route without a row fails.
func TestAuthorityOverRoutes(t *testing.T) {
	t.Parallel()
	yaml := append(route.Example(), "\n  - {id: bank, name: 示例银行（示例）, name_en: Example Bank (example), kind: partner, kinds: [financing, inquiry]}\n"...)
	g := setupAt(t, yaml, func(c *web.Config) { c.Pace = boundless{} })
	person := make(map[string]string)
	is := map[string]handlers.Membership{
		"observer": {Role: ticket.RoleObserver}, "former agent": {},
		"lead": {Role: ticket.RoleAgent, Station: "town-henghe"}, "helper": {Role: ticket.RoleAgent, Station: "town-gutang"},
		"elsewhere": {Role: ticket.RoleAgent, Station: "town-zhouxiang"}, "triage": {Role: ticket.RoleAgent, Station: "city-centre"},
		"bank": {Role: ticket.RoleAgent, Station: "bank"}, "supervisor": {Role: ticket.RoleSupervisor},
	}
	visitorCookie := "liaison_visitor=" + rand.Text()
	chat := web.ChatOf(strings.TrimPrefix(visitorCookie, "liaison_visitor="))
	ctx := t.Context()
	g.update(func(tx handlers.Tx) error {
		for who, m := range is {
			p, err := tx.AddPerson(ctx, handlers.Person{Label: who + "（示例）", CreatedAt: g.now()})
			if err != nil {
				return err
			}
			person[who], m.Person = p.ID, p.ID
			if m.Role != "" {
				err = tx.AddMembership(ctx, m)
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
	act := func(who, id string, s ticket.Step) {
		t.Helper()
		g.update(func(tx handlers.Tx) error {
			_, err := g.desk.Act(ctx, tx, person[who], id, s)
			return err
		})
	}
	newCase := func() string {
		id := g.newCase(chat, "town-henghe", "路灯不亮（示例）").ID
		act("lead", id, ticket.Step{Action: ticket.Accept})
		act("lead", id, ticket.Step{Action: ticket.Involve, Station: "town-gutang", Text: "请协办（示例）"})
		return id
	}
	standing := newCase()
	const picture = "\x89PNG\r\n\x1a\n0000000000000000"
	if got := g.status("POST", ask{
		path: "/api/staff/tickets/" + standing + "/act", form: map[string]string{"action": "reply", "text": "见附件（示例）"}, files: []string{"a.png", picture},
	}, g.pass(person["lead"])); got != 200 {
		t.Fatalf("a file with a reply: %d", got)
	}
	sum := sha256.Sum256([]byte(picture))
	picturePath := "/files/" + hex.EncodeToString(sum[:])
	n := 0
	newGap := func() (id string) {
		n++
		question := fmt.Sprintf("仓库屋顶第 %d 块能装光伏吗", n)
		g.update(func(tx handlers.Tx) error {
			return tx.AddGap(ctx, handlers.Missed{Question: question, Reason: handlers.Refused, At: g.now()})
		})
		g.update(func(tx handlers.Tx) error {
			all, err := tx.Gaps(ctx, 1000, handlers.GapOpen)
			for _, gap := range all {
				if gap.Question == question {
					id = gap.ID
				}
			}
			return err
		})
		return id
	}
	wordings := func() (gap, wording string) {
		gap = newGap()
		g.update(func(tx handlers.Tx) error {
			return tx.AddGap(ctx, handlers.Missed{Question: "屋顶光伏找谁" + gap, Reason: handlers.Refused, Gap: gap, At: g.now()})
		})
		g.update(func(tx handlers.Tx) error {
			all, err := tx.Gap(ctx, gap)
			wording = all.Wordings[0].ID
			return err
		})
		return gap, wording
	}
	newcomer := func() (id string) {
		g.update(func(tx handlers.Tx) error {
			p, err := tx.AddPerson(ctx, handlers.Person{Label: "新人（示例）", CreatedAt: g.now()})
			if err != nil {
				return err
			}
			id = p.ID
			return tx.AddMembership(ctx, handlers.Membership{Person: id, Role: ticket.RoleAgent, Station: "town-henghe"})
		})
		return id
	}
	newVisit := func() (id string) {
		n++
		g.update(func(tx handlers.Tx) error {
			v, err := g.desk.EnterVisit(ctx, tx, person["lead"], visit.Visit{
				Companies: []string{fmt.Sprintf("示例%d厂", n)}, Station: "town-henghe", Day: g.now(), Visitor: "观察员一号（示例）",
				Opinions: []visit.Opinion{{Text: "路灯坏了（示例）"}},
			})
			id = v.ID
			return err
		})
		return id
	}
	newQuick := func() (id int64) {
		g.update(func(tx handlers.Tx) (err error) {
			id, err = g.desk.SaveQuick(ctx, tx, handlers.QuickReply{Station: "town-henghe", Title: "收到", Text: "收到", By: person["lead"], At: g.now()})
			return err
		})
		return id
	}
	const unit = "cixi-2024-reply-184#enterprise-talks"
	newOverride := func() (id int64) {
		g.update(func(tx handlers.Tx) (err error) {
			n++
			id, err = g.desk.AddOverride(ctx, tx, handlers.Override{Kind: handlers.OverridePin, Question: fmt.Sprintf("第 %d 个示例问题怎么办", n), Unit: unit, Why: "示例", By: person["supervisor"], At: g.now()})
			return err
		})
		return id
	}
	code := func(who string) (code string) {
		g.update(func(tx handlers.Tx) (err error) {
			code, err = g.desk.LoginCode(ctx, tx, person[who])
			return err
		})
		return code
	}
	// A document for review, uploaded as the page does.
	clerk := g.pass(person["lead"])
	upload := func() int {
		n++
		return g.status("POST", ask{path: "/api/staff/library", files: []string{fmt.Sprintf("umbrella%d.md", n), strings.Replace(umbrellas, "示例市", fmt.Sprintf("示例市%d号", n), 1)}}, clerk)
	}
	if got := upload(); got != 200 && got != 201 {
		t.Fatalf("an upload: %d", got)
	}
	today := g.today()
	on := func(path string) ask { return ask{path: path} }
	requests := map[string]func(who string) ask{
		"GET /{$}":           func(string) ask { return on("/") },
		"GET /static/{name}": func(string) ask { return on("/static/chat.js") },
		"GET /files/{hash}":  func(string) ask { return on(picturePath + "?ticket=" + standing) },
		"POST /api/chat/messages": func(string) ask {
			return ask{path: "/api/chat/messages", body: map[string]string{"key": key(), "text": "/help"}}
		},
		"GET /api/chat/lines":  func(string) ask { return on("/api/chat/lines") },
		"GET /api/chat/events": func(string) ask { return on("/api/chat/events") },
		"GET /api/suggest":     func(string) ask { return on("/api/suggest?q=%E8%B4%B7") },
		"GET /staff":           func(string) ask { return on("/staff") },
		"GET /staff/{$}":       func(string) ask { return on("/staff/") },
		"POST /api/staff/login": func(who string) ask {
			if person[who] == "" {
				return ask{path: "/api/staff/login", body: map[string]string{"code": "AAAA-BBBB-CCCC"}}
			}
			return ask{path: "/api/staff/login", body: map[string]string{"code": code(who)}}
		},
		"POST /api/staff/logout":      func(string) ask { return on("/api/staff/logout") },
		"GET /api/staff/me":           func(string) ask { return on("/api/staff/me") },
		"GET /api/staff/tickets":      func(string) ask { return on("/api/staff/tickets?station=town-henghe") },
		"GET /api/staff/watch":        func(string) ask { return on("/api/staff/watch") },
		"GET /api/staff/tickets/{id}": func(string) ask { return on("/api/staff/tickets/" + standing) },
		"POST /api/staff/tickets/{id}/act": func(string) ask {
			return ask{path: "/api/staff/tickets/" + newCase() + "/act", form: map[string]string{"action": "resolve", "text": "已修好（示例）"}}
		},
		"GET /api/staff/roster": func(string) ask { return on("/api/staff/roster") },
		"POST /api/staff/roster/duty": func(string) ask {
			return ask{path: "/api/staff/roster/duty", body: map[string]any{"station": "town-henghe", "person": person["lead"], "day": today, "on": true}}
		},
		"POST /api/staff/roster/away": func(string) ask {
			return ask{path: "/api/staff/roster/away", body: map[string]any{"person": person["lead"], "until": g.now().AddDate(0, 0, 5).Format(time.DateOnly)}}
		},
		"POST /api/staff/roster/back": func(string) ask {
			return ask{path: "/api/staff/roster/back", body: map[string]any{"person": person["lead"]}}
		},
		"POST /api/staff/roster/dismiss": func(string) ask {
			return ask{path: "/api/staff/roster/dismiss", body: map[string]any{"person": newcomer(), "station": "town-henghe"}}
		},
		"GET /api/staff/financing":        func(string) ask { return on("/api/staff/financing") },
		"GET /api/staff/financing.csv":    func(string) ask { return on("/api/staff/financing.csv?by=month") },
		"GET /api/staff/gaps":             func(string) ask { return on("/api/staff/gaps?state=open") },
		"GET /api/staff/asked":            func(string) ask { return on("/api/staff/asked") },
		"POST /api/staff/gaps/{id}/close": func(string) ask { return ask{path: "/api/staff/gaps/" + newGap() + "/close", body: map[string]any{}} },
		"POST /api/staff/gaps/{id}/answer": func(string) ask {
			return ask{path: "/api/staff/gaps/" + newGap() + "/answer", body: map[string]any{"text": "可以（示例）"}}
		},
		"POST /api/staff/gaps/{id}/merge": func(string) ask {
			return ask{path: "/api/staff/gaps/" + newGap() + "/merge", body: map[string]any{"into": newGap()}}
		},
		"POST /api/staff/gaps/{id}/split": func(string) ask {
			gap, wording := wordings()
			return ask{path: "/api/staff/gaps/" + gap + "/split", body: map[string]any{"wording": wording}}
		},
		"GET /api/staff/overrides": func(string) ask { return on("/api/staff/overrides") },
		"POST /api/staff/overrides": func(string) ask {
			return ask{path: "/api/staff/overrides", body: map[string]any{"kind": "pin", "question": "老板们坐下来聊聊的那个活动叫啥", "unit": unit, "why": "示例"}}
		},
		"POST /api/staff/overrides/check": func(string) ask {
			return ask{path: "/api/staff/overrides/check", body: map[string]any{"kind": "pin", "question": "老板们坐下来聊聊的那个活动叫啥", "unit": unit, "why": "示例"}}
		},
		"POST /api/staff/overrides/{id}/undo": func(string) ask {
			return ask{path: fmt.Sprintf("/api/staff/overrides/%d/undo", newOverride()), body: map[string]any{}}
		},
		"GET /api/staff/units": func(string) ask { return on("/api/staff/units?q=%E8%B4%B7%E6%AC%BE") },
		"GET /api/staff/quick": func(string) ask { return on("/api/staff/quick") },
		"POST /api/staff/quick": func(string) ask {
			return ask{path: "/api/staff/quick", body: map[string]any{"station": "town-henghe", "title": "收到", "text": "收到"}}
		},
		"POST /api/staff/quick/{id}/remove": func(string) ask {
			return ask{path: fmt.Sprintf("/api/staff/quick/%d/remove", newQuick()), body: map[string]any{}}
		},
		"GET /api/staff/tickets/{id}/quick":     func(string) ask { return on("/api/staff/tickets/" + standing + "/quick") },
		"GET /api/staff/tickets/{id}/reference": func(string) ask { return on("/api/staff/tickets/" + standing + "/reference") },
		"POST /api/staff/tickets/{id}/writing": func(string) ask {
			return ask{path: "/api/staff/tickets/" + standing + "/writing", body: map[string]any{"on": true}}
		},
		"GET /api/staff/visits": func(string) ask { return on("/api/staff/visits?station=town-henghe") },
		"POST /api/staff/visits": func(string) ask {
			f := g.visitOf("town-henghe")
			f["companies"] = "示例" + key() + "厂"
			return ask{path: "/api/staff/visits", form: f}
		},
		"GET /api/staff/visits/form":     func(string) ask { return on("/api/staff/visits/form") },
		"GET /api/staff/visits/figures":  func(string) ask { return on("/api/staff/visits/figures?station=town-henghe") },
		"GET /api/staff/visits/template": func(string) ask { return on("/api/staff/visits/template") },
		"POST /api/staff/visits/import": func(string) ask {
			n++
			return ask{path: "/api/staff/visits/import", files: []string{"走访.csv", fmt.Sprintf("走访日期,走访企业,联络站,走访人,意见建议\n%s,示例%d厂,横河联络站（示例）,观察员一号,路灯坏了\n", today, n)}}
		},
		"GET /api/staff/visits/{id}": func(string) ask { return on("/api/staff/visits/" + newVisit()) },
		"POST /api/staff/visits/{id}": func(string) ask {
			return ask{path: "/api/staff/visits/" + newVisit(), body: map[string]any{"met": "厂长（示例）"}}
		},
		"POST /api/staff/visits/{id}/opinions": func(string) ask {
			return ask{path: "/api/staff/visits/" + newVisit() + "/opinions", body: map[string]any{"text": "招工难（示例）"}}
		},
		"POST /api/staff/visits/{id}/opinions/{n}": func(string) ask {
			return ask{path: "/api/staff/visits/" + newVisit() + "/opinions/1", body: map[string]any{"outcome": "solved"}}
		},
		"POST /api/staff/visits/{id}/remove": func(string) ask {
			return ask{path: "/api/staff/visits/" + newVisit() + "/remove", body: map[string]any{}}
		},
		"GET /api/staff/observers": func(string) ask { return on("/api/staff/observers") },
		"POST /api/staff/observers/{id}": func(string) ask {
			return ask{path: "/api/staff/observers/" + person["observer"], body: map[string]any{"last": g.now().AddDate(1, 0, 0).Format(time.DateOnly)}}
		},
		"POST /api/staff/invites": func(string) ask {
			return ask{path: "/api/staff/invites", body: map[string]any{"role": "observer", "label": "戊（示例）"}}
		},
		"GET /api/staff/events":  func(string) ask { return on("/api/staff/events") },
		"GET /api/staff/library": func(string) ask { return on("/api/staff/library") },
		"POST /api/staff/library": func(string) ask {
			n++
			return ask{path: "/api/staff/library", files: []string{fmt.Sprintf("doc%d.md", n), fmt.Sprintf("# 示例市%d号办法（示例）\n\n## 第一条\n\n示例。\n", n)}}
		},
		"GET /api/staff/library/{id}":           func(string) ask { return on("/api/staff/library/cixi-2024-reply-184") },
		"POST /api/staff/library/{id}/{action}": func(string) ask { return ask{path: "/api/staff/library/umbrella1/publish", body: map[string]any{}} },
		"GET /api/staff/imports":                func(string) ask { return on("/api/staff/imports") },
		"GET /api/staff/imports/{id}":           func(string) ask { return on("/api/staff/imports/1") },
		"POST /api/staff/imports/{id}/undo":     func(string) ask { upload(); return ask{path: "/api/staff/imports/2/undo", body: map[string]any{}} },
		"GET /api/staff/parked":                 func(string) ask { return on("/api/staff/parked") },
		"POST /api/staff/parked":                func(string) ask { return ask{path: "/api/staff/parked", body: map[string]any{"number": 1}} },
		"/":                                     func(string) ask { return on("/nowhere") },
	}
	all := routes(t)
	if len(all) < 50 {
		t.Fatalf("only %d routes were read from the source", len(all))
	}
	for route := range maps.Keys(requests) {
		if !slices.Contains(all, route) {
			t.Errorf("%s is no route", route)
		}
	}
	var table strings.Builder
	table.WriteString(`# Who gets what from the pages and the console: the status of the answer.
# Written by: go test ./web -run Authority -update. Read every change of it.
#
# 401 log in first; 403 not for this person; 404 does not exist for this person;
# 422 the person may, and the request lacks something; the rest is done.
#
# The case belongs to the visitor, is led by one town station and helped with by
# another; visits, quick replies, duties and leave are those of the station in the lead.
`)
	for _, route := range all {
		request, ok := requests[route]
		if !ok {
			t.Errorf("%s has no row in this test", route)
			continue
		}
		method, _, ok := strings.Cut(route, " ")
		if !ok {
			method = http.MethodGet
		}
		fmt.Fprintf(&table, "\n%s\n", route)
		var order []string
		by := make(map[string][]string)
		for _, who := range askers {
			cookie := ""
			switch {
			case who == "visitor":
				cookie = visitorCookie
			case who != "nobody":
				cookie = g.pass(person[who])
			}
			if strings.Contains(route, "/api/chat/") && who != "nobody" && who != "visitor" {
				cookie = "liaison_visitor=" + rand.Text() // at the chat page everybody is a visitor
			}
			got := g.status(method, request(who), cookie)
			if got >= 500 {
				t.Errorf("%s by %s: %d", route, who, got)
			}
			cell := strconv.Itoa(got)
			if strings.HasSuffix(route, "/import") && got == http.StatusOK && g.added == 0 {
				cell += ", with nothing imported,"
			}
			if by[cell] == nil {
				order = append(order, cell)
			}
			by[cell] = append(by[cell], who)
		}
		for _, status := range order {
			fmt.Fprintf(&table, "  %s  %s\n", status, strings.Join(by[status], ", "))
		}
	}
	const file = "testdata/authority.txt"
	if *update {
		if err := os.WriteFile(file, []byte(table.String()), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	g1, w1 := strings.Split(table.String(), "\n\n"), strings.Split(string(want), "\n\n")
	for _, entry := range g1 {
		if !slices.Contains(w1, entry) {
			t.Errorf("not in %s:\n%s", file, entry)
		}
	}
	for _, entry := range w1 {
		if !slices.Contains(g1, entry) {
			t.Errorf("only in %s:\n%s", file, entry)
		}
	}
}

// boundless is no limit at all.
type boundless struct{}

func (boundless) Take(context.Context, string, pace.Rate, int) (time.Duration, error) { return 0, nil }
