package knowledge

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"liaison/knowledge/zh"
)

// Evidence is a source that an answer may stand on.
type Evidence struct {
	Text   string
	Number string // document number of the source, which may be cited too
	Dates  []Date // days the source states outside its text
}

// maxAnswer is the longest answer that is taken from a model, in characters: what
// is longer was not asked for.
const maxAnswer = 1200

// minShared is the least share of an answer's neighbouring character pairs that
// must stand in the cited sources. Honest short answers share more than half;
// text about something else shares a few function words.
const minShared = 0.3

var (
	// Two digits at most: [2022] is the year of a document number.
	markPattern = regexp.MustCompile(`\[(\d{1,2})\]`)
	linkPattern = regexp.MustCompile(`(?i)(?:https?://|www\.)[^\s<>"'，。；）)\]]+`)
)

// Ground reports why an answer must not be shown: it cites nothing or a source
// that does not exist, states a figure or link that no cited source states, or
// hardly shares a word with them. text cites grounds[0] as [1]. A nil error does
// not make the answer true; it makes every figure of it traceable.
func Ground(text string, grounds []Evidence) error {
	if !utf8.ValidString(text) || zh.Unreadable(text) > 0 {
		return errors.New("the text cannot be read")
	}
	if n := utf8.RuneCountInString(text); n > maxAnswer {
		return fmt.Errorf("the text has %d characters, more than %d", n, maxAnswer)
	}
	text = zh.Narrow(strings.NewReplacer("【", "[", "】", "]", "［", "[", "］", "]").Replace(text))
	cited := citedNumbers(text)
	if len(cited) == 0 {
		return errors.New("no source is cited")
	}
	var source strings.Builder
	var have []zh.Figure
	for _, n := range cited {
		if n < 1 || n > len(grounds) {
			return fmt.Errorf("source [%d] does not exist", n)
		}
		g := grounds[n-1]
		source.WriteString(g.Text + "\n" + g.Number + "\n")
		for _, d := range g.Dates {
			if !d.IsZero() {
				have = append(have, zh.Figure{Kind: zh.Day, Year: d.Year, Month: int(d.Month), Date: d.Day})
			}
		}
	}
	have = append(have, zh.Figures(source.String())...)
	plain := markPattern.ReplaceAllString(text, " ")
	for _, link := range linkPattern.FindAllString(plain, -1) {
		if !strings.Contains(source.String(), link) {
			return errors.New("a link stands in no cited source")
		}
	}
	for _, want := range zh.Figures(plain) {
		if !covered(have, want) {
			return fmt.Errorf("%s stands in no cited source", want)
		}
	}
	if shared(plain, source.String()) < minShared {
		return errors.New("the text is not about the cited sources")
	}
	return nil
}

func covered(have []zh.Figure, want zh.Figure) bool {
	for _, f := range have {
		if f.Covers(want) {
			return true
		}
	}
	return false
}

func citedNumbers(text string) []int {
	var out []int
	for _, m := range markPattern.FindAllStringSubmatch(text, -1) {
		n, _ := strconv.Atoi(m[1])
		out = append(out, n)
	}
	return out
}

// shared is the share of text's character pairs and words that source has.
func shared(text, source string) float64 {
	in := make(map[zh.Term]bool)
	zh.EachTerm([]rune(zh.Fold(source)), func(t zh.Term, _, _ int) { in[t] = true })
	hit, all := 0, 0
	zh.EachTerm([]rune(zh.Fold(text)), func(t zh.Term, _, _ int) {
		if t.Unigram() {
			return
		}
		all++
		if in[t] {
			hit++
		}
	})
	if all == 0 {
		return 0
	}
	return float64(hit) / float64(all)
}
