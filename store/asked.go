package store

import (
	"cmp"
	"context"
	"math/rand/v2"
	"slices"
	"time"

	"liaison/handlers"
	"liaison/ticket"
)

func dayOf(at time.Time) string { return at.In(ticket.CST).Format(time.DateOnly) }

// askedParts is how many rows count one outcome of a day, so that transactions hardly
// ever wait for each other's end to count.
const askedParts = 32

// asked is something to count.
type asked struct {
	outcome handlers.AskedOutcome
	at      time.Time
}

// CountAsked implements handlers.Asked.
func (t *tx) CountAsked(_ context.Context, o handlers.AskedOutcome, at time.Time) error {
	if err := t.writable(); err != nil {
		return err
	}
	t.asked = append(t.asked, asked{o, at})
	return nil
}

// countAsked writes what CountAsked was given, in one order, or two writers could wait
// for each other.
func (t *tx) countAsked(ctx context.Context, list []asked) error {
	slices.SortFunc(list, func(a, b asked) int { return cmp.Compare(a.outcome, b.outcome) })
	part := rand.IntN(askedParts)
	for _, a := range list {
		_, err := t.exec(ctx, `INSERT INTO asked_day (day, outcome, part, count) VALUES ($1, $2, $3, 1)
			ON CONFLICT (day, outcome, part) DO UPDATE SET count = asked_day.count + 1`, dayOf(a.at), string(a.outcome), part)
		if err != nil {
			return err
		}
	}
	return nil
}

// AskedDays implements handlers.Asked.
func (t *tx) AskedDays(ctx context.Context, from time.Time) ([]handlers.AskedDay, error) {
	type line struct {
		day     string
		outcome handlers.AskedOutcome
		count   int
	}
	lines, err := all(ctx, t, func(sc scanner) (l line, err error) {
		return l, sc.Scan(&l.day, &l.outcome, &l.count)
	}, `SELECT day, outcome, sum(count) FROM asked_day WHERE day >= $1 GROUP BY day, outcome ORDER BY day, outcome`, dayOf(from))
	var out []handlers.AskedDay
	for _, l := range lines {
		if len(out) == 0 || out[len(out)-1].Day != l.day {
			out = append(out, handlers.AskedDay{Day: l.day, Count: make(map[handlers.AskedOutcome]int)})
		}
		out[len(out)-1].Count[l.outcome] = l.count
	}
	return out, err
}

// Helped implements handlers.Asked.
func (t *tx) Helped(ctx context.Context, unit, person, question string, at time.Time) error {
	_, err := t.exec(ctx, `INSERT INTO helped (unit, person, words, question, at) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (unit, person, words) DO UPDATE SET at = excluded.at`, unit, person, gapWords(question), question, at)
	return err
}

// Liked implements handlers.Asked.
func (t *tx) Liked(ctx context.Context, since time.Time, people, limit int) ([]handlers.Liked, error) {
	list, err := all(ctx, t, func(sc scanner) (l handlers.Liked, err error) {
		return l, sc.Scan(&l.Unit, &l.People)
	}, `SELECT unit, count(DISTINCT person) FROM helped WHERE at >= $1 GROUP BY unit
		HAVING count(DISTINCT person) >= $2 ORDER BY count(DISTINCT person) DESC, max(at) DESC, unit LIMIT $3`, since, people, limit)
	if err != nil {
		return nil, err
	}
	for i := range list {
		err := t.row(ctx, `SELECT min(question) FROM helped WHERE at >= $1 AND unit = $3 GROUP BY words
			HAVING count(DISTINCT person) >= $2 ORDER BY count(DISTINCT person) DESC, words LIMIT 1`, since, people, list[i].Unit).
			Scan(&list[i].Question)
		if err != nil && ticket.CodeOf(err) != ticket.NotFound {
			return nil, err
		}
	}
	return list, nil
}
