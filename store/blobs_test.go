package store

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/iotest"

	"liaison/relay"
	"liaison/ticket"
)

func openBlobs(t testing.TB) *Blobs {
	t.Helper()
	b, err := OpenBlobs(filepath.Join(t.TempDir(), "files"))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// stored returns the files below the directory.
func stored(t *testing.T, b *Blobs) (names []string) {
	t.Helper()
	err := filepath.WalkDir(b.dir, func(path string, e fs.DirEntry, err error) error {
		if err == nil && !e.IsDir() {
			names = append(names, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

func TestBlobs(t *testing.T) {
	t.Parallel()
	b := openBlobs(t)
	content := []byte("政策附件")
	sum := sha256.Sum256(content)
	want := ticket.File{Hash: hex.EncodeToString(sum[:]), Name: "附件.txt", MIME: "text/plain; charset=utf-8", Size: int64(len(content))}
	var wg sync.WaitGroup
	for range 8 { // one content at once from several
		wg.Go(func() {
			got, err := b.Put(ctx, iotest.OneByteReader(bytes.NewReader(content)), "../../附件.txt", want.Size)
			if err != nil || got != want {
				t.Errorf("Put returned %+v, %v", got, err)
			}
		})
	}
	wg.Wait()
	names := stored(t, b)
	if len(names) != 1 {
		t.Fatalf("stored %v", names)
	}
	if info, err := os.Stat(names[0]); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	f, err := b.Open(want.Hash)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if got, err := io.ReadAll(f); err != nil || !bytes.Equal(got, content) {
		t.Errorf("content %q, %v", got, err)
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		t.Error(err)
	}
}

func TestBlobsKeepNothingOfAFailure(t *testing.T) {
	t.Parallel()
	b := openBlobs(t)
	_, err := b.Put(ctx, strings.NewReader("12345"), "x", 4)
	if ticket.CodeOf(err) != ticket.Invalid {
		t.Errorf("too much: %v", err)
	}
	broken := errors.New("broken")
	if _, err := b.Put(ctx, io.MultiReader(strings.NewReader("12"), iotest.ErrReader(broken)), "x", 4); !errors.Is(err, broken) {
		t.Errorf("broken reader: %v", err)
	}
	ended, cancel := context.WithCancel(ctx)
	cancel()
	if _, err := b.Put(ended, strings.NewReader("1"), "x", 4); !errors.Is(err, context.Canceled) {
		t.Errorf("ended context: %v", err)
	}
	if names := stored(t, b); len(names) != 0 {
		t.Errorf("left behind: %v", names)
	}
	for _, hash := range []string{"", "..", strings.Repeat("a", 64), strings.Repeat("A", 64), "../" + strings.Repeat("a", 61)} {
		if _, err := b.Open(hash); ticket.CodeOf(err) != ticket.NotFound {
			t.Errorf("Open(%q): %v", hash, err)
		}
	}
}

// A disk that takes no file at all is the storage's fault, not the file's.
func TestBlobsOnAReadOnlyDisk(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if out, err := exec.CommandContext(ctx, "mount", "-t", "tmpfs", "-o", "ro,size=1m", "none", dir).CombinedOutput(); err != nil {
		t.Skipf("no read-only disk can be mounted here: %s", out)
	}
	t.Cleanup(func() {
		if out, err := exec.CommandContext(ctx, "umount", "--lazy", dir).CombinedOutput(); err != nil {
			t.Errorf("umount: %v: %s", err, out)
		}
	})
	b, err := OpenBlobs(dir)
	if err != nil {
		t.Fatal(err)
	}
	_, err = b.Put(ctx, strings.NewReader("1"), "x", 4)
	if !errors.Is(err, syscall.EROFS) || !errors.As(err, new(*relay.Outage)) {
		t.Errorf("Put returned %v, want an outage", err)
	}
}

func TestMIME(t *testing.T) {
	t.Parallel()
	const zip, ole = "PK\x03\x04", "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"
	for _, c := range []struct{ head, name, want string }{
		{"%PDF-1.7", "a.pdf", "application/pdf"},
		{"%PDF-1.7", "a.docx", "application/pdf"}, // the content is believed
		{zip, "申请表.DOCX", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"},
		{zip, "a.ofd", "application/ofd"},
		{zip, "a.doc", "application/zip"},
		{zip, "a", "application/zip"},
		{ole, "a.doc", "application/msword"},
		{ole, "a.exe", oleType},
		{"a,b\n", "表.csv", "text/csv; charset=utf-8"},
		{"<html>", "a.csv", "text/html; charset=utf-8"},
		{"", "empty.txt", "text/plain; charset=utf-8"},
		{"\x89PNG\x0D\x0A\x1A\x0A", "a.png", "image/png"},
	} {
		if got := mimeType([]byte(c.head), c.name); got != c.want {
			t.Errorf("%q %s: %s, want %s", c.head, c.name, got, c.want)
		}
	}
}
