package web

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"path"
	"time"

	"liaison/ticket"
)

//go:embed static
var embedded embed.FS

// pages are the embedded files, read once.
type pages struct {
	assets    map[string]asset // by name without folder
	templates *template.Template
}

type asset struct {
	body []byte
	mime string
	etag string
}

// The types are fixed here because what a machine's own table says differs.
var assetTypes = map[string]string{
	".css":  "text/css; charset=utf-8",
	".js":   "text/javascript; charset=utf-8",
	".svg":  "image/svg+xml",
	".json": "application/manifest+json",
}

func loadPages() (pages, error) {
	p := pages{assets: make(map[string]asset)}
	files, err := fs.Glob(embedded, "static/*")
	if err != nil {
		return p, err
	}
	for _, name := range files {
		if path.Ext(name) == ".html" {
			continue
		}
		body, err := embedded.ReadFile(name)
		if err != nil {
			return p, err
		}
		mime, ok := assetTypes[path.Ext(name)]
		if !ok {
			return p, fmt.Errorf("web: no type for %s", name)
		}
		sum := sha256.Sum256(body)
		p.assets[path.Base(name)] = asset{body: body, mime: mime, etag: `"` + hex.EncodeToString(sum[:12]) + `"`}
	}
	p.templates, err = template.ParseFS(embedded, "static/*.html")
	return p, err
}

// asset serves an embedded style sheet, script or picture. Browsers ask each
// time whether it has changed, so that page and script are never of two versions.
func (s *Server) asset(w http.ResponseWriter, r *http.Request) error {
	name := r.PathValue("name")
	a, ok := s.pages.assets[name]
	if !ok {
		return ticket.Errorf(ticket.NotFound, "no such asset")
	}
	w.Header().Set("Content-Type", a.mime)
	w.Header().Set("Cache-Control", "no-cache")
	w.Header().Set("ETag", a.etag)
	http.ServeContent(w, r, name, time.Time{}, bytes.NewReader(a.body))
	return nil
}

// servePage fills a page in and sends it.
func (s *Server) servePage(w http.ResponseWriter, r *http.Request, status int, name string, values any) error {
	var page bytes.Buffer
	if err := s.pages.templates.ExecuteTemplate(&page, name, values); err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	s.write(w, r, page.Bytes())
	return nil
}

func (s *Server) staffPage(w http.ResponseWriter, r *http.Request) error {
	return s.servePage(w, r, http.StatusOK, "staff.html", map[string]string{"City": s.Directory().City()})
}

// policy is what the pages may load: their own files, and pictures that a
// visitor is about to send.
const policy = "default-src 'self'; img-src 'self' blob:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

// secure puts the headers on everything that leaves the server.
func (s *Server) secure(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Permissions-Policy", "camera=(), microphone=(), geolocation=(), payment=()")
		if s.SecureCookies {
			h.Set("Strict-Transport-Security", "max-age=31536000")
		}
		next.ServeHTTP(w, r)
	})
}
