package store

import (
	"testing"
	"time"

	"liaison/handlers"
	"liaison/ticket"
)

// sealedWithWords makes the ledger what it was before there were digests: every seal of
// the words themselves.
func sealedWithWords(t *testing.T, s *Store) {
	t.Helper()
	err := s.update(ctx, func(t *tx) error {
		if _, err := t.exec(ctx, `UPDATE ticket_event SET salt = '', digest = ''`); err != nil {
			return err
		}
		lines, err := all(ctx, t, scanLine, `SELECT ticket, seq FROM ledger ORDER BY n`)
		if err != nil {
			return err
		}
		previous := ""
		for _, l := range lines {
			e, err := scanEvent(t.row(ctx, `SELECT `+eventList+` FROM ticket_event WHERE ticket = $1 AND seq = $2`, l.ticket, l.seq))
			if err != nil {
				return err
			}
			previous = e.Seal(previous, "")
			if _, err := t.exec(ctx, `UPDATE ledger SET seal = $3 WHERE ticket = $1 AND seq = $2`, l.ticket, l.seq, previous); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// eraseA takes the words out of case A of history, which must be over for that.
func eraseA(t *testing.T, s *Store) {
	t.Helper()
	service := ticket.NewService(noTerms, func() time.Time { return time.Date(2026, 11, 24, 10, 0, 0, 0, ticket.CST) })
	err := s.Update(ctx, func(tx handlers.Tx) error {
		c, err := tx.Ticket(ctx, "A")
		if err != nil {
			return err
		}
		c.State, c.Version = ticket.Closed, c.Version+1
		if err := tx.UpdateTicket(ctx, c); err != nil {
			return err
		}
		err = tx.AppendEvent(ctx, ticket.Event{Ticket: "A", Seq: int(c.Version), At: c.UpdatedAt, Actor: "p1", Role: ticket.RoleRequester,
			Action: ticket.Withdraw, From: ticket.Accepted, To: ticket.Closed, Text: "不用了", Station: "s1"})
		if err != nil {
			return err
		}
		_, err = service.Erase(ctx, tx, "A", "")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// Words that were erased are gone, the ledger stands, what was noted of it before still
// holds, and whatever else is changed is found as before: whether the events were sealed
// by digests or, by an older program, with their words.
func TestAuditAfterErasure(t *testing.T) {
	t.Parallel()
	for _, old := range []bool{false, true} {
		t.Run(first(old, "Words", "Digests"), func(t *testing.T) {
			onEach(t, func(t *testing.T, cfg Config) { auditAfterErasure(t, cfg, old) })
		})
	}
}

func auditAfterErasure(t *testing.T, cfg Config, old bool) {
	s := opened(t, cfg)
	history(t, s)
	if old {
		sealedWithWords(t, s)
	}
	before := audit(t, s)
	if before.Lines != 6 || before.Broken != nil {
		t.Fatalf("old %v: before: %+v, broken %+v", old, before, before.Broken)
	}
	eraseA(t, s)
	whole := audit(t, s)
	if whole.Lines != 8 || whole.Broken != nil {
		t.Fatalf("old %v: after the erasure: %+v, broken %+v", old, whole, whole.Broken)
	}
	if seal, err := s.SealOf(ctx, 6); err != nil || seal != before.Seal {
		t.Errorf("old %v: the seal noted before is now %q, %v", old, seal, err)
	}
	for _, row := range []struct{ query, want string }{
		// What was erased stays so, and says so.
		{`UPDATE ticket_event SET text = 'x' WHERE ticket = 'A' AND seq = 1`, "1 A 1"},
		{`UPDATE ticket_event SET text = '路灯坏了', erased = 0 WHERE ticket = 'A' AND seq = 1`, "1 A 1"},
		{`UPDATE ticket_event SET actor = 'p1' WHERE ticket = 'A' AND seq = 1`, "1 A 1"},
		{`UPDATE ticket_event SET files = '[{"hash":"cd","name":"b","mime":"c","size":1}]' WHERE ticket = 'A' AND seq = 1`, "1 A 1"},
		{`UPDATE ticket_event SET salt = '00' WHERE ticket = 'A' AND seq = 1`, "1 A 1"},
		// Its open part is as safe as any.
		{`UPDATE ticket_event SET at = at + 1 WHERE ticket = 'A' AND seq = 1`, first(old, "8 A 5", "1 A 1")},
		{`UPDATE ticket_event SET station = 's2' WHERE ticket = 'A' AND seq = 2`, first(old, "8 A 5", "2 A 2")},
		{`UPDATE ticket_event SET actor = 'a2' WHERE ticket = 'A' AND seq = 3`, first(old, "8 A 5", "3 A 3")},
		{`UPDATE ticket_event SET action = 'reply' WHERE ticket = 'A' AND seq = 3`, first(old, "8 A 5", "3 A 3")},
		{`DELETE FROM ticket_event WHERE ticket = 'A' AND seq = 2`, "2 A 2"},
		{`UPDATE ledger SET seal = 'x' WHERE n = 1`, first(old, "8 A 5", "1 A 1")},
		// The step that erased says when, on whose behalf, and what.
		{`UPDATE ticket_event SET role = 'system' WHERE ticket = 'A' AND seq = 5`, "8 A 5"},
		{`UPDATE ticket_event SET at = at + 1 WHERE ticket = 'A' AND seq = 5`, "8 A 5"},
		{`UPDATE ticket_event SET object = '' WHERE ticket = 'A' AND seq = 5`, "8 A 5"},
		{`UPDATE ticket_event SET erased = 4 WHERE ticket = 'A' AND seq = 3`, "8 A 5"},
		// Words that go without it are missed, wherever.
		{`UPDATE ticket_event SET text = '` + ticket.ErasedText + `' WHERE ticket = 'B' AND seq = 1`, "4 B 1"},
		{`UPDATE ticket_event SET actor = 'erased', text = '` + ticket.ErasedText + `', files = 'null', salt = '', erased = 3 WHERE ticket = 'B' AND seq = 1`, "4 B 1"},
		{`UPDATE ticket_event SET text = 'x' WHERE ticket = 'B' AND seq = 1`, "4 B 1"},
		{`UPDATE ticket_event SET digest = '' WHERE ticket = 'A' AND seq = 5`, "8 A 5"},
	} {
		if got := tampered(t, s, row.query); got != row.want {
			t.Errorf("old %v: %s: broken at %q, want %q", old, row.query, got, row.want)
		}
	}
	err := s.View(ctx, func(tx handlers.Tx) error {
		c, err := tx.Ticket(ctx, "A")
		if !c.Erased() || c.Text != "" || c.Station != "s1" || c.State != ticket.Closed {
			t.Errorf("the case: %+v", c)
		}
		events, err2 := tx.Events(ctx, "A")
		for i, e := range events {
			if e.Text != "" && e.Text != ticket.ErasedText || len(e.Files) > 0 || e.Actor == "p1" || e.Seq != i+1 {
				t.Errorf("old %v: %+v", old, e)
			}
		}
		if err == nil {
			err = err2
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func noTerms(string) ticket.Terms { return ticket.Terms{} }

func first(yes bool, a, b string) string {
	if yes {
		return a
	}
	return b
}

// One more line that is made bare under an erasure that there was is found too.
func TestErasureIsOfItsLinesOnly(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, cfg Config) {
		s := opened(t, cfg)
		history(t, s)
		service := ticket.NewService(noTerms, time.Now)
		err := s.Update(ctx, func(tx handlers.Tx) error {
			_, err := service.ErasePart(ctx, tx, "B", []int{3})
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if a := audit(t, s); a.Lines != 7 || a.Broken != nil {
			t.Fatalf("after the erasure: %+v, broken %+v", a, a.Broken)
		}
		query := `UPDATE ticket_event SET actor = 'erased', text = '` + ticket.ErasedText + `', files = 'null', salt = '', erased = 4 WHERE ticket = 'B' AND seq = 1`
		if got := tampered(t, s, query); got != "7 B 4" {
			t.Errorf("another line made bare: broken at %q", got)
		}
	})
}
