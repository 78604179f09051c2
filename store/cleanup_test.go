package store

import (
	"testing"
	"time"
)

// What is old goes a batch after the other: all of it, and what is gone stays so when a
// later batch fails.
func TestCleanupInBatches(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, cfg Config) {
		if cfg.DSN == "" {
			cleanedInBatches(t, cfg, `CREATE TRIGGER no BEFORE DELETE ON handled WHEN old.key = '12000' BEGIN SELECT RAISE(ABORT, 'no'); END`, `DROP TRIGGER no`)
			return
		}
		cleanedInBatches(t, cfg, `CREATE FUNCTION no() RETURNS trigger AS 'BEGIN RAISE ''no''; END' LANGUAGE plpgsql;
			CREATE TRIGGER no BEFORE DELETE ON handled FOR EACH ROW WHEN (old.key = '12000') EXECUTE FUNCTION no()`, `DROP TRIGGER no ON handled`)
	})
}

// refuse makes deleting the last old row fail, and allow undoes that.
func cleanedInBatches(t *testing.T, cfg Config, refuse, allow string) {
	s, err := Open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	now := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	exec := func(query string, args ...any) {
		t.Helper()
		if _, err := s.write.ExecContext(t.Context(), query, args...); err != nil {
			t.Fatal(err)
		}
	}
	left := func() (n int) {
		t.Helper()
		if err := s.read.QueryRowContext(t.Context(), `SELECT count(*) FROM handled`).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	exec(`INSERT INTO handled (channel, key, at) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 12010)
		SELECT 'web', CAST(i AS TEXT), CASE WHEN i <= 12000 THEN CAST(i AS BIGINT) ELSE CAST($1 AS BIGINT) END FROM n`, now.UnixMilli())
	exec(refuse)
	if err := s.Cleanup(t.Context(), now); err == nil {
		t.Error("a row that cannot be removed is no error")
	}
	if n := left(); n != 2010 {
		t.Errorf("%d rows are left where the third batch fails, want 2010", n)
	}
	exec(allow)
	if err := s.Cleanup(t.Context(), now); err != nil {
		t.Error(err)
	}
	if n := left(); n != 10 {
		t.Errorf("%d rows are left, want 10", n)
	}
}
