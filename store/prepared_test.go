package store

import (
	"database/sql"
	"fmt"
	"path/filepath"
	"testing"

	"modernc.org/sqlite"
)

func TestPreparedStatements(t *testing.T) {
	connector, err := sqlite.NewConnector(sqliteDSN(filepath.Join(t.TempDir(), "a.db"), lockTime, ""))
	if err != nil {
		t.Fatal(err)
	}
	db := sql.OpenDB(preparing{connector})
	defer db.Close()
	db.SetMaxOpenConns(1)
	exec := func(query string, args ...any) {
		t.Helper()
		if _, err := db.Exec(query, args...); err != nil {
			t.Fatalf("%s: %v", query, err)
		}
	}
	exec(`CREATE TABLE n (v INTEGER)`)
	for i := range 3 {
		exec(`INSERT INTO n VALUES ($1)`, i+1)
	}

	t.Run("while its rows are read", func(t *testing.T) {
		tx, err := db.Begin()
		if err != nil {
			t.Fatal(err)
		}
		defer tx.Rollback()
		const query = `SELECT v FROM n WHERE v >= $1 ORDER BY v`
		outer, err := tx.Query(query, 1)
		if err != nil {
			t.Fatal(err)
		}
		defer outer.Close()
		var got []int
		for outer.Next() {
			var v, first int
			if err := outer.Scan(&v); err != nil {
				t.Fatal(err)
			}
			if err := tx.QueryRow(query, v).Scan(&first); err != nil || first != v {
				t.Errorf("from %d on the first is %d, %v", v, first, err)
			}
			got = append(got, v)
		}
		if fmt.Sprint(got) != "[1 2 3]" || outer.Err() != nil {
			t.Errorf("rows %v, %v", got, outer.Err())
		}
	})

	t.Run("after the schema has changed", func(t *testing.T) {
		const query = `SELECT * FROM n WHERE v = 2`
		exec(query)
		exec(`ALTER TABLE n ADD COLUMN name TEXT NOT NULL DEFAULT 'two'`)
		var v int
		var name string
		if err := db.QueryRow(query).Scan(&v, &name); err != nil || name != "two" {
			t.Errorf("%d %q, %v", v, name, err)
		}
	})

	t.Run("more than are kept", func(t *testing.T) {
		for range 2 {
			for i := range maxPrepared + 10 {
				var v int
				if err := db.QueryRow(fmt.Sprint(`SELECT v + `, i, ` FROM n WHERE v = $1`), 1).Scan(&v); err != nil || v != 1+i {
					t.Fatalf("%d: %d, %v", i, v, err)
				}
			}
		}
	})

	t.Run("that fails", func(t *testing.T) {
		for range 2 {
			if _, err := db.Exec(`INSERT INTO n (v, name) VALUES (4, NULL)`); err == nil {
				t.Error("NULL was taken")
			}
		}
		exec(`INSERT INTO n (v, name) VALUES (4, 'four')`)
	})
}
