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

// WriteRows writes every row of our tables in a SQLite file, one JSON object a
// line, each table after those that it refers to.
func WriteRows(t *testing.T, w io.Writer, file string) {
	t.Helper()
	db, err := sql.Open("sqlite", file)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	out := json.NewEncoder(w)
	out.SetEscapeHTML(false)
	for _, table := range column(t, db, `SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY rowid`) {
		if strings.HasPrefix(table, "sqlite_") || strings.HasPrefix(table, "river_") || table == "goose_db_version" {
			continue
		}
		rows, err := db.Query(`SELECT * FROM ` + table)
		if err != nil {
			t.Fatal(err)
		}
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
