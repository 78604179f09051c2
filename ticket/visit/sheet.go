package visit

import (
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"liaison/ticket"
)

// Column is a column of a sheet of visits.
type Column string

// The columns. A row is one opinion, or a visit without any.
const (
	ColDay     Column = "day"
	ColCompany Column = "company"
	ColStation Column = "station"
	ColTown    Column = "town"
	ColVisitor Column = "visitor"
	ColMet     Column = "met"
	ColOpinion Column = "opinion"
	ColOutcome Column = "outcome"
)

// Columns lists every column in the order of the template.
var Columns = []Column{ColDay, ColCompany, ColStation, ColTown, ColVisitor, ColMet, ColOpinion, ColOutcome}

// Required are the columns that a sheet must have.
var Required = []Column{ColDay, ColCompany}

// headers are the names by which a column is recognised, without white space, in
// small letters, and without what stands in brackets; the first two are those of the
// template, Chinese and English.
var headers = map[Column][]string{
	ColDay:     {"走访日期", "date", "日期", "走访时间", "时间", "visitdate", "day", "dateofvisit"},
	ColCompany: {"走访企业", "company", "企业", "企业名称", "单位", "单位名称", "companies", "enterprise", "companyname"},
	ColStation: {"联络站", "station", "站点", "承办单位", "填报单位", "liaisonstation"},
	ColTown:    {"镇街", "town", "镇(街道)", "镇街道", "镇、街道", "乡镇", "所属镇街", "所在镇街", "subdistrict"},
	ColVisitor: {"走访人", "visitor", "观察员", "走访人员", "observer", "visitedby"},
	ColMet:     {"走访对象", "met", "接待人", "接待人员", "会见人员", "企业参加人员", "metwith", "whowasmet"},
	ColOpinion: {"意见建议", "opinion", "意见", "问题", "意见和建议", "反映问题", "收集意见", "opinions", "suggestion", "feedback"},
	ColOutcome: {"办理情况", "outcome", "处理情况", "办理结果", "状态", "status", "result"},
}

// Header returns the name of the column in the template.
func (c Column) Header(lang string) string {
	if lang == "en" {
		name := headers[c][1]
		return strings.ToUpper(name[:1]) + name[1:]
	}
	return headers[c][0]
}

// outcomeNames are how an outcome is written in a sheet; the first two are those of
// the template and of the console.
var outcomeNames = map[Outcome][]string{
	Solved:    {"已解决", "solved", "解决", "已办结", "办结", "当场解决", "现场解决", "done"},
	InStudy:   {"研究中", "in study", "正在研究", "办理中", "正在办理", "study", "in progress"},
	Explained: {"已解释", "explained", "解释", "已答复", "已作解释", "解释说明"},
	Open:      {"未处理", "open", "待办理", "未办理", "无"},
}

// Label returns the outcome's name in a language.
func (o Outcome) Label(lang string) string {
	if lang == "en" {
		name := outcomeNames[o][1]
		return strings.ToUpper(name[:1]) + name[1:]
	}
	return outcomeNames[o][0]
}

func parseOutcome(text string) (Outcome, bool) {
	for o, names := range outcomeNames {
		if slices.ContainsFunc(names, func(n string) bool { return fold(n) == fold(text) }) {
			return o, true
		}
	}
	return Open, fold(text) == ""
}

// Fault is one thing in a sheet that keeps it from being imported.
type Fault struct {
	Row    int    `json:"row"` // as the spreadsheet program numbers it; 0 for the whole sheet
	Column Column `json:"column"`
	Code   string `json:"code"` // what is wrong; the edges say it in words
	Value  string `json:"value,omitempty"`
}

// The codes of a Fault.
const (
	NoHeader      = "no_header"      // no row names the required columns
	NoRows        = "no_rows"        // nothing stands below the header
	TooManyRows   = "too_many_rows"  // more than MaxRows
	TwiceHeader   = "twice_header"   // two columns are the same
	NoDay         = "no_day"         //
	BadDay        = "bad_day"        //
	FutureDay     = "future_day"     //
	NoCompany     = "no_company"     //
	BadCompany    = "bad_company"    // too long, or too many in one cell
	NoStation     = "no_station"     // it must be said, the person has several
	BadStation    = "bad_station"    // there is no such station
	OthersStation = "others_station" // it is not one of the person's
	BadTown       = "bad_town"       //
	LongVisitor   = "long_visitor"   //
	LongMet       = "long_met"       //
	LongOpinion   = "long_opinion"   //
	ManyOpinions  = "many_opinions"  // more than MaxOpinions of one visit
	BadOutcome    = "bad_outcome"    //
	OutcomeAlone  = "outcome_alone"  // an outcome without an opinion
	NothingAbove  = "nothing_above"  // an opinion without a visit, in the first row
	Contradicts   = "contradicts"    // another town or person met than in an earlier row of the same visit
)

// MaxRows is how many rows below the header a sheet may have.
const MaxRows = 5000

// Places are what a sheet's names are looked up in.
type Places interface {
	// Station returns the id of the station that somebody means by its name, and
	// whether there is exactly one.
	Station(typed string) (id string, ok bool)
	// Town does the same for a town.
	Town(typed string) (id string, ok bool)
	// Observer returns the person id of the observer of that name, "" when there is
	// none or more than one.
	Observer(name string) string
	// Own reports whether the person who imports may enter visits of the station, and
	// Default is the one that is meant where none is named, "" when it must be named.
	Own(station string) bool
	Default() string
}

// Sheet is the content of a spreadsheet.
type Sheet struct {
	Rows [][]string // cells as stored: a day may be the number of its spreadsheet
	// Epoch1904 says that such numbers count from 1904, as old ones of the Mac do.
	Epoch1904 bool
}

// Entry is a visit that was read, with the rows that it came from.
type Entry struct {
	Visit
	Rows []int
}

// Reading is what a sheet came to.
type Reading struct {
	Entries []Entry
	Faults  []Fault  // when there is one, nothing is to be imported
	Ignored []string // headers that mean nothing here
}

// Read makes visits of the sheet. Rows with the same station, day, visitor and
// companies are one visit with several opinions, and so is a row that has neither day
// nor company: merged cells look like that. Each visit is as it would be filed at
// now. All faults are found, not the first alone.
func (s Sheet) Read(places Places, now time.Time) Reading {
	r := reader{places: places, now: now, epoch1904: s.Epoch1904, byKey: make(map[string]int), last: -1}
	head := r.header(s.Rows)
	if head < 0 {
		return r.Reading
	}
	rows := 0
	for i := head + 1; i < len(s.Rows); i++ {
		if strings.TrimSpace(strings.Join(s.Rows[i], "")) == "" {
			continue
		}
		if rows++; rows > MaxRows {
			r.fault(0, "", TooManyRows, strconv.Itoa(MaxRows))
			return r.Reading
		}
		r.row(i+1, s.Rows[i])
	}
	if rows == 0 {
		r.fault(0, "", NoRows, "")
	}
	return r.Reading
}

type reader struct {
	Reading
	places    Places
	now       time.Time
	epoch1904 bool
	at        map[Column]int // where each column stands
	byKey     map[string]int // index in Entries
	last      int            // index of the entry of the row before, -1 for none
	broken    bool           // the row before named a visit, faultily
}

func (r *reader) fault(row int, c Column, code, value string) {
	if runes := []rune(value); len(runes) > 40 {
		value = string(runes[:40]) + "…"
	}
	r.Faults = append(r.Faults, Fault{row, c, code, value})
}

// header finds the row that names the columns, -1 when there is none: a title may
// stand above it.
func (r *reader) header(rows [][]string) int {
	const search = 10
	for i, row := range rows[:min(len(rows), search)] {
		at := make(map[Column]int)
		var ignored []string
		var twice []Column
		for k, cell := range row {
			c, ok := columnOf(cell)
			switch _, had := at[c]; {
			case !ok && strings.TrimSpace(cell) != "":
				ignored = append(ignored, strings.TrimSpace(cell))
			case ok && had:
				twice = append(twice, c)
			case ok:
				at[c] = k
			}
		}
		if _, day := at[ColDay]; !day {
			continue
		}
		if _, company := at[ColCompany]; !company {
			continue
		}
		for _, c := range twice {
			r.fault(i+1, c, TwiceHeader, row[at[c]])
		}
		r.at, r.Ignored = at, ignored
		return i
	}
	r.fault(0, "", NoHeader, "")
	return -1
}

func columnOf(cell string) (Column, bool) {
	name := strings.Trim(fold(cell), "*:：")
	short, _, _ := strings.Cut(name, "(")
	for _, c := range Columns {
		if slices.Contains(headers[c], name) || slices.Contains(headers[c], short) {
			return c, true
		}
	}
	return "", false
}

// row reads one row below the header.
func (r *reader) row(n int, cells []string) {
	cell := func(c Column) string {
		if k, ok := r.at[c]; ok && k < len(cells) {
			return strings.TrimSpace(cells[k])
		}
		return ""
	}
	before := len(r.Faults)
	opinions := r.opinions(n, cell(ColOpinion), cell(ColOutcome))
	if cell(ColDay) == "" && cell(ColCompany) == "" {
		switch {
		case r.broken: // its visit is at fault already
		case r.last < 0:
			r.fault(n, ColDay, NothingAbove, "")
		default:
			r.join(n, r.last, opinions)
		}
		return
	}
	v := r.visit(n, cell)
	r.broken = len(r.Faults) > before
	if r.broken {
		return
	}
	key := v.Key()
	if i, ok := r.byKey[key]; ok {
		if e := r.Entries[i]; v.Met != "" && e.Met != v.Met || v.Town != "" && e.Town != v.Town {
			c := ColMet
			if v.Town != "" && e.Town != v.Town {
				c = ColTown
			}
			r.fault(n, c, Contradicts, strconv.Itoa(e.Rows[0]))
			return
		}
		r.last = i
		r.join(n, i, opinions)
		return
	}
	r.last = len(r.Entries)
	r.byKey[key] = r.last
	r.Entries = append(r.Entries, Entry{Visit: v})
	r.join(n, r.last, opinions)
}

// join adds the opinions of a row to a visit.
func (r *reader) join(n, i int, opinions []Opinion) {
	e := &r.Entries[i]
	e.Rows = append(e.Rows, n)
	for _, o := range opinions {
		if !slices.ContainsFunc(e.Opinions, func(p Opinion) bool { return fold(p.Text) == fold(o.Text) }) {
			e.Opinions = append(e.Opinions, o)
		}
	}
	if len(e.Opinions) > MaxOpinions {
		r.fault(n, ColOpinion, ManyOpinions, strconv.Itoa(MaxOpinions))
	}
}

// opinions reads the cell of opinions, each on a line of its own.
func (r *reader) opinions(n int, text, outcome string) (opinions []Opinion) {
	o, ok := parseOutcome(outcome)
	if !ok {
		r.fault(n, ColOutcome, BadOutcome, outcome)
	}
	for line := range strings.SplitSeq(text, "\n") {
		if line = strings.TrimSpace(line); line == "" || line == "无" || line == "/" {
			continue
		}
		if utf8.RuneCountInString(line) > MaxOpinion {
			r.fault(n, ColOpinion, LongOpinion, line)
			continue
		}
		opinions = append(opinions, Opinion{Text: line, Outcome: o})
	}
	if ok && o != Open && len(opinions) == 0 && strings.TrimSpace(text) == "" {
		r.fault(n, ColOutcome, OutcomeAlone, outcome)
	}
	return opinions
}

// visit reads what the row says of the visit itself.
func (r *reader) visit(n int, cell func(Column) string) (v Visit) {
	v.State = Filed
	v.Day = r.day(n, cell(ColDay))
	switch names, err := Companies(cell(ColCompany)); {
	case cell(ColCompany) == "":
		r.fault(n, ColCompany, NoCompany, "")
	case err != nil:
		r.fault(n, ColCompany, BadCompany, cell(ColCompany))
	default:
		v.Companies = names
	}
	v.Station = r.station(n, cell(ColStation))
	if typed := cell(ColTown); typed != "" {
		id, ok := r.places.Town(typed)
		if !ok {
			r.fault(n, ColTown, BadTown, typed)
		}
		v.Town = id
	}
	if v.Visitor = cell(ColVisitor); utf8.RuneCountInString(v.Visitor) > MaxVisitor {
		r.fault(n, ColVisitor, LongVisitor, v.Visitor)
	} else if v.Visitor != "" {
		v.Observer = r.places.Observer(v.Visitor)
	}
	if v.Met = cell(ColMet); CheckMet(v.Met) != nil {
		r.fault(n, ColMet, LongMet, v.Met)
	}
	return v
}

func (r *reader) station(n int, typed string) string {
	if typed == "" {
		id := r.places.Default()
		if id == "" {
			r.fault(n, ColStation, NoStation, "")
		}
		return id
	}
	id, ok := r.places.Station(typed)
	switch {
	case !ok:
		r.fault(n, ColStation, BadStation, typed)
	case !r.places.Own(id):
		r.fault(n, ColStation, OthersStation, typed)
	}
	return id
}

func (r *reader) day(n int, text string) time.Time {
	if text == "" {
		r.fault(n, ColDay, NoDay, "")
		return time.Time{}
	}
	at, err := r.serial(text)
	if at.IsZero() && err == nil {
		at, err = ParseDay(text, r.now)
	}
	switch e, _ := err.(*ticket.Error); {
	case err == nil:
	case e != nil && e.Field == "future":
		r.fault(n, ColDay, FutureDay, text)
	default:
		r.fault(n, ColDay, BadDay, text)
	}
	return at
}

// serial reads a day as spreadsheets store it: the number of days since the end of
// 1899 (they take 1900 for a leap year, so this is right from March 1900 on), or
// since the beginning of 1904, with the time as a fraction. It is zero, without an
// error, for what is no such number.
func (r *reader) serial(text string) (time.Time, error) {
	days, err := strconv.ParseFloat(text, 64)
	if err != nil || days < 20000 || days >= 80000 { // 1954 to 2119
		return time.Time{}, nil
	}
	epoch := day(1899, 12, 30)
	if r.epoch1904 {
		epoch = day(1904, 1, 1)
	}
	at := epoch.AddDate(0, 0, int(days))
	return at, CheckDay(at, r.now)
}
