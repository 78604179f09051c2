package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"liaison/ticket"
	"liaison/ticket/visit"
)

// visitColumns are the columns of a visit in the order of visitArgs and scanVisit.
var visitColumns = strings.Fields(`id state observer visitor written_by station companies visited_on town met files
	fingerprint created_at filed_at`)

var visitList = strings.Join(visitColumns, ", ")

func visitArgs(v visit.Visit) ([]any, error) {
	companies, err := marshal(v.Companies)
	files, err2 := marshal(v.Files)
	return []any{
		v.ID, string(v.State), v.Observer, v.Visitor, v.By, v.Station, companies, v.Day, v.Town, v.Met, files,
		v.Key(), v.CreatedAt, v.FiledAt,
	}, errors.Join(err, err2)
}

func scanVisit(sc scanner) (v visit.Visit, err error) {
	var key string // follows from the others
	err = sc.Scan(&v.ID, &v.State, &v.Observer, &v.Visitor, &v.By, &v.Station, jsonText{&v.Companies}, when{&v.Day}, &v.Town, &v.Met,
		jsonText{&v.Files}, &key, when{&v.CreatedAt}, when{&v.FiledAt})
	return v, err
}

// AddVisit implements handlers.Visits.
func (t *tx) AddVisit(ctx context.Context, v visit.Visit) (visit.Visit, error) {
	v.ID = newID()
	if v.CreatedAt.IsZero() {
		v.CreatedAt = t.store.cfg.Now()
	}
	args, err := visitArgs(v)
	if err != nil {
		return v, err
	}
	n, err := t.exec(ctx, `INSERT INTO visit (`+visitList+`) VALUES (`+placeholders(1, len(visitColumns))+`)
		ON CONFLICT (fingerprint) WHERE state = 'filed' DO NOTHING`, args...)
	if err != nil {
		return v, err
	}
	if n == 0 {
		return v, errVisitThere
	}
	v.Opinions = slices.Clone(v.Opinions)
	err = t.setOpinions(ctx, v)
	return v, err
}

var errVisitThere = ticket.Errorf(ticket.Conflict, "the visit is filed already")

// SaveVisit implements handlers.Visits. Of two that become the same visit at once,
// the second one's transaction fails.
func (t *tx) SaveVisit(ctx context.Context, v visit.Visit) error {
	if v.State == visit.Filed {
		var other string
		err := t.row(ctx, `SELECT id FROM visit WHERE fingerprint = $1 AND state = 'filed' AND id <> $2`, v.Key(), v.ID).Scan(&other)
		switch {
		case err == nil:
			return errVisitThere
		case ticket.CodeOf(err) != ticket.NotFound:
			return err
		}
	}
	args, err := visitArgs(v)
	if err != nil {
		return err
	}
	set := make([]string, len(visitColumns))
	for i, c := range visitColumns {
		set[i] = fmt.Sprintf("%s = $%d", c, i+1)
	}
	if err := found(t.exec(ctx, `UPDATE visit SET `+strings.Join(set, ", ")+` WHERE id = $1`, args...)); err != nil {
		return err
	}
	if _, err := t.exec(ctx, `DELETE FROM visit_opinion WHERE visit = $1`, v.ID); err != nil {
		return err
	}
	v.Opinions = slices.Clone(v.Opinions)
	return t.setOpinions(ctx, v)
}

// setOpinions writes the opinions, and numbers those that have none in place.
func (t *tx) setOpinions(ctx context.Context, v visit.Visit) error {
	next := 1
	for _, o := range v.Opinions {
		next = max(next, o.N+1)
	}
	for i := range v.Opinions {
		o := &v.Opinions[i]
		if o.N == 0 {
			o.N = next
			next++
		}
		outcome := string(o.Outcome)
		if o.Ticket != "" {
			outcome = ""
		}
		files, err := marshal(o.Files)
		if err != nil {
			return err
		}
		if _, err := t.exec(ctx, `INSERT INTO visit_opinion (visit, n, text, outcome, ticket, files) VALUES ($1, $2, $3, $4, $5, $6)`,
			v.ID, o.N, o.Text, outcome, o.Ticket, files); err != nil {
			return err
		}
	}
	return nil
}

// Visit implements handlers.Visits.
func (t *tx) Visit(ctx context.Context, id string) (visit.Visit, error) {
	query := `SELECT ` + visitList + ` FROM visit WHERE id = $1`
	if !t.readonly {
		query += t.store.dialect.forUpdate
	}
	v, err := scanVisit(t.row(ctx, query, id))
	if err != nil {
		return v, err
	}
	list := []visit.Visit{v}
	err = t.readOpinions(ctx, list)
	return list[0], err
}

// Visits implements handlers.Visits.
func (t *tx) Visits(ctx context.Context, f visit.Filter) ([]visit.Visit, error) {
	var w where
	if f.State == "" {
		f.State = visit.Filed
	}
	w.and(`state = $?`, string(f.State))
	if f.Observer != "" {
		w.and(`observer = $?`, f.Observer)
	}
	if f.Visitor != "" {
		w.and(`visitor = $?`, f.Visitor)
	}
	if f.Stations != nil {
		w.in(`station`, texts(f.Stations))
	}
	if f.Town != "" {
		w.and(`town = $?`, f.Town)
	}
	if !f.From.IsZero() {
		w.and(`visited_on >= $?`, f.From)
	}
	if !f.To.IsZero() {
		w.and(`visited_on < $?`, f.To)
	}
	if f.Text != "" {
		w.and(`(lower(companies) LIKE lower($?) ESCAPE '\' OR lower(met) LIKE lower($?) ESCAPE '\'
			OR EXISTS (SELECT 1 FROM visit_opinion o WHERE o.visit = visit.id AND lower(o.text) LIKE lower($?) ESCAPE '\'))`,
			"%"+escapeLike.Replace(f.Text)+"%")
	}
	limit := min(f.Limit, 500)
	if limit <= 0 {
		limit = 50
	}
	w.args = append(w.args, limit, max(f.Offset, 0))
	list, err := all(ctx, t, scanVisit, fmt.Sprintf(`SELECT %s FROM visit%s ORDER BY visited_on DESC, created_at DESC, id DESC LIMIT $%d OFFSET $%d`,
		visitList, w.String(), len(w.args)-1, len(w.args)), w.args...)
	if err != nil {
		return nil, err
	}
	return list, t.readOpinions(ctx, list)
}

// DropVisit implements handlers.Visits.
func (t *tx) DropVisit(ctx context.Context, id string) error {
	v, err := t.Visit(ctx, id)
	if err != nil {
		return err
	}
	if v.State != visit.Draft {
		return ticket.Errorf(ticket.NotFound, "visit %s is no draft", id)
	}
	if _, err := t.exec(ctx, `DELETE FROM visit_opinion WHERE visit = $1`, id); err != nil {
		return err
	}
	return found(t.exec(ctx, `DELETE FROM visit WHERE id = $1`, id))
}

// AddCorrection implements handlers.Visits.
func (t *tx) AddCorrection(ctx context.Context, id string, c visit.Correction) error {
	_, err := t.exec(ctx, `INSERT INTO visit_correction (visit, n, at, person, field, was, became)
		VALUES ($1, (SELECT COUNT(*) + 1 FROM visit_correction WHERE visit = $1), $2, $3, $4, $5, $6)`,
		id, c.At, c.By, string(c.Field), c.Was, c.Became)
	return err
}

// Corrections implements handlers.Visits.
func (t *tx) Corrections(ctx context.Context, id string) ([]visit.Correction, error) {
	return all(ctx, t, func(sc scanner) (c visit.Correction, err error) {
		return c, sc.Scan(when{&c.At}, &c.By, &c.Field, &c.Was, &c.Became)
	}, `SELECT at, person, field, was, became FROM visit_correction WHERE visit = $1 ORDER BY n`, id)
}

// readOpinions gives the visits their opinions, with what became of each.
func (t *tx) readOpinions(ctx context.Context, list []visit.Visit) error {
	if len(list) == 0 {
		return nil
	}
	at := make(map[string]int)
	ids := make([]any, len(list))
	for i, v := range list {
		at[v.ID], ids[i] = i, v.ID
	}
	type line struct {
		visit string
		visit.Opinion
	}
	lines, err := all(ctx, t, func(sc scanner) (l line, err error) {
		return l, sc.Scan(&l.visit, &l.N, &l.Text, &l.Outcome, &l.Ticket, jsonText{&l.Files})
	}, `SELECT visit, n, text, outcome, ticket, files FROM visit_opinion WHERE visit IN (`+placeholders(1, len(ids))+`) ORDER BY visit, n`, ids...)
	if err != nil {
		return err
	}
	var numbers []string
	for _, l := range lines {
		if l.Ticket != "" {
			numbers = append(numbers, l.Ticket)
		}
	}
	outcomes, err := t.outcomes(ctx, numbers)
	if err != nil {
		return err
	}
	for _, l := range lines {
		if l.Ticket != "" {
			l.Outcome = outcomes[l.Ticket]
		}
		v := &list[at[l.visit]]
		v.Opinions = append(v.Opinions, l.Opinion)
	}
	return nil
}

// outcomes says what became of the cases; of a merged one, what became of the case
// in which it goes on.
func (t *tx) outcomes(ctx context.Context, numbers []string) (map[string]visit.Outcome, error) {
	const batch = 500
	cases := make(map[string]ticket.Ticket)
	for want := numbers; len(want) > 0; {
		var more []string // those into which these were merged
		for len(want) > 0 {
			some := want[:min(batch, len(want))]
			want = want[len(some):]
			list, err := all(ctx, t, scanTicket, `SELECT `+ticketList+` FROM ticket WHERE id IN (`+placeholders(1, len(some))+`)`, texts(some)...)
			if err != nil {
				return nil, err
			}
			for _, c := range list {
				cases[c.ID] = c
				if _, known := cases[c.MergedInto]; c.MergedInto != "" && !known {
					more = append(more, c.MergedInto)
				}
			}
		}
		want = more
	}
	out := make(map[string]visit.Outcome)
	for _, id := range numbers {
		c := cases[id]
		for range cases { // ends whatever the data holds
			if c.MergedInto == "" {
				break
			}
			c = cases[c.MergedInto]
		}
		out[id] = visit.OfCase(c)
	}
	return out, nil
}
