package botapitest_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/go-telegram/bot"
	"github.com/go-telegram/bot/models"

	"liaison/bot/botapitest"
)

func TestWhoCanBeWrittenTo(t *testing.T) {
	t.Parallel()
	srv := botapitest.New(t)
	b := newClient(t, srv)
	send := func(chat any) error {
		_, err := b.SendMessage(t.Context(), &bot.SendMessageParams{ChatID: chat, Text: "您好"})
		return err
	}
	stranger, blocker, gone := srv.User("陌生人"), started(srv), started(srv)
	g, sg, left, muted := srv.Group("一组", blocker), srv.Supergroup("二组"), srv.Group("三组"), srv.Supergroup("四组")
	blocker.Block()
	gone.DeleteAccount()
	g.Kick()
	sg.Kick()
	left.SetBot("left")
	muted.SetBot("restricted")

	wantErr(t, "unknown", send(12345), bot.ErrorBadRequest, "chat not found")
	wantErr(t, "unknown name", send("@nobody_example"), bot.ErrorBadRequest, "chat not found")
	wantErr(t, "empty", send(""), bot.ErrorBadRequest, "chat_id is empty")
	wantErr(t, "stranger", send(stranger.ChatID()), bot.ErrorForbidden, "bot can't initiate conversation with a user")
	wantErr(t, "blocked", send(blocker.ChatID()), bot.ErrorForbidden, "bot was blocked by the user")
	wantErr(t, "deleted account", send(gone.ChatID()), bot.ErrorForbidden, "user is deactivated")
	wantErr(t, "kicked", send(g.ChatID()), bot.ErrorForbidden, "bot was kicked from the group chat")
	wantErr(t, "kicked, supergroup", send(sg.ChatID()), bot.ErrorForbidden, "bot was kicked from the supergroup chat")
	wantErr(t, "left", send(left.ChatID()), bot.ErrorForbidden, "bot is not a member of the group chat")
	wantErr(t, "restricted", send(muted.ChatID()), bot.ErrorBadRequest, "not enough rights to send text messages to the chat")

	blocker.Unblock()
	wantErr(t, "unblocked", send(blocker.ChatID()), nil, "")
	stranger.Send("我来了")
	wantErr(t, "after writing", send(stranger.ChatID()), nil, "")

	var members []string
	for _, u := range result[[]models.Update](t, call(t, srv, "getUpdates", nil)) {
		if m := u.MyChatMember; m != nil && m.Chat.ID == blocker.ChatID() {
			members = append(members, string(m.OldChatMember.Type)+">"+string(m.NewChatMember.Type))
		}
	}
	if !slices.Equal(members, []string{"member>kicked", "kicked>member"}) {
		t.Errorf("my_chat_member: %q", members)
	}
	noViolations(t, srv)
}

func TestMigration(t *testing.T) {
	t.Parallel()
	srv := botapitest.New(t)
	b := newClient(t, srv)
	u := srv.User("群主")
	g := srv.Group("示例群", u)
	up := g.Upgrade()
	_, err := b.SendMessage(t.Context(), &bot.SendMessageParams{ChatID: g.ChatID(), Text: "x"})
	var migrate *bot.MigrateError
	if !errors.As(err, &migrate) || int64(migrate.MigrateToChatID) != up.ChatID() {
		t.Fatalf("error %v, want a move to %d", err, up.ChatID())
	}
	if migrate.Message != "bad request: Bad Request: group chat was upgraded to a supergroup chat" {
		t.Errorf("message %q", migrate.Message)
	}
	if _, err := b.SendMessage(t.Context(), &bot.SendMessageParams{ChatID: up.ChatID(), Text: "x"}); err != nil {
		t.Error(err)
	}
	var to, from int64
	for _, up := range result[[]models.Update](t, call(t, srv, "getUpdates", nil)) {
		if up.Message != nil {
			to, from = max(to, -up.Message.MigrateToChatID), max(from, -up.Message.MigrateFromChatID)
		}
	}
	if to != -up.ChatID() || from != -g.ChatID() {
		t.Errorf("service messages: to %d from %d", to, from)
	}
}

func TestPrivacyMode(t *testing.T) {
	t.Parallel()
	run := func(t *testing.T, opts []botapitest.Option, status string, want []string) {
		srv := botapitest.New(t, opts...)
		b := newClient(t, srv)
		u := srv.User("群主")
		g := srv.Supergroup("示例群", u)
		if status != "" {
			g.SetBot(status)
		}
		if _, err := b.SendMessage(t.Context(), &bot.SendMessageParams{ChatID: g.ChatID(), Text: "大家好"}); err != nil {
			t.Fatal(err)
		}
		u.SendIn(g, "闲聊")
		u.SendIn(g, "/help")
		u.SendIn(g, "/help@example_test_bot")
		u.SendIn(g, "/help@EXAMPLE_test_bot 参数")
		u.SendIn(g, "/help@other_example_bot")
		u.SendIn(g, "你好 /help")
		u.Reply(g.Messages()[0], "回复机器人")
		got, _ := texts(t, srv, nil)
		if !slices.Equal(got, want) {
			t.Errorf("bot saw %q, want %q", got, want)
		}
	}
	seen := []string{"/help", "/help@example_test_bot", "/help@EXAMPLE_test_bot 参数", "回复机器人"}
	all := []string{"闲聊", "/help", "/help@example_test_bot", "/help@EXAMPLE_test_bot 参数", "/help@other_example_bot", "你好 /help", "回复机器人"}
	t.Run("on", func(t *testing.T) { t.Parallel(); run(t, nil, "", seen) })
	t.Run("administrator", func(t *testing.T) { t.Parallel(); run(t, nil, "administrator", all) })
	t.Run("off", func(t *testing.T) { t.Parallel(); run(t, []botapitest.Option{botapitest.WithPrivacyOff()}, "", all) })
}

func TestForum(t *testing.T) {
	t.Parallel()
	srv := botapitest.New(t, botapitest.WithPrivacyOff())
	b := newClient(t, srv)
	u := srv.User("群主")
	g := srv.Forum("示例站", u)
	thread := g.Topic("工单 1")
	q := u.SendInTopic(g, thread, "这件怎么办？")
	send := func(thread int, reply int64) (*models.Message, error) {
		p := &bot.SendMessageParams{ChatID: g.ChatID(), MessageThreadID: thread, Text: "办理中"}
		if reply != 0 {
			p.ReplyParameters = &models.ReplyParameters{MessageID: int(reply)}
		}
		return b.SendMessage(t.Context(), p)
	}
	m, err := send(int(thread), 0)
	if err != nil || m.MessageThreadID != int(thread) || !m.IsTopicMessage || !m.Chat.IsForum {
		t.Errorf("in topic: %+v %v", m, err)
	}
	if m, err = send(0, q.ID); err != nil || m.MessageThreadID != int(thread) {
		t.Errorf("reply left the topic: %+v %v", m, err)
	}
	_, err = send(4242, 0)
	wantErr(t, "no such topic", err, bot.ErrorBadRequest, "message thread not found")

	_, err = b.CreateForumTopic(t.Context(), &bot.CreateForumTopicParams{ChatID: g.ChatID(), Name: "工单 2"})
	wantErr(t, "create as member", err, bot.ErrorBadRequest, "not enough rights to create a topic")
	g.SetBot("administrator")
	topic, err := b.CreateForumTopic(t.Context(), &bot.CreateForumTopicParams{ChatID: g.ChatID(), Name: "工单 2"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.CloseForumTopic(t.Context(), &bot.CloseForumTopicParams{ChatID: g.ChatID(), MessageThreadID: topic.MessageThreadID}); err != nil {
		t.Error(err)
	}
	_, err = b.CloseForumTopic(t.Context(), &bot.CloseForumTopicParams{ChatID: g.ChatID(), MessageThreadID: topic.MessageThreadID})
	wantErr(t, "closed twice", err, bot.ErrorBadRequest, "TOPIC_NOT_MODIFIED")
	g.SetBot("member")
	_, err = send(topic.MessageThreadID, 0)
	wantErr(t, "closed topic", err, bot.ErrorBadRequest, "TOPIC_CLOSED")
	reopen := &bot.ReopenForumTopicParams{ChatID: g.ChatID(), MessageThreadID: topic.MessageThreadID}
	_, err = b.ReopenForumTopic(t.Context(), reopen)
	wantErr(t, "reopen as member", err, bot.ErrorBadRequest, "not enough rights to manage topics")
	g.SetBot("administrator")
	_, err = b.ReopenForumTopic(t.Context(), reopen)
	wantErr(t, "reopen", err, nil, "")
	_, err = b.ReopenForumTopic(t.Context(), reopen)
	wantErr(t, "reopen twice", err, bot.ErrorBadRequest, "TOPIC_NOT_MODIFIED")
	rename := &bot.EditForumTopicParams{ChatID: g.ChatID(), MessageThreadID: topic.MessageThreadID, Name: "工单 2（已办结）"}
	_, err = b.EditForumTopic(t.Context(), rename)
	wantErr(t, "rename", err, nil, "")
	_, err = b.EditForumTopic(t.Context(), rename)
	wantErr(t, "same name", err, bot.ErrorBadRequest, "TOPIC_NOT_MODIFIED")
	g.DeleteTopic(thread)
	_, err = send(int(thread), 0)
	wantErr(t, "deleted topic", err, bot.ErrorBadRequest, "message thread not found")
	noViolations(t, srv)
}

func TestChatQueries(t *testing.T) {
	t.Parallel()
	srv := botapitest.New(t)
	b := newClient(t, srv)
	owner, joiner, stranger := srv.User("群主"), srv.User("新人"), srv.User("路人")
	g := srv.Group("示例群", owner)
	g.Add(joiner)
	c, err := b.GetChat(t.Context(), &bot.GetChatParams{ChatID: g.ChatID()})
	if err != nil || c.Title != "示例群" || c.Type != models.ChatTypeGroup {
		t.Errorf("getChat: %+v %v", c, err)
	}
	status := func(id int64) models.ChatMemberType {
		m, err := b.GetChatMember(t.Context(), &bot.GetChatMemberParams{ChatID: g.ChatID(), UserID: id})
		if err != nil {
			t.Fatal(err)
		}
		return m.Type
	}
	got := []models.ChatMemberType{status(owner.ChatID()), status(joiner.ChatID()), status(stranger.ChatID()), status(srv.Bot().ID)}
	g.Promote(joiner)
	got = append(got, status(joiner.ChatID()))
	g.Remove(joiner)
	got = append(got, status(joiner.ChatID()))
	want := []models.ChatMemberType{"creator", "member", "left", "member", "administrator", "left"}
	if !slices.Equal(got, want) {
		t.Errorf("statuses %q, want %q", got, want)
	}
	_, err = b.GetChatMember(t.Context(), &bot.GetChatMemberParams{ChatID: g.ChatID(), UserID: 1})
	wantErr(t, "unknown member", err, bot.ErrorBadRequest, "user not found")
	if ok, err := b.LeaveChat(t.Context(), &bot.LeaveChatParams{ChatID: g.ChatID()}); !ok || err != nil {
		t.Errorf("leaveChat: %v", err)
	}
	_, err = b.LeaveChat(t.Context(), &bot.LeaveChatParams{ChatID: g.ChatID()})
	wantErr(t, "leave twice", err, bot.ErrorForbidden, "bot is not a member of the group chat")

	var joined, leftBy []int64
	for _, up := range result[[]models.Update](t, call(t, srv, "getUpdates", nil)) {
		if up.Message == nil {
			continue
		}
		for _, u := range up.Message.NewChatMembers {
			joined = append(joined, u.ID)
		}
		if u := up.Message.LeftChatMember; u != nil {
			leftBy = append(leftBy, u.ID)
		}
	}
	if !slices.Equal(joined, []int64{joiner.ChatID()}) || !slices.Equal(leftBy, joined) {
		t.Errorf("joined %v left %v", joined, leftBy)
	}
	me, err := b.GetMe(t.Context())
	if err != nil || me.CanReadAllGroupMessages || !me.CanJoinGroups || me.Username != "example_test_bot" {
		t.Errorf("getMe: %+v %v", me, err)
	}
	noViolations(t, srv)
}
