package bot

import (
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	tgbot "github.com/go-telegram/bot"

	"liaison/handlers"
	"liaison/relay"
)

// Previews edit the message, at most once a second, and the edit that ends them
// keeps its distance too.
func TestPreviewsKeepToTheLimit(t *testing.T) {
	t.Parallel()
	w, u := talk(t)
	w.deliver(t, relay.Outbound{To: to(u), Reply: say("原文")})
	id := strconv.FormatInt(u.Messages()[0].ID, 10)
	began := time.Now()
	for i := 0; time.Since(began) < 2500*time.Millisecond; i++ {
		if err := w.Preview(t.Context(), to(u), id, say("写到"+strconv.Itoa(i))); err != nil {
			t.Fatal(err)
		}
		time.Sleep(5 * time.Millisecond) // a model's pace
	}
	w.deliver(t, relay.Outbound{To: to(u), Reply: say("写完"), Edit: id})
	edits := w.srv.Calls("editMessageText")
	if len(edits) < 2 || len(edits) > 4 {
		t.Errorf("%d edits in 2.5 s", len(edits))
	}
	for i := 1; i < len(edits); i++ {
		if gap := edits[i].Time.Sub(edits[i-1].Time); gap < 900*time.Millisecond {
			t.Errorf("edit %d came %v after the one before", i, gap)
		}
	}
	if got := u.Messages(); len(got) != 1 || got[0].Text != "写完" {
		t.Errorf("messages: %+v", got)
	}
	if v := w.srv.Violations(); len(v) > 0 {
		t.Errorf("violations: %q", v)
	}
}

// What Telegram took and confirmed in a form that nobody can read is not sent
// again.
func TestUnreadableConfirmation(t *testing.T) {
	t.Parallel()
	sent := 0
	client := &http.Client{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
		_, _ = io.Copy(io.Discard, r.Body)
		sent++
		return answer(strings.NewReader(`{"ok":true,"result":{"message_id":"not a number"}}`)), nil
	})}
	w := newWorld(t, func(c *Config) { c.Client = client })
	for _, edit := range []string{"", "7"} {
		out := relay.Outbound{To: handlers.Address{Channel: handlers.Telegram, Chat: "42"}, Reply: say("已受理"), Edit: edit}
		if r, err := w.Deliver(t.Context(), out); err != nil || r.MessageID != edit {
			t.Errorf("editing %q: %+v, %v", edit, r, err)
		}
	}
	if sent != 2 {
		t.Errorf("sent %d times", sent)
	}
}

// An answer whose message the person has deleted does not come back as a new one.
func TestDeletedMessageStaysDeleted(t *testing.T) {
	t.Parallel()
	w, u := talk(t)
	w.deliver(t, relay.Outbound{To: to(u), Reply: say("原文")})
	m := u.Messages()[0]
	if _, err := w.api.DeleteMessage(t.Context(), &tgbot.DeleteMessageParams{ChatID: u.ChatID(), MessageID: int(m.ID)}); err != nil {
		t.Fatal(err)
	}
	id := strconv.FormatInt(m.ID, 10)
	written := say("写完")
	written.Amends = id
	for _, r := range w.deliver(t, relay.Outbound{To: to(u), Reply: written, Edit: id}) {
		if r.MessageID != "" {
			t.Errorf("delivered as %+v", r)
		}
	}
	if got := u.Messages(); len(got) != 0 {
		t.Errorf("messages: %+v", got)
	}
}
