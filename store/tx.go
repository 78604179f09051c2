package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"liaison/handlers"
	"liaison/ticket"
)

var _ handlers.Tx = (*tx)(nil)

// tx implements handlers.Tx. Replies, jobs, seals and what is counted are held back and
// written at the end, all at once: that is fewer statements, and the rows for which
// writers of a PostgreSQL database queue are held as short as possible.
type tx struct {
	store    *Store
	db       queryer
	raw      *sql.Tx // what db is, for River; nil where statements stand alone
	readonly bool
	long     bool // its statements may be silent for long, see takesLong
	closed   bool
	told     JobFunc // tells the notices; nil leaves them to jobs
	replies  []queued
	jobs     []ticket.Job
	unsealed []eventLine
	missed   []handlers.Missed
	asked    []asked
	changes  []handlers.Change
}

// queryer is what a transaction runs its statements on.
type queryer interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

var (
	errReadOnly = errors.New("store: write in a transaction that only reads")
	errClosed   = errors.New("store: transaction used after its end")
)

// writable is for the methods that only hold back what they are given.
func (t *tx) writable() error {
	switch {
	case t.closed:
		return errClosed
	case t.readonly:
		return errReadOnly
	default:
		return nil
	}
}

func (t *tx) close() { t.closed = true }

// flush writes what was held back.
func (t *tx) flush(ctx context.Context) error {
	if err := t.tell(ctx); err != nil {
		return err
	}
	if err := t.flushReplies(ctx); err != nil {
		return err
	}
	jobs, lines := t.jobs, t.unsealed
	t.jobs, t.unsealed = nil, nil
	if err := t.store.insert.jobs(ctx, t.raw, jobs); err != nil {
		return err
	}
	if err := t.seal(ctx, lines); err != nil {
		return err
	}
	return t.flushCounts(ctx)
}

// flushCounts writes what is counted. It is last: many ask the same at once, and all of
// them count it in the same rows.
func (t *tx) flushCounts(ctx context.Context) error {
	missed, asked := t.missed, t.asked
	t.missed, t.asked = nil, nil
	for _, m := range missed {
		if err := t.addGap(ctx, m); err != nil {
			return err
		}
	}
	return t.countAsked(ctx, asked)
}

func (t *tx) changed(kind handlers.ChangeKind, id string) {
	t.changes = append(t.changes, handlers.Change{Kind: kind, ID: id})
}

// exec runs the statement and returns how many rows it touched.
func (t *tx) exec(ctx context.Context, query string, args ...any) (int64, error) {
	res, err := t.db.ExecContext(ctx, query, values(args)...)
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}

// row runs a query for one row; no row is ticket.NotFound.
func (t *tx) row(ctx context.Context, query string, args ...any) scanner {
	return oneRow{t.db.QueryRowContext(ctx, query, values(args)...)}
}

// next raises the counter by n and returns the last of the n numbers taken. The
// counter stays locked until the transaction ends: who has seen a number can be
// sure that no smaller one is committed later.
func (t *tx) next(ctx context.Context, counter string, n int) (int64, error) {
	var last int64
	err := t.row(ctx, `INSERT INTO counter (name, value) VALUES ($1, $2)
		ON CONFLICT (name) DO UPDATE SET value = counter.value + excluded.value
		RETURNING value`, counter, n).Scan(&last)
	return last, err
}

type scanner interface{ Scan(dst ...any) error }

type oneRow struct{ row *sql.Row }

func (r oneRow) Scan(dst ...any) error {
	err := r.row.Scan(dst...)
	if errors.Is(err, sql.ErrNoRows) {
		return &ticket.Error{Code: ticket.NotFound}
	}
	return outage(err)
}

// all runs a query and collects what scan makes of each row.
func all[T any](ctx context.Context, t *tx, scan func(scanner) (T, error), query string, args ...any) ([]T, error) {
	rows, err := t.db.QueryContext(ctx, query, values(args)...)
	if err != nil {
		return nil, outage(err)
	}
	defer rows.Close()
	var out []T
	for rows.Next() {
		v, err := scan(rows)
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, outage(rows.Err())
}

// scanString is for queries of one column.
func scanString(sc scanner) (s string, err error) { return s, sc.Scan(&s) }

// found turns the number of rows that were touched into NotFound when it is 0.
func found(n int64, err error) error {
	if err == nil && n == 0 {
		return &ticket.Error{Code: ticket.NotFound}
	}
	return err
}

// values makes arguments fit for both databases: times become milliseconds and
// text is made acceptable to PostgreSQL, which refuses NUL and invalid UTF-8.
func values(args []any) []any {
	for i, a := range args {
		switch v := a.(type) {
		case time.Time:
			args[i] = millis(v)
		case string:
			args[i] = clean(v)
		}
	}
	return args
}

func clean(s string) string {
	return strings.ToValidUTF8(strings.ReplaceAll(s, "\x00", ""), "\uFFFD")
}

// millis is how a time is stored; fromMillis is its inverse.
func millis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

func fromMillis(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}

// when scans a time.
type when struct{ t *time.Time }

func (w when) Scan(src any) error {
	var ms sql.NullInt64
	if err := ms.Scan(src); err != nil {
		return err
	}
	*w.t = fromMillis(ms.Int64)
	return nil
}

// jsonText is stored as the JSON of v, and scanned back into it.
type jsonText struct{ v any }

func (j jsonText) Scan(src any) error {
	var s sql.NullString
	if err := s.Scan(src); err != nil {
		return err
	}
	if s.String == "" {
		return nil
	}
	return json.Unmarshal([]byte(s.String), j.v)
}

func marshal(v any) (string, error) {
	b, err := json.Marshal(v)
	return string(b), err
}

// marshalAny is marshal for what may not be there: of nil it makes "".
func marshalAny[T any](v *T) (string, error) {
	if v == nil {
		return "", nil
	}
	return marshal(v)
}
