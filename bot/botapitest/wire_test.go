package botapitest_test

import (
	"bytes"
	"encoding/json"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"liaison/bot/botapitest"
)

// reply is the decoded envelope of an answer, with its HTTP status.
type reply struct {
	Status      int
	OK          bool            `json:"ok"`
	Result      json.RawMessage `json:"result"`
	ErrorCode   int             `json:"error_code"`
	Description string          `json:"description"`
	Parameters  struct {
		RetryAfter int   `json:"retry_after"`
		MigrateTo  int64 `json:"migrate_to_chat_id"`
	} `json:"parameters"`
}

// do may be called from any goroutine: it does not end the test.
func do(t *testing.T, req *http.Request) reply {
	t.Helper()
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Error(err)
		return reply{}
	}
	defer resp.Body.Close()
	r := reply{Status: resp.StatusCode}
	if err := json.NewDecoder(resp.Body).Decode(&r); err != nil {
		t.Error(err)
	}
	return r
}

// call is one JSON request, for what the client library can't or won't send.
func call(t *testing.T, srv *botapitest.Server, method string, args map[string]any) reply {
	t.Helper()
	body, err := json.Marshal(args)
	if err != nil {
		t.Fatal(err)
	}
	return do(t, request(t, srv, method, "application/json", bytes.NewReader(body)))
}

func request(t *testing.T, srv *botapitest.Server, method, contentType string, body io.Reader) *http.Request {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, srv.URL()+"/bot"+srv.Token()+"/"+method, body)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", contentType)
	return req
}

// result decodes the result of an answer that must be ok.
func result[T any](t *testing.T, r reply) T {
	t.Helper()
	var v T
	if !r.OK || r.Status != http.StatusOK {
		t.Fatalf("answer %d %s", r.Status, r.Description)
	}
	if err := json.Unmarshal(r.Result, &v); err != nil {
		t.Fatal(err)
	}
	return v
}

// started is a person who has written to the bot.
func started(srv *botapitest.Server) *botapitest.User {
	u := srv.User("张三", botapitest.WithLanguage("zh-hans"))
	u.Send("/start")
	return u
}

func TestBodyForms(t *testing.T) {
	t.Parallel()
	srv := botapitest.New(t)
	u := started(srv)
	const text = "你好，🙂 & = + 100%"
	form := url.Values{"chat_id": {json.Number("6100000001").String()}, "text": {text}, "disable_notification": {"true"}}

	var multi bytes.Buffer
	mw := multipart.NewWriter(&multi)
	for k, v := range form {
		if err := mw.WriteField(k, v[0]); err != nil {
			t.Fatal(err)
		}
	}
	if err := mw.Close(); err != nil {
		t.Fatal(err)
	}
	js, err := json.Marshal(map[string]any{"chat_id": u.ChatID(), "text": text, "disable_notification": true})
	if err != nil {
		t.Fatal(err)
	}
	query := request(t, srv, "sendMessage?"+form.Encode(), "", nil)
	query.Method = http.MethodGet
	for name, req := range map[string]*http.Request{
		"multipart":      request(t, srv, "sendMessage", mw.FormDataContentType(), &multi),
		"json":           request(t, srv, "SENDMESSAGE", "application/json; charset=utf-8", bytes.NewReader(js)),
		"urlencoded":     request(t, srv, "sendMessage", "application/x-www-form-urlencoded", strings.NewReader(form.Encode())),
		"query":          query,
		"query and body": request(t, srv, "sendMessage?chat_id=6100000001", "application/json", strings.NewReader(`{"text":`+strconvQuote(text)+`,"disable_notification":"True"}`)),
	} {
		m := result[botapitest.Message](t, do(t, req))
		if m.Text != text || m.Chat.ID != u.ChatID() || m.From.ID != srv.Bot().ID {
			t.Errorf("%s: %+v", name, m)
		}
	}
	if got := u.Messages(); len(got) != 5 || slices.ContainsFunc(got, func(m botapitest.Message) bool { return !m.Silent }) {
		t.Errorf("messages: %+v", got)
	}
	noViolations(t, srv)
}

func strconvQuote(s string) string {
	b, _ := json.Marshal(s) // a string always encodes
	return string(b)
}

func TestEnvelopeErrors(t *testing.T) {
	t.Parallel()
	srv := botapitest.New(t)
	for _, tc := range []struct {
		path, contentType, body string
		status                  int
		description             string
	}{
		{"/bot" + srv.Token() + "/getme", "", "", 200, ""},
		{"/bot" + srv.Token() + "/flyToTheMoon", "", "", 404, "Not Found"},
		{"/bot" + srv.Token(), "", "", 404, "Not Found"},
		{"/bot7000000001:wrong/getMe", "", "", 401, "Unauthorized"},
		{"/botnonsense/getMe", "", "", 404, "Not Found"},
		{"/", "", "", 404, "Not Found"},
		{"/file/bot7000000001:wrong/documents/file_0", "", "", 401, "Unauthorized"},
		{"/file/bot" + srv.Token() + "/documents/file_0", "", "", 404, "Not Found"},
		{"/bot" + srv.Token() + "/getMe", "application/json", "[]", 400, "Bad Request: can't parse request body: not a JSON object"},
		{"/bot" + srv.Token() + "/getMe", "text/plain", "x", 400, `Bad Request: can't parse request body: unsupported content type "text/plain"`},
		{"/bot" + srv.Token() + "/getMe", "application/json", "{\"x\":\"\xff\"}", 200, ""}, // JSON decoding replaces the byte
		{"/bot" + srv.Token() + "/getMe", "application/x-www-form-urlencoded", "x=%ff", 400, "Bad Request: strings must be encoded in UTF-8 (x)"},
		{"/bot" + srv.Token() + "/getMe", "multipart/form-data; boundary=b", "--b\r\nbroken", 400, "Bad Request: can't parse request body: malformed MIME header: missing colon: \"broken\""},
	} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, srv.URL()+tc.path, strings.NewReader(tc.body))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", tc.contentType)
		r := do(t, req)
		if r.Status != tc.status || r.Description != tc.description || r.OK != (tc.status == 200) || !r.OK && r.ErrorCode != tc.status {
			t.Errorf("%s %q: %+v, want %d %q", tc.path, tc.body, r, tc.status, tc.description)
		}
	}
}

func TestViolations(t *testing.T) {
	t.Parallel()
	srv := botapitest.New(t)
	u := started(srv)
	for _, args := range []map[string]any{
		{"chat_id": u.ChatID(), "text": "a", "reply_to_message_id": 1},
		{"chat_id": u.ChatID(), "text": "a", "disable_notification": "perhaps"},
		{"chat_id": u.ChatID(), "text": "a", "message_thread_id": "x"},
		{"chat_id": u.ChatID(), "text": "a", "parse_mode": "HTML", "entities": "[]"},
		{"chat_id": u.ChatID(), "text": "a", "reply_markup": map[string]any{"inline_keyboard": [][]any{{map[string]any{
			"text": "x", "callback_data": "a", "url": "https://example.com", "colour": "red"}}}}},
		{"chat_id": u.ChatID(), "text": "a", "reply_markup": map[string]any{"force_reply": true, "remove_keyboard": true}},
	} {
		if r := call(t, srv, "sendMessage", args); !r.OK {
			t.Errorf("%v: %s", args, r.Description)
		}
	}
	call(t, srv, "sendVideo", nil)
	call(t, srv, "getUpdates", map[string]any{"limit": 1000, "offest": 1, "allowed_updates": []string{"nonsense"}})
	want := []string{
		`sendMessage: unknown parameter "reply_to_message_id"`,
		`sendMessage: parameter "disable_notification" is not a boolean: "perhaps"`,
		`sendMessage: parameter "message_thread_id" is not an integer: "x"`,
		`both parse_mode and entities given`,
		`inline button: unknown field "colour"`,
		`inline button "x" has 2 actions, want one`,
		`reply_markup has 2 of inline_keyboard, keyboard, remove_keyboard and force_reply, want one`,
		`sendVideo: no such method, or one this server does not model`,
		`getUpdates: unknown parameter "offest"`,
		`getUpdates: limit 1000 is not in 1..100`,
		`allowed_updates: unknown update type "nonsense"`,
	}
	if got := srv.Violations(); !slices.Equal(got, want) {
		t.Errorf("violations:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}
