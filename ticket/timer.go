package ticket

import (
	"context"
	"slices"
	"time"
)

// JobKind says what a job of the case is for.
type JobKind string

// The jobs.
const (
	JobNotify  JobKind = "notify"  // tell people about event Seq
	JobRemind  JobKind = "remind"  // the deadline Due is near
	JobDue     JobKind = "due"     // the deadline Due has passed
	JobLate    JobKind = "late"    // the deadline Due passed a while ago
	JobNudge   JobKind = "nudge"   // the question of event Seq was not answered
	JobPropose JobKind = "propose" // the question of event Seq was not answered for long
	JobExpire  JobKind = "expire"  // an answer of version Seq was not rated
)

// Job is work to be done for a case outside the transaction that caused it.
type Job struct {
	Kind   JobKind   `json:"kind"`
	Ticket string    `json:"ticket"`
	Seq    int       `json:"seq,omitempty"`
	Due    time.Time `json:"due,omitzero"`
	At     time.Time `json:"-"` // when to run it; zero is at once
}

// timers are the steps that the timed jobs take.
var timers = map[JobKind]Action{
	JobRemind: Remind, JobDue: Escalate, JobLate: Supervise,
	JobNudge: Nudge, JobPropose: Propose, JobExpire: Expire,
}

// jobs are the consequences of an event that left the case as t; before is the
// deadline that counted until then.
func (sv *Service) jobs(before time.Time, t Ticket, e Event) (jobs []Job) {
	terms := sv.terms(t.Station)
	if len(TellsOf(e.Action)) > 0 {
		jobs = append(jobs, Job{Kind: JobNotify, Ticket: t.ID, Seq: e.Seq})
	}
	if due := t.Due(); !due.IsZero() && !due.Equal(before) {
		// A reminder comes when three quarters of the time to the deadline have passed;
		// supervision of what is late already comes later than word of that.
		late := due
		if late.Before(e.At) {
			late = e.At
		}
		jobs = append(jobs,
			Job{Kind: JobRemind, Ticket: t.ID, Due: due, At: e.At.Add(due.Sub(e.At) * 3 / 4)},
			Job{Kind: JobDue, Ticket: t.ID, Due: due, At: due},
			Job{Kind: JobLate, Ticket: t.ID, Due: due, At: terms.Clock.AddWorkdays(late, terms.Policy.Supervise)})
	}
	if e.Action == Ask {
		jobs = append(jobs,
			Job{Kind: JobNudge, Ticket: t.ID, Seq: e.Seq, At: e.At.AddDate(0, 0, terms.Policy.Remind)},
			Job{Kind: JobPropose, Ticket: t.ID, Seq: e.Seq, At: e.At.AddDate(0, 0, terms.Policy.Propose)})
	}
	if t.State == Answered {
		jobs = append(jobs, Job{Kind: JobExpire, Ticket: t.ID, Seq: e.Seq, At: e.At.AddDate(0, 0, terms.Policy.CloseDays)})
	}
	return jobs
}

// Fire runs a timed job: it takes the step that the job is for if that still means
// something, and reports whether it did. A job that runs twice, or for a deadline
// that the case has for the second time, does nothing the second time. JobNotify
// is not its business.
func (sv *Service) Fire(ctx context.Context, tx Tx, j Job) (t Ticket, fired bool, err error) {
	t, err = tx.Ticket(ctx, j.Ticket)
	if err != nil {
		return t, false, err
	}
	history, err := tx.Events(ctx, j.Ticket)
	if err != nil {
		return t, false, err
	}
	a, ok := timers[j.Kind]
	if !ok {
		return t, false, Errorf(Invalid, "unknown job %q", j.Kind)
	}
	if !counts(t, history, j, a, sv.now()) {
		return t, false, nil
	}
	t, err = sv.take(ctx, tx, t, Step{Action: a, Role: RoleSystem, Until: j.Due})
	return t, err == nil, err
}

// counts reports whether the timed job, which is for the action a, still means
// something.
func counts(t Ticket, history []Event, j Job, a Action, now time.Time) bool {
	switch j.Kind {
	case JobRemind, JobDue, JobLate:
		told := slices.ContainsFunc(history, func(e Event) bool { return e.Action == a && e.Until.Equal(j.Due) })
		return t.Due().Equal(j.Due) && !told && !(j.Kind == JobRemind && t.Overdue(now))
	case JobNudge, JobPropose:
		i := slices.IndexFunc(history, func(e Event) bool { return e.Seq == j.Seq })
		since := history[i+1:]
		return t.State == Waiting && !slices.ContainsFunc(since, func(e Event) bool { return e.Action == a || e.Action == Ask || e.To != Waiting })
	default:
		return t.State == Answered && t.Version == int64(j.Seq)
	}
}

// Drifted reports whether the case's deadlines are no longer those that its
// history gives it: the calendar or the terms have changed since.
func (sv *Service) Drifted(ctx context.Context, tx Tx, t Ticket) (bool, error) {
	d, err := sv.replayed(ctx, tx, t)
	return d != nil, err
}

// Recompute sets the deadlines of a case that has drifted, with their timers, and
// reports whether it had.
func (sv *Service) Recompute(ctx context.Context, tx Tx, id string) (bool, error) {
	t, err := tx.Ticket(ctx, id)
	if err != nil {
		return false, err
	}
	d, err := sv.replayed(ctx, tx, t)
	if err != nil || d == nil {
		return false, err
	}
	_, err = sv.take(ctx, tx, t, Step{Action: Reset, Role: RoleSystem, Until: d.answerBy, reset: d})
	return err == nil, err
}

// replayed returns the deadlines that an open case should have, nil when it has
// them.
func (sv *Service) replayed(ctx context.Context, tx Tx, t Ticket) (*deadlines, error) {
	if !slices.Contains(open, t.State) {
		return nil, nil
	}
	history, err := tx.Events(ctx, t.ID)
	if err != nil {
		return nil, err
	}
	var d deadlines
	d.acceptBy, d.answerBy = Replay(t, history, sv.terms)
	// Cases from before times were kept to the millisecond may be off by one.
	near := func(a, b time.Time) bool { return a.Sub(b).Abs() < time.Second }
	if near(d.answerBy, t.AnswerBy) && (near(d.acceptBy, t.AcceptBy) || !t.Unaccepted()) {
		return nil, nil
	}
	return &d, nil
}
