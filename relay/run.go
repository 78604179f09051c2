package relay

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"time"

	"liaison/handlers"
	"liaison/pace"
	"liaison/trace"
)

// Desk handles messages. Implementations are safe for concurrent use.
type Desk interface {
	// Prepare does what must not hold a transaction open: asking the policy
	// library and perhaps a model. It may take seconds.
	Prepare(ctx context.Context, m handlers.Message) (handlers.Prepared, error)
	// Handle makes the message's changes and replies in the transaction. A person's
	// mistake is answered with a reply; an error is ours.
	Handle(ctx context.Context, tx handlers.Tx, m handlers.Message, p handlers.Prepared) error
	// Undelivered makes up for a reply that was given up.
	Undelivered(ctx context.Context, tx handlers.Tx, to handlers.Address, r handlers.Reply, why handlers.Why) error
	// WithoutTopic tells those whom it concerns, once, that what was for a topic goes
	// into the chat itself: why is handlers.WhyNoTopics or WhyNoTopic.
	WithoutTopic(ctx context.Context, tx handlers.Tx, to handlers.Address, why handlers.Why) error
	// Write returns what a model makes of a delivered reply with a Draft, to replace
	// it, or the reply as it was and false. show gets it as it grows. It may take as
	// long as a model does.
	Write(ctx context.Context, r handlers.Reply, show func(handlers.Reply)) (handlers.Reply, bool)
	// Apologize tells the person that the message could not be handled.
	Apologize(ctx context.Context, tx handlers.Tx, m handlers.Message) error
	// Flooded tells the writer of the message that neither it nor what follows until
	// then is kept, and returns true; or returns false for somebody whose messages
	// are always kept.
	Flooded(ctx context.Context, tx handlers.Tx, m handlers.Message, until time.Time) (bool, error)
}

// Metrics counts what goes through. Implementations are safe for concurrent use.
type Metrics interface {
	// Handled is called after each attempt: outcome is "ok", "retry" or "parked"; of a
	// draft "ok" when the model's answer was taken, "quoted" when not, "parked" when it is none.
	Handled(ch handlers.Channel, outcome string, took time.Duration)
	// Flooded is called when somebody has sent too much, once for all that is not taken
	// in within the pause.
	Flooded(ch handlers.Channel)
	// Delivered is called after each attempt: outcome is "ok", "retry", "limited" or "failed".
	Delivered(ch handlers.Channel, outcome string, took time.Duration)
}

// Config is what a Relay needs. Store, Blobs and Desk are required.
type Config struct {
	Store Store
	Blobs Blobs
	Desk  Desk
	// Intake is the inbox. Defaults to Store, which serves one process.
	Intake Intake
	// Mine reports whether this process delivers the replies of the lane. Of several
	// processes at most one may say so at a time. Defaults to all lanes.
	Mine func(lane string) bool
	// Begin is Mine for what has to be over before another process begins with the lane: a
	// delivery until it is noted, a preview. end is called then. Defaults to what Mine says.
	Begin   func(lane string) (end func(), ok bool)
	Logger  *slog.Logger     // Defaults to slog.Default.
	Metrics Metrics          // Defaults to none.
	Now     func() time.Time // Defaults to time.Now.
	Pace    pace.Taker       // Keeps PerPerson and FileBytes. Defaults to the one of this process.
	// PerPerson is what one person may send; buttons may be pressed beside it, three times
	// as many. Staff do not count. Defaults to PersonRate.
	PerPerson pace.Rate
	// FileBytes is how many bytes of files one person may send in an hour, through channels
	// that files are fetched from. Defaults to 512 MiB: more than two cases with all the files
	// they may have, and nobody fills a disk.
	FileBytes int64
	// Parallel is how many chats are handled at once, and how many are delivered
	// to at once. Defaults to 32.
	Parallel int
	// Attempt is how long one attempt to handle a message may take, with its files
	// and what is asked of models. Defaults to 20 seconds.
	Attempt time.Duration
	// Grace is how long running work may go on after Run's context has ended.
	// Defaults to 10 seconds.
	Grace time.Duration
}

// FirstReply is how long the first message of a chat may go without a visible
// reply, whatever is broken: what the national standard for government hotlines
// allows in text. All attempts to handle it, with the waits between them, stay
// below, and at the end of them the person is told.
const FirstReply = 3 * time.Minute

// The limits of patience. A message that could not be handled in about half a
// minute of waiting will hardly be handled at all, and the rest of the chat waits
// behind it; a reply can wait for three days of an outage on the channel's side.
const (
	maxHandleAttempts  = 6
	attemptTime        = 20 * time.Second
	maxDeliverAttempts = 440
)

// outagePause is how long a message waits that found the storage away.
const outagePause = 2 * time.Second

// noteTimeout is how long noting what was delivered may take.
const noteTimeout = 10 * time.Second

// albumPause is how long the first message of an album waits for the others,
// which channels hand over one by one.
const albumPause = time.Second

// Relay moves messages in and replies out. It is safe for concurrent use.
type Relay struct {
	Config
	channels map[handlers.Channel]Channel
	in       *pump
	drafts   *pump   // apart: models are slow, and nobody waits for them
	out      []*pump // one a channel: one that hangs must not hold the others up
	flights  flights
	unnoted  unnoted
	brought  brought
	began    time.Time // when Run was called
}

// New returns a Relay. Channels are added before Run.
func New(c Config) *Relay {
	c.Logger = cmp.Or(c.Logger, slog.Default())
	c.Parallel = cmp.Or(c.Parallel, 32)
	c.Attempt = cmp.Or(c.Attempt, attemptTime)
	c.Grace = cmp.Or(c.Grace, 10*time.Second)
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Intake == nil {
		c.Intake = c.Store
	}
	c.FileBytes = max(cmp.Or(c.FileBytes, 512<<20), 1<<20)
	if c.Pace == nil {
		c.Pace = &pace.Memory{Now: c.Now}
	}
	if c.PerPerson == (pace.Rate{}) {
		c.PerPerson = PersonRate
	}
	if c.Mine == nil {
		c.Mine = func(string) bool { return true }
	}
	if c.Begin == nil {
		c.Begin = func(lane string) (func(), bool) { return func() {}, c.Mine(lane) }
	}
	if c.Metrics == nil {
		c.Metrics = noMetrics{}
	}
	r := &Relay{Config: c, channels: make(map[handlers.Channel]Channel)}
	r.in = &pump{
		lanes:    func(ctx context.Context) ([]Lane, error) { return r.pending(ctx, false) },
		step:     r.handleNext,
		parallel: c.Parallel, wake: make(chan struct{}, 1), logger: c.Logger,
	}
	r.drafts = &pump{
		lanes:    func(ctx context.Context) ([]Lane, error) { return r.pending(ctx, true) },
		step:     r.writeNext,
		parallel: parallelDrafts, wake: make(chan struct{}, 1), logger: c.Logger,
	}
	return r
}

// Add makes a channel known. It must be called before Run. Replies to a channel
// that was not added wait until it is there again.
func (r *Relay) Add(ch Channel) {
	r.channels[ch.Name()] = ch
	prefix := handlers.Address{Channel: ch.Name()}.Lane()
	p := &pump{
		prefix: prefix,
		lanes: func(ctx context.Context) ([]Lane, error) {
			lanes, err := r.Store.OutboundLanes(ctx, r.Now())
			return slices.DeleteFunc(lanes, func(l Lane) bool { return !strings.HasPrefix(l.Name, prefix) || !r.Mine(l.Name) }), err
		},
		step:     r.deliverNext,
		parallel: r.Parallel, wake: make(chan struct{}, 1), logger: r.Logger,
	}
	if paced, ok := ch.(Paced); ok {
		p.turn = paced.Turn
	}
	r.out = append(r.out, p)
}

// Receive makes the message durable. When it returns nil the channel may
// acknowledge the message: it will be handled even if the process dies now. What
// people say to each other in a group is not kept, nor is what somebody sends who
// floods; see admits.
func (r *Relay) Receive(ctx context.Context, m handlers.Message, at time.Time) (bool, error) {
	if m = m.Storable(); !m.ForUs() && m.ReplyTo == "" {
		return false, nil
	}
	if ok, err := r.admits(ctx, m, at); err != nil || !ok {
		return false, err
	}
	ctx, end := trace.Start(ctx, "receive", trace.Text("channel", string(m.From.Channel)))
	m.Trace = trace.Carry(ctx)
	fresh, err := r.Intake.Receive(ctx, m, at)
	end(err, trace.Flag("new", fresh))
	if fresh {
		r.in.poke()
	}
	return fresh, err
}

// Wake makes the relay look for messages at once. It never blocks.
func (r *Relay) Wake() {
	r.in.poke()
	r.drafts.poke()
}

// WakeAll makes it look for replies, too, as when lanes have become this process's.
func (r *Relay) WakeAll() {
	r.Wake()
	for _, p := range r.out {
		p.poke()
	}
}

// Run handles and delivers until ctx ends. Then it takes up nothing new, lets
// running work finish for Grace, cancels what is left, and returns.
func (r *Relay) Run(ctx context.Context) {
	work, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	context.AfterFunc(ctx, func() { time.AfterFunc(r.Grace, cancel) })
	r.began = r.Now()
	changes := r.Store.Watch(ctx)
	watched := make(chan struct{})
	go func() {
		defer close(watched)
		for c := range changes {
			if c.Kind != handlers.ReplyQueued || c.ID != "" && !r.Mine(c.ID) {
				continue // the process whose lane it is hears it too
			}
			for _, p := range r.out {
				if strings.HasPrefix(c.ID, p.prefix) || c.ID == "" {
					p.poke()
				}
			}
		}
	}()
	var wg sync.WaitGroup
	for _, p := range append([]*pump{r.in}, r.out...) {
		wg.Go(func() { p.run(ctx, work) })
	}
	wg.Go(func() { r.drafts.run(ctx, ctx) }) // nobody waits for a model when we stop
	wg.Wait()
	<-watched
}

// handleNext handles the first message of the lane.
func (r *Relay) handleNext(ctx context.Context, lane string) outcome {
	in, ok, err := r.Intake.NextInbound(ctx, lane, r.Now())
	if err == nil && ok && in.Message.Album != "" && in.Attempts == 0 {
		if err := pause(ctx, albumPause); err != nil {
			return more
		}
		in, ok, err = r.Intake.NextInbound(ctx, lane, r.Now())
	}
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
	ch := in.Message.From.Channel
	hctx, end := trace.Start(trace.Resume(ctx, in.Message.Trace), "handle",
		trace.Text("channel", string(ch)), trace.Number("inbound", in.ID), trace.Number("attempt", int64(in.Attempts+1)))
	err = r.handle(hctx, in)
	end(err)
	took := r.Now().Sub(began)
	switch {
	case err == nil:
		r.brought.forget(in.ID)
		r.Metrics.Handled(ch, "ok", took)
		r.Logger.DebugContext(ctx, "message handled", "inbound", in.ID, "channel", ch, "took", took)
		if in.Behind {
			return more
		}
		return finished
	case ctx.Err() != nil: // we are stopping: the message waits for the next life
		return finished
	case r.outage(ctx, err):
		r.Metrics.Handled(ch, "retry", took)
		r.Logger.WarnContext(ctx, "message not handled, the storage is away", "inbound", in.ID, "channel", ch, "error", err)
		err = r.Intake.PostponeInbound(ctx, in, r.Now().Add(outagePause), false, err.Error())
	case in.Attempts+1 < maxHandleAttempts && !IsPermanent(err):
		r.Metrics.Handled(ch, "retry", took)
		r.Logger.WarnContext(ctx, "message not handled, trying again", "inbound", in.ID, "channel", ch, "attempts", in.Attempts+1, "error", err)
		err = r.Intake.PostponeInbound(ctx, in, r.Now().Add(backoff(in.Attempts, LongestHandleWait)), true, err.Error())
	default:
		r.Metrics.Handled(ch, "parked", took)
		r.Logger.ErrorContext(ctx, "message parked", "inbound", in.ID, "channel", ch, "attempts", in.Attempts+1, "error", err)
		err = r.Intake.ParkInbound(ctx, in, err.Error(), func(tx handlers.Tx) error {
			return r.Desk.Apologize(ctx, tx, in.Message)
		})
		if err == nil {
			r.brought.forget(in.ID)
		}
	}
	if err != nil {
		r.Logger.ErrorContext(ctx, "writing the inbox failed", "inbound", in.ID, "error", err)
		return failed
	}
	return more
}

// outage reports whether our own storage is to blame for the error: it does not work now.
// That it has failed with this message is not enough, or one message for which there is no
// room, while there is for others, would hold its chat up for ever.
func (r *Relay) outage(ctx context.Context, err error) bool {
	if r.Store.Ready(ctx) != nil {
		return true
	}
	if !errors.As(err, new(*Outage)) {
		return false
	}
	// The answer may be from before the failure.
	return pause(ctx, pulseEvery) != nil || r.Store.Ready(ctx) != nil
}

// pause waits, or returns the context's error when it ends first.
func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}

func (r *Relay) handle(ctx context.Context, in Inbound) (err error) {
	ctx, cancel := context.WithTimeout(ctx, r.Attempt)
	defer cancel()
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	m := in.Message
	if m.Unread != "" {
		return r.reread(ctx, in)
	}
	if m.ReplyTo != "" {
		if m.Ref, err = r.refOf(ctx, m); err != nil {
			return err
		}
	}
	if !m.ForUs() { // people talk to each other in a group: none of it is kept
		return r.Intake.Handle(ctx, in, func(handlers.Tx) error { return nil })
	}
	if err := r.fetch(ctx, in); err != nil {
		return err
	}
	pctx, end := trace.Start(ctx, "prepare")
	prepared, err := r.Desk.Prepare(pctx, m)
	end(err)
	if err != nil {
		return err
	}
	tctx, end := trace.Start(ctx, "transaction")
	err = r.Intake.Handle(tctx, in, func(tx handlers.Tx) error {
		// What is sent from here goes on from the handling, which is over by then.
		return r.Desk.Handle(ctx, tx, m, prepared)
	})
	end(err)
	return err
}

// reread takes in what could not be read before, as the message that it is now. What
// is still of an unknown form is given up: it is parked, for a newer version to try again.
func (r *Relay) reread(ctx context.Context, in Inbound) error {
	ch, ok := r.channels[in.Message.From.Channel].(Reader)
	if !ok {
		return Permanent(errors.New(handlers.UnreadCause + "no channel knows it"))
	}
	m, ok, err := ch.Read(in.Message.Unread)
	if IsPermanent(err) {
		return fmt.Errorf(handlers.UnreadCause+"%w", err)
	}
	if err != nil {
		return err
	}
	if ok {
		m.Key = in.Message.Key + ":read"
		if _, err := r.Receive(ctx, m, r.Now()); err != nil {
			return err
		}
	}
	return r.Intake.Handle(ctx, in, func(handlers.Tx) error { return nil })
}

// refOf finds out what the message answers. Somebody may answer a message that
// we have sent and not yet noted as sent, so an unknown one is looked up again
// once what is on its way to the chat has been noted. In private, what answers a message
// that is unknown even then is a message like others.
func (r *Relay) refOf(ctx context.Context, m handlers.Message) (string, error) {
	landed := r.flights.of(m.From.Lane())
	ref, err := r.sentRef(ctx, m.From, m.ReplyTo)
	if err == nil && (ref == "" || ref == handlers.RefUnknown) && landed != nil {
		select {
		case <-landed:
		case <-ctx.Done():
			return "", ctx.Err()
		}
		ref, err = r.sentRef(ctx, m.From, m.ReplyTo)
	}
	if ref == handlers.RefUnknown && !m.Group {
		ref = ""
	}
	return ref, err
}

// sentRef is the ref of a message of ours, also of one that could not be noted yet. What is
// not among those, because it is noted by now, is in the store.
func (r *Relay) sentRef(ctx context.Context, chat handlers.Address, messageID string) (string, error) {
	if ref, ok := r.unnoted.refOf(chat, messageID); ok {
		return ref, nil
	}
	return r.Store.RefOf(ctx, chat, messageID)
}

// deliverNext delivers one part of the first reply of the lane.
func (r *Relay) deliverNext(ctx context.Context, lane string) outcome {
	if !r.Mine(lane) {
		return finished // another process has taken it over
	}
	out, ok, err := r.Store.NextOutbound(ctx, lane, r.Now())
	if err != nil {
		if ctx.Err() == nil {
			r.Logger.ErrorContext(ctx, "reading the outbox failed", "lane", lane, "error", err)
		}
		return failed
	}
	if !ok {
		return finished
	}
	end := func() {}
	defer func() { end() }() // when it is noted
	out.Placed = turnOf(ctx)
	out.Ours = func() bool {
		begun, ok := r.Begin(lane)
		if ok {
			end() // it asks for each call that it makes
			end = begun
		}
		return ok
	}
	defer r.flights.start(lane)()
	began := r.Now()
	receipt, delivered := r.unnoted.receipt(out)
	if delivered {
		out.To.Thread = receipt.thread
	} else {
		dctx, end := trace.Start(trace.Resume(ctx, out.Reply.Trace), "deliver", trace.Text("channel", string(out.To.Channel)),
			trace.Number("outbound", out.ID), trace.Number("part", int64(out.Part)), trace.Number("attempt", int64(out.Attempts+1)))
		receipt, err = r.deliver(dctx, &out)
		end(err)
	}
	took := r.Now().Sub(began)
	if err != nil && ctx.Err() != nil || errors.Is(err, ErrNotOurs) {
		return finished // it goes out in the next life, or elsewhere
	}
	what, then := "ok", finished
	if receipt.More || out.Behind {
		then = more
	}
	// What has happened is noted even if the time to stop has come meanwhile.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), noteTimeout)
	defer cancel()
	if err == nil {
		if err = r.Store.Delivered(ctx, out, receipt.ids(), !receipt.More, r.Now()); err != nil {
			r.unnoted.put(out, receipt)
		} else {
			r.unnoted.forget(out)
			if out.Reply.Draft != nil && receipt.MessageID != "" && !receipt.More {
				r.beginDraft(ctx, out, receipt)
			}
		}
	} else {
		then = more
		what, err = r.undelivered(ctx, out, err)
	}
	r.Metrics.Delivered(out.To.Channel, what, took)
	if err != nil {
		r.Logger.ErrorContext(ctx, "writing the outbox failed", "outbound", out.ID, "error", err)
		return failed
	}
	return then
}

// deliver delivers the part, with out brought to the topic that it goes to.
func (r *Relay) deliver(ctx context.Context, out *Outbound) (_ Receipt, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	ch, ok := r.channels[out.To.Channel]
	if !ok {
		return Receipt{}, fmt.Errorf("channel %q is not connected", out.To.Channel)
	}
	if err := r.place(ctx, ch, out); err != nil {
		return Receipt{}, err
	}
	switch {
	case out.Part > 0:
	case out.Reply.Amends != "":
		// In a chat that has moved the id would be another message's.
		ref, err := r.Store.RefOf(ctx, out.To, out.Reply.Amends)
		if err != nil || ref != out.Reply.Ref {
			return Receipt{}, err
		}
		out.Edit = out.Reply.Amends
	case out.Reply.Replace && out.Reply.Ref != "":
		out.Edit, err = r.Store.LastMessage(ctx, out.To, out.Reply.Ref)
		if err != nil || out.Edit == "" && out.Reply.Update {
			return Receipt{}, err
		}
	}
	receipt, err := r.send(ctx, ch, *out)
	if errors.Is(err, ErrNoTopic) && out.To.Thread != 0 {
		receipt, err = r.elsewhere(ctx, ch, out)
	}
	receipt.thread = out.To.Thread
	return receipt, err
}

// send hands a part to its channel.
func (r *Relay) send(ctx context.Context, ch Channel, out Outbound) (Receipt, error) {
	out.Reply.Draft = nil // not the channel's business
	return ch.Deliver(ctx, out)
}

// undelivered decides what becomes of a reply that the channel did not take.
func (r *Relay) undelivered(ctx context.Context, out Outbound, cause error) (outcome string, err error) {
	log := r.Logger.With("outbound", out.ID, "channel", out.To.Channel, "attempts", out.Attempts+1, "error", cause)
	var wait *RetryAfter
	var moved *Moved
	switch {
	case errors.As(cause, &wait):
		log.InfoContext(ctx, "channel asked to wait")
		return "limited", r.Store.PostponeOutbound(ctx, out.ID, r.Now().Add(min(wait.After, LongestDeliverWait)), false, cause.Error())
	case errors.As(cause, &moved):
		log.InfoContext(ctx, "chat has moved")
		to := handlers.Address{Channel: out.To.Channel, Chat: moved.Chat}
		return "retry", r.Store.Update(ctx, func(tx handlers.Tx) error {
			return tx.MoveChat(ctx, handlers.Address{Channel: out.To.Channel, Chat: out.To.Chat}, to)
		})
	case IsPermanent(cause), out.Attempts+1 >= maxDeliverAttempts:
		log.ErrorContext(ctx, "reply given up")
		return "failed", r.Store.FailOutbound(ctx, out.ID, cause.Error(), r.Now(), func(tx handlers.Tx) error {
			if out.Reply.Amends != "" {
				return nil // what it amends was delivered
			}
			return r.Desk.Undelivered(ctx, tx, out.To, out.Reply, whyOf(cause))
		})
	default:
		log.WarnContext(ctx, "reply not delivered, trying again")
		return "retry", r.Store.PostponeOutbound(ctx, out.ID, r.Now().Add(backoff(out.Attempts, LongestDeliverWait)), !r.outage(ctx, cause), cause.Error())
	}
}

// backoff doubles from one second for each attempt that failed before.
func backoff(attempts int, most time.Duration) time.Duration {
	return min(time.Second<<min(max(attempts, 0), 20), most)
}

type noMetrics struct{}

func (noMetrics) Handled(handlers.Channel, string, time.Duration)   {}
func (noMetrics) Flooded(handlers.Channel)                          {}
func (noMetrics) Delivered(handlers.Channel, string, time.Duration) {}
