package web

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"liaison/handlers"
	"liaison/ticket"
	"liaison/ticket/route"
)

// pageSize is how many cases a list shows at a time.
const pageSize = 50

// caseView is a case in the console's list. Who the requester is stays out.
type caseView struct {
	ID        string       `json:"id"`
	Kind      ticket.Kind  `json:"kind"`
	State     ticket.State `json:"state"`
	Urgent    bool         `json:"urgent,omitempty"`
	Text      string       `json:"text"`
	Company   string       `json:"company,omitempty"`
	Town      *place       `json:"town,omitempty"`
	Station   *place       `json:"station,omitempty"`
	Keeper    *place       `json:"keeper,omitempty"`   // answers for it until Station has accepted it
	Assignee  string       `json:"assignee,omitempty"` // label
	Mine      bool         `json:"mine,omitempty"`
	Created   time.Time    `json:"created"`
	Updated   time.Time    `json:"updated"`
	Due       time.Time    `json:"due,omitzero"` // the deadline that counts now
	Overdue   bool         `json:"overdue,omitempty"`
	Escalated bool         `json:"escalated,omitempty"`
	Version   int64        `json:"version"`
}

// fullCaseView is a case opened in the console.
type fullCaseView struct {
	caseView
	Contact  string    `json:"contact,omitempty"` // only with the requester's consent
	AcceptBy time.Time `json:"accept_by"`
	AnswerBy time.Time `json:"answer_by"`
	Waiting  time.Time `json:"waiting_since,omitzero"`
	Merged   string    `json:"merged_into,omitempty"`
	Similar  []caseRef `json:"similar,omitempty"` // open cases that look like the same matter
	Helpers  []place   `json:"helpers,omitempty"`
	// Colleagues are those to whom the case can be handed, while it can.
	Colleagues []personView `json:"colleagues,omitempty"`
	Asked      time.Time    `json:"extend_until,omitzero"` // the extension that waits for a supervisor's word
	Reasons    []string     `json:"reasons,omitempty"`
	// Suggested are the stations that routing holds likely, the likeliest first, while
	// the case can be transferred.
	Suggested []*place     `json:"suggested,omitempty"`
	Unheard   *unheardView `json:"unheard,omitempty"` // the requester has not got the latest
	Funds     *fundsView   `json:"funds,omitempty"`   // of a financing request
	Rating    *ratingView  `json:"rating,omitempty"`
	Events    []eventView  `json:"events"`
	Actions   []actionView `json:"actions"`
	Replying  []string     `json:"replying,omitempty"` // colleagues who are writing to the requester
	AlsoTo    []string     `json:"also_to,omitempty"`  // merged cases whose requesters read the same words
}

// caseRef names another case.
type caseRef struct {
	ID   string `json:"id"`
	Text string `json:"text"`
}

type unheardView struct {
	Why   string    `json:"why"`
	Since time.Time `json:"since"`
}

type ratingView struct {
	Solved  bool   `json:"solved"`
	Score   int    `json:"score,omitempty"`
	Comment string `json:"comment,omitempty"`
}

type eventView struct {
	Seq     int           `json:"seq"`
	At      time.Time     `json:"at"`
	Actor   string        `json:"actor"`
	Role    ticket.Role   `json:"role"`
	Action  ticket.Action `json:"action"`
	From    ticket.State  `json:"from,omitempty"`
	To      ticket.State  `json:"to"`
	Text    string        `json:"text,omitempty"`
	Result  string        `json:"result,omitempty"` // what was recorded of a financing request
	Station *place        `json:"station,omitempty"`
	About   string        `json:"about,omitempty"` // what else it is about, in words
	Until   time.Time     `json:"until,omitzero"`  // the deadline that it is about
	Files   []fileView    `json:"files,omitempty"`
}

type actionView struct {
	Action ticket.Action `json:"action"`
	Needs  []ticket.Need `json:"needs,omitempty"`
}

// tickets answers with the cases that match, newest first, only those that the
// colleague sees.
func (s *Server) tickets(w http.ResponseWriter, r *http.Request, me colleague) error {
	f, err := s.filter(r, me)
	if err != nil {
		return err
	}
	f.Limit = pageSize + 1
	views := []caseView{}
	more := false
	err = s.Store.View(r.Context(), func(tx handlers.Tx) error {
		list, err := tx.Tickets(r.Context(), f)
		if err != nil {
			return err
		}
		if more = len(list) > pageSize; more {
			list = list[:pageSize]
		}
		views = views[:0]
		labels := labels{r, tx, langOf(r), make(map[string]string)}
		for _, t := range list {
			v, err := s.viewCase(t, me, labels)
			if err != nil {
				return err
			}
			v.Text = excerpt(v.Text)
			views = append(views, v)
		}
		return nil
	})
	if err != nil {
		return err
	}
	s.send(w, r, http.StatusOK, map[string]any{"tickets": views, "more": more})
	return nil
}

func (s *Server) filter(r *http.Request, me colleague) (ticket.Filter, error) {
	q := r.URL.Query()
	f := ticket.Filter{NotOf: me.person.ID, OpenOnly: q.Get("open") == "1", Text: strings.TrimSpace(q.Get("q"))}
	if id, ok := ticket.ParseNumber(f.Text); ok {
		f.Text = id // however it was written
	}
	if utf8.RuneCountInString(f.Text) > 100 || !utf8.ValidString(f.Text) {
		return f, invalid("q")
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
	for _, state := range q["state"] {
		if state == "" {
			continue
		}
		if !slices.Contains(ticket.States, ticket.State(state)) {
			return f, invalid("state")
		}
		f.States = append(f.States, ticket.State(state))
	}
	for _, kind := range q["kind"] {
		if kind == "" {
			continue
		}
		if !ticket.Kind(kind).Valid() {
			return f, invalid("kind")
		}
		f.Kinds = append(f.Kinds, ticket.Kind(kind))
	}
	if q.Get("overdue") == "1" {
		f.Overdue = s.Now()
	}
	if raw := q.Get("offset"); raw != "" {
		n, err := strconv.Atoi(raw)
		if err != nil || n < 0 || n > 1_000_000 {
			return f, invalid("offset")
		}
		f.Offset = n
	}
	return f, nil
}

// excerpt shortens a text to what a line of a list can show.
func excerpt(text string) string {
	const most = 120
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most-1]) + "…"
	}
	return text
}

// labels finds how people are called in the console.
type labels struct {
	r     *http.Request
	tx    handlers.Tx
	lang  string
	known map[string]string
}

// of returns a staff member's label, or what the role is called for those whose
// name is not for the console.
func (l labels) of(person string, role ticket.Role) (string, error) {
	if person == "" || role != ticket.RoleAgent && role != ticket.RoleSupervisor && role != ticket.RoleHelper {
		return role.Label(l.lang), nil
	}
	label, ok := l.known[person]
	if !ok {
		p, err := l.tx.Person(l.r.Context(), person)
		if err != nil && ticket.CodeOf(err) != ticket.NotFound {
			return "", err
		}
		label = p.Label
		l.known[person] = label
	}
	if label == "" {
		return role.Label(l.lang), nil
	}
	return label, nil
}

func (s *Server) viewCase(t ticket.Ticket, me colleague, names labels) (caseView, error) {
	v := caseView{
		ID: t.ID, Kind: t.Kind, State: t.State, Urgent: t.Urgent, Text: t.Text, Company: t.Company,
		Mine: t.Assignee != "" && t.Assignee == me.person.ID, Created: t.CreatedAt.UTC(), Updated: t.UpdatedAt.UTC(),
		Due: t.Due(), Overdue: t.Overdue(s.Now()), Escalated: t.Escalated, Version: t.Version,
	}
	if town, ok := s.Directory().Town(t.Town); ok {
		v.Town = &place{town.ID, town.Name, town.NameEN}
	}
	v.Station, v.Keeper = s.stationOrNil(t.Station), s.stationOrNil(t.Keeper())
	if t.Assignee != "" {
		var err error
		if v.Assignee, err = names.of(t.Assignee, ticket.RoleAgent); err != nil {
			return v, err
		}
	}
	return v, nil
}

// about says what else an event is about.
func (s *Server) about(e ticket.Event, names labels) (string, error) {
	lang := names.lang
	if e.Action == ticket.Hand {
		if e.Object == "" {
			return word(lang, "nobody"), nil
		}
		return names.of(e.Object, ticket.RoleAgent)
	}
	if e.Action == ticket.Erase {
		return "", nil // a hash is not for people
	}
	if st, ok := s.Directory().Station(e.Object); ok {
		return st.Label(lang), nil
	}
	return e.Object, nil
}

func (s *Server) stationOrNil(id string) *place {
	if id == "" {
		return nil
	}
	st := s.station(id)
	return &st
}

// oneTicket answers with a case and its history.
func (s *Server) oneTicket(w http.ResponseWriter, r *http.Request, me colleague) error {
	var v fullCaseView
	err := s.Store.View(r.Context(), func(tx handlers.Tx) error {
		t, err := visible(r, tx, me, r.PathValue("id"))
		if err != nil {
			return err
		}
		v, err = s.viewFullCase(r, tx, me, t)
		return err
	})
	if err != nil {
		return err
	}
	s.send(w, r, http.StatusOK, v)
	return nil
}

// visible returns the case; one that the colleague may not see is NotFound.
func visible(r *http.Request, tx handlers.Tx, me colleague, id string) (ticket.Ticket, error) {
	t, err := tx.Ticket(r.Context(), id)
	if err != nil {
		return t, err
	}
	if me.sees(t) == "" {
		return ticket.Ticket{}, ticket.Errorf(ticket.NotFound, "case of others")
	}
	return t, nil
}

func (s *Server) viewFullCase(r *http.Request, tx handlers.Tx, me colleague, t ticket.Ticket) (fullCaseView, error) {
	names := labels{r, tx, langOf(r), make(map[string]string)}
	short, err := s.viewCase(t, me, names)
	if err != nil {
		return fullCaseView{}, err
	}
	v := fullCaseView{
		caseView: short, AcceptBy: t.AcceptBy, AnswerBy: t.AnswerBy, Waiting: t.WaitingSince,
		Actions: possible(t, me.sees(t)),
	}
	if slices.ContainsFunc(v.Actions, func(a actionView) bool { return a.Action == ticket.Hand }) {
		if v.Colleagues, err = s.colleaguesFor(r.Context(), tx, t); err != nil {
			return v, err
		}
	}
	v.Merged = t.MergedInto
	v.Funds = s.viewFunds(t, names.lang)
	if t.Open() {
		near, err := s.Desk.AlikeAt(r.Context(), tx, me.viewer, t)
		if err != nil {
			return v, err
		}
		for _, c := range near {
			v.Similar = append(v.Similar, caseRef{c.ID, excerpt(c.Text)})
		}
	}
	if t.Consent && me.sees(t) != ticket.RoleHelper { // it was given to the station in the lead
		v.Contact = t.Contact
	}
	if t.Extension.State == ticket.ExtensionAsked {
		v.Asked = t.Extension.Until
	}
	for _, id := range t.Helpers {
		v.Helpers = append(v.Helpers, s.station(id))
	}
	for _, reason := range t.Route {
		v.Reasons = append(v.Reasons, route.ReasonText(reason, s.Directory(), names.lang))
	}
	if slices.ContainsFunc(v.Actions, func(a actionView) bool { return a.Action == ticket.Transfer }) {
		for _, station := range s.Directory().Suggested(t.Route) {
			if station.ID != t.Station {
				v.Suggested = append(v.Suggested, s.stationOrNil(station.ID))
			}
		}
	}
	if t.Rating.Given {
		v.Rating = &ratingView{t.Rating.Solved, t.Rating.Score, t.Rating.Comment}
	}
	missed, ok, err := tx.UnheardOf(r.Context(), t.ID)
	if err != nil {
		return v, err
	}
	if ok {
		v.Unheard = &unheardView{missed.Why.Label(names.lang), missed.Since.UTC()}
	}
	history, err := tx.Events(r.Context(), t.ID)
	if err != nil {
		return v, err
	}
	if me.sees(t) != "" {
		if v.Replying, err = s.Desk.WhoReplies(r.Context(), tx, t.ID, me.person.ID, names.lang); err != nil {
			return v, err
		}
	}
	if v.AlsoTo, err = s.Desk.AlsoTo(r.Context(), tx, t); err != nil {
		return v, err
	}
	for _, e := range history {
		if int64(e.Seq) > t.Version {
			break // later than the case is looked at
		}
		actor, err := names.of(e.Actor, e.Role)
		if err != nil {
			return v, err
		}
		about, err := s.about(e, names)
		if err != nil {
			return v, err
		}
		v.Events = append(v.Events, eventView{
			Seq: e.Seq, At: e.At.UTC(), Actor: actor, Role: e.Role, Action: e.Action, From: e.From, To: e.To,
			Text: e.Text, Result: s.Desk.OutcomeText(names.lang, e.Outcome), Station: s.stationOrNil(e.Station), About: about, Until: e.Until, Files: viewFiles(e.Files, t.ID),
		})
	}
	return v, nil
}

// possible returns what the role may do now, with what each step needs.
func possible(t ticket.Ticket, role ticket.Role) []actionView {
	views := []actionView{}
	for _, a := range t.Offered(role) {
		tr, _ := ticket.Lookup(a)
		views = append(views, actionView{a, tr.Needs})
	}
	return views
}
