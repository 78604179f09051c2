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
	Title  string // headings that the text stands under, a line each
	Text   string
	Number string // document number of the source, which may be cited too
	// The days the document states outside its text: when it was issued, and from
	// and until when it is in force.
	Dates []Date
}

// maxAnswer is the longest answer that is taken from a model, in characters: what
// is longer was not asked for.
const maxAnswer = 1200

// The least share of an answer's neighbouring character pairs that must stand in
// the cited sources, and of one sentence's Chinese characters that must stand
// there in threes. Honest answers share more than half; text about something
// else shares the words that everybody uses.
const (
	minShared = 0.3
	minKept   = 0.35
)

var (
	linkPattern = regexp.MustCompile(`(?i)(?:https?://|www\.)[^\s<>"'，。；）)\]]+` +
		// cixi-gov.com, a@b.cn, 1.2.3.4 and, as people dodge filters, cixi。com
		`|\p{Han}{1,2}\.[a-z]{2,}|[a-z0-9_-]*[.@][a-z]{2,}[a-z0-9_.@/%?=&#-]*|[a-z0-9_.-]+@[a-z0-9_.-]+|[a-z0-9_-]+。[a-z]{2,}|\d{1,3}(?:\.\d{1,3}){3}`)
	accountPattern = regexp.MustCompile(`(?i)(?:微信|weixin|wechat|vx|v信|qq|钉钉|公众号|电报|telegram)[^a-z0-9\n]{0,8}([a-z][a-z0-9_-]{2,})`)
	// The characters that deny.
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
// A nil error does not make the answer true: it makes every figure and, but for
// glue, every word of it traceable. What it cannot see is that an answer leaves out
// whom or when its source speaks of, and in another language, without figures, most
// wrong relations between words that the source has too.
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
	var sources, heads []string
	var have []zh.Figure
	plain := zh.Narrow(unnumbered(markPattern.ReplaceAllString(text, " ")))
	for _, n := range cited {
		if n < 1 || n > len(grounds) {
			return fmt.Errorf("source [%d] does not exist", n)
		}
		g := grounds[n-1]
		sources = append(sources, g.Title+"\n"+g.Text+"\n"+g.Number+"\n")
		heads = append(heads, g.Title+"\n"+g.Number)
		for i, d := range g.Dates {
			if !d.IsZero() && i < len(aboutDates) && aboutDates[i].MatchString(plain) {
				have = append(have, zh.Figure{Kind: zh.Day, Year: d.Year, Month: int(d.Month), Date: d.Day})
			}
		}
	}
	source := strings.Join(sources, "")
	have = append(have, zh.Figures(source)...)
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
	return native(plain, source, heads)
}

// native compares the words of text with a source in the same script. What is not
// taken over as it stands goes through checkClauses.
func native(text, source string, heads []string) error {
	in := termsOf(source)
	if share, _ := shared(text, in); share < minShared {
		return errors.New("the text is not about the cited sources")
	}
	for _, sentence := range zh.Sentences(text) {
		if share, terms := shared(sentence, in); terms > 0 && share < minShared/2 || kept(sentence, source) < minKept {
			return errors.New("a sentence is not about the cited sources")
		}
	}
	var own strings.Builder // what the text words itself
	for _, sentence := range zh.Sentences(text) {
		if !verbatim(sentence, source) {
			own.WriteString(sentence + "\n")
		}
	}
	text = own.String()
	if err := checkClauses(text, source, heads); err != nil {
		return err
	}
	if claims(text, source) {
		return errors.New("the text promises what the cited sources do not")
	}
	return nil
}

// checkClauses checks the clauses of text by themselves.
func checkClauses(text, source string, heads []string) error {
	s := sourcedFrom(source, heads)
	var lead, condition []clause
	for _, c := range clausesOf(text) {
		if len(lead) > 0 && lead[0].sentence != c.sentence {
			lead, condition = nil, nil
		}
		if err := s.check(c, lead, condition); err != nil {
			return err
		}
		lead = append(lead, c)
		if c.depends {
			condition = append(condition, c)
		} else {
			condition = nil
		}
	}
	return nil
}

func betweenClauses(r rune) bool { return strings.ContainsRune("，,、：:；;。！？!?\n", r) }

// aboutDates find the words that say of which of Evidence.Dates a text speaks: what
// was done in 2023 was not done in the year in which it was written down.
var aboutDates = [...]*regexp.Regexp{
	regexp.MustCompile(`(?i)发布|印发|公布|成文|发文|答复|文号|日期|\d+号|\b(?:issued|published|released|dated|reply)\b`),
	regexp.MustCompile(`(?i)施行|实施|生效|执行|有效期|\b(?:effective|in force|valid)\b`),
	regexp.MustCompile(`(?i)有效|截止|期满|届满|废止|失效|\b(?:effective|in force|valid|expires?|expired)\b`),
}

var pointNumber = regexp.MustCompile(`(?m)^[ \t]*\d{1,2}[.、)）][ \t]*(\p{Han}+)`)

// unnumbered returns text without the numbers of the points of a list.
func unnumbered(text string) string {
	return pointNumber.ReplaceAllStringFunc(text, func(found string) string {
		words := pointNumber.FindStringSubmatch(found)[1]
		if unitAtStart.MatchString(words) {
			return found
		}
		return words
	})
}

var unitAtStart = regexp.MustCompile(`^(?:[万亿千百]|` + unitWord + `)`)

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

func covered(have []zh.Figure, want zh.Figure) bool {
	if strings.ContainsAny(want.Unit, "名位") {
		want.Unit = "人"
	}
	for _, f := range have {
		if strings.ContainsAny(f.Unit, "名位") {
			f.Unit = "人"
		}
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
