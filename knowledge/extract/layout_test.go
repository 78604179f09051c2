package extract

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// setLine sets text from x at height y, one point of size 10 a character.
func setLine(text string, x, y float64) []glyph {
	var gs []glyph
	for i, r := range []rune(text) {
		at := x + 10*float64(i)
		gs = append(gs, glyph{text: string(r), x0: at, y0: y, x1: at + 10, y1: y + 10, size: 10})
	}
	return gs
}

// TestColumns sets two columns so close and so far out of step that their lines
// run into each other across the page.
func TestColumns(t *testing.T) {
	t.Parallel()
	left, right := strings.Repeat("左", 19), strings.Repeat("右", 19)
	gs := setLine(strings.Repeat("题", 39), 10, 10)
	want := []string{strings.Repeat("题", 39)}
	for i := range 10 {
		gs = append(gs, setLine(left, 10, 30+16*float64(i))...)
		gs = append(gs, setLine(right, 210, 34+16*float64(i))...)
	}
	for _, text := range []string{left, right} {
		for range 10 {
			want = append(want, text)
		}
	}
	var got []string
	for _, l := range readingOrder(lines(gs), 410) {
		got = append(got, l.text())
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// TestOneColumn reads a page of full lines, in which no strip is empty.
func TestOneColumn(t *testing.T) {
	t.Parallel()
	var gs []glyph
	for i := range 20 {
		gs = append(gs, setLine(strings.Repeat("字", 39-i%2), 10, 30+16*float64(i))...)
	}
	for i, l := range readingOrder(lines(gs), 410) {
		if want := strings.Repeat("字", 39-i%2); l.text() != want || l.col != 0 {
			t.Errorf("line %d in column %d: %q, want %q", i, l.col, l.text(), want)
		}
	}
}

// TestRowsAreNoSentence sets two rows of a table without borders above full
// lines of text, and a signature to the right below them.
func TestRowsAreNoSentence(t *testing.T) {
	t.Parallel()
	s := sheet{w: 420, h: 600}
	y := 20.0
	set := func(text string, x float64) { s.glyphs = append(s.glyphs, setLine(text, x, y)...) }
	next := func() { y += 16 }
	for _, row := range [][2]string{{"高层", "每月十二元"}, {"多层", "每月一十元"}} {
		set(row[0], 10)
		set(row[1], 360)
		next()
	}
	for range 6 {
		set(strings.Repeat("文", 40), 10)
		next()
	}
	set("完毕。", 10)
	next()
	set("示例市商务局", 350)
	next()
	set("二〇三一年五月二日", 320)
	_, blocks, err := paper([]sheet{s})
	if err != nil {
		t.Fatal(err)
	}
	want := "高层 每月十二元\n\n多层 每月一十元\n\n" + strings.Repeat("文", 240) + "完毕。\n\n示例市商务局\n\n二〇三一年五月二日"
	if diff := cmp.Diff(want, markdown(blocks)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}
