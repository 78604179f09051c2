package web

import (
	"encoding/json"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"strings"
	"time"

	"liaison/handlers"
	"liaison/ticket"
)

// maxForm limits what a form may hold besides its files, in bytes: 8,000
// characters escaped as JSON, with room to spare.
const maxForm = 64 << 10

// formTime is how long a form with files may take to arrive.
const formTime = 5 * time.Minute

// form is what a page sent, with the files already stored.
type form struct {
	fields map[string]string
	files  []ticket.File
}

// readForm reads a JSON object of strings, or multipart data in which the fields
// stand before the files. Before it stores the first file it calls check with
// the fields; it calls check once in any case.
func (s *Server) readForm(w http.ResponseWriter, r *http.Request, check func(fields map[string]string) error) (form, error) {
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	switch {
	case err == nil && kind == "application/json":
		f := form{}
		if err := readJSON(w, r, &f.fields); err != nil {
			return form{}, err
		}
		return f, check(f.fields)
	case err == nil && kind == "multipart/form-data":
		// A phone on a weak line may need longer than other requests are given.
		if err := http.NewResponseController(w).SetReadDeadline(time.Now().Add(formTime)); err != nil && !errors.Is(err, http.ErrNotSupported) {
			return form{}, err
		}
		r.Body = s.metered(w, r, handlers.MaxFiles*handlers.MaxFile+maxForm)
		parts, err := r.MultipartReader()
		if err != nil {
			return form{}, invalid("form")
		}
		return s.readParts(r, parts, check)
	default:
		return form{}, invalid("form")
	}
}

func (s *Server) readParts(r *http.Request, parts *multipart.Reader, check func(map[string]string) error) (form, error) {
	f := form{fields: make(map[string]string)}
	room := int64(maxForm)
	checked := false
	for {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			if !checked {
				err = check(f.fields)
			} else {
				err = nil
			}
			return f, err
		}
		if err != nil {
			return f, bodyError(err)
		}
		if part.FileName() == "" {
			value, err := io.ReadAll(io.LimitReader(part, room+1))
			if err != nil {
				return f, bodyError(err)
			}
			// What it costs to keep a field counts, so that many empty ones do not go far.
			if room -= int64(len(value)+len(part.FormName())) + 64; room < 0 || checked {
				return f, invalid("form")
			}
			f.fields[part.FormName()] = string(value)
			continue
		}
		if !checked {
			if err := check(f.fields); err != nil {
				return f, err
			}
			checked = true
		}
		if len(f.files) == handlers.MaxFiles {
			return f, invalid("files")
		}
		stored, err := s.Blobs.Put(r.Context(), part, part.FileName(), handlers.MaxFile)
		switch {
		case ticket.CodeOf(err) == ticket.Invalid:
			return f, invalid("size")
		case err != nil:
			return f, bodyError(err)
		case !handlers.Accepts(stored.MIME):
			return f, invalid("type")
		}
		f.files = append(f.files, stored)
	}
}

// bodyError tells a request that ended early or is too long from our own faults.
func bodyError(err error) error {
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		return err
	}
	if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) || strings.HasPrefix(err.Error(), "multipart: ") {
		return &ticket.Error{Code: ticket.Invalid, Field: "form", Err: err}
	}
	return err
}

// readJSON reads one JSON value of at most maxForm bytes.
func readJSON(w http.ResponseWriter, r *http.Request, v any) error {
	d := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxForm))
	if err := d.Decode(v); err != nil {
		var large *http.MaxBytesError
		if errors.As(err, &large) {
			return err
		}
		return &ticket.Error{Code: ticket.Invalid, Field: "form", Err: err}
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return invalid("form")
	}
	return nil
}
