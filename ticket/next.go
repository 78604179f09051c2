package ticket

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// ToDo reports whether the person has to do something about the case next: it has a
// deadline that counts, and nobody has accepted it or the person has.
func (t Ticket) ToDo(person string) bool {
	return !t.Due().IsZero() && (t.Unaccepted() || t.Assignee == person)
}

// Pressing compares two cases by which is to be taken up first: what is overdue
// before what is not, then what is urgent, then what nobody has accepted, then what
// is due sooner, then what came earlier. Cases without a deadline come last.
func Pressing(a, b Ticket, now time.Time) int {
	first := func(is func(Ticket) bool) int {
		switch x, y := is(a), is(b); {
		case x == y:
			return 0
		case x:
			return -1
		default:
			return 1
		}
	}
	return cmp.Or(
		first(func(t Ticket) bool { return !t.Due().IsZero() }),
		first(func(t Ticket) bool { return t.Overdue(now) }),
		first(func(t Ticket) bool { return t.Urgent }),
		first(Ticket.Unaccepted),
		a.Due().Compare(b.Due()),
		a.CreatedAt.Compare(b.CreatedAt),
		strings.Compare(a.ID, b.ID),
	)
}

// Queue returns what the person has to do of the cases, the most pressing first.
func Queue(cases []Ticket, person string, now time.Time) []Ticket {
	todo := slices.DeleteFunc(slices.Clone(cases), func(t Ticket) bool { return !t.ToDo(person) })
	slices.SortFunc(todo, func(a, b Ticket) int { return Pressing(a, b, now) })
	return todo
}
