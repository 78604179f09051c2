package eval

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"liaison/knowledge"
	"liaison/knowledge/zh"
)

// What makes an answer right where the question comes with a whole answer: how
// much of its pairs of characters must be shown, and in how many characters at
// most, so that showing everything does not count.
const (
	goldShare = 0.8
	shownMost = 400
)

// Asked is one line of a file of questions. A question without a page is not
// answered by any document of the library.
type Asked struct {
	ID          string   `json:"id"`
	Question    string   `json:"question"`
	Page        string   `json:"page"`         // file name of the document that answers
	Pages       []string `json:"pages"`        // others that answer as well
	MustContain []string `json:"must_contain"` // all of these stand in a right answer
	Answer      string   `json:"answer"`       // or: the whole answer
	Clause      string   `json:"clause"`       // where the answer stands, for measurements
	Kind        string   `json:"kind"`         // sort of an unanswerable question
}

// AnswersReport is what Answers measured. Answered is the sum of RightAnswer and
// WrongAnswers; with RefusedAnswerable, which counts questions asked back as
// well, it makes Answerable.
type AnswersReport struct {
	Questions         int     `json:"questions"`
	Answerable        int     `json:"answerable"`
	Unanswerable      int     `json:"unanswerable"`
	Answered          int     `json:"answered"`      // answerable questions that got an answer
	RightSource       int     `json:"right_source"`  // of these, with a right page among the citations
	RightAnswer       int     `json:"right_answer"`  // of these, with what a right answer must show
	WrongAnswers      int     `json:"wrong_answers"` // of these, without it
	RefusedAnswerable int     `json:"refused_answerable"`
	FalseAnswers      int     `json:"false_answers"` // answers to unanswerable questions
	DecisionAUROC     float64 `json:"decision_auroc"`
	P50MS             float64 `json:"p50_ms"` // of one answer
	P99MS             float64 `json:"p99_ms"`
	ImportS           float64 `json:"import_s"`
	Documents         int     `json:"documents"`
	Units             int     `json:"units"`

	Failed  []error        `json:"-"` // one for each file that could not be imported
	Details []AnswerDetail `json:"-"`
}

// AnswerDetail is what happened to one question.
type AnswerDetail struct {
	ID          string            `json:"id"`
	Question    string            `json:"question"`
	Page        string            `json:"page,omitempty"`
	Decision    knowledge.Outcome `json:"decision"`
	Reason      knowledge.Reason  `json:"reason,omitempty"`
	Sure        float64           `json:"sure"`
	Cited       []string          `json:"cited"` // file names
	Units       []string          `json:"units,omitempty"`
	RightSource bool              `json:"right_source"`
	RightAnswer bool              `json:"right_answer"`
	Shown       string            `json:"shown"`
	Notice      string            `json:"notice,omitempty"`
	TookMS      float64           `json:"took_ms"`
}

// AnswersConfig says what Answers measures.
type AnswersConfig struct {
	Library   string              // folder of documents, read with its subfolders
	Questions string              // file of Asked lines
	Part      string              // "odd", "even": only questions whose number is; anything else: all
	Decision  *knowledge.Decision // defaults to the one that ships
	Now       func() time.Time    // defaults to time.Now
}

// Answers imports every file of a folder into a library of its own, asks every
// question as a chat does, and counts. A file that cannot be imported is no
// error: it is listed in Failed, and what it would have answered counts as
// refused.
func Answers(ctx context.Context, c AnswersConfig) (AnswersReport, error) {
	var r AnswersReport
	asked, err := ReadAsked(c.Questions)
	if err != nil {
		return r, err
	}
	start := time.Now()
	lib, files, failed, err := ImportFolder(c.Library, c.Questions)
	if err != nil {
		return r, err
	}
	r.ImportS, r.Failed = round(time.Since(start).Seconds()), failed
	r.Documents, r.Units = len(lib.Documents()), lib.Len()
	answerer, err := knowledge.NewAnswerer(knowledge.Config{Library: lib, Decision: c.Decision, Now: c.Now})
	if err != nil {
		return r, err
	}
	var took, good, bad []float64
	for _, q := range asked {
		if !q.In(c.Part) {
			continue
		}
		if err := ctx.Err(); err != nil {
			return r, err
		}
		d := ask(ctx, answerer, files, q)
		r.count(q, d)
		took = append(took, d.TookMS)
		if q.answerable() {
			good = append(good, d.Sure)
		} else {
			bad = append(bad, d.Sure)
		}
	}
	r.DecisionAUROC = round(auroc(good, bad))
	r.P50MS, r.P99MS = round(quantile(took, 0.50)), round(quantile(took, 0.99))
	return r, nil
}

func ask(ctx context.Context, a *knowledge.Answerer, files map[string]string, q Asked) AnswerDetail {
	start := time.Now()
	ans := a.Answer(ctx, knowledge.Question{Text: q.Question})
	d := AnswerDetail{
		ID: q.ID, Question: q.Question, Page: q.Page, Decision: ans.Decision, Reason: ans.Reason, Sure: round(ans.Sure),
		Shown: ans.Text, Notice: ans.Notice, TookMS: float64(time.Since(start).Microseconds()) / 1000,
	}
	for _, cit := range ans.Citations {
		d.Cited = append(d.Cited, files[docOf(cit.Unit)])
		d.Units = append(d.Units, cit.Unit)
	}
	for _, choice := range ans.Choices {
		d.Units = append(d.Units, choice.Unit)
	}
	if ans.Decision == knowledge.Answered {
		d.RightSource = slices.ContainsFunc(d.Cited, func(f string) bool {
			return f != "" && (f == q.Page || slices.Contains(q.Pages, f))
		})
		d.RightAnswer = q.answerable() && q.shownIn(ans.Text)
	}
	return d
}

func (r *AnswersReport) count(q Asked, d AnswerDetail) {
	r.Details = append(r.Details, d)
	r.Questions++
	answered := d.Decision == knowledge.Answered
	if !q.answerable() {
		r.Unanswerable++
		if answered {
			r.FalseAnswers++
		}
		return
	}
	r.Answerable++
	switch {
	case !answered:
		r.RefusedAnswerable++
		return
	case d.RightAnswer:
		r.RightAnswer++
	default:
		r.WrongAnswers++
	}
	r.Answered++
	if d.RightSource {
		r.RightSource++
	}
}

func (q Asked) answerable() bool { return q.Page != "" || len(q.Pages) > 0 }

// shownIn reports whether an answer shows what a right one must.
func (q Asked) shownIn(text string) bool {
	if len(q.MustContain) > 0 {
		squeezed := squeeze(text)
		return !slices.ContainsFunc(q.MustContain, func(s string) bool { return !strings.Contains(squeezed, squeeze(s)) })
	}
	if q.Answer == "" || utf8.RuneCountInString(text) > shownMost {
		return false
	}
	gold, shown := pairsOf(squeeze(q.Answer)), pairsOf(squeeze(text))
	all, held := 0, 0
	for p, n := range gold {
		all += n
		held += min(n, shown[p])
	}
	return all > 0 && float64(held) >= goldShare*float64(all)
}

// squeeze leaves out white space and full width.
func squeeze(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return r
	}, zh.Narrow(s))
}

func pairsOf(s string) map[[2]rune]int {
	r := []rune(s)
	out := make(map[[2]rune]int)
	for i := 1; i < len(r); i++ {
		out[[2]rune{r[i-1], r[i]}]++
	}
	return out
}

// In reports whether the question belongs to a half: questions with an odd number
// are for development, those with an even one for the final figure. A question
// without a number belongs to every part.
func (q Asked) In(part string) bool {
	if part != "odd" && part != "even" || q.ID == "" {
		return true
	}
	last := q.ID[len(q.ID)-1]
	if last < '0' || last > '9' {
		return true
	}
	return (last%2 == 1) == (part == "odd")
}

// ReadAsked reads a file of questions. A fault names file and line.
func ReadAsked(name string) ([]Asked, error) {
	var out []Asked
	err := eachLine(name, func(_ int, line []byte) error {
		var q Asked
		if err := json.Unmarshal(line, &q); err != nil {
			return err
		}
		if strings.TrimSpace(q.Question) == "" {
			return errors.New("question is missing")
		}
		if q.answerable() && len(q.MustContain) == 0 && q.Answer == "" {
			return errors.New("a question with a page needs must_contain or answer")
		}
		out = append(out, q)
		return nil
	})
	return out, err
}

// ImportFolder imports the files of a folder and its subfolders, hidden ones and
// those named in except left out. files tells the file name, without folders, of
// each document ID; failed has an error for each file that could not be read.
func ImportFolder(dir string, except ...string) (lib *knowledge.Library, files map[string]string, failed []error, err error) {
	var docs []knowledge.Document
	files = make(map[string]string)
	err = filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case path != dir && strings.HasPrefix(entry.Name(), "."):
			if entry.IsDir() {
				return fs.SkipDir
			}
			return nil
		case !entry.Type().IsRegular() || slices.ContainsFunc(except, func(e string) bool { return filepath.Clean(e) == path }):
			return nil
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		d, err := knowledge.ImportDocument(entry.Name(), data)
		if err != nil {
			failed = append(failed, err)
			return nil
		}
		id := d.ID
		for n := 2; files[d.ID] != ""; n++ { // two files, one name or one content
			d.ID = fmt.Sprintf("%s-%d", id, n)
		}
		files[d.ID] = entry.Name()
		docs = append(docs, d)
		return nil
	})
	if err != nil {
		return nil, nil, nil, err
	}
	lib, err = knowledge.NewLibrary(docs)
	return lib, files, failed, err
}
