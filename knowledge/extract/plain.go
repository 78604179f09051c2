package extract

import (
	"context"
	"regexp"
	"strings"
)

// atxTitle is the first heading of the first level of a Markdown text.
var atxTitle = regexp.MustCompile(`(?m)^#[ \t]+(.+?)[ \t]*#*[ \t]*$`)

// frontMatter is the block of properties that may stand before the text.
var frontMatter = regexp.MustCompile(`(?s)\A---[ \t]*\n.*?\n---[ \t]*\n`)

// readMarkdown keeps the text as it is but for the ends of its lines.
func readMarkdown(_ context.Context, data []byte) (Page, error) {
	text := unixLines(decode(data, ""))
	page := Page{Text: text}
	if m := atxTitle.FindStringSubmatch(frontMatter.ReplaceAllString(text, "")); m != nil {
		page.Title = m[1]
	}
	return page, nil
}

// readText makes paragraphs of lines.
func readText(_ context.Context, data []byte) (Page, error) {
	var lines []string
	for line := range strings.SplitSeq(unixLines(decode(data, "")), "\n") {
		lines = append(lines, tidyLine(line))
	}
	blocks := make([]block, 0, len(lines))
	for _, p := range joinLines(lines) {
		blocks = append(blocks, block{text: p})
	}
	return Page{Text: markdown(blocks)}, nil
}

func unixLines(s string) string {
	return strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n")
}

// joinLines turns lines into paragraphs. Where a text is broken at a fixed
// width, a line that fills the width goes on in the next one, unless it ends
// a sentence or the next line begins a part; where it is not, a line is a
// paragraph. An empty line always ends a paragraph.
func joinLines(lines []string) []string {
	width := fixedWidth(lines)
	var out []string
	open := false // the last paragraph goes on
	for _, line := range lines {
		if line == "" {
			open = false
			continue
		}
		if open && !structured.MatchString(line) {
			out[len(out)-1] = tidyLine(out[len(out)-1] + "\n" + line)
		} else {
			out = append(out, line)
		}
		open = width > 0 && lineWidth(line) >= width-4 && !endsSentence(line)
	}
	return out
}

// fixedWidth is the width at which a text was broken, 0 when it was not: many
// lines end within two characters of the longest, and few of these end a
// sentence.
func fixedWidth(lines []string) int {
	longest := 0
	for _, line := range lines {
		longest = max(longest, lineWidth(line))
	}
	if longest < 24 || longest > 200 {
		return 0
	}
	full, cut := 0, 0
	for _, line := range lines {
		if w := lineWidth(line); w >= longest-5 {
			full++
			if !endsSentence(line) {
				cut++
			}
		}
	}
	if full < 3 || cut*2 < full {
		return 0
	}
	return longest
}

// lineWidth counts columns: a Chinese character is as wide as two letters.
func lineWidth(s string) int {
	n := 0
	for _, r := range s {
		n++
		if isWide(r) {
			n++
		}
	}
	return n
}

func endsSentence(line string) bool {
	line = strings.TrimRight(line, "”’」』）)\"")
	return strings.HasSuffix(line, "。") || strings.HasSuffix(line, "！") || strings.HasSuffix(line, "？") ||
		strings.HasSuffix(line, "；") || strings.HasSuffix(line, "：")
}
