package ticket_test

import (
	"time"

	"liaison/ticket"
)

// A second way to reckon deadlines, as plain as can be and made of nothing of the
// first: days and minutes are counted one by one. It knows the winter of 2026/27.

func isWorkday(t time.Time) bool {
	weekend := t.Weekday() == time.Saturday || t.Weekday() == time.Sunday
	return !weekend && !(t.Month() == time.January && t.Day() == 1)
}

func isWorking(t time.Time) bool {
	minute := t.Hour()*60 + t.Minute()
	return isWorkday(t) && (minute >= 9*60 && minute < 12*60 || minute >= 13*60+30 && minute < 17*60+30)
}

// closeOfDay is the end of office hours of the n-th working day after the day of t.
func closeOfDay(t time.Time, n int) time.Time {
	day := t.In(ticket.CST)
	for n > 0 {
		day = day.AddDate(0, 0, 1)
		if isWorkday(day) {
			n--
		}
	}
	return time.Date(day.Year(), day.Month(), day.Day(), 17, 30, 0, 0, ticket.CST)
}

// minutesOfWork are those between two moments that are full minutes.
func minutesOfWork(from, to time.Time) (n int) {
	for at := from.In(ticket.CST); at.Before(to); at = at.Add(time.Minute) {
		if isWorking(at) {
			n++
		}
	}
	return n
}

func afterMinutesOfWork(from time.Time, n int) time.Time {
	at := from.In(ticket.CST)
	for ; n > 0; at = at.Add(time.Minute) {
		if isWorking(at) {
			n--
		}
	}
	return at
}

// promised reckons the deadlines of a case by its history under the city's defaults.
func promised(kind ticket.Kind, history []ticket.Event) (accept, answer time.Time) {
	days := 5
	if kind == ticket.Inquiry {
		days = 1
	}
	var asked time.Time // since when the requester is waited for
	for _, e := range history {
		if !asked.IsZero() && e.To != ticket.Waiting {
			if left := minutesOfWork(asked, answer); left > 0 {
				answer = afterMinutesOfWork(e.At, left)
			}
			asked = time.Time{}
		}
		if asked.IsZero() && e.To == ticket.Waiting {
			asked = e.At
		}
		switch e.Action {
		case ticket.Submit, ticket.Unsolved:
			accept, answer = closeOfDay(e.At, 1), closeOfDay(e.At, days)
		case ticket.Assign, ticket.Transfer, ticket.Return, ticket.Unmerge:
			accept = closeOfDay(e.At, 1)
		case ticket.Grant:
			if e.Until.After(answer) {
				answer = e.Until
			}
		case ticket.Absorb:
			if e.Until.Before(answer) {
				answer = e.Until
			}
		}
	}
	return accept, answer
}

// worker is who works the case by its history, and into which case it is merged.
func worker(history []ticket.Event) (person, into string) {
	for _, e := range history {
		switch e.Action {
		case ticket.Accept, ticket.TakeOver:
			person = e.Actor
		case ticket.Reply, ticket.Ask, ticket.Resolve:
			if person == "" {
				person = e.Actor
			}
		case ticket.Hand:
			person = e.Object
		case ticket.Assign, ticket.Transfer, ticket.Return:
			person = ""
		case ticket.Unsolved, ticket.Unmerge:
			person, into = "", ""
		case ticket.Merge:
			into = e.Object
		}
	}
	return person, into
}
