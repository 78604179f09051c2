package web

import (
	"cmp"
	"encoding/csv"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"liaison/handlers"
	"liaison/ticket"
)

// handleFunds adds the routes of the report on financing requests. A colleague's
// figures are of the cases that he or she sees.
func (s *Server) handleFunds(handle func(string, handler)) {
	handle("GET /api/staff/financing", s.staff(s.fundsReport))
	handle("GET /api/staff/financing.csv", s.staff(s.fundsSheet))
}

// fundsView is what a financing request asks for and what came of it, in words.
type fundsView struct {
	Facts    []handlers.Fact `json:"facts,omitempty"`
	Products []string        `json:"products,omitempty"` // which clauses fit, and why
	Result   string          `json:"result,omitempty"`   // "" while none is recorded
}

func (s *Server) viewFunds(t ticket.Ticket, lang string) *fundsView {
	if t.Kind != ticket.Financing {
		return nil
	}
	v := &fundsView{Result: s.Desk.OutcomeText(lang, t.Outcome)}
	if t.Funds != nil {
		v.Facts = handlers.FundsFacts(lang, *t.Funds)
		for _, p := range t.Funds.Products {
			v.Products = append(v.Products, handlers.ProductLine(lang, p))
		}
	}
	return v
}

// readOutcome reads what a colleague records of a financing request. A figure that
// cannot be read is Invalid with the name of its field.
func readOutcome(fields map[string]string) (*ticket.Outcome, error) {
	o := &ticket.Outcome{Result: ticket.Result(fields["result"])}
	if o.Result != ticket.Granted {
		return o, nil
	}
	var err error
	o.Lender = fields["lender"]
	if o.Amount, err = handlers.ReadAmount(fields["amount"]); err != nil {
		return nil, err
	}
	if o.Rate, err = handlers.ReadRate(fields["rate"]); err != nil {
		return nil, err
	}
	o.Months, err = handlers.ReadMonths(fields["months"])
	return o, err
}

// grouping is what financing requests are added up by.
type grouping struct {
	id string
	by func(ticket.Ticket) []string
}

// groupings are what the report adds up by, in the order of the page.
var groupings = []grouping{
	{"month", ticket.ByMonth}, {"town", ticket.ByTown}, {"station", ticket.ByStation}, {"product", ticket.ByProduct},
}

// tallyView is a line of the report. Amounts are in yuan.
type tallyView struct {
	Name         string  `json:"name"`
	Count        int     `json:"count"`
	Granted      int     `json:"granted"`
	Refused      int     `json:"refused"`
	NoResult     int     `json:"none"`
	Going        int     `json:"going"`
	Asked        int64   `json:"asked"`
	AskedRefused int64   `json:"asked_refused"`
	Lent         int64   `json:"lent"`
	Rate         string  `json:"rate,omitempty"` // average by amount, such as 3.85%
	Recorded     int     `json:"recorded"`       // how many have a recorded result
	Days         float64 `json:"days"`           // of these, average from submission to record
}

func viewTally(y ticket.Tally, name string) tallyView {
	v := tallyView{
		Name: name, Count: y.Count, Granted: y.Granted, Refused: y.Refused, NoResult: y.NoResult, Going: y.Going,
		Asked: y.Asked, AskedRefused: y.AskedRefused, Lent: y.Lent, Recorded: y.Recorded, Days: float64(y.Wait().Round(time.Hour*24/10)) / float64(24*time.Hour),
	}
	if y.Rate() > 0 {
		v.Rate = handlers.Percent(y.Rate())
	}
	return v
}

// period is a number of days in the city's time, both ends among them.
type period struct{ from, to time.Time }

// readPeriod reads from and to; by default it is this year until today.
func (s *Server) readPeriod(r *http.Request) (p period, err error) {
	now := s.Now().In(ticket.CST)
	p.to = time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, ticket.CST)
	p.from = time.Date(now.Year(), 1, 1, 0, 0, 0, 0, ticket.CST)
	for name, at := range map[string]*time.Time{"from": &p.from, "to": &p.to} {
		if text := r.URL.Query().Get(name); text != "" {
			if *at, err = time.ParseInLocation(time.DateOnly, text, ticket.CST); err != nil {
				return p, invalid("period")
			}
		}
	}
	if p.to.Before(p.from) {
		return p, invalid("period")
	}
	return p, nil
}

// fundsOf returns the financing requests of the period that the colleague sees, the
// newest first.
func (s *Server) fundsOf(r *http.Request, me colleague, p period) (cases []ticket.Ticket, err error) {
	const page = 500
	f := ticket.Filter{Kinds: []ticket.Kind{ticket.Financing}, From: p.from, Before: p.to.AddDate(0, 0, 1), Limit: page}
	if !me.viewer.Supervisor {
		f.Stations = append([]string{}, me.viewer.Stations...) // never nil, which would mean all
	}
	err = s.Store.View(r.Context(), func(tx handlers.Tx) error {
		cases, f.Offset = nil, 0
		seen := make(map[string]bool) // a case that comes meanwhile moves the pages on
		for {
			list, err := tx.Tickets(r.Context(), f)
			if err != nil {
				return err
			}
			for _, t := range list {
				if !seen[t.ID] {
					seen[t.ID] = true
					cases = append(cases, t)
				}
			}
			if f.Offset += page; len(list) < page {
				return nil
			}
		}
	})
	return cases, err
}

// tallies adds the cases up by a grouping: months in their order, the rest by how
// many there are.
func (s *Server) tallies(cases []ticket.Ticket, g grouping, lang string) []tallyView {
	titles := make(map[string]string) // of products: as the newest case has it
	for _, t := range cases {
		if t.Funds == nil {
			continue
		}
		for _, p := range t.Funds.Products {
			if titles[p.Unit] == "" {
				titles[p.Unit] = p.Title
			}
		}
	}
	name := func(key string) string {
		switch g.id {
		case "town":
			if town, ok := s.Directory().Town(key); ok {
				return town.Label(lang)
			}
		case "station":
			if st, ok := s.Directory().Station(key); ok {
				return st.Label(lang)
			}
		case "product":
			return cmp.Or(titles[key], key, word(lang, "no_product"))
		}
		return cmp.Or(key, word(lang, "not_said"))
	}
	views := []tallyView{}
	for _, y := range ticket.TallyBy(cases, g.by) {
		views = append(views, viewTally(y, name(y.Key)))
	}
	if g.id != "month" {
		slices.SortStableFunc(views, func(a, b tallyView) int { return b.Count - a.Count })
	}
	return views
}

// fundsReport answers with the figures of a period: in all, and by each grouping.
func (s *Server) fundsReport(w http.ResponseWriter, r *http.Request, me colleague) error {
	p, err := s.readPeriod(r)
	if err != nil {
		return err
	}
	cases, err := s.fundsOf(r, me, p)
	if err != nil {
		return err
	}
	lang := langOf(r)
	groups := make(map[string][]tallyView)
	for _, g := range groupings {
		groups[g.id] = s.tallies(cases, g, lang)
	}
	total := tallyView{}
	if all := ticket.TallyBy(cases, ticket.ByAll); len(all) > 0 {
		total = viewTally(all[0], "")
	}
	s.send(w, r, http.StatusOK, map[string]any{
		"from": p.from.Format(time.DateOnly), "to": p.to.Format(time.DateOnly), "total": total, "groups": groups,
	})
	return nil
}

// fundsSheet answers with the figures by one grouping as CSV, for a spreadsheet.
func (s *Server) fundsSheet(w http.ResponseWriter, r *http.Request, me colleague) error {
	p, err := s.readPeriod(r)
	if err != nil {
		return err
	}
	at := slices.IndexFunc(groupings, func(g grouping) bool { return g.id == r.URL.Query().Get("by") })
	if at < 0 {
		return invalid("by")
	}
	cases, err := s.fundsOf(r, me, p)
	if err != nil {
		return err
	}
	lang := langOf(r)
	if asked := r.URL.Query().Get("lang"); asked == "zh" || asked == "en" {
		lang = asked // a link cannot say it otherwise
	}
	g := groupings[at]
	var b strings.Builder
	b.WriteString("\uFEFF") // without it spreadsheets take the text for another encoding
	sheet := csv.NewWriter(&b)
	rows := [][]string{strings.Split(word(lang, "sheet_"+g.id)+","+word(lang, "sheet_columns"), ",")}
	for _, v := range s.tallies(cases, g, lang) {
		n, yuan := strconv.Itoa, func(n int64) string { return strconv.FormatInt(n, 10) }
		days := ""
		if v.Recorded > 0 {
			days = fmt.Sprintf("%.1f", v.Days)
		}
		rows = append(rows, []string{
			harmless(v.Name), n(v.Count), n(v.Granted), n(v.Refused), n(v.NoResult), n(v.Going),
			yuan(v.Asked), yuan(v.AskedRefused), yuan(v.Lent), v.Rate, days,
		})
	}
	if err := sheet.WriteAll(rows); err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", "text/csv; charset=utf-8")
	h.Set("Content-Disposition", fmt.Sprintf(`attachment; filename="financing-%s-%s-%s.csv"`, g.id, p.from.Format("20060102"), p.to.Format("20060102")))
	h.Set("Cache-Control", "no-store")
	w.WriteHeader(http.StatusOK)
	s.write(w, r, []byte(b.String()))
	return nil
}

// harmless keeps a spreadsheet from taking a text for a formula.
func harmless(text string) string {
	if strings.ContainsAny(text[:min(len(text), 1)], "=+-@\t\r") {
		return "'" + text
	}
	return text
}
