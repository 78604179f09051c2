package extract

import (
	"archive/zip"
	"bytes"
	"io"
	"strings"
)

// Bounds of a packed file: a bomb of a few kilobytes unpacks to gigabytes.
const (
	maxParts     = 20_000
	maxPartBytes = 64 << 20
)

// zipbox is a packed document. Names are compared as they stand, without a
// leading slash.
type zipbox struct {
	files map[string]*zip.File
	names []string
}

func openZip(data []byte) (*zipbox, error) {
	r, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, damaged("the file", err)
	}
	if len(r.File) > maxParts {
		return nil, unreadable(CodeTooLarge, "the file holds more than %d parts", maxParts)
	}
	box := &zipbox{files: make(map[string]*zip.File, len(r.File))}
	for _, f := range r.File {
		name := strings.TrimPrefix(strings.ReplaceAll(f.Name, `\`, "/"), "/")
		if _, twice := box.files[name]; !twice {
			box.names = append(box.names, name)
		}
		box.files[name] = f
	}
	return box, nil
}

func (b *zipbox) has(name string) bool { return b.files[name] != nil }

// read unpacks one part; a missing part is nil without an error.
func (b *zipbox) read(name string) ([]byte, error) {
	f := b.files[strings.TrimPrefix(name, "/")]
	if f == nil {
		return nil, nil
	}
	tooLarge := unreadable(CodeTooLarge, "%s unpacks to more than %d MB", name, maxPartBytes>>20)
	if f.UncompressedSize64 > maxPartBytes {
		return nil, tooLarge
	}
	if f.Flags&1 != 0 {
		return nil, unreadable(CodeEncrypted, "the file is protected by a password; save it without one")
	}
	r, err := f.Open()
	if err != nil {
		return nil, damaged("the file", err)
	}
	defer r.Close()
	// The size in the directory is a claim; the bytes that come are counted.
	data, err := io.ReadAll(io.LimitReader(r, maxPartBytes+1))
	if err != nil {
		return nil, damaged("the file", err)
	}
	if len(data) > maxPartBytes {
		return nil, tooLarge
	}
	return data, nil
}
