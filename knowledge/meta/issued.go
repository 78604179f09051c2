package meta

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

var (
	inForceLine = regexp.MustCompile(datePattern + `\s*(?:起)?\s*(?:施行|实施|生效)`)
	issuedLine  = regexp.MustCompile(`(?m)^[（(]\s?` + datePattern + `[^（()）。；\n]{0,80}(?:发布|公布|颁布|印发|通过|批准)[）)]\s*$`)
)

// issued finds the day of the document: in the particulars, in the signature,
// in a law's history, in a line of its own, on the colophon; the day the page
// was published is a guess, for pages are published later and again.
func (r *reader) issued(s signed) Found[Date] {
	if f, ok := r.fields["issued"]; ok {
		if d, words, ok := parseDate(f.text); ok {
			return found(d, Stated, words)
		}
	}
	if s.words != "" {
		return found(s.date, Stated, s.words)
	}
	if f := r.lawDate(); f.Ok() {
		return f
	}
	if top := firstRunes(r.text, 400); issuedLine.MatchString(top) {
		m := issuedLine.FindStringSubmatchIndex(top)
		if d, ok := dateAt(top, m[2:]); ok {
			return found(d, Stated, top[m[0]:m[1]])
		}
	}
	for line := range strings.Lines(r.text) {
		line = strings.Trim(line, " \t\r\n　\u00a0\u2002*")
		if d, words, ok := parseDate(line); ok && words == line && strings.Contains(line, "日") {
			return found(d, Stated, words)
		}
	}
	if f := r.printed(); f.Ok() {
		return f
	}
	if f := r.standingDate(); f.Ok() {
		return f
	}
	return r.published()
}

// standingDate takes the first day that stands by itself after a full stop or at
// the very end, as a signature does in a text that lost its line breaks.
func (r *reader) standingDate() Found[Date] {
	for i, w := range r.words {
		last := i == len(r.words)-1
		if !strings.HasSuffix(w.text, "日") || !last && (i == 0 || !strings.HasSuffix(r.words[i-1].text, "。")) {
			continue
		}
		if d, words, ok := parseDate(w.text); ok && (words == w.text || last) {
			return found(d, Guessed, words)
		}
	}
	return Found[Date]{}
}

// printed reads 2021年4月16日印发.
func (r *reader) printed() Found[Date] {
	if !strings.Contains(r.text, "印发") {
		return Found[Date]{}
	}
	m := printedDate.FindStringSubmatchIndex(r.text)
	if m == nil {
		return Found[Date]{}
	}
	d, ok := dateAt(r.text, m[2:])
	if !ok {
		return Found[Date]{}
	}
	return found(d, Stated, r.text[m[0]:m[1]])
}

// published reads the day the page or the file says it was published on.
func (r *reader) published() Found[Date] {
	if f, ok := r.fields["published"]; ok {
		if d, words, ok := parseDate(f.text); ok {
			return found(d, Guessed, words)
		}
	}
	// What a reader sees goes before the tags: sites that were moved to another
	// system have the day of the move in them.
	for _, key := range []string{"日期", "时间", "pubdate", "publishdate", "article:published_time", "dc.date", "date", "更新时间"} {
		if d, words, ok := parseDate(r.in.Tags[key]); ok {
			return found(d, Guessed, words)
		}
	}
	if d, words, ok := parseDate(r.in.Name); ok {
		return found(d, Guessed, words)
	}
	return Found[Date]{}
}

// lawDate takes the latest day in a law's history on which it was passed,
// revised or published.
func (r *reader) lawDate() Found[Date] {
	var out Found[Date]
	history := r.history()
	for _, m := range dateRegexp.FindAllStringSubmatchIndex(history, -1) {
		d, ok := dateAt(history, m[2:])
		line, _, _ := strings.Cut(history[m[0]:], "\n")
		if before, _ := utf8.DecodeLastRuneInString(history[:m[0]]); strings.ContainsRune("经于自由在的", before) {
			continue // a sentence that tells of the day, not the line that states it
		}
		if !ok || inForceLine.MatchString(line) && strings.HasPrefix(line, inForceLine.FindString(line)) || !lawAct.MatchString(line) {
			continue
		}
		if !out.Ok() || !d.before(out.Value) {
			out = found(d, Stated, history[m[0]:m[1]])
		}
	}
	return out
}

var lawAct = regexp.MustCompile(`通过|公布|发布|修订|修正|批准`)
