package store

import (
	"context"
	"time"
)

// Jobs runs a statement on River's tables and returns how many rows it changed. They
// have been written by a clock that is wrong.
func (s *Store) Jobs(ctx context.Context, statement string) (int64, error) {
	res, err := s.jobs.ExecContext(ctx, statement)
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}

// From is the moment that is so far from now, in SQL.
func (s *Store) From(d time.Duration) string { return s.dialect.in(d) }

// SchemaVersion is the version of the newest schema.
var SchemaVersion = schemaVersion

// MostTold is mostTold.
const MostTold = mostTold
