package store

import (
	"io/fs"
	"testing"

	"github.com/pressly/goose/v3"

	"liaison/handlers"
)

// Questions from before they were grouped become a gap each, and go back.
func TestGapsAreUpgraded(t *testing.T) {
	t.Parallel()
	onEach(t, gapsAreUpgraded)
}

func gapsAreUpgraded(t *testing.T, cfg Config) {
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	s, err := Open(ctx, cfg)
	must(err)
	down := func() {
		t.Helper()
		dir, err := fs.Sub(migrations, "migrations")
		must(err)
		g, err := goose.NewProvider(s.dialect.goose, s.write, dir, goose.WithDisableGlobalRegistry(true))
		must(err)
		_, err = g.DownTo(ctx, 2)
		must(err)
	}
	down()
	for _, row := range [][]any{
		{"g1", "开办企业", "refused", "开办企业？", 3, 1000, 2000, false},
		{"g2", "开办企业", "unhelpful", "开办企业！", 1, 1000, 1000, true},
	} {
		_, err := s.write.ExecContext(ctx, `INSERT INTO gap (id, words, reason, question, count, first_at, last_at, done) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`, row...)
		must(err)
	}
	must(s.Close())

	s, err = Open(ctx, cfg)
	must(err)
	defer func() { must(s.Close()) }()
	must(s.Update(ctx, func(tx handlers.Tx) error {
		open, err := tx.Gaps(ctx, 0, handlers.GapOpen)
		must(err)
		closed, err := tx.Gaps(ctx, 0, handlers.GapClosed)
		must(err)
		if len(open) != 1 || open[0].ID != "g1" || open[0].Count != 3 || open[0].Askers != 0 || len(open[0].Wordings) != 1 || len(closed) != 1 || closed[0].ID != "g2" {
			t.Errorf("open %+v, closed %+v", open, closed)
		}
		return tx.MergeGaps(ctx, "g2", "g1")
	}))
	down()
	var left int
	must(s.write.QueryRowContext(ctx, `SELECT count(*) FROM gap WHERE NOT done`).Scan(&left))
	if left != 2 { // both belong to what is open
		t.Errorf("%d open after going back", left)
	}
}
