package knowledge

import (
	_ "embed"
	"math"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"

	"liaison/knowledge/zh"
)

// words.txt lists words of everyday Chinese with their sort and how often they
// are used. A line has the sort (n: names a thing, v: says what is done or how,
// p: a place, o: anything else), the binary logarithm of the frequency in a corpus
// of 60 million words, and the words. It is made of the dictionary of jieba (MIT,
// see NOTICE): words of up to five characters used 15 times, or three times and
// found in Chinese enactments; names of persons and sayings left out.
//
//go:embed words.txt
var wordTable string

// wordsLog is the binary logarithm of the size of the corpus behind words.txt.
const wordsLog = 25.8

// maxWord is how many characters the longest word of words.txt has.
const maxWord = 5

type wordEntry struct {
	sort byte    // n, v, p, o; 0 for what is not in the table
	log  float64 // binary logarithm of the frequency
}

var wordEntries = sync.OnceValue(func() map[string]wordEntry {
	m := make(map[string]wordEntry, 80_000)
	for line := range strings.Lines(wordTable) {
		f := strings.Fields(line)
		log, err := strconv.Atoi(f[1])
		if err != nil {
			panic("knowledge: embedded words.txt: " + err.Error()) // a test reads it
		}
		for _, w := range f[2:] {
			m[w] = wordEntry{f[0][0], float64(log)}
		}
	}
	return m
})

// segment is a word of a text: the characters from to, to not included.
type segment struct {
	from, to int
	entry    wordEntry
}

// segments cuts folded text into the words that are likeliest together, each by
// itself. Runs of letters and digits are one word; what is neither is left out.
func segments(folded []rune) []segment {
	var out []segment
	for i := 0; i < len(folded); {
		j := i
		for j < len(folded) && zh.IsHan(folded[j]) {
			j++
		}
		if j > i {
			out = appendSegments(out, folded, i, j)
			i = j
			continue
		}
		for j < len(folded) && !zh.IsHan(folded[j]) && isWordRune(folded[j]) {
			j++
		}
		if j > i {
			out = append(out, segment{from: i, to: j})
		}
		i = max(j, i+1)
	}
	return out
}

func isWordRune(r rune) bool {
	return r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r > 0x7f && !strings.ContainsRune("，。？！、；：“”‘’（）《》〔〕【】…—　", r)
}

// appendSegments cuts the Chinese characters from to by dynamic programming: the
// cheapest way to each character, where a word costs what its rarity says.
func appendSegments(out []segment, folded []rune, from, to int) []segment {
	entries := wordEntries()
	n := to - from
	cost := make([]float64, n+1)
	last := make([]segment, n+1)
	for end := 1; end <= n; end++ {
		cost[end] = math.Inf(1)
		for size := 1; size <= min(maxWord, end); size++ {
			start := end - size
			e, ok := entries[string(folded[from+start:from+end])]
			if !ok && size > 1 {
				continue
			}
			if c := cost[start] + wordsLog - e.log; c < cost[end] {
				cost[end] = c
				last[end] = segment{from + start, from + end, e}
			}
		}
	}
	at := len(out)
	for end := n; end > 0; end = last[end].from - from {
		out = append(out, last[end])
	}
	for i, j := at, len(out)-1; i < j; i, j = i+1, j-1 {
		out[i], out[j] = out[j], out[i]
	}
	return out
}

// rarity of a word in everyday Chinese, 0 (most common) to 1.
func (e wordEntry) rarity(word string) float64 {
	if e.log == 0 && utf8.RuneCountInString(word) == 1 {
		return 0.5 // a rare character by itself is usually a piece of an unknown word
	}
	return 1 - e.log/wordsLog
}
