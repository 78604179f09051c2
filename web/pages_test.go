package web_test

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

func readStatic(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("static", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// A page must not show the name of a word instead of the word.
func TestEveryWordIsThere(t *testing.T) {
	t.Parallel()
	entry := regexp.MustCompile(`(?m)^  (\w+): \[`)
	used := regexp.MustCompile(`data-t(?:-\w+)?="(\w+)"|\bt\('(\w+)'|\bt\(\w[\w.]* \? '(\w+)' : '(\w+)'`)
	for _, page := range []struct {
		words string
		files []string
	}{
		{"chat-words.js", []string{"chat.html", "chat.js", "chat-view.js", "suggest.js"}},
		{"staff-words.js library-words.js gaps-words.js quick-words.js roster-words.js funds-words.js visits-words.js", []string{"staff.html", "staff.js", "staff-case.js", "assist.js", "quick.js", "roster.js", "funds.js", "library.js", "gaps.js", "overrides.js", "visits.js", "observers.js"}},
	} {
		have := make(map[string]bool)
		for name := range strings.FieldsSeq(page.words) {
			for _, m := range entry.FindAllStringSubmatch(readStatic(t, name), -1) {
				have[m[1]] = true
			}
		}
		if len(have) < 20 {
			t.Fatalf("%s: only %d words found", page.words, len(have))
		}
		for _, file := range page.files {
			for _, m := range used.FindAllStringSubmatch(readStatic(t, file), -1) {
				for _, key := range m[1:] {
					if key != "" && !have[key] {
						t.Errorf("%s uses %q, which %s lacks", file, key, page.words)
					}
				}
			}
		}
	}
}

// Text people wrote becomes text nodes only.
func TestScriptsMakeNoMarkup(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("static/*.js")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		for _, bad := range []string{"innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function"} {
			if strings.Contains(readStatic(t, filepath.Base(file)), bad) {
				t.Errorf("%s uses %s", file, bad)
			}
		}
	}
	for _, page := range []string{"chat.html", "staff.html", "problem.html"} {
		if regexp.MustCompile(`<style|\sstyle=|\son\w+=|<script(?:[^>]*)>[^<]|https?://`).MatchString(readStatic(t, page)) {
			t.Errorf("%s has what its own policy forbids", page)
		}
	}
}

// The colours of both schemes keep WCAG AA: 4.5 for text, 3 for the outline of
// controls.
func TestContrast(t *testing.T) {
	t.Parallel()
	light, dark, ok := strings.Cut(readStatic(t, "base.css"), "@media (prefers-color-scheme: dark)")
	if !ok {
		t.Fatal("no dark scheme")
	}
	token := regexp.MustCompile(`(?m)^\s+--([\w-]+): (#[0-9a-f]{6});`)
	for scheme, css := range map[string]string{"light": light, "dark": dark} {
		colours := make(map[string]string)
		for _, m := range token.FindAllStringSubmatch(css, -1) {
			colours[m[1]] = m[2]
		}
		for _, pair := range []struct {
			front, back string
			least       float64
		}{
			{"ink", "page", 4.5}, {"ink", "card", 4.5}, {"ink", "raised", 4.5}, {"soft", "page", 4.5}, {"soft", "card", 4.5}, {"soft", "raised", 4.5},
			{"accent", "card", 4.5}, {"accent", "page", 4.5}, {"accent", "accent-soft", 4.5}, {"on-accent", "accent", 4.5}, {"on-accent", "accent-strong", 4.5},
			{"on-mark", "mark", 4.5}, {"danger", "card", 4.5}, {"danger", "page", 4.5}, {"danger", "danger-soft", 4.5}, {"warn", "warn-soft", 4.5},
			{"page", "ink", 4.5}, {"soft", "accent-soft", 4.5}, {"control", "card", 3}, {"control", "page", 3},
		} {
			if got := contrast(t, colours[pair.front], colours[pair.back]); got < pair.least {
				t.Errorf("%s: %s on %s has %.2f, less than %.1f", scheme, pair.front, pair.back, got, pair.least)
			}
		}
	}
	if got := contrast(t, "#ffffff", "#1f6657"); got < 4.5 {
		t.Errorf("a visitor's words have %.2f", got)
	}
}

// contrast is the contrast ratio of WCAG 2 between two colours (#rrggbb).
func contrast(t *testing.T, a, b string) float64 {
	t.Helper()
	luminance := func(colour string) float64 {
		var sum float64
		for i, weight := range []float64{0.2126, 0.7152, 0.0722} {
			n, err := strconv.ParseUint(fmt.Sprintf("%.2s", colour[min(len(colour), 1+2*i):]), 16, 8)
			if err != nil {
				t.Fatalf("colour %q: %v", colour, err)
			}
			c := float64(n) / 255
			if c <= 0.04045 {
				c /= 12.92
			} else {
				c = math.Pow((c+0.055)/1.055, 2.4)
			}
			sum += weight * c
		}
		return sum
	}
	x, y := luminance(a), luminance(b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}
