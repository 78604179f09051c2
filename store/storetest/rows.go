package storetest

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"testing"
)

// Row is a row of a table, as a file of an older schema keeps it.
type Row struct {
	Table  string         `json:"table"`
	Values map[string]any `json:"values"` // by column; bytes are in base 64
}

// JobTable is the Table of a Row that is a job which waits to be done, with its kind, its
// arguments and the time from which on it may be done.
const JobTable = "river_job"

// WriteRows writes every row of our tables in a SQLite file, one JSON object a
// line, each table after those that it refers to, and then the jobs.
func WriteRows(t *testing.T, w io.Writer, file string) {
	t.Helper()
	db, err := sql.Open("sqlite", file)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	out := json.NewEncoder(w)
	out.SetEscapeHTML(false)
	write := func(table, query string) {
		rows, err := db.Query(query)
		if err != nil {
			t.Fatal(err)
		}
		defer rows.Close()
		names := must[[]string](t)(rows.Columns())
		for rows.Next() {
			values, into := make([]any, len(names)), make([]any, len(names))
			for i := range values {
				into[i] = &values[i]
			}
			if err := rows.Scan(into...); err != nil {
				t.Fatal(err)
			}
			r := Row{table, make(map[string]any)}
			for i, name := range names {
				r.Values[name] = values[i]
			}
			if err := out.Encode(r); err != nil {
				t.Fatal(err)
			}
		}
		if err := rows.Err(); err != nil {
			t.Fatal(fmt.Errorf("%s: %w", table, err))
		}
	}
	for _, table := range tables(t, db) {
		write(table, `SELECT * FROM `+table)
	}
	write(JobTable, `SELECT kind, json(args) AS args, CAST(round(1000 * unixepoch(scheduled_at, 'subsec')) AS INTEGER) AS scheduled_at
		FROM river_job WHERE finalized_at IS NULL ORDER BY id`)
}

// Columns lists the columns of our tables in a SQLite file, as table.column, and those
// that WriteRows gives a job.
func Columns(t *testing.T, file string) (all []string) {
	t.Helper()
	db, err := sql.Open("sqlite", file)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, table := range tables(t, db) {
		for _, name := range column(t, db, `SELECT name FROM pragma_table_info('`+table+`')`) {
			all = append(all, table+"."+name)
		}
	}
	return append(all, JobTable+".kind", JobTable+".args", JobTable+".scheduled_at")
}

// tables lists our tables.
func tables(t *testing.T, db *sql.DB) (names []string) {
	t.Helper()
	for _, table := range column(t, db, `SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY rowid`) {
		if !strings.HasPrefix(table, "sqlite_") && !strings.HasPrefix(table, "river_") && table != "goose_db_version" {
			names = append(names, table)
		}
	}
	return names
}

func column(t *testing.T, db *sql.DB, query string) (out []string) {
	t.Helper()
	rows, err := db.Query(query)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var v string
		if err := rows.Scan(&v); err != nil {
			t.Fatal(err)
		}
		out = append(out, v)
	}
	return out
}
