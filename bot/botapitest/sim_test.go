package botapitest_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"testing"

	"github.com/go-telegram/bot"
	"github.com/go-telegram/bot/models"

	"liaison/bot/botapitest"
)

// sim makes one control request and decodes the answer into dest.
func sim(t *testing.T, srv *botapitest.Server, path string, body, dest any) (status int) {
	t.Helper()
	method, data := http.MethodGet, []byte(nil)
	if body != nil {
		var err error
		if data, err = json.Marshal(body); err != nil {
			t.Fatal(err)
		}
		method = http.MethodPost
	}
	req, err := http.NewRequestWithContext(t.Context(), method, srv.URL()+"/sim/"+path, bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if dest != nil {
		if err := json.NewDecoder(resp.Body).Decode(dest); err != nil {
			t.Fatal(err)
		}
	}
	return resp.StatusCode
}

type args map[string]any

func TestSim(t *testing.T) {
	t.Parallel()
	srv := botapitest.New(t)
	b := newClient(t, srv)
	var u botapitest.Account
	sim(t, srv, "user", args{"name": "张三", "language": "zh-hans"}, &u)
	if u.FirstName != "张三" || u.LanguageCode != "zh-hans" || u.ID == 0 {
		t.Fatalf("user: %+v", u)
	}
	var m botapitest.Message
	sim(t, srv, "send", args{"user": u.ID, "text": "/start"}, &m)
	sim(t, srv, "edit", args{"user": u.ID, "message_id": m.ID, "text": "改"}, &m)
	if m.Text != "改" {
		t.Errorf("edit: %+v", m)
	}
	sim(t, srv, "send", args{"user": u.ID, "text": "材料", "name": "a.txt", "file": []byte("内容")}, &m)
	if m.Document == nil || m.Caption != "材料" || string(srv.File(m.FileID())) != "内容" {
		t.Errorf("file: %+v", m)
	}

	waited := make(chan botapitest.Message, 1)
	go func() {
		var m botapitest.Message
		sim(t, srv, fmt.Sprintf("wait?chat=%d&contains=%s&seconds=5", u.ID, "选择"), nil, &m)
		waited <- m
	}()
	if _, err := b.SendMessage(t.Context(), &bot.SendMessageParams{ChatID: u.ID, Text: "请选择", ReplyMarkup: models.InlineKeyboardMarkup{
		InlineKeyboard: [][]models.InlineKeyboardButton{{{Text: "是", CallbackData: "y"}}}}}); err != nil {
		t.Fatal(err)
	}
	m = <-waited
	if m.Text != "请选择" || m.Buttons()[0] != "是" {
		t.Errorf("wait: %+v", m)
	}
	if status := sim(t, srv, fmt.Sprintf("wait?chat=%d&after=%d&seconds=0", u.ID, m.ID), nil, nil); status != 408 {
		t.Errorf("wait in vain: %d", status)
	}
	var press struct {
		ID string `json:"callback_query_id"`
	}
	sim(t, srv, "press", args{"user": u.ID, "message_id": m.ID, "text": "是"}, &press)
	if _, err := b.AnswerCallbackQuery(t.Context(), &bot.AnswerCallbackQueryParams{CallbackQueryID: press.ID}); err != nil {
		t.Error(err)
	}
	sim(t, srv, "press", args{"user": u.ID, "message_id": m.ID, "data": "old"}, &press)
	sim(t, srv, "expire", args{}, nil)
	var answers []botapitest.CallbackAnswer
	if sim(t, srv, "answers", nil, &answers); len(answers) != 1 {
		t.Errorf("answers: %+v", answers)
	}

	var g struct {
		ID int64 `json:"id"`
	}
	sim(t, srv, "group", args{"name": "示例站", "kind": "forum", "members": []int64{u.ID}}, &g)
	var topic struct {
		Thread int64 `json:"thread"`
	}
	sim(t, srv, "topic", args{"chat": g.ID, "name": "工单"}, &topic)
	sim(t, srv, "send", args{"user": u.ID, "chat": g.ID, "thread": topic.Thread, "text": "/help"}, &m)
	if m.ThreadID != topic.Thread || topic.Thread == 0 {
		t.Errorf("in topic: %+v", m)
	}
	sim(t, srv, "bot", args{"chat": g.ID, "status": "kicked"}, nil)
	_, err := b.SendMessage(t.Context(), &bot.SendMessageParams{ChatID: g.ID, Text: "x"})
	wantErr(t, "kicked", err, bot.ErrorForbidden, "bot was kicked from the supergroup chat")
	sim(t, srv, "block", args{"user": u.ID, "blocked": true}, nil)
	_, err = b.SendMessage(t.Context(), &bot.SendMessageParams{ChatID: u.ID, Text: "x"})
	wantErr(t, "blocked", err, bot.ErrorForbidden, "bot was blocked by the user")
	sim(t, srv, "fault", botapitest.Fault{Method: "getMe", Status: 500}, nil)
	if r := call(t, srv, "getMe", nil); r.Status != 500 {
		t.Errorf("fault: %+v", r)
	}

	var history []map[string]any
	sim(t, srv, fmt.Sprintf("messages?chat=%d", u.ID), nil, &history)
	if len(history) != 3 {
		t.Errorf("history: %v", history)
	}
	var calls []botapitest.Call
	if sim(t, srv, "calls?method=sendMessage", nil, &calls); len(calls) != 3 || calls[2].Status != 403 {
		t.Errorf("calls: %+v", calls)
	}
	var pending map[string]int
	if sim(t, srv, "updates", nil, &pending); pending["pending"] != srv.PendingUpdates() || pending["pending"] == 0 {
		t.Errorf("pending: %v", pending)
	}
	var violations []string
	if sim(t, srv, "violations", nil, &violations); len(violations) != 0 {
		t.Errorf("violations: %q", violations)
	}
}

func TestSimErrors(t *testing.T) {
	t.Parallel()
	srv := botapitest.New(t)
	u := srv.User("张三")
	g := srv.Group("示例群")
	for _, tc := range []struct {
		path   string
		body   any
		status int
	}{
		{"nonsense", nil, 404},
		{"nonsense", args{}, 404},
		{"user", args{}, 400},
		{"user", []int{}, 400},
		{"fault", []int{}, 400},
		{"send", args{"user": 1, "text": "x"}, 400},
		{"send", args{"user": u.ChatID(), "text": " "}, 400},
		{"send", args{"user": u.ChatID(), "chat": g.ChatID(), "text": "x"}, 400},
		{"send", args{"user": u.ChatID(), "text": "x", "message_id": 9}, 400},
		{"send", args{"user": u.ChatID(), "text": "x", "thread": 9}, 400},
		{"press", args{"user": u.ChatID(), "message_id": 9, "text": "是"}, 400},
		{"edit", args{"user": u.ChatID(), "message_id": 9, "text": "是"}, 400},
		{"group", args{"name": "x", "kind": "channel"}, 400},
		{"group", args{"name": "x", "members": []int{1}}, 400},
		{"topic", args{"chat": g.ChatID(), "name": "x"}, 400},
		{"bot", args{"chat": u.ChatID(), "status": "left"}, 400},
		{"block", args{"user": 1}, 400},
	} {
		var e struct {
			Error string `json:"error"`
		}
		if status := sim(t, srv, tc.path, tc.body, &e); status != tc.status || e.Error == "" {
			t.Errorf("%s %v: %d %q, want %d", tc.path, tc.body, status, e.Error, tc.status)
		}
	}
}
