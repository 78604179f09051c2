package knowledge

import (
	"cmp"
	"slices"
	"sync"
	"unicode/utf8"

	"liaison/knowledge/zh"
)

// typoFactor is what a word counts that the asker may have meant.
const typoFactor = 0.8

// addMeant finds what the asker may have meant by pairs of characters that are no
// word and that no text has: a character of the same sound (补帖 for 补贴), two
// characters swapped, a word in Latin letters (gongzufang) or by its initials.
func (l *Library) addMeant(q *query) {
	var strange []int // where a pair begins that nothing explains
	known := make([]bool, len(q.folded)+1)
	explain := func(from, to int) {
		for i := from; i < to; i++ {
			known[i] = true
		}
	}
	for _, s := range q.cut {
		if s.to-s.from > 1 {
			explain(s.from, s.to-1)
		}
	}
	for _, f := range q.forms {
		explain(f.from, f.to-1)
	}
	for i := 0; i+1 < len(q.folded); i++ {
		if a, b := q.folded[i], q.folded[i+1]; zh.IsHan(a) && zh.IsHan(b) && !known[i] && !q.asks[i] && !q.asks[i+1] && !l.hasPair(a, b) {
			strange = append(strange, i)
		}
	}
	for _, i := range strange {
		l.respell(q, i)
	}
	l.addTyped(q)
}

func (l *Library) hasPair(a, b rune) bool { return l.passages.Count(zh.Pair(a, b)) > 0 }

// respell adds the forms of the strange pair at i with one character of another
// but the same sound, or the two swapped. A character that stands in a known word
// with its other neighbour is taken to be right.
func (l *Library) respell(q *query, i int) {
	r := q.folded
	pair := func(a, b int) bool { return a >= 0 && b < len(r) && l.hasPair(r[a], r[b]) }
	best, most := "", 0
	try := func(a, b rune) {
		if n := l.passages.Count(zh.Pair(a, b)); n > most && wordEntries()[string([]rune{a, b})].sort != 0 {
			best, most = string([]rune{a, b}), n
		}
	}
	if !pair(i+1, i+2) {
		zh.Homophones(r[i+1], func(b rune) bool { try(r[i], b); return true })
	}
	if !pair(i-1, i) {
		zh.Homophones(r[i], func(a rune) bool { try(a, r[i+1]); return true })
	}
	try(r[i+1], r[i])
	if best != "" {
		l.addMeantWord(q, i, i+2, best)
	}
}

// addMeantWord adds a word that may have been meant and the other forms of it. It
// reports whether the library has any of them.
func (l *Library) addMeantWord(q *query, from, to int, word string) bool {
	before := len(q.forms)
	l.addForm(q, from, to, word, typoFactor)
	if q.off&Synonyms == 0 {
		synonyms().each([]rune(word), func(a, b int, text string, factor float32) {
			if b-a == utf8.RuneCountInString(word) {
				l.addForm(q, from, to, text, factor*typoFactor)
			}
		})
	}
	return len(q.forms) > before
}

// typedWords finds Chinese words by what is typed for them.
type typedWords struct {
	byPinyin   map[string][]string // most frequent first
	byInitials map[string][]string // words of synonyms.txt only: there are too many others
	longest    int                 // letters of the longest key of byPinyin
}

var typed = sync.OnceValue(func() *typedWords {
	t := &typedWords{byPinyin: make(map[string][]string, 80_000), byInitials: make(map[string][]string)}
	add := func(word string) {
		for _, p := range zh.Pinyin(word) {
			if !slices.Contains(t.byPinyin[p], word) {
				t.byPinyin[p] = append(t.byPinyin[p], word)
				t.longest = max(t.longest, len(p))
			}
		}
	}
	for word := range synonyms().words.of {
		add(word)
		for _, in := range zh.Initials(word) {
			if len(in) >= minInitials {
				t.byInitials[in] = append(t.byInitials[in], word)
			}
		}
	}
	for word, e := range wordEntries() {
		if n := utf8.RuneCountInString(word); n > 1 && n <= maxTypedWord && (e.sort == 'n' || e.sort == 'v') {
			add(word)
		}
	}
	for _, words := range t.byPinyin {
		slices.SortFunc(words, func(a, b string) int {
			return cmp.Or(cmp.Compare(wordEntries()[b].log, wordEntries()[a].log), cmp.Compare(a, b))
		})
	}
	return t
})

const (
	minInitials = 3 // two letters stand for too many words
	// maxTypedWord is the longest word of words.txt that is known by its pinyin;
	// longer ones are typed in pieces that are.
	maxTypedWord = 3
	maxTyped     = 3  // words that one run of letters is taken for
	maxLetters   = 60 // of a run that is read as pinyin
)

// addTyped adds the words that runs of Latin letters in the question stand for,
// where the library does not have the letters themselves. Syllables that were
// typed apart are one run.
func (l *Library) addTyped(q *query) {
	for i := 0; i < len(q.folded); {
		if !isLatin(q.folded[i]) {
			i++
			continue
		}
		j := latinEnd(q.folded, i)
		letters := string(q.folded[i:j])
		strange := l.passages.Count(zh.WordTerm(letters)) == 0
		for apart := strange && zh.IsSyllable(letters); apart && j+1 < len(q.folded) && q.folded[j] == ' '; {
			end := latinEnd(q.folded, j+1)
			next := string(q.folded[j+1 : end])
			if apart = zh.IsSyllable(next); apart {
				letters, j = letters+next, end
			}
		}
		covered := slices.ContainsFunc(q.forms, func(f form) bool { return f.from < j && i < f.to })
		if strange && !covered {
			l.addLetters(q, i, j, letters)
		}
		i = j
	}
}

func latinEnd(folded []rune, i int) int {
	for i < len(folded) && isLatin(folded[i]) {
		i++
	}
	return i
}

func (l *Library) addLetters(q *query, from, to int, letters string) {
	if len(letters) > maxLetters {
		return
	}
	before := len(q.forms)
	for _, words := range typed().split(letters) {
		n := 0
		for _, w := range words {
			if n < maxTyped && l.addMeantWord(q, from, to, w) {
				n++
			}
		}
	}
	if len(q.forms) > before {
		return
	}
	n := 0
	for _, w := range typed().byInitials[letters] {
		if l.addMeantWord(q, from, to, w) {
			n++
		}
	}
	if n > 1 {
		q.forms = q.forms[:before] // who knows which is meant
	}
}

// split cuts letters into the fewest words and gives the readings of each. Single
// syllables between words are passed over. It returns nil when letters cannot be
// cut.
func (t *typedWords) split(letters string) [][]string {
	n := len(letters)
	const far = 1 << 30
	cost := make([]int, n+1)
	last := make([]int, n+1)
	for end := 1; end <= n; end++ {
		cost[end] = far
		for start := max(0, end-t.longest); start < end; start++ {
			if cost[start] == far {
				continue
			}
			key, c := letters[start:end], far
			switch {
			case len(t.byPinyin[key]) > 0:
				c = 1
			case len(key) <= 6 && zh.IsSyllable(key):
				c = 2
			}
			if c < far && cost[start]+c < cost[end] {
				cost[end], last[end] = cost[start]+c, start
			}
		}
	}
	if n == 0 || cost[n] == far {
		return nil
	}
	var out [][]string
	for end := n; end > 0; end = last[end] {
		if words := t.byPinyin[letters[last[end]:end]]; len(words) > 0 {
			out = append(out, words)
		}
	}
	slices.Reverse(out)
	return out
}
