package handlers_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"liaison/handlers"
	"liaison/ticket"
)

// spread calls Spread once and returns how many messages wait after it.
func (w *town) spread(d *handlers.Desk) (waiting int, running bool) {
	w.t.Helper()
	running, err := d.Spread(w.t.Context())
	if err != nil {
		w.t.Fatal(err)
	}
	w.must(func(ctx context.Context, tx handlers.Tx) (err error) {
		waiting, err = tx.BulkWaiting(ctx, "")
		return err
	})
	return waiting, running
}

// press lets the person press the button and returns what is said.
func (w *town) press(name, button string) (said []string) {
	w.t.Helper()
	w.must(func(ctx context.Context, tx handlers.Tx) error {
		m := handlers.Message{Key: name + button, From: handlers.Address{Channel: handlers.Telegram, Chat: name}, User: name, Button: button, SentAt: w.now}
		return w.desk.Handle(ctx, tx, m, handlers.Prepared{})
	})
	for _, r := range w.outbox()[name] {
		said = append(said, r.String())
	}
	return said
}

// An announcement reaches everybody once, in pages, however often it is interrupted,
// and the outbox never holds more than a few pages of it.
func TestAnnouncementIsSpreadInPages(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	w.reset()
	const people = 330
	w.must(func(ctx context.Context, tx handlers.Tx) error {
		for i := range people {
			name := fmt.Sprint("r", i)
			if _, err := tx.Touch(ctx, handlers.Telegram, name, name, w.now); err != nil {
				return err
			}
			w.name[name] = name
		}
		return nil
	})
	var a handlers.Announcement
	w.must(func(ctx context.Context, tx handlers.Tx) (err error) {
		for field, bad := range map[string]func() error{
			"text": func() error {
				_, err := w.desk.Announce(ctx, tx, "", handlers.Audience{Role: ticket.RoleRequester}, " \n", 1)
				return err
			},
			"audience": func() error {
				_, err := w.desk.Announce(ctx, tx, "", handlers.Audience{Role: ticket.RoleAgent}, "x", 1)
				return err
			},
			"town": func() error {
				_, err := w.desk.Reach(ctx, tx, handlers.Audience{Role: ticket.RoleRequester, Town: "x"})
				return err
			},
			"people": func() error {
				_, err := w.desk.Announce(ctx, tx, "", handlers.Audience{Role: ticket.RoleObserver}, "x", 0)
				return err
			},
		} {
			if err := bad(); ticket.CodeOf(err) != ticket.Invalid || err.(*ticket.Error).Field != field {
				t.Errorf("wrong %s: %v", field, err)
			}
		}
		to := handlers.Audience{Role: ticket.RoleRequester}
		n, err := w.desk.Reach(ctx, tx, to)
		if err != nil {
			return err
		}
		a, err = w.desk.Announce(ctx, tx, w.person["boss"], to, "现场办公", n)
		return err
	})
	if want := people + 2; a.People != want { // o1 and o2 of the town are requesters too
		t.Fatalf("it is for %d people, want %d", a.People, want)
	}
	got := make(map[string]int)
	most := 0
	for life := 0; ; life++ {
		desk := newDesk(t, w.st, w.desk.Now) // as after a restart
		for range 1 + life%5 {
			waiting, _ := w.spread(desk)
			most = max(most, waiting)
		}
		for to, replies := range w.outbox() {
			for _, r := range replies {
				if r.Bulk != a.ID || !strings.Contains(r.String(), "现场办公") {
					t.Errorf("%s got %+v", to, r)
				}
				got[to]++
			}
		}
		if _, running := w.spread(desk); !running {
			break
		}
	}
	if len(got) != a.People {
		t.Errorf("%d people have it", len(got))
	}
	for to, n := range got {
		if n != 1 {
			t.Errorf("%s has it %d times", to, n)
		}
	}
	if most > 150 || most < 100 {
		t.Errorf("%d waited in the outbox", most)
	}
	if said := w.press("boss", "news:see:"+a.ID); !slices.Equal(said, []string{"通知已发完：已送达 332／332 人，0 人联系不上。"}) {
		t.Errorf("progress: %q", said)
	}
}

// A supervisor stops an announcement; what waits is taken back, and nobody else may.
func TestAnnouncementIsStopped(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	w.reset()
	var a handlers.Announcement
	w.must(func(ctx context.Context, tx handlers.Tx) (err error) {
		a, err = w.desk.Announce(ctx, tx, "", handlers.Audience{Role: ticket.RoleRequester}, "现场办公", 2)
		return err
	})
	w.spread(w.desk)
	var said []string
	w.must(func(ctx context.Context, tx handlers.Tx) error {
		m := handlers.Message{Key: "1", From: handlers.Address{Channel: handlers.Telegram, Chat: "boss"}, User: "boss", Button: "news:stop:" + a.ID, SentAt: w.now}
		return w.desk.Handle(ctx, tx, m, handlers.Prepared{})
	})
	out := w.outbox()
	for _, r := range out["boss"] {
		said = append(said, r.String())
	}
	if !slices.Equal(said, []string{"通知已停止：已送达 0／2 人，0 人联系不上。"}) || len(out) != 1 {
		t.Errorf("said %q, sent %v", said, out)
	}
	if waiting, running := w.spread(w.desk); waiting > 0 || running {
		t.Errorf("%d wait, running %v", waiting, running)
	}
	for _, button := range []string{"news:new", "news:to:requester", "news:stop:" + a.ID, "news:see:" + a.ID} {
		for to, replies := range map[string][]string{"o1": w.press("o1", button), "a1": w.press("a1", button)} {
			if len(replies) != 1 || !strings.Contains(replies[0], "只对督办人员开放") {
				t.Errorf("%s presses %s: %q", to, button, replies)
			}
		}
	}
}
