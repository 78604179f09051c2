package shelf_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"liaison/knowledge/shelf"
)

func TestFiles(t *testing.T) {
	t.Parallel()
	r := setup(t)
	r.write("b.md", "x")
	r.write("a/a.txt", "x")
	r.write("a/.git/config", "x")
	r.write(".hidden", "x")
	r.write("a/Thumbs.db", "x")
	r.write("a/~$a.docx", "x")
	link := func(old, name string) {
		if err := os.Symlink(old, filepath.Join(r.dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	link(r.dir, "a/around")
	link("../b.md", "a/again.md")
	link("nowhere", "broken.md")
	list := func(paths ...string) string {
		t.Helper()
		files, err := shelf.Files(paths)
		if err != nil {
			t.Fatal(err)
		}
		var out []string
		for _, f := range files {
			rel, err := filepath.Rel(r.dir, f.Key)
			if err != nil {
				t.Fatal(err)
			}
			out = append(out, fmt.Sprintf("%s named=%v err=%v", filepath.ToSlash(rel), f.Named, f.Err != nil))
		}
		return strings.Join(out, "; ")
	}
	link("../../b.md", "a/.git/hidden.md")
	r.is("folder", list(r.dir), "a/a.txt named=false err=false; b.md named=false err=false; broken.md named=false err=true")
	r.is("named and found", list(filepath.Join(r.dir, "b.md"), r.dir), "a/a.txt named=false err=false; b.md named=true err=false; broken.md named=false err=true")
	r.is("hidden, but named", list(filepath.Join(r.dir, ".hidden")), ".hidden named=true err=false")
	if _, err := shelf.Files([]string{filepath.Join(r.dir, "none")}); err == nil {
		t.Error("a path that does not exist is taken")
	}
}

func TestFilesThatFail(t *testing.T) {
	t.Parallel()
	r := setup(t)
	large, err := os.Create(filepath.Join(r.dir, "large.txt"))
	if err != nil {
		t.Fatal(err)
	}
	if err := large.Truncate(shelf.MaxFile + 1); err != nil {
		t.Fatal(err)
	}
	if err := large.Close(); err != nil {
		t.Fatal(err)
	}
	r.write("damaged.docx", "PK\x03\x04 cut")
	r.write("empty.txt", "")
	r.write("front.md", "---\nid: Front\n---\n\n## 无号\n")
	r.write("good.md", policy("雨伞补贴办法（示例）", "37", ""))
	r.write("old.doc", "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"+strings.Repeat("\x00", 600))
	r.write("same-1.md", "---\nid: same\ntitle: 一（示例）\nstatus: in_force\nissued: 2024-01-01\n---\n\n## 一 {#a}\n\n甲文。\n")
	r.write("same-2.md", "---\nid: same\ntitle: 二（示例）\nstatus: in_force\nissued: 2024-01-01\n---\n\n## 二 {#a}\n\n乙文。\n")
	r.write("unknown.bin", "\x00\x01\x02\x03\xff\xfe\xfd")
	want := "damaged.docx unreadable /0; empty.txt unreadable /0; front.md unreadable /0; good.md added good/1; large.txt too_large /0; " +
		"old.doc unsupported /0; same-1.md added same/1; same-2.md refused same/0; unknown.bin unsupported /0"
	strict := r.importing(shelf.Options{Strict: true}, r.dir)
	r.is("strictly", r.kinds(strict), want)
	if strict.Written || r.library() != "" {
		t.Error("a strict import wrote")
	}
	dry := r.importing(shelf.Options{DryRun: true}, r.dir)
	if dry.Written || r.library() != "" {
		t.Error("a dry run wrote")
	}
	done := r.importing(shelf.Options{}, r.dir)
	r.is("the good ones", r.kinds(done), want)
	if n := done.Failed(); n != 6 {
		t.Errorf("%d failed, want all but what is no document", n)
	}
	for _, o := range done.Outcomes {
		if o.Failed && o.Reason == "" {
			t.Errorf("no reason: %s", o)
		}
	}
}

// A page that is a picture among pages of text is named, when the file is
// imported and in the record of the import.
func TestPagesWithoutText(t *testing.T) {
	t.Parallel()
	r := setup(t)
	scanned, err := os.ReadFile("../extract/testdata/half-scanned.pdf")
	if err != nil {
		t.Fatal(err)
	}
	report := r.importFiles(shelf.Options{}, shelf.Bytes("half.pdf", scanned))
	record, err := r.ImportRecord(t.Context(), report.ID)
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range append(report.Outcomes, record.Outcomes...) {
		r.is("outcome", o.String(), "half.pdf: added half 示例市补贴办法, 2 units; without text, so not in it: page 2 [guessed: place]")
	}
}

// Front matter decides by itself what a file is: no bytes may make the decision panic.
func FuzzGivesID(f *testing.F) {
	f.Add([]byte("---\nid: a\n---\n"))
	f.Add([]byte("\ufeff---\r\ntitle: 😀\r\nid:  b\r\n"))
	f.Add([]byte("---\n---\nid: c"))
	f.Add([]byte("标题\nid: d"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if shelf.GivesID(data) && !strings.Contains(string(data), "id:") {
			t.Error("an id is seen that is not there")
		}
	})
}

// A line about a file is one line, whatever the file is called.
func TestOutcomeNames(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"政策🎉 一.md":         "政策🎉 一.md: added",
		"a\nb.md":          `"a\nb.md": added`,
		"\x1b[31mred.md":   `"\x1b[31mred.md": added`,
		"a\u202emd.exe.md": `"a\u202emd.exe.md": added`,
	} {
		if got := (shelf.Outcome{File: name, Kind: shelf.Added}).String(); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}
