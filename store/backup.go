package store

import (
	"archive/tar"
	"compress/gzip"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// Packed is a file that goes into a backup.
type Packed struct {
	Name string // in the archive
	Body []byte
}

// Backup writes one archive (tar, gzip) with a consistent copy of the database
// as liaison.db, the files of Dir/files, as far as they are there, and what else is
// given. Others may write meanwhile. A file that exists is not overwritten; the
// archive appears under its name only when it is complete. On PostgreSQL it is
// an error: that is for pg_dump.
func (s *Store) Backup(ctx context.Context, file string, more ...Packed) (err error) {
	if s.target.postgres() {
		return errors.New("backup: the data is in PostgreSQL: use pg_dump, and copy the directory of the files")
	}
	if _, err := os.Lstat(file); err == nil {
		return fmt.Errorf("backup: %s: %w", file, fs.ErrExist)
	}
	work, err := os.MkdirTemp(filepath.Dir(file), ".backup-*")
	if err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	defer os.RemoveAll(work)
	// The database first: a case in it then has its files in the archive.
	db := filepath.Join(work, "liaison.db")
	if err := s.copySQLite(ctx, db); err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	archive := filepath.Join(work, "archive")
	if err := s.writeArchive(ctx, archive, db, more); err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	if err := os.Rename(archive, file); err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	return syncDir(filepath.Dir(file))
}

// copySQLite uses a connection of its own: the writers' would make them wait,
// and the readers' may not write at all.
func (s *Store) copySQLite(ctx context.Context, to string) error {
	db, err := sql.Open("sqlite", sqliteDSN(s.target.file, lockTime, ""))
	if err != nil {
		return err
	}
	defer db.Close()
	_, err = db.ExecContext(ctx, `VACUUM INTO $1`, to)
	return err
}

func (s *Store) writeArchive(ctx context.Context, file, db string, more []Packed) (err error) {
	f, err := os.OpenFile(file, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	zw := gzip.NewWriter(f)
	tw := tar.NewWriter(zw)
	if err := addFile(tw, "liaison.db", db); err != nil {
		return err
	}
	for _, p := range more {
		h := &tar.Header{Name: p.Name, Mode: 0o600, Size: int64(len(p.Body)), ModTime: s.cfg.Now()}
		if err := tw.WriteHeader(h); err != nil {
			return err
		}
		if _, err := tw.Write(p.Body); err != nil {
			return err
		}
	}
	if err := addFiles(ctx, tw, filepath.Join(s.cfg.Dir, "files")); err != nil {
		return err
	}
	return errors.Join(tw.Close(), zw.Close(), f.Sync())
}

// addFiles adds the finished files of Blobs in dir, under files/.
func addFiles(ctx context.Context, tw *tar.Writer, dir string) error {
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || !isHash(e.Name()) {
			return err
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		rel, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		return addFile(tw, "files/"+filepath.ToSlash(rel), path)
	})
	if errors.Is(err, fs.ErrNotExist) && !exists(dir) {
		return nil
	}
	return err
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}

func addFile(tw *tar.Writer, name, path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	h := &tar.Header{Name: name, Mode: 0o600, Size: info.Size(), ModTime: info.ModTime()}
	if err := tw.WriteHeader(h); err != nil {
		return err
	}
	_, err = io.CopyN(tw, f, info.Size())
	return err
}
