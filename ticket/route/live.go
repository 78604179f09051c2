package route

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// Live is the directory of a file that may change while the program runs. A
// file that does not fit is refused and the last good directory stays.
//
// A reload may drop a station that owns open cases. They keep its id, and
// Directory.Station no longer knows it: whoever acts for a case then takes
// Triage instead, so no case is without an owner. The ids that vanished are
// logged, so that an operator can have the cases moved.
//
// All methods are safe for concurrent use.
type Live struct {
	// Interval is how often Run looks at the file. Set it before Run.
	// Defaults to 3 seconds.
	Interval time.Duration
	// OnChange, when set, is called after each reload with the directories
	// before and after, one call at a time. Set it before Run and Reload; it
	// must not call Reload. Defaults to none.
	OnChange func(before, after *Directory)

	path    string
	logger  *slog.Logger
	current atomic.Pointer[Directory]

	mu   sync.Mutex // one reload at a time
	seen stamp
}

// stamp tells whether a file may have changed.
type stamp struct {
	modified time.Time
	size     int64
	missing  bool
}

// OpenLive reads the file at path. The error is that of Parse, or of the file
// system; the file must be good at the start.
func OpenLive(path string, logger *slog.Logger) (*Live, error) {
	l := &Live{Interval: 3 * time.Second, path: path, logger: logger}
	d, err := l.read()
	if err != nil {
		return nil, err
	}
	l.current.Store(d)
	return l, nil
}

// Directory returns the directory in force. It is immutable: take it once for
// work that must see one state, and again for the next.
func (l *Live) Directory() *Directory { return l.current.Load() }

// Reload reads the file again and puts it in force. On error, which names file
// and line, the directory stays as it was.
func (l *Live) Reload() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	after, err := l.read()
	if err != nil {
		return err
	}
	before := l.current.Swap(after)
	l.logger.Info("stations reloaded", "file", l.path, "stations", len(after.stations), "towns", len(after.towns), "topics", len(after.topics))
	if gone := vanished(before, after); len(gone) > 0 {
		l.logger.Warn("stations are gone, their open cases fall to triage", "stations", gone, "triage", after.triage)
	}
	if l.OnChange != nil {
		l.OnChange(before, after)
	}
	return nil
}

// Run reloads the file whenever its time or size has changed, until the context
// ends. A refused file is logged once, not at every look.
func (l *Live) Run(ctx context.Context) {
	interval := l.Interval
	if interval <= 0 {
		interval = 3 * time.Second
	}
	ticker := time.NewTicker(interval)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		if !l.changed() {
			continue
		}
		if err := l.Reload(); err != nil {
			l.logger.ErrorContext(ctx, "station file refused, the old one stays in force", "file", l.path, "error", err)
		}
	}
}

func (l *Live) changed() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := look(l.path)
	return now.missing != l.seen.missing || now.size != l.seen.size || !now.modified.Equal(l.seen.modified)
}

// read looks before it reads: a write in between is then seen the next time.
func (l *Live) read() (*Directory, error) {
	l.seen = look(l.path)
	data, err := os.ReadFile(l.path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("station file: %w: create it from the example", err)
	}
	if err != nil {
		return nil, fmt.Errorf("station file: %w", err)
	}
	return Parse(l.path, data)
}

func look(path string) stamp {
	info, err := os.Stat(path)
	if err != nil {
		return stamp{missing: true}
	}
	return stamp{modified: info.ModTime(), size: info.Size()}
}

// vanished lists the ids of the stations that only the first directory has.
func vanished(before, after *Directory) []string {
	var ids []string
	for _, s := range before.stations {
		if !slices.ContainsFunc(after.stations, func(o Station) bool { return o.ID == s.ID }) {
			ids = append(ids, s.ID)
		}
	}
	return ids
}
