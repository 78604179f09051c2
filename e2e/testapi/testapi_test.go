package testapi_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/go-telegram/bot"
	"github.com/go-telegram/bot/models"

	"liaison/e2e/testapi"
)

var owner = testapi.User{ID: 42, Name: "示例企业主", Language: "zh-hans"}

// poll runs a bot of the real client library until the test ends.
func poll(t *testing.T, s *testapi.Server, handler bot.HandlerFunc) *bot.Bot {
	t.Helper()
	b := newBot(t, s, handler)
	ctx, cancel := context.WithCancel(t.Context())
	stopped := make(chan struct{})
	go func() {
		defer close(stopped)
		b.Start(ctx)
	}()
	t.Cleanup(func() {
		cancel()
		<-stopped
	})
	return b
}

func newBot(t *testing.T, s *testapi.Server, handler bot.HandlerFunc) *bot.Bot {
	t.Helper()
	b, err := bot.New(testapi.Token, bot.WithServerURL(s.URL()), bot.WithDefaultHandler(handler), bot.WithNotAsyncHandlers())
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func count(n int) func([]testapi.Message) bool {
	return func(m []testapi.Message) bool { return len(m) == n }
}

func TestTextsArriveUnchanged(t *testing.T) {
	t.Parallel()
	s := testapi.Start(t)
	if s == nil {
		return
	}
	poll(t, s, func(ctx context.Context, b *bot.Bot, u *models.Update) {
		if _, err := b.SendMessage(ctx, &bot.SendMessageParams{ChatID: u.Message.Chat.ID, Text: u.Message.Text}); err != nil {
			t.Error(err)
		}
	})
	texts := []string{
		"小微企业的补贴怎么申请？", "ＡＢＣ１２３，全角。", "👍🏽 好的", "مرحبا بالعالم", "two\nlines",
		"123", `{"a":1}`, "true", "null", "/start@other 你好",
	}
	for i, text := range texts {
		s.SendText(owner, text)
		got := s.Wait(owner, "the echo of "+text, count(i+1))
		if got[i].Text != text {
			t.Errorf("sent %q, got back %q", text, got[i].Text)
		}
	}
	if others := s.Messages(testapi.User{ID: 43}); len(others) != 0 {
		t.Errorf("another user sees %+v", others)
	}
}

func TestConversationWithButtons(t *testing.T) {
	t.Parallel()
	s := testapi.Start(t)
	if s == nil {
		return
	}
	b := poll(t, s, func(ctx context.Context, b *bot.Bot, u *models.Update) {
		if q := u.CallbackQuery; q != nil {
			m := q.Message.Message
			ok, err := b.AnswerCallbackQuery(ctx, &bot.AnswerCallbackQueryParams{CallbackQueryID: q.ID})
			if err != nil || !ok {
				t.Errorf("answerCallbackQuery: %v, %v", ok, err)
			}
			edited, err := b.EditMessageText(ctx, &bot.EditMessageTextParams{ChatID: m.Chat.ID, MessageID: m.ID, Text: "选择了 " + q.Data})
			if err != nil {
				t.Error(err)
			} else if edited.ID != m.ID || edited.Text != "选择了 "+q.Data {
				t.Errorf("the edited message is %+v", edited)
			}
			return
		}
		if e := u.Message.Entities; len(e) != 1 || e[0].Type != models.MessageEntityTypeBotCommand || e[0].Length != len("/start") {
			t.Errorf("the command's entities are %+v", e)
		}
		if u.Message.From.LanguageCode != owner.Language {
			t.Errorf("the language is %q", u.Message.From.LanguageCode)
		}
		sent, err := b.SendMessage(ctx, &bot.SendMessageParams{
			ChatID: u.Message.Chat.ID, Text: "<b>请选择</b>", ParseMode: models.ParseModeHTML,
			ReplyMarkup: &models.InlineKeyboardMarkup{InlineKeyboard: [][]models.InlineKeyboardButton{
				{{Text: "咨询", CallbackData: "kind:inquiry"}, {Text: "投诉", CallbackData: "kind:complaint"}},
			}},
		})
		if err != nil {
			t.Error(err)
		} else if diff := int64(sent.Date) - int64(u.Message.Date); diff < -2 || diff > 60 {
			t.Errorf("the message is dated %d, the command %d: not both in seconds", sent.Date, u.Message.Date)
		}
	})

	s.SendCommand(owner, "/start ref1")
	asked := s.Wait(owner, "the question", count(1))[0]
	want := []testapi.Button{{Text: "咨询", Data: "kind:inquiry"}, {Text: "投诉", Data: "kind:complaint"}}
	if asked.ParseMode != "HTML" || len(asked.Buttons) != 1 || fmt.Sprint(asked.Buttons[0]) != fmt.Sprint(want) {
		t.Fatalf("the question is %+v, want the buttons %+v", asked, want)
	}
	s.Press(owner, asked, "kind:complaint")
	got := s.Wait(owner, "the edit", func(m []testapi.Message) bool { return m[0].Text != asked.Text })
	if got[0].Text != "选择了 kind:complaint" || len(got[0].Buttons) != 0 {
		t.Errorf("after the press the message is %+v, want the choice and no buttons", got[0])
	}
	if ok, err := b.DeleteMessage(t.Context(), &bot.DeleteMessageParams{ChatID: owner.ID, MessageID: asked.ID}); err != nil || !ok {
		t.Errorf("deleteMessage: %v, %v", ok, err)
	}
	if left := s.Messages(owner); len(left) != 0 {
		t.Errorf("after the deletion there are %+v", left)
	}
}

// call makes a call the way a browser's form would, and returns the answer.
func call(t *testing.T, s *testapi.Server, token, method string, form url.Values) (status int, result json.RawMessage, description string) {
	t.Helper()
	response, err := http.PostForm(s.URL()+"/bot"+token+"/"+method, form)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	var answer struct {
		OK          bool
		Result      json.RawMessage
		Description string
	}
	if err := json.NewDecoder(response.Body).Decode(&answer); err != nil {
		t.Fatal(err)
	}
	if answer.OK != (response.StatusCode == http.StatusOK) {
		t.Errorf("%s: ok is %v with status %d", method, answer.OK, response.StatusCode)
	}
	return response.StatusCode, answer.Result, answer.Description
}

func updates(t *testing.T, s *testapi.Server, form url.Values) (ids []int64, texts []string) {
	t.Helper()
	status, result, description := call(t, s, testapi.Token, "getUpdates", form)
	if status != http.StatusOK {
		t.Fatalf("getUpdates: %d %s", status, description)
	}
	var decoded []models.Update
	if err := json.Unmarshal(result, &decoded); err != nil {
		t.Fatal(err)
	}
	for _, u := range decoded {
		ids = append(ids, u.ID)
		texts = append(texts, u.Message.Text)
	}
	return ids, texts
}

func TestUpdatesStayUntilConfirmed(t *testing.T) {
	t.Parallel()
	s := testapi.Start(t)
	if s == nil {
		return
	}
	if ids, _ := updates(t, s, nil); len(ids) != 0 {
		t.Fatalf("a new server has the updates %v", ids)
	}
	for _, text := range []string{"一", "二", "三"} {
		s.SendText(owner, text)
	}
	ids, texts := updates(t, s, nil)
	if fmt.Sprint(texts) != "[一 二 三]" {
		t.Fatalf("updates are %v", texts)
	}
	offset := func(id int64) string { return fmt.Sprint(id) }
	for _, c := range []struct {
		form url.Values
		want string
	}{
		{nil, "[一 二 三]"},
		{url.Values{"limit": {"2"}}, "[一 二]"},
		{url.Values{"offset": {offset(ids[0])}}, "[一 二 三]"},
		{url.Values{"offset": {offset(ids[1])}, "limit": {"1"}}, "[二]"},
		{nil, "[二 三]"},
		{url.Values{"offset": {offset(ids[2] + 1)}}, "[]"},
		{nil, "[]"},
	} {
		if _, got := updates(t, s, c.form); fmt.Sprint(got) != c.want {
			t.Errorf("getUpdates %v: %v, want %s", c.form, got, c.want)
		}
	}
}

func TestLongPollWaitsForAnUpdate(t *testing.T) {
	t.Parallel()
	s := testapi.Start(t)
	if s == nil {
		return
	}
	start := time.Now()
	if ids, _ := updates(t, s, url.Values{"timeout": {"1"}}); len(ids) != 0 || time.Since(start) < time.Second {
		t.Errorf("with nothing to tell a poll of 1 s returned %v after %v", ids, time.Since(start))
	}
	arrived := make(chan string, 1)
	go func() {
		defer close(arrived)
		response, err := http.PostForm(s.URL()+"/bot"+testapi.Token+"/getUpdates", url.Values{"timeout": {"600"}})
		if err != nil {
			t.Error(err)
			return
		}
		defer response.Body.Close()
		var answer struct{ Result []models.Update }
		if err := json.NewDecoder(response.Body).Decode(&answer); err != nil || len(answer.Result) == 0 {
			t.Errorf("the long poll got %+v, %v", answer, err)
			return
		}
		arrived <- answer.Result[0].Message.Text
	}()
	s.SendText(owner, "你好")
	if got := <-arrived; got != "你好" {
		t.Errorf("the long poll got %q", got)
	}
}

func TestWebhookIsTriedUntilItAccepts(t *testing.T) {
	t.Parallel()
	s := testapi.Start(t)
	if s == nil {
		return
	}
	type delivery struct{ secret, text string }
	deliveries := make(chan delivery, 10)
	refusals := 2
	hook := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var u models.Update
		if err := json.NewDecoder(r.Body).Decode(&u); err != nil {
			t.Error(err)
			return
		}
		deliveries <- delivery{r.Header.Get("X-Telegram-Bot-Api-Secret-Token"), u.Message.Text}
		if refusals > 0 { // one delivery at a time, so no lock
			refusals--
			w.WriteHeader(http.StatusInternalServerError)
		}
	}))
	defer hook.Close()
	b := newBot(t, s, nil)
	s.SendText(owner, "早")
	if ok, err := b.SetWebhook(t.Context(), &bot.SetWebhookParams{URL: hook.URL, SecretToken: "example-secret"}); err != nil || !ok {
		t.Fatalf("setWebhook: %v, %v", ok, err)
	}
	s.SendText(owner, "晚")
	for _, want := range []string{"早", "早", "早", "晚"} {
		if got := <-deliveries; got != (delivery{"example-secret", want}) {
			t.Errorf("delivered %+v, want %s with the secret", got, want)
		}
	}
	if status, _, description := call(t, s, testapi.Token, "getUpdates", nil); status != http.StatusConflict {
		t.Errorf("getUpdates beside a webhook: %d %s", status, description)
	}
	if ok, err := b.DeleteWebhook(t.Context(), &bot.DeleteWebhookParams{DropPendingUpdates: true}); err != nil || !ok {
		t.Fatalf("deleteWebhook: %v, %v", ok, err)
	}
	s.SendText(owner, "午")
	if _, texts := updates(t, s, nil); fmt.Sprint(texts) != "[午]" {
		t.Errorf("after deleteWebhook the poll gets %v", texts)
	}
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	s := testapi.Start(t)
	if s == nil {
		return
	}
	for _, c := range []struct {
		token, method string
		form          url.Values
		status        int
	}{
		{testapi.Token, "getMe", nil, http.StatusOK},
		{testapi.Token, "setMyCommands", url.Values{"commands": {`[{"command":"start","description":"开始"}]`}}, http.StatusOK},
		{testapi.Token, "sendChatAction", url.Values{"chat_id": {"42"}, "action": {"typing"}}, http.StatusOK},
		{"1:wrong", "getMe", nil, http.StatusUnauthorized},
		{testapi.Token, "sendInvoice", nil, http.StatusNotFound},
		{testapi.Token, "editMessageText", url.Values{"chat_id": {"42"}, "message_id": {"7"}, "text": {"无"}}, http.StatusBadRequest},
		{testapi.Token, "deleteMessage", url.Values{"chat_id": {"42"}, "message_id": {"7"}}, http.StatusBadRequest},
	} {
		if status, _, description := call(t, s, c.token, c.method, c.form); status != c.status {
			t.Errorf("%s %v: %d %s, want %d", c.method, c.form, status, description, c.status)
		}
	}
	b := newBot(t, s, nil)
	_, err := b.SendDocument(t.Context(), &bot.SendDocumentParams{
		ChatID: owner.ID, Document: &models.InputFileUpload{Filename: "a.txt", Data: strings.NewReader("a")},
	})
	if err == nil || !strings.Contains(err.Error(), "uploads are not emulated") {
		t.Errorf("an upload: %v", err)
	}
	response, err := http.Get(s.URL() + "/elsewhere")
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if _, err := io.Copy(io.Discard, response.Body); err != nil || response.StatusCode != http.StatusNotFound {
		t.Errorf("a path outside the Bot API: %s, %v", response.Status, err)
	}
}
