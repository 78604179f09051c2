package store

import (
	"context"
	"time"

	"liaison/handlers"
	"liaison/ticket"
)

func scanAbsence(sc scanner) (a handlers.Absence, err error) {
	return a, sc.Scan(&a.Person, when{&a.Since}, when{&a.Until}, &a.Deputy)
}

// Absence implements handlers.Roster.
func (t *tx) Absence(ctx context.Context, person string, now time.Time) (handlers.Absence, error) {
	a, err := scanAbsence(t.row(ctx, `SELECT person, since, until, deputy FROM absence
		WHERE person = $1 AND (until = 0 OR until > $2)`, person, now))
	if ticket.CodeOf(err) == ticket.NotFound {
		return handlers.Absence{}, nil
	}
	return a, err
}

// SetAbsence implements handlers.Roster. An unknown person is NotFound.
func (t *tx) SetAbsence(ctx context.Context, a handlers.Absence) error {
	if _, err := t.Person(ctx, a.Person); err != nil {
		return err
	}
	_, err := t.exec(ctx, `INSERT INTO absence (person, since, until, deputy) VALUES ($1, $2, $3, $4)
		ON CONFLICT (person) DO UPDATE SET since = excluded.since, until = excluded.until, deputy = excluded.deputy`,
		a.Person, a.Since, a.Until, a.Deputy)
	return err
}

// EndAbsence implements handlers.Roster.
func (t *tx) EndAbsence(ctx context.Context, person string) error {
	_, err := t.exec(ctx, `DELETE FROM absence WHERE person = $1`, person)
	return err
}

// Duties implements handlers.Roster.
func (t *tx) Duties(ctx context.Context, station string) ([]handlers.Duty, error) {
	return all(ctx, t, func(sc scanner) (d handlers.Duty, err error) {
		return d, sc.Scan(&d.Station, &d.Day, &d.Person)
	}, `SELECT station, day, person FROM duty WHERE station = $1 ORDER BY day, person`, station)
}

// AddDuty implements handlers.Roster. An unknown person is NotFound.
func (t *tx) AddDuty(ctx context.Context, d handlers.Duty) error {
	if _, err := t.Person(ctx, d.Person); err != nil {
		return err
	}
	_, err := t.exec(ctx, `INSERT INTO duty (station, day, person) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`, d.Station, d.Day, d.Person)
	return err
}

// RemoveDuty implements handlers.Roster.
func (t *tx) RemoveDuty(ctx context.Context, d handlers.Duty) error {
	_, err := t.exec(ctx, `DELETE FROM duty WHERE station = $1 AND person = $2 AND ($3 = '' OR day = $3)`, d.Station, d.Person, string(d.Day))
	return err
}

// Once implements handlers.Roster.
func (t *tx) Once(ctx context.Context, what handlers.Upgrade) (bool, error) {
	n, err := t.exec(ctx, `DELETE FROM counter WHERE name = $1`, string(what))
	return n > 0, err
}
