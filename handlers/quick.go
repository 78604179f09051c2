package handlers

import (
	"context"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"liaison/knowledge"
	"liaison/ticket"
)

// QuickReply is a text that staff answer with often. Placeholders in it, such as
// {case} or {编号}, are filled in from the case that it is used for.
type QuickReply struct {
	ID      int64
	Station string // whose it is, "" for all stations
	Title   string
	Text    string
	By      string // person who wrote it last
	At      time.Time
}

// QuickReplies is what a transaction knows of quick replies.
type QuickReplies interface {
	// QuickReplies returns those for all stations and those of the stations, nil
	// for every station, by station and title.
	QuickReplies(ctx context.Context, stations []string) ([]QuickReply, error)
	QuickReply(ctx context.Context, id int64) (QuickReply, error)
	// SaveQuickReply replaces the one with the ID, or keeps a new one when the ID is
	// 0, and returns the ID. One that is not there is NotFound.
	SaveQuickReply(ctx context.Context, q QuickReply) (int64, error)
	RemoveQuickReply(ctx context.Context, id int64) error
}

// Limits of a quick reply, in characters.
const (
	MaxQuickTitle = 30
	MaxQuickText  = 2000
)

// filling is what placeholders are filled in from.
type filling struct {
	*Desk
	c    ticket.Ticket
	v    ticket.Viewer
	who  string // label of who answers
	lang lang
}

// Placeholder is a part of a quick reply that is filled in.
type Placeholder struct {
	Name string `json:"name"` // as in {case}
	ZH   string `json:"zh"`   // as in {编号}
	// value is "" when the case does not say.
	value func(filling) string
}

// Placeholders are all that there are.
var Placeholders = []Placeholder{
	{"case", "编号", func(f filling) string { return f.c.ID }},
	{"kind", "类型", func(f filling) string { return f.c.Kind.Label(string(f.lang)) }},
	{"company", "企业", func(f filling) string { return f.c.Company }},
	{"town", "镇街", func(f filling) string {
		town, _ := f.Directory().Town(f.c.Town)
		return town.Label(string(f.lang))
	}},
	{"topic", "事项", func(f filling) string {
		topic, _ := f.Directory().Topic(f.c.Category)
		return topic.Label(string(f.lang))
	}},
	{"station", "联络站", func(f filling) string { return f.stationName(f.v.Acts(f.c), f.lang) }},
	{"deadline", "期限", func(f filling) string {
		if !f.c.Open() || f.c.State == ticket.Answered || !f.c.WaitingSince.IsZero() {
			return "" // none counts now
		}
		return f.lang.when(f.c.AnswerBy)
	}},
	{"agent", "经办人", func(f filling) string { return f.who }},
	{"today", "今天", func(f filling) string { return f.lang.day(f.Now()) }},
}

var braces = regexp.MustCompile(`\{[^{}]*\}?|\}`)

// placeholder finds the one that stands in braces.
func placeholder(mark string) (Placeholder, bool) {
	name := strings.ToLower(strings.TrimSpace(strings.Trim(mark, "{}")))
	i := slices.IndexFunc(Placeholders, func(p Placeholder) bool { return p.Name == name || p.ZH == name })
	if i < 0 || !strings.HasSuffix(mark, "}") || !strings.HasPrefix(mark, "{") {
		return Placeholder{}, false
	}
	return Placeholders[i], true
}

// fullBraces makes full-width braces plain ones.
var fullBraces = strings.NewReplacer("｛", "{", "｝", "}")

// unknownMarks lists what stands in braces in a text and is no placeholder, and
// braces without a partner.
func unknownMarks(text string) []string {
	return slices.DeleteFunc(marks(text), func(m string) bool { _, ok := placeholder(m); return ok })
}

// unfilled lists what stands in a text in the place of something else, and must
// not be sent so: placeholders, and masks of personal data.
func unfilled(text string) []string {
	known := slices.DeleteFunc(marks(text), func(m string) bool { _, ok := placeholder(m); return !ok })
	return append(known, knowledge.Masks(text)...)
}

func marks(text string) (out []string) {
	for _, m := range braces.FindAllString(fullBraces.Replace(text), -1) {
		if !slices.Contains(out, m) {
			out = append(out, m)
		}
	}
	return out
}

// fill puts values in the places of placeholders; one without a value stays, and is
// found by unfilled.
func (f filling) fill(text string) string {
	f.lang = en
	if strings.ContainsFunc(text, func(r rune) bool { return unicode.Is(unicode.Han, r) }) {
		f.lang = zh // the language of the text, not of who sends it
	}
	return braces.ReplaceAllStringFunc(fullBraces.Replace(text), func(mark string) string {
		p, ok := placeholder(mark)
		if !ok {
			return mark
		}
		if value := p.value(f); value != "" {
			return value
		}
		return mark
	})
}

// Filled is a quick reply as a case fills it in.
type Filled struct {
	QuickReply
	Missing []string // placeholders that the case has no value for; they stand in Text
}

// QuickFor returns the quick replies that there are for the case, filled in for
// the person who. A case that the viewer does not work on is NotFound.
func (d *Desk) QuickFor(ctx context.Context, tx Tx, v ticket.Viewer, who Person, c ticket.Ticket) ([]Filled, error) {
	if !works(v, c) {
		return nil, ticket.Errorf(ticket.NotFound, "case %s is not worked on by the viewer", c.ID)
	}
	list, err := tx.QuickReplies(ctx, []string{v.Acts(c)})
	if err != nil {
		return nil, err
	}
	out := make([]Filled, len(list))
	for i, q := range list {
		q.Text = filling{Desk: d, c: c, v: v, who: who.Label}.fill(q.Text)
		out[i] = Filled{q, unfilled(q.Text)}
	}
	return out, nil
}

// MayKeepQuick reports whether the viewer decides on the quick replies of the
// station, "" for those of all stations.
func MayKeepQuick(v ticket.Viewer, station string) bool {
	return v.Supervisor || slices.Contains(v.Stations, station)
}

// SaveQuick keeps a quick reply for staff member q.By. What is wrong with it is
// Invalid: "title", "text", "long", "station", or "placeholder" for one that there
// is not.
func (d *Desk) SaveQuick(ctx context.Context, tx Tx, q QuickReply) (int64, error) {
	q.Title, q.Text, q.At = strings.TrimSpace(q.Title), fullBraces.Replace(strings.TrimSpace(q.Text)), d.Now()
	invalid := func(field string) error { return &ticket.Error{Code: ticket.Invalid, Field: field} }
	if err := d.mayKeepQuick(ctx, tx, q.By, q); err != nil {
		return 0, err
	}
	_, known := d.Directory().Station(q.Station)
	switch {
	case q.Title == "" || utf8.RuneCountInString(q.Title) > MaxQuickTitle || strings.ContainsAny(q.Title, "\n"):
		return 0, invalid("title")
	case q.Text == "":
		return 0, invalid("text")
	case utf8.RuneCountInString(q.Text) > MaxQuickText:
		return 0, invalid("quick_long")
	case q.Station != "" && !known:
		return 0, invalid("station")
	case len(unknownMarks(q.Text)) > 0:
		return 0, invalid("placeholder")
	}
	return tx.SaveQuickReply(ctx, q)
}

// RemoveQuick takes a quick reply away for the staff member.
func (d *Desk) RemoveQuick(ctx context.Context, tx Tx, by string, id int64) error {
	q, err := tx.QuickReply(ctx, id)
	if err != nil {
		return err
	}
	if err := d.mayKeepQuick(ctx, tx, by, q); err != nil {
		return err
	}
	return tx.RemoveQuickReply(ctx, id)
}

// mayKeepQuick refuses who may not decide on the quick reply, as it is to be and as
// it was. One that others do not see is NotFound to them.
func (d *Desk) mayKeepQuick(ctx context.Context, tx Tx, by string, q QuickReply) error {
	v, err := d.Viewer(ctx, tx, by)
	if err != nil {
		return err
	}
	if q.ID != 0 {
		before, err := tx.QuickReply(ctx, q.ID)
		if err != nil {
			return err
		}
		if !MayKeepQuick(v, before.Station) && before.Station != "" {
			return ticket.Errorf(ticket.NotFound, "quick reply of another station")
		}
		if !MayKeepQuick(v, before.Station) {
			return ticket.Errorf(ticket.Forbidden, "what is for all stations is for supervisors")
		}
	}
	if !MayKeepQuick(v, q.Station) {
		return ticket.Errorf(ticket.Forbidden, "quick replies are kept by their station")
	}
	return nil
}
