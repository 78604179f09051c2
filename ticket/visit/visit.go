// Package visit is a visit to companies: by an observer of the business
// environment or by staff, with the opinions that were collected on it. It says
// what a visit must have, when two records are of one visit, what became of an
// opinion, and reckons the figures that the city reports. It knows no chat, no page
// and no database.
package visit

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"liaison/ticket"
)

// Visit is one visit. Of a draft any field may be missing.
type Visit struct {
	ID    string
	State State
	// Observer is the person id of the observer who made it, "" when it was made by
	// somebody else. Visitor is what people read: the observer's label, or a name.
	Observer  string
	Visitor   string
	By        string        // person id of who wrote it down
	Station   string        // station id that looks after it, "" for a draft
	Companies []string      // one visit may lead to several
	Day       time.Time     // the day's first moment in the city's time
	Town      string        // town id, "" when unknown
	Met       string        // who was met there, optional
	Opinions  []Opinion     // in the order in which they were collected
	Files     []ticket.File // of the visit as a whole
	CreatedAt time.Time
	FiledAt   time.Time // zero for a draft
}

// State says how far a visit has come.
type State string

// The states.
const (
	Draft   State = "draft"   // being written in a chat; only its observer sees it
	Filed   State = "filed"   // counts
	Removed State = "removed" // entered by mistake and taken out again; counts nowhere
)

// Opinion is what a company said that something should be done about.
type Opinion struct {
	N    int // 1, 2, 3 … within the visit, given by the store; it does not change
	Text string
	// Files belong to this opinion and go to the case that is made of it; those of the
	// visit do not.
	Files []ticket.File
	// Ticket is the number of the case that was made of it, "" when none was.
	Ticket string
	// Outcome is what became of it. The store derives it from the case when there
	// is one, see OfCase; else it is what staff have recorded.
	Outcome Outcome
}

// Outcome is what became of an opinion.
type Outcome string

// The outcomes, with the name shown in Chinese. Each opinion has exactly one, so
// that they add up to the opinions collected.
const (
	Open      Outcome = ""          // 未处理: nothing was done about it yet, or its case ended without solving it
	Solved    Outcome = "solved"    // 已解决: settled, on the spot or by its case
	InStudy   Outcome = "study"     // 研究中: somebody works on it
	Explained Outcome = "explained" // 已解释: it cannot be done, and the company was told why
)

// Outcomes lists every outcome in the order of the figures.
var Outcomes = []Outcome{Solved, InStudy, Explained, Open}

// Valid reports whether o is one of Outcomes.
func (o Outcome) Valid() bool { return slices.Contains(Outcomes, o) }

// OfCase says what became of an opinion by where its case stands: in study while
// anything may still be done, and while the answer waits for the observer's word;
// solved when it was closed after an answer and its requester has not said that this
// did not solve it; explained when it was rejected, which is always with a reason;
// open when it was withdrawn, or closed against the requester's word. A merged case
// says nothing by itself: ask about the one it goes on in.
func OfCase(c ticket.Ticket) Outcome {
	switch {
	case c.Open():
		return InStudy
	case c.State == ticket.Rejected:
		return Explained
	case !c.AnsweredAt.IsZero() && (!c.Rating.Given || c.Rating.Solved):
		return Solved
	default:
		return Open
	}
}

// Limits on a visit. Lengths are in characters.
const (
	MaxCompanies = 20
	MaxMet       = 200
	MaxOpinions  = 20
	MaxOpinion   = 2000
	MaxVisitor   = 60   // longer than any label
	oldestYear   = 2000 // an earlier day is a slip of the pen
)

// Companies reads the names of companies from a text: one, or several on lines of
// their own or set apart by 、 or ；. It is Invalid "companies" when there is none
// or there are too many, and "company" when a name is too long.
func Companies(text string) ([]string, error) {
	var names []string
	for name := range strings.FieldsFuncSeq(text, func(r rune) bool { return strings.ContainsRune("、；;\n", r) }) {
		name = strings.Join(strings.Fields(name), " ")
		if name != "" && !slices.ContainsFunc(names, func(n string) bool { return fold(n) == fold(name) }) {
			names = append(names, name)
		}
	}
	return names, checkCompanies(names)
}

func checkCompanies(names []string) error {
	if len(names) == 0 || len(names) > MaxCompanies {
		return invalid("companies")
	}
	for _, name := range names {
		if fold(name) == "" {
			return invalid("companies")
		}
		if utf8.RuneCountInString(name) > ticket.MaxCompany {
			return invalid("company")
		}
	}
	return nil
}

// CheckMet is Invalid "met" for a text that is too long.
func CheckMet(text string) error {
	if utf8.RuneCountInString(text) > MaxMet {
		return invalid("met")
	}
	return nil
}

// CheckOpinion is Invalid "opinion" for a text that is empty or too long.
func CheckOpinion(text string) error {
	if strings.TrimSpace(text) == "" || utf8.RuneCountInString(text) > MaxOpinion {
		return invalid("opinion")
	}
	return nil
}

// CheckDay is Invalid "future" for a day that has not begun at now, and "day" for
// one that is missing or longer ago than anybody reports.
func CheckDay(day, now time.Time) error {
	switch {
	case day.After(now):
		return invalid("future")
	case day.In(ticket.CST).Year() < oldestYear:
		return invalid("day")
	default:
		return nil
	}
}

// Check returns what keeps the visit from being filed at now, the first thing in
// the order in which people fill it in: see Companies, CheckDay, CheckMet and
// CheckOpinion, and Invalid "visitor", "opinions" and "outcome". Station and town
// are for the caller, who knows which there are.
func (v Visit) Check(now time.Time) error {
	if err := checkCompanies(v.Companies); err != nil {
		return err
	}
	if err := CheckDay(v.Day, now); err != nil {
		return err
	}
	if utf8.RuneCountInString(v.Visitor) > MaxVisitor {
		return invalid("visitor")
	}
	if err := CheckMet(v.Met); err != nil {
		return err
	}
	if len(v.Opinions) > MaxOpinions {
		return invalid("opinions")
	}
	for _, o := range v.Opinions {
		if err := CheckOpinion(o.Text); err != nil {
			return err
		}
		if !o.Outcome.Valid() {
			return invalid("outcome")
		}
	}
	return nil
}

// Key is the same for two records of one visit: the same station, day, visitor and
// companies, in whatever order, width and case they are written. No two visits that
// are filed have the same one, which is how a file that is imported again, or a
// visit that is entered twice, is recognised.
func (v Visit) Key() string {
	names := make([]string, len(v.Companies))
	for i, name := range v.Companies {
		names[i] = fold(name)
	}
	slices.Sort(names)
	parts := append([]string{v.Station, strconv.FormatInt(v.Day.Unix(), 10), v.who()}, names...)
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return hex.EncodeToString(sum[:])
}

// who tells visitors apart: observers by their person, others by their name.
func (v Visit) who() string {
	if v.Observer != "" {
		return v.Observer
	}
	return "name " + fold(v.Visitor)
}

// VisibleTo reports whether somebody may see the visit: the observer who made it,
// the agents of its station, and supervisors. A draft is the observer's alone.
func (v Visit) VisibleTo(w ticket.Viewer) bool {
	own := v.Observer != "" && v.Observer == w.Person
	if v.State != Filed {
		return own && v.State == Draft
	}
	return own || w.Supervisor || slices.Contains(w.Stations, v.Station)
}

// Opinion returns the opinion with the number, nil when there is none.
func (v *Visit) Opinion(n int) *Opinion {
	for i := range v.Opinions {
		if v.Opinions[i].N == n {
			return &v.Opinions[i]
		}
	}
	return nil
}

// AllFiles returns the files of the visit and of its opinions.
func (v Visit) AllFiles() []ticket.File {
	all := slices.Clone(v.Files)
	for _, o := range v.Opinions {
		all = append(all, o.Files...)
	}
	return all
}

// Filter selects visits. Zero fields do not restrict, but State defaults to Filed.
type Filter struct {
	State    State
	Observer string
	Visitor  string   // by name
	Stations []string // nil: all stations; empty but not nil: none
	Town     string
	From, To time.Time // the first moment of the first day, and of the day after the last
	Text     string    // in a company, an opinion or who was met, ignoring case
	Limit    int       // Defaults to 50; at most 500
	Offset   int
}

// fold makes spellings of one name alike: without white space, in one case and
// width.
func fold(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '！' && r <= '～' { // full width forms of ASCII
			r -= '！' - '!'
		}
		if unicode.IsSpace(r) {
			return -1
		}
		return unicode.ToLower(r)
	}, s)
}

func invalid(field string) error { return &ticket.Error{Code: ticket.Invalid, Field: field} }
