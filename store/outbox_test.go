package store

import (
	"strconv"
	"testing"
	"time"

	"liaison/handlers"
	"liaison/ticket"
)

// TestOutboxNumbers: lanes are in the order of time, and the replies of a lane in that of
// their writing, also where the clock is set back.
func TestOutboxNumbers(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, cfg Config) {
		now := time.Date(2026, 11, 23, 12, 0, 0, 0, ticket.CST)
		cfg.Now = func() time.Time { return now }
		s := opened(t, cfg)
		written := 0
		send := func(chat string, after time.Duration) {
			t.Helper()
			now = now.Add(after)
			err := s.Update(t.Context(), func(tx handlers.Tx) error {
				for range 2 {
					to := handlers.Address{Channel: handlers.Telegram, Chat: chat}
					written++
					if err := tx.Send(t.Context(), to, handlers.Reply{Text: []handlers.Span{{Text: strconv.Itoa(written)}}}); err != nil {
						return err
					}
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		var order []string
		for _, chat := range []string{"e", "b", "d", "a", "c", "f"} {
			send(chat, time.Second)
			order = append(order, "telegram:"+chat)
		}
		lanes, err := s.OutboundLanes(t.Context(), now)
		if err != nil || len(lanes) != len(order) {
			t.Fatalf("%d lanes wait, %v", len(lanes), err)
		}
		for i, lane := range lanes {
			if lane.Name != order[i] {
				t.Errorf("place %d has %s, want %s", i, lane.Name, order[i])
			}
		}

		send("e", -time.Hour)
		send("e", time.Second)
		for _, want := range []string{"1", "2", "13", "14", "15", "16"} {
			out, ok, err := s.NextOutbound(t.Context(), "telegram:e", now.Add(2*time.Hour))
			if err != nil || !ok {
				t.Fatalf("reply %s: %v", want, err)
			}
			if got := out.Reply.String(); got != want {
				t.Errorf("reply %s comes where %s was written", got, want)
			}
			if err := s.Delivered(t.Context(), out, nil, true, now); err != nil {
				t.Fatal(err)
			}
		}
	})
}
