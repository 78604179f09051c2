package relay

import (
	"context"
	"fmt"
	"runtime/debug"
	"strconv"
	"strings"
	"time"

	"liaison/handlers"
	"liaison/trace"
)

// parallelDrafts is how many drafts a model works on at once.
const parallelDrafts = 8

// staleDraft is how long after its reply a draft may begin. Who asked has read the
// quotation by then, and a model that has fallen behind must catch up.
const staleDraft = 30 * time.Second

// previewTime is how long a channel may take over a preview. The model waits
// meanwhile, and its own time runs.
const previewTime = 3 * time.Second

// pending lists the lanes of the inbox that have work now, those of drafts or the
// others.
func (r *Relay) pending(ctx context.Context, drafts bool) (lanes []Lane, err error) {
	prefix := handlers.Address{Channel: handlers.Drafts}.Lane()
	names, err := r.Intake.PendingLanes(ctx, r.Now())
	for _, name := range names {
		if strings.HasPrefix(name, prefix) == drafts {
			lanes = append(lanes, Lane{Name: name})
		}
	}
	return lanes, err
}

// beginDraft asks for a model's version of a reply that has been delivered. The
// request is durable so that what a preview has shown is taken back even when the
// process dies before the model has ended. It is a lane of its own: a model must
// not hold up the chat.
func (r *Relay) beginDraft(ctx context.Context, out Outbound, receipt Receipt) {
	key := strconv.FormatInt(out.ID, 10)
	m := handlers.Message{
		Key: key, From: handlers.Address{Channel: handlers.Drafts, Chat: key}, SentAt: r.Now(),
		Delivered: &handlers.Delivered{To: out.To, MessageID: receipt.MessageID, Reply: out.Reply}, Trace: out.Reply.Trace,
	}
	if _, err := r.Intake.Receive(ctx, m, r.Now()); err != nil {
		r.Logger.WarnContext(ctx, "draft not begun", "outbound", out.ID, "error", err)
		return
	}
	r.drafts.poke()
}

// writeNext lets the model write a delivered reply anew. What replaces the reply
// goes through the outbox like any other. A draft that an earlier life has left
// is not begun again: the reply is put back as it was.
func (r *Relay) writeNext(ctx context.Context, lane string) outcome {
	in, ok, err := r.Intake.NextInbound(ctx, lane, r.Now())
	if err != nil {
		if ctx.Err() == nil {
			r.Logger.ErrorContext(ctx, "reading the inbox failed", "lane", lane, "error", err)
		}
		return failed
	}
	if !ok {
		return finished
	}
	began := r.Now()
	d := in.Message.Delivered
	if d == nil { // it was not understood when it came; nobody waits for it
		r.Logger.ErrorContext(ctx, "draft parked", "inbound", in.ID)
		r.Metrics.Handled(handlers.Drafts, "parked", 0)
		err := r.Intake.ParkInbound(ctx, in, handlers.UnreadCause+"no draft", func(handlers.Tx) error { return nil })
		if err != nil {
			r.Logger.ErrorContext(ctx, "writing the inbox failed", "inbound", in.ID, "error", err)
			return failed
		}
		return more
	}
	reply, _ := strconv.ParseInt(in.Message.Key, 10, 64) // 0 is no reply's number
	// The age is by the wall clock, the life is not: a clock that was set right since
	// the start must not make all drafts look like those of an earlier life.
	age, life := began.Sub(in.Message.SentAt), began.Sub(r.began)
	left := in.Attempts > 0 || age > life || age < -staleDraft
	final, written, shown := d.Reply, false, left
	if !left && age < staleDraft {
		wctx, end := trace.Start(trace.Resume(ctx, in.Message.Trace), "write")
		final, written, shown = r.write(wctx, lane, *d)
		end(nil, trace.Flag("written", written))
	}
	if ctx.Err() != nil {
		return finished // the next life puts the reply back
	}
	final.Draft, final.Amends = nil, d.MessageID
	err = r.Intake.Handle(ctx, in, func(tx handlers.Tx) error {
		if !written && !shown {
			return nil // the reply stands as it was
		}
		if there, err := tx.StillThere(ctx, reply); err != nil || !there {
			return err // whoever asked was forgotten meanwhile
		}
		return tx.Send(ctx, d.To, final)
	})
	outcome := "ok"
	if !written {
		outcome = "quoted"
	}
	r.Metrics.Handled(handlers.Drafts, outcome, r.Now().Sub(began))
	if err != nil && ctx.Err() == nil {
		r.Logger.ErrorContext(ctx, "draft not finished", "inbound", in.ID, "error", err)
		err = r.Intake.PostponeInbound(ctx, in, r.Now().Add(backoff(in.Attempts, LongestHandleWait)), true, err.Error())
	}
	if err != nil {
		return failed
	}
	return more
}

// write asks the model and shows on the way what the channel can, while the lane is ours:
// another process that has got it puts the reply back. shown says that the chat may show
// something else than the reply now.
func (r *Relay) write(ctx context.Context, lane string, d handlers.Delivered) (final handlers.Reply, written, shown bool) {
	defer func() {
		if p := recover(); p != nil {
			r.Logger.ErrorContext(ctx, "draft given up", "error", fmt.Errorf("panic: %v\n%s", p, debug.Stack()))
			final, written = d.Reply, false
		}
	}()
	channel, ok := r.channels[d.To.Channel].(Previewer)
	final, written = r.Desk.Write(ctx, d.Reply, func(preview handlers.Reply) {
		if !ok {
			return
		}
		end, ours := r.Begin(lane)
		if ok = ours; !ok {
			return
		}
		defer end()
		shown = true
		ctx, cancel := context.WithTimeout(ctx, previewTime)
		defer cancel()
		if err := channel.Preview(ctx, d.To, d.MessageID, preview); err != nil {
			ok = false
			r.Logger.InfoContext(ctx, "previews ended", "channel", d.To.Channel, "error", err)
		}
	})
	return final, written, shown
}
