package handlers

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"testing"
)

var verb = regexp.MustCompile(`%[-+.0-9\[\]]*[a-z]`)

// Every phrase exists in both languages and takes the same arguments in both.
func TestPhrasesAreAlike(t *testing.T) {
	t.Parallel()
	names, err := filepath.Glob("phrases*[a-z].go")
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	check := func(node ast.Node) bool {
		lit, ok := node.(*ast.CompositeLit)
		if !ok {
			return true
		}
		var texts []string
		for _, e := range lit.Elts {
			s, err := strconv.Unquote(e.(*ast.BasicLit).Value)
			if err != nil {
				t.Fatal(err)
			}
			texts = append(texts, s)
		}
		n++
		if len(texts) != 2 || texts[0] == "" || texts[1] == "" {
			t.Errorf("a phrase in one language only: %q", texts)
			return true
		}
		zh, en := verb.FindAllString(texts[0], -1), verb.FindAllString(texts[1], -1)
		slices.Sort(zh)
		slices.Sort(en)
		if !slices.Equal(zh, en) {
			t.Errorf("%q takes %v and %q takes %v", texts[0], zh, texts[1], en)
		}
		return true
	}
	for _, name := range names {
		if name == "phrases_test.go" {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, check)
	}
	if n < 100 {
		t.Errorf("only %d phrases were found", n)
	}
}

func TestLanguage(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		chosen, app string
		want        lang
	}{
		{"", "", zh}, {"", "zh-hans", zh}, {"", "en-GB", en}, {"", "fr", zh}, {"en", "zh-hans", en}, {"zh", "en", zh}, {"", "EN", en},
	} {
		if got := langOf(row.chosen, row.app); got != row.want {
			t.Errorf("chosen %q, app %q: %s, want %s", row.chosen, row.app, got, row.want)
		}
	}
}

func TestLooksLikeQuestion(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		"慈溪有几个服务站？": true, "要不要补缴？。": true, "可以吗": true, "how many?": true, "可以吗！！": true,
		"慈溪市示例电器厂": false, "13800000000": false, "": false, "？？厂": false,
	} {
		if got := looksLikeQuestion(text); got != want {
			t.Errorf("%q: %v, want %v", text, got, want)
		}
	}
}

func TestCodesAreForgiving(t *testing.T) {
	t.Parallel()
	want := HashCode("ABCD-2345-WXYZ")
	for _, typed := range []string{"abcd-2345-wxyz", " ABCD 2345 WXYZ\n", "ＡＢＣＤ－２３４５－ｗｘｙｚ", "ABCD2345WXYZ"} {
		if HashCode(typed) != want {
			t.Errorf("%q is another code", typed)
		}
	}
	if HashCode("ABCD-2345-WXYA") == want {
		t.Error("another code is the same")
	}
}
