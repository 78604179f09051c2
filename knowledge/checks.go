package knowledge

import (
	"bufio"
	_ "embed"
	"encoding/json"
	"slices"
	"strings"
)

// bundledQuestions are the check questions of the bundled documents.
//
//go:embed testdata/questions.jsonl
var bundledQuestions string

// CheckQuestion is a question of which it is known which unit answers it.
type CheckQuestion struct {
	Question string `json:"question"`
	Unit     string `json:"unit"`
}

// CheckQuestions lists the questions that the library can be checked with: those
// that came with the bundled documents, as far as their units are there, the
// titles and aliases of question and answer documents, and the pinned questions.
// A question that is pinned elsewhere counts as its pin says.
func (l *Library) CheckQuestions(o Overrides) []CheckQuestion {
	var out []CheckQuestion
	at := make(map[string]int)
	add := func(q, unit string) {
		if _, ok := l.byID[unit]; !ok || screen(q) != "" {
			return
		}
		if i, ok := at[q]; ok {
			out[i].Unit = unit
			return
		}
		at[q] = len(out)
		out = append(out, CheckQuestion{q, unit})
	}
	for s := bufio.NewScanner(strings.NewReader(bundledQuestions)); s.Scan(); {
		var c CheckQuestion
		if err := json.Unmarshal(s.Bytes(), &c); err != nil {
			panic("knowledge: embedded questions.jsonl: " + err.Error()) // a test reads it
		}
		add(c.Question, c.Unit)
	}
	for i := range l.docs {
		if l.docs[i].Kind != KindQA {
			continue
		}
		for _, u := range l.docs[i].Units {
			for _, q := range append([]string{u.Title}, u.Aliases...) {
				add(q, u.ID)
			}
		}
	}
	for _, p := range o.Pins {
		add(p.Question, p.Unit)
	}
	return out
}

// Told is what came of a question.
type Told struct {
	Decision Outcome  `json:"decision"`
	Units    []string `json:"units,omitempty"` // answered from, or offered
	Text     string   `json:"text,omitempty"`
}

// Difference is a question whose answer overrides change.
type Difference struct {
	CheckQuestion
	Before Told `json:"before"`
	After  Told `json:"after"`
	// Worse: it was answered from its unit and is not any more. Better: the reverse.
	Worse  bool `json:"worse,omitempty"`
	Better bool `json:"better,omitempty"`
}

// Compare asks the check questions with and without a change of the overrides and
// lists those whose answers differ, the worse ones first.
func (a *Answerer) Compare(before, after Overrides) (asked int, out []Difference) {
	lib := a.Library()
	with, without := lib.With(after), lib.With(before)
	questions := lib.CheckQuestions(after)
	for _, c := range questions {
		d := Difference{CheckQuestion: c}
		d.Before, d.After = a.tell(without, c.Question), a.tell(with, c.Question)
		if d.Before.Decision == d.After.Decision && d.Before.Text == d.After.Text && slices.Equal(d.Before.Units, d.After.Units) {
			continue
		}
		was, is := d.Before.from(c.Unit), d.After.from(c.Unit)
		d.Worse, d.Better = was && !is, is && !was
		out = append(out, d)
	}
	slices.SortStableFunc(out, func(x, y Difference) int { return x.rank() - y.rank() })
	return len(questions), out
}

func (d *Difference) rank() int {
	switch {
	case d.Worse:
		return 0
	case d.Better:
		return 2
	}
	return 1
}

func (t Told) from(unit string) bool {
	return t.Decision == Answered && slices.Contains(t.Units, unit)
}

func (a *Answerer) tell(lib *Library, question string) Told {
	ans := a.answer(lib, Question{Text: question})
	t := Told{Decision: ans.Decision, Text: ans.Text}
	for _, c := range ans.Citations {
		t.Units = append(t.Units, c.Unit)
	}
	for _, c := range ans.Choices {
		t.Units = append(t.Units, c.Unit)
	}
	return t
}
