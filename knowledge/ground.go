package knowledge

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"unicode"
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

// The least share of an answer's neighbouring character pairs that must stand in
// the cited sources, and of one sentence's Chinese characters that must stand
// there in threes. Honest answers share more than half; text about something
// else shares the words that everybody uses.
const (
	minShared = 0.45
	minKept   = 0.35
)

var (
	linkPattern = regexp.MustCompile(`(?i)(?:https?://|www\.)[^\s<>"'，。；）)\]]+` +
		// cixi-gov.com, a@b.cn, 1.2.3.4 and, as people dodge filters, cixi。com
		`|\p{Han}{1,2}\.[a-z]{2,}|[a-z0-9_-]*[.@][a-z]{2,}[a-z0-9_.@/%?=&#-]*|[a-z0-9_.-]+@[a-z0-9_.-]+|[a-z0-9_-]+。[a-z]{2,}|\d{1,3}(?:\.\d{1,3}){3}`)
	accountPattern = regexp.MustCompile(`(?i)(?:微信|weixin|wechat|vx|v信|qq|钉钉|公众号|电报|telegram)[^a-z0-9\n]{0,8}([a-z][a-z0-9_-]{2,})`)
	// Negations that a source may state and an answer drop.
	negated   = regexp.MustCompile(`(?:[不未免没无]|没有|无需|无须|免于|不得|不予|不需|不再|不能|不会|不用)$`)
	negatives = "不未免没无勿"
)

// Ground reports why an answer must not be shown: it cites nothing or a source
// that does not exist; it states a figure, a date, a document number, an address
// or an account that no cited source states, or ties a figure to what the source
// ties to another; it drops or adds a negation, promises what the source does
// not, or is hardly made of the source's words. text cites grounds[0] as [1].
//
// Text in another script than its sources is compared by what both write alike:
// figures, names in Chinese characters, and the words of a glossary. See foreign.
//
// A nil error does not make the answer true: it makes every figure of it
// traceable. What it cannot see is a wrong relation between words that the source
// has too, above all in another language.
func Ground(text string, grounds []Evidence) error {
	if !utf8.ValidString(text) || zh.Unreadable(text) > 0 || strings.IndexFunc(text, unseen) >= 0 {
		return errors.New("the text cannot be read")
	}
	if n := utf8.RuneCountInString(text); n > maxAnswer {
		return fmt.Errorf("the text has %d characters, more than %d", n, maxAnswer)
	}
	cited := citedNumbers(text)
	if len(cited) == 0 {
		return errors.New("no source is cited")
	}
	var sources []string
	var have, issued []zh.Figure
	for _, n := range cited {
		if n < 1 || n > len(grounds) {
			return fmt.Errorf("source [%d] does not exist", n)
		}
		g := grounds[n-1]
		sources = append(sources, g.Text+"\n"+g.Number+"\n")
		for _, d := range g.Dates {
			if !d.IsZero() {
				issued = append(issued, zh.Figure{Kind: zh.Day, Year: d.Year, Month: int(d.Month), Date: d.Day})
			}
		}
	}
	source := strings.Join(sources, "")
	have = append(have, zh.Figures(source)...)
	plain := zh.Narrow(markPattern.ReplaceAllString(text, " "))
	if aboutDates.MatchString(plain) {
		have = append(have, issued...)
	}
	if err := contacts(plain, source); err != nil {
		return err
	}
	if !knownNumerals(plain, source) {
		return errors.New("a number sign stands in no cited source")
	}
	chinese, spelled := englishFigures(plain)
	for _, want := range append(zh.Figures(chinese), spelled...) {
		if !covered(have, want) {
			return fmt.Errorf("%s stands in no cited source", want)
		}
	}
	if isForeign(plain, source) {
		return foreign(plain, source)
	}
	if redated(plain, source) {
		return errors.New("a figure is of another year in the cited sources")
	}
	if retied(plain, source) {
		return errors.New("a figure is tied to something else than in the cited sources")
	}
	return native(plain, source)
}

// native compares the words of text with a source in the same script.
func native(text, source string) error {
	in := termsOf(source)
	if share, _ := shared(text, in); share < minShared {
		return errors.New("the text is not about the cited sources")
	}
	for _, sentence := range zh.Sentences(text) {
		if share, terms := shared(sentence, in); terms > 0 && share < minShared/2 || kept(sentence, source) < minKept {
			return errors.New("a sentence is not about the cited sources")
		}
	}
	for _, clause := range strings.FieldsFunc(text, betweenClauses) {
		if share, terms := shared(clause, in); terms >= 3 && share == 0 {
			return errors.New("a clause is not about the cited sources")
		}
	}
	var own strings.Builder // what the text words itself
	for _, sentence := range zh.Sentences(text) {
		if !verbatim(sentence, source) {
			own.WriteString(sentence)
		}
	}
	text = own.String()
	if undenied(text, source) || flipped(text, source) {
		return errors.New("the text states what the cited sources deny")
	}
	if flipped(source, text) {
		return errors.New("the text denies what the cited sources state")
	}
	if claims(text, source) {
		return errors.New("the text promises what the cited sources do not")
	}
	return nil
}

func betweenClauses(r rune) bool { return strings.ContainsRune("，,、：:；;。！？!?\n", r) }

// aboutDates finds words that say of which day of a document text speaks: what was
// done in 2023 was not done in the year in which it was written down.
var aboutDates = regexp.MustCompile(`(?i)发布|印发|公布|成文|发文|施行|实施|生效|有效|截止|期满|届满|废止|失效|执行|答复|文号|日期|\d+号|\b(?:issued|published|released|dated|effective|in force|valid|expires?|expired|reply)\b`)

// unseen are characters that hide or reorder text.
func unseen(r rune) bool {
	return r >= 0x200b && r <= 0x200f || r >= 0x202a && r <= 0x202e || r >= 0x2060 && r <= 0x206f || r == 0xfeff || r >= 0xe0000 && r <= 0xe007f
}

// contacts reports an address or an account that source does not state.
func contacts(text, source string) error {
	source = strings.ToLower(source)
	for _, link := range linkPattern.FindAllString(strings.ToLower(text), -1) {
		if !standsIn(source, strings.TrimRight(link, ".-")) {
			return errors.New("a link stands in no cited source")
		}
	}
	for _, m := range accountPattern.FindAllStringSubmatch(strings.ToLower(text), -1) {
		if !standsIn(source, m[1]) {
			return errors.New("an account stands in no cited source")
		}
	}
	return nil
}

// standsIn reports whether source has word as a whole: example.co and ample.com
// are other addresses than example.com.
func standsIn(source, word string) bool {
	inner := func(b byte) bool {
		return b >= '0' && b <= '9' || b >= 'a' && b <= 'z' || b == '-' || b == '_'
	}
	for at := 0; ; at++ {
		i := strings.Index(source[at:], word)
		if i < 0 {
			return false
		}
		at += i
		end := at + len(word)
		begins := at == 0 || !inner(source[at-1]) && source[at-1] != '.' && source[at-1] != '@'
		if begins && (end == len(source) || !inner(source[end])) {
			return true
		}
	}
}

// knownNumerals reports whether source has every run of digits and number signs
// that are not ASCII (٥٠٠, ⑤⑩, ½, 廿) as it stands in text: Figures does not read them.
func knownNumerals(text, source string) bool {
	other := func(r rune) bool {
		return r > unicode.MaxASCII && unicode.IsNumber(r) && !zh.IsHan(r) || strings.ContainsRune("廿卅卌", r)
	}
	for _, run := range strings.FieldsFunc(text, func(r rune) bool { return !other(r) }) {
		if !strings.Contains(source, run) {
			return false
		}
	}
	return true
}

// flipped reports whether text states without a negation two neighbouring
// characters that source has only behind one: 增收土地价款 from 不增收土地价款.
func flipped(text, source string) bool {
	plain, denied := make(map[zh.Term]bool), make(map[zh.Term]bool)
	folded := []rune(zh.Fold(source))
	zh.EachTerm(folded, func(t zh.Term, from, _ int) {
		if !t.Bigram() {
			return
		}
		if negated.MatchString(string(folded[max(0, from-2):from])) {
			denied[t] = true
		} else {
			plain[t] = true
		}
	})
	found := false
	answer := []rune(zh.Fold(text))
	zh.EachTerm(answer, func(t zh.Term, from, _ int) {
		if denied[t] && !plain[t] && !strings.ContainsAny(string(answer[max(0, from-4):from]), negatives) {
			found = true
		}
	})
	return found
}

func covered(have []zh.Figure, want zh.Figure) bool {
	for _, f := range have {
		if f.Kind == zh.Serial && want.Kind == zh.Serial && want.Value[0] <= '9' && strings.HasSuffix(f.Value, want.Value) {
			return true // without its issuer
		}
		if f.Covers(want) {
			return true
		}
	}
	return false
}

func termsOf(source string) map[zh.Term]bool {
	in := make(map[zh.Term]bool)
	zh.EachTerm([]rune(zh.Fold(source)), func(t zh.Term, _, _ int) { in[t] = true })
	return in
}

// shared is the share of text's character pairs and words that in has, and how
// many text has. Written numbers are compared as figures and not counted here.
func shared(text string, in map[zh.Term]bool) (share float64, terms int) {
	hit := 0
	folded := []rune(zh.Fold(text))
	zh.EachTerm(folded, func(t zh.Term, from, to int) {
		if t.Unigram() || !in[t] && strings.ContainsAny(string(folded[from:to]), numerals) {
			return
		}
		terms++
		if in[t] {
			hit++
		}
	})
	if terms == 0 {
		return 0, 0
	}
	return float64(hit) / float64(terms), terms
}
