package store

import (
	"testing"
	"time"
)

// Forgetting goes on when PostgreSQL is silent for longer than other statements may be.
func TestForgettingMayTakeLong(t *testing.T) {
	t.Parallel()
	dsn := needPostgres(t) // SQLite is never silent
	s, err := Open(t.Context(), Config{DSN: schemaOf(t, dsn), Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for name, forget := range map[string]func(*tx) error{
		"traces": func(x *tx) error { _, err := x.Traces(t.Context(), "p"); return err },
		"cases":  func(x *tx) error { return x.ForgetCases(t.Context(), nil, time.Time{}) },
		"person": func(x *tx) error { return x.ForgetPerson(t.Context(), "p", false) },
	} {
		t.Run(name, func(t *testing.T) {
			runs := 0
			err := s.update(t.Context(), func(x *tx) error {
				if runs++; runs > 2 {
					t.Fatal("it begins again and again")
				}
				return forget(x)
			})
			if err != nil || runs != 2 {
				t.Errorf("%d runs, %v", runs, err)
			}
		})
	}
	err = s.update(t.Context(), func(x *tx) error {
		if err := x.takesLong(); err != nil {
			return err
		}
		_, err := x.exec(t.Context(), `SELECT pg_sleep($1)`, (silence + time.Second).Seconds())
		return err
	})
	if err != nil {
		t.Errorf("a long silence: %v", err)
	}
}
