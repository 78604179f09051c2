package web_test

import (
	"bytes"
	"fmt"
	"mime/multipart"
	"strings"
	"testing"

	"liaison/knowledge/shelf"
	"liaison/ticket"
	"liaison/web"
)

const umbrellas = "# 示例市雨伞补贴办法（示例）\n\n## 第一条\n\n示例市每家企业每年可以领取雨伞补贴37元。\n\n## 第二条\n\n申请人向示例市雨伞局提交申请表。\n"

type documentList struct {
	Documents []struct {
		shelf.Summary
		InForce bool `json:"in_force"`
	}
	All int
}

type fullDocument struct {
	shelf.Summary
	InForce  bool `json:"in_force"`
	Fields   []shelf.Field
	Parts    []struct{ Slug, Title, Path, Body string }
	Versions []shelf.Summary
	History  []struct {
		Action shelf.Action
		By     string
	}
}

type uploaded struct {
	Import   int64
	Outcomes []shelf.Outcome
}

func TestLibraryReview(t *testing.T) {
	t.Parallel()
	g := setup(t)
	boss := g.staff("甲（示例）", ticket.RoleSupervisor, "")
	clerk := g.staff("乙（示例）", ticket.RoleAgent, g.stations()[0])

	up := decode[uploaded](t, clerk.upload("/api/staff/library", nil, "umbrella.md", umbrellas, "../😀 扫描件.docx", "PK\x03\x04 cut"))
	if len(up.Outcomes) != 2 || up.Outcomes[0].Kind != shelf.Drafted || up.Outcomes[1].Kind != shelf.Unreadable || up.Outcomes[1].Code != "damaged" {
		t.Fatalf("uploaded: %+v", up)
	}
	if name := up.Outcomes[1].File; strings.Contains(name, "/") {
		t.Errorf("the file is called %q", name)
	}
	list := decode[documentList](t, clerk.do("GET", "/api/staff/library?q=雨伞", nil))
	if list.All != 1 || list.Documents[0].State != shelf.Draft || list.Documents[0].InForce {
		t.Fatalf("list: %+v", list)
	}
	for _, path := range []string{"library/umbrella/publish", "library/umbrella/set", "library/umbrella/remove", "imports/1/undo"} {
		if r := clerk.do("POST", "/api/staff/"+path, map[string]any{}); r.status != 403 {
			t.Errorf("%s by an agent: %d %s", path, r.status, r.body)
		}
	}
	r := boss.do("POST", "/api/staff/library/umbrella/set", map[string]any{"fields": []shelf.Field{{Key: "number", Value: "示〔2026〕1号"}}})
	if d := decode[fullDocument](t, r); d.Number != "示〔2026〕1号" || len(d.Parts) < 2 || !strings.Contains(d.Parts[0].Body+d.Parts[1].Body, "37元") {
		t.Errorf("set: %d %s", r.status, r.body)
	}
	if r := boss.do("POST", "/api/staff/library/umbrella/set", map[string]any{"fields": []shelf.Field{{Key: "issued", Value: "昨天"}}}); r.status != 422 || !strings.Contains(r.body, "2024-06-21") {
		t.Errorf("a day that is none: %d %s", r.status, r.body)
	}
	r = boss.do("POST", "/api/staff/library/umbrella/publish", map[string]any{})
	d := decode[fullDocument](t, r)
	if d.State != shelf.Published || !d.InForce || d.By != "甲（示例）" || d.History[0].Action != shelf.Publish || d.History[2].By != "乙（示例）" {
		t.Errorf("published: %d %s", r.status, r.body)
	}
	for path, want := range map[string]int{
		"library/umbrella/publish": 409, "library/none/publish": 404, "library/umbrella/dance": 404, "imports/99/undo": 404, "imports/x/undo": 404,
	} {
		if r := boss.do("POST", "/api/staff/"+path, map[string]any{}); r.status != want || !strings.Contains(r.body, "message") {
			t.Errorf("%s: %d %s, want %d", path, r.status, r.body, want)
		}
	}
	if r := boss.do("POST", "/api/staff/imports/1/undo", nil); r.status != 200 || !strings.Contains(r.body, `"undone_by":"甲（示例）"`) {
		t.Errorf("undo: %d %s", r.status, r.body)
	}
	if r := boss.do("POST", "/api/staff/imports/1/undo", nil, "Accept-Language", "en"); r.status != 409 || !strings.Contains(r.body, "already") {
		t.Errorf("undo again: %d %s", r.status, r.body)
	}
	if r := boss.do("GET", "/api/staff/library/umbrella", nil); r.status != 404 {
		t.Errorf("after undo: %d %s", r.status, r.body)
	}
	if list := decode[documentList](t, boss.do("GET", "/api/staff/library", nil)); list.All != 1 || !list.Documents[0].Bundled {
		t.Errorf("what is left: %+v", list)
	}
	if one := decode[struct{ Outcomes []shelf.Outcome }](t, clerk.do("GET", "/api/staff/imports/1", nil)); len(one.Outcomes) != 2 {
		t.Errorf("%d outcomes are kept", len(one.Outcomes))
	}
	if r := g.visitor().do("GET", "/api/staff/library", nil); r.status != 401 {
		t.Errorf("a visitor sees the library: %d", r.status)
	}
}

func TestLibraryUploadRefused(t *testing.T) {
	t.Parallel()
	g := setup(t)
	boss := g.staff("甲（示例）", ticket.RoleSupervisor, "")
	many := make([]string, 0, 402)
	for n := range 201 {
		many = append(many, fmt.Sprintf("%d.txt", n), "x")
	}
	for name, r := range map[string]response{
		"no file":  boss.upload("/api/staff/library", map[string]string{"draft": "1"}),
		"too many": boss.upload("/api/staff/library", nil, many...),
		"no form":  boss.do("POST", "/api/staff/library", map[string]string{}),
		"cut off": boss.do("POST", "/api/staff/library", strings.NewReader("--x\r\nContent-Disposition: form-data; name=\"files\"; filename=\"a.txt\"\r\n\r\nabc"),
			"Content-Type", "multipart/form-data; boundary=x"),
	} {
		if r.status != 422 {
			t.Errorf("%s: %d %s", name, r.status, r.body)
		}
	}
	if list := decode[documentList](t, boss.do("GET", "/api/staff/library", nil)); list.All != 1 {
		t.Errorf("%d documents after refused uploads", list.All)
	}
}

// An address may send so many bytes, in however few requests.
func TestUploadsAreLimitedByBytes(t *testing.T) {
	t.Parallel()
	g := setup(t, func(c *web.Config) { c.UploadBytes = 1 << 20 })
	v := g.visitor()
	send := func(size int) response {
		var body bytes.Buffer
		form := multipart.NewWriter(&body)
		if err := form.WriteField("key", key()); err != nil {
			t.Fatal(err)
		}
		part, err := form.CreateFormFile("files", "a.txt")
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprint(part, strings.Repeat("字", size/3))
		if err := form.Close(); err != nil {
			t.Fatal(err)
		}
		return v.do("POST", "/api/chat/messages", &body, "Content-Type", form.FormDataContentType())
	}
	if r := send(600 << 10); r.status != 202 {
		t.Fatalf("the first: %d %s", r.status, r.body)
	}
	if r := send(600 << 10); r.status != 429 || r.header.Get("Retry-After") == "" {
		t.Errorf("the second: %d %s", r.status, r.body)
	}
	if r := v.do("POST", "/api/chat/messages", say("你好")); r.status != 202 {
		t.Errorf("without files: %d %s", r.status, r.body)
	}
	g.advance(3600e9)
	if r := send(600 << 10); r.status != 202 {
		t.Errorf("an hour later: %d %s", r.status, r.body)
	}
}
