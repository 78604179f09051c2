package knowledge_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"liaison/knowledge"
)

// TestEnactmentsByArticle holds the units of 50 laws against an independent count
// of their articles: one unit an article, the words of each in its own unit, the
// chapter in its path.
func TestEnactmentsByArticle(t *testing.T) {
	t.Parallel()
	dir := sharedFiles(t, "enactments")
	if dir == "" {
		return
	}
	article := regexp.MustCompile(`^第[一二三四五六七八九十百零〇]+条`)
	chapter := regexp.MustCompile(`^## (第.+章.*)$`)
	for _, d := range imported(t, dir, "*/*.md") {
		text, err := os.ReadFile(glob(t, dir, d.File))
		if err != nil {
			t.Fatal(err)
		}
		want := make(map[string]string) // article -> chapter
		above := ""
		for line := range strings.Lines(string(text)) {
			line = strings.TrimSpace(line)
			if m := chapter.FindStringSubmatch(line); m != nil {
				above = strings.Join(strings.Fields(m[1]), " ")
			}
			if mark := article.FindString(line); mark != "" {
				want[mark] = above
			}
		}
		got := 0
		for _, u := range d.Units {
			if !strings.HasPrefix(u.Slug, "art") {
				continue
			}
			got++
			mark := article.FindString(u.Title)
			if ch, ok := want[mark]; !ok || !strings.HasPrefix(u.Path, ch) {
				t.Errorf("%s: unit %s %q stands in %q, want chapter %q", d.File, u.Slug, u.Title, u.Path, ch)
			}
			if n := len(article.FindAllString(strings.ReplaceAll(u.Body, "\n", "\n "), -1)); n > 1 || !strings.HasPrefix(u.Body, mark) {
				t.Errorf("%s: unit %s holds %d articles: %.30q", d.File, u.Slug, n, u.Body)
			}
		}
		if got != len(want) {
			t.Errorf("%s: %d units are articles, want %d", d.File, got, len(want))
		}
	}
}

// glob finds a file by its name one folder below dir.
func glob(t *testing.T, dir, name string) string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(dir, "*", strings.NewReplacer("[", `\[`, "(", `\(`, ")", `\)`).Replace(name)))
	if err != nil || len(found) != 1 {
		t.Fatalf("%s: %q %v", name, found, err)
	}
	return found[0]
}

// TestImportKeepsRealTexts checks over real texts that every line of them stands
// in a unit, a title or a path, and that the sizes of units stay readable.
func TestImportKeepsRealTexts(t *testing.T) {
	t.Parallel()
	for _, set := range []struct{ dir, pattern string }{
		{"policy-docs/docs", "*.txt"}, {"enactments", "*/*.md"}, {"policy-pages", "*.html"},
	} {
		dir := sharedFiles(t, set.dir)
		if dir == "" {
			continue
		}
		var sizes []int
		paths, questions, articles, tables := 0, 0, 0, 0
		docs := imported(t, dir, set.pattern)
		for _, d := range docs {
			if set.pattern != "*.html" { // of a page the document is only a part
				keepsLines(t, d, dir, set.pattern)
			}
			for _, u := range d.Units {
				sizes = append(sizes, utf8.RuneCountInString(u.Body))
				paths += count(u.Path != "")
				questions += count(strings.ContainsAny(u.Title, "？?"))
				articles += count(strings.HasPrefix(u.Slug, "art"))
				tables += count(u.Repeats > 0)
			}
		}
		slices.Sort(sizes)
		n := len(sizes)
		within := func(lo, hi int) string {
			k := 0
			for _, s := range sizes {
				k += count(s >= lo && s <= hi)
			}
			return fmt.Sprintf("%.0f %%", 100*float64(k)/float64(n))
		}
		t.Logf("%s: %d documents, %.1f units each; characters p10 %d, p50 %d, p90 %d, max %d; 80-500 %s, over 800 %s; %d articles, %d questions, %d with a path, %d repeat a heading row",
			set.dir, len(docs), float64(n)/float64(len(docs)), sizes[n/10], sizes[n/2], sizes[n*9/10], sizes[n-1],
			within(80, 500), within(801, 1<<30), articles, questions, paths, tables)
		if sizes[n*9/10] > 800 {
			t.Errorf("%s: a tenth of the units has more than %d characters", set.dir, sizes[n*9/10])
		}
	}
}

func count(b bool) int {
	if b {
		return 1
	}
	return 0
}

// keepsLines checks that each sentence of the file of d stands in its units.
func keepsLines(t *testing.T, d knowledge.Document, dir, pattern string) {
	t.Helper()
	file := filepath.Join(dir, d.File)
	if strings.Contains(pattern, "/") {
		file = glob(t, dir, d.File)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for _, u := range d.Units {
		all.WriteString(u.Path + u.Title + u.Body)
	}
	words := onlyWords(all.String() + d.Title)
	for sentence := range strings.FieldsFuncSeq(string(text), func(r rune) bool { return strings.ContainsRune("。！？；\n", r) }) {
		if strings.HasPrefix(sentence, "<!--") {
			continue
		}
		for clause := range strings.FieldsFuncSeq(sentence, func(r rune) bool { return strings.ContainsRune("，：:、,", r) || unicode.IsSpace(r) }) {
			// The title of a question goes without 问题1.
			if w := strings.TrimLeft(onlyWords(clause), "问题0123456789"); !strings.Contains(words, w) {
				t.Errorf("%s lost %q", d.File, clause)
				return
			}
		}
	}
}

// onlyWords keeps letters and digits.
func onlyWords(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return -1
	}, s)
}
