package store

import (
	"context"
	"math/rand/v2"
	"time"

	"liaison/handlers"
	"liaison/ticket"
)

func dayOf(at time.Time) string { return at.In(ticket.CST).Format(time.DateOnly) }

// askedParts is how many rows count one outcome of a day, so that transactions hardly
// ever wait for each other's end to count.
const askedParts = 32

// CountAsked implements handlers.Asked.
func (t *tx) CountAsked(ctx context.Context, o handlers.AskedOutcome, at time.Time) error {
	_, err := t.exec(ctx, `INSERT INTO asked_day (day, outcome, part, count) VALUES ($1, $2, $3, 1)
		ON CONFLICT (day, outcome, part) DO UPDATE SET count = asked_day.count + 1`, dayOf(at), string(o), rand.IntN(askedParts))
	return err
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
