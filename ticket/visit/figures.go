package visit

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"liaison/ticket"
)

// Figures are what the city reports of visits. Solved, InStudy, Explained and Open
// add up to Opinions; see Outcome for what they mean.
type Figures struct {
	Visits    int `json:"visits"`    // visits that were filed, by the day on which they were made
	Companies int `json:"companies"` // different companies; one that was visited twice counts once
	Opinions  int `json:"opinions"`  // opinions collected, each by itself
	Solved    int `json:"solved"`
	InStudy   int `json:"study"`
	Explained int `json:"explained"`
	Open      int `json:"open"`
}

// By is what figures are told apart by.
type By string

// The ways to tell figures apart. Weeks begin on Monday.
const (
	ByWeek     By = "week"
	ByMonth    By = "month"
	ByQuarter  By = "quarter"
	ByYear     By = "year"
	ByStation  By = "station"
	ByTown     By = "town"
	ByObserver By = "observer"
)

// Ways lists every By in the order in which they are offered.
var Ways = []By{ByWeek, ByMonth, ByQuarter, ByYear, ByStation, ByTown, ByObserver}

// Row is the figures of one week, station, observer and so on.
type Row struct {
	// Key is the first day of a time (2026-11-23), the id of a station or town ("" for
	// a visit without one), or the visitor's name.
	Key string `json:"key"`
	Figures
}

// Table reckons figures. The zero Table is not ready: see NewTable.
type Table struct {
	by    By
	total tally
	rows  map[string]*tally
	names map[string]string // what rows are called, where that is not what they go by
}

// tally is Figures while they are counted.
type tally struct {
	Figures
	companies map[string]bool
}

// NewTable returns an empty table; by "" has a total only.
func NewTable(by By) *Table {
	return &Table{by: by, rows: make(map[string]*tally), names: make(map[string]string)}
}

// Add counts a visit.
func (t *Table) Add(v Visit) {
	t.total.add(v)
	if t.by == "" {
		return
	}
	key := t.key(v)
	row := t.rows[key]
	if row == nil {
		row = &tally{}
		t.rows[key] = row
	}
	row.add(v)
}

func (t *Table) key(v Visit) string {
	switch t.by {
	case ByStation:
		return v.Station
	case ByTown:
		return v.Town
	case ByObserver:
		t.names[v.who()] = v.Visitor
		return v.who()
	default:
		from, _ := PeriodOf(t.by, v.Day)
		return from.Format(time.DateOnly)
	}
}

func (c *tally) add(v Visit) {
	c.Visits++
	if c.companies == nil {
		c.companies = make(map[string]bool)
	}
	for _, name := range v.Companies {
		c.companies[fold(name)] = true
	}
	c.Companies = len(c.companies)
	for _, o := range v.Opinions {
		c.Opinions++
		switch o.Outcome {
		case Solved:
			c.Solved++
		case InStudy:
			c.InStudy++
		case Explained:
			c.Explained++
		default:
			c.Open++
		}
	}
}

// Total returns the figures of all visits. Its companies can be fewer than those of
// the rows together: who was visited in two months is one company.
func (t *Table) Total() Figures { return t.total.Figures }

// Rows returns the rows sorted by what they are called.
func (t *Table) Rows() []Row {
	rows := []Row{}
	for key, c := range t.rows {
		if name, ok := t.names[key]; ok {
			key = name
		}
		rows = append(rows, Row{key, c.Figures})
	}
	slices.SortFunc(rows, func(a, b Row) int {
		if n := strings.Compare(a.Key, b.Key); n != 0 {
			return n
		}
		return b.Visits - a.Visits // two observers of one name
	})
	return rows
}

// PeriodOf returns the week, month, quarter or year that the moment lies in: its
// first moment, and that of the next one, in the city's time. Any other By is taken
// for a year.
func PeriodOf(by By, at time.Time) (from, to time.Time) {
	at = at.In(ticket.CST)
	y, m := at.Year(), int(at.Month())
	switch by {
	case ByWeek:
		from = day(y, m, at.Day()).AddDate(0, 0, -(int(at.Weekday())+6)%7)
		return from, from.AddDate(0, 0, 7)
	case ByMonth:
		from = day(y, m, 1)
		return from, from.AddDate(0, 1, 0)
	case ByQuarter:
		from = day(y, (m-1)/3*3+1, 1)
		return from, from.AddDate(0, 3, 0)
	default:
		from = day(y, 1, 1)
		return from, from.AddDate(1, 0, 0)
	}
}

// Label names the time that begins on the first day of a row: 2026-W48, 2026-11,
// 2026-Q4, 2026. Of any other row it is the key.
func (b By) Label(key string) string {
	at, err := time.ParseInLocation(time.DateOnly, key, ticket.CST)
	if err != nil {
		return key
	}
	switch b {
	case ByWeek:
		y, w := at.ISOWeek()
		return fmt.Sprintf("%d-W%02d", y, w)
	case ByMonth:
		return at.Format("2006-01")
	case ByQuarter:
		return fmt.Sprintf("%d-Q%d", at.Year(), (int(at.Month())+2)/3)
	case ByYear:
		return at.Format("2006")
	default:
		return key
	}
}
