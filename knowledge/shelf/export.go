package shelf

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"liaison/knowledge"
)

// Exported is what Export did.
type Exported struct {
	Documents int
	Written   []string // files that are new or were changed
	Pruned    []string // files of documents that are no longer there
}

// Export writes every version of every document that is not hidden as a file
// ID.md into dir, which is made when missing. The bytes depend on the library
// only, and a file that has them already is not touched. With prune, files of
// the same form whose document is not in the library are deleted; other files
// are left alone.
func (s *Shelf) Export(ctx context.Context, dir string, prune bool) (Exported, error) {
	var out Exported
	items, err := s.List(ctx, Filter{Old: true})
	if err != nil {
		return out, err
	}
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return out, err
	}
	present := make(map[string]bool)
	for _, i := range items {
		if i.Hidden {
			continue
		}
		if i.Fault != "" {
			return out, errors.New(i.ID + ": " + i.Fault)
		}
		name := i.ID + ".md"
		present[name] = true
		out.Documents++
		wrote, err := writeFile(filepath.Join(dir, name), knowledge.RenderDocument(i.Doc))
		if err != nil {
			return out, err
		}
		if wrote {
			out.Written = append(out.Written, name)
		}
	}
	if prune {
		out.Pruned, err = pruneFiles(dir, present)
	}
	return out, err
}

// writeFile writes data under the name, all of it or nothing, unless it is there.
func writeFile(name string, data []byte) (wrote bool, err error) {
	have, err := os.ReadFile(name)
	if err == nil && bytes.Equal(have, data) {
		return false, nil
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return false, err
	}
	f, err := os.CreateTemp(filepath.Dir(name), ".export-*")
	if err != nil {
		return false, err
	}
	defer os.Remove(f.Name()) // fails after the rename, as it should
	_, err = f.Write(data)
	if err = errors.Join(err, f.Chmod(0o644), f.Close()); err != nil {
		return false, err
	}
	return true, os.Rename(f.Name(), name)
}

// pruneFiles deletes the files that Export has written of documents that are not
// there now: those that are named for the document in them.
func pruneFiles(dir string, present map[string]bool) (pruned []string, err error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		id, isMarkdown := strings.CutSuffix(e.Name(), ".md")
		if !isMarkdown || present[e.Name()] || !e.Type().IsRegular() {
			continue
		}
		name := filepath.Join(dir, e.Name())
		data, err := os.ReadFile(name)
		if err != nil {
			return pruned, err
		}
		if d, err := knowledge.ParseDocument(e.Name(), data); err != nil || d.ID != id {
			continue
		}
		if err := os.Remove(name); err != nil {
			return pruned, err
		}
		pruned = append(pruned, e.Name())
	}
	return pruned, nil
}
