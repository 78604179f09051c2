package web

import (
	"context"
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
// send says little about how much when a file may have many megabytes. The caller calls
// done when nothing more is read: what was read counts also of a body that was not read to
// its end, or whose sender has gone.
func (s *Server) metered(w http.ResponseWriter, r *http.Request, limit int64) (body io.ReadCloser, done func()) {
	hourly := pace.Hourly(s.UploadBytes)
	m := &meter{ReadCloser: http.MaxBytesReader(w, r.Body, limit), take: func(n int) time.Duration {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), time.Second)
		defer cancel()
		wait, err := s.Pace.Take(ctx, "web:bytes:"+s.client(r), hourly, n)
		if err != nil {
			s.Logger.WarnContext(ctx, "a rate limit was not asked", "limit", "bytes", "error", err)
		}
		return wait
	}}
	return m, func() { m.count() }
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
	if m.counted += n; m.counted >= portion || err != nil {
		if wait := m.count(); wait > 0 {
			return 0, &tooMany{wait}
		}
	}
	return n, err
}

// count asks the limit for what it has not been asked for.
func (m *meter) count() (wait time.Duration) {
	if m.counted > 0 {
		wait = m.take(m.counted)
		m.counted = 0
	}
	return wait
}
