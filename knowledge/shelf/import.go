package shelf

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Options say how an import is done.
type Options struct {
	By     string // who does it
	Draft  bool   // what is new waits for review
	DryRun bool   // nothing is written
	Strict bool   // nothing is written if a file fails
	// Progress is called after each file that was read, by one goroutine at a
	// time. Defaults to nothing.
	Progress func(done, all int)
}

// Report is what an import did, or with DryRun would do.
type Report struct {
	ID       int64 // for Undo; 0 when nothing was written
	Outcomes []Outcome
	Written  bool
}

// Failed counts the files that did not get in and should have.
func (r Report) Failed() int {
	n := 0
	for _, o := range r.Outcomes {
		if o.Failed {
			n++
		}
	}
	return n
}

// Import brings files into the library in one transaction: all that can be read,
// or nothing of them with Strict when one cannot. Importing the same files again
// changes nothing, unless a newer reader makes something else of them: that
// corrects the version in place if nobody has touched it since. The outcomes are in the order of the files.
func (s *Shelf) Import(ctx context.Context, files []File, o Options) (Report, error) {
	if o.Progress == nil {
		o.Progress = func(int, int) {}
	}
	var known map[string]map[string]bool
	err := s.store.ViewShelf(ctx, func(tx Tx) error {
		entries, err := tx.Entries(ctx, false)
		known = lastHashes(entries)
		return err
	})
	if err != nil {
		return Report{}, err
	}
	// Reading is slow and stays outside of the transaction.
	readings, err := s.reader.readAll(ctx, files, known, o.Progress)
	if err != nil {
		return Report{}, err
	}
	var report Report
	run := s.store.UpdateShelf
	if o.DryRun {
		run = s.store.ViewShelf
	}
	err = run(ctx, func(tx Tx) error {
		report = Report{}
		p, err := newPlanner(ctx, tx, o, s.today())
		if err != nil {
			return err
		}
		if report.Outcomes, err = p.files(readings); err != nil {
			return err
		}
		if o.DryRun || len(p.puts) == 0 || o.Strict && report.Failed() > 0 {
			return nil
		}
		report.ID, err = s.record(ctx, tx, p.puts, report.Outcomes, o.By)
		report.Written = err == nil
		return err
	})
	return report, err
}

// record writes the lines and what is needed to take them back.
func (s *Shelf) record(ctx context.Context, tx Tx, puts []Entry, outcomes []Outcome, by string) (int64, error) {
	rev, err := tx.Revision(ctx)
	if err != nil {
		return 0, err
	}
	r := Record{Rev: rev + 1, By: by, At: s.now(), Outcomes: outcomes, Counts: Count(outcomes)}
	id, err := tx.AddImport(ctx, r)
	if err != nil {
		return 0, err
	}
	for i := range puts {
		puts[i].Import, puts[i].At = id, r.At
	}
	rev, err = tx.Put(ctx, puts)
	if err == nil && rev != r.Rev {
		err = fmt.Errorf("library: revision %d was written as %d", r.Rev, rev)
	}
	return id, err
}

// Imports returns the last limit imports, the newest first, without their outcomes.
func (s *Shelf) Imports(ctx context.Context, limit int) (list []Record, err error) {
	err = s.store.ViewShelf(ctx, func(tx Tx) error {
		list, err = tx.Imports(ctx, limit)
		return err
	})
	return list, err
}

// ImportRecord returns an import with its outcomes; NotFound when there is none.
func (s *Shelf) ImportRecord(ctx context.Context, id int64) (r Record, err error) {
	err = s.store.ViewShelf(ctx, func(tx Tx) error {
		r, err = tx.ImportRecord(ctx, id)
		return err
	})
	return r, err
}

// builtOn says which later imports keep one from being taken back.
func builtOn(id int64, later map[string]int64) error {
	var docs []string
	for doc, n := range later {
		docs = append(docs, fmt.Sprintf("%s by import %d", doc, n))
	}
	slices.Sort(docs)
	if more := len(docs) - 5; more > 0 {
		docs = append(docs[:5], fmt.Sprintf("%d more", more))
	}
	return refuse(CodeBuiltOn, "import %d cannot be taken back, what it brought was replaced since: %s", id, strings.Join(docs, ", "))
}

// Undo takes an import back: every version that it wrote stands again as before,
// or is gone if it was not there. What was done to these versions by hand since
// is taken back with it. Which it did is returned. An import that was taken back
// is a Conflict, one that later imports built on a *BuiltOnError. With id 0 it
// is the last import that holds.
func (s *Shelf) Undo(ctx context.Context, id int64, by string) (r Record, err error) {
	err = s.store.UpdateShelf(ctx, func(tx Tx) error {
		if r, err = s.toUndo(ctx, tx, id); err != nil {
			return err
		}
		written, err := tx.Written(ctx, r.Rev)
		if err != nil {
			return err
		}
		later := make(map[string]int64)
		var puts []Entry
		for _, w := range written {
			now, err := tx.Entries(ctx, false, w.ID)
			if err != nil {
				return err
			}
			for _, v := range now {
				if v.State != Removed && v.Version >= w.Version && v.Import > r.ID {
					later[w.ID] = v.Import
				}
			}
			before, err := tx.Before(ctx, w.ID, w.Version, r.Rev)
			switch {
			case errors.Is(err, ErrNotFound):
				before = w
				before.State, before.Import = Removed, 0
			case err != nil:
				return err
			}
			before.Action, before.By = Undo, by
			puts = append(puts, before)
		}
		if len(later) > 0 {
			return builtOn(r.ID, later)
		}
		if err := s.put(ctx, tx, puts); err != nil {
			return err
		}
		r.UndoneBy, r.UndoneAt = by, s.now()
		return tx.MarkUndone(ctx, r.ID, by, r.UndoneAt)
	})
	return r, err
}

func (s *Shelf) toUndo(ctx context.Context, tx Tx, id int64) (Record, error) {
	if id == 0 {
		list, err := tx.Imports(ctx, 1000)
		if err != nil {
			return Record{}, err
		}
		i := slices.IndexFunc(list, func(r Record) bool { return r.UndoneAt.IsZero() })
		if i < 0 {
			return Record{}, refuse(CodeNotFound, "there is no import to take back")
		}
		id = list[i].ID
	}
	r, err := tx.ImportRecord(ctx, id)
	if errors.Is(err, ErrNotFound) {
		return r, refuse(CodeNotFound, "there is no import %d", id)
	}
	if err == nil && !r.UndoneAt.IsZero() {
		err = refuse(CodeUndone, "import %d was taken back by %s", id, r.UndoneBy)
	}
	return r, err
}
