package handlers_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"liaison/handlers"
	"liaison/ticket"
)

// invite makes an invitation as the operator.
func (c *city) invite() (code string) {
	c.t.Helper()
	c.update(func(ctx context.Context, tx handlers.Tx) (err error) {
		code, err = c.desk.Invite(ctx, tx, "", handlers.Code{Role: ticket.RoleAgent, Station: "town-henghe", Label: "甲（示例）"})
		return err
	})
	return code
}

func (c *city) redeem(code string) error {
	return c.store.Update(c.t.Context(), func(tx handlers.Tx) error {
		_, err := c.desk.Redeem(c.t.Context(), tx, "", code)
		return err
	})
}

// TestCodesExpireAndAreUsedOnce: of invitations and of codes for the console, each to
// the second, and by one of eight who try at the same time.
func TestCodesExpireAndAreUsedOnce(t *testing.T) {
	t.Parallel()
	c := newCity(t)
	login := func() (code string) {
		c.update(func(ctx context.Context, tx handlers.Tx) (err error) {
			code, err = c.desk.LoginCode(ctx, tx, c.person["lead"])
			return err
		})
		return code
	}
	for name, kind := range map[string]struct {
		make func() string
		ttl  time.Duration
	}{"invitation": {c.invite, handlers.InviteTTL}, "login": {login, handlers.LoginTTL}} {
		late, early, once := kind.make(), kind.make(), kind.make()
		began := c.now
		c.now = began.Add(kind.ttl)
		if err := c.redeem(late); ticket.CodeOf(err) != ticket.NotFound {
			t.Errorf("%s: at its end: %v", name, err)
		}
		c.now = began.Add(kind.ttl - time.Second)
		if err := c.redeem(strings.ToLower(early)); err != nil {
			t.Errorf("%s: before its end: %v", name, err)
		}
		if err := c.redeem(early); ticket.CodeOf(err) != ticket.NotFound {
			t.Errorf("%s: a second time: %v", name, err)
		}
		var used atomic.Int32
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				switch err := c.redeem(once); ticket.CodeOf(err) {
				case "":
					used.Add(1)
				case ticket.NotFound:
				default:
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if used.Load() != 1 {
			t.Errorf("%s: used by %d of eight at once", name, used.Load())
		}
		c.now = began
	}
}

// TestCodesAreTriedSlowly: one account has ten attempts and then one a minute; another
// is not held up by that; and all together have no more than the limit of all.
func TestCodesAreTriedSlowly(t *testing.T) {
	t.Parallel()
	c := newCity(t)
	enter := func(who, code string) string {
		return c.say(who, func(m *handlers.Message) { m.Command, m.Text = "staff", code })
	}
	const wrong, later = "无效", "试的次数太多了"
	for i := range 10 {
		if got := enter("stranger", "AAAA-BBBB-CCCC"); !strings.Contains(got, wrong) {
			t.Fatalf("attempt %d: %s", i+1, got)
		}
	}
	code := c.invite()
	if got := enter("stranger", code); !strings.Contains(got, later) || !strings.Contains(got, "1 分钟") {
		t.Errorf("the eleventh attempt, with a good code: %s", got)
	}
	if got := c.say("stranger", func(m *handlers.Message) { m.Text = code }); !strings.Contains(got, later) {
		t.Errorf("the same without the command: %s", got)
	}
	if got := enter("requester", "AAAA-BBBB-CCCC"); !strings.Contains(got, wrong) {
		t.Errorf("somebody else: %s", got)
	}
	c.now = c.now.Add(time.Minute)
	if got := enter("stranger", code); strings.Contains(got, later) || strings.Contains(got, wrong) {
		t.Errorf("a minute later, with the good code: %s", got)
	}
	let := 0
	for i := range 2000 {
		if c.desk.Try(t.Context(), fmt.Sprintf("source %d", i)) == 0 {
			let++
		}
	}
	if let < 150 || let > 250 {
		t.Errorf("2000 sources had %d attempts together", let)
	}
	if wait := c.desk.Try(t.Context(), "one more"); wait <= 0 || wait > time.Second {
		t.Errorf("one more must wait %v", wait)
	}
}

// TestFloodAnswer: the answer to a flood says from what on nothing is kept and until
// when, in the person's language; staff get none.
func TestFloodAnswer(t *testing.T) {
	t.Parallel()
	c := newCity(t)
	for _, row := range []struct {
		who, text, lang, want string
	}{
		{"presser", "", "zh-hans", "请稍候：您按得太快了。10:00:30 之前按下的按钮都不起作用"},
		{"stranger", "路灯又坏了", "zh-hans", "请稍候：您发送得太快了。从“路灯又坏了”起，到 10:00:30 之前发来的内容都没有保留"},
		{"newcomer", "", "en", "Please wait: you are sending too fast. Nothing is kept, or passed on to staff, from your last message on until 10:00:30"},
		{"lead", "好", "zh-hans", ""},
	} {
		var said []string
		c.update(func(ctx context.Context, tx handlers.Tx) error {
			m := handlers.Message{From: handlers.Address{Channel: handlers.Telegram, Chat: row.who}, User: row.who, Text: row.text, Lang: row.lang}
			if row.who == "presser" {
				m.Button, m.Press = "menu:help", "p"
			}
			refused, err := c.desk.Flooded(ctx, heard{tx, row.who, &said}, m, c.now.Add(30*time.Second))
			if refused != (row.want != "") {
				t.Errorf("%s: refused is %v", row.who, refused)
			}
			return err
		})
		if got := strings.Join(said, ""); !strings.HasPrefix(got, row.want) || row.want == "" && got != "" {
			t.Errorf("%s: %s", row.who, got)
		}
	}
}
