package web

import (
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"liaison/handlers"
	"liaison/knowledge"
	"liaison/knowledge/shelf"
	"liaison/ticket"
)

// handleLibrary adds the routes of the library page. Any colleague reads and
// uploads drafts; what changes the answers of the bot is for supervisors.
func (s *Server) handleLibrary(handle func(string, handler)) {
	handle("GET /api/staff/library", s.staff(s.documents))
	handle("POST /api/staff/library", s.staff(s.uploadDocuments))
	handle("GET /api/staff/library/{id}", s.staff(s.document))
	handle("POST /api/staff/library/{id}/{action}", s.supervisor(s.reviewDocument))
	handle("GET /api/staff/imports", s.staff(s.imports))
	handle("GET /api/staff/imports/{id}", s.staff(s.oneImport))
	handle("POST /api/staff/imports/{id}/undo", s.supervisor(s.undoImport))
}

// supervisor is staff for what only supervisors may do.
func (s *Server) supervisor(h func(http.ResponseWriter, *http.Request, colleague) error) handler {
	return s.staff(func(w http.ResponseWriter, r *http.Request, me colleague) error {
		if !me.viewer.Supervisor {
			return ticket.Errorf(ticket.Forbidden, "for supervisors only")
		}
		return h(w, r, me)
	})
}

// libraryError gives a refusal of the library a code that has words here.
func libraryError(err error) error {
	var no *shelf.Refusal
	if !errors.As(err, &no) {
		return err
	}
	e := &ticket.Error{Code: ticket.Invalid, Field: "value", Err: err}
	switch no.Code {
	case shelf.CodeNotFound:
		e.Code, e.Field = ticket.NotFound, "library"
	case shelf.CodeIllegal:
		e.Code, e.Field = ticket.Illegal, "library"
	case shelf.CodeUndone, shelf.CodeBuiltOn:
		e.Code, e.Field = ticket.Conflict, no.Code
	}
	return e
}

// documentView is a document in the console's list.
type documentView struct {
	shelf.Summary
	InForce bool `json:"in_force"` // today
}

func (s *Server) viewDocument(i shelf.Item) documentView {
	return documentView{i.Summary(), i.InForce(knowledge.DateOf(s.Now().In(ticket.CST)))}
}

func (s *Server) viewDocuments(items []shelf.Item) []documentView {
	views := make([]documentView, len(items))
	for n, i := range items {
		views[n] = s.viewDocument(i)
	}
	return views
}

// documents answers with the documents that match, at most a thousand.
func (s *Server) documents(w http.ResponseWriter, r *http.Request, _ colleague) error {
	q := r.URL.Query()
	f := shelf.Filter{Text: strings.TrimSpace(q.Get("q")), State: shelf.State(q.Get("state")), Old: q.Get("old") == "1"}
	if utf8.RuneCountInString(f.Text) > 100 || !utf8.ValidString(f.Text) {
		return invalid("q")
	}
	items, err := s.Library.List(r.Context(), f)
	if err != nil {
		return err
	}
	all := len(items)
	items = items[:min(all, 1000)]
	s.send(w, r, http.StatusOK, map[string]any{"documents": s.viewDocuments(items), "all": all})
	return nil
}

// fullDocumentView is a document opened in the console.
type fullDocumentView struct {
	documentView
	Fields   []shelf.Field  `json:"fields"`
	Parts    []partView     `json:"parts"`
	Versions []documentView `json:"versions"`
	History  []lineOfView   `json:"history"`
}

// partView is a unit.
type partView struct {
	Slug    string   `json:"slug"`
	Title   string   `json:"title"`
	Path    string   `json:"path,omitempty"`
	Body    string   `json:"body"`
	Aliases []string `json:"aliases,omitempty"` // further words that find it
}

// lineOfView is a line of a document's history.
type lineOfView struct {
	Version int          `json:"version"`
	Action  shelf.Action `json:"action"`
	By      string       `json:"by,omitempty"`
	At      time.Time    `json:"at"`
	Import  int64        `json:"import,omitempty"`
}

func (s *Server) document(w http.ResponseWriter, r *http.Request, _ colleague) error {
	return s.sendDocument(w, r, r.PathValue("id"))
}

func (s *Server) sendDocument(w http.ResponseWriter, r *http.Request, id string) error {
	d, err := s.Library.Show(r.Context(), id)
	if err != nil {
		return libraryError(err)
	}
	v := fullDocumentView{documentView: s.viewDocument(d.Item), Fields: shelf.Fields(d.Doc), Parts: []partView{}, Versions: s.viewDocuments(d.Versions)}
	for _, u := range d.Doc.Units {
		v.Parts = append(v.Parts, partView{u.Slug, u.Title, u.Path, u.Body, u.Aliases})
	}
	for _, e := range d.History {
		v.History = append(v.History, lineOfView{e.Version, e.Action, e.By, e.At.UTC(), e.Import})
	}
	s.send(w, r, http.StatusOK, v)
	return nil
}

// reviewDocument does what the path says and answers with the document after it,
// which may go by another ID then: a published draft is the current version.
func (s *Server) reviewDocument(w http.ResponseWriter, r *http.Request, me colleague) error {
	id, by := r.PathValue("id"), me.person.Label
	var in struct {
		Fields []shelf.Field `json:"fields"`
	}
	if err := readJSON(w, r, &in); err != nil {
		return err
	}
	var item shelf.Item
	var err error
	switch action := shelf.Action(r.PathValue("action")); action {
	case shelf.Publish:
		item, err = s.Library.Publish(r.Context(), id, by)
	case shelf.Withdraw:
		item, err = s.Library.Withdraw(r.Context(), id, by)
	case shelf.Repeal:
		item, err = s.Library.Repeal(r.Context(), id, by)
	case shelf.Set:
		item, err = s.Library.Set(r.Context(), id, by, in.Fields)
	case shelf.Remove:
		if err := s.Library.Remove(r.Context(), id, by); err != nil {
			return libraryError(err)
		}
		w.WriteHeader(http.StatusNoContent)
		return nil
	default:
		return ticket.Errorf(ticket.NotFound, "no action %q", action)
	}
	if err != nil {
		return libraryError(err)
	}
	return s.sendDocument(w, r, item.ID)
}

// What one upload may hold. The files wait on disk, not in memory.
const (
	maxUploadFiles = 200
	maxUploadBytes = 256 << 20
)

// uploadDocuments imports the files of a form, as drafts unless a supervisor
// says otherwise, and answers with what became of each.
func (s *Server) uploadDocuments(w http.ResponseWriter, r *http.Request, me colleague) error {
	if err := http.NewResponseController(w).SetReadDeadline(time.Now().Add(formTime)); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return err
	}
	body, counted := s.metered(w, r, maxUploadBytes)
	defer counted()
	r.Body = body
	parts, err := r.MultipartReader()
	if err != nil {
		return invalid("form")
	}
	dir, err := os.MkdirTemp("", "liaison-upload-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	files, draft, err := receiveFiles(parts, dir)
	if err != nil {
		return err
	}
	select { // reading files takes a processor for a while: one upload at a time
	case s.importing <- struct{}{}:
		defer func() { <-s.importing }()
	case <-r.Context().Done():
		return r.Context().Err()
	}
	report, err := s.Library.Import(r.Context(), files, shelf.Options{By: me.person.Label, Draft: draft || !me.viewer.Supervisor})
	if err != nil {
		return err
	}
	s.Logger.InfoContext(r.Context(), "documents uploaded", "person", me.person.ID, "files", len(files), "import", report.ID)
	s.send(w, r, http.StatusOK, map[string]any{"import": report.ID, "outcomes": report.Outcomes})
	return nil
}

// receiveFiles puts the files of the form into dir and lists them. A file that is
// too large is kept as far as the library needs to see that.
func receiveFiles(parts *multipart.Reader, dir string) (files []shelf.File, draft bool, err error) {
	for {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			if len(files) == 0 {
				return nil, false, invalid("uploads")
			}
			return files, draft, nil
		}
		if err != nil {
			return nil, false, uploadError(err)
		}
		name := handlers.FileName(part.FileName())
		if part.FileName() == "" {
			draft = draft || part.FormName() == "draft"
			continue
		}
		if len(files) == maxUploadFiles {
			return nil, false, invalid("uploads")
		}
		path, err := receiveFile(part, dir)
		if err != nil {
			return nil, false, uploadError(err)
		}
		files = append(files, shelf.File{Name: name, Key: name, Named: true, Open: func() (io.ReadCloser, error) { return os.Open(path) }})
	}
}

func receiveFile(part io.Reader, dir string) (path string, err error) {
	f, err := os.CreateTemp(dir, "")
	if err != nil {
		return "", err
	}
	if _, err = io.CopyN(f, part, shelf.MaxFile+1); errors.Is(err, io.EOF) {
		err = nil
	}
	return f.Name(), errors.Join(err, f.Close())
}

// uploadError tells an upload that is too large or broke off from our own faults.
func uploadError(err error) error {
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		return invalid("uploads")
	}
	return bodyError(err)
}

// importView is an import in the console.
type importView struct {
	ID       int64              `json:"id"`
	By       string             `json:"by"`
	At       time.Time          `json:"at"`
	Counts   map[shelf.Kind]int `json:"counts"`
	UndoneBy string             `json:"undone_by,omitempty"`
	UndoneAt time.Time          `json:"undone_at,omitzero"`
	Outcomes []shelf.Outcome    `json:"outcomes,omitempty"`
}

func viewImport(r shelf.Record) importView {
	return importView{r.ID, r.By, r.At.UTC(), r.Counts, r.UndoneBy, r.UndoneAt, r.Outcomes}
}

// imports answers with the last hundred imports.
func (s *Server) imports(w http.ResponseWriter, r *http.Request, _ colleague) error {
	list, err := s.Library.Imports(r.Context(), 100)
	if err != nil {
		return err
	}
	views := make([]importView, len(list))
	for n, rec := range list {
		views[n] = viewImport(rec)
	}
	s.send(w, r, http.StatusOK, map[string]any{"imports": views})
	return nil
}

func (s *Server) oneImport(w http.ResponseWriter, r *http.Request, _ colleague) error {
	id, err := importID(r)
	if err != nil {
		return err
	}
	rec, err := s.Library.ImportRecord(r.Context(), id)
	if err != nil {
		return libraryError(err)
	}
	s.send(w, r, http.StatusOK, viewImport(rec))
	return nil
}

func (s *Server) undoImport(w http.ResponseWriter, r *http.Request, me colleague) error {
	id, err := importID(r)
	if err != nil {
		return err
	}
	rec, err := s.Library.Undo(r.Context(), id, me.person.Label)
	if err != nil {
		return libraryError(err)
	}
	s.send(w, r, http.StatusOK, viewImport(rec))
	return nil
}

func importID(r *http.Request) (int64, error) {
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil || id <= 0 {
		return 0, ticket.Errorf(ticket.NotFound, "not the number of an import")
	}
	return id, nil
}
