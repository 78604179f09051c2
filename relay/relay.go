package relay

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"liaison/handlers"
	"liaison/ticket"
)

// Inbound is a message in the inbox.
type Inbound struct {
	ID       int64 // ascending in the order of arrival
	Message  handlers.Message
	Attempts int  // how often handling it has failed
	Behind   bool // whether others waited behind it in its lane
	// Also are the messages that followed with the same Album. Their files are in
	// Message, and they are handled together with it.
	Also []int64
}

// Lane is a chat with replies in the outbox.
type Lane struct {
	Name string
	Bulk bool // nothing but bulk messages wait there: other lanes go first
}

// Outbound is a reply in the outbox, on its way to one address.
type Outbound struct {
	ID    int64
	To    handlers.Address
	Reply handlers.Reply
	// Part is how many parts of it have been delivered; channels deliver a reply
	// that is longer than they allow in several parts.
	Part     int
	Attempts int  // how often delivering the present part has failed
	Behind   bool // whether others waited behind it in its lane
	// Edit is the channel's id of the message that this one is to replace, "" to
	// send a new one. The relay fills it in.
	Edit string
	// Ours reports whether the message is still for this process to send; of several,
	// another one may have taken the chat over. A channel that has waited asks before
	// it sends, and returns ErrNotOurs; after a yes the chat stays here until Deliver has
	// returned and it was tried to note that, some seconds at most. It is for the goroutine of Deliver. The relay fills it in.
	Ours func() bool
	// Placed ends the turn of a bulk message; a Paced channel calls it when no others wait
	// behind the message any more. It is never nil. The relay fills it in.
	Placed func()
}

// ErrNotOurs says that a message was not sent because another process sends it.
var ErrNotOurs = errors.New("another process has taken the chat over")

// Receipt says what a channel delivered.
type Receipt struct {
	MessageID string   // the channel's id of the new or replaced message, "" for a mere acknowledgement
	Also      []string // the ids of further messages that the part became, such as an album
	More      bool     // parts are left

	thread int // where it went
}

// ids lists the ids of all messages.
func (r Receipt) ids() []string {
	if r.MessageID == "" {
		return r.Also
	}
	return append([]string{r.MessageID}, r.Also...)
}

// Channel is a way to reach people, as the relay sees it. Implementations are
// safe for concurrent use.
type Channel interface {
	Name() handlers.Channel
	// Deliver sends the part numbered out.Part of the reply. It waits for the
	// channel's own rate limits. Errors: Permanent when trying again is useless,
	// *Unreachable when nothing reaches the chat, ErrNoTopic when the thread of the
	// address is gone, *RetryAfter when the channel said when, *Moved when the chat
	// has a new address; any other error is tried again later.
	Deliver(ctx context.Context, out Outbound) (Receipt, error)
	// Fetch opens a file that came with a message. The caller closes it. Errors
	// are as with Deliver.
	Fetch(ctx context.Context, up handlers.Upload) (io.ReadCloser, error)
}

// Reader is a Channel that may understand later, in a newer version, what it could not
// read when it came; see handlers.Message.Unread.
type Reader interface {
	Channel
	// Read reads it. ok is false for what says nothing to us. The error is Permanent when
	// its form is not known now either; any other is tried again. It holds none of the words.
	Read(unread string) (m handlers.Message, ok bool, err error)
}

// Previewer is a Channel that can show how a reply is coming along.
type Previewer interface {
	Channel
	// Preview shows the reply in the place of a delivered message until the next
	// one is shown or Deliver replaces it. It may leave any out, to keep within the
	// channel's limits, and never waits for them long. An error ends the previews
	// of the reply.
	Preview(ctx context.Context, to handlers.Address, messageID string, r handlers.Reply) error
}

// Paced is a Channel that takes no more than so many messages in a time.
type Paced interface {
	Channel
	// Turn waits until it is worth beginning with another bulk message: what is begun and
	// then waits behind others holds its chat up. The turn is over when no others wait
	// behind the message, see Outbound.Placed, or when the relay calls end; more than once
	// does nothing more. The error is ctx's.
	Turn(ctx context.Context) (end func(), err error)
}

// Intake is the durable inbox. Implementations are safe for concurrent use. A message
// that was postponed waits until it is Due, for LongestHandleWait at most.
type Intake interface {
	// Receive adds a message and reports whether it is new: a key that the channel
	// has used before changes nothing. When it returns nil, the message survives.
	Receive(ctx context.Context, m handlers.Message, at time.Time) (bool, error)
	// PendingLanes returns the lanes that have a message for this process to handle
	// by now. A lane whose first message must wait is not among them.
	PendingLanes(ctx context.Context, now time.Time) ([]string, error)
	// NextInbound returns the first message of the lane if it may be handled by
	// now, together with what has arrived of its album.
	NextInbound(ctx context.Context, lane string, now time.Time) (Inbound, bool, error)
	// Handle runs fn and marks the message as handled, in one transaction. A
	// message that is already handled is left alone and fn is not run.
	Handle(ctx context.Context, in Inbound, fn func(handlers.Tx) error) error
	// PostponeInbound sets when to try again; counted says whether it was a failed attempt.
	PostponeInbound(ctx context.Context, in Inbound, until time.Time, counted bool, cause string) error
	// ParkInbound runs fn and takes the message out of its lane for good, in one
	// transaction, keeping it with its cause for a developer to look at.
	ParkInbound(ctx context.Context, in Inbound, cause string, fn func(handlers.Tx) error) error
}

// Store is the durable part of the relay. Implementations are safe for
// concurrent use. A reply that was postponed waits until it is Due, for
// LongestDeliverWait at most.
type Store interface {
	handlers.Store
	Intake

	// Ready reports why nothing can be handled now, nil when the storage works. It is
	// cheap and takes a few seconds at most.
	Ready(ctx context.Context) error

	// OutboundLanes returns the lanes that have a reply to be delivered by now, those
	// with nothing but bulk messages last, and NextOutbound the first reply of one.
	OutboundLanes(ctx context.Context, now time.Time) ([]Lane, error)
	NextOutbound(ctx context.Context, lane string, now time.Time) (Outbound, bool, error)
	// Delivered records a delivered part under the ids of its messages, of which
	// there may be none, in out's thread, and, when done, finishes the reply.
	Delivered(ctx context.Context, out Outbound, messageIDs []string, done bool, at time.Time) error
	// PostponeOutbound sets when to try again; counted says whether it was a failed attempt.
	PostponeOutbound(ctx context.Context, id int64, until time.Time, counted bool, cause string) error
	// FailOutbound runs fn and gives the reply up, in one transaction, keeping it
	// with its cause.
	FailOutbound(ctx context.Context, id int64, cause string, at time.Time, fn func(handlers.Tx) error) error

	// RefOf returns the ref of the delivered message, "" when it has none, and
	// handlers.RefUnknown when nothing is known of it.
	RefOf(ctx context.Context, a handlers.Address, messageID string) (string, error)
	// Topic returns what is known of the chat's topic with the key. SaveTopic replaces
	// it; one with a thread shows that the chat has topics, see handlers.Reach.
	Topic(ctx context.Context, a handlers.Address, key string) (Topic, bool, error)
	SaveTopic(ctx context.Context, a handlers.Address, key string, t Topic) error
	ForgetTopic(ctx context.Context, a handlers.Address, key string) error
	// LastMessage returns the channel's id of the last message delivered to the
	// address with the ref, "" when there is none.
	LastMessage(ctx context.Context, a handlers.Address, ref string) (string, error)

	// Watch returns a channel of changes that is closed when ctx ends. A watcher
	// that does not keep up misses changes, never blocks a writer; after a miss it
	// is woken at least once more.
	Watch(ctx context.Context) <-chan handlers.Change
}

// Outage says that our own storage failed, as it does whatever it is asked: if it does not
// work otherwise either (Store.Ready), that is no fault of the message, and no attempt at
// handling it. Store and Blobs return it.
type Outage struct{ Err error }

// Error implements error.
func (o *Outage) Error() string { return o.Err.Error() }

// Unwrap returns the cause.
func (o *Outage) Unwrap() error { return o.Err }

// Blobs keeps files by their content. Implementations are safe for concurrent use.
type Blobs interface {
	// Put stores what r yields and returns its hash, type and size. More than limit bytes
	// is an error with code ticket.Invalid; nothing is stored then.
	Put(ctx context.Context, r io.Reader, name string, limit int64) (ticket.File, error)
	// Open is an error with code ticket.NotFound for an unknown hash.
	Open(hash string) (io.ReadSeekCloser, error)
}

// permanent marks an error that will not go away by trying again.
type permanent struct{ error }

func (p permanent) Unwrap() error { return p.error }

// Permanent returns err marked as useless to try again.
func Permanent(err error) error { return permanent{err} }

// IsPermanent reports whether err or what it wraps was marked by Permanent.
func IsPermanent(err error) bool { return errors.As(err, new(permanent)) }

// Unreachable says that nothing reaches the chat now, and why. It is permanent.
type Unreachable struct {
	Why handlers.Why
	Err error
}

// Error implements error.
func (u *Unreachable) Error() string { return u.Err.Error() }

// Unwrap returns the cause, as one that it is useless to try again.
func (u *Unreachable) Unwrap() error { return Permanent(u.Err) }

// whyOf says what a reply was given up for.
func whyOf(err error) handlers.Why {
	var u *Unreachable
	switch {
	case errors.As(err, &u):
		return u.Why
	case IsPermanent(err):
		return handlers.WhyRefused
	default:
		return handlers.WhyLate
	}
}

// RetryAfter says that the channel takes nothing for that address before After has passed.
type RetryAfter struct{ After time.Duration }

// Error implements error.
func (e *RetryAfter) Error() string { return fmt.Sprintf("retry after %v", e.After) }

// Moved says that the chat has a new id on its channel.
type Moved struct{ Chat string }

// Error implements error.
func (e *Moved) Error() string { return "chat moved to " + e.Chat }
