package web

import (
	"io"
	"net/http"
	"time"

	"liaison/pace"
)

// metered limits what is read of the body: to limit bytes of this request, and to
// what the client's address may still send in this hour. How often somebody may
// send says little about how much when a file may have many megabytes.
func (s *Server) metered(w http.ResponseWriter, r *http.Request, limit int64) io.ReadCloser {
	hourly := pace.Rate{Every: max(1, time.Hour/time.Duration(s.UploadBytes)), Burst: int(s.UploadBytes)}
	return &meter{ReadCloser: http.MaxBytesReader(w, r.Body, limit), take: func(n int) time.Duration {
		wait, _ := s.uploads.Take(r.Context(), s.client(r), hourly, n) // never fails in memory
		return wait
	}}
}

// meter is a body whose bytes are counted.
type meter struct {
	io.ReadCloser
	take func(n int) time.Duration
}

// Read implements io.Reader.
func (m *meter) Read(b []byte) (int, error) {
	n, err := m.ReadCloser.Read(b)
	if n > 0 {
		if wait := m.take(n); wait > 0 {
			return 0, &tooMany{wait}
		}
	}
	return n, err
}
