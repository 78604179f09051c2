package store

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"

	"liaison/handlers"
	"liaison/relay"
	"liaison/ticket"
)

var _ relay.Blobs = (*Blobs)(nil)

// Blobs keeps files by the hash of their content, each once, readable by the
// owner of the process only. It is safe for concurrent use, by several processes
// too.
type Blobs struct{ dir string }

// OpenBlobs returns the files kept in dir, which is made when missing.
func OpenBlobs(dir string) (*Blobs, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	return &Blobs{dir: dir}, nil
}

// Put implements relay.Blobs. The file is on the disk when Put returns.
func (b *Blobs) Put(ctx context.Context, r io.Reader, name string, limit int64) (ticket.File, error) {
	f, err := b.put(ctx, r, name, limit)
	if diskFails(err) { // what r fails with may look like a database that is away
		return ticket.File{}, outage(err)
	}
	return f, err
}

func (b *Blobs) put(ctx context.Context, r io.Reader, name string, limit int64) (ticket.File, error) {
	tmp, err := os.CreateTemp(b.dir, "put-*") // readable by the owner only
	if err != nil {
		return ticket.File{}, err
	}
	defer func() {
		tmp.Close()
		os.Remove(tmp.Name()) // is gone already when all went well
	}()
	hash := sha256.New()
	head := &prefix{max: 512} // all that DetectContentType looks at
	n, err := io.Copy(io.MultiWriter(tmp, hash, head), io.LimitReader(withContext{ctx, r}, limit+1))
	if err != nil {
		return ticket.File{}, err
	}
	if n > limit {
		return ticket.File{}, &ticket.Error{Code: ticket.Invalid, Field: "size"}
	}
	f := ticket.File{Hash: hex.EncodeToString(hash.Sum(nil)), Name: handlers.FileName(name), Size: n}
	f.MIME = mimeType(head.buf, f.Name)
	if err := cmp.Or(tmp.Sync(), tmp.Close()); err != nil {
		return ticket.File{}, err
	}
	return f, place(tmp.Name(), b.path(f.Hash))
}

// Open implements relay.Blobs.
func (b *Blobs) Open(hash string) (io.ReadSeekCloser, error) {
	if !isHash(hash) {
		return nil, &ticket.Error{Code: ticket.NotFound}
	}
	f, err := os.Open(b.path(hash))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, &ticket.Error{Code: ticket.NotFound, Err: err}
	}
	if err != nil {
		return nil, err
	}
	return f, nil
}

func (b *Blobs) path(hash string) string { return filepath.Join(b.dir, hash[:2], hash) }

func isHash(s string) bool {
	return len(s) == 2*sha256.Size && strings.Trim(s, "0123456789abcdef") == ""
}

// place moves a finished file to its place such that it is there after a power
// failure too.
func place(from, to string) error {
	dir := filepath.Dir(to)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	if err := os.Rename(from, to); err != nil {
		return err
	}
	if err := syncDir(dir); err != nil {
		return err
	}
	return syncDir(filepath.Dir(dir)) // dir may be new itself
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// prefix keeps the first max bytes that are written to it.
type prefix struct {
	buf []byte
	max int
}

func (p *prefix) Write(b []byte) (int, error) {
	p.buf = append(p.buf, b[:min(len(b), p.max-len(p.buf))]...)
	return len(b), nil
}

// withContext is a reader that fails once its context has ended.
type withContext struct {
	ctx context.Context
	r   io.Reader
}

func (c withContext) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.r.Read(p)
}

// containers are the formats that cannot be told from their first bytes: they
// are ZIP archives, OLE containers or plain text.
var containers = map[string]struct{ inside, mime string }{
	".docx": {"application/zip", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"},
	".xlsx": {"application/zip", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
	".pptx": {"application/zip", "application/vnd.openxmlformats-officedocument.presentationml.presentation"},
	".ofd":  {"application/zip", "application/ofd"},
	".odt":  {"application/zip", "application/vnd.oasis.opendocument.text"},
	".ods":  {"application/zip", "application/vnd.oasis.opendocument.spreadsheet"},
	".doc":  {oleType, "application/msword"},
	".xls":  {oleType, "application/vnd.ms-excel"},
	".ppt":  {oleType, "application/vnd.ms-powerpoint"},
	".wps":  {oleType, "application/vnd.ms-works"},
	".csv":  {"text/plain", "text/csv"},
	".md":   {"text/plain", "text/markdown"},
}

const oleType = "application/x-ole-storage"

// mimeType says what the content is. The name only chooses between formats that
// look the same; it is never believed against the content.
func mimeType(head []byte, name string) string {
	found := http.DetectContentType(head)
	if strings.HasPrefix(string(head), "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1") {
		found = oleType
	}
	base, params, _ := strings.Cut(found, ";")
	c, ok := containers[strings.ToLower(filepath.Ext(name))]
	if !ok || c.inside != base {
		return found
	}
	if params != "" {
		return c.mime + ";" + params
	}
	return c.mime
}
