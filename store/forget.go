package store

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"liaison/handlers"
	"liaison/ticket"
)

// mentions reports whether the text has the number, of a case or an account, and not
// only a longer one that has it in it. The number is not empty.
func mentions(text, id string) bool {
	digit := func(c byte) bool { return '0' <= c && c <= '9' }
	for from := 0; ; {
		i := strings.Index(text[from:], id)
		if i < 0 {
			return false
		}
		begin, end := from+i, from+i+len(id)
		longer := begin > 0 && digit(id[0]) && digit(text[begin-1]) || end < len(text) && digit(text[end])
		if !longer {
			return true
		}
		from = begin + 1
	}
}

// mentionsAny reports whether the text has one of the numbers.
func mentionsAny(text string, ids []string) bool {
	return slices.ContainsFunc(ids, func(id string) bool { return mentions(text, id) })
}

// beginning is what all the numbers begin with; there is one at least.
func beginning(ids []string) string {
	same := ids[0]
	for _, id := range ids {
		for !strings.HasPrefix(id, same) {
			same = same[:len(same)-1]
		}
	}
	return same
}

// statement is one query of several.
type statement struct {
	query string
	args  []any
}

func (t *tx) run(ctx context.Context, statements ...statement) error {
	for _, s := range statements {
		if _, err := t.exec(ctx, s.query, s.args...); err != nil {
			return fmt.Errorf("%s: %w", strings.Join(strings.Fields(s.query)[:3], " "), err)
		}
	}
	return nil
}

// ofStaff is the condition that a chat is the private one of somebody who is or was appointed.
const ofStaff = `EXISTS (SELECT 1 FROM account a JOIN membership m ON m.person = a.person WHERE a.channel = %s AND a.chat = %s.chat)`

// ForgetCases implements handlers.Personal.
func (t *tx) ForgetCases(ctx context.Context, tickets []string, learned time.Time) error {
	if err := t.takesLong(); err != nil {
		return err
	}
	if err := t.forgetRepeated(ctx, tickets); err != nil {
		return err
	}
	for _, id := range tickets {
		err := t.run(ctx, statement{`DELETE FROM unheard WHERE ticket = $1`, []any{id}}, statement{`UPDATE topic SET name = '' WHERE key = $1`, []any{id}})
		if err != nil {
			return err
		}
		t.changed(handlers.TicketChanged, id)
	}
	if learned.IsZero() {
		return nil
	}
	// Without a digest the next training is not taken for a repetition.
	return t.run(ctx,
		statement{`DELETE FROM routing_pin WHERE number IN (SELECT number FROM routing_model WHERE at >= $1)`, []any{learned}},
		statement{`UPDATE routing_model SET model = $2, digest = '', used = FALSE WHERE at >= $1`, []any{learned, []byte{}}})
}

// forgetRepeated removes what others were told of the cases and what staff wrote about
// them. It looks through each table once, however many cases there are.
func (t *tx) forgetRepeated(ctx context.Context, tickets []string) error {
	if len(tickets) == 0 {
		return nil
	}
	type found struct {
		id  int64
		one bool // of the cases
	}
	scan := func(sc scanner) (f found, err error) {
		var body string
		err = sc.Scan(&f.id, &body)
		f.one = mentionsAny(body, tickets)
		return f, err
	}
	like := "%" + escapeLike.Replace(beginning(tickets)) + "%"
	for _, q := range []struct{ table, cond string }{
		// To a group, to staff, or no longer needed: what waits for somebody else stays.
		{`outbox`, `state <> 'queued' OR ` + fmt.Sprintf(ofStaff, `outbox.channel`, `outbox`) +
			` OR NOT EXISTS (SELECT 1 FROM account a WHERE a.channel = outbox.channel AND a.chat = outbox.chat)`},
		{`line`, fmt.Sprintf(ofStaff, `'`+string(handlers.Web)+`'`, `line`)},
		// Put aside, from a group or from staff.
		{`inbox`, `state = 'parked' AND NOT EXISTS (SELECT 1 FROM account a WHERE a.channel = inbox.channel AND a.channel || ':' || a.chat = inbox.lane
			AND NOT EXISTS (SELECT 1 FROM membership m WHERE m.person = a.person))`},
	} {
		rows, err := all(ctx, t, scan, `SELECT id, body FROM `+q.table+` WHERE body LIKE $1 ESCAPE '\' AND (`+q.cond+`)`, like)
		if err != nil {
			return err
		}
		for _, r := range rows {
			if !r.one {
				continue
			}
			if _, err := t.exec(ctx, `DELETE FROM `+q.table+` WHERE id = $1`, r.id); err != nil {
				return err
			}
		}
	}
	return nil
}

// ForgetPerson implements handlers.Personal.
func (t *tx) ForgetPerson(ctx context.Context, person string, appointed bool) error {
	if err := t.takesLong(); err != nil {
		return err
	}
	accounts, err := t.Accounts(ctx, person)
	if err != nil {
		return err
	}
	for _, a := range accounts {
		if err := t.forgetAccount(ctx, a, appointed); err != nil {
			return err
		}
	}
	if err := t.forgetQuestions(ctx, person); err != nil {
		return err
	}
	if _, err := t.next(ctx, forgotten, 1); err != nil {
		return err
	}
	drafts := `SELECT id FROM visit WHERE state = 'draft' AND (observer = $1 OR written_by = $1)`
	err = t.run(ctx,
		statement{`DELETE FROM helped WHERE person = $1`, []any{person}},
		statement{`DELETE FROM visit_opinion WHERE visit IN (` + drafts + `)`, []any{person}},
		statement{`DELETE FROM visit WHERE id IN (` + drafts + `)`, []any{person}})
	if err != nil || appointed {
		return err
	}
	one := []any{person}
	return t.run(ctx,
		statement{`DELETE FROM code WHERE person = $1`, one},
		statement{`DELETE FROM session WHERE person = $1`, one},
		statement{`DELETE FROM absence WHERE person = $1`, one},
		statement{`UPDATE absence SET deputy = '' WHERE deputy = $1`, one},
		statement{`DELETE FROM duty WHERE person = $1`, one},
		statement{`DELETE FROM replying WHERE person = $1`, one},
		statement{`DELETE FROM membership WHERE person = $1`, one},
		statement{`DELETE FROM account WHERE person = $1`, one},
		// The hash of a visit has the visitor's name in it.
		statement{`UPDATE visit SET visitor = $2, fingerprint = 'erased ' || id WHERE observer = $1`, []any{person, ticket.ErasedText}},
		statement{`UPDATE visit_correction SET person = '' WHERE person = $1`, one},
		statement{`UPDATE visit SET observer = CASE WHEN observer = $1 THEN '' ELSE observer END, written_by = CASE WHEN written_by = $1 THEN '' ELSE written_by END
			WHERE observer = $1 OR written_by = $1`, one},
		statement{`UPDATE ticket SET contact = '', consent = FALSE WHERE requester = $1`, one},
		statement{`UPDATE person SET lang = '', label = CASE WHEN EXISTS (SELECT 1 FROM ticket_event e WHERE e.actor = $1 AND e.role IN ($2, $3, $4)) THEN label ELSE '' END
			WHERE id = $1`, []any{person, string(ticket.RoleAgent), string(ticket.RoleHelper), string(ticket.RoleSupervisor)}},
		statement{`DELETE FROM person WHERE id = $1 AND label = '' AND NOT EXISTS (SELECT 1 FROM ticket c WHERE c.requester = $1)`, one})
}

// forgetAccount removes what was said in the account's private chat and what notes
// there are of it. Of a message that was taken in, its key stays where that is the
// channel's own number, so that it is known when it comes again.
func (t *tx) forgetAccount(ctx context.Context, a handlers.Account, appointed bool) error {
	cond, args := talksOf(a)
	if err := t.run(ctx, statement{`DELETE FROM conversation WHERE ` + cond, args}); err != nil {
		return err
	}
	channel := string(a.Channel)
	cond, args = parkedOf(a)
	if err := t.run(ctx, statement{`DELETE FROM inbox WHERE ` + cond, args}); err != nil {
		return err
	}
	if err := t.forgetUnread(ctx, a); err != nil || a.Chat == "" {
		return err
	}
	chat := []any{channel, a.Chat}
	lane := handlers.Address{Channel: a.Channel, Chat: a.Chat}.Lane()
	// A reply that waits to be written anew: see handlers.Delivered.
	delivered := fmt.Sprintf(`%%"to":{"channel":"%s","chat":"%s"%%`, channel, escapeLike.Replace(a.Chat))
	keys := escapeLike.Replace(a.Chat) + ":%"
	err := t.run(ctx,
		statement{`DELETE FROM inbox WHERE state <> 'queued' AND lane = $1 AND key LIKE $2 ESCAPE '\'`, []any{lane, keys}},
		statement{`UPDATE inbox SET lane = '', body = '', cause = '' WHERE state <> 'queued' AND lane = $1`, []any{lane}},
		statement{`DELETE FROM handled WHERE channel = $1 AND key LIKE $2 ESCAPE '\'`, []any{channel, keys}},
		statement{`DELETE FROM inbox WHERE channel = $1 AND body LIKE $2 ESCAPE '\'`, []any{string(handlers.Drafts), delivered}},
		statement{`DELETE FROM outbox WHERE channel = $1 AND chat = $2 AND state <> 'queued'`, chat})
	if err == nil && a.Channel == handlers.Web {
		err = t.run(ctx, statement{`DELETE FROM line WHERE chat = $1`, []any{a.Chat}})
		t.changed(handlers.LineWritten, a.Chat)
	}
	if err != nil || appointed {
		return err
	}
	return t.run(ctx,
		statement{`DELETE FROM outbox WHERE channel = $1 AND chat = $2`, chat},
		statement{`DELETE FROM sent WHERE channel = $1 AND chat = $2`, chat},
		statement{`DELETE FROM topic WHERE channel = $1 AND chat = $2`, chat},
		statement{`DELETE FROM unreached WHERE channel = $1 AND chat = $2`, chat},
		statement{`DELETE FROM chat_move WHERE channel = $1 AND chat = $2 OR to_channel = $1 AND to_chat = $2`, chat})
}

// forgetUnread removes what came in from the account and could not be read. Where in it
// the user stands is not known.
func (t *tx) forgetUnread(ctx context.Context, a handlers.Account) error {
	if a.User == "" {
		return nil
	}
	type unread struct {
		id int64
		m  handlers.Message
	}
	list, err := all(ctx, t, func(sc scanner) (u unread, err error) { return u, sc.Scan(&u.id, jsonText{&u.m}) },
		`SELECT id, body FROM inbox WHERE state = 'parked' AND channel = $1 AND body LIKE $2 ESCAPE '\'`,
		string(a.Channel), `%"unread":"%`+escapeLike.Replace(a.User)+`%`)
	if err != nil {
		return err
	}
	for _, u := range list {
		if !mentions(u.m.Unread, a.User) {
			continue
		}
		if _, err := t.exec(ctx, `DELETE FROM inbox WHERE id = $1`, u.id); err != nil {
			return err
		}
	}
	return nil
}

// forgetQuestions takes the person from those who wait for answers, with the wordings
// that nobody else used, what was made of these, and the gaps that have no other.
func (t *tx) forgetQuestions(ctx context.Context, person string) error {
	type asked struct{ id, gap, question string }
	list, err := all(ctx, t, func(sc scanner) (a asked, err error) { return a, sc.Scan(&a.id, &a.gap, &a.question) },
		`SELECT w.id, w.gap, w.question FROM gap_asker a JOIN gap_wording w ON w.id = a.wording WHERE a.person = $1`, person)
	if err != nil {
		return err
	}
	for _, a := range list {
		err := t.run(ctx,
			statement{`DELETE FROM gap_asker WHERE wording = $1 AND person = $2`, []any{a.id, person}},
			statement{`DELETE FROM gap_wording WHERE id = $1 AND NOT EXISTS (SELECT 1 FROM gap_asker a WHERE a.wording = $1)`, []any{a.id}},
			statement{`DELETE FROM gap WHERE id = $1 AND NOT EXISTS (SELECT 1 FROM gap_wording w WHERE w.gap = $1)`, []any{a.gap}},
			statement{standsForRest, []any{a.gap}})
		if err != nil {
			return err
		}
		t.changed(handlers.GapChanged, a.gap)
	}
	gone := make(wordings)
	for _, a := range list { // one may be there twice, for two reasons
		var left int
		if err := t.row(ctx, `SELECT count(*) FROM gap_wording WHERE words = $1`, gapWords(a.question)).Scan(&left); err != nil {
			return err
		}
		if left == 0 {
			gone.add(a.question)
		}
	}
	return t.forgetWordings(ctx, gone)
}
