package store

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"liaison/handlers"
	"liaison/ticket"
)

const overrideColumns = `id, kind, question, unit, words, why, actor, at, undone_by, undone_at`

func scanOverride(sc scanner) (o handlers.Override, err error) {
	return o, sc.Scan(&o.ID, &o.Kind, &o.Question, &o.Unit, jsonText{&o.Words}, &o.Why, &o.By, when{&o.At}, &o.UndoneBy, when{&o.UndoneAt})
}

// AddOverride implements handlers.Overrides. The id is the revision that it makes.
func (t *tx) AddOverride(ctx context.Context, o handlers.Override) (int64, error) {
	words, err := marshal(o.Words)
	if err != nil {
		return 0, err
	}
	id, err := t.decide(ctx)
	if err != nil {
		return 0, err
	}
	_, err = t.exec(ctx, `INSERT INTO staff_override (`+overrideColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, '', 0)`,
		id, string(o.Kind), o.Question, o.Unit, words, o.Why, o.By, o.At)
	return id, err
}

// UndoOverride implements handlers.Overrides.
func (t *tx) UndoOverride(ctx context.Context, id int64, by string, at time.Time) error {
	if _, err := t.decide(ctx); err != nil {
		return err
	}
	n, err := t.exec(ctx, `UPDATE staff_override SET undone_by = $2, undone_at = $3 WHERE id = $1 AND undone_by = ''`, id, by, at)
	if err != nil || n > 0 {
		return err
	}
	o, err := scanOverride(t.row(ctx, `SELECT `+overrideColumns+` FROM staff_override WHERE id = $1`, id))
	if err != nil {
		return err
	}
	return &ticket.Error{Code: ticket.Conflict, Field: "override", Err: fmt.Errorf("override %d was undone before", o.ID)}
}

// decide makes a revision of what the staff decided, and returns its number.
func (t *tx) decide(ctx context.Context) (rev int64, err error) {
	if rev, err = t.next(ctx, "overrides", 1); err == nil {
		t.changed(handlers.LibraryChanged, "")
	}
	return rev, err
}

// Overrides implements handlers.Overrides.
func (t *tx) Overrides(ctx context.Context, undone bool) ([]handlers.Override, error) {
	if !undone {
		return all(ctx, t, scanOverride, `SELECT `+overrideColumns+` FROM staff_override WHERE undone_by = '' ORDER BY id`)
	}
	list, err := all(ctx, t, scanOverride, `SELECT `+overrideColumns+` FROM staff_override
		ORDER BY CASE WHEN undone_by = '' THEN 0 ELSE 1 END, id DESC LIMIT 500`)
	slices.SortFunc(list, func(a, b handlers.Override) int { return cmp.Compare(a.ID, b.ID) })
	return list, err
}

// OverridesRevision implements handlers.Overrides.
func (t *tx) OverridesRevision(ctx context.Context) (rev int64, err error) {
	err = t.row(ctx, `SELECT value FROM counter WHERE name = 'overrides'`).Scan(&rev)
	if ticket.CodeOf(err) == ticket.NotFound {
		err = nil
	}
	return rev, err
}
