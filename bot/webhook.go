package bot

import (
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"io"
	"net/http"
)

// maxUpdate bounds one update, in bytes. A message has at most a few kilobytes.
const maxUpdate = 1 << 20

// Handler takes updates from Telegram's webhook; it belongs at the path of
// Config.WebhookURL. It answers 200 when the inbox has the update and 5xx when
// Telegram is to send it again: because the inbox failed, or because Run has
// not reached Telegram yet and our own name is not known.
func (b *Bot) Handler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodPost {
			w.Header().Set("Allow", http.MethodPost)
			http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
			return
		}
		if !b.secretIs(r.Header.Get("X-Telegram-Bot-Api-Secret-Token")) {
			b.log.WarnContext(r.Context(), "telegram: webhook called with a wrong secret", "remote", r.RemoteAddr)
			http.Error(w, "wrong secret", http.StatusUnauthorized)
			return
		}
		raw, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxUpdate))
		if err != nil {
			status := http.StatusBadRequest
			if errors.As(err, new(*http.MaxBytesError)) {
				status = http.StatusRequestEntityTooLarge
			}
			http.Error(w, "cannot read the update", status)
			return
		}
		if b.me.Load() == nil {
			http.Error(w, "not connected yet", http.StatusServiceUnavailable)
			return
		}
		u, err := b.read(r.Context(), raw)
		if err != nil {
			http.Error(w, "not an update", http.StatusBadRequest)
			return
		}
		if err := b.take(r.Context(), u); err != nil {
			b.log.ErrorContext(r.Context(), "telegram: update not taken in", "err", err)
			http.Error(w, "try again", http.StatusInternalServerError)
			return
		}
		w.WriteHeader(http.StatusOK)
	})
}

// secretIs compares in constant time; the hashes make the lengths equal too.
// Without a secret nothing is right.
func (b *Bot) secretIs(given string) bool {
	want := sha256.Sum256([]byte(b.cfg.WebhookSecret))
	got := sha256.Sum256([]byte(given))
	return b.cfg.WebhookSecret != "" && subtle.ConstantTimeCompare(want[:], got[:]) == 1
}
