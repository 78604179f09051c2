package ticket

import (
	"context"
	"maps"
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

// Job is work to be done for a case outside the transaction that caused it; a JobNotify
// may be done at its end.
type Job struct {
	Kind   JobKind   `json:"kind"`
	Ticket string    `json:"ticket"`
	Seq    int       `json:"seq,omitempty"`
	Due    time.Time `json:"due,omitzero"`
	Person string    `json:"person,omitempty"` // whom it is about, if about one
	Room   string    `json:"room,omitempty"`   // of JobNotify: Step.Room
	At     time.Time `json:"-"`                // when to run it; zero is at once
}

// timers are the steps that the timed jobs take.
var timers = map[JobKind]Action{
	JobRemind: Remind, JobDue: Escalate, JobLate: Supervise,
	JobNudge: Nudge, JobPropose: Propose, JobExpire: Expire,
}

// JobKinds lists what a job may be for.
func JobKinds() []JobKind { return append(slices.Sorted(maps.Keys(timers)), JobNotify) }

// jobs are the consequences of an event that left the case as t; before are the
// deadlines that counted until then, and room is where its words were written.
func (sv *Service) jobs(before []time.Time, t Ticket, e Event, room string) (jobs []Job) {
	if len(TellsOf(e.Action)) > 0 {
		jobs = append(jobs, Job{Kind: JobNotify, Ticket: t.ID, Seq: e.Seq, Room: room})
	}
	jobs = append(jobs, sv.timed(before, t, e.At)...)
	if e.Action == Ask {
		jobs = append(jobs, sv.asked(t, e)...)
	}
	if restarts(e) {
		jobs = append(jobs, sv.unrated(t, e.At))
	}
	return jobs
}

// restarts reports whether the time in which an answer can be rated begins anew: with the
// answer, a correction of it, and what its requester writes about it. What staff or the
// system note of the case does not prolong it.
func restarts(e Event) bool {
	return e.To == Answered && (e.From != Answered || e.Action == Correct || e.Action == Note)
}

// timed are the timers, as of a moment, of the deadlines that did not count before.
func (sv *Service) timed(before []time.Time, t Ticket, at time.Time) (jobs []Job) {
	terms := sv.terms(t.Station)
	for _, due := range t.Deadlines() {
		if slices.ContainsFunc(before, due.Equal) {
			continue
		}
		// A reminder comes when three quarters of the time to the deadline have passed;
		// supervision of what is late already comes later than word of that.
		late := due
		if late.Before(at) {
			late = at
		}
		jobs = append(jobs,
			Job{Kind: JobRemind, Ticket: t.ID, Due: due, At: at.Add(due.Sub(at) * 3 / 4)},
			Job{Kind: JobDue, Ticket: t.ID, Due: due, At: due},
			Job{Kind: JobLate, Ticket: t.ID, Due: due, At: terms.Clock.AddWorkdays(late, terms.Policy.Supervise)})
	}
	return jobs
}

// asked are the timers of a question to the requester.
func (sv *Service) asked(t Ticket, e Event) []Job {
	p := sv.terms(t.Station).Policy
	return []Job{
		{Kind: JobNudge, Ticket: t.ID, Seq: e.Seq, At: e.At.AddDate(0, 0, p.Remind)},
		{Kind: JobPropose, Ticket: t.ID, Seq: e.Seq, At: e.At.AddDate(0, 0, p.Propose)},
	}
}

// unrated closes an answer that nobody rates.
func (sv *Service) unrated(t Ticket, at time.Time) Job {
	return Job{Kind: JobExpire, Ticket: t.ID, Seq: int(t.Version), At: at.AddDate(0, 0, sv.terms(t.Station).Policy.CloseDays)}
}

// Rearm sets the timers that the case has as it stands. It is for cases from
// before there were some of them: one that is set already does nothing when it
// runs a second time.
func (sv *Service) Rearm(ctx context.Context, tx Tx, t Ticket) error {
	now := sv.now()
	jobs := sv.timed(nil, t, now)
	switch t.State {
	case Waiting:
		history, err := tx.Events(ctx, t.ID)
		if err != nil {
			return err
		}
		i := len(history) - 1
		for i >= 0 && history[i].Action != Ask {
			i--
		}
		if i < 0 {
			break
		}
		jobs = sv.asked(t, history[i])
		if !jobs[1].At.After(now) { // one question at a time
			jobs = jobs[1:]
		}
	case Answered:
		jobs = append(jobs, sv.unrated(t, t.AnsweredAt))
	}
	return enqueue(ctx, tx, jobs)
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
		told := slices.ContainsFunc(history, func(e Event) bool {
			// Of old steps it is not known which deadline they were about: one that had passed.
			return e.Action == a && (e.Until.Equal(j.Due) || e.Until.IsZero() && !e.At.Before(j.Due))
		})
		return slices.ContainsFunc(t.Deadlines(), j.Due.Equal) && !told && !(j.Kind == JobRemind && now.After(j.Due))
	case JobNudge, JobPropose:
		i := slices.IndexFunc(history, func(e Event) bool { return e.Seq == j.Seq })
		since := history[i+1:]
		return t.State == Waiting && !slices.ContainsFunc(since, func(e Event) bool { return e.Action == a || e.Action == Ask || e.To != Waiting })
	default:
		return t.State == Answered && !slices.ContainsFunc(history, func(e Event) bool { return e.Seq > j.Seq && restarts(e) })
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
	until := d.answerBy
	if near(until, t.AnswerBy) {
		until = d.acceptBy // nothing has changed for the requester
	}
	_, err = sv.take(ctx, tx, t, Step{Action: Reset, Role: RoleSystem, Until: until, reset: d})
	return err == nil, err
}

// near reports whether two times are the same for people. Those of cases from before
// times were kept to the millisecond may be off by one.
func near(a, b time.Time) bool { return a.Sub(b).Abs() < time.Second }

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
	if near(d.answerBy, t.AnswerBy) && (near(d.acceptBy, t.AcceptBy) || !t.Unaccepted()) {
		return nil, nil
	}
	return &d, nil
}
