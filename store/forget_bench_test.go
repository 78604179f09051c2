package store

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"liaison/handlers"
	"liaison/ticket"
	"liaison/ticket/workday"
)

// BenchmarkForget is what the database does when somebody is forgotten who has submitted
// 200 cases and got 5,000 answers, in a city that keeps 50,000 other answers and 10,000
// talks: all of it is one transaction of one message, which has 20 seconds.
func BenchmarkForget(b *testing.B) {
	b.Run("sqlite", func(b *testing.B) { benchmarkForget(b, Config{Dir: b.TempDir()}) })
	if dsn := os.Getenv("LIAISON_TEST_POSTGRES"); dsn != "" {
		b.Run("postgres", func(b *testing.B) { benchmarkForget(b, Config{DSN: schemaOf(b, dsn), Dir: b.TempDir()}) })
	}
}

func benchmarkForget(b *testing.B, cfg Config) {
	s, err := Open(ctx, cfg)
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	const cases, own, others, talks = 200, 5000, 50000, 10000
	number := func(n int) string { return fmt.Sprintf("CX-20261123-%05d", n) }
	words := strings.Repeat("请带营业执照原件到窗口办理。", 12)
	reply := func(x *tx, id int, chat string, n int) error {
		body := fmt.Sprintf(`{"ref":"case:%s","text":[{"text":"%s %s"}]}`, number(n), number(n), words)
		_, err := x.exec(ctx, `INSERT INTO outbox (id, channel, chat, thread, lane, body, part, state, attempts, not_before, cause, done_at, bulk)
			VALUES ($1, 'telegram', $2, 0, $2, $3, 0, 'done', 0, 0, '', 1, '')`, 1<<30+id, chat, body)
		return err
	}
	update := func(fn func(*tx) error) {
		b.Helper()
		if err := s.update(ctx, fn); err != nil {
			b.Fatal(err)
		}
	}
	for from := 0; from < others; from += 5000 {
		update(func(x *tx) error {
			for i := from; i < from+5000; i++ {
				if err := reply(x, i, "-100", cases+i/10); err != nil {
					return err
				}
			}
			return nil
		})
	}
	update(func(x *tx) error {
		for i := range talks {
			if err := x.SaveConversation(ctx, fmt.Sprintf("telegram:%d:%d", i, i), []byte(`{"said":[{"for":"`+number(cases+i)+`","text":"`+words+`"}]}`), time.Now()); err != nil {
				return err
			}
		}
		return nil
	})
	clock, err := workday.New(workday.Options{})
	if err != nil {
		b.Fatal(err)
	}
	life := ticket.NewService(ticket.Everywhere(clock, ticket.DefaultPolicy()), time.Now)
	round := 0
	for b.Loop() {
		b.StopTimer()
		round++
		user := fmt.Sprint("u", round)
		var me handlers.Person
		var ids []string
		update(func(x *tx) (err error) {
			if me, err = x.Touch(ctx, handlers.Telegram, user, user, time.Now()); err != nil {
				return err
			}
			for range cases {
				c, err := life.Submit(ctx, x, ticket.Ticket{Kind: ticket.Inquiry, Requester: me.ID},
					ticket.Step{Actor: me.ID, Role: ticket.RoleRequester, Text: words}, ticket.Routed{Station: "s"})
				if err != nil {
					return err
				}
				ids = append(ids, c.ID)
				if _, err := life.Act(ctx, x, c.ID, ticket.Step{Action: ticket.Withdraw, Actor: me.ID, Role: ticket.RoleRequester}); err != nil {
					return err
				}
			}
			for i := range own {
				if err := reply(x, others+round*own+i, user, i%cases); err != nil {
					return err
				}
				if err := x.AddGap(ctx, handlers.Missed{Question: fmt.Sprint(words, i%300), Reason: handlers.Refused, Person: me.ID, At: time.Now()}); err != nil {
					return err
				}
			}
			return nil
		})
		b.StartTimer()
		began := time.Now()
		step := func(what string) { b.ReportMetric(time.Since(began).Seconds(), what+"-s"); began = time.Now() }
		update(func(x *tx) error {
			if err := x.takesLong(); err != nil {
				return err
			}
			began = time.Now()
			for _, id := range ids {
				if _, err := life.Erase(ctx, x, id, ""); err != nil {
					return err
				}
			}
			step("erase")
			if err := x.ForgetCases(ctx, ids, time.Time{}); err != nil {
				return err
			}
			step("cases")
			if _, err := x.TalksAbout(ctx, ids); err != nil {
				return err
			}
			step("talks")
			err := x.ForgetPerson(ctx, me.ID, false)
			step("person")
			return err
		})
	}
}
