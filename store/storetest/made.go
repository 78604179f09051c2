package storetest

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"liaison/store"
)

// file is a SQLite database of the present schema in which there is nothing.
var file = sync.OnceValues(func() ([]byte, error) {
	dir, err := os.MkdirTemp("", "liaison")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	s, err := store.Open(context.Background(), store.Config{Dir: dir, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		return nil, err
	}
	if err := s.Close(); err != nil { // with it what stands in other files goes into this one
		return nil, err
	}
	return os.ReadFile(filepath.Join(dir, database))
})

// database is the name of the file that a store makes in its directory.
const database = "liaison.db"

// Made puts a new database into the directory, which it makes if it must, and returns
// it: a store opened there need not make one, which takes most of a second with the race
// detector. A database that is there already is left alone. That a store makes its own
// where there is none is for the tests of package store.
func Made(t testing.TB, dir string) string {
	t.Helper()
	body, err := file()
	if err == nil {
		err = os.MkdirAll(dir, 0o700)
	}
	path := filepath.Join(dir, database)
	if err == nil {
		if _, err = os.Stat(path); errors.Is(err, fs.ErrNotExist) {
			err = os.WriteFile(path, body, 0o600)
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	return dir
}
