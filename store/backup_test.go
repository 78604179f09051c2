package store

import (
	"archive/tar"
	"compress/gzip"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"liaison/ticket"
)

// unpack writes the archive's files into dir and returns their names.
func unpack(t *testing.T, archive, dir string) map[string]bool {
	t.Helper()
	f, err := os.Open(archive)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	zr, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]bool{}
	for tr := tar.NewReader(zr); ; {
		h, err := tr.Next()
		if err == io.EOF {
			return names
		}
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(tr)
		if err != nil {
			t.Fatal(err)
		}
		name := filepath.Join(dir, h.Name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(name), 0o700), os.WriteFile(name, b, 0o600)); err != nil {
			t.Fatal(err)
		}
		names[h.Name] = true
	}
}

func TestBackup(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := openDir(t, dir)
	blobs, err := OpenBlobs(filepath.Join(dir, "files"))
	if err != nil {
		t.Fatal(err)
	}
	file, err := blobs.Put(ctx, strings.NewReader("附件"), "a.txt", 100)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "files", "put-1"), []byte("unfinished"), 0o600); err != nil {
		t.Fatal(err)
	}
	// A transaction that is open meanwhile neither stops the backup nor is in it.
	out := filepath.Join(t.TempDir(), "backup.tar.gz")
	insert := func(id string) func(*tx) error {
		return func(tx *tx) error { return tx.InsertTicket(ctx, ticket.Ticket{ID: id, Version: 1}) }
	}
	if err := s.update(ctx, insert("A")); err != nil {
		t.Fatal(err)
	}
	err = s.update(ctx, func(tx *tx) error {
		return errors.Join(insert("B")(tx), s.Backup(ctx, out, Packed{"stations.yaml", []byte("stations: []\n")}))
	})
	if err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(out); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode of the archive: %v, %v", info, err)
	}
	left, err := os.ReadDir(filepath.Dir(out))
	if err != nil || len(left) != 1 {
		t.Errorf("beside the archive: %v, %v", left, err)
	}
	restored := t.TempDir()
	names := unpack(t, out, restored)
	if want := "files/" + file.Hash[:2] + "/" + file.Hash; len(names) != 3 || !names["liaison.db"] || !names["stations.yaml"] || !names[want] {
		t.Errorf("archive has %v", names)
	}
	if b, err := os.ReadFile(filepath.Join(restored, "stations.yaml")); err != nil || string(b) != "stations: []\n" {
		t.Errorf("restored %q, %v", b, err)
	}
	err = openDir(t, restored).view(ctx, func(tx *tx) error {
		got, err := tx.Tickets(ctx, ticket.Filter{})
		if len(got) != 1 || got[0].ID != "A" {
			t.Errorf("restored %v", got)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
	if err := s.Backup(ctx, out); !errors.Is(err, fs.ErrExist) {
		t.Errorf("over a file: %v", err)
	}
	if err := s.Backup(ctx, filepath.Join(dir, "none", "x")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("into no directory: %v", err)
	}
}

func TestBackupWithoutFiles(t *testing.T) {
	t.Parallel()
	out := filepath.Join(t.TempDir(), "b")
	if err := openDir(t, t.TempDir()).Backup(ctx, out); err != nil {
		t.Fatal(err)
	}
	if names := unpack(t, out, t.TempDir()); len(names) != 1 || !names["liaison.db"] {
		t.Errorf("archive has %v", names)
	}
}

func TestBackupOfPostgres(t *testing.T) {
	t.Parallel()
	s := &Store{target: target{dsn: "postgres://h/d"}}
	if err := s.Backup(ctx, filepath.Join(t.TempDir(), "b")); err == nil || !strings.Contains(err.Error(), "pg_dump") {
		t.Errorf("error %v", err)
	}
}
