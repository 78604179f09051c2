package store

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"
)

// Copied is what CopyTo did.
type Copied struct {
	Tables []CopiedTable // in the order of copying
	Jobs   int           // that were waiting to be done
}

// CopiedTable is a table with how many rows it has.
type CopiedTable struct {
	Name string
	Rows int
}

// CopyTo copies all of the state, except files, into another database, which must
// hold none, and compares every row there with its original before it commits: the
// other database has all of it or nothing. Then this one is marked as moved: Open
// refuses it, until Return. The caller holds the Claim for it alone, so that no process
// serves from it meanwhile.
func (s *Store) CopyTo(ctx context.Context, cfg Config) (c Copied, err error) {
	to, err := Open(ctx, cfg)
	if err != nil {
		return c, err
	}
	defer func() { err = errors.Join(err, to.Close()) }()
	// The writers' connection: while it is held nobody writes to a SQLite file.
	from, err := s.write.BeginTx(ctx, &sql.TxOptions{Isolation: s.snapshot()})
	if err != nil {
		return c, err
	}
	defer from.Rollback()
	if err := s.markMoved(ctx, from, ""); err != nil { // a mark is not for the other one
		return c, err
	}
	tx, err := to.write.BeginTx(ctx, nil)
	if err != nil {
		return c, err
	}
	defer tx.Rollback()
	tables, err := to.tables(ctx, tx)
	if err != nil {
		return c, err
	}
	for _, table := range tables {
		var rows int
		if table == "counter" { // a new database has some already
			if _, err := tx.ExecContext(ctx, `DELETE FROM counter`); err != nil {
				return c, err
			}
			continue
		}
		if err := tx.QueryRowContext(ctx, `SELECT count(*) FROM `+table).Scan(&rows); err != nil {
			return c, err
		}
		if rows > 0 {
			return c, fmt.Errorf("the other database is in use: its table %s has %d rows", table, rows)
		}
	}
	for _, table := range tables {
		n, err := copyTable(ctx, from, tx, table)
		if err != nil {
			return c, fmt.Errorf("table %s: %w", table, err)
		}
		c.Tables = append(c.Tables, CopiedTable{table, n})
	}
	if c.Jobs, err = s.copyJobs(ctx, from, to, tx); err != nil {
		return c, fmt.Errorf("jobs: %w", err)
	}
	if err := s.markMoved(ctx, from, to.target.masked()); err != nil {
		return c, err
	}
	if err := tx.Commit(); err != nil {
		return c, err
	}
	if err := from.Commit(); err != nil {
		return c, &MovedUnmarkedError{err}
	}
	return c, nil
}

// MovedUnmarkedError says that everything is in the other database, and this one could
// not be marked as moved. It must not serve any more all the same.
type MovedUnmarkedError struct{ Err error }

// Error implements error.
func (e *MovedUnmarkedError) Error() string {
	return fmt.Sprintf("everything is in the other database, but this one could not be marked as moved: %v", e.Err)
}

// Unwrap returns why.
func (e *MovedUnmarkedError) Unwrap() error { return e.Err }

// tables lists our own tables, each after those that it refers to: in the order in
// which they were made.
func (s *Store) tables(ctx context.Context, tx *sql.Tx) (names []string, err error) {
	query := `SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY rowid`
	if s.target.postgres() {
		query = `SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace ORDER BY oid`
	}
	rows, err := tx.QueryContext(ctx, query)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return nil, err
		}
		if !strings.HasPrefix(name, "sqlite_") && !strings.HasPrefix(name, "river_") && name != "goose_db_version" {
			names = append(names, name)
		}
	}
	return names, rows.Err()
}

// copyTable copies a table and checks that both sides have the same rows.
func copyTable(ctx context.Context, from, to *sql.Tx, table string) (n int, err error) {
	columns, kinds, err := columnsOf(ctx, to, table)
	if err != nil {
		return 0, err
	}
	list := strings.Join(columns, ", ")
	// Within the parameters that a statement of SQLite may have.
	chunk := max(1, 30_000/len(columns))
	var args []any
	flush := func() error {
		if len(args) == 0 {
			return nil
		}
		_, err := to.ExecContext(ctx, `INSERT INTO `+table+` (`+list+`) VALUES `+tuples(len(args)/len(columns), len(columns)), args...)
		args = args[:0]
		return err
	}
	want := make(map[[sha256.Size]byte]int)
	err = eachRow(ctx, from, list, table, kinds, func(row []any) error {
		want[fingerprint(row)]++
		args = append(args, row...)
		n++
		if n%chunk == 0 {
			return flush()
		}
		return nil
	})
	if err := errors.Join(err, flush()); err != nil {
		return n, err
	}
	err = eachRow(ctx, to, list, table, kinds, func(row []any) error {
		f := fingerprint(row)
		if want[f]--; want[f] == 0 {
			delete(want, f)
		} else if want[f] < 0 {
			return errors.New("a row of the copy has no original")
		}
		return nil
	})
	if err == nil && len(want) > 0 {
		err = fmt.Errorf("%d rows are missing or differ in the copy", len(want))
	}
	return n, err
}

// tuples writes ($1, $2), ($3, $4), … for rows of so many columns.
func tuples(rows, columns int) string {
	var b strings.Builder
	for i := range rows * columns {
		switch {
		case i == 0:
			b.WriteString("(")
		case i%columns == 0:
			b.WriteString("), (")
		default:
			b.WriteString(", ")
		}
		fmt.Fprintf(&b, "$%d", i+1)
	}
	b.WriteString(")")
	return b.String()
}

// kind is what a column holds.
type kind int

const (
	asText kind = iota
	asInteger
	asTruth
	asBytes
	asReal
)

func columnsOf(ctx context.Context, tx *sql.Tx, table string) (names []string, kinds []kind, err error) {
	rows, err := tx.QueryContext(ctx, `SELECT * FROM `+table+` WHERE 1 = 0`)
	if err != nil {
		return nil, nil, err
	}
	defer rows.Close()
	types, err := rows.ColumnTypes()
	if err != nil {
		return nil, nil, err
	}
	for _, t := range types {
		names = append(names, t.Name())
		switch name := t.DatabaseTypeName(); name {
		case "TEXT":
			kinds = append(kinds, asText)
		case "BIGINT", "INT8":
			kinds = append(kinds, asInteger)
		case "BOOLEAN", "BOOL":
			kinds = append(kinds, asTruth)
		case "BYTEA":
			kinds = append(kinds, asBytes)
		case "DOUBLE PRECISION", "FLOAT8", "REAL":
			kinds = append(kinds, asReal)
		default:
			return nil, nil, fmt.Errorf("column %s is of type %s, which no migration uses", t.Name(), name)
		}
	}
	return names, kinds, rows.Err()
}

// eachRow calls fn with every row, its values in one form for both databases.
func eachRow(ctx context.Context, tx *sql.Tx, columns, table string, kinds []kind, fn func(row []any) error) error {
	rows, err := tx.QueryContext(ctx, `SELECT `+columns+` FROM `+table)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		into := make([]any, len(kinds))
		for i, k := range kinds {
			switch k {
			case asText:
				into[i] = new(sql.NullString)
			case asInteger:
				into[i] = new(sql.NullInt64)
			case asTruth:
				into[i] = new(sql.NullBool)
			case asReal:
				into[i] = new(sql.NullFloat64)
			default:
				into[i] = new([]byte)
			}
		}
		if err := rows.Scan(into...); err != nil {
			return err
		}
		row := make([]any, len(kinds))
		for i, v := range into {
			switch v := v.(type) {
			case *sql.NullString:
				row[i], err = v.Value()
			case *sql.NullInt64:
				row[i], err = v.Value()
			case *sql.NullBool:
				row[i], err = v.Value()
			case *sql.NullFloat64:
				row[i], err = v.Value()
			case *[]byte:
				row[i] = *v
			}
			if err != nil {
				return err
			}
		}
		if err := fn(row); err != nil {
			return err
		}
	}
	return rows.Err()
}

// fingerprint is the same for equal rows only.
func fingerprint(row []any) [sha256.Size]byte {
	h := sha256.New()
	for _, v := range row {
		if b, ok := v.([]byte); ok && b != nil {
			fmt.Fprintf(h, "bytes %d:", len(b))
			h.Write(b)
			continue
		}
		fmt.Fprintf(h, "%T %q;", v, fmt.Sprint(v))
	}
	return [sha256.Size]byte(h.Sum(nil))
}

// copyJobs gives the other database the jobs of cases that are still to be done, and
// compares them there. What is periodic begins anew there by itself.
func (s *Store) copyJobs(ctx context.Context, from *sql.Tx, other *Store, to *sql.Tx) (n int, err error) {
	want := make(map[[sha256.Size]byte]int)
	err = s.insert.eachPage(ctx, from, func(jobs []*rivertype.JobRow) error {
		var batch []river.InsertManyParams
		for _, job := range jobs {
			f, err := jobPrint(job)
			if err != nil {
				return err
			}
			want[f]++
			batch = append(batch, river.InsertManyParams{
				Args: rawArgs{job.Kind, slices.Clone(job.EncodedArgs)},
				// Times are ours to the millisecond; what is finer one database cuts off and
				// another rounds.
				InsertOpts: &river.InsertOpts{ScheduledAt: job.ScheduledAt.Truncate(time.Millisecond)},
			})
		}
		n += len(batch)
		_, err := other.insert.client.InsertManyFastTx(ctx, to, batch)
		return err
	})
	if err != nil {
		return n, err
	}
	err = other.insert.eachPage(ctx, to, func(jobs []*rivertype.JobRow) error {
		for _, job := range jobs {
			f, err := jobPrint(job)
			if err != nil {
				return err
			}
			if want[f]--; want[f] == 0 {
				delete(want, f)
			}
		}
		return nil
	})
	if err == nil && len(want) > 0 {
		err = fmt.Errorf("%d jobs are missing, differ or have no original in the copy", len(want))
	}
	return n, err
}

// eachPage calls fn with the jobs of cases that are still to be done, some at a time.
func (in inserter) eachPage(ctx context.Context, tx *sql.Tx, fn func([]*rivertype.JobRow) error) error {
	params := river.NewJobListParams().First(1000).Kinds(caseArgs{}.Kind()).
		OrderBy(river.JobListOrderByID, river.SortOrderAsc).
		States(rivertype.JobStateAvailable, rivertype.JobStatePending, rivertype.JobStateRetryable, rivertype.JobStateRunning, rivertype.JobStateScheduled)
	for {
		page, err := in.client.JobListTx(ctx, tx, params)
		if err != nil || len(page.Jobs) == 0 {
			return err
		}
		if err := fn(page.Jobs); err != nil || page.LastCursor == nil {
			return err
		}
		params = params.After(page.LastCursor)
	}
}

// jobPrint is the same for equal jobs only: what is to be done, and when. PostgreSQL
// writes the arguments in its own way.
func jobPrint(job *rivertype.JobRow) (f [sha256.Size]byte, err error) {
	var args any
	d := json.NewDecoder(bytes.NewReader(job.EncodedArgs))
	d.UseNumber()
	if err := d.Decode(&args); err != nil {
		return f, fmt.Errorf("arguments of job %d: %w", job.ID, err)
	}
	text, err := json.Marshal(args)
	return fingerprint([]any{job.Kind, text, job.ScheduledAt.UnixMilli()}), err
}

// rawArgs are the arguments of a job as they were written.
type rawArgs struct {
	kind string
	body []byte
}

// Kind implements river.JobArgs.
func (a rawArgs) Kind() string { return a.kind }

// MarshalJSON implements json.Marshaler.
func (a rawArgs) MarshalJSON() ([]byte, error) { return a.body, nil }
