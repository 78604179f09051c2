package terms

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"sync"
	"time"

	"liaison/ticket"
	"liaison/ticket/workday"
)

// Config is what a Live needs.
type Config struct {
	// Holidays is the override file of the calendar, Deadlines the deadline file, "" for
	// none. One that is not there says nothing, unless it is needed.
	Holidays, Deadlines         string
	NeedHolidays, NeedDeadlines bool
	// Policy holds where the deadline file says nothing.
	Policy ticket.Policy
	// Hours returns the office hours of a station as workday.ParseHours reads them,
	// "" where it has none of its own.
	Hours  func(station string) string
	Logger *slog.Logger
	Now    func() time.Time // Defaults to time.Now.
	// Interval is how often Run looks at the files. Defaults to 3 seconds.
	Interval time.Duration
}

// Live gives the terms of each station as the files have them now. A file that
// does not fit is refused and the last good one stays. All methods are safe for
// concurrent use.
type Live struct {
	cfg      Config
	onChange func()

	mu     sync.Mutex
	seen   [2][]byte // the files as they were read last, good or bad
	file   File
	days   map[string]bool              // the overrides
	clocks map[string]*workday.Calendar // by hours
	warned int                          // the latest year whose holidays were found missing
}

// Open reads the files, which must be good at the start.
func Open(cfg Config) (*Live, error) {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Interval <= 0 {
		cfg.Interval = 3 * time.Second
	}
	l := &Live{cfg: cfg}
	l.mu.Lock()
	defer l.mu.Unlock()
	if _, err := l.load(); err != nil {
		return nil, err
	}
	return l, nil
}

// Of returns the terms of a station. It is a ticket.TermsOf.
func (l *Live) Of(station string) ticket.Terms {
	hours := l.cfg.Hours(station)
	l.mu.Lock()
	defer l.mu.Unlock()
	return ticket.Terms{Clock: l.clock(hours), Policy: l.file.policy(l.cfg.Policy, station)}
}

// clock returns the calendar for the hours. Hours that do not fit, which the
// station file does not let pass, are the city's.
func (l *Live) clock(hours string) *workday.Calendar {
	c, ok := l.clocks[hours]
	if ok {
		return c
	}
	days, spans, err := workday.ParseHours(hours)
	if err == nil {
		c, err = workday.New(workday.Options{Overrides: l.days, Hours: spans, Days: days})
	}
	if err != nil {
		l.cfg.Logger.Error("office hours do not fit, the city's are taken", "hours", hours, "error", err)
		c = l.clock("")
	}
	l.clocks[hours] = c
	return c
}

// OnChange sets what Run calls after a file has changed. Call it before Run.
func (l *Live) OnChange(fn func()) { l.onChange = fn }

// Run reads the files again whenever they have changed, until the context ends,
// and warns of years whose holidays are not known.
func (l *Live) Run(ctx context.Context) {
	ticker := time.NewTicker(l.cfg.Interval)
	defer ticker.Stop()
	for {
		l.mu.Lock()
		l.warn()
		l.mu.Unlock()
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		l.mu.Lock()
		changed, err := l.load()
		l.mu.Unlock()
		switch {
		case err != nil:
			l.cfg.Logger.ErrorContext(ctx, "deadlines or holidays refused, the old ones stay in force", "error", err)
		case changed:
			l.cfg.Logger.InfoContext(ctx, "deadlines and holidays reloaded")
			if l.onChange != nil {
				l.onChange()
			}
		}
	}
}

// load reads what has changed since the last time and reports whether anything
// new is in force. A refused file is an error once, not at every look.
func (l *Live) load() (changed bool, err error) {
	holidays, err := read(l.cfg.Holidays, l.cfg.NeedHolidays)
	if err != nil {
		return false, l.once(0, []byte(err.Error()), fmt.Errorf("LIAISON_HOLIDAYS: %w", err))
	}
	deadlines, err := read(l.cfg.Deadlines, l.cfg.NeedDeadlines)
	if err != nil {
		return false, l.once(1, []byte(err.Error()), fmt.Errorf("LIAISON_DEADLINES: %w", err))
	}
	if l.clocks != nil && bytes.Equal(l.seen[0], holidays) && bytes.Equal(l.seen[1], deadlines) {
		return false, nil
	}
	l.seen = [2][]byte{holidays, deadlines}
	days, err := workday.ReadOverrides(l.cfg.Holidays, bytes.NewReader(holidays))
	if err != nil {
		return false, err
	}
	city, err := workday.New(workday.Options{Overrides: days})
	if err != nil {
		return false, err
	}
	file, err := Parse(l.cfg.Deadlines, deadlines)
	if err != nil {
		return false, err
	}
	l.days, l.file, l.clocks, l.warned = days, file, map[string]*workday.Calendar{"": city}, 0
	return true, nil
}

// once returns the error unless the file had the same one at the last look.
func (l *Live) once(i int, what []byte, err error) error {
	if l.clocks != nil && bytes.Equal(l.seen[i], what) {
		return nil
	}
	l.seen[i] = what
	return err
}

// read returns the file's content; of one that is missing and not needed, or has no
// name, nothing.
func read(path string, needed bool) ([]byte, error) {
	if path == "" {
		return nil, nil
	}
	b, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) && !needed {
		return nil, nil
	}
	return b, err
}

// ahead is how long before an unknown year there is a warning: deadlines that are
// set then reach into it.
const ahead = 45

// warn says once for each year that its holidays are not known.
func (l *Live) warn() {
	now := l.cfg.Now()
	for _, year := range []int{now.In(ticket.CST).Year(), now.AddDate(0, 0, ahead).In(ticket.CST).Year()} {
		if year > l.warned && !l.clocks[""].Known(year) {
			l.warned = year
			l.cfg.Logger.Warn("the holidays of this year are not known, its deadlines are reckoned without what will be announced: give them in the file of LIAISON_HOLIDAYS, or in holidays.txt of the data folder", "year", year)
		}
	}
}
