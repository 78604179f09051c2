package store

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"liaison/handlers"
	"liaison/ticket"
)

// ticketColumns are the columns of a case in the order of ticketArgs and scanTicket.
var ticketColumns = strings.Fields(`id kind state urgent text company town category requester consent contact
	station assignee route created_at updated_at accept_by answer_by waiting_since answered_at closed_at
	reopened escalated rated solved score comment version due_at
	holder helpers moves returns extension extend_until merged_into funds outcome`)

var (
	ticketList   = strings.Join(ticketColumns, ", ")
	ticketInsert = `INSERT INTO ticket (` + ticketList + `) VALUES (` + placeholders(1, len(ticketColumns)) + `) ON CONFLICT (id) DO NOTHING`
	ticketUpdate = func() string {
		set := make([]string, len(ticketColumns))
		for i, c := range ticketColumns {
			set[i] = fmt.Sprintf("%s = $%d", c, i+1)
		}
		return `UPDATE ticket SET ` + strings.Join(set, ", ") + fmt.Sprintf(` WHERE id = $1 AND version = $%d`, len(set)+1)
	}()
)

func ticketArgs(t ticket.Ticket) ([]any, error) {
	route, err := marshal(t.Route)
	helpers, err2 := marshal(t.Helpers)
	funds, err3 := marshalAny(t.Funds)
	outcome, err4 := marshalAny(t.Outcome)
	return []any{
		t.ID, string(t.Kind), string(t.State), t.Urgent, t.Text, t.Company, t.Town, t.Category, t.Requester, t.Consent, t.Contact,
		t.Station, t.Assignee, route, t.CreatedAt, t.UpdatedAt, t.AcceptBy, t.AnswerBy, t.WaitingSince, t.AnsweredAt, t.ClosedAt,
		t.Reopened, t.Escalated, t.Rating.Given, t.Rating.Solved, t.Rating.Score, t.Rating.Comment, t.Version, t.Due(),
		t.Holder, helpers, t.Moves, t.Returns, string(t.Extension.State), t.Extension.Until, t.MergedInto, funds, outcome,
	}, errors.Join(err, err2, err3, err4)
}

func scanTicket(sc scanner) (t ticket.Ticket, err error) {
	var due time.Time // follows from the others
	err = sc.Scan(
		&t.ID, &t.Kind, &t.State, &t.Urgent, &t.Text, &t.Company, &t.Town, &t.Category, &t.Requester, &t.Consent, &t.Contact,
		&t.Station, &t.Assignee, jsonText{&t.Route}, when{&t.CreatedAt}, when{&t.UpdatedAt}, when{&t.AcceptBy}, when{&t.AnswerBy},
		when{&t.WaitingSince}, when{&t.AnsweredAt}, when{&t.ClosedAt},
		&t.Reopened, &t.Escalated, &t.Rating.Given, &t.Rating.Solved, &t.Rating.Score, &t.Rating.Comment, &t.Version, when{&due},
		&t.Holder, jsonText{&t.Helpers}, &t.Moves, &t.Returns, &t.Extension.State, when{&t.Extension.Until}, &t.MergedInto,
		jsonText{&t.Funds}, jsonText{&t.Outcome})
	return t, err
}

// NextNumber implements ticket.Tx.
func (t *tx) NextNumber(ctx context.Context, day string) (int, error) {
	n, err := t.next(ctx, "ticket "+day, 1)
	return int(n), err
}

// InsertTicket implements ticket.Tx.
func (t *tx) InsertTicket(ctx context.Context, c ticket.Ticket) error {
	args, err := ticketArgs(c)
	if err != nil {
		return err
	}
	n, err := t.exec(ctx, ticketInsert, args...)
	if err != nil {
		return err
	}
	if n == 0 {
		return ticket.Errorf(ticket.Conflict, "case %s is there already", c.ID)
	}
	t.changed(handlers.TicketChanged, c.ID)
	return t.setHelpers(ctx, c)
}

// setHelpers keeps which stations help, to find their cases by.
func (t *tx) setHelpers(ctx context.Context, c ticket.Ticket) error {
	if _, err := t.exec(ctx, `DELETE FROM ticket_helper WHERE ticket = $1`, c.ID); err != nil {
		return err
	}
	for _, station := range c.Helpers {
		if _, err := t.exec(ctx, `INSERT INTO ticket_helper (ticket, station) VALUES ($1, $2)`, c.ID, station); err != nil {
			return err
		}
	}
	return nil
}

// Ticket implements ticket.Tx.
func (t *tx) Ticket(ctx context.Context, id string) (ticket.Ticket, error) {
	query := `SELECT ` + ticketList + ` FROM ticket WHERE id = $1`
	if !t.readonly {
		query += t.store.dialect.forUpdate
	}
	return scanTicket(t.row(ctx, query, id))
}

// UpdateTicket implements ticket.Tx. The Conflict carries the present state.
func (t *tx) UpdateTicket(ctx context.Context, c ticket.Ticket) error {
	args, err := ticketArgs(c)
	if err != nil {
		return err
	}
	n, err := t.exec(ctx, ticketUpdate, append(args, c.Version-1)...)
	if err != nil {
		return err
	}
	if n == 0 {
		e := &ticket.Error{Code: ticket.Conflict}
		if err := t.row(ctx, `SELECT state FROM ticket WHERE id = $1`, c.ID).Scan(&e.State); err != nil {
			return err
		}
		return e
	}
	t.changed(handlers.TicketChanged, c.ID)
	return t.setHelpers(ctx, c)
}

// eventColumns are the columns of an event in the order of eventFields.
var eventColumns = strings.Fields(`ticket seq at actor role action from_state to_state text station object until files funds outcome`)

var (
	eventList = strings.Join(eventColumns, ", ")
	// eventListOr is for an outer join: of an event e that is not there, zeros.
	eventListOr = func() string {
		var out []string
		for _, c := range eventColumns {
			zero := "''"
			if c == "seq" || c == "at" || c == "until" {
				zero = "0"
			}
			out = append(out, fmt.Sprintf("coalesce(e.%s, %s)", c, zero))
		}
		return strings.Join(out, ", ")
	}()
)

// eventFields are where an event's columns are scanned to.
func eventFields(e *ticket.Event) []any {
	return []any{
		&e.Ticket, &e.Seq, when{&e.At}, &e.Actor, &e.Role, &e.Action, &e.From, &e.To,
		&e.Text, &e.Station, &e.Object, when{&e.Until}, jsonText{&e.Files}, jsonText{&e.Funds}, jsonText{&e.Outcome},
	}
}

func scanEvent(sc scanner) (e ticket.Event, err error) { return e, sc.Scan(eventFields(&e)...) }

// AppendEvent implements ticket.Tx. The event is sealed at the end of the
// transaction.
func (t *tx) AppendEvent(ctx context.Context, e ticket.Event) error {
	files, err := marshal(e.Files)
	funds, err2 := marshalAny(e.Funds)
	outcome, err3 := marshalAny(e.Outcome)
	if err := errors.Join(err, err2, err3); err != nil {
		return err
	}
	n, err := t.exec(ctx, `INSERT INTO ticket_event (`+eventList+`)
		VALUES (`+placeholders(1, len(eventColumns))+`) ON CONFLICT (ticket, seq) DO NOTHING`,
		e.Ticket, e.Seq, e.At, e.Actor, string(e.Role), string(e.Action), string(e.From), string(e.To), e.Text, e.Station, e.Object, e.Until, files, funds, outcome)
	if err == nil && n == 0 {
		return ticket.Errorf(ticket.Conflict, "case %s has an event %d already", e.Ticket, e.Seq)
	}
	if err == nil {
		t.unsealed = append(t.unsealed, eventLine{e.Ticket, e.Seq})
	}
	return err
}

// Events implements ticket.Tx.
func (t *tx) Events(ctx context.Context, id string) ([]ticket.Event, error) {
	return all(ctx, t, scanEvent, `SELECT `+eventList+` FROM ticket_event WHERE ticket = $1 ORDER BY seq`, id)
}

// Tickets implements ticket.Tx.
func (t *tx) Tickets(ctx context.Context, f ticket.Filter) ([]ticket.Ticket, error) {
	var w where
	if f.Requester != "" {
		w.and(`requester = $?`, f.Requester)
	}
	if f.NotOf != "" {
		w.and(`requester <> $?`, f.NotOf)
	}
	if f.Assignee != "" {
		w.and(`assignee = $?`, f.Assignee)
	}
	if f.Stations != nil {
		w.stations(f.Stations)
	}
	if f.Into != "" {
		w.and(`merged_into = $?`, f.Into)
	}
	if len(f.States) > 0 {
		w.in(`state`, texts(f.States))
	}
	if len(f.Kinds) > 0 {
		w.in(`kind`, texts(f.Kinds))
	}
	if f.OpenOnly {
		w.in(`state`, openStates)
	}
	if !f.From.IsZero() {
		w.and(`created_at >= $?`, ceilMillis(f.From))
	}
	if !f.Before.IsZero() {
		w.and(`created_at < $?`, ceilMillis(f.Before))
	}
	if !f.Overdue.IsZero() {
		w.concern(ticket.Late, f.Overdue)
	}
	w.concern(f.Concern, f.Now)
	for _, word := range strings.Fields(f.Text) {
		w.and(`(lower(id) LIKE lower($?) ESCAPE '\' OR lower(text) LIKE lower($?) ESCAPE '\' OR lower(company) LIKE lower($?) ESCAPE '\')`,
			"%"+escapeLike.Replace(word)+"%")
	}
	limit := min(f.Limit, 500)
	if limit <= 0 {
		limit = 50
	}
	order := `created_at DESC, id DESC`
	if f.ByDue {
		order = `CASE WHEN due_at = 0 THEN 1 ELSE 0 END, due_at, created_at, id`
	}
	w.args = append(w.args, limit, max(f.Offset, 0))
	return all(ctx, t, scanTicket, fmt.Sprintf(`SELECT %s FROM ticket%s ORDER BY %s LIMIT $%d OFFSET $%d`,
		ticketList, w.String(), order, len(w.args)-1, len(w.args)), w.args...)
}

// Enqueue implements ticket.Tx. The deadline is cut to what the store keeps of
// a deadline, so that Service.Fire finds the two equal.
func (t *tx) Enqueue(_ context.Context, j ticket.Job) error {
	if err := t.writable(); err != nil {
		return err
	}
	j.Due = fromMillis(millis(j.Due))
	t.jobs = append(t.jobs, j)
	return nil
}

var openStates = func() []any {
	var out []any
	for _, s := range ticket.States {
		if !s.Terminal() {
			out = append(out, string(s))
		}
	}
	return out
}()

// unaccepted are the states of Ticket.Unaccepted.
var unaccepted = func() []any {
	var out []any
	for _, s := range ticket.States {
		if (ticket.Ticket{State: s}).Unaccepted() {
			out = append(out, string(s))
		}
	}
	return out
}()

// ceilMillis rounds up, so that a stored deadline is below it just when
// Ticket.Overdue says that it has passed.
func ceilMillis(t time.Time) int64 {
	ms := millis(t)
	if t.After(time.UnixMilli(ms)) {
		ms++
	}
	return ms
}

var escapeLike = strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`)

func texts[S ~string](in []S) []any {
	out := make([]any, len(in))
	for i, s := range in {
		out[i] = string(s)
	}
	return out
}

// where collects conditions.
type where struct {
	conds []string
	args  []any
}

// and adds a condition with one argument, which it calls $?.
func (w *where) and(cond string, arg any) {
	w.args = append(w.args, arg)
	w.conds = append(w.conds, strings.ReplaceAll(cond, "$?", fmt.Sprintf("$%d", len(w.args))))
}

// in asks for a column to have one of the values; of none, nothing is selected.
func (w *where) in(column string, vals []any) {
	if len(vals) == 0 {
		w.conds = append(w.conds, "1 = 0")
		return
	}
	w.conds = append(w.conds, column+` IN (`+placeholders(len(w.args)+1, len(vals))+`)`)
	w.args = append(w.args, vals...)
}

// stations asks for the cases that the stations see as Viewer.Sees has it: their
// own, those that they still answer for, and those that they help with.
func (w *where) stations(ids []string) {
	if len(ids) == 0 {
		w.conds = append(w.conds, "1 = 0")
		return
	}
	var own, held, helped where
	own.args = w.args
	own.in(`station`, texts(ids))
	held.args = own.args
	held.in(`holder`, texts(ids))
	held.in(`state`, unaccepted)
	held.conds = append(held.conds, `holder <> ''`)
	helped.args = held.args
	helped.in(`station`, texts(ids))
	w.args = helped.args
	w.conds = append(w.conds, fmt.Sprintf(`(%s OR %s OR id IN (SELECT ticket FROM ticket_helper%s))`,
		own.conds[0], strings.Join(held.conds, " AND "), helped.String()))
}

// concern asks for the cases of a concern, as Ticket.Concerns has it.
func (w *where) concern(k ticket.Concern, now time.Time) {
	switch k {
	case ticket.Late:
		w.and(`due_at > 0 AND due_at < $?`, ceilMillis(now))
	case ticket.Soon:
		w.and(`due_at >= $?`, max(ceilMillis(now), 1))
		w.and(`due_at < $?`, ceilMillis(now.Add(ticket.SoonTime)))
	case ticket.Asking:
		w.and(`extension = $?`, string(ticket.ExtensionAsked))
		w.in(`state`, openStates)
	case ticket.Moving:
		w.and(`moves >= $?`, ticket.ManyMoves)
		w.in(`state`, openStates)
	case ticket.Again:
		w.and(`reopened > $?`, 0)
		w.in(`state`, openStates)
	case ticket.Silent:
		w.and(`state = $?`, string(ticket.Waiting))
		w.and(`waiting_since > $?`, 0)
		w.and(`waiting_since < $?`, now.Add(-ticket.SilentTime).UnixMilli()+1)
	case ticket.Unhappy:
		w.and(`rated AND (NOT solved OR score BETWEEN 1 AND $?)`, ticket.LowScore)
		w.and(`updated_at >= $?`, ceilMillis(now.Add(-ticket.UnhappyTime)))
	}
}

func (w *where) String() string {
	if len(w.conds) == 0 {
		return ""
	}
	return " WHERE " + strings.Join(w.conds, " AND ")
}

// placeholders returns n of them from $first on.
func placeholders(first, n int) string {
	var b strings.Builder
	for i := range n {
		if i > 0 {
			b.WriteString(", ")
		}
		fmt.Fprintf(&b, "$%d", first+i)
	}
	return b.String()
}
