package main

import (
	"log/slog"
	"strings"
	"testing"
	"time"

	"liaison/handlers"
	"liaison/knowledge"
)

// What the staff decide is in force in a running bot at its next look, and the
// command line tells what it changes.
func TestDecisionsAreFollowed(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	log := slog.New(slog.DiscardHandler)
	s := &Settings{Data: t.TempDir()}
	st, err := s.open(ctx, log)
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	sh, err := openShelf(ctx, st, log)
	if err != nil {
		t.Fatal(err)
	}
	docs, rev, err := sh.Load(ctx)
	if err != nil {
		t.Fatal(err)
	}
	lib, err := knowledge.NewLibrary(docs)
	if err != nil {
		t.Fatal(err)
	}
	answerer, err := knowledge.NewAnswerer(knowledge.Config{Library: lib})
	if err != nil {
		t.Fatal(err)
	}
	f := &follower{shelf: sh, answerer: answerer, log: log, rev: rev, decided: st}
	const question, unit = "慈溪有几个普惠金融服务站？", "cixi-2024-reply-184#finance-service-points"
	answers := func(want bool) {
		t.Helper()
		if err := f.look(ctx); err != nil {
			t.Fatal(err)
		}
		a := answerer.Answer(ctx, knowledge.Question{Text: question})
		if got := a.Decision == knowledge.Answered && a.Citations[0].Unit == unit; got != want {
			t.Errorf("answered from the unit: %v, %+v", got, a)
		}
	}
	answers(true)
	var id int64
	err = st.Update(ctx, func(tx handlers.Tx) (err error) {
		id, err = tx.AddOverride(ctx, handlers.Override{Kind: handlers.OverrideBlock, Unit: unit, Why: "示例", By: "someone"})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	answers(false)
	var said strings.Builder
	if err := (askCmd{Question: question, JSON: true}).Run(ctx, s, &console{out: &said, err: &said}); err != nil || strings.Contains(said.String(), unit) {
		t.Errorf("ask: %v:\n%s", err, said.String())
	}
	var out strings.Builder
	if err := (evalOverridesCmd{}).Run(ctx, s, &console{out: &out, err: &out}); err != nil || !strings.Contains(out.String(), "worse") || !strings.Contains(out.String(), "普惠金融服务站有多少个") {
		t.Errorf("%v:\n%s", err, out.String())
	}
	err = st.Update(ctx, func(tx handlers.Tx) error { return tx.UndoOverride(ctx, id, "someone", time.Now()) })
	if err != nil {
		t.Fatal(err)
	}
	answers(true)
}
