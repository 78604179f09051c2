package store

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// Ready reports why nothing can be done with the state, nil when messages can be taken
// in and handled. It asks the database once a second at most, and takes two seconds at
// most, also when the database says nothing at all.
func (s *Store) Ready(ctx context.Context) error { return s.pulse.Check(ctx) }

// ask reports whether the state is ours and takes what is written: a full disk, or a
// standby, can be read.
func (s *Store) ask(ctx context.Context) error {
	if err := s.Ping(ctx); err != nil {
		return err
	}
	if err := s.room(); err != nil {
		return err
	}
	const write = `INSERT INTO counter (name, value) VALUES ('pulse', $1) ON CONFLICT (name) DO UPDATE SET value = excluded.value`
	if s.target.postgres() {
		_, err := s.write.ExecContext(ctx, write, millis(s.cfg.Now()))
		return err
	}
	_, err := s.beat.ExecContext(ctx, write, millis(s.cfg.Now()))
	if s.dialect.again(err) { // somebody is writing at this moment, perhaps for long: it can be written
		return nil
	}
	return err
}

// room reports whether the disk of a SQLite file has any room: for a while SQLite finds
// some in files that have grown before, and then it fails with the next message.
func (s *Store) room() error {
	if s.target.postgres() {
		return nil
	}
	f, err := os.CreateTemp(filepath.Dir(s.target.file), ".room-*")
	if err != nil {
		return err
	}
	_, err = f.Write(make([]byte, 64<<10))
	return errors.Join(err, f.Close(), os.Remove(f.Name()))
}

// Ping reports whether the state can be read, has the schema of this program,
// and is still the file that was opened.
func (s *Store) Ping(ctx context.Context) error {
	if err := s.sameFile(); err != nil {
		return err
	}
	var have int64
	err := s.read.QueryRowContext(ctx, `SELECT coalesce(max(version_id), 0) FROM goose_db_version`).Scan(&have)
	switch {
	case err != nil:
		return err
	case have > schemaVersion:
		return &newerSchemaError{have: have, known: schemaVersion}
	case have < schemaVersion:
		return fmt.Errorf("the schema has version %d, not %d", have, schemaVersion)
	default:
		return nil
	}
}
