package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"liaison/handlers"
	"liaison/knowledge"
	"liaison/knowledge/library"
	"liaison/knowledge/openai"
	"liaison/knowledge/shelf"
	"liaison/store"
)

// databaseFile is the SQLite database in the data folder.
const databaseFile = "liaison.db"

// libraryPoll is how often a running bot looks whether the library has changed, without
// having been told: commands are processes of their own, and what is told may be lost.
const libraryPoll = 5 * time.Second

// logger makes the logger of the settings.
func (s *Settings) logger(w io.Writer) *slog.Logger {
	o := &slog.HandlerOptions{Level: s.level()}
	if s.LogFormat == "json" {
		return slog.New(slog.NewJSONHandler(w, o))
	}
	return slog.New(slog.NewTextHandler(w, o))
}

// mustExist fails when there is no database yet, for commands that would make
// no sense on a new one.
func (s *Settings) mustExist() error {
	file := filepath.Join(s.Data, databaseFile)
	if _, err := os.Stat(file); s.Database == "" && errors.Is(err, os.ErrNotExist) {
		return misuse(fmt.Errorf("there is no database %s", file), "check LIAISON_DATA (--data), or start the bot once to make it: liaison --data %s", s.Data)
	}
	return nil
}

// existing opens the data of a bot that has been started before.
func (s *Settings) existing(ctx context.Context, c *console) (*app, error) {
	if err := s.mustExist(); err != nil {
		return nil, err
	}
	return s.build(ctx, s.logger(c.err))
}

// existingStore is existing for what needs no more than the store.
func (s *Settings) existingStore(ctx context.Context, log *slog.Logger) (*store.Store, error) {
	if err := s.mustExist(); err != nil {
		return nil, err
	}
	return s.open(ctx, log)
}

// ownStore is existingStore for what must find nobody at work there, and keeps others out
// until end is called.
func (s *Settings) ownStore(ctx context.Context, log *slog.Logger) (st *store.Store, end func() error, err error) {
	if err := s.mustExist(); err != nil {
		return nil, nil, err
	}
	claim, err := store.NewClaim(ctx, s.storeConfig(log), false)
	if err != nil {
		return nil, nil, s.openFailure(err)
	}
	if st, err = s.open(ctx, log); err != nil {
		return nil, nil, errors.Join(err, claim.Release())
	}
	return st, func() error { return errors.Join(st.Close(), claim.Release()) }, nil
}

// open opens the store of the settings.
func (s *Settings) open(ctx context.Context, log *slog.Logger) (*store.Store, error) {
	st, err := store.Open(ctx, s.storeConfig(log))
	return st, s.openFailure(err)
}

func (s *Settings) storeConfig(log *slog.Logger) store.Config {
	return store.Config{DSN: s.Database, Dir: s.Data, Logger: log, Now: wallClock}
}

// openFailure says which settings are behind an error of opening the store.
func (s *Settings) openFailure(err error) error {
	var open *store.OpenError
	if errors.As(err, &open) && open.Try != "" {
		return fail(err, "%s; LIAISON_DATA is %s, LIAISON_DATABASE is %q", open.Try, s.Data, maskURL(s.Database))
	}
	return fail(err, "check LIAISON_DATA (%s) and LIAISON_DATABASE (%s)", s.Data, maskURL(s.Database))
}

// answerer makes what answers questions.
func (s *Settings) answerer(docs []knowledge.Document, m *meaning, counts *metrics, log *slog.Logger) (*knowledge.Answerer, error) {
	lib, err := knowledge.NewLibrary(docs)
	if err != nil { // what is faulty is left out, all else is answered from
		log.Error("faults in the library", "error", err)
	}
	c := knowledge.Config{Library: lib, Timeout: s.ModelTimeout, Hybrid: m.hybrid, Logger: log, Now: wallClock}
	if counts != nil {
		c.Stage, c.Answered = counts.stage, counts.answered
	}
	if s.OpenAIBaseURL != "" {
		m, err := openai.New(openai.Config{BaseURL: s.OpenAIBaseURL, Model: s.OpenAIModel, Key: s.OpenAIAPIKey, Timeout: s.ModelTimeout})
		if err != nil {
			return nil, misuse(err, "check OPENAI_BASE_URL, OPENAI_MODEL and OPENAI_API_KEY")
		}
		c.Model = m
	}
	return knowledge.NewAnswerer(c)
}

// readLibrary returns the documents of the data folder's library; where there is
// no database yet, the bundled ones. It makes nothing.
func (s *Settings) readLibrary(ctx context.Context, log *slog.Logger) ([]knowledge.Document, error) {
	if s.mustExist() != nil {
		return knowledge.LoadFS(library.FS())
	}
	st, err := s.open(ctx, log)
	if err != nil {
		return nil, err
	}
	defer st.Close()
	docs, _, err := shelf.New(shelf.Config{Store: st, Logger: log, Now: wallClock}).Load(ctx)
	if err == nil && len(docs) == 0 { // migrated, but never started
		return knowledge.LoadFS(library.FS())
	}
	return docs, err
}

// openShelf opens the kept library of the store, with the bundled documents of this
// program in it.
func openShelf(ctx context.Context, st *store.Store, log *slog.Logger) (*shelf.Shelf, error) {
	docs, err := knowledge.LoadFS(library.FS())
	if err != nil {
		return nil, err
	}
	sh := shelf.New(shelf.Config{Store: st, Logger: log, Now: wallClock})
	return sh, sh.SyncBundled(ctx, docs)
}

// follower keeps the index of a running bot up with the documents in the store and
// with what the staff decided about answering.
type follower struct {
	shelf    *shelf.Shelf
	answerer *knowledge.Answerer
	log      *slog.Logger
	rev      int64 // of the library that is answered from

	decided handlers.Store // what the staff decided; nil for nothing
	decRev  int64          // of what is in force here; 0 is nothing
}

// run looks when it is told that the library has changed, and every libraryPoll, until
// ctx ends or changes is closed.
func (f *follower) run(ctx context.Context, changes <-chan handlers.Change) {
	tick := time.NewTicker(libraryPoll)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case c, ok := <-changes:
			if !ok {
				return
			}
			if c.Kind != handlers.LibraryChanged {
				continue
			}
		case <-tick.C:
		}
		if err := f.look(ctx); err != nil && ctx.Err() == nil {
			f.log.ErrorContext(ctx, "the library could not be read again, the old one stays", "error", err)
		}
	}
}

// look brings what has changed into the library that is answered from.
func (f *follower) look(ctx context.Context) error {
	return errors.Join(f.lookAtDocuments(ctx), f.lookAtDecisions(ctx))
}

// lookAtDecisions lays what the staff decided over the library.
func (f *follower) lookAtDecisions(ctx context.Context) error {
	if f.decided == nil {
		return nil
	}
	var rev int64
	var list []handlers.Override
	err := f.decided.View(ctx, func(tx handlers.Tx) (err error) {
		if rev, err = tx.OverridesRevision(ctx); err != nil || rev == f.decRev {
			return err
		}
		list, err = tx.Overrides(ctx, false)
		return err
	})
	if err != nil || rev == f.decRev {
		return err
	}
	f.answerer.SetLibrary(f.answerer.Library().With(handlers.Decided(list)))
	f.decRev = rev
	f.log.InfoContext(ctx, "overrides changed", "overrides", len(list))
	return nil
}

// lookAtDocuments brings the documents that have changed into the library that is answered
// from. When they cannot be read the old library stays.
func (f *follower) lookAtDocuments(ctx context.Context) error {
	now, err := f.shelf.Revision(ctx)
	if err != nil || now == f.rev {
		return err
	}
	changed, removed, now, err := f.shelf.Changes(ctx, f.rev)
	if err != nil {
		return err
	}
	lib, err := f.answerer.Library().Update(changed, removed)
	if err != nil { // what is faulty is left out
		f.log.ErrorContext(ctx, "faults in the library", "error", err)
	}
	f.answerer.SetLibrary(lib)
	f.rev = now
	f.log.InfoContext(ctx, "library changed", "documents", len(changed), "removed", len(removed), "units", lib.Len())
	return nil
}
