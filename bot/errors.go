package bot

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	tgbot "github.com/go-telegram/bot"

	"liaison/handlers"
	"liaison/relay"
)

// maxErrorText keeps an error readable when a proxy answered with a whole page, in bytes.
const maxErrorText = 400

// maskToken shows which bot a token is for, not its secret.
func maskToken(token string) string {
	if token == "" {
		return "empty"
	}
	id, secret, ok := strings.Cut(token, ":")
	if _, err := strconv.ParseInt(id, 10, 64); err != nil || !ok || secret == "" {
		return "\"***\""
	}
	return id + ":***"
}

// cleaned is an error whose text has no token in it. What it wraps is kept for
// errors.Is and errors.As only.
type cleaned struct {
	text string
	err  error
}

func (c *cleaned) Error() string { return c.text }
func (c *cleaned) Unwrap() error { return c.err }

// clean takes the token out of an error: it is part of every address of the Bot
// API, and network errors quote the address.
func (b *Bot) clean(err error) error {
	if err == nil {
		return nil
	}
	text := strings.ReplaceAll(err.Error(), b.cfg.Token, maskToken(b.cfg.Token))
	if len(text) > maxErrorText {
		text = strings.ToValidUTF8(text[:maxErrorText], "") + "…"
	}
	return &cleaned{text: text, err: err}
}

// classify turns what a call to Telegram returned into what the relay expects.
func (b *Bot) classify(err error) error {
	if err == nil {
		return nil
	}
	var many *tgbot.TooManyRequestsError
	if errors.As(err, &many) {
		return &relay.RetryAfter{After: retryAfter(many)}
	}
	var moved *tgbot.MigrateError
	if errors.As(err, &moved) {
		return &relay.Moved{Chat: strconv.Itoa(moved.MigrateToChatID)}
	}
	c := b.clean(err)
	if why := unreachable(err); why != "" {
		return &relay.Unreachable{Why: why, Err: c}
	}
	switch {
	case refusal(err, topicGone...):
		return fmt.Errorf("%w: %w", relay.ErrNoTopic, c)
	case errors.Is(err, tgbot.ErrorForbidden), errors.Is(err, tgbot.ErrorBadRequest):
		return relay.Permanent(c)
	case strings.Contains(err.Error(), " 413 "): // the client module has no name for it
		return relay.Permanent(c)
	}
	return c
}

// topicGone are the ways in which Telegram says that a topic is no longer there, or
// is closed to us.
var topicGone = []string{"message thread not found", "topic_deleted", "topic_closed", "topic_id_invalid"}

// unreachable says why nothing reaches the chat, "" when the error is not about
// that.
func unreachable(err error) handlers.Why {
	has := func(parts ...string) bool {
		text := strings.ToLower(err.Error())
		return slices.ContainsFunc(parts, func(part string) bool { return strings.Contains(text, part) })
	}
	switch {
	case errors.Is(err, tgbot.ErrorForbidden):
		switch {
		case has("blocked by the user", "can't initiate conversation"):
			return handlers.WhyBlocked
		case has("deactivated", "was deleted"):
			return handlers.WhyGone
		case has("was kicked", "is not a member"):
			return handlers.WhyRemoved
		}
	case errors.Is(err, tgbot.ErrorBadRequest):
		switch {
		case has("chat not found", "peer_id_invalid", "chat was deactivated", "chat was deleted"):
			return handlers.WhyGone
		case has("rights to send", "chat_write_forbidden"):
			return handlers.WhyNoRight
		}
	}
	return ""
}

// taken reports whether Telegram carried the request out and answered in a form
// that the client module cannot read. Asking again would do it twice.
func taken(err error) bool {
	return err != nil && strings.Contains(err.Error(), "error decode response result for method ")
}

// refusal reports whether Telegram refused the request with one of the
// descriptions. Telegram tells most refusals apart in words only.
func refusal(err error, descriptions ...string) bool {
	if !errors.Is(err, tgbot.ErrorBadRequest) {
		return false
	}
	text := strings.ToLower(err.Error())
	for _, d := range descriptions {
		if strings.Contains(text, d) {
			return true
		}
	}
	return false
}
