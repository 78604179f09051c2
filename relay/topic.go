package relay

import (
	"context"
	"errors"

	"liaison/handlers"
)

// Topic is a topic of a chat as it was last seen or set.
type Topic struct {
	Thread int // the channel's number of it, 0 when its replies go into the chat itself
	Name   string
	Closed bool
}

// Topical is a Channel whose chats can have topics.
type Topical interface {
	Channel
	// OpenTopic makes a topic for the message in its chat and returns its number, before
	// the message is delivered. ErrNoTopics when the chat has none or we may not make any;
	// other errors are as with Deliver.
	OpenTopic(ctx context.Context, out Outbound, name string) (thread int, err error)
	// SetTopic brings the topic to which the message goes from one state to the other.
	// ErrNoTopic when it is gone; other errors are as with Deliver.
	SetTopic(ctx context.Context, out Outbound, from, want Topic) error
}

var (
	// ErrNoTopics says that a chat has no topics for us.
	ErrNoTopics = Permanent(errors.New("the chat has no topics, or the bot may not manage them"))
	// ErrNoTopic says that a topic is not there.
	ErrNoTopic = Permanent(errors.New("the topic is not there"))
)

// place brings a reply with a topic to it: the topic is made if there is none, and
// brought to the name and the state that the reply wants. All of that may be
// repeated. Only a crash between the making of a topic and its noting leaves one
// that nothing goes to.
func (r *Relay) place(ctx context.Context, ch Channel, out *Outbound) error {
	want := out.Reply.Topic
	topics, ok := ch.(Topical)
	if want == nil || !ok {
		return nil
	}
	is, known, err := r.Store.Topic(ctx, out.To, want.Key)
	switch {
	case err != nil:
		return err
	case !known && want.Closed:
		return nil // over before there was a topic
	case !known:
		if is, err = r.openTopic(ctx, topics, *out); err != nil {
			return err
		}
	}
	if is.Thread == 0 {
		return nil
	}
	in := *out
	in.To.Thread = is.Thread
	if to := (Topic{is.Thread, want.Name, want.Closed}); to != is {
		err := topics.SetTopic(ctx, in, is, to)
		switch {
		case errors.Is(err, ErrNoTopic): // delivering there will find out, and make another
		case IsPermanent(err):
			// The reply matters more than the name, and would fail again each time.
			r.Logger.WarnContext(ctx, "topic not changed", "outbound", out.ID, "error", err)
		case err != nil:
			return err
		}
		if err := r.Store.SaveTopic(ctx, out.To, want.Key, to); err != nil {
			return err
		}
	}
	out.To = in.To
	return nil
}

// openTopic makes the topic that the reply wants. In a chat that has none those
// whom it concerns are told, and the topic is the chat itself.
func (r *Relay) openTopic(ctx context.Context, ch Topical, out Outbound) (Topic, error) {
	want := out.Reply.Topic
	thread, err := ch.OpenTopic(ctx, out, want.Name)
	if errors.Is(err, ErrNoTopics) {
		r.Logger.WarnContext(ctx, "no topic can be made, the case stays in the group itself", "outbound", out.ID, "error", err)
		thread, err = 0, r.withoutTopic(ctx, out.To, handlers.WhyNoTopics)
	}
	t := Topic{Thread: thread, Name: want.Name}
	if err != nil {
		return t, err
	}
	return t, r.Store.SaveTopic(ctx, out.To, want.Key, t)
}

// elsewhere delivers a part whose topic is gone: to a new topic, or, where the
// topic was not ours to make, to the chat itself.
func (r *Relay) elsewhere(ctx context.Context, ch Channel, out *Outbound) (Receipt, error) {
	out.Edit = "" // what was in the topic went with it
	if out.Reply.Topic == nil {
		if err := r.withoutTopic(ctx, out.To, handlers.WhyNoTopic); err != nil {
			return Receipt{}, err
		}
		chat := *out
		chat.To.Thread = 0
		return r.send(ctx, ch, chat)
	}
	out.To.Thread = 0
	if err := r.Store.ForgetTopic(ctx, out.To, out.Reply.Topic.Key); err != nil {
		return Receipt{}, err
	}
	if err := r.place(ctx, ch, out); err != nil {
		return Receipt{}, err
	}
	return r.send(ctx, ch, *out)
}

func (r *Relay) withoutTopic(ctx context.Context, to handlers.Address, why handlers.Why) error {
	return r.Store.Update(ctx, func(tx handlers.Tx) error { return r.Desk.WithoutTopic(ctx, tx, to, why) })
}
