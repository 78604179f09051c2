package handlers

import (
	"context"
	"slices"
	"strconv"
	"time"

	"liaison/ticket"
)

// Absence says that a staff member is away.
type Absence struct {
	Person string // "" is no absence
	Since  time.Time
	Until  time.Time // when the person is back, zero when that is not known
	Deputy string    // person who stands in, "" for nobody
}

// Day is a day on which somebody is on duty: a date, or a day of the week.
type Day string

// DayOf is the date of a moment, in the city's time.
func DayOf(t time.Time) Day { return Day(t.In(ticket.CST).Format(time.DateOnly)) }

// Weekday returns the day of the week of a date, or the day of the week itself,
// from 1, Monday, to 7; 0 for what is neither.
func (d Day) Weekday() int {
	if n, err := strconv.Atoi(string(d)); err == nil && n >= 1 && n <= 7 && len(d) == 1 {
		return n
	}
	at, err := time.Parse(time.DateOnly, string(d))
	if err != nil {
		return 0
	}
	return (int(at.Weekday())+6)%7 + 1
}

// Weekly reports whether it is a day of the week.
func (d Day) Weekly() bool { return len(d) == 1 }

// Duty puts a person on duty at a station on a day.
type Duty struct {
	Station string
	Day     Day
	Person  string
}

// OnDuty returns who is on duty on the date: those who were put down for just this
// date, else those of its day of the week.
func OnDuty(duties []Duty, date Day) (people []string) {
	week := Day(strconv.Itoa(date.Weekday()))
	day := week
	if slices.ContainsFunc(duties, func(d Duty) bool { return d.Day == date }) {
		day = date
	}
	for _, d := range duties {
		if d.Day == day {
			people = append(people, d.Person)
		}
	}
	return people
}

// Upgrade is something that a new program has to do once with what an older one
// has left.
type Upgrade string

// UnsetTimers is that cases lack timers which there were not before.
const UnsetTimers Upgrade = "timers unset"

// Roster is what a transaction knows of who is there.
type Roster interface {
	// Absence returns the person's absence as of now, the zero Absence when there is
	// none.
	Absence(ctx context.Context, person string, now time.Time) (Absence, error)
	// SetAbsence replaces the person's absence.
	SetAbsence(ctx context.Context, a Absence) error
	// EndAbsence does nothing when the person is not away.
	EndAbsence(ctx context.Context, person string) error

	// Duties returns who is on duty at the station, sorted by day.
	Duties(ctx context.Context, station string) ([]Duty, error)
	// AddDuty does nothing when it is already there.
	AddDuty(ctx context.Context, d Duty) error
	// RemoveDuty does nothing when it is not there. A Day of "" is every day.
	RemoveDuty(ctx context.Context, d Duty) error

	// Once reports whether the upgrade is still to be done, and notes that it is: of
	// all transactions one gets true.
	Once(ctx context.Context, what Upgrade) (bool, error)
}

// SetDuty puts a person on duty at a station, or takes it back, on behalf of a
// colleague there or a supervisor. The person must be an agent of the station, the
// day one of the week or a date that has not passed.
func (d *Desk) SetDuty(ctx context.Context, tx Tx, by string, duty Duty, on bool) error {
	v, err := d.Viewer(ctx, tx, by)
	if err != nil {
		return err
	}
	if !v.Supervisor && !slices.Contains(v.Stations, duty.Station) {
		return ticket.Errorf(ticket.Forbidden, "roster of others")
	}
	if !on {
		selves, err := d.selves(ctx, tx, duty.Person)
		for _, duty.Person = range selves {
			if err == nil {
				err = tx.RemoveDuty(ctx, duty)
			}
		}
		return err
	}
	if duty.Day.Weekday() == 0 || !duty.Day.Weekly() && duty.Day < DayOf(d.Now()) {
		return &ticket.Error{Code: ticket.Invalid, Field: "duty_day"}
	}
	members, err := d.members(ctx, tx, ticket.RoleAgent, duty.Station)
	if err != nil {
		return err
	}
	if duty.Station == "" || !slices.ContainsFunc(members, func(m Membership) bool { return m.Person == duty.Person }) {
		return &ticket.Error{Code: ticket.Invalid, Field: "person"}
	}
	return tx.AddDuty(ctx, duty)
}
