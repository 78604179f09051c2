package store

import (
	"context"
	"fmt"

	"liaison/ticket"
)

// eventLine names an event that is to be sealed.
type eventLine struct {
	ticket string
	seq    int
}

// seal adds the events to the ledger, in their order. It comes last in a
// transaction: all writers of a PostgreSQL database queue for the counter.
func (t *tx) seal(ctx context.Context, lines []eventLine) error {
	if len(lines) == 0 {
		return nil
	}
	last, err := t.next(ctx, "ledger", len(lines))
	if err != nil {
		return err
	}
	n := last - int64(len(lines))
	previous := ""
	if n > 0 {
		if err := t.row(ctx, `SELECT seal FROM ledger WHERE n = $1`, n).Scan(&previous); err != nil {
			return fmt.Errorf("line %d of the ledger: %w", n, err)
		}
	}
	for _, l := range lines {
		n++
		// What is sealed is what was stored, read again.
		e, err := scanEvent(t.row(ctx, `SELECT `+eventList+` FROM ticket_event WHERE ticket = $1 AND seq = $2`, l.ticket, l.seq))
		if err != nil {
			return err
		}
		salt := newSalt()
		digest := e.Digest(salt)
		previous = e.Seal(previous, digest)
		if _, err := t.exec(ctx, `UPDATE ticket_event SET salt = $3, digest = $4 WHERE ticket = $1 AND seq = $2`, l.ticket, l.seq, salt, digest); err != nil {
			return err
		}
		_, err = t.exec(ctx, `INSERT INTO ledger (n, ticket, seq, seal) VALUES ($1, $2, $3, $4)`, n, l.ticket, l.seq, previous)
		if err != nil {
			return err
		}
	}
	return nil
}

// sealOld seals the events from before there was a ledger, once.
func (s *Store) sealOld(ctx context.Context) error {
	return s.update(ctx, func(t *tx) error {
		n, err := t.exec(ctx, `DELETE FROM counter WHERE name = 'ledger unsealed'`)
		if err != nil || n == 0 {
			return err
		}
		if err := t.takesLong(); err != nil {
			return err
		}
		lines, err := all(ctx, t, scanLine, `SELECT ticket, seq FROM ticket_event ORDER BY at, ticket, seq`)
		if err != nil {
			return err
		}
		return t.seal(ctx, lines)
	})
}

func scanLine(sc scanner) (l eventLine, err error) { return l, sc.Scan(&l.ticket, &l.seq) }

// Audit is what came of checking the ledger.
type Audit struct {
	Lines int64  // how many lines were checked and found whole
	Seal  string // of the last of them: noted elsewhere, it proves later that nothing up to here was rewritten
	// Broken is the first line that is not as it was written, nil when all are.
	Broken *BrokenLine
}

// BrokenLine is an event that was changed, removed or slipped in.
type BrokenLine struct {
	N      int64  // its line of the ledger, 0 when it has none
	Ticket string // the case, "" when the line itself is gone
	Seq    int    // the step of the case's history
	What   string // what is wrong with it
}

// Audit checks the ledger against the histories, and the cases against theirs.
// It reads all of them in one transaction, holds no writer up and takes a quarter of an
// hour at most.
func (s *Store) Audit(ctx context.Context) (a Audit, err error) {
	ctx, cancel := context.WithTimeout(ctx, longTime)
	defer cancel()
	err = s.viewOn(ctx, s.patient(), func(t *tx) error { return t.audit(ctx, &a) })
	return a, err
}

func (t *tx) audit(ctx context.Context, a *Audit) error {
	if err := t.auditLines(ctx, a); err != nil || a.Broken != nil {
		return err
	}
	for _, check := range []struct{ query, what string }{
		{`SELECT e.ticket, e.seq FROM ticket_event e LEFT JOIN ledger l ON l.ticket = e.ticket AND l.seq = e.seq
			WHERE l.n IS NULL ORDER BY e.ticket, e.seq LIMIT 1`, "it is not in the ledger: it was slipped in"},
		{`SELECT c.id, c.version FROM ticket c LEFT JOIN ticket_event e ON e.ticket = c.id AND e.seq = c.version
			WHERE e.seq IS NULL OR e.to_state <> c.state OR e.station <> c.station ORDER BY c.id LIMIT 1`, "the case does not stand as its history left it"},
		{`SELECT c.id, c.version FROM ticket c
			WHERE c.funds <> coalesce((SELECT e.funds FROM ticket_event e WHERE e.ticket = c.id AND e.seq = 1), '')
			OR c.outcome <> coalesce((SELECT e.outcome FROM ticket_event e WHERE e.ticket = c.id AND e.action = '` + string(ticket.Record) + `' ORDER BY e.seq DESC LIMIT 1), '')
			ORDER BY c.id LIMIT 1`, "what it asks for, or what came of it, is not what its history says"},
	} {
		lines, err := all(ctx, t, scanLine, check.query)
		if err != nil {
			return err
		}
		if len(lines) > 0 {
			a.Broken = &BrokenLine{Ticket: lines[0].ticket, Seq: lines[0].seq, What: check.what}
			return nil
		}
	}
	return nil
}

func (t *tx) auditLines(ctx context.Context, a *Audit) error {
	var written int64
	if err := t.row(ctx, `SELECT coalesce(max(value), 0) FROM counter WHERE name = 'ledger'`).Scan(&written); err != nil {
		return err
	}
	rows, err := t.db.QueryContext(ctx, `SELECT l.n, l.ticket, l.seq, l.seal, e.seq IS NOT NULL, coalesce(e.salt, ''), coalesce(e.digest, ''), coalesce(e.erased, 0), `+eventListOr+`
		FROM ledger l LEFT JOIN ticket_event e ON e.ticket = l.ticket AND e.seq = l.seq ORDER BY l.n`)
	if err != nil {
		return err
	}
	defer rows.Close()
	open := make(erasures)
	for rows.Next() {
		var b BrokenLine
		var there bool
		var l sealedLine
		dst := append([]any{&b.N, &b.Ticket, &b.Seq, &l.seal, &there, &l.salt, &l.digest, &l.erased}, eventFields(&l.event)...)
		if err := rows.Scan(dst...); err != nil {
			return err
		}
		switch {
		case b.N != a.Lines+1:
			a.Broken = &BrokenLine{N: a.Lines + 1, What: "the line is gone from the ledger"}
		case !there:
			b.What, a.Broken = "it was removed from the history", &b
		case !l.whole(a.Seal):
			b.What, a.Broken = "it does not say what it said when it was written", &b
		case !open.allow(b, l):
			b.What, a.Broken = "it erases other words than are gone", &b
		}
		if a.Broken != nil {
			return nil
		}
		a.Lines, a.Seal = b.N, l.seal
	}
	if err := rows.Err(); err != nil {
		return err
	}
	if a.Lines < written {
		a.Broken = &BrokenLine{N: a.Lines + 1, What: "the line is gone from the ledger"}
		return nil
	}
	a.Broken = open.first()
	return nil
}

// SealOf returns the seal of a line of the ledger; a line that is not there is
// ticket.NotFound.
func (s *Store) SealOf(ctx context.Context, n int64) (seal string, err error) {
	err = s.view(ctx, func(t *tx) error {
		return t.row(ctx, `SELECT seal FROM ledger WHERE n = $1`, n).Scan(&seal)
	})
	return seal, err
}
