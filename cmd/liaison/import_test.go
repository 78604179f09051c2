package main

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"liaison/knowledge"
	"liaison/knowledge/shelf"
)

const umbrellas = "# 示例市雨伞补贴办法（示例文本）\n\n## 雨伞补贴\n\n示例市每家企业每年可以领取雨伞补贴37元。\n"

// shelfRig is a data folder and a folder of files to import.
type shelfRig struct {
	t         *testing.T
	dir, data string
}

func newShelfRig(t *testing.T) shelfRig { return shelfRig{t, t.TempDir(), t.TempDir()} }

func (r shelfRig) write(name, text string) string {
	r.t.Helper()
	path := filepath.Join(r.dir, name)
	if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, []byte(text), 0o600)); err != nil {
		r.t.Fatal(err)
	}
	return path
}

// run runs a command on the data; it must exit with the code.
func (r shelfRig) run(code int, args ...string) (out, errs string) {
	r.t.Helper()
	out, errs, got := liaison(r.t, append(args, "--data", r.data)...)
	if got != code {
		r.t.Fatalf("liaison %s: exit %d, want %d: %s%s", strings.Join(args, " "), got, code, out, errs)
	}
	return out, errs
}

// imports imports and returns the outcomes as "name outcome id".
func (r shelfRig) imports(code int, args ...string) string {
	r.t.Helper()
	out, _ := r.run(code, append([]string{"import", "--json"}, args...)...)
	var lines []string
	for line := range strings.Lines(out) {
		var o shelf.Outcome
		if err := json.Unmarshal([]byte(line), &o); err != nil {
			r.t.Fatalf("%v in %s", err, line)
		}
		if o.Kind == "" {
			continue // the summary
		}
		rel, err := filepath.Rel(r.dir, o.File)
		if err != nil {
			r.t.Fatal(err)
		}
		lines = append(lines, strings.Join([]string{filepath.ToSlash(rel), string(o.Kind), o.ID}, " "))
	}
	return strings.Join(lines, "; ")
}

func (r shelfRig) ask(question string) (a answerJSON) {
	r.t.Helper()
	out, _ := r.run(exitOK, "ask", question, "--json")
	if err := json.Unmarshal([]byte(out), &a); err != nil {
		r.t.Fatal(err)
	}
	return a
}

func (r shelfRig) is(what, got, want string) {
	r.t.Helper()
	if got != want {
		r.t.Errorf("%s:\n got %s\nwant %s", what, got, want)
	}
}

func TestImport(t *testing.T) {
	t.Parallel()
	r := newShelfRig(t)
	const question = "示例市的雨伞补贴是多少元？"
	good := r.write("trial.md", umbrellas)
	r.write("broken.docx", "PK\x03\x04 cut")
	r.write(".hidden.md", "# 隐藏\n\n不应读入。")
	r.write("sub/again.txt", umbrellas)
	r.write("sub/photo.png", "\x89PNG\r\n\x1a\n")

	r.is("strictly", r.imports(exitFailed, r.dir, "--strict"),
		"broken.docx unreadable ; sub/again.txt added again; sub/photo.png unreadable ; trial.md duplicate again")
	if a := r.ask(question); a.Decision == knowledge.Answered {
		t.Errorf("before the import: %+v", a)
	}
	r.is("the folder", r.imports(exitFailed, good, r.dir),
		"broken.docx unreadable ; sub/again.txt added again; sub/photo.png unreadable ; trial.md duplicate again")
	if a := r.ask(question); a.Decision != knowledge.Answered || !strings.Contains(a.Answer, "37元") {
		t.Errorf("after the import: %+v", a)
	}
	if _, errs := r.run(exitUsage, "import", filepath.Join(r.dir, "none.md")); !strings.Contains(errs, "none.md") {
		t.Errorf("a file that is not there: %s", errs)
	}
	if out, _ := r.run(exitOK, "import", "undo"); !strings.Contains(out, "import 1 of ") {
		t.Error(out)
	}
	if a := r.ask(question); a.Decision == knowledge.Answered {
		t.Errorf("after it was taken back: %+v", a)
	}
	if out, _ := r.run(exitOK, "imports"); !strings.Contains(out, "taken back by") {
		t.Error(out)
	}
	r.run(exitFailed, "import", "undo")
}

func TestReview(t *testing.T) {
	t.Parallel()
	r := newShelfRig(t)
	const question = "示例市的雨伞补贴是多少元？"
	file := r.write("umbrella.md", umbrellas)
	r.is("a dry run", r.imports(exitOK, file, "--draft", "--dry-run"), "umbrella.md draft umbrella")
	r.is("a draft", r.imports(exitOK, file, "--draft"), "umbrella.md draft umbrella")
	if a := r.ask(question); a.Decision == knowledge.Answered {
		t.Errorf("a draft is answered from: %+v", a)
	}
	r.run(exitOK, "library", "publish", "umbrella", "--by", "李四（示例）")
	if a := r.ask(question); a.Decision != knowledge.Answered {
		t.Errorf("after the review: %+v", a)
	}
	out, _ := r.run(exitOK, "library", "set", "umbrella", "number=示政发〔2026〕1号", "issuers=示例市人民政府，示例市雨伞局")
	r.is("set", out, "number: 示政发〔2026〕1号\nissuers: 示例市人民政府, 示例市雨伞局\n")
	if _, errs := r.run(exitFailed, "library", "set", "umbrella", "issued=昨天"); !strings.Contains(errs, "issued") || !strings.Contains(errs, "昨天") {
		t.Error(errs)
	}
	r.run(exitUsage, "library", "set", "umbrella", "issued")
	out, _ = r.run(exitOK, "library", "show", "umbrella")
	for _, part := range []string{"number: 示政发〔2026〕1号", "publish by 李四（示例）", "in force"} {
		if !strings.Contains(out, part) {
			t.Errorf("show lacks %q:\n%s", part, out)
		}
	}
	out, _ = r.run(exitOK, "library", "list", "雨伞", "--json")
	var item shelf.Summary
	if err := json.Unmarshal([]byte(out), &item); err != nil || item.ID != "umbrella" || item.State != shelf.Published {
		t.Errorf("%v in %s", err, out)
	}
	r.run(exitOK, "library", "repeal", "umbrella")
	if a := r.ask(question); a.Decision == knowledge.Answered && a.Citations[0].InForce {
		t.Errorf("after the repeal: %+v", a)
	}
	r.run(exitOK, "library", "withdraw", "umbrella")
	r.run(exitOK, "library", "remove", "umbrella")
	r.run(exitFailed, "library", "show", "umbrella")
}

func TestExport(t *testing.T) {
	t.Parallel()
	r := newShelfRig(t)
	r.imports(exitOK, r.write("umbrella.md", umbrellas))
	r.write("umbrella.md", strings.ReplaceAll(umbrellas, "37元", "45元"))
	r.is("a new version", r.imports(exitOK, filepath.Join(r.dir, "umbrella.md")), "umbrella.md new_version umbrella")
	out := filepath.Join(r.dir, "library")
	first, _ := r.run(exitOK, "export", out)
	r.is("export", first, "3 documents in "+out+": 3 files written, 0 deleted\n")
	again, _ := r.run(exitOK, "export", out, "--prune")
	r.is("export again", again, "3 documents in "+out+": 0 files written, 0 deleted\n")
	r.is("into the same library", r.imports(exitOK, out),
		"library/cixi-2024-reply-184.md unchanged cixi-2024-reply-184; library/umbrella-v1.md unchanged umbrella-v1; library/umbrella.md unchanged umbrella")

	// Another library takes all versions over, and gives the same files again.
	other := shelfRig{t, r.dir, t.TempDir()}
	other.is("into an empty one", other.imports(exitOK, out),
		"library/cixi-2024-reply-184.md unchanged cixi-2024-reply-184; library/umbrella-v1.md added umbrella; library/umbrella.md new_version umbrella")
	second, _ := other.run(exitOK, "export", out)
	other.is("from there", second, "3 documents in "+out+": 0 files written, 0 deleted\n")

	r.run(exitOK, "library", "remove", "umbrella")
	pruned, _ := r.run(exitOK, "export", out, "--prune")
	r.is("after removing", pruned, "1 documents in "+out+": 0 files written, 2 deleted\n")
	if _, err := os.Stat(filepath.Join(out, "umbrella.md")); !errors.Is(err, fs.ErrNotExist) {
		t.Error("the file of a removed document stays")
	}
}
