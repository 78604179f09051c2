package route

import (
	"slices"
	"unicode"
	"unicode/utf8"

	"liaison/ticket"
)

// mention is a value of the directory with the words of the text that name it.
type mention struct {
	index int    // of the town or topic
	words string // as folded, several joined by 、
}

// TownsNamed returns the towns that a text names, by themselves or by a place in
// them, each once, in the order in which they come. A town that the text denies (不在周巷) or corrects (周巷，
// 不对，逍林) is left out.
func (d *Directory) TownsNamed(text string) []Town {
	var towns []Town
	for _, m := range d.townMentions(text) {
		towns = append(towns, d.towns[m.index].clone())
	}
	return towns
}

// GuessTown returns the town that a text names, and true when it names just this
// one. With several it returns the first and false, with none the zero Town.
func (d *Directory) GuessTown(text string) (Town, bool) {
	towns := d.TownsNamed(text)
	if len(towns) == 0 {
		return Town{}, false
	}
	return towns[0], len(towns) == 1
}

// GuessTopic returns the topic that a text is about by the words in it, and true
// when it leads alone. Each word counts once, by its length: a longer word says
// more. With a tie the result is the first in the order of the file and false,
// with no word the zero Topic and false.
func (d *Directory) GuessTopic(text string) (Topic, bool) {
	m, sure := d.topicMention(text)
	if m.index < 0 {
		return Topic{}, false
	}
	topic := d.topics[m.index]
	topic.Words = slices.Clone(topic.Words)
	return topic, sure
}

func (d *Directory) topicMention(text string) (mention, bool) {
	folded := fold(text)
	score, words := make([]int, len(d.topics)), make([]string, len(d.topics))
	seen := make(map[string]bool)
	for _, m := range d.topicWords.find(folded) {
		word := string(folded[m.start:m.end])
		if seen[word] {
			continue
		}
		seen[word] = true
		for _, topic := range m.values {
			score[topic] += m.end - m.start
			if words[topic] != "" {
				words[topic] += "、"
			}
			words[topic] += word
		}
	}
	best, ties := -1, 0
	for i, n := range score {
		switch {
		case n == 0:
		case best < 0 || n > score[best]:
			best, ties = i, 0
		case n == score[best]:
			ties++
		}
	}
	if best < 0 {
		return mention{index: -1}, false
	}
	return mention{best, words[best]}, ties == 0
}

// GuessKind returns the kind of case that a text is by fixed words: Complaint,
// Financing, Suggestion, Request or Inquiry. A text that opens with the word for
// a kind (建议：……) is of that kind. A text without such words is an Inquiry, the
// kind that presumes least; a Finding is never guessed.
func GuessKind(text string) ticket.Kind {
	kind, _ := guessKind(text)
	return kind
}

// guessKind also returns the word it stands on, "" when there is none.
func guessKind(text string) (ticket.Kind, string) {
	folded := fold(text)
	opening := slices.IndexFunc(folded, unicode.IsLetter)
	best, word := len(kindWords), ""
	for _, m := range kinds.find(folded) {
		if len(m.values) == 0 || denied(folded, m.start) {
			continue
		}
		kind := m.values[0]
		if m.start == opening {
			return kindWords[kind].kind, string(folded[m.start:m.end])
		}
		if kind < best {
			best, word = kind, string(folded[m.start:m.end])
		}
	}
	if best == len(kindWords) {
		return ticket.Inquiry, ""
	}
	return kindWords[best].kind, word
}

// UrgentWord returns what makes a text urgent, "" when nothing does: that it says so
// (紧急), or that it tells of a danger, of wages that are not paid, of work that has
// stopped or of people gathering. What is denied (没有停产) does not count. The words
// are as compared: in ordinary width and lower case.
func UrgentWord(text string) string {
	folded := fold(text)
	first := match{start: len(folded)}
	for _, m := range urgent.find(folded) {
		if len(m.values) > 0 && m.start < first.start && !denied(folded, m.start) {
			first = m
		}
	}
	for _, at := range unpaid.FindAllStringIndex(string(folded), -1) {
		start := utf8.RuneCountInString(string(folded)[:at[0]])
		end := start + utf8.RuneCountInString(string(folded)[at[0]:at[1]])
		if start < first.start && !denied(folded, start) {
			first = match{start: start, end: end}
		}
	}
	if first.end == 0 {
		return ""
	}
	return string(folded[first.start:first.end])
}
