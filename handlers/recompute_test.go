package handlers_test

import (
	"strings"
	"testing"
	"time"

	"liaison/e2e/script"
	"liaison/handlers"
	"liaison/ticket"
	"liaison/ticket/workday"
)

// A holiday that is announced while a case is open moves its deadline once, and the
// station sees the new one.
func TestRecomputeTellsTheStation(t *testing.T) {
	t.Parallel()
	p := newPlayer(t)
	s, err := script.Parse("test", `a: /staff {code agent town-henghe 横河一号}
owner: /complain 横河镇的水压不够
owner! 下一步
owner! 跳过
owner! 是，横河镇
owner! 不提供
owner! 提交
a! 签收
`)
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range s.Lines {
		p.do(line)
	}
	calendar, err := workday.New(workday.Options{Overrides: map[string]bool{"2026-11-27": false}})
	if err != nil {
		t.Fatal(err)
	}
	p.desk.Terms = ticket.Everywhere(calendar, ticket.DefaultPolicy())
	again := handlers.New(p.desk.Config)
	for _, want := range []int{1, 0} {
		if n, err := again.Recompute(t.Context()); err != nil || n != want {
			t.Fatalf("%d cases were reckoned anew (%v), want %d", n, err, want)
		}
	}
	err = p.store.View(t.Context(), func(tx handlers.Tx) error {
		c, err := tx.Ticket(t.Context(), "CX-20261123-0001")
		if due := time.Date(2026, 12, 1, 17, 30, 0, 0, ticket.CST); !c.AnswerBy.Equal(due) {
			t.Errorf("due %v, want %v", c.AnswerBy, due)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	said := saidText(p.do(script.Line{Op: script.Event, Text: "1s"}))
	if !strings.Contains(said, "-> owner\n  因工作日安排调整，CX-20261123-0001 的答复期限改为 2026年12月1日 17:30。") {
		t.Errorf("the requester is told:\n%s", said)
	}
	if !strings.Contains(said, "期限重算") || !strings.Contains(said, "答复期限 2026年12月1日 17:30") || strings.Count(said, "-> a") != 2 {
		t.Errorf("the station is told:\n%s", said)
	}
}
