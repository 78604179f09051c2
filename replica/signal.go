package replica

import (
	"context"
	"encoding/json"

	"github.com/redis/go-redis/v9"

	"liaison/handlers"
)

// signal is a change as the replicas tell each other.
type signal struct {
	From   string          `json:"from"`
	Change handlers.Change `json:"change"`
}

// Exchange tells the other replicas what this one has committed, and heard what
// they have, until ctx ends or own is closed. What is told while a connection is
// broken is lost: then heard gets a change of each kind that names nothing, for all
// that there may have been.
func (h *Hub) Exchange(ctx context.Context, name string, own <-chan handlers.Change, heard func(...handlers.Change)) {
	channel := h.key("changes")
	sub := h.rdb.Subscribe(ctx, channel)
	defer sub.Close()
	news := sub.ChannelWithSubscriptions()
	for {
		select {
		case <-ctx.Done():
			return
		case c, ok := <-own:
			if !ok {
				return
			}
			body, err := json.Marshal(signal{name, c})
			if err == nil {
				err = h.publish(ctx, channel, body)
			}
			if err != nil && ctx.Err() == nil {
				h.log.WarnContext(ctx, "a change was not told to the other replicas; they find it when they look", "error", err)
			}
		case n, ok := <-news:
			if !ok {
				return
			}
			switch n := n.(type) {
			case *redis.Subscription:
				for _, kind := range handlers.ChangeKinds {
					heard(handlers.Change{Kind: kind})
				}
			case *redis.Message:
				var s signal
				if err := json.Unmarshal([]byte(n.Payload), &s); err == nil && s.From != name {
					heard(s.Change)
				}
			}
		}
	}
}

// publish tells the subscribers of the channel; what one process tells arrives in its
// order, also in a cluster, where any node would take it.
func (h *Hub) publish(ctx context.Context, channel string, body []byte) error {
	c, err := h.master(ctx, channel)
	if err != nil {
		return err
	}
	return h.reloading(ctx, c.Publish(ctx, channel, body).Err())
}
