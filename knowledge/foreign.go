package knowledge

import (
	_ "embed" // glossary.txt
	"errors"
	"fmt"
	"regexp"
	"strings"
	"sync"
	"unicode"

	"liaison/knowledge/zh"
)

//go:embed glossary.txt
var glossaryText string

// glossary maps an English word or phrase, in lower case, to the Chinese words of
// which a source must have one.
var glossary = sync.OnceValue(func() map[string][]string {
	words := make(map[string][]string)
	for line := range strings.Lines(glossaryText) {
		english, chinese, ok := strings.Cut(line, "=")
		if !ok || strings.HasPrefix(line, "#") {
			continue
		}
		for word := range strings.SplitSeq(english, ",") {
			word = strings.ToLower(strings.TrimSpace(word))
			words[word] = append(words[word], strings.Fields(chinese)...)
		}
	}
	return words
})

// plainWords carry no fact of their own.
var plainWords = wordSet(`a about above according after all also although an and any are as at be because been before being below
	between both but by can could do does doing done during each either else etc every following follows for from further had has have having
	he her here his how however i if in include included includes including into is it its itself just like made make makes making may
	more must need needed needs of on once only or other others otherwise our out over own per related relevant respectively same shall she
	should since so some such than that the their them then there these they this those through thus to together too under until up upon use
	used uses using via was way we were what when where whether which while who whose will with within would you your yes including namely
	one two three four five six seven eight nine ten eleven twelve twenty thirty forty fifty sixty seventy eighty ninety hundred thousand
	million billion half third quarter percent cent yuan rmb cny renminbi working business calendar no not never none neither nor cannot
	without except unless non than least most up document documents text reply says say state states stated specify specifies specified
	list lists listed mention mentions mentioned according`)

func wordSet(words string) map[string]bool {
	set := make(map[string]bool)
	for _, w := range strings.Fields(words) {
		set[w] = true
	}
	return set
}

// isForeign reports whether text is mostly in Latin letters and source is not.
func isForeign(text, source string) bool {
	latin, han := letters(text)
	sourceLatin, sourceHan := letters(source)
	return latin > 2*han && sourceHan > sourceLatin
}

func letters(text string) (latin, han int) {
	for _, r := range text {
		switch {
		case zh.IsHan(r):
			han++
		case unicode.Is(unicode.Latin, r):
			latin++
		}
	}
	return latin, han
}

var (
	latinWord = regexp.MustCompile(`[\p{Latin}][\p{Latin}'’-]*`)
	hanRun    = regexp.MustCompile(`\p{Han}+`)
	// News of a case, requests and talk about the talk, which no rule states.
	englishClaims = regexp.MustCompile(`(?i)\b(?:your (?:application|subsidy|request|case|loan|account|money|payment|claim|grant|approval)|(?:is|are|was|were|been|being|be) (?:hereby |now |already |automatically )?(?:approved|granted|credited|selected|guaranteed)|congratulations?|click|wechat|whatsapp|telegram|password|passcode|prompt|instructions?|ignore|disregard|as an ai|language model|chatbot|assistant|i am|i'm|i will|i have|we have|we will|send (?:us|me)|contact us|pay us|guaranteed|always|automatically|immediately|everyone|anyone|unconditional\w*)\b`)
	englishDenial = regexp.MustCompile(`(?i)\b(?:not|no|never|none|neither|nor|cannot|without|except|unless|exempt\w*|waive[ds]?|free|ineligible|excluded?|excluding|prohibit\w*|forbidden|refus\w*|lacks?)\b|n['’]t\b|\bnon-`)
	englishLimit  = regexp.MustCompile(`(?i)\b(?:up to|at most|at least|within|maximum|minimum|limit\w*|capped|exceed\w*|more than|less than|below|under|over|above|or (?:more|less|above))\b`)
	// A source that leaves something open does not deny it.
	unstated = regexp.MustCompile(`(?:未|没有|没)(?:列明|写|说明|明确|载明|提及|规定)`)
)

// foreign reports why a text in English must not be shown beside a Chinese
// source. Its figures are checked already. Beyond them: Chinese words in it must
// stand in the source; of every word that the glossary knows, the source must
// have the Chinese; names that it does not know, and other scripts, are refused;
// most words must be known; its figures must stand in the source's order and beside
// the words that the source has beside them; and what it denies or not must agree with the sentence
// of the source that it is nearest to.
func foreign(text, source string) error {
	for _, r := range text {
		if unicode.IsLetter(r) && !zh.IsHan(r) && !unicode.Is(unicode.Latin, r) && !strings.ContainsRune(source, r) {
			return errors.New("the text is in a script that cannot be checked")
		}
	}
	if englishClaims.MatchString(text) {
		return errors.New("the text promises what no source can")
	}
	folded := zh.Fold(source)
	known, unknown := 0, 0
	for _, run := range hanRun.FindAllString(zh.Fold(text), -1) {
		if !strings.Contains(folded, run) {
			return errors.New("a Chinese name stands in no cited source")
		}
		known++
	}
	rest, spelled := englishFigures(text)
	var chinese [][]string // of each known word
	for i, at := range latinWord.FindAllStringIndex(rest, -1) {
		word := rest[at[0]:at[1]]
		lower := strings.ToLower(word)
		means := meanings(lower)
		switch {
		case plainWords[lower]:
		case strings.Contains(strings.ToLower(source), lower): // a name in Latin letters
			known++
		case means != nil && !containsAny(folded, means):
			return fmt.Errorf("the word %q has nothing to it in the cited sources", lower)
		case means != nil:
			known++
			chinese = append(chinese, means)
		case i > 0 && unicode.IsUpper([]rune(word)[0]) && !beginsSentence(rest, at[0]):
			return errors.New("a name cannot be found in the cited sources")
		default:
			unknown++
		}
	}
	figures := append(zh.Figures(rest), spelled...)
	if known < 2 || known+len(figures) < 3 || unknown > known+len(figures) {
		return errors.New("too little of the text can be checked")
	}
	if misplaced(rest, spelled, source) {
		return errors.New("a figure is tied to something else than in the cited sources")
	}
	return agree(text, source, figures, chinese)
}

// agree compares what text denies with the clauses of source that state its
// figures or, without any, with the one that has most of its words. Where those
// disagree, text may only deny.
func agree(text, source string, figures []zh.Figure, chinese [][]string) error {
	var near []clause
	best := 0
	for _, c := range clausesOf(source) {
		hits := 0
		have := make([]zh.Figure, len(c.figures))
		for i, f := range c.figures {
			have[i] = f.Figure
		}
		for _, f := range figures {
			if covered(have, f) {
				hits += 10
			}
		}
		for _, means := range chinese {
			if containsAny(c.text, means) {
				hits++
			}
		}
		switch {
		case hits > best:
			near, best = []clause{c}, hits
		case hits == best && hits > 0:
			near = append(near, c)
		}
	}
	denied, stated := false, true
	for _, c := range near {
		denied = denied || c.denies && !unstated.MatchString(c.text)
		stated = stated && !c.denies
	}
	denies := englishDenial.MatchString(englishLimit.ReplaceAllString(text, ""))
	switch {
	case len(near) == 0:
		return errors.New("nothing in the cited sources is near the text")
	case denied && !denies:
		return errors.New("the text states what the cited sources deny")
	case stated && denies:
		return errors.New("the text denies what the cited sources state")
	}
	return nil
}

// meanings finds a word, or what it is without its ending, in the glossary.
func meanings(word string) []string {
	words := glossary()
	for _, ending := range []struct{ cut, add string }{{"", ""}, {"'s", ""}, {"’s", ""}, {"s", ""}, {"es", ""}, {"ies", "y"}, {"ed", ""}, {"ed", "e"}, {"ing", ""}, {"ing", "e"}, {"ly", ""}} {
		if stem, ok := strings.CutSuffix(word, ending.cut); ok {
			if m := words[stem+ending.add]; m != nil {
				return m
			}
		}
	}
	return nil
}

func containsAny(text string, words []string) bool {
	for _, w := range words {
		if strings.Contains(text, w) {
			return true
		}
	}
	return false
}

// beginsSentence reports whether nothing but space stands between at and a stop.
func beginsSentence(text string, at int) bool {
	before := strings.TrimRightFunc(text[:at], func(r rune) bool { return r >= figureSign || strings.ContainsRune(" \n\"“'", r) })
	return before == "" || strings.ContainsAny(before[len(before)-1:], ".!?:;-")
}
