package bot

import (
	"errors"
	"testing"

	"liaison/bot/botapitest"
	"liaison/handlers"
	"liaison/relay"
)

// What Telegram says when it does not take a message, and what it means.
func TestWhyNotDelivered(t *testing.T) {
	t.Parallel()
	for description, want := range map[string]handlers.Why{
		"Forbidden: bot was blocked by the user":                                  handlers.WhyBlocked,
		"Forbidden: bot can't initiate conversation with a user":                  handlers.WhyBlocked,
		"Forbidden: user is deactivated":                                          handlers.WhyGone,
		"Forbidden: the group chat was deleted":                                   handlers.WhyGone,
		"Forbidden: bot was kicked from the supergroup chat":                      handlers.WhyRemoved,
		"Forbidden: bot is not a member of the supergroup chat":                   handlers.WhyRemoved,
		"Forbidden: bots can't send messages to bots":                             "",
		"Bad Request: chat not found":                                             handlers.WhyGone,
		"Bad Request: not enough rights to send text messages to the chat":        handlers.WhyNoRight,
		"Bad Request: have no rights to send a message":                           handlers.WhyNoRight,
		"Bad Request: CHAT_WRITE_FORBIDDEN":                                       handlers.WhyNoRight,
		"Bad Request: message to be replied not found":                            "",
		"Bad Request: can't parse entities: unsupported start tag at byte offset": "",
	} {
		t.Run(description, func(t *testing.T) {
			t.Parallel()
			w, u := talk(t)
			status := 400
			if description[0] == 'F' {
				status = 403
			}
			w.srv.Fail(botapitest.Fault{Method: "sendMessage", Status: status, Description: description})
			_, err := w.Deliver(t.Context(), relay.Outbound{To: to(u), Reply: say("您好")})
			var un *relay.Unreachable
			got := handlers.Why("")
			if errors.As(err, &un) {
				got = un.Why
			}
			if got != want || !relay.IsPermanent(err) {
				t.Errorf("%v: %q, want %q, and permanent", err, got, want)
			}
		})
	}
}

// An edit that Telegram does not carry out is an error only if a new message cannot
// take its place.
func TestEditsThatAreNotCarriedOut(t *testing.T) {
	t.Parallel()
	for description, again := range map[string]bool{
		"Bad Request: message is not modified: specified new message content and reply markup are exactly the same": false,
		"Bad Request: message to edit not found":               true,
		"Bad Request: message can't be edited":                 true,
		"Bad Request: MESSAGE_ID_INVALID":                      true,
		"Bad Request: there is no text in the message to edit": true,
	} {
		t.Run(description, func(t *testing.T) {
			t.Parallel()
			w, u := talk(t)
			id := w.deliver(t, relay.Outbound{To: to(u), Reply: say("一")})[0].MessageID
			w.srv.Fail(botapitest.Fault{Method: "editMessageText", Status: 400, Description: description})
			r := say("二")
			r.Ref, r.Replace = "card", true
			got := w.deliver(t, relay.Outbound{To: to(u), Reply: r, Edit: id})[0].MessageID
			if (got != id) != again || len(u.Messages()) != map[bool]int{false: 1, true: 2}[again] {
				t.Errorf("message %s after %s, of %d", got, id, len(u.Messages()))
			}
		})
	}
}

// The bot makes, names, closes and reopens topics, and says when it cannot.
func TestTopics(t *testing.T) {
	t.Parallel()
	w, u := talk(t)
	g := w.srv.Forum("示例论坛", u)
	if _, err := w.OpenTopic(t.Context(), relay.Outbound{To: to(g)}, "一"); !errors.Is(err, relay.ErrNoTopics) {
		t.Errorf("without the right: %v", err)
	}
	if _, err := w.OpenTopic(t.Context(), relay.Outbound{To: to(w.srv.Supergroup("示例群", u))}, "一"); !errors.Is(err, relay.ErrNoTopics) {
		t.Errorf("in a group without topics: %v", err)
	}
	g.SetBot("administrator")
	thread, err := w.OpenTopic(t.Context(), relay.Outbound{To: to(g)}, " 一\n二 ")
	if err != nil {
		t.Fatal(err)
	}
	in := relay.Outbound{To: to(g)}
	in.To.Thread = thread
	set := func(from, want relay.Topic) {
		t.Helper()
		for range 2 { // the second time there is nothing to modify
			if err := w.SetTopic(t.Context(), in, from, want); err != nil {
				t.Fatalf("to %+v: %v", want, err)
			}
		}
		if got := g.Topics()[0]; got.Name != want.Name || got.Closed != want.Closed {
			t.Errorf("topic %+v, want %+v", got, want)
		}
	}
	open, closed := relay.Topic{Thread: thread, Name: "一 二"}, relay.Topic{Thread: thread, Name: "完", Closed: true}
	if got := g.Topics()[0]; got.Name != open.Name {
		t.Errorf("opened as %q", got.Name)
	}
	set(open, closed)
	set(closed, open)
	theirs := in
	theirs.Ours = func() bool { return false }
	if err := w.SetTopic(t.Context(), theirs, open, closed); !errors.Is(err, relay.ErrNotOurs) || g.Topics()[0].Closed {
		t.Errorf("a chat that another process has taken over: %v, %+v", err, g.Topics()[0])
	}
	if _, err := w.OpenTopic(t.Context(), theirs, "四"); !errors.Is(err, relay.ErrNotOurs) || len(g.Topics()) != 1 {
		t.Errorf("a chat that another process has taken over: %v, %+v", err, g.Topics())
	}
	g.DeleteTopic(int64(thread))
	if err := w.SetTopic(t.Context(), in, open, closed); !errors.Is(err, relay.ErrNoTopic) {
		t.Errorf("a topic that is gone: %v", err)
	}
	g.Kick()
	var un *relay.Unreachable
	if _, err := w.OpenTopic(t.Context(), relay.Outbound{To: to(g)}, "三"); !errors.As(err, &un) || un.Why != handlers.WhyRemoved {
		t.Errorf("after the bot was kicked: %v", err)
	}
}
