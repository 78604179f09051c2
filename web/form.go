package web

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"time"
	"unicode/utf8"

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
		body, counted := s.metered(w, r, handlers.MaxFiles*handlers.MaxFile+maxForm)
		defer counted()
		r.Body = body
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
			if !storable(string(value)) {
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

// readJSON reads one JSON value of at most maxForm bytes. What says that it is
// something else is not taken: a form of another site, which a browser sends without
// asking, can say three types, and this is none of them.
func readJSON(w http.ResponseWriter, r *http.Request, v any) error {
	if said := r.Header.Get("Content-Type"); said != "" {
		if kind, _, err := mime.ParseMediaType(said); err != nil || kind != "application/json" {
			return invalid("form")
		}
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxForm))
	if err == nil && escapesZero(body) {
		return invalid("form")
	}
	if err == nil {
		err = json.Unmarshal(body, v)
	}
	var large *http.MaxBytesError
	if err != nil && !errors.As(err, &large) {
		return &ticket.Error{Code: ticket.Invalid, Field: "form", Err: err}
	}
	return err
}

// storable reports whether every database takes the text: PostgreSQL refuses zero
// characters and halves of characters.
func storable(text string) bool { return utf8.ValidString(text) && !strings.Contains(text, "\x00") }

// escapesZero reports whether a string of the JSON text has a zero character in it,
// which can only be written as an escape.
func escapesZero(body []byte) bool {
	for i := 0; i < len(body); i++ {
		if body[i] != '\\' {
			continue
		}
		if bytes.HasPrefix(body[i:], []byte(`\u0000`)) {
			return true
		}
		i++ // whatever is escaped is no backslash of its own
	}
	return false
}

// askable reports whether path and query of the request are storable, decoded.
func askable(r *http.Request) bool {
	query, err := url.QueryUnescape(r.URL.RawQuery)
	return err == nil && storable(r.URL.Path) && storable(query)
}
