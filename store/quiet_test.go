package store

import (
	"bytes"
	"context"
	"log/slog"
	"strings"
	"testing"
)

// TestQuiet: of what River logs warnings and errors come through, but not that it was
// broken off when it was told to stop.
func TestQuiet(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	l := quiet(slog.New(slog.NewTextHandler(&out, nil))).With("client", "river")
	stopped, stop := context.WithCancel(t.Context())
	stop()
	l.InfoContext(t.Context(), "chatter")
	l.ErrorContext(stopped, "broken off", "queues", "default", "err", "send: "+context.Canceled.Error())
	l.ErrorContext(stopped, "failed at the end", "err", "disk full")
	l.WarnContext(t.Context(), "somebody else's call", "err", context.Canceled)
	for text, want := range map[string]bool{"chatter": false, "broken off": false, "failed at the end": true, "somebody else's call": true} {
		if got := strings.Contains(out.String(), text); got != want {
			t.Errorf("%q is logged: %v, want %v", text, got, want)
		}
	}
}
