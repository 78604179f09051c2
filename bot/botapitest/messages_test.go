package botapitest_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-telegram/bot"
	"github.com/go-telegram/bot/models"

	"liaison/bot/botapitest"
)

// wantErr checks an error of the client: which sentinel, which description.
func wantErr(t *testing.T, what string, err, sentinel error, description string) {
	t.Helper()
	if description == "" {
		if err != nil {
			t.Errorf("%s: %v", what, err)
		}
		return
	}
	if !errors.Is(err, sentinel) || !strings.HasSuffix(err.Error(), description) {
		t.Errorf("%s: %v, want %v, %s", what, err, sentinel, description)
	}
}

func TestSendMessageLimits(t *testing.T) {
	t.Parallel()
	srv := botapitest.New(t)
	b := newClient(t, srv)
	u := started(srv)
	bold := func(offset, length int) []models.MessageEntity {
		return []models.MessageEntity{{Type: models.MessageEntityTypeBold, Offset: offset, Length: length}}
	}
	for _, tc := range []struct {
		text     string
		mode     models.ParseMode
		entities []models.MessageEntity
		err      string
	}{
		{text: "你"},
		{text: strings.Repeat("策", 4096)},
		{text: strings.Repeat("🙂", 2048)},
		{text: strings.Repeat("&lt;", 4096), mode: models.ParseModeHTML}, // counted after parsing
		{text: "", err: "message text is empty"},
		{text: " \n\t", err: "text must be non-empty"},
		{text: "<b> </b>", mode: models.ParseModeHTML, err: "text must be non-empty"},
		{text: strings.Repeat("策", 4097), err: "message is too long"},
		{text: strings.Repeat("🙂", 2049), err: "message is too long"},
		{text: "<b>粗", mode: models.ParseModeHTML, err: `can't parse entities: Can't find end tag corresponding to start tag "b"`},
		{text: "1. 条", mode: models.ParseModeMarkdown, err: `can't parse entities: Character '.' is reserved and must be escaped with the preceding '\'`},
		{text: "x", mode: "XML", err: "unsupported parse_mode"},
		{text: "👉 👉  ", entities: bold(0, 2)},
		{text: "👉 👉  ", entities: bold(1, 1), err: "entity begins in a middle of a UTF-16 symbol at byte offset 4"},
		{text: "👉 👉  ", entities: bold(0, 1), err: "entity beginning at UTF-16 offset 0 ends in a middle of a UTF-16 symbol at byte offset 4"},
		{text: "aba caba", entities: bold(3, 6), err: "entity beginning at UTF-16 offset 3 ends after the end of the text at UTF-16 offset 9"},
		{text: "aba caba", entities: bold(9, 1), err: "entity begins after the end of the text at UTF-16 offset 9"},
		{text: "aba caba", entities: bold(-1, 1), err: "receive an entity with incorrect offset -1"},
		{text: "aba caba", entities: bold(0, -1), err: "receive an entity with incorrect length -1"},
		{text: "مرحبا بكم", entities: bold(6, 3)},
		{text: "x", entities: []models.MessageEntity{{Type: "shiny", Length: 1}}, err: "can't parse MessageEntity: Unsupported type specified"},
		{text: "x", entities: []models.MessageEntity{{Type: "text_link", Length: 1}}, err: `can't parse MessageEntity: Can't find field "url"`},
		{text: "x", entities: []models.MessageEntity{{Type: "text_link", Length: 1, URL: "nodot"}}, err: "entity URL 'nodot' is invalid: Wrong HTTP URL"},
		{text: "x", entities: []models.MessageEntity{{Type: "text_mention", Length: 1, User: &models.User{ID: 999}}}, err: "user not found"},
		{text: "x", entities: []models.MessageEntity{{Type: "text_mention", Length: 1, User: &models.User{ID: u.ChatID()}}}},
		{text: `<a href="tg://user?id=999">路人</a>`, mode: models.ParseModeHTML},     // an unknown person: dropped
		{text: "x", entities: []models.MessageEntity{{Type: "hashtag", Length: 1}}}, // found by Telegram itself, so dropped
	} {
		_, err := b.SendMessage(t.Context(), &bot.SendMessageParams{ChatID: u.ChatID(), Text: tc.text, ParseMode: tc.mode, Entities: tc.entities})
		name := tc.text
		if len(name) > 20 {
			name = name[:20]
		}
		wantErr(t, name, err, bot.ErrorBadRequest, tc.err)
	}
	noViolations(t, srv)
}

func TestSendMessageResult(t *testing.T) {
	t.Parallel()
	clock := newClock()
	srv := botapitest.New(t, botapitest.WithClock(clock.now))
	b := newClient(t, srv)
	u := started(srv)
	m, err := b.SendMessage(t.Context(), &bot.SendMessageParams{ChatID: u.ChatID(), ParseMode: models.ParseModeHTML,
		Text: "<b>🙂依据</b>：见 https://example.com/a ，回复 /help"})
	if err != nil {
		t.Fatal(err)
	}
	want := []models.MessageEntity{{Type: "bold", Length: 4}, {Type: "url", Offset: 7, Length: 21}, {Type: "bot_command", Offset: 33, Length: 5}}
	if m.Text != "🙂依据：见 https://example.com/a ，回复 /help" || !slices.Equal(m.Entities, want) {
		t.Errorf("%q %+v, want %+v", m.Text, m.Entities, want)
	}
	if m.Date != int(clock.now().Unix()) || m.From.Username != "example_test_bot" || !m.From.IsBot || m.Chat.ID != u.ChatID() || m.ID != 2 {
		t.Errorf("%+v", m)
	}
	mention, err := b.SendMessage(t.Context(), &bot.SendMessageParams{ChatID: u.ChatID(), ParseMode: models.ParseModeHTML,
		Text: `<a href="tg://user?id=6100000001">经办人</a>`})
	if err != nil || mention.Entities[0].User == nil || mention.Entities[0].User.FirstName != "张三" {
		t.Errorf("mention: %+v %v", mention, err)
	}
	if got := u.Messages()[0]; got.Covered(got.Entities[0]) != "🙂依据" {
		t.Errorf("covered: %q", got.Covered(got.Entities[0]))
	}
}

func TestReply(t *testing.T) {
	t.Parallel()
	srv := botapitest.New(t)
	b := newClient(t, srv)
	u := srv.User("张三")
	q := u.Send("请问补贴标准？")
	send := func(p models.ReplyParameters) (*models.Message, error) {
		return b.SendMessage(t.Context(), &bot.SendMessageParams{ChatID: u.ChatID(), Text: "答复", ReplyParameters: &p})
	}
	m, err := send(models.ReplyParameters{MessageID: int(q.ID), Quote: "补贴标准"})
	if err != nil || m.ReplyToMessage == nil || m.ReplyToMessage.Text != q.Text {
		t.Errorf("reply: %+v %v", m, err)
	}
	_, err = send(models.ReplyParameters{MessageID: 99})
	wantErr(t, "missing target", err, bot.ErrorBadRequest, "message to be replied not found")
	if m, err = send(models.ReplyParameters{MessageID: 99, AllowSendingWithoutReply: true}); err != nil || m.ReplyToMessage != nil {
		t.Errorf("allowed without: %+v %v", m, err)
	}
	_, err = send(models.ReplyParameters{MessageID: int(q.ID), Quote: "没有这句"})
	wantErr(t, "wrong quote", err, bot.ErrorBadRequest, "QUOTE_TEXT_INVALID")
	_, err = send(models.ReplyParameters{MessageID: int(q.ID), ChatID: 12345})
	wantErr(t, "wrong chat", err, bot.ErrorBadRequest, "chat not found")
	noViolations(t, srv)
}

func TestEdit(t *testing.T) {
	t.Parallel()
	srv := botapitest.New(t)
	b := newClient(t, srv)
	u := srv.User("张三")
	theirs := u.Send("我的话")
	keyboard := models.InlineKeyboardMarkup{InlineKeyboard: [][]models.InlineKeyboardButton{{{Text: "是", CallbackData: "y"}}}}
	m, err := b.SendMessage(t.Context(), &bot.SendMessageParams{ChatID: u.ChatID(), Text: "一", ReplyMarkup: keyboard})
	if err != nil {
		t.Fatal(err)
	}
	reply, err := b.SendMessage(t.Context(), &bot.SendMessageParams{ChatID: u.ChatID(), Text: "选", ReplyMarkup: models.ReplyKeyboardMarkup{
		Keyboard: [][]models.KeyboardButton{{{Text: "咨询"}}}}})
	if err != nil {
		t.Fatal(err)
	}
	gone, err := b.SendMessage(t.Context(), &bot.SendMessageParams{ChatID: u.ChatID(), Text: "删"})
	if err != nil {
		t.Fatal(err)
	}
	if ok, err := b.DeleteMessage(t.Context(), &bot.DeleteMessageParams{ChatID: u.ChatID(), MessageID: gone.ID}); !ok || err != nil {
		t.Fatal(err)
	}
	edit := func(id int, text string, markup models.ReplyMarkup) error {
		_, err := b.EditMessageText(t.Context(), &bot.EditMessageTextParams{ChatID: u.ChatID(), MessageID: id, Text: text, ParseMode: models.ParseModeHTML, ReplyMarkup: markup})
		return err
	}
	const same = "message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message"
	wantErr(t, "same", edit(m.ID, "一", keyboard), bot.ErrorBadRequest, same)
	wantErr(t, "keyboard dropped", edit(m.ID, "一", nil), nil, "")
	wantErr(t, "same again", edit(m.ID, "一", nil), bot.ErrorBadRequest, same)
	wantErr(t, "entities only", edit(m.ID, "<b>一</b>", nil), nil, "")
	wantErr(t, "same entities", edit(m.ID, "<b>一</b>", nil), bot.ErrorBadRequest, same)
	wantErr(t, "text", edit(m.ID, "二", keyboard), nil, "")
	wantErr(t, "empty", edit(m.ID, "", nil), bot.ErrorBadRequest, "message text is empty")
	wantErr(t, "not inline", edit(m.ID, "三", models.ForceReply{ForceReply: true}), bot.ErrorBadRequest, "inline keyboard expected")
	wantErr(t, "theirs", edit(int(theirs.ID), "改", nil), bot.ErrorBadRequest, "message can't be edited")
	wantErr(t, "with reply keyboard", edit(reply.ID, "改", nil), bot.ErrorBadRequest, "message can't be edited")
	wantErr(t, "deleted", edit(gone.ID, "改", nil), bot.ErrorBadRequest, "message to edit not found")
	wantErr(t, "no id", edit(0, "改", nil), bot.ErrorBadRequest, "message identifier is not specified")
	_, err = b.EditMessageCaption(t.Context(), &bot.EditMessageCaptionParams{ChatID: u.ChatID(), MessageID: m.ID, Caption: "x"})
	wantErr(t, "caption of a text", err, bot.ErrorBadRequest, "there is no caption in the message to edit")

	if _, err := b.EditMessageReplyMarkup(t.Context(), &bot.EditMessageReplyMarkupParams{ChatID: u.ChatID(), MessageID: m.ID}); err != nil {
		t.Error(err)
	}
	_, err = b.EditMessageReplyMarkup(t.Context(), &bot.EditMessageReplyMarkupParams{ChatID: u.ChatID(), MessageID: m.ID})
	wantErr(t, "no keyboard to remove", err, bot.ErrorBadRequest, same)
	if _, err := b.EditMessageText(t.Context(), &bot.EditMessageTextParams{ChatID: u.ChatID(), InlineMessageID: "x", Text: "x"}); err == nil {
		t.Error("an inline message was edited")
	}
	if got := u.Messages()[0]; got.Text != "二" || got.Keyboard != nil || got.EditDate == 0 {
		t.Errorf("state: %+v", got)
	}
	noViolations(t, srv)
}

func TestDelete(t *testing.T) {
	t.Parallel()
	clock := newClock()
	srv := botapitest.New(t, botapitest.WithClock(clock.now))
	b := newClient(t, srv)
	u := srv.User("张三")
	g := srv.Supergroup("示例群", u)
	del := func(m botapitest.Message) error {
		_, err := b.DeleteMessage(t.Context(), &bot.DeleteMessageParams{ChatID: m.Chat.ID, MessageID: int(m.ID)})
		return err
	}
	private, group := u.Send("私聊"), u.SendIn(g, "群里")
	wantErr(t, "theirs, private", del(private), nil, "")
	wantErr(t, "twice", del(private), bot.ErrorBadRequest, "message to delete not found")
	wantErr(t, "theirs, group", del(group), bot.ErrorBadRequest, "message can't be deleted")
	g.SetBot("administrator")
	wantErr(t, "theirs, as administrator", del(group), nil, "")
	old := u.Send("旧")
	clock.add(49 * time.Hour)
	wantErr(t, "older than 48 hours", del(old), bot.ErrorBadRequest, "message can't be deleted")
	a, c := u.Send("a"), u.Send("c")
	if ok, err := b.DeleteMessages(t.Context(), &bot.DeleteMessagesParams{ChatID: u.ChatID(), MessageIDs: []int{int(a.ID), 999, int(c.ID)}}); !ok || err != nil {
		t.Errorf("deleteMessages: %v", err)
	}
	g.Delete(u.SendIn(g, "管理员删除"))
	if h := srv.History(g); len(h) != 0 {
		t.Errorf("left in the group: %+v", h)
	}
	if h := srv.History(u); len(h) != 1 || h[0].ID != old.ID {
		t.Errorf("left: %+v", h)
	}
	noViolations(t, srv)
}

func TestKeyboards(t *testing.T) {
	t.Parallel()
	srv := botapitest.New(t)
	b := newClient(t, srv)
	u := started(srv)
	g := srv.Group("示例群", u)
	inline := func(buttons ...models.InlineKeyboardButton) models.ReplyMarkup {
		return models.InlineKeyboardMarkup{InlineKeyboard: [][]models.InlineKeyboardButton{buttons}}
	}
	many := make([]models.InlineKeyboardButton, 101)
	for i := range many {
		many[i] = models.InlineKeyboardButton{Text: "x", CallbackData: "x"}
	}
	contact := models.ReplyKeyboardMarkup{Keyboard: [][]models.KeyboardButton{{{Text: "电话", RequestContact: true}}}}
	for _, tc := range []struct {
		name   string
		room   botapitest.Room
		markup models.ReplyMarkup
		err    string
	}{
		{"64 bytes", u, inline(models.InlineKeyboardButton{Text: "是", CallbackData: strings.Repeat("策", 21) + "x"}), ""},
		{"65 bytes", u, inline(models.InlineKeyboardButton{Text: "是", CallbackData: strings.Repeat("策", 21) + "xx"}), "BUTTON_DATA_INVALID"},
		{"no action", u, inline(models.InlineKeyboardButton{Text: "是"}), "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard"},
		{"no text", u, inline(models.InlineKeyboardButton{CallbackData: "y"}), "inline keyboard button text must be non-empty"},
		{"url", u, inline(models.InlineKeyboardButton{Text: "原文", URL: "https://example.com/政策"}), ""},
		{"bad url", u, inline(models.InlineKeyboardButton{Text: "原文", URL: "http://localhost:8080/x"}), "inline keyboard button URL 'http://localhost:8080/x' is invalid: Wrong HTTP URL"},
		{"copy", u, inline(models.InlineKeyboardButton{Text: "复制", CopyText: models.CopyTextButton{Text: "GD-1"}}), ""},
		{"100 buttons", u, inline(many[:100]...), ""},
		{"101 buttons", u, inline(many...), "reply markup is too long"},
		{"over 10 KB", u, inline(slices.Repeat([]models.InlineKeyboardButton{{Text: strings.Repeat("长", 50), CallbackData: "x"}}, 70)...), "reply markup is too long"},
		{"no buttons", u, models.InlineKeyboardMarkup{}, ""},
		{"contact in private", u, contact, ""},
		{"contact in a group", g, contact, "phone number can be requested in private chats only"},
		{"empty reply keyboard", u, models.ReplyKeyboardMarkup{Keyboard: [][]models.KeyboardButton{{}}}, "reply markup must contain at least one button"},
		{"force reply", u, models.ForceReply{ForceReply: true, InputFieldPlaceholder: "请输入"}, ""},
		{"long placeholder", u, models.ForceReply{ForceReply: true, InputFieldPlaceholder: strings.Repeat("字", 65)}, "input field placeholder must be from 1 to 64 characters"},
		{"remove", u, models.ReplyKeyboardRemove{RemoveKeyboard: true}, ""},
	} {
		_, err := b.SendMessage(t.Context(), &bot.SendMessageParams{ChatID: tc.room.ChatID(), Text: tc.name, ReplyMarkup: tc.markup})
		wantErr(t, tc.name, err, bot.ErrorBadRequest, tc.err)
	}
	got := u.Messages()
	last := got[len(got)-1]
	if force := got[len(got)-2]; !last.RemoveKeyboard || !force.ForceReply || got[0].Buttons()[0] != "是" {
		t.Errorf("states: %+v", got)
	}
	noViolations(t, srv)
}

func TestReplyKeyboardPress(t *testing.T) {
	t.Parallel()
	srv := botapitest.New(t)
	b := newClient(t, srv)
	u := started(srv)
	if _, err := b.SendMessage(t.Context(), &bot.SendMessageParams{ChatID: u.ChatID(), Text: "请选择", ReplyMarkup: models.ReplyKeyboardMarkup{
		Keyboard: [][]models.KeyboardButton{{{Text: "咨询"}}, {{Text: "电话", RequestContact: true}, {Text: "位置", RequestLocation: true}}}}}); err != nil {
		t.Fatal(err)
	}
	m := u.Messages()[0]
	if want := []string{"咨询", "电话", "位置"}; !slices.Equal(m.Buttons(), want) {
		t.Errorf("buttons %q", m.Buttons())
	}
	for _, button := range m.Buttons() {
		if id := u.Press(m, button); id != "" {
			t.Errorf("a reply button gave a callback query %q", id)
		}
	}
	h := srv.History(u)[2:]
	if h[0].Text != "咨询" || h[1].Contact == nil || h[1].Contact.UserID != u.ChatID() || h[2].Location == nil {
		t.Errorf("sent: %+v", h)
	}
}
