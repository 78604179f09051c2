package ticket

import (
	"slices"
	"testing"
	"time"
)

func TestQueue(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 23, 10, 0, 0, 0, CST)
	in := func(id string, state State, hours int, change ...func(*Ticket)) Ticket {
		c := Ticket{ID: id, State: state, CreatedAt: now.Add(-time.Hour), AcceptBy: now.Add(time.Duration(hours) * time.Hour), AnswerBy: now.Add(time.Duration(hours+1) * time.Hour)}
		for _, f := range change {
			f(&c)
		}
		return c
	}
	by := func(who string) func(*Ticket) { return func(c *Ticket) { c.Assignee = who } }
	urgent := func(c *Ticket) { c.Urgent = true }
	cases := []Ticket{
		in("waits for the requester", Waiting, 1, by("me")),
		in("closed", Closed, 1, by("me")),
		in("a colleague's", Accepted, 1, by("other")),
		in("mine, soon", InProgress, 1, by("me")),
		in("new, late", Assigned, 30),
		in("new, soon", Transferred, 2),
		in("new, urgent", Assigned, 20, urgent),
		in("mine, urgent", Accepted, 2, by("me"), urgent),
		in("mine, overdue", InProgress, -3, by("me")),
		in("new, overdue and urgent", Assigned, -2, urgent),
		in("new, earlier", Transferred, 2, func(c *Ticket) { c.CreatedAt = c.CreatedAt.Add(-time.Hour) }),
	}
	var got []string
	for _, c := range Queue(cases, "me", now) {
		got = append(got, c.ID)
	}
	want := []string{
		"new, overdue and urgent", "mine, overdue", "new, urgent", "mine, urgent", "new, earlier", "new, soon", "new, late", "mine, soon",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}
