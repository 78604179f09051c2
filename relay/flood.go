package relay

import (
	"context"
	"time"

	"liaison/handlers"
	"liaison/pace"
)

// PersonRate is what one person may send by default: far more than anybody types,
// and a whole album at once.
var PersonRate = pace.Rate{Every: 3 * time.Second, Burst: 20}

// presses is what one person may press, beside what that person may send: a press is
// done sooner than a message is written, and somebody looks through a list or fills a form.
func presses(messages pace.Rate) pace.Rate {
	return pace.Rate{Every: max(1, messages.Every/3), Burst: 3 * messages.Burst}
}

// floodPause is how long nothing more is taken from somebody who has sent too much.
var floodPause = pace.Rate{Every: 30 * time.Second, Burst: 1}

// backlog is how old a message is that has waited for us, as after an outage. Many
// of those at once are no flood.
const backlog = time.Minute

// admits reports whether the message is kept. One that is beyond what its writer
// may send, or press, in the time is not: the first is answered with what is not kept and
// until when, so that nothing is lost silently, and what follows until then costs no more
// than a look at the limit. Where it cannot be asked counts what Pace says all the same.
func (r *Relay) admits(ctx context.Context, m handlers.Message, at time.Time) (bool, error) {
	if m.Event != "" || m.Unread != "" || at.Sub(m.SentAt) > backlog {
		return true, nil
	}
	key, limit := "intake:"+string(m.From.Channel)+":"+m.User, r.PerPerson
	if m.Button != "" {
		key, limit = key+":press", presses(limit)
	}
	left := func(key string, rate pace.Rate, n int) time.Duration {
		wait, err := r.Pace.Take(ctx, key, rate, n)
		if err != nil {
			r.Logger.WarnContext(ctx, "a rate limit was not asked", "limit", "intake", "error", err)
		}
		return wait
	}
	if left(key+":shut", floodPause, 0) > 0 {
		return false, nil
	}
	if left(key, limit, 1) <= 0 {
		return true, nil
	}
	refused := false
	err := r.Store.Update(ctx, func(tx handlers.Tx) (err error) {
		refused, err = r.Desk.Flooded(ctx, tx, m, at.Add(floodPause.Every))
		return err
	})
	if err != nil || !refused {
		return err == nil, err
	}
	// Only now: had the answer not been stored, the channel would bring the message again.
	left(key+":shut", floodPause, 1)
	r.Metrics.Flooded(m.From.Channel)
	return false, nil
}
