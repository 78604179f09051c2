package knowledge

import (
	"slices"
	"strings"

	"liaison/knowledge/zh"
)

// KindQA is the Kind of a document that holds a question that people asked and
// what the staff answered.
const KindQA = "问答"

// QAPrefix begins the ID of a document that was made of a QA here.
const QAPrefix = "qa-"

// QA is a question with the answer of the staff, to become a document.
type QA struct {
	ID       string   // of the document
	Question string   // becomes the title
	Wordings []string // further ways in which it was asked
	Answer   string
	Rests    *Citation // what it rests on, nil when the staff named nothing
	By       string    // who answered
	On       Date
}

// Document makes a draft of one unit, which the question and its wordings find.
// It does not state a source but names the staff's answer as what it is.
func (q QA) Document() Document {
	u := Unit{Slug: "answer", Title: oneLine(q.Question), Body: heading.Replace("\n" + strings.TrimSpace(q.Answer))[1:]}
	d := Document{
		ID: q.ID, Title: u.Title, Kind: KindQA, Issued: q.On, Status: Draft,
		Source: "联络站工作人员答复（" + chineseDate(q.On) + "）",
	}
	if q.By != "" {
		d.Responsible = []string{oneLine(q.By)}
	}
	seen := map[string]bool{zh.Fold(u.Title): true}
	for _, w := range q.Wordings {
		w = strings.ReplaceAll(oneLine(w), "|", "／") // which separates aliases
		if folded := zh.Fold(w); w != "" && !seen[folded] {
			seen[folded] = true
			u.Aliases = append(u.Aliases, w)
		}
	}
	if q.Rests != nil {
		u.Cites = []string{strings.ReplaceAll(oneLine("《"+q.Rests.Title+"》"+q.Rests.Number), "|", "／")}
		u.See = []string{q.Rests.Unit}
	}
	d.Units = []Unit{u}
	return d
}

// Questions are the wordings in which a document of KindQA can be asked for: titles and
// aliases of its units, and its own title.
func (d Document) Questions() []string {
	all := []string{d.Title}
	for _, u := range d.Units {
		all = append(append(all, u.Title), u.Aliases...)
	}
	return all
}

// WithoutQuestions returns the document without the wordings that forgets names. What
// loses its title so is called by the first of its other wordings, else by the one given.
func (d Document) WithoutQuestions(forgets func(question string) bool, otherwise string) Document {
	d.Units = slices.Clone(d.Units)
	called := otherwise
	for i := range d.Units {
		u := &d.Units[i]
		u.Aliases = slices.DeleteFunc(slices.Clone(u.Aliases), forgets)
		if forgets(u.Title) {
			u.Title = otherwise
			if len(u.Aliases) > 0 {
				u.Title, u.Aliases = u.Aliases[0], u.Aliases[1:]
			}
		}
		if i == 0 {
			called = u.Title
		}
	}
	if forgets(d.Title) {
		d.Title = called
	}
	return d
}

// heading takes the meaning of a heading from a line that begins like one.
var heading = strings.NewReplacer("\n#", "\n＃", "\r", "")
