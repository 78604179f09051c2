package shelf

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// MaxFile is how many bytes a file may have: ten times the longest enactment,
// and few enough to be held while it is read.
const MaxFile = 64 << 20

// File is a file to be imported. Key tells it from others of the same name; the
// changed file of a known key is a new version. An absolute path is one; an
// upload has no more than its name.
type File struct {
	Name  string
	Key   string
	Named bool // by the caller, not found in a folder
	Open  func() (io.ReadCloser, error)
	Err   error // it cannot be read at all, and why
}

// errTooLarge marks a file of more than MaxFile bytes.
var errTooLarge = fmt.Errorf("larger than %d MiB", MaxFile>>20)

func (f File) read() ([]byte, error) {
	if f.Err != nil {
		return nil, f.Err
	}
	r, err := f.Open()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	data, err := io.ReadAll(io.LimitReader(r, MaxFile+1))
	if err == nil && len(data) > MaxFile {
		err = errTooLarge
	}
	return data, err
}

// Bytes is a file of which only a name is known.
func Bytes(name string, data []byte) File {
	return File{Name: name, Key: name, Named: true, Open: func() (io.ReadCloser, error) {
		return io.NopCloser(bytes.NewReader(data)), nil
	}}
}

// Files lists the files that the paths name and those in the folders among
// them, each once, in order of their paths. What programs leave in folders, such
// as names that begin with a dot, is passed over unless it is named. Links are followed after
// all else: what can be reached without one has that path, and as no folder is
// entered twice, links in a circle end.
//
// A path that does not exist is an error; what cannot be read below a folder is
// a File with its Err.
func Files(paths []string) ([]File, error) {
	w := walker{seen: make(map[string]bool)}
	for _, path := range paths {
		abs, err := filepath.Abs(path)
		if err != nil {
			return nil, err
		}
		if _, err := os.Stat(abs); err != nil {
			return nil, err
		}
		w.visit(abs, true)
	}
	for len(w.links) > 0 {
		link := w.links[0]
		w.links = w.links[1:]
		w.visit(link, false)
	}
	slices.SortFunc(w.files, func(a, b File) int { return strings.Compare(a.Key, b.Key) })
	return w.files, nil
}

type walker struct {
	files []File
	links []string        // found, to be followed
	seen  map[string]bool // real paths
}

func (w *walker) visit(path string, named bool) {
	real, err := filepath.EvalSymlinks(path)
	if err != nil {
		w.add(path, named, err)
		return
	}
	if w.seen[real] {
		return
	}
	w.seen[real] = true
	info, err := os.Stat(real)
	switch {
	case err != nil:
		w.add(path, named, err)
	case info.Mode().IsRegular():
		w.add(path, named, nil)
	case !info.IsDir():
		w.add(path, named, errors.New("neither a file nor a folder"))
	default:
		entries, err := os.ReadDir(real)
		if err != nil {
			w.add(path, named, err)
			return
		}
		for _, e := range entries {
			below := filepath.Join(path, e.Name())
			switch {
			case passedOver(e.Name()):
			case e.Type()&fs.ModeSymlink != 0:
				w.links = append(w.links, below)
			default:
				w.visit(below, false)
			}
		}
	}
}

// passedOver tells what programs keep in a folder from the documents of its
// owner: hidden files, the mark of a file that is open in a word processor, and
// what file managers remember.
func passedOver(name string) bool {
	switch strings.ToLower(name) {
	case "thumbs.db", "desktop.ini", "__macosx":
		return true
	}
	return strings.HasPrefix(name, ".") || strings.HasPrefix(name, "~$")
}

func (w *walker) add(path string, named bool, err error) {
	var p *fs.PathError
	if errors.As(err, &p) {
		err = p.Err // the outcome names the path already
	}
	key := strings.ToValidUTF8(path, "\uFFFD") // a database keeps no other names
	w.files = append(w.files, File{
		Name: filepath.Base(key), Key: key, Named: named, Err: err,
		Open: func() (io.ReadCloser, error) { return os.Open(path) },
	})
}
