package web

import (
	"io"
	"net/http"
	"time"

	"liaison/pace"
)

// portion is how many bytes are read between two looks at the limit, which may be in
// Redis. So much more may come through for each request that is under way.
const portion = 256 << 10

// metered limits what is read of the body: to limit bytes of this request, and to
// what the client's address may still send in this hour. How often somebody may
// send says little about how much when a file may have many megabytes.
func (s *Server) metered(w http.ResponseWriter, r *http.Request, limit int64) io.ReadCloser {
	hourly := pace.Hourly(s.UploadBytes)
	return &meter{ReadCloser: http.MaxBytesReader(w, r.Body, limit), take: func(n int) time.Duration {
		wait, err := s.Pace.Take(r.Context(), "web:bytes:"+s.client(r), hourly, n)
		if err != nil {
			s.Logger.WarnContext(r.Context(), "a rate limit was not asked", "limit", "bytes", "error", err)
		}
		return wait
	}}
}

// meter is a body whose bytes are counted.
type meter struct {
	io.ReadCloser
	take    func(n int) time.Duration
	counted int // since take was asked last
}

// Read implements io.Reader.
func (m *meter) Read(b []byte) (int, error) {
	n, err := m.ReadCloser.Read(b[:min(len(b), portion)])
	if m.counted += n; m.counted >= portion || err != nil && m.counted > 0 {
		wait := m.take(m.counted)
		m.counted = 0
		if wait > 0 {
			return 0, &tooMany{wait}
		}
	}
	return n, err
}
