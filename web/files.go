package web

import (
	"mime"
	"net/http"
	"regexp"
	"slices"
	"time"

	"liaison/handlers"
	"liaison/ticket"
)

var hashForm = regexp.MustCompile(`^[0-9a-f]{64}$`)

// inline are the types that are shown in the page. Everything else is saved: a
// document, and a picture that can hold scripts, is not opened within our site.
var inline = map[string]bool{"image/jpeg": true, "image/png": true, "image/gif": true, "image/webp": true}

// file serves a file to a visitor in whose chat it is, or, when a case or a visit to a
// company is named, to staff who may see that. To everybody else it does not exist.
func (s *Server) file(w http.ResponseWriter, r *http.Request) error {
	hash := r.PathValue("hash")
	if !hashForm.MatchString(hash) {
		return ticket.Errorf(ticket.NotFound, "not a hash")
	}
	find := s.visitorFile
	switch q := r.URL.Query(); {
	case q.Get("ticket") != "":
		find = s.staffFile
	case q.Get("visit") != "":
		find = s.staffVisitFile
	}
	f, err := find(r, hash)
	if err != nil {
		return err
	}
	body, err := s.Blobs.Open(hash)
	if ticket.CodeOf(err) == ticket.NotFound { // there was such a file, and it is for this person to see
		return &ticket.Error{Code: ticket.NotFound, Field: "file", Err: err}
	}
	if err != nil {
		return err
	}
	defer func() {
		if err := body.Close(); err != nil {
			s.Logger.ErrorContext(r.Context(), "file not closed", "error", err)
		}
	}()
	kind, disposition := "application/octet-stream", "attachment"
	if inline[f.MIME] {
		kind, disposition = f.MIME, "inline"
	}
	h := w.Header()
	h.Set("Content-Type", kind)
	h.Set("Content-Disposition", mime.FormatMediaType(disposition, map[string]string{"filename": handlers.FileName(f.Name)}))
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox; frame-ancestors 'none'")
	h.Set("Cache-Control", "private, max-age=3600")
	h.Set("ETag", `"`+hash[:24]+`"`)
	http.ServeContent(w, r, "", time.Time{}, body)
	return nil
}

func (s *Server) visitorFile(r *http.Request, hash string) (ticket.File, error) {
	chat, err := visitor(r)
	if err != nil {
		return ticket.File{}, err
	}
	lines, err := s.Store.Lines(r.Context(), chat, 0, chatLines)
	if err != nil {
		return ticket.File{}, err
	}
	for _, l := range lines {
		if f, ok := withHash(l.Body.Files, hash); ok {
			return f, nil
		}
	}
	return ticket.File{}, ticket.Errorf(ticket.NotFound, "file not in the chat")
}

func (s *Server) staffFile(r *http.Request, hash string) (f ticket.File, err error) {
	me, err := s.colleague(r)
	if err != nil {
		return f, err
	}
	err = s.Store.View(r.Context(), func(tx handlers.Tx) error {
		t, err := visible(r, tx, me, r.URL.Query().Get("ticket"))
		if err != nil {
			return err
		}
		history, err := tx.Events(r.Context(), t.ID)
		if err != nil {
			return err
		}
		for _, e := range history {
			var ok bool
			if f, ok = withHash(e.Files, hash); ok {
				return nil
			}
		}
		return ticket.Errorf(ticket.NotFound, "file not in the case")
	})
	return f, err
}

func withHash(files []ticket.File, hash string) (ticket.File, bool) {
	i := slices.IndexFunc(files, func(f ticket.File) bool { return f.Hash == hash })
	if i < 0 {
		return ticket.File{}, false
	}
	return files[i], true
}
