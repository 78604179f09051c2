package library_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// copyLimit is the length, in Han characters, from which equal text counts as
// copied and no longer as the only short way to say a thing.
const copyLimit = 25

var (
	knownTopics = []string{
		"communication", "policy-library", "finance", "parks", "regional",
		"digital", "land", "supervision", "enterprise-services",
	}

	slugShape = regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`)

	// A figure keeps the word it counts: "2000余万元", "86.8%", "10个".
	figure = regexp.MustCompile(`[0-9]+(?:\.[0-9]+)?(?:[%％]|[余多]?[万亿]?\p{Han})?`)
	// Written-out figures, where a unit of our own counting could slip in.
	hanFigure      = regexp.MustCompile(`第?[一二两三四五六七八九十百千万]+(?:余|多)?(?:年|个|项|家|次|条|场|批|种|档|大|亿|成|倍|分之)`)
	documentNumber = regexp.MustCompile(`\p{Han}+〔[0-9]{4}〕[0-9]+号`)
	inBrackets     = regexp.MustCompile(`（(\p{Han}+〔[0-9]{4}〕[0-9]+号)）`)
	bookTitle      = regexp.MustCompile(`《[^》]*》`)
	quoted         = regexp.MustCompile(`“[^”]*”`)
	latinWord      = regexp.MustCompile(`[A-Za-z]+`)
	citation       = regexp.MustCompile(`^《[^》]+》(（\p{Han}+〔[0-9]{4}〕[0-9]+号）)?$`)

	yearRange = regexp.MustCompile(`20[0-9]{2}[-—]20[0-9]{2}`)
	// Five digits cover service lines (12345) as well as telephones.
	phone = regexp.MustCompile(`[0-9０-９](?:[ 　\-－—]?[0-9０-９]){4,}`)

	// Words whose meaning moves with the day of reading or the place of writing.
	driftingWord = regexp.MustCompile(`目前|去年|今年|明年|近期|近日|我市|本市|我们`)
	// Openings that lean on the sentence before, which a quotation leaves out.
	leaningStart = regexp.MustCompile(`^(?:其|该|此|这|它|上述|以上|同时|并|还|也|另外|因此)`)

	// What people ask about that this document does not speak of.
	foreignSubject = regexp.MustCompile(`医保|医疗|天气|气温|新生儿|社保`)
)

// checkUnit returns what is wrong with one unit against the source it is cut
// from; nothing means that the unit may stand.
func checkUnit(u unit, src source) []string {
	section, ok := src.Sections[u.Path]
	if !ok {
		return []string{fmt.Sprintf("path %q is no section of the source", u.Path)}
	}
	var wrong []string
	wrong = append(wrong, checkShape(u)...)
	wrong = append(wrong, checkFacts(u, section, src)...)
	if run := copiedRun(u.text(), src.Body); run != "" {
		wrong = append(wrong, fmt.Sprintf("copies %q", run))
	}
	return wrong
}

func checkShape(u unit) []string {
	var wrong []string
	if !slugShape.MatchString(u.Slug) {
		wrong = append(wrong, fmt.Sprintf("slug %q", u.Slug))
	}
	if len(u.Topics) == 0 {
		wrong = append(wrong, "no topic")
	}
	for _, topic := range u.Topics {
		if !slices.Contains(knownTopics, topic) {
			wrong = append(wrong, fmt.Sprintf("unknown topic %q", topic))
		}
	}
	for _, alias := range u.Aliases {
		// A question as an alias would fit the questions of a test set, not its subject.
		if alias == "" || len([]rune(alias)) > 12 || strings.ContainsAny(alias, "？?吗呢。") {
			wrong = append(wrong, fmt.Sprintf("alias %q is not a short name", alias))
		}
	}
	for _, cite := range u.Cites {
		if !citation.MatchString(cite) {
			wrong = append(wrong, fmt.Sprintf("cites %q, want 《title》（文号）", cite))
		}
	}
	if m := phone.FindString(yearRange.ReplaceAllString(u.text(), "")); m != "" {
		wrong = append(wrong, fmt.Sprintf("looks like a telephone number: %q", m))
	}
	if m := driftingWord.FindString(u.text()); m != "" {
		wrong = append(wrong, fmt.Sprintf("%q changes its meaning with time or place", m))
	}
	if m := foreignSubject.FindString(u.text()); m != "" {
		wrong = append(wrong, fmt.Sprintf("%q is no subject of the source", m))
	}
	return append(wrong, checkSentences(u.Body)...)
}

func checkSentences(body string) []string {
	var wrong []string
	if !strings.HasSuffix(body, "。") {
		wrong = append(wrong, "body does not end in 。")
	}
	sentences := strings.Split(strings.TrimSuffix(body, "。"), "。")
	if n := len(sentences); n > 5 {
		wrong = append(wrong, fmt.Sprintf("%d sentences, want 1 to 5", n))
	}
	for _, s := range sentences {
		if s == "" {
			wrong = append(wrong, "empty sentence")
		}
		if m := leaningStart.FindString(s); m != "" {
			wrong = append(wrong, fmt.Sprintf("sentence begins with %q and cannot be quoted alone", m))
		}
		if strings.Count(s, "“") != strings.Count(s, "”") || strings.Count(s, "《") != strings.Count(s, "》") {
			wrong = append(wrong, fmt.Sprintf("open quotation or title in %q", s))
		}
	}
	return wrong
}

// checkFacts holds everything exact in a unit against its own section, so that
// a figure of one subject cannot stand under another.
func checkFacts(u unit, section string, src source) []string {
	text, dated := u.text(), datedText(section, src.Head.Date)
	var wrong []string
	missing := func(what string, pattern *regexp.Regexp, known []string) {
		for _, token := range pattern.FindAllString(text, -1) {
			if !slices.Contains(known, token) {
				wrong = append(wrong, fmt.Sprintf("%s %q does not stand in the section", what, token))
			}
		}
	}
	missing("figure", figure, figure.FindAllString(dated, -1))
	missing("word", latinWord, latinWord.FindAllString(section, -1))
	missing("title", bookTitle, bookTitle.FindAllString(section, -1))
	missing("quotation", quoted, quoted.FindAllString(section, -1))
	for _, token := range hanFigure.FindAllString(text, -1) {
		if !strings.Contains(section, token) {
			wrong = append(wrong, fmt.Sprintf("written figure %q does not stand in the section", token))
		}
	}
	for _, token := range documentNumber.FindAllString(text, -1) {
		// The words before a number run into it: "文号为慈政办发〔2022〕24号".
		if !slices.ContainsFunc(inBrackets.FindAllStringSubmatch(section, -1), func(m []string) bool {
			return strings.HasSuffix(token, m[1])
		}) {
			wrong = append(wrong, fmt.Sprintf("document number %q does not stand in the section", token))
		}
	}
	for _, cite := range u.Cites {
		if !strings.Contains(section, cite) {
			wrong = append(wrong, fmt.Sprintf("the section does not cite %q", cite))
		}
	}
	return wrong
}

// datedText replaces the source's words for time by the dates that they mean on
// the day of issue: 今年 by "2024年", 去年 by "2023年", 目前 by the day itself. The
// year of issue is added, since a unit may say that the source is silent on it.
func datedText(section, issued string) string {
	var year, month, day int
	if _, err := fmt.Sscanf(issued, "%d-%d-%d", &year, &month, &day); err != nil {
		return section
	}
	thisYear := fmt.Sprintf("%d年", year)
	return strings.NewReplacer(
		"去年", fmt.Sprintf("%d年", year-1),
		"今年", thisYear,
		"目前", fmt.Sprintf("%s%d月%d日", thisYear, month, day),
	).Replace(section) + thisYear
}

// copiedRun returns the first run of copyLimit Han characters of text that also
// stands in the source, or "". Punctuation and digits do not break a run, since
// moving a comma does not make a sentence ours; a 《title》 does, since a title
// must be exact.
func copiedRun(text, published string) string {
	all := string(hanOnly(published))
	for _, part := range bookTitle.Split(text, -1) {
		for line := range strings.Lines(part) {
			han := hanOnly(line)
			for i := 0; i+copyLimit <= len(han); i++ {
				if run := string(han[i : i+copyLimit]); strings.Contains(all, run) {
					return run
				}
			}
		}
	}
	return ""
}

func hanOnly(s string) []rune {
	var out []rune
	for _, r := range s {
		if unicode.Is(unicode.Han, r) {
			out = append(out, r)
		}
	}
	return out
}

// checkTogether returns what is wrong with the units as a set.
func checkTogether(units []unit, src source) []string {
	var wrong []string
	if n := len(units); n < 36 || n > 48 {
		wrong = append(wrong, fmt.Sprintf("%d units, want 36 to 48", n))
	}
	slugs, titles := make(map[string]bool), make(map[string]bool)
	paths, topics := make(map[string]bool), make(map[string]bool)
	for _, u := range units {
		if slugs[u.Slug] {
			wrong = append(wrong, fmt.Sprintf("slug %q twice", u.Slug))
		}
		if titles[u.Title] {
			wrong = append(wrong, fmt.Sprintf("title %q twice", u.Title))
		}
		slugs[u.Slug], titles[u.Title], paths[u.Path] = true, true, true
		for _, topic := range u.Topics {
			topics[topic] = true
		}
	}
	for _, u := range units {
		for _, see := range u.See {
			if !slugs[see] || see == u.Slug {
				wrong = append(wrong, fmt.Sprintf("%s: see %q leads nowhere", u.Slug, see))
			}
		}
	}
	for path := range src.Sections {
		if !paths[path] {
			wrong = append(wrong, fmt.Sprintf("no unit covers %q", path))
		}
	}
	for _, topic := range knownTopics {
		if !topics[topic] {
			wrong = append(wrong, fmt.Sprintf("no unit has the topic %q", topic))
		}
	}
	return wrong
}
