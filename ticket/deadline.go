package ticket

import "time"

// Clock turns working time into deadlines. Implementations are safe for
// concurrent use.
type Clock interface {
	// AddWorkdays returns the end of the n-th working day after t; with n of zero
	// the end of office hours on the day of t, or on the next working day.
	AddWorkdays(t time.Time, n int) time.Time
	// WorkingTimeBetween returns the working time from a to b, negative when b is before a.
	WorkingTimeBetween(a, b time.Time) time.Duration
	// AddWorkingTime returns the moment at which d of working time has passed since t.
	AddWorkingTime(t time.Time, d time.Duration) time.Time
}

// Policy is how long things may take.
type Policy struct {
	Accept int          // working days until an agent accepts
	Answer map[Kind]int // working days until a case of the kind is answered
	Other  int          // the same for a kind that is not in Answer
	Urgent int          // the same for an urgent case, whatever its kind

	Supervise int // working days after a missed deadline until it is put under supervision
	Remind    int // calendar days after which a requester who was asked is reminded
	Propose   int // calendar days after which such a requester is asked whether to close
	CloseDays int // calendar days after which an unrated answer closes the case
}

// DefaultPolicy returns the city's defaults: accept within 1 working day, answer
// an inquiry or an urgent case within 1 and others within 5, supervise 1 working
// day after a missed deadline, remind a requester after 2 days and ask whether to
// close after 7, close an unrated answer after 7.
func DefaultPolicy() Policy {
	return Policy{
		Accept: 1, Answer: map[Kind]int{Inquiry: 1}, Other: 5, Urgent: 1,
		Supervise: 1, Remind: 2, Propose: 7, CloseDays: 7,
	}
}

func (p Policy) answerDays(t Ticket) int {
	if t.Urgent {
		return p.Urgent
	}
	if days, ok := p.Answer[t.Kind]; ok {
		return days
	}
	return p.Other
}

// Terms are what holds at a station: its working time and how long things may
// take there.
type Terms struct {
	Clock  Clock
	Policy Policy
}

// TermsOf returns the terms of a station as they are now; "" and a station that
// it does not know have the city's. It is safe for concurrent use.
type TermsOf func(station string) Terms

// Everywhere returns the same terms for all stations.
func Everywhere(c Clock, p Policy) TermsOf {
	return func(string) Terms { return Terms{c, p} }
}

// reckon returns the case with its deadlines, state and station as the event
// leaves them. It is the only place that sets a deadline, and it needs no more
// than the history to do so: Replay relies on that.
//
//   - Submission and reopening begin both deadlines; the first station's terms
//     hold from the submission.
//   - Whoever gets a case has the same time to accept it; the answer is due when
//     it was due before, however often the case changes hands.
//   - An extension that was granted is the new day of the answer.
//   - Of two cases that are merged the earlier answer counts, and it goes on to count
//     when they are parted again: it was promised. The one that goes on by itself has
//     the day that it had before; it is accepted anew.
//   - Who works on it at the station changes no deadline.
//   - While the case waits for its requester the clock stands still: what was left
//     of the working time then is left afterwards. What was overdue stays so.
func reckon(t Ticket, e Event, terms TermsOf) Ticket {
	now := terms(e.Station)
	accept := func() { t.AcceptBy = now.Clock.AddWorkdays(e.At, now.Policy.Accept) }
	answer := func(from time.Time) { t.AnswerBy = now.Clock.AddWorkdays(from, now.Policy.answerDays(t)) }
	if e.From == Waiting && e.To != Waiting {
		c := terms(t.Station).Clock
		if left := c.WorkingTimeBetween(t.WaitingSince, t.AnswerBy); left > 0 {
			t.AnswerBy = c.AddWorkingTime(e.At, left)
		}
		t.WaitingSince = time.Time{}
	}
	switch e.Action {
	case Submit:
		t.CreatedAt = e.At
		accept()
		answer(e.At)
	case Assign:
		accept()
		if e.From == Received {
			answer(t.CreatedAt)
		}
	case Transfer, Return, Unmerge:
		accept()
	case Unsolved:
		accept()
		answer(e.At)
	case Grant:
		if e.Until.After(t.AnswerBy) { // it may have moved on by itself since it was asked for
			t.AnswerBy = e.Until
		}
	case Absorb:
		if e.Until.Before(t.AnswerBy) {
			t.AnswerBy = e.Until
		}
	case Ask:
		if e.From != Waiting { // a second question does not hand out more time
			t.WaitingSince = e.At
		}
	}
	t.State, t.Station = e.To, e.Station
	return t
}

// Replay returns the deadlines that the case has by its history under the terms
// of now.
func Replay(t Ticket, history []Event, terms TermsOf) (acceptBy, answerBy time.Time) {
	c := Ticket{Kind: t.Kind, Urgent: t.Urgent}
	for _, e := range history {
		c = reckon(c, e, terms)
	}
	return c.AcceptBy, c.AnswerBy
}
