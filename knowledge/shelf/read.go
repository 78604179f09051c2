package shelf

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"regexp"
	"runtime"
	"strings"
	"sync"
	"unicode"

	"golang.org/x/text/width"

	"liaison/knowledge"
	"liaison/knowledge/extract"
)

// reading is what was found in a file.
type reading struct {
	file     File
	fileHash string
	same     bool // the same reader read the same bytes at the last import; nothing else is set
	doc      knowledge.Document
	explicit bool   // the file itself gives the document's ID
	readHash string // of doc
	textHash string
	err      error
}

// readAll reads the files, a few at a time: reading a PDF takes a processor and
// several times its size in memory. known holds the hashes of files as they were
// imported last, by key; such a file is not read again.
func (rd Reader) readAll(ctx context.Context, files []File, known map[string]map[string]bool, progress func(done, all int)) ([]reading, error) {
	out := make([]reading, len(files))
	next := make(chan int)
	var wg sync.WaitGroup
	var mu sync.Mutex
	done := 0
	for range min(len(files), runtime.GOMAXPROCS(0)) {
		wg.Go(func() {
			for i := range next {
				out[i] = rd.read(files[i], known[files[i].Key])
				mu.Lock()
				done++
				progress(done, len(files))
				mu.Unlock()
			}
		})
	}
feed:
	for i := range files {
		select {
		case next <- i:
		case <-ctx.Done():
			break feed
		}
	}
	close(next)
	wg.Wait()
	return out, ctx.Err()
}

func (rd Reader) read(f File, known map[string]bool) (r reading) {
	r.file = f
	// A file made to break a reader must not take the other files with it.
	defer func() {
		if p := recover(); p != nil {
			r.err = fmt.Errorf("the file breaks its reader: %v", p)
		}
	}()
	data, err := f.read()
	if err != nil {
		r.err = err
		return r
	}
	r.fileHash = hashOf(data) + "." + rd.Version
	if known[r.fileHash] {
		r.same = true
		return r
	}
	r.explicit = givesID(data)
	if r.doc, r.err = rd.Read(f.Name, data); r.err != nil {
		return r
	}
	r.readHash = hashOf(knowledge.RenderDocument(r.doc))
	r.textHash = textHash(r.doc.Units)
	return r
}

// sameFile reports whether two values of Entry.FileHash are of the same bytes,
// whichever version of the reader read them.
func sameFile(a, b string) bool {
	a, _, _ = strings.Cut(a, ".")
	b, _, _ = strings.Cut(b, ".")
	return a == b
}

func hashOf(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

var idLine = regexp.MustCompile(`^id:\s*\S`)

// givesID reports whether a file begins with front matter that has an id. What
// is exported has; the id then counts and not the place where the file lies.
func givesID(data []byte) bool {
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	first := true
	for line := range bytes.Lines(data) {
		line = bytes.TrimRight(line, " \r\n")
		switch {
		case first:
			if string(line) != "---" {
				return false
			}
			first = false
		case string(line) == "---":
			return false
		case idLine.Match(line):
			return true
		}
	}
	return false
}

// textHash is the same for two texts that differ in nothing but layout,
// punctuation, case and full or half width. Titles of units do not count: where
// a text has no headings they are made of the file's name.
func textHash(units []knowledge.Unit) string {
	h := sha256.New()
	for _, u := range units {
		h.Write([]byte(strings.Map(func(r rune) rune {
			if unicode.IsLetter(r) || unicode.IsDigit(r) {
				return unicode.ToLower(r)
			}
			return -1
		}, width.Fold.String(u.Body))))
	}
	return hex.EncodeToString(h.Sum(nil))
}

// kindOf tells what kind of failure reading ended in, and the stable code of the
// cause where there is one.
func kindOf(err error) (kind Kind, code string) {
	var u *extract.Unreadable
	if errors.As(err, &u) {
		code = u.Code
	}
	switch {
	case errors.Is(err, errTooLarge) || code == extract.CodeTooLarge:
		return TooLarge, extract.CodeTooLarge
	case errors.Is(err, extract.ErrUnsupported):
		return Unsupported, code
	default:
		return Unreadable, code
	}
}
