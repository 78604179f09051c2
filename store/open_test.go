package store

import (
	"context"
	"database/sql"
	"errors"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"liaison/ticket"
)

var ctx = context.Background()

func openDir(t *testing.T, dir string) *Store {
	t.Helper()
	s, err := Open(ctx, Config{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func TestOpenKeepsFilesPrivate(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "new", "state 状态 ?#%")
	s := openDir(t, dir)
	if err := s.Ping(ctx); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]fs.FileMode{"": 0o700, "liaison.db": 0o600, "liaison.db-wal": 0o600, "liaison.db-shm": 0o600} {
		info, err := os.Stat(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode().Perm() != want {
			t.Errorf("%q has mode %v, want %v", name, info.Mode().Perm(), want)
		}
	}
}

func TestOpenErrors(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	refused := listener.Addr().String()
	listener.Close()
	file := func(t *testing.T, content string) string {
		name := filepath.Join(t.TempDir(), "x.db")
		if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return name
	}
	for _, c := range []struct {
		name string
		dsn  func(t *testing.T) string
		try  string
	}{
		{"unknown kind", func(*testing.T) string { return "mysql://u:secret@h/d" }, "use sqlite:PATH"},
		{"no path", func(*testing.T) string { return "sqlite:" }, "use sqlite:PATH"},
		{"a directory", func(t *testing.T) string { return "sqlite:" + t.TempDir() }, "name a file"},
		{"below a file", func(t *testing.T) string { return "sqlite:" + file(t, "") + "/x.db" }, "name a file"},
		{"not writable", func(*testing.T) string { return "sqlite:/proc/liaison/x.db" }, ""},
		{"no database", func(t *testing.T) string { return "sqlite:" + file(t, strings.Repeat("no database ", 1000)) }, "restore a backup"},
		{"connection refused", func(*testing.T) string { return "postgres://u:secret@" + refused + "/d" }, "start PostgreSQL"},
		{"not a URL", func(*testing.T) string { return "postgres://u:secret@%zz/d" }, "check host"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s, err := Open(ctx, Config{DSN: c.dsn(t), Dir: t.TempDir()})
			var e *OpenError
			if !errors.As(err, &e) || s != nil {
				t.Fatalf("Open returned %v, %v", s, err)
			}
			if !strings.Contains(e.Try, c.try) {
				t.Errorf("%v: advice %q lacks %q", e, e.Try, c.try)
			}
			if strings.Contains(e.DSN+e.Error()+e.Try, "secret") {
				t.Errorf("the password is shown: %v", e)
			}
		})
	}
}

func TestTryForPermission(t *testing.T) {
	t.Parallel()
	err := &fs.PathError{Op: "open", Path: "/d/x.db", Err: fs.ErrPermission}
	if got := (target{file: "/d/x.db"}).try(err); !strings.Contains(got, "make /d writable") {
		t.Errorf("advice %q", got)
	}
}

func TestOpenDamagedSchema(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	openDir(t, dir).Close()
	name := filepath.Join(dir, "liaison.db")
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	for i := 100; i < 4096; i++ { // the first page but for its header: the schema
		b[i] = 0xAA
	}
	if err := os.WriteFile(name, b, 0o600); err != nil {
		t.Fatal(err)
	}
	_, err = Open(ctx, Config{Dir: dir})
	var e *OpenError
	if !errors.As(err, &e) || !strings.Contains(e.Try, "restore a backup") {
		t.Fatalf("Open returned %v", err)
	}
}

func TestMigrateTwice(t *testing.T) {
	t.Parallel()
	cfg := Config{Dir: t.TempDir()}
	first, err := Migrate(ctx, cfg)
	if err != nil {
		t.Fatal(err)
	}
	if len(first.Applied) < 2 || first.Applied[0] != "00001_initial.sql" || first.Version != schemaVersion {
		t.Errorf("first time: %+v", first)
	}
	second, err := Migrate(ctx, cfg)
	if err != nil {
		t.Fatal(err)
	}
	if len(second.Applied) != 0 || second.Version != schemaVersion {
		t.Errorf("second time: %+v", second)
	}
}

func TestNewerSchemaIsRefused(t *testing.T) {
	t.Parallel()
	for _, newer := range []string{
		`INSERT INTO goose_db_version (version_id, is_applied) VALUES (99999, TRUE)`,
		`INSERT INTO river_migration (line, version, created_at) VALUES ('main', 999, current_timestamp)`,
	} {
		dir := t.TempDir()
		s := openDir(t, dir)
		if _, err := s.write.Exec(newer); err != nil {
			t.Fatal(err)
		}
		if err := s.Ping(ctx); strings.Contains(newer, "goose") && err == nil {
			t.Error("Ping takes a newer schema for its own")
		}
		s.Close()
		_, err := Open(ctx, Config{Dir: dir})
		var e *OpenError
		if !errors.As(err, &e) || !strings.Contains(e.Try, "newer program") {
			t.Errorf("Open returned %v", err)
		}
	}
}

// TestDiskFull limits the database to the pages it has: SQLite then fails as it
// does when the disk is full.
func TestDiskFull(t *testing.T) {
	t.Parallel()
	s := openDir(t, t.TempDir())
	var pages int
	if err := s.write.QueryRow(`PRAGMA page_count`).Scan(&pages); err != nil {
		t.Fatal(err)
	}
	// The writers have one connection, so the limit holds for all of them.
	limit := func(n int) {
		if _, err := s.write.Exec(`PRAGMA max_page_count = ` + strconv.Itoa(n)); err != nil {
			t.Fatal(err)
		}
	}
	insert := func(tx *tx) error {
		return tx.InsertTicket(ctx, ticket.Ticket{ID: "A", Text: strings.Repeat("满", 500_000), Version: 1})
	}
	limit(pages)
	err := s.update(ctx, insert)
	if err == nil || !strings.Contains(s.target.try(err), "free space") {
		t.Fatalf("with a full disk: %v", err)
	}
	if err := s.Ping(ctx); err != nil {
		t.Errorf("reading from a full disk: %v", err)
	}
	limit(pages + 10_000)
	if err := s.update(ctx, insert); err != nil {
		t.Errorf("with space again: %v", err)
	}
}

// TestBusy holds the write lock from outside: readers go on, and the writer
// gets through once the lock is given back.
func TestBusy(t *testing.T) {
	t.Parallel()
	s := openDir(t, t.TempDir())
	other, err := sql.Open("sqlite", sqliteDSN(s.target.file, lockTime, "_txlock=immediate"))
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	lock, err := other.Begin()
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() {
		done <- s.update(ctx, func(t *tx) error { return t.InsertTicket(ctx, ticket.Ticket{ID: "A", Version: 1}) })
	}()
	if err := s.Ping(ctx); err != nil {
		t.Errorf("reading while another writes: %v", err)
	}
	if err := lock.Rollback(); err != nil {
		t.Fatal(err)
	}
	if err := <-done; err != nil {
		t.Errorf("writing after another wrote: %v", err)
	}
}

// TestAgain checks that a transaction is run again after a failure that is due
// to another one, and only then.
func TestAgain(t *testing.T) {
	t.Parallel()
	s := openDir(t, t.TempDir())
	transient := errors.New("in the way")
	s.dialect.again = func(err error) bool { return errors.Is(err, transient) }
	for _, c := range []struct {
		fail error
		n    int // how often fn fails
		runs int
		want error
	}{
		{transient, 2, 3, nil},
		{transient, 1000, attempts, transient},
		{fs.ErrInvalid, 1000, 1, fs.ErrInvalid},
	} {
		runs := 0
		err := s.update(ctx, func(t *tx) error {
			if runs++; runs <= c.n {
				return c.fail
			}
			return nil
		})
		if runs != c.runs || !errors.Is(err, c.want) {
			t.Errorf("%v: %d runs, %v", c.fail, runs, err)
		}
	}
}
