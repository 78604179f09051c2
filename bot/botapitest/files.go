package botapitest

import (
	"bytes"
	"fmt"
	"image"
	_ "image/gif"  // sizes of uploaded photos
	_ "image/jpeg" // sizes of uploaded photos
	_ "image/png"  // sizes of uploaded photos
	"mime"
	"net/http"
	"path"
	"slices"
	"strings"
)

const (
	maxDownload = 20 << 20
	maxUpload   = 50 << 20
	maxPhoto    = 10 << 20
)

// file is one stored file. Telegram keeps a different id for each use of it,
// so a photo's id can't be sent as a document.
type file struct {
	id     string
	kind   string // photo or document
	name   string
	mime   string
	path   string // below /file/bot<token>/
	data   []byte
	width  int
	height int
}

// store keeps a file and gives it an id and a path.
func (s *Server) store(kind, name string, data []byte) *file {
	n := len(s.files)
	f := &file{kind: kind, name: name, data: data, id: fmt.Sprintf("%s-%d-EXAMPLE", strings.ToUpper(kind), n)}
	ext := strings.ToLower(path.Ext(name))
	if kind == "photo" {
		ext = ".jpg"
		f.width, f.height = 800, 600
		if cfg, _, err := image.DecodeConfig(bytes.NewReader(data)); err == nil {
			f.width, f.height = cfg.Width, cfg.Height
		}
	}
	f.path = fmt.Sprintf("%ss/file_%d%s", kind, n, ext)
	if f.mime = mime.TypeByExtension(ext); f.mime == "" {
		f.mime = http.DetectContentType(data)
	}
	f.mime, _, _ = strings.Cut(f.mime, ";")
	s.files[f.id] = f
	return f
}

// attach puts the file into a message.
func (f *file) attach(m *Message) {
	unique := "u" + f.id
	if f.kind == "photo" {
		m.Photo = []PhotoSize{{FileID: f.id, FileUniqueID: unique, Width: f.width, Height: f.height, FileSize: len(f.data)}}
		return
	}
	m.Document = &Document{FileID: f.id, FileUniqueID: unique, FileName: f.name, MimeType: f.mime, FileSize: len(f.data)}
}

// inputFile resolves a file argument: an attached file, attach://name, a
// file_id, or a URL (which this server never fetches).
func (s *Server) inputFile(p *params, name, value, kind string) (*file, error) {
	if ref, ok := strings.CutPrefix(value, "attach://"); ok {
		name = ref
	}
	if up, ok := p.files[name]; ok {
		return s.accept(kind, up)
	}
	switch f := s.files[value]; {
	case value == "":
		return nil, badRequest("there is no %s in the request", kind)
	case strings.HasPrefix(value, "http://"), strings.HasPrefix(value, "https://"):
		return nil, badRequest("failed to get HTTP URL content")
	case f == nil:
		return nil, badRequest("wrong file identifier/HTTP URL specified")
	case f.kind != kind:
		return nil, badRequest("can't use file of type %s as %s", title(f.kind), title(kind))
	default:
		return f, nil
	}
}

func title(kind string) string { return strings.ToUpper(kind[:1]) + kind[1:] }

// accept checks an uploaded file.
func (s *Server) accept(kind string, up upload) (*file, error) {
	switch {
	case len(up.data) == 0:
		return nil, badRequest("file must be non-empty")
	case len(up.data) > maxUpload:
		return nil, errTooLarge
	case kind == "photo" && len(up.data) > maxPhoto:
		return nil, badRequest("file of size %d bytes is too big for a photo; the maximum size is %d bytes", len(up.data), maxPhoto)
	}
	if kind == "photo" {
		cfg, _, err := image.DecodeConfig(bytes.NewReader(up.data))
		webp := len(up.data) > 12 && string(up.data[:4]) == "RIFF" && string(up.data[8:12]) == "WEBP"
		if err != nil && !webp {
			return nil, badRequest("IMAGE_PROCESS_FAILED")
		}
		long, short := max(cfg.Width, cfg.Height), min(cfg.Width, cfg.Height)
		if err == nil && (cfg.Width+cfg.Height > 10000 || short == 0 || long > 20*short) {
			return nil, badRequest("PHOTO_INVALID_DIMENSIONS")
		}
	}
	return s.store(kind, up.name, up.data), nil
}

func (s *Server) sendPhoto(p *params) (any, error)    { return s.sendFile(p, "photo") }
func (s *Server) sendDocument(p *params) (any, error) { return s.sendFile(p, "document") }

func (s *Server) sendFile(p *params, kind string) (any, error) {
	text, entities, err := s.caption(p)
	if err != nil {
		return nil, err
	}
	d, err := s.newDraft(p)
	if err != nil {
		return nil, err
	}
	f, err := s.inputFile(p, kind, p.str(kind), kind)
	if err != nil {
		return nil, err
	}
	f.attach(&d.msg)
	d.msg.Caption, d.msg.CaptionEntities = text, entities
	return s.send(d), nil
}

// inputMedia is one item of an album.
type inputMedia struct {
	Type      string   `json:"type"`
	Media     string   `json:"media"`
	Caption   string   `json:"caption"`
	ParseMode string   `json:"parse_mode"`
	Entities  []Entity `json:"caption_entities"`
}

func (s *Server) sendMediaGroup(p *params) (any, error) {
	var list []inputMedia
	if err := p.json("media", &list); err != nil {
		return nil, badRequest("can't parse media JSON object")
	}
	switch {
	case len(list) == 0:
		return nil, badRequest("there are no messages to send")
	case len(list) > 10:
		return nil, badRequest("too many messages to send as an album")
	case len(list) == 1:
		s.violateLocked("sendMediaGroup: an album has 2 to 10 items, got 1")
	}
	d, err := s.newDraft(p)
	if err != nil {
		return nil, err
	}
	var items []Message
	for i, in := range list {
		if in.Type != "photo" && in.Type != "document" {
			return nil, badRequest("can't parse InputMedia: type %q is not modelled", in.Type)
		}
		if in.Type != list[0].Type {
			return nil, badRequest("document can't be mixed with other media types")
		}
		m := d.msg
		m.Caption, m.CaptionEntities, err = s.parseFormatted(in.Caption, in.ParseMode, func(dest *[]Entity) error {
			*dest = in.Entities
			return nil
		})
		if err != nil {
			return nil, err
		}
		if utf16Len(m.Caption) > maxCaption {
			return nil, badRequest("message caption is too long")
		}
		if name, ok := strings.CutPrefix(in.Media, "attach://"); in.Media == "" || ok && p.files[name].name == "" {
			return nil, badRequest("can't parse InputMedia: media not found")
		}
		f, err := s.inputFile(p, "", in.Media, in.Type)
		if err != nil {
			reason := strings.TrimPrefix(err.Error(), "Bad Request: ")
			return nil, badRequest("failed to send message #%d with the error message %q", i+1, strings.ToUpper(reason[:1])+reason[1:])
		}
		f.attach(&m)
		items = append(items, m)
	}
	group := s.nextAlbum()
	out := make([]Message, len(items))
	for i, m := range items {
		d.msg = m
		if len(items) > 1 {
			d.msg.MediaGroupID = group
		}
		out[i] = s.send(d)
	}
	return out, nil
}

func (s *Server) nextAlbum() string {
	s.lastAlbum++
	return fmt.Sprintf("%d", 13_900_000_000_000_000+s.lastAlbum)
}

func (s *Server) getFile(p *params) (any, error) {
	f := s.files[p.str("file_id")]
	switch {
	case f == nil:
		return nil, badRequest("invalid file_id")
	case len(f.data) > maxDownload:
		return nil, badRequest("file is too big")
	}
	return map[string]any{"file_id": f.id, "file_unique_id": "u" + f.id, "file_size": len(f.data), "file_path": f.path}, nil
}

// serveFile answers /file/bot<token>/<path>.
func (s *Server) serveFile(w http.ResponseWriter, r *http.Request, rest string) {
	token, name, _ := strings.Cut(rest, "/")
	if err := s.checkToken(token); err != nil {
		writeError(w, err)
		return
	}
	rec := Call{Method: "file", Params: map[string]string{"path": name}, Time: s.cfg.now()}
	fault := s.takeFault("file")
	s.delay(r.Context(), fault)
	if fault != nil && fault.replaces() {
		s.answerFault(r.Context(), w, rec, &params{}, fault)
		return
	}
	s.mu.Lock()
	var data []byte
	for _, f := range s.files {
		if f.path == name {
			data = f.data // never changed once stored
		}
	}
	s.mu.Unlock()
	if data == nil {
		s.answer(w, rec, nil, errNotFound)
		return
	}
	rec.Status = http.StatusOK
	s.logCall(rec)
	w.Header().Set("Content-Type", "application/octet-stream")
	_, _ = w.Write(data) // the client may be gone
}

// File returns the bytes the server holds for a file id, nil when unknown.
func (s *Server) File(id string) []byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	if f := s.files[id]; f != nil {
		return slices.Clone(f.data)
	}
	return nil
}
