package main

import (
	"log/slog"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"liaison/handlers"
	"liaison/ticket"
)

func TestAskedMetrics(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	s := &Settings{Data: t.TempDir()}
	st, err := s.open(ctx, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	now := time.Date(2026, 11, 23, 10, 0, 0, 0, ticket.CST)
	counts := newMetrics()
	counts.registry.MustRegister(&askedMetrics{store: st, log: slog.New(slog.DiscardHandler), now: func() time.Time { return now }})
	scrape := func() string {
		w := httptest.NewRecorder()
		counts.handler().ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
		return w.Body.String()
	}
	if body := scrape(); strings.Contains(body, "liaison_answered_share_week") || !strings.Contains(body, `liaison_questions_week{outcome="answered"} 0`) {
		t.Errorf("nothing asked: %s", body)
	}
	err = st.Update(ctx, func(tx handlers.Tx) error {
		for o, at := range map[handlers.AskedOutcome]time.Time{
			handlers.AskedAnswered: now, handlers.AskedRefused: now.AddDate(0, 0, -6), handlers.AskedClarified: now.AddDate(0, 0, -7), handlers.AskedHelped: now,
		} {
			if err := tx.CountAsked(ctx, o, at); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	body := scrape()
	for _, want := range []string{`liaison_questions_week{outcome="answered"} 1`, `liaison_questions_week{outcome="clarified"} 0`, `liaison_questions_week{outcome="helped"} 1`, "liaison_answered_share_week 0.5"} {
		if !strings.Contains(body, want) {
			t.Errorf("no %s", want)
		}
	}
}
