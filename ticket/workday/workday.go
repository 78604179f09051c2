// Package workday is the working-time calendar that deadlines run on: Chinese
// working days with the public holidays and make-up working days that the State
// Council announces year by year, and the office hours of one working day.
//
// Everything is reckoned in China Standard Time. China has one zone and no
// daylight saving, so the zone is fixed in the code and the binary needs no
// time zone database.
//
// The rule for deadlines: n working days after t is the end of office hours on
// the n-th working day after the day of t. The day of t itself never counts,
// whatever the hour, and a case that arrives on a day off counts from there as
// well: one that comes in on Friday evening or on Saturday with one working day
// is due on Monday at the close of the office.
package workday

import (
	"fmt"
	"slices"
	"time"

	"github.com/6tail/lunar-go/HolidayUtil"

	"liaison/ticket"
)

// Zone is China Standard Time, in which all days and hours here are meant.
var Zone = ticket.CST

// The first year for which the announcements are held in full.
const firstYear = 2002

// Span is a part of a working day, given as the time since midnight; the start
// belongs to it, the end does not.
type Span struct {
	Start, End time.Duration
}

// Options are the local settings of a Calendar.
type Options struct {
	// Overrides replaces the announced arrangement for single dates (YYYY-MM-DD):
	// true is a working day, false a day off. See ReadOverrides.
	Overrides map[string]bool
	// Hours are the office hours of each working day, in order and without
	// overlap. Defaults to 09:00-12:00 and 13:30-17:30.
	Hours []Span
	// Days are the days of the week on which people work, but for what was
	// announced or is overridden. Defaults to Monday to Friday.
	Days []time.Weekday
}

// date is a calendar day in Zone.
type date struct {
	year  int
	month time.Month
	day   int
}

func dateOf(t time.Time) date {
	year, month, day := t.In(Zone).Date()
	return date{year, month, day}
}

func (d date) midnight() time.Time {
	return time.Date(d.year, d.month, d.day, 0, 0, 0, 0, Zone)
}

func (d date) plus(days int) date {
	return dateOf(time.Date(d.year, d.month, d.day+days, 0, 0, 0, 0, Zone))
}

// Calendar answers what is working time. It is immutable and safe for
// concurrent use. Create it with New.
type Calendar struct {
	special   map[date]bool // true: working day, false: day off
	announced map[int]bool  // years whose announcement is held
	hours     []Span
	days      [7]bool // by time.Weekday
}

// New makes a calendar. It fails on a date that is none and on hours that are
// empty, overlap, or leave the day; the error names the value.
func New(opts Options) (*Calendar, error) {
	c := &Calendar{special: make(map[date]bool), announced: make(map[int]bool), hours: slices.Clone(opts.Hours)}
	if len(c.hours) == 0 {
		c.hours = []Span{
			{9 * time.Hour, 12 * time.Hour},
			{13*time.Hour + 30*time.Minute, 17*time.Hour + 30*time.Minute},
		}
	}
	for _, day := range opts.Days {
		c.days[day] = true
	}
	if len(opts.Days) == 0 {
		c.days = [7]bool{time.Monday: true, time.Tuesday: true, time.Wednesday: true, time.Thursday: true, time.Friday: true}
	}
	var last time.Duration
	for _, span := range c.hours {
		if span.Start < last || span.End <= span.Start || span.End > 24*time.Hour {
			return nil, fmt.Errorf("workday: office hours %v-%v: give spans within one day, in order and without overlap", span.Start, span.End)
		}
		last = span.End
	}
	if err := c.loadAnnounced(); err != nil {
		return nil, err
	}
	for text, work := range opts.Overrides {
		day, err := parseDate(text)
		if err != nil {
			return nil, fmt.Errorf("workday: override %q: write the date as 2026-02-14", text)
		}
		c.special[day] = work
	}
	return c, nil
}

// loadAnnounced copies the announcements out of the library once. They are
// global and changeable there, and each look-up searches a long string.
func (c *Calendar) loadAnnounced() error {
	for year := firstYear; ; year++ {
		announced := HolidayUtil.GetHolidaysByYear(year)
		if announced.Len() == 0 {
			break
		}
		c.announced[year] = true
		for e := announced.Front(); e != nil; e = e.Next() {
			holiday := e.Value.(*HolidayUtil.Holiday)
			day, err := parseDate(holiday.GetDay())
			if err != nil {
				return fmt.Errorf("workday: announced arrangement of %d: %w", year, err)
			}
			c.special[day] = holiday.IsWork()
		}
	}
	return nil
}

func parseDate(text string) (date, error) {
	t, err := time.ParseInLocation(time.DateOnly, text, Zone)
	if err != nil {
		return date{}, err
	}
	return dateOf(t), nil
}

// Known reports whether the arrangement of the year is held here: announced and
// in the library, or given by Options.Overrides, which counts when they name
// both 1 January and 1 October. In a year that is not known, the days on which
// the holidays fall by regulation are days off, but not the days that the
// announcement will move around them.
func (c *Calendar) Known(year int) bool {
	_, start := c.special[date{year, time.January, 1}]
	_, autumn := c.special[date{year, time.October, 1}]
	return c.announced[year] || start && autumn
}

// IsWorkday reports whether offices work on the day that t falls on in Zone.
func (c *Calendar) IsWorkday(t time.Time) bool { return c.isWorkday(dateOf(t)) }

func (c *Calendar) isWorkday(d date) bool {
	if work, ok := c.special[d]; ok {
		return work
	}
	if !c.days[d.midnight().Weekday()] {
		return false
	}
	return c.announced[d.year] || !statutory(d)
}

// maxIdleDays bounds the search for a working day: overrides could declare
// every day off. The longest real break is eleven days.
const maxIdleDays = 400

// next returns the first working day at or after d, or d when there is none
// within reach.
func (c *Calendar) next(d date) date {
	for i := range maxIdleDays {
		if day := d.plus(i); c.isWorkday(day) {
			return day
		}
	}
	return d
}

// AddWorkdays returns the deadline n working days after t, by the rule in the
// package comment, in Zone. With n of zero or less it is the end of office
// hours on the day of t, or on the next working day when that is a day off.
func (c *Calendar) AddWorkdays(t time.Time, n int) time.Time {
	day := dateOf(t)
	if n <= 0 {
		day = c.next(day)
	}
	for range n {
		day = c.next(day.plus(1))
	}
	return day.midnight().Add(c.hours[len(c.hours)-1].End)
}

// WorkingTimeBetween returns the office hours between a and b. It is negative
// when b is before a.
func (c *Calendar) WorkingTimeBetween(a, b time.Time) time.Duration {
	if b.Before(a) {
		return -c.WorkingTimeBetween(b, a)
	}
	var sum time.Duration
	last := dateOf(b)
	for day := dateOf(a); ; day = day.plus(1) {
		if c.isWorkday(day) {
			sum += c.within(day, a, b)
		}
		if day == last {
			return sum
		}
	}
}

// within returns the office hours of a working day that lie between a and b.
func (c *Calendar) within(day date, a, b time.Time) time.Duration {
	midnight := day.midnight()
	var sum time.Duration
	for _, span := range c.hours {
		start, end := max(span.Start, a.Sub(midnight)), min(span.End, b.Sub(midnight))
		sum += max(end-start, 0)
	}
	return sum
}

// AddWorkingTime returns the earliest moment at which d of office hours have
// passed since t, in Zone. With d of zero or less it is t itself.
func (c *Calendar) AddWorkingTime(t time.Time, d time.Duration) time.Time {
	t = t.In(Zone)
	if d <= 0 {
		return t
	}
	for day := c.next(dateOf(t)); ; day = c.next(day.plus(1)) {
		midnight := day.midnight()
		for _, span := range c.hours {
			start := max(span.Start, t.Sub(midnight))
			if left := span.End - start; left > 0 {
				if d <= left {
					return midnight.Add(start + d)
				}
				d -= left
			}
		}
	}
}
