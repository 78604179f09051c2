package bot

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	tgbot "github.com/go-telegram/bot"
	"github.com/go-telegram/bot/models"

	"liaison/relay"
)

// maxTopicName is how long the name of a topic may be, in UTF-16 units.
const maxTopicName = 128

// OpenTopic implements relay.Topical.
func (b *Bot) OpenTopic(ctx context.Context, out relay.Outbound, name string) (int, error) {
	chat, err := strconv.ParseInt(out.To.Chat, 10, 64)
	if err != nil {
		return 0, relay.Permanent(fmt.Errorf("telegram: chat %q is not a number", out.To.Chat))
	}
	var made *models.ForumTopic
	err = b.limits.do(ctx, load{chat: chat, n: 1, ours: out.Ours}, func(ctx context.Context) (err error) { // the message that opens it counts
		made, err = b.api.CreateForumTopic(ctx, &tgbot.CreateForumTopicParams{ChatID: chat, Name: topicName(name)})
		return err
	})
	switch {
	case err == nil:
		return made.MessageThreadID, nil
	case errors.Is(err, tgbot.ErrorBadRequest) && unreachable(err) == "" && !errors.As(err, new(*tgbot.MigrateError)):
		return 0, fmt.Errorf("%w: %w", relay.ErrNoTopics, b.clean(err))
	}
	return 0, b.classify(err)
}

// SetTopic implements relay.Topical. A topic that is reopened is so before it gets
// its name, and one that is closed afterwards.
func (b *Bot) SetTopic(ctx context.Context, out relay.Outbound, from, want relay.Topic) error {
	chat, err := strconv.ParseInt(out.To.Chat, 10, 64)
	if err != nil {
		return relay.Permanent(fmt.Errorf("telegram: chat %q is not a number", out.To.Chat))
	}
	var calls []func(context.Context) (bool, error)
	if from.Closed && !want.Closed {
		calls = append(calls, func(ctx context.Context) (bool, error) {
			return b.api.ReopenForumTopic(ctx, &tgbot.ReopenForumTopicParams{ChatID: chat, MessageThreadID: out.To.Thread})
		})
	}
	if name := topicName(want.Name); name != topicName(from.Name) {
		calls = append(calls, func(ctx context.Context) (bool, error) {
			return b.api.EditForumTopic(ctx, &tgbot.EditForumTopicParams{ChatID: chat, MessageThreadID: out.To.Thread, Name: name})
		})
	}
	if want.Closed && !from.Closed {
		calls = append(calls, func(ctx context.Context) (bool, error) {
			return b.api.CloseForumTopic(ctx, &tgbot.CloseForumTopicParams{ChatID: chat, MessageThreadID: out.To.Thread})
		})
	}
	for _, call := range calls {
		err := b.limits.do(ctx, load{chat: chat, n: 1, ours: out.Ours}, func(ctx context.Context) error {
			_, err := call(ctx)
			return err
		})
		if err != nil && !refusal(err, "topic_not_modified") {
			return b.classify(err)
		}
	}
	return nil
}

// topicName makes a text fit for the name of a topic.
func topicName(name string) string {
	return shorten(strings.Join(strings.Fields(clean(name)), " "), maxTopicName)
}
