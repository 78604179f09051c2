package bot

import (
	"bytes"
	"io"
	"net/http"
)

// maxGathered is the longest body of a call that is held in memory, in bytes: any
// text with its buttons. What is longer has a file in it.
const maxGathered = 64 << 10

// gathering is a transport that sends short bodies whole. The Bot API's client writes a
// form through a pipe, a few bytes at a time, and net/http passes each of them on by
// itself: a dozen writes to the network, each in a TLS record and a chunk of its own,
// where one does.
type gathering struct{ http.RoundTripper }

// RoundTrip implements http.RoundTripper.
func (g gathering) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body == nil || r.ContentLength > 0 {
		return g.RoundTripper.RoundTrip(r)
	}
	body := r.Body
	var head bytes.Buffer
	_, err := io.CopyN(&head, body, maxGathered)
	r = r.Clone(r.Context()) // a transport must leave the request as it is
	switch err {
	case nil: // there may be more
		r.Body = struct {
			io.Reader
			io.Closer
		}{io.MultiReader(&head, body), body}
	case io.EOF:
		if err := body.Close(); err != nil {
			return nil, err
		}
		whole := head.Bytes()
		r.ContentLength = int64(len(whole))
		r.GetBody = func() (io.ReadCloser, error) {
			if len(whole) == 0 {
				return http.NoBody, nil // another one would be of unknown length
			}
			return io.NopCloser(bytes.NewReader(whole)), nil
		}
		r.Body, _ = r.GetBody()
	default:
		body.Close() // the error that matters is the first
		return nil, err
	}
	return g.RoundTripper.RoundTrip(r)
}
