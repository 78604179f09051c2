package store

import (
	"context"
	"database/sql"
	"time"
)

// Figures is what the database holds at a moment, for whoever runs the program.
type Figures struct {
	Inbox        map[string]int // messages by state: queued, parked
	OldestQueued time.Time      // when the first of the queued ones came; zero: none waits
	Outbox       int            // replies that wait to be delivered
	Jobs         map[string]int // by River's state, those that are over left out
	Leader       bool           // one of the processes does the periodic work
	Cases        []StationCases
	Backup       time.Time // when the last backup was noted, see NoteBackup; zero: never
}

// StationCases counts the open cases of a station.
type StationCases struct {
	Station       string
	Open, Overdue int
}

// jobStates are the states of a job that is not over.
var jobStates = []string{"available", "running", "retryable", "scheduled", "pending", "discarded"}

// Figures counts. It reads a few indexes and is meant to be called every few seconds.
func (s *Store) Figures(ctx context.Context, now time.Time) (Figures, error) {
	f := Figures{Inbox: map[string]int{"queued": 0, "parked": 0}, Jobs: make(map[string]int)}
	for _, state := range jobStates {
		f.Jobs[state] = 0
	}
	err := s.view(ctx, func(t *tx) error {
		var queued, parked int
		var oldest sql.NullInt64
		err := t.row(ctx, `SELECT count(*), min(at) FROM inbox WHERE state = 'queued'`).Scan(&queued, &oldest)
		if err != nil {
			return err
		}
		if oldest.Valid {
			f.OldestQueued = time.UnixMilli(oldest.Int64)
		}
		if parked, err = t.CountParked(ctx); err != nil {
			return err
		}
		f.Inbox["queued"], f.Inbox["parked"] = queued, parked
		if err := t.row(ctx, `SELECT count(*) FROM outbox WHERE state = 'queued'`).Scan(&f.Outbox); err != nil {
			return err
		}
		type count struct {
			state string
			n     int
		}
		counts, err := all(ctx, t, func(sc scanner) (c count, err error) { return c, sc.Scan(&c.state, &c.n) },
			`SELECT state, count(*) FROM river_job WHERE state NOT IN ('completed', 'cancelled') GROUP BY state`)
		if err != nil {
			return err
		}
		for _, c := range counts {
			f.Jobs[c.state] = c.n
		}
		var leaders int
		if err := t.row(ctx, `SELECT count(*) FROM river_leader WHERE expires_at >= `+s.dialect.now).Scan(&leaders); err != nil {
			return err
		}
		f.Leader = leaders > 0
		var w where
		w.and(`due_at > 0 AND due_at < $?`, ceilMillis(now)) // as where.concern has it
		late := w.conds[0]
		w.conds = nil
		w.in(`state`, openStates)
		f.Cases, err = all(ctx, t, func(sc scanner) (c StationCases, err error) { return c, sc.Scan(&c.Station, &c.Open, &c.Overdue) },
			`SELECT station, count(*), sum(CASE WHEN `+late+` THEN 1 ELSE 0 END) FROM ticket`+w.String()+` GROUP BY station ORDER BY station`, w.args...)
		if err != nil {
			return err
		}
		f.Backup, err = t.noted(ctx, "backup")
		return err
	})
	return f, err
}

// Pools returns what the connections to the database are doing, by what they are for:
// "write", "read" and "jobs"; on PostgreSQL reading and writing share the first.
func (s *Store) Pools() map[string]sql.DBStats {
	if s.target.postgres() {
		return map[string]sql.DBStats{"write": s.write.Stats(), "jobs": s.jobs.Stats()}
	}
	return map[string]sql.DBStats{"write": s.write.Stats(), "read": s.read.Stats(), "jobs": s.jobs.Stats()}
}

// NoteBackup notes that everything was backed up at the moment, for Figures.
func (s *Store) NoteBackup(ctx context.Context, at time.Time) error {
	return s.update(ctx, func(t *tx) error { _, err := t.note(ctx, "backup", at); return err })
}

// SetStreamed notes whether the inbox is kept outside this database, so that messages
// may wait there. Streamed tells it.
func (s *Store) SetStreamed(ctx context.Context, streamed bool) error {
	return s.update(ctx, func(t *tx) error {
		value := 0
		if streamed {
			value = 1
		}
		_, err := t.exec(ctx, `INSERT INTO counter (name, value) VALUES ('streamed', $1) ON CONFLICT (name) DO UPDATE SET value = excluded.value`, value)
		return err
	})
}

// Streamed reports what SetStreamed has noted.
func (s *Store) Streamed(ctx context.Context) (streamed bool, err error) {
	err = s.view(ctx, func(t *tx) error {
		var n int
		err := t.row(ctx, `SELECT count(*) FROM counter WHERE name = 'streamed' AND value = 1`).Scan(&n)
		streamed = n > 0
		return err
	})
	return streamed, err
}
