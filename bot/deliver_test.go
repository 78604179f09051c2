package bot

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"liaison/bot/botapitest"
	"liaison/handlers"
	"liaison/relay"
	"liaison/ticket"
)

// talk gives a bot and a person who has written to it.
func talk(t *testing.T, opts ...botapitest.Option) (*world, *botapitest.User) {
	t.Helper()
	w := newWorld(t, nil, opts...)
	u := w.srv.User("示例")
	u.Send("/start")
	return w, u
}

func to(room botapitest.Room) handlers.Address {
	return handlers.Address{Channel: handlers.Telegram, Chat: fmt.Sprint(room.ChatID())}
}

// deliver sends all parts of a reply and returns the receipts.
func (w *world) deliver(t *testing.T, out relay.Outbound) []relay.Receipt {
	t.Helper()
	var rs []relay.Receipt
	for {
		r, err := w.Deliver(t.Context(), out)
		if err != nil {
			t.Fatalf("part %d: %v", out.Part, err)
		}
		rs = append(rs, r)
		if !r.More {
			return rs
		}
		out.Part++
	}
}

func TestDeliverText(t *testing.T) {
	t.Parallel()
	w, u := talk(t)
	rs := w.deliver(t, relay.Outbound{To: to(u), Reply: handlers.Reply{
		Text: []handlers.Span{
			{Text: "😀 依据 "}, {Text: "示例文件", URL: "https://example.com/doc"}, {Text: "：\n"},
			{Text: "前文，", Style: handlers.Quote}, {Text: "答案", Style: handlers.Mark}, {Text: "编号 "}, {Text: "CX-1", Style: handlers.Fixed},
		},
		Buttons: [][]handlers.Button{
			{{Text: "有帮助", Data: "yes"}, {Text: "没有", Data: "no"}},
			{{Text: "原文", URL: "https://example.com/doc"}, {Text: "本机", URL: "http://localhost:8080/"}},
		},
	}})
	ms := u.Messages()
	if len(ms) != 1 || len(rs) != 1 || rs[0].MessageID != fmt.Sprint(ms[0].ID) {
		t.Fatalf("receipts %v for messages %v", rs, ms)
	}
	if want := "😀 依据 示例文件：\n前文，答案\n编号 CX-1"; ms[0].Text != want || !ms[0].NoPreview {
		t.Errorf("text %q, want %q without a preview", ms[0].Text, want)
	}
	want := []botapitest.Entity{
		{Type: "text_link", Offset: 6, Length: 4, URL: "https://example.com/doc"},
		{Type: "blockquote", Offset: 12, Length: 5},
		{Type: "bold", Offset: 15, Length: 2},
		{Type: "code", Offset: 21, Length: 4},
	}
	if d := cmp.Diff(want, ms[0].Entities); d != "" {
		t.Errorf("entities (-want +got)\n%s", d)
	}
	if d := cmp.Diff([]string{"有帮助", "没有", "原文"}, ms[0].Buttons()); d != "" {
		t.Errorf("buttons (-want +got)\n%s", d)
	}
}

func TestDeliverInParts(t *testing.T) {
	t.Parallel()
	w, u := talk(t)
	long := strings.Repeat("慈溪市企业联络站👨‍👩‍👧‍👦。", 600)
	rs := w.deliver(t, relay.Outbound{To: to(u), Reply: handlers.Reply{
		Text:    []handlers.Span{{Text: long, Style: handlers.Bold}},
		Buttons: [][]handlers.Button{{{Text: "好", Data: "ok"}}},
	}})
	var all strings.Builder
	ms := u.Messages()
	for i, m := range ms {
		all.WriteString(m.Text)
		if last := i == len(ms)-1; (m.Keyboard != nil) != last {
			t.Errorf("part %d of %d has a keyboard: %t", i, len(ms), m.Keyboard != nil)
		}
		if !strings.HasSuffix(m.Text, "。") {
			t.Errorf("part %d ends inside a sentence: %q", i, m.Text[len(m.Text)-20:])
		}
	}
	if len(ms) < 3 || len(rs) != len(ms) || all.String() != long {
		t.Errorf("%d messages and %d receipts; the text came whole: %t", len(ms), len(rs), all.String() == long)
	}
	again, err := w.Deliver(t.Context(), relay.Outbound{To: to(u), Reply: say("短"), Part: 1})
	if err != nil || again.More || again.MessageID != "" || len(u.Messages()) != len(ms) {
		t.Errorf("a part that does not exist: %+v, %v", again, err)
	}
}

func TestDeliverNothingToShow(t *testing.T) {
	t.Parallel()
	w, u := talk(t)
	for _, r := range []handlers.Reply{{}, say(" \n ")} {
		if rs := w.deliver(t, relay.Outbound{To: to(u), Reply: r}); rs[0].MessageID != "" {
			t.Errorf("receipt %+v for nothing", rs[0])
		}
	}
	if ms := u.Messages(); len(ms) > 0 {
		t.Errorf("messages: %v", ms)
	}
}

func TestDeliverRefusesBadReplies(t *testing.T) {
	t.Parallel()
	w, u := talk(t)
	button := func(b handlers.Button) handlers.Reply {
		r := say("选择")
		r.Buttons = [][]handlers.Button{{b}}
		return r
	}
	for name, out := range map[string]relay.Outbound{
		"button without text":  {To: to(u), Reply: button(handlers.Button{Text: " ", Data: "x"})},
		"button without data":  {To: to(u), Reply: button(handlers.Button{Text: "好"})},
		"button data too long": {To: to(u), Reply: button(handlers.Button{Text: "好", Data: strings.Repeat("x", handlers.MaxData+1)})},
		"buttons without text": {To: to(u), Reply: handlers.Reply{Buttons: [][]handlers.Button{{{Text: "好", Data: "x"}}}}},
		"chat of the web":      {To: handlers.Address{Channel: handlers.Telegram, Chat: "v-7f3a"}, Reply: say("好")},
	} {
		if _, err := w.Deliver(t.Context(), out); !relay.IsPermanent(err) {
			t.Errorf("%s: %v, want a permanent error", name, err)
		}
	}
	if n := len(w.srv.Calls("sendMessage")); n > 0 {
		t.Errorf("%d calls were made", n)
	}
}

func TestDeliverEdits(t *testing.T) {
	t.Parallel()
	w, u := talk(t)
	first := w.deliver(t, relay.Outbound{To: to(u), Reply: say("第一版")})[0].MessageID
	edit := func(text, id string) (string, []botapitest.Message) {
		t.Helper()
		r := say(text)
		r.Ref, r.Replace = "list", true
		r.Buttons = [][]handlers.Button{{{Text: "下一页", Data: "p:2"}}}
		rs := w.deliver(t, relay.Outbound{To: to(u), Reply: r, Edit: id})
		return rs[len(rs)-1].MessageID, u.Messages()
	}
	for range 2 { // the second time nothing is modified
		if id, ms := edit("第二版", first); id != first || len(ms) != 1 || ms[0].Text != "第二版" || len(ms[0].Buttons()) != 1 {
			t.Errorf("edited: id %s, messages %v", id, ms)
		}
	}
	if id, ms := edit("第三版", "999999"); id == first || len(ms) != 2 {
		t.Errorf("a message that is gone: id %s, messages %v", id, ms)
	}
	if id, ms := edit("第四版", ""); id == first || len(ms) != 3 {
		t.Errorf("no message before: id %s, messages %v", id, ms)
	}
	prompt := say("请写下")
	prompt.Prompt = true
	asked := w.deliver(t, relay.Outbound{To: to(u), Reply: prompt})[0].MessageID
	if id, _ := edit("第五版", asked); id == asked {
		t.Error("a prompt cannot be edited, a new message was due")
	}
	// The parts of a long replacement are one edit and new messages.
	before := len(u.Messages())
	_, ms := edit(strings.Repeat("长。", 3000), first)
	if len(ms) != before+1 || len([]rune(ms[0].Text)) != maxText {
		t.Errorf("a long replacement: %d messages after %d", len(ms), before)
	}
}

func TestDeliverPrompt(t *testing.T) {
	t.Parallel()
	w, u := talk(t)
	g := w.srv.Supergroup("示例群", u)
	r := say("请写下诉求")
	r.Prompt = true
	w.deliver(t, relay.Outbound{To: to(g), Reply: r})
	if ms := g.Messages(); len(ms) != 1 || !ms[0].ForceReply {
		t.Errorf("prompt in a group: %+v", ms)
	}
	if c := w.srv.Calls("sendMessage")[0]; strings.Contains(c.Params["reply_markup"], "selective") {
		t.Errorf("a selective prompt is shown to nobody: %s", c.Params["reply_markup"])
	}
	r.Text = append([]handlers.Span{{Text: "😀甲", Person: strconv.FormatInt(u.ChatID(), 10)}}, r.Text...)
	w.deliver(t, relay.Outbound{To: to(g), Reply: r})
	if c := w.srv.Calls("sendMessage")[1]; !strings.Contains(c.Params["reply_markup"], `"selective":true`) {
		t.Errorf("a prompt for one of a group: %s", c.Params["reply_markup"])
	}
	named := g.Messages()[1]
	if len(named.Entities) != 1 || named.Entities[0].Type != "text_mention" || named.Covered(named.Entities[0]) != "😀甲" || named.Entities[0].User.ID != u.ChatID() {
		t.Errorf("who is asked: %+v", named.Entities)
	}
	r.Buttons = [][]handlers.Button{{{Text: "取消", Data: "cancel"}}}
	w.deliver(t, relay.Outbound{To: to(u), Reply: r})
	if ms := u.Messages(); len(ms) != 1 || ms[0].ForceReply || len(ms[0].Buttons()) != 1 {
		t.Errorf("prompt with buttons: %+v", ms)
	}
}

func TestDeliverAcknowledges(t *testing.T) {
	t.Parallel()
	w, u := talk(t)
	ask := say("选择")
	ask.Buttons = [][]handlers.Button{{{Text: "好", Data: "ok"}}}
	w.deliver(t, relay.Outbound{To: to(u), Reply: ask})
	press := func() string { return u.Press(u.Messages()[0], "好") }

	rs := w.deliver(t, relay.Outbound{To: to(u), Reply: handlers.Reply{Press: press(), Toast: strings.Repeat("已收到👍🏽", 60)}})
	if len(rs) != 1 || rs[0].MessageID != "" {
		t.Errorf("receipt of a mere acknowledgement: %+v", rs)
	}
	both := say("已登记")
	both.Press = press()
	w.deliver(t, relay.Outbound{To: to(u), Reply: both})
	answers := w.srv.CallbackAnswers()
	if len(answers) != 2 || answers[1].Text != "" || !strings.HasSuffix(answers[0].Text, "…") || units16(answers[0].Text) > maxToast {
		t.Errorf("answers: %+v", answers)
	}
	if ms := u.Messages(); ms[len(ms)-1].Text != "已登记" {
		t.Errorf("last message: %q", ms[len(ms)-1].Text)
	}

	late := press()
	w.srv.ExpireCallbacks()
	w.deliver(t, relay.Outbound{To: to(u), Reply: handlers.Reply{Press: late}}) // fails the test on an error

	blocked := say("仍要送达")
	blocked.Press = press()
	w.srv.Fail(botapitest.Fault{Method: "answerCallbackQuery", Status: 500})
	w.deliver(t, relay.Outbound{To: to(u), Reply: blocked})
	if ms := u.Messages(); ms[len(ms)-1].Text != "仍要送达" {
		t.Error("a failed acknowledgement kept the text back")
	}
	w.srv.Fail(botapitest.Fault{Method: "answerCallbackQuery", Status: 500})
	if _, err := w.Deliver(t.Context(), relay.Outbound{To: to(u), Reply: handlers.Reply{Press: press()}}); err == nil || relay.IsPermanent(err) {
		t.Errorf("a failed mere acknowledgement: %v, want an error to try again", err)
	}
}

func TestDeliverInTopic(t *testing.T) {
	t.Parallel()
	w, u := talk(t)
	g := w.srv.Forum("示例论坛", u)
	thread := g.Topic("工单")
	at := to(g)
	at.Thread = int(thread)
	w.deliver(t, relay.Outbound{To: at, Reply: say("在话题里")})
	g.DeleteTopic(thread)
	if _, err := w.Deliver(t.Context(), relay.Outbound{To: at, Reply: say("话题没了")}); !errors.Is(err, relay.ErrNoTopic) {
		t.Errorf("after the topic was deleted: %v, want ErrNoTopic", err)
	}
	if c := w.srv.Calls("sendMessage")[0]; c.Params["message_thread_id"] != fmt.Sprint(thread) {
		t.Errorf("sent to thread %q, want %d", c.Params["message_thread_id"], thread)
	}
}

func TestDeliverErrors(t *testing.T) {
	t.Parallel()
	transient := func(err error) bool {
		return err != nil && !relay.IsPermanent(err) && !errors.As(err, new(*relay.RetryAfter)) && !errors.As(err, new(*relay.Moved))
	}
	for name, c := range map[string]struct {
		fault botapitest.Fault
		ok    func(error) bool
	}{
		"too many requests":     {botapitest.Fault{Status: http.StatusTooManyRequests, RetryAfter: 7}, func(err error) bool { var r *relay.RetryAfter; return errors.As(err, &r) && r.After == 7*time.Second }},
		"forbidden":             {botapitest.Fault{Status: 403}, relay.IsPermanent},
		"bad request":           {botapitest.Fault{Status: 400, Description: "Bad Request: chat not found"}, relay.IsPermanent},
		"too large":             {botapitest.Fault{Status: 413}, relay.IsPermanent},
		"unauthorized":          {botapitest.Fault{Status: 401}, transient},
		"server error":          {botapitest.Fault{Status: 500}, transient},
		"a broken proxy":        {botapitest.Fault{Garbage: true}, transient},
		"connection dropped":    {botapitest.Fault{Drop: true}, transient},
		"dropped after it sent": {botapitest.Fault{DropAfter: true}, transient},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w, u := talk(t)
			c.fault.Method = "sendMessage"
			w.srv.Fail(c.fault)
			_, err := w.Deliver(t.Context(), relay.Outbound{To: to(u), Reply: say("您好")})
			if !c.ok(err) {
				t.Errorf("Deliver: %T %v", err, err)
			}
			if strings.Contains(fmt.Sprint(err), secret(w.srv)) {
				t.Errorf("the error shows the token: %v", err)
			}
		})
	}
}

func TestDeliverToThoseWhoLeft(t *testing.T) {
	t.Parallel()
	w, u := talk(t)
	g := w.srv.Group("示例群", u)
	stranger := w.srv.User("从未写过")
	u.Block()
	kicked := w.srv.Supergroup("示例群二", u)
	kicked.Kick()
	for name, room := range map[string]botapitest.Room{"blocked": u, "never wrote": stranger, "kicked": kicked, "unknown": botapitest.ChatID(4711)} {
		if _, err := w.Deliver(t.Context(), relay.Outbound{To: to(room), Reply: say("您好")}); !relay.IsPermanent(err) {
			t.Errorf("%s: %v, want a permanent error", name, err)
		}
	}
	next := g.Upgrade()
	_, err := w.Deliver(t.Context(), relay.Outbound{To: to(g), Reply: say("您好")})
	if moved := new(relay.Moved); !errors.As(err, &moved) || moved.Chat != fmt.Sprint(next.ChatID()) {
		t.Errorf("moved group: %v, want its new id %d", err, next.ChatID())
	}
}

func TestPlanIsTheSameForEveryPart(t *testing.T) {
	t.Parallel()
	r := say("a")
	r.Replace = true
	r.Files = []ticket.File{{Hash: "1", MIME: "image/png"}, {Hash: "2", MIME: "application/pdf"}}
	steps, err := plan(r)
	if err != nil || len(steps) != 3 || steps[0].text.Text != "a" {
		t.Errorf("a replacement begins with its text: %+v, %v", steps, err)
	}
	r.Replace = false
	steps, err = plan(r)
	if err != nil || len(steps) != 3 || steps[2].text.Text != "a" {
		t.Errorf("a new reply ends with its text: %+v, %v", steps, err)
	}
}
