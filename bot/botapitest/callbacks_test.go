package botapitest_test

import (
	"strings"
	"testing"

	"github.com/go-telegram/bot"
	"github.com/go-telegram/bot/models"

	"liaison/bot/botapitest"
)

func TestCallbackQueries(t *testing.T) {
	t.Parallel()
	srv := botapitest.New(t)
	b := newClient(t, srv)
	u := started(srv)
	keyboard := models.InlineKeyboardMarkup{InlineKeyboard: [][]models.InlineKeyboardButton{{{Text: "是", CallbackData: "y"}, {Text: "否", CallbackData: "n"}}}}
	m, err := b.SendMessage(t.Context(), &bot.SendMessageParams{ChatID: u.ChatID(), Text: "有帮助吗？", ReplyMarkup: keyboard})
	if err != nil {
		t.Fatal(err)
	}
	shown := u.Messages()[0]
	answer := func(id, text string) error {
		_, err := b.AnswerCallbackQuery(t.Context(), &bot.AnswerCallbackQueryParams{CallbackQueryID: id, Text: text, ShowAlert: true})
		return err
	}
	const tooOld = "query is too old and response timeout expired or query ID is invalid"
	id := u.Press(shown, "是")
	wantErr(t, "200 units", answer(id, strings.Repeat("好", 201)), bot.ErrorBadRequest, "MESSAGE_TOO_LONG")
	wantErr(t, "first", answer(id, "谢谢"), nil, "")
	wantErr(t, "twice", answer(id, "谢谢"), bot.ErrorBadRequest, tooOld)
	wantErr(t, "unknown", answer("42", ""), bot.ErrorBadRequest, tooOld)
	late := u.PressData(shown, "stale")
	if n := srv.UnansweredCallbacks(); n != 1 {
		t.Errorf("unanswered %d", n)
	}
	srv.ExpireCallbacks()
	wantErr(t, "expired", answer(late, ""), bot.ErrorBadRequest, tooOld)

	if _, err := b.DeleteMessage(t.Context(), &bot.DeleteMessageParams{ChatID: u.ChatID(), MessageID: m.ID}); err != nil {
		t.Fatal(err)
	}
	u.PressData(shown, "y")
	ups := result[[]models.Update](t, call(t, srv, "getUpdates", nil))
	first, last := ups[1].CallbackQuery, ups[len(ups)-1].CallbackQuery
	if first.Data != "y" || first.From.ID != u.ChatID() || first.Message.Message == nil || first.Message.Message.ID != m.ID || first.ChatInstance == "" {
		t.Errorf("press: %+v", first)
	}
	if last.Message.InaccessibleMessage == nil || last.Message.InaccessibleMessage.MessageID != m.ID {
		t.Errorf("press under a deleted message: %+v", last.Message)
	}
	if a := srv.CallbackAnswers(); len(a) != 1 || !a[0].ShowAlert || a[0].Text != "谢谢" {
		t.Errorf("answers: %+v", a)
	}
	noViolations(t, srv)
}

func TestChatActions(t *testing.T) {
	t.Parallel()
	srv := botapitest.New(t)
	b := newClient(t, srv)
	u := started(srv)
	if _, err := b.SendChatAction(t.Context(), &bot.SendChatActionParams{ChatID: u.ChatID(), Action: models.ChatActionTyping}); err != nil {
		t.Error(err)
	}
	_, err := b.SendChatAction(t.Context(), &bot.SendChatActionParams{ChatID: u.ChatID(), Action: "dancing"})
	wantErr(t, "unknown action", err, bot.ErrorBadRequest, "wrong parameter action in request")
	if a := srv.ChatActions(); len(a) != 1 || a[0] != (botapitest.ChatAction{ChatID: u.ChatID(), Action: "typing"}) {
		t.Errorf("actions: %+v", a)
	}
}
