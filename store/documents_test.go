package store

import (
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"testing"
	"time"

	"github.com/pressly/goose/v3"

	"liaison/knowledge"
	"liaison/knowledge/shelf"
)

func document(id, title, text string) string {
	return "---\nid: " + id + "\ntitle: " + title + "（示例）\nnumber:\nissuers: []\nkind:\nissued: 2024-06-21\neffective_from:\neffective_to:\nstatus: in_force\nlanguage:\nplace:\ntopics: []\ntowns: []\nsource:\n---\n\n## 一 {#one}\n\n" + text + "\n"
}

// A database of the time before versions keeps its documents, and goes back.
func TestDocumentsAreUpgraded(t *testing.T) {
	t.Parallel()
	onEach(t, documentsAreUpgraded)
}

// schemaOf makes a schema for the test and returns its data source name.
func schemaOf(t testing.TB, dsn string) string {
	t.Helper()
	s, err := Open(ctx, Config{DSN: dsn, Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	schema := fmt.Sprintf("upgrade_%d_%d", os.Getpid(), time.Now().UnixNano())
	if _, err := s.write.ExecContext(ctx, `CREATE SCHEMA `+schema); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if _, err := s.write.ExecContext(ctx, `DROP SCHEMA `+schema+` CASCADE`); err != nil {
			t.Error(err)
		}
		s.Close()
	})
	u, err := url.Parse(dsn)
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	q.Set("search_path", schema)
	u.RawQuery = q.Encode()
	return u.String()
}

func documentsAreUpgraded(t *testing.T, cfg Config) {
	s, err := Open(ctx, cfg)
	if err != nil {
		t.Fatal(err)
	}
	down := func() {
		t.Helper()
		dir, err := fs.Sub(migrations, "migrations")
		if err != nil {
			t.Fatal(err)
		}
		g, err := goose.NewProvider(s.dialect.goose, s.write, dir, goose.WithDisableGlobalRegistry(true))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := g.DownTo(ctx, 1); err != nil {
			t.Fatal(err)
		}
	}
	exec := func(query string, args ...any) {
		t.Helper()
		if _, err := s.write.ExecContext(ctx, query, args...); err != nil {
			t.Fatal(err)
		}
	}
	down()
	for _, row := range [][]any{
		{"umbrella", "雨伞（示例）", "import", []byte(document("umbrella", "雨伞", "补贴37元。")), "h1", 1000},
		{"hours", "时间（示例）", "bundled", []byte(document("hours", "时间", "九点开门。")), "h2", 2000},
	} {
		exec(`INSERT INTO document (id, name, origin, source, hash, at) VALUES ($1, $2, $3, $4, $5, $6)`, row...)
	}
	exec(`INSERT INTO counter (name, value) VALUES ('library', 7)`)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}

	if s, err = Open(ctx, cfg); err != nil {
		t.Fatal(err)
	}
	sh := shelf.New(shelf.Config{Store: s, Logger: cfg.Logger})
	hours, err := knowledge.ParseDocument("hours", []byte(document("hours", "时间", "九点开门。")))
	if err != nil {
		t.Fatal(err)
	}
	if err := sh.SyncBundled(ctx, []knowledge.Document{hours}); err != nil {
		t.Fatal(err)
	}
	docs, rev, err := sh.Load(ctx)
	if err != nil || len(docs) != 2 || rev <= 7 {
		t.Fatalf("%d documents of revision %d, %v", len(docs), rev, err)
	}
	item, err := sh.Show(ctx, "umbrella")
	if err != nil || item.State != shelf.Published || item.Title != "雨伞（示例）" || item.Doc.Units[0].Body != "补贴37元。" {
		t.Errorf("%v %+v", err, item.Item)
	}
	// The file of before is recognised by its id, and a changed one replaces it.
	file := shelf.Bytes("umbrella.md", []byte("# 雨伞（示例）\n\n## 一\n\n补贴45元。\n"))
	report, err := sh.Import(ctx, []shelf.File{file}, shelf.Options{By: "甲（示例）"})
	if err != nil || report.Outcomes[0].Kind != shelf.NewVersion || report.Outcomes[0].ID != "umbrella" {
		t.Errorf("%v %+v", err, report.Outcomes)
	}
	if _, err := sh.Undo(ctx, 0, "甲（示例）"); err != nil {
		t.Fatal(err)
	}

	down()
	var id, title string
	err = s.write.QueryRowContext(ctx, `SELECT id, name FROM document WHERE origin = 'import'`).Scan(&id, &title)
	if err != nil || id != "umbrella" || title != "雨伞（示例）" {
		t.Errorf("after going back: %s %s %v", id, title, err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}
