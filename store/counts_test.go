package store

import (
	"log/slog"
	"testing"
	"time"

	"liaison/handlers"
	"liaison/ticket"
)

// Many ask the same at once. What one of them has counted holds nobody up until the
// whole transaction has ended: it is counted at its end.
func TestCountsHoldNobodyUp(t *testing.T) {
	t.Parallel()
	s, err := Open(t.Context(), Config{Dir: t.TempDir(), DSN: schemaOf(t, needPostgres(t)), Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	noon := time.Date(2026, 11, 23, 12, 0, 0, 0, ticket.CST)
	count := func(tx handlers.Tx) error {
		for range 40 { // more often than there are parts
			if err := tx.CountAsked(t.Context(), handlers.AskedRefused, noon); err != nil {
				return err
			}
		}
		return tx.AddGap(t.Context(), handlers.Missed{Question: "屋顶能装光伏吗？", Reason: handlers.Refused, At: noon})
	}
	begun, end := make(chan struct{}), make(chan struct{})
	first := make(chan error, 1)
	go func() {
		first <- s.Update(t.Context(), func(tx handlers.Tx) error {
			if err := count(tx); err != nil {
				return err
			}
			close(begun)
			<-end
			return nil
		})
	}()
	<-begun
	second := make(chan error, 1)
	go func() { second <- s.Update(t.Context(), count) }()
	select {
	case err := <-second:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(20 * time.Second):
		t.Error("the second waits for the end of the first")
	}
	close(end)
	if err := <-first; err != nil {
		t.Error(err)
	}
	err = s.View(t.Context(), func(tx handlers.Tx) error {
		gaps, err := tx.Gaps(t.Context(), 0, handlers.GapOpen)
		if err == nil && (len(gaps) != 1 || gaps[0].Count != 2) {
			t.Errorf("it is counted as %+v", gaps)
		}
		days, err := tx.AskedDays(t.Context(), noon)
		if err == nil && (len(days) != 1 || days[0].Count[handlers.AskedRefused] != 80) {
			t.Errorf("the day has %+v", days)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}
