package web

import (
	"cmp"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"liaison/handlers"
	"liaison/knowledge"
	"liaison/knowledge/shelf"
	"liaison/ticket"
)

// maxGaps is how many gaps the page shows.
const maxGaps = 100

// maxKeptQuestion is the longest question that is kept for the library, in
// characters: it becomes a title.
const maxKeptQuestion = 300

// handleGaps adds the routes of the page of unanswered questions. They belong to
// no station: any colleague may know the answer.
func (s *Server) handleGaps(handle func(string, handler)) {
	handle("GET /api/staff/gaps", s.staff(s.gaps))
	handle("GET /api/staff/asked", s.staff(s.askedDays))
	handle("POST /api/staff/gaps/{id}/close", s.staff(s.closeGap))
	handle("POST /api/staff/gaps/{id}/answer", s.staff(s.answerGap))
	handle("POST /api/staff/gaps/{id}/merge", s.staff(s.mergeGaps))
	handle("POST /api/staff/gaps/{id}/split", s.staff(s.splitGap))
}

type gapView struct {
	ID       string            `json:"id"`
	Question string            `json:"question"`
	State    handlers.GapState `json:"state"`
	Count    int               `json:"count"`
	Askers   int               `json:"askers"`
	First    time.Time         `json:"first"`
	Last     time.Time         `json:"last"`
	Nearest  []handlers.Near   `json:"nearest"`
	Wordings []wordingView     `json:"wordings"`
	Answer   *gapAnswerView    `json:"answer,omitempty"`
}

type wordingView struct {
	ID       string             `json:"id"`
	Question string             `json:"question"`
	Reason   handlers.GapReason `json:"reason"`
	Count    int                `json:"count"`
}

type gapAnswerView struct {
	Text     string    `json:"text"`
	Unit     string    `json:"unit,omitempty"`
	By       string    `json:"by,omitempty"`
	At       time.Time `json:"at"`
	Document string    `json:"document,omitempty"`
}

func viewGap(g handlers.Gap, names labels) (gapView, error) {
	v := gapView{
		ID: g.ID, Question: g.Question, State: g.State, Count: g.Count, Askers: g.Askers,
		First: g.FirstAt.UTC(), Last: g.LastAt.UTC(), Nearest: append([]handlers.Near{}, g.Nearest...), Wordings: []wordingView{},
	}
	for _, w := range g.Wordings {
		v.Wordings = append(v.Wordings, wordingView{w.ID, w.Question, w.Reason, w.Count})
	}
	if g.Answer.Text != "" {
		by, err := names.of(g.Answer.By, ticket.RoleAgent)
		if err != nil {
			return v, err
		}
		v.Answer = &gapAnswerView{g.Answer.Text, g.Answer.Unit, by, g.Answer.At.UTC(), g.Answer.Document}
	}
	return v, nil
}

// gaps answers with the gaps in a state, open ones unless another is asked for.
func (s *Server) gaps(w http.ResponseWriter, r *http.Request, _ colleague) error {
	state := handlers.GapState(r.URL.Query().Get("state"))
	if state == "" {
		state = handlers.GapOpen
	}
	if !slices.Contains([]handlers.GapState{handlers.GapOpen, handlers.GapAnswered, handlers.GapClosed}, state) {
		return invalid("state")
	}
	views, more := []gapView{}, false
	err := s.Store.View(r.Context(), func(tx handlers.Tx) error {
		list, err := tx.Gaps(r.Context(), maxGaps+1, state)
		if err != nil {
			return err
		}
		views, more = views[:0], len(list) > maxGaps
		names := labels{r, tx, langOf(r), make(map[string]string)}
		for _, g := range list[:min(len(list), maxGaps)] {
			v, err := viewGap(g, names)
			if err != nil {
				return err
			}
			views = append(views, v)
		}
		return nil
	})
	if err != nil {
		return err
	}
	s.send(w, r, http.StatusOK, map[string]any{"gaps": views, "state": state, "more": more})
	return nil
}

// askedDays answers with what became of the questions of the last eight weeks.
func (s *Server) askedDays(w http.ResponseWriter, r *http.Request, _ colleague) error {
	type dayView struct {
		Day string `json:"day"`
		handlers.Share
	}
	var days, weeks []dayView
	err := s.Store.View(r.Context(), func(tx handlers.Tx) error {
		list, err := tx.AskedDays(r.Context(), s.Now().AddDate(0, 0, -55))
		if err != nil {
			return err
		}
		days, weeks = []dayView{}, []dayView{}
		for _, d := range list {
			days = append(days, dayView{d.Day, handlers.ShareOf(d)})
		}
		for _, d := range handlers.Weeks(list) {
			weeks = append(weeks, dayView{d.Day, handlers.ShareOf(d)})
		}
		return nil
	})
	if err != nil {
		return err
	}
	s.send(w, r, http.StatusOK, map[string]any{"days": days, "weeks": weeks})
	return nil
}

// closeGap marks a gap as dealt with, without an answer.
func (s *Server) closeGap(w http.ResponseWriter, r *http.Request, _ colleague) error {
	return s.gapStep(w, r, func(tx handlers.Tx) error { return tx.CloseGap(r.Context(), r.PathValue("id")) })
}

// mergeGaps moves the wordings of a gap to another.
func (s *Server) mergeGaps(w http.ResponseWriter, r *http.Request, _ colleague) error {
	var in struct {
		Into string `json:"into"`
	}
	if err := readJSON(w, r, &in); err != nil {
		return err
	}
	return s.gapStep(w, r, func(tx handlers.Tx) error { return tx.MergeGaps(r.Context(), r.PathValue("id"), in.Into) })
}

// splitGap makes a gap of its own of one wording.
func (s *Server) splitGap(w http.ResponseWriter, r *http.Request, _ colleague) error {
	var in struct {
		Wording string `json:"wording"`
	}
	if err := readJSON(w, r, &in); err != nil {
		return err
	}
	return s.gapStep(w, r, func(tx handlers.Tx) error {
		_, err := tx.SplitGap(r.Context(), r.PathValue("id"), in.Wording)
		return err
	})
}

func (s *Server) gapStep(w http.ResponseWriter, r *http.Request, do func(handlers.Tx) error) error {
	if err := s.Store.Update(r.Context(), do); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// answerGap answers a gap, unless somebody else has answered it since the page
// was drawn. With keep, a draft for the library is made first, under an ID that
// follows from the gap: an answer that fails after it and is sent again finds the
// draft and changes it.
func (s *Server) answerGap(w http.ResponseWriter, r *http.Request, me colleague) error {
	var in struct {
		Text     string    `json:"text"`
		Unit     string    `json:"unit"`
		Keep     bool      `json:"keep"`
		Question string    `json:"question"` // in the words under which it is kept, "" for the gap's own
		Seen     time.Time `json:"seen"`     // moment of the answer that the page shows, if any
	}
	if err := readJSON(w, r, &in); err != nil {
		return err
	}
	a := handlers.GapAnswer{Text: strings.TrimSpace(in.Text), Unit: strings.TrimSpace(in.Unit), By: me.person.ID}
	if a.Text == "" {
		return invalid("text")
	}
	id := r.PathValue("id")
	if in.Keep && s.Library != nil {
		s.keeping.Lock() // a draft is not replaced by that of an answer which then comes second
		defer s.keeping.Unlock()
		doc, err := s.keepAnswer(r, me, id, in.Question, a, in.Seen)
		if err != nil {
			return err
		}
		a.Document = doc
	}
	told := 0
	err := s.Store.Update(r.Context(), func(tx handlers.Tx) (err error) {
		told, err = s.Desk.AnswerGap(r.Context(), tx, id, a, in.Seen)
		return err
	})
	if err != nil {
		return err
	}
	s.send(w, r, http.StatusOK, map[string]any{"told": told, "document": a.Document})
	return nil
}

// keepAnswer makes a draft of the question and its answer and returns its ID.
func (s *Server) keepAnswer(r *http.Request, me colleague, id, question string, a handlers.GapAnswer, seen time.Time) (string, error) {
	question = strings.TrimSpace(question)
	if utf8.RuneCountInString(question) > maxKeptQuestion || !utf8.ValidString(question) {
		return "", invalid("question")
	}
	var g handlers.Gap
	err := s.Store.View(r.Context(), func(tx handlers.Tx) (err error) {
		g, err = tx.Gap(r.Context(), id)
		return err
	})
	if err != nil {
		return "", err
	}
	if !g.Answer.At.Equal(seen) {
		return "", handlers.ErrGapAnswered
	}
	today := knowledge.DateOf(s.Now().In(ticket.CST))
	qa := knowledge.QA{ID: knowledge.QAPrefix + g.ID, Question: cmp.Or(question, g.Question), Answer: a.Text, By: me.person.Label, On: today}
	for _, w := range g.Wordings {
		qa.Wordings = append(qa.Wordings, w.Question)
	}
	if a.Unit != "" {
		c, ok := s.Desk.Cite(a.Unit)
		if !ok {
			return "", invalid("unit")
		}
		qa.Rests = &c
	}
	name := qa.ID + ".md"
	text := string(knowledge.RenderDocument(qa.Document()))
	report, err := s.Library.Import(r.Context(), []shelf.File{{
		Name: name, Key: name, Named: true,
		Open: func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(text)), nil },
	}}, shelf.Options{By: me.person.Label, Draft: true})
	if err != nil {
		return "", err
	}
	if report.Failed() > 0 {
		return "", invalid("text")
	}
	return report.Outcomes[0].ID, nil
}
