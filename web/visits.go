package web

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"liaison/handlers"
	"liaison/ticket"
	"liaison/ticket/visit"
)

// handleVisits adds the routes of the page of visits. Agents see and enter those of
// their stations, supervisors all.
func (s *Server) handleVisits(handle func(string, handler)) {
	handle("GET /api/staff/visits", s.staff(s.visits))
	handle("POST /api/staff/visits", s.staff(s.enterVisit))
	handle("GET /api/staff/visits/form", s.staff(s.visitForm))
	handle("GET /api/staff/visits/figures", s.staff(s.visitFigures))
	handle("GET /api/staff/visits/template", s.staff(s.visitTemplate))
	handle("POST /api/staff/visits/import", s.staff(s.importVisits))
	handle("GET /api/staff/visits/{id}", s.staff(s.oneVisit))
	handle("POST /api/staff/visits/{id}", s.staff(s.correctVisit))
	handle("POST /api/staff/visits/{id}/opinions", s.staff(s.addOpinion))
	handle("POST /api/staff/visits/{id}/opinions/{n}", s.staff(s.recordOutcome))
	handle("POST /api/staff/visits/{id}/remove", s.staff(s.removeVisit))
	handle("GET /api/staff/observers", s.supervisor(s.observers))
	handle("POST /api/staff/observers/{id}", s.supervisor(s.appoint))
}

// visitView is a visit in the console.
type visitView struct {
	ID        string        `json:"id"`
	Day       string        `json:"day"` // 2026-11-20
	Companies []string      `json:"companies"`
	Station   place         `json:"station"`
	Town      *place        `json:"town,omitempty"`
	Visitor   string        `json:"visitor,omitempty"`
	Observer  bool          `json:"observer,omitempty"` // the visitor is an appointed observer
	Met       string        `json:"met,omitempty"`
	Opinions  []opinionView `json:"opinions"`
	Files     []fileView    `json:"files,omitempty"`
	By        string        `json:"by,omitempty"` // label of who wrote it down
	Filed     time.Time     `json:"filed"`
	Removable bool          `json:"removable,omitempty"`
	// Corrections are what was put right after it was filed, the first first.
	Corrections []correctionView `json:"corrections,omitempty"`
}

// correctionView is one field that was put right; towns by name.
type correctionView struct {
	At     time.Time   `json:"at"`
	By     string      `json:"by"` // label
	Field  visit.Field `json:"field"`
	Was    string      `json:"was"`
	Became string      `json:"became"`
}

type opinionView struct {
	N       int           `json:"n"`
	Text    string        `json:"text"`
	Outcome visit.Outcome `json:"outcome"`
	Ticket  string        `json:"ticket,omitempty"`
	Opens   bool          `json:"opens,omitempty"` // the colleague may see the case
	Files   []fileView    `json:"files,omitempty"`
}

func (s *Server) viewVisit(v visit.Visit, me colleague) visitView {
	out := visitView{
		ID: v.ID, Day: v.Day.In(ticket.CST).Format(time.DateOnly), Companies: v.Companies, Station: s.station(v.Station),
		Visitor: v.Visitor, Observer: v.Observer != "", Met: v.Met, Opinions: []opinionView{}, Filed: v.FiledAt.UTC(),
		Removable: handlers.MayRemove(me.viewer, v),
	}
	if town, ok := s.Directory().Town(v.Town); ok {
		out.Town = &place{town.ID, town.Name, town.NameEN}
	}
	for _, o := range v.Opinions {
		out.Opinions = append(out.Opinions, opinionView{N: o.N, Text: o.Text, Outcome: o.Outcome, Ticket: o.Ticket})
	}
	return out
}

// visits answers with the visits that match, the latest first.
func (s *Server) visits(w http.ResponseWriter, r *http.Request, me colleague) error {
	f, err := visitFilter(r.URL.Query(), me)
	if err != nil {
		return err
	}
	f.Limit = pageSize + 1
	views := []visitView{}
	more := false
	err = s.Store.View(r.Context(), func(tx handlers.Tx) error {
		list, err := tx.Visits(r.Context(), f)
		if err != nil {
			return err
		}
		more = len(list) > pageSize
		views = views[:0]
		for _, v := range list[:min(len(list), pageSize)] {
			views = append(views, s.viewVisit(v, me))
		}
		return nil
	})
	if err != nil {
		return err
	}
	s.send(w, r, http.StatusOK, map[string]any{"visits": views, "more": more})
	return nil
}

// visitFilter reads what the page asks for. The days from and to are both within.
func visitFilter(q url.Values, me colleague) (visit.Filter, error) {
	f := visit.Filter{Text: strings.TrimSpace(q.Get("q")), Visitor: strings.TrimSpace(q.Get("observer"))}
	for _, text := range []string{f.Text, f.Visitor} {
		if utf8.RuneCountInString(text) > 100 || !utf8.ValidString(text) {
			return f, invalid("q")
		}
	}
	if !me.viewer.Supervisor {
		f.Stations = append([]string{}, me.viewer.Stations...) // never nil, which would mean all
	}
	if id := q.Get("station"); id != "" {
		if f.Stations != nil && !slices.Contains(f.Stations, id) {
			return f, ticket.Errorf(ticket.Forbidden, "station of others")
		}
		f.Stations = []string{id}
	}
	var err error
	if f.From, err = readDay(q.Get("from")); err != nil {
		return f, err
	}
	if f.To, err = readDay(q.Get("to")); err != nil {
		return f, err
	}
	if !f.To.IsZero() {
		if f.To.Before(f.From) {
			return f, invalid("span")
		}
		f.To = f.To.AddDate(0, 0, 1)
	}
	if raw := q.Get("offset"); raw != "" {
		if f.Offset, err = strconv.Atoi(raw); err != nil || f.Offset < 0 || f.Offset > 1_000_000 {
			return f, invalid("offset")
		}
	}
	return f, nil
}

// readDay reads a day as a page sends it, zero for none.
func readDay(text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	day, err := time.ParseInLocation(time.DateOnly, text, ticket.CST)
	if err != nil {
		return day, invalid("day")
	}
	return day, nil
}

// visitForm answers with what the form and the filter offer.
func (s *Server) visitForm(w http.ResponseWriter, r *http.Request, _ colleague) error {
	lang := langOf(r)
	towns, names, outcomes := []place{}, []string{}, []term{}
	for _, t := range s.Directory().Towns() {
		towns = append(towns, place{t.ID, t.Name, t.NameEN})
	}
	for _, o := range visit.Outcomes {
		outcomes = append(outcomes, term{string(o), o.Label(lang)})
	}
	err := s.Store.View(r.Context(), func(tx handlers.Tx) error {
		all, err := s.Desk.Observers(r.Context(), tx)
		names = names[:0]
		for _, o := range all {
			if o.Label != "" && !slices.Contains(names, o.Label) {
				names = append(names, o.Label)
			}
		}
		return err
	})
	if err != nil {
		return err
	}
	s.send(w, r, http.StatusOK, map[string]any{
		"towns": towns, "observers": names, "outcomes": outcomes, "today": s.Now().In(ticket.CST).Format(time.DateOnly),
	})
	return nil
}

// oneVisit answers with a visit.
func (s *Server) oneVisit(w http.ResponseWriter, r *http.Request, me colleague) error {
	var full visitView
	err := s.Store.View(r.Context(), func(tx handlers.Tx) error {
		v, err := s.Desk.StaffVisit(r.Context(), tx, me.viewer, r.PathValue("id"))
		if err != nil {
			return err
		}
		full, err = s.viewFullVisit(r, tx, me, v)
		return err
	})
	if err != nil {
		return err
	}
	s.send(w, r, http.StatusOK, full)
	return nil
}

func (s *Server) viewFullVisit(r *http.Request, tx handlers.Tx, me colleague, v visit.Visit) (visitView, error) {
	out := s.viewVisit(v, me)
	files := func(all []ticket.File) []fileView {
		views := viewFiles(all, "")
		for i := range views {
			views[i].URL += "?visit=" + url.QueryEscape(v.ID)
		}
		return views
	}
	out.Files = files(v.Files)
	for i, o := range v.Opinions {
		out.Opinions[i].Files = files(o.Files)
	}
	for i, o := range out.Opinions {
		if o.Ticket == "" {
			continue
		}
		_, err := visible(r, tx, me, o.Ticket)
		if err != nil && ticket.CodeOf(err) != ticket.NotFound {
			return out, err
		}
		out.Opinions[i].Opens = err == nil
	}
	if v.By != v.Observer {
		p, err := tx.Person(r.Context(), v.By)
		if err != nil && ticket.CodeOf(err) != ticket.NotFound {
			return out, err
		}
		out.By = p.Label
	}
	return out, s.viewCorrections(r, tx, v.ID, &out)
}

func (s *Server) viewCorrections(r *http.Request, tx handlers.Tx, id string, out *visitView) error {
	all, err := tx.Corrections(r.Context(), id)
	if err != nil {
		return err
	}
	names := labels{r, tx, langOf(r), make(map[string]string)}
	for _, c := range all {
		view := correctionView{At: c.At.UTC(), Field: c.Field, Was: c.Was, Became: c.Became}
		if c.Field == visit.FieldTown {
			for _, town := range []*string{&view.Was, &view.Became} {
				if t, ok := s.Directory().Town(*town); ok {
					*town = t.Label(names.lang)
				}
			}
		}
		if view.By, err = names.of(c.By, ticket.RoleAgent); err != nil {
			return err
		}
		out.Corrections = append(out.Corrections, view)
	}
	return nil
}

// correctVisit puts a filed visit right. What the page leaves out stays.
func (s *Server) correctVisit(w http.ResponseWriter, r *http.Request, me colleague) error {
	var in struct {
		Companies *string `json:"companies"`
		Day       *string `json:"day"`
		Town      *string `json:"town"`
		Met       *string `json:"met"`
	}
	if err := readJSON(w, r, &in); err != nil {
		return err
	}
	for _, text := range []*string{in.Companies, in.Town, in.Met} {
		if text != nil && strings.ContainsRune(*text, 0) {
			return invalid("form")
		}
	}
	e := handlers.VisitEdit{Companies: in.Companies, Town: in.Town, Met: in.Met}
	if in.Day != nil {
		day, err := readDay(*in.Day)
		if err != nil {
			return visitError(err)
		}
		e.Day = &day
	}
	return s.changeVisit(w, r, me, http.StatusOK, func(tx handlers.Tx) (visit.Visit, error) {
		return s.Desk.CorrectVisit(r.Context(), tx, me.person.ID, r.PathValue("id"), e)
	})
}

// enterVisit files a visit that the colleague fills in, with its pictures.
func (s *Server) enterVisit(w http.ResponseWriter, r *http.Request, me colleague) error {
	var v visit.Visit
	f, err := s.readForm(w, r, func(fields map[string]string) (err error) {
		if v, err = readVisit(fields); err != nil {
			return err
		}
		return v.Check(s.Now()) // before anything is stored of it
	})
	if err != nil {
		return visitError(err)
	}
	v.Files = f.files
	return s.changeVisit(w, r, me, http.StatusCreated, func(tx handlers.Tx) (visit.Visit, error) {
		return s.Desk.EnterVisit(r.Context(), tx, me.person.ID, v)
	})
}

// readVisit reads the fields of the form. Opinions are JSON.
func readVisit(fields map[string]string) (v visit.Visit, err error) {
	for _, text := range fields {
		if !utf8.ValidString(text) || strings.ContainsRune(text, 0) {
			return v, invalid("form")
		}
	}
	if v.Companies, err = visit.Companies(fields["companies"]); err != nil {
		return v, err
	}
	if v.Day, err = readDay(fields["day"]); err != nil {
		return v, err
	}
	v.Station, v.Town = fields["station"], fields["town"]
	v.Visitor, v.Met = strings.TrimSpace(fields["visitor"]), strings.TrimSpace(fields["met"])
	if raw := fields["opinions"]; raw != "" {
		var opinions []struct {
			Text    string        `json:"text"`
			Outcome visit.Outcome `json:"outcome"`
		}
		if err := json.Unmarshal([]byte(raw), &opinions); err != nil {
			return v, &ticket.Error{Code: ticket.Invalid, Field: "form", Err: err}
		}
		for _, o := range opinions {
			if text := strings.TrimSpace(o.Text); text != "" {
				v.Opinions = append(v.Opinions, visit.Opinion{Text: text, Outcome: o.Outcome})
			}
		}
	}
	return v, nil
}

// addOpinion adds an opinion to a visit.
func (s *Server) addOpinion(w http.ResponseWriter, r *http.Request, me colleague) error {
	var in struct {
		Text    string        `json:"text"`
		Outcome visit.Outcome `json:"outcome"`
	}
	if err := readJSON(w, r, &in); err != nil {
		return err
	}
	return s.changeVisit(w, r, me, http.StatusOK, func(tx handlers.Tx) (visit.Visit, error) {
		return s.Desk.AddOpinion(r.Context(), tx, me.person.ID, r.PathValue("id"), visit.Opinion{Text: in.Text, Outcome: in.Outcome})
	})
}

// recordOutcome notes what became of an opinion.
func (s *Server) recordOutcome(w http.ResponseWriter, r *http.Request, me colleague) error {
	var in struct {
		Outcome visit.Outcome `json:"outcome"`
	}
	n, err := strconv.Atoi(r.PathValue("n"))
	if err != nil {
		return ticket.Errorf(ticket.NotFound, "not the number of an opinion")
	}
	if err := readJSON(w, r, &in); err != nil {
		return err
	}
	return s.changeVisit(w, r, me, http.StatusOK, func(tx handlers.Tx) (visit.Visit, error) {
		return s.Desk.RecordOutcome(r.Context(), tx, me.person.ID, r.PathValue("id"), n, in.Outcome)
	})
}

// removeVisit takes out a visit that was entered by mistake.
func (s *Server) removeVisit(w http.ResponseWriter, r *http.Request, me colleague) error {
	id := r.PathValue("id")
	err := s.Store.Update(r.Context(), func(tx handlers.Tx) error { return s.Desk.RemoveVisit(r.Context(), tx, me.person.ID, id) })
	if err != nil {
		return err
	}
	s.Logger.InfoContext(r.Context(), "visit removed", "person", me.person.ID, "visit", id)
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// changeVisit makes a change and answers with the visit after it.
func (s *Server) changeVisit(w http.ResponseWriter, r *http.Request, me colleague, status int, change func(handlers.Tx) (visit.Visit, error)) error {
	var out visitView
	err := s.Store.Update(r.Context(), func(tx handlers.Tx) error {
		v, err := change(tx)
		if err != nil {
			return err
		}
		out, err = s.viewFullVisit(r, tx, me, v)
		return err
	})
	if err != nil {
		return visitError(err)
	}
	s.send(w, r, status, out)
	return nil
}

// visitError tells what is missing in a visit from what is missing elsewhere: a text
// that is wrong here has words of its own.
func visitError(err error) error {
	var e *ticket.Error
	if errors.As(err, &e) && e.Code == ticket.Invalid {
		switch e.Field {
		case "companies", "company", "met", "visitor", "opinion", "opinions", "outcome", "town", "day", "future":
			return &ticket.Error{Code: ticket.Invalid, Field: "visit_" + e.Field, Err: err}
		}
	}
	return err
}

// staffVisitFile returns a file of a visit that the colleague may see.
func (s *Server) staffVisitFile(r *http.Request, hash string) (f ticket.File, err error) {
	me, err := s.colleague(r)
	if err != nil {
		return f, err
	}
	err = s.Store.View(r.Context(), func(tx handlers.Tx) error {
		v, err := s.Desk.StaffVisit(r.Context(), tx, me.viewer, r.URL.Query().Get("visit"))
		if err != nil {
			return err
		}
		var ok bool
		if f, ok = withHash(v.AllFiles(), hash); !ok {
			return ticket.Errorf(ticket.NotFound, "file not in the visit")
		}
		return nil
	})
	return f, err
}
