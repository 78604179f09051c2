package relay_test

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"
	"time"

	"liaison/handlers"
)

// TestFilesOfOnePersonAreLimited: of what one person sends in an hour so many bytes are
// fetched, no byte of the rest and none of what is refused by its type; others are not held up.
func TestFilesOfOnePersonAreLimited(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.still = true
	r.relay.FileBytes = 40 << 20
	var mu sync.Mutex
	fetched := make(map[string]int)
	r.fetch = func(up handlers.Upload) (io.ReadCloser, error) {
		mu.Lock()
		defer mu.Unlock()
		fetched[up.Source]++
		return io.NopCloser(strings.NewReader("%PDF-1.7")), nil
	}
	send := func(user, source, mime string, size int64) {
		m := handlers.Message{Key: user + source, From: handlers.Address{Channel: handlers.Telegram, Chat: user}, User: user, Text: source, SentAt: r.clock(),
			Files: []handlers.Upload{{Source: source, Name: source, MIME: mime, Size: size}}}
		if _, err := r.relay.Receive(t.Context(), m, r.clock()); err != nil {
			t.Fatal(err)
		}
	}
	const pdf = "application/pdf"
	for i := range 5 {
		send("flooder", fmt.Sprint("file ", i), pdf, 15<<20)
	}
	send("flooder", "program", "application/x-msdownload", 15<<20)
	send("flooder", "unknown size", pdf, 0)
	send("flooder", "note", pdf, 100)
	send("other", "mine", pdf, 15<<20)
	r.run()
	r.wait("the messages", func() bool { return len(r.seen) == 9 })
	got := make(map[string]handlers.Upload)
	for _, m := range r.seen {
		got[m.Files[0].Source] = m.Files[0]
	}
	for source, want := range map[string]string{
		"file 0": "", "file 1": "", "file 2": handlers.TooMuch, "file 3": handlers.TooMuch, "file 4": handlers.TooMuch,
		"program": handlers.Unwanted, "unknown size": handlers.TooMuch, "note": "", "mine": "",
	} {
		f := got[source]
		wasFetched := 0
		if want == "" {
			wasFetched = 1
		}
		if f.Problem != want || fetched[source] != wasFetched {
			t.Errorf("%s: problem %q, fetched %d times", source, f.Problem, fetched[source])
		}
		if wait := f.Again.Sub(r.clock()); want == handlers.TooMuch && (wait <= 0 || wait > time.Hour) {
			t.Errorf("%s may be sent again in %v", source, wait)
		}
	}
}
