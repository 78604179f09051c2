package store

import (
	"cmp"
	"context"
	"slices"
	"time"

	"liaison/handlers"
	"liaison/ticket"
	"liaison/web"
)

// talksOf is the condition for the conversations of a channel's user, in private and
// in groups.
func talksOf(a handlers.Account) (cond string, args []any) {
	return `key LIKE $1 ESCAPE '\'`, []any{escapeLike.Replace(string(a.Channel)) + ":%:" + escapeLike.Replace(a.User)}
}

// parkedOf is the condition for what was put aside of a channel's user, in private and
// in groups.
func parkedOf(a handlers.Account) (cond string, args []any) {
	return `state = 'parked' AND channel = $1 AND body LIKE $2 ESCAPE '\'`,
		[]any{string(a.Channel), `%"user":"` + escapeLike.Replace(a.User) + `"%`}
}

// Held implements handlers.Personal.
func (t *tx) Held(ctx context.Context, person string) (h handlers.Held, err error) {
	accounts, err := t.Accounts(ctx, person)
	if err != nil {
		return h, err
	}
	for _, a := range accounts {
		if err := t.heldOf(ctx, a, &h); err != nil {
			return h, err
		}
	}
	slices.SortStableFunc(h.Messages, func(a, b handlers.HeldMessage) int { return a.At.Compare(b.At) })
	h.Questions, err = all(ctx, t, func(sc scanner) (q handlers.HeldQuestion, err error) {
		return q, sc.Scan(&q.Question, &q.Reason, when{&q.At}, &q.Waits)
	}, `SELECT w.question, w.reason, a.at, a.waits FROM gap_asker a JOIN gap_wording w ON w.id = a.wording WHERE a.person = $1 ORDER BY a.at, w.id`, person)
	if err != nil {
		return h, err
	}
	h.Helped, err = all(ctx, t, func(sc scanner) (u handlers.HeldHelp, err error) {
		return u, sc.Scan(&u.Question, &u.Unit, when{&u.At})
	}, `SELECT question, unit, at FROM helped WHERE person = $1 ORDER BY at, unit`, person)
	if err != nil {
		return h, err
	}
	err = t.row(ctx, `SELECT count(*) FROM session WHERE person = $1`, person).Scan(&h.Sessions)
	return h, err
}

// heldOf adds what is kept of one account.
func (t *tx) heldOf(ctx context.Context, a handlers.Account, h *handlers.Held) error {
	cond, args := talksOf(a)
	talks, err := all(ctx, t, func(sc scanner) (k handlers.Talk, err error) {
		return k, sc.Scan(&k.Key, &k.State, when{&k.At})
	}, `SELECT key, state, at FROM conversation WHERE `+cond+` ORDER BY key`, args...)
	if err != nil {
		return err
	}
	h.Talks = append(h.Talks, talks...)
	// What could not be handled, in private or in a group, is kept for a developer to look at.
	type kept struct {
		m  handlers.Message
		at time.Time
	}
	cond, args = parkedOf(a)
	parked, err := all(ctx, t, func(sc scanner) (k kept, err error) { return k, sc.Scan(jsonText{&k.m}, when{&k.at}) },
		`SELECT body, at FROM inbox WHERE `+cond+` ORDER BY id`, args...)
	if err != nil {
		return err
	}
	for _, k := range parked {
		one := handlers.HeldMessage{Channel: a.Channel, Mine: true, At: k.at, Text: k.m.Text}
		for _, f := range k.m.Files {
			one.Files = append(one.Files, ticket.File{Hash: f.Hash, Name: f.Name, MIME: f.MIME, Size: f.Size})
		}
		h.Messages = append(h.Messages, one)
	}
	if a.Chat == "" {
		return nil
	}
	var notes int
	if err := t.row(ctx, `SELECT count(*) FROM sent WHERE channel = $1 AND chat = $2`, string(a.Channel), a.Chat).Scan(&notes); err != nil {
		return err
	}
	h.Notes += notes
	said := func(mine bool, r handlers.Reply, at time.Time) {
		h.Messages = append(h.Messages, handlers.HeldMessage{Channel: a.Channel, Mine: mine, At: at, Text: r.String(), Files: r.Files})
	}
	type line struct {
		side web.Side
		body handlers.Reply
		at   time.Time
	}
	scan := func(sc scanner) (l line, err error) { return l, sc.Scan(&l.side, jsonText{&l.body}, when{&l.at}) }
	query := `SELECT '', body, done_at FROM outbox WHERE channel = $1 AND chat = $2 AND state <> 'queued' ORDER BY id`
	if a.Channel == handlers.Web { // where the lines have both sides
		query = `SELECT side, body, at FROM line WHERE $1 <> '' AND chat = $2 ORDER BY id`
	}
	lines, err := all(ctx, t, scan, query, string(a.Channel), a.Chat)
	if err != nil {
		return err
	}
	for _, l := range lines {
		said(l.side == web.Visitor, l.body, l.at)
	}
	return nil
}

// Traces implements handlers.Personal.
func (t *tx) Traces(ctx context.Context, person string) (out []handlers.Trace, err error) {
	if err := t.takesLong(); err != nil {
		return nil, err
	}
	lines, err := all(ctx, t, scanLine, `SELECT e.ticket, e.seq FROM ticket_event e JOIN ticket c ON c.id = e.ticket
		WHERE c.requester <> $1 AND e.erased = 0 AND (e.actor = $1 AND e.role IN ($2, $3)
			OR e.action = $4 AND e.object IN (SELECT o.id FROM ticket o WHERE o.requester = $1 AND o.kind <> $5))
		ORDER BY e.ticket, e.seq`,
		person, string(ticket.RoleRequester), string(ticket.RoleObserver), string(ticket.Absorb), string(ticket.Finding))
	for _, l := range lines {
		if n := len(out); n > 0 && out[n-1].Ticket == l.ticket {
			out[n-1].Seqs = append(out[n-1].Seqs, l.seq)
			continue
		}
		out = append(out, handlers.Trace{Ticket: l.ticket, Seqs: []int{l.seq}})
	}
	return out, err
}

// TalksAbout implements handlers.Personal.
func (t *tx) TalksAbout(ctx context.Context, tickets []string) ([]string, error) {
	if len(tickets) == 0 {
		return nil, nil
	}
	type talk struct {
		key   string
		state []byte
	}
	// Row by row: the state is bytes, which the two databases search in their own ways.
	var keys []string
	rows, err := t.db.QueryContext(ctx, `SELECT key, state FROM conversation ORDER BY key`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var k talk
		if err := rows.Scan(&k.key, &k.state); err != nil {
			return nil, err
		}
		if mentionsAny(string(k.state), tickets) {
			keys = append(keys, k.key)
		}
	}
	return keys, cmp.Or(rows.Err(), rows.Close())
}

// SaidAbout implements handlers.Personal. Who has the page open need not see it anew.
func (t *tx) SaidAbout(ctx context.Context, m handlers.Message, id string) error {
	if m.From.Channel != handlers.Web {
		return nil
	}
	var line int64
	var body handlers.Reply
	err := t.row(ctx, `SELECT l.id, l.body FROM line l JOIN line_key k ON k.line = l.id WHERE k.chat = $1 AND k.key = $2`, m.From.Chat, web.SaidKey(m.Key)).
		Scan(&line, jsonText{&body})
	if ticket.CodeOf(err) == ticket.NotFound { // the page is ahead of its lines
		return nil
	}
	if err != nil {
		return err
	}
	body.Ref = "said:" + id
	text, err := marshal(body)
	if err != nil {
		return err
	}
	_, err = t.exec(ctx, `UPDATE line SET body = $2 WHERE id = $1`, line, text)
	return err
}

// StillThere implements handlers.Personal. It writes, so that nobody else is forgetting
// meanwhile.
func (t *tx) StillThere(ctx context.Context, reply int64) (bool, error) {
	n, err := t.exec(ctx, `UPDATE outbox SET cause = cause WHERE id = $1`, reply)
	return n > 0, err
}
