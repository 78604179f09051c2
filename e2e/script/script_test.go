package script_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"liaison/e2e/script"
)

// The conversations are rewritten by the program: nothing of them may be lost.
func TestScriptsSurviveRewriting(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("../../handlers/testdata/chat/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no conversations: %v", err)
	}
	for _, file := range files {
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		s, err := script.Parse(file, string(b))
		if err != nil {
			t.Fatal(err)
		}
		if s.String() != string(b) {
			t.Errorf("%s is not written as it was read", file)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"-> owner\n":              "x.txt:1",
		"owner: hi\n  text\n":     "x.txt:2",
		"# a\nowner says hello\n": "x.txt:2",
	} {
		if _, err := script.Parse("x.txt", text); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%q: %v, want an error at %s", text, err, want)
		}
	}
}

func TestParts(t *testing.T) {
	t.Parallel()
	s, err := script.Parse("x.txt", "a! 好\n-> @g\n  one\n  two\n  [x] [y]\n  [z]\n  (files: 2)\n  (toast) 好的\n  (replaces)\n")
	if err != nil {
		t.Fatal(err)
	}
	l := s.Lines[0]
	p := l.Want[0].Parts()
	if l.Op != script.Press || l.Text != "好" || l.Want[0].To != "@g" {
		t.Errorf("the line is %+v", l)
	}
	if p.Text != "one\ntwo" || strings.Join(p.Buttons, ",") != "x,y,z" || p.Files != 2 || p.Toast != "好的" || !p.Replaces {
		t.Errorf("the parts are %+v", p)
	}
}
