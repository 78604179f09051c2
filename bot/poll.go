package bot

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"

	tgbot "github.com/go-telegram/bot"
	"golang.org/x/sync/errgroup"

	"liaison/handlers"
)

const (
	batch = 100 // updates asked for at once, Telegram's maximum
	// atOnce is of how many chats updates are made durable at the same time: a store
	// that has several to write makes them durable together.
	atOnce = 32
	// pollGrace is how much longer than the poll an answer may take on its way.
	pollGrace = 10 * time.Second
	// turnCheck is how often a process looks whether it is to poll.
	turnCheck = time.Second
	// maxAnswer bounds one batch of updates, in bytes.
	maxAnswer = 32 << 20
)

// allowedUpdates are the kinds of update that decode understands.
var allowedUpdates = []string{"message", "edited_message", "callback_query", "my_chat_member"}

// Run takes updates in until ctx ends and then returns nil. A Telegram that
// cannot be reached, or refuses, is tried again for ever; Ready tells why.
// A second Run beside the first is an error.
func (b *Bot) Run(ctx context.Context) error {
	if !b.running.CompareAndSwap(false, true) {
		return errors.New("bot: already running")
	}
	defer b.running.Store(false)
	defer b.setReady(errors.New("telegram: stopped"))

	var offset int64
	connected := false
	backoff := b.minBackoff
	for ctx.Err() == nil {
		var err error
		switch {
		case !connected:
			err = b.connect(ctx)
			connected = err == nil
		case b.cfg.WebhookURL != "":
			connected, err = b.watchWebhook(ctx)
		case !b.cfg.Turn():
			offset = 0 // another process goes on from here
			sleep(ctx, turnCheck)
		default:
			offset, err = b.pollInTurn(ctx, offset)
		}
		if ctx.Err() != nil {
			break
		}
		b.setReady(err)
		if err == nil {
			backoff = b.minBackoff
			continue
		}
		pause := backoff
		backoff = min(2*backoff, b.maxBackoff)
		var many *tgbot.TooManyRequestsError
		switch {
		case errors.As(err, &many):
			pause = max(pause, time.Duration(many.RetryAfter)*time.Second)
		case errors.Is(err, tgbot.ErrorConflict):
			connected = false // somebody may have set a webhook: remove it
			err = fmt.Errorf("another program takes this bot's updates, stop it or use another token: %w", err)
		}
		b.log.WarnContext(ctx, "telegram: no updates", "err", err, "retry_in", pause)
		if !sleep(ctx, pause) {
			break
		}
	}
	return nil
}

// connect tells Telegram how updates are to reach us. It may be repeated.
func (b *Bot) connect(ctx context.Context) error {
	if err := b.Check(ctx); err != nil {
		return err
	}
	if b.cfg.WebhookURL == "" {
		if _, err := b.api.DeleteWebhook(ctx, &tgbot.DeleteWebhookParams{}); err != nil {
			return fmt.Errorf("telegram: deleteWebhook: %w", b.clean(err))
		}
	} else {
		_, err := b.api.SetWebhook(ctx, &tgbot.SetWebhookParams{
			URL:            b.cfg.WebhookURL,
			SecretToken:    b.cfg.WebhookSecret,
			AllowedUpdates: allowedUpdates,
			// One connection keeps the updates of a chat in order. It is enough:
			// taking an update in is one insert.
			MaxConnections: 1,
		})
		if err != nil {
			return fmt.Errorf("telegram: setWebhook %s: %w", b.cfg.WebhookURL, b.clean(err))
		}
	}
	if err := b.registerCommands(ctx); err != nil {
		return err
	}
	b.log.InfoContext(ctx, "telegram: connected", "bot", b.me.Load().Username, "webhook", b.cfg.WebhookURL != "")
	return nil
}

// watchWebhook waits a while and reports whether the webhook is still ours. It may
// be removed or changed by whoever has the token, and then updates stop without
// a word.
func (b *Bot) watchWebhook(ctx context.Context) (ours bool, err error) {
	if !sleep(ctx, b.hookCheck) {
		return true, nil
	}
	info, err := b.api.GetWebhookInfo(ctx)
	if err != nil {
		return true, fmt.Errorf("telegram: getWebhookInfo: %w", b.clean(err))
	}
	if info.URL != b.cfg.WebhookURL {
		b.log.WarnContext(ctx, "telegram: the webhook was changed by somebody else, it is set again; does another program use this bot's token?")
		return false, nil
	}
	return true, nil
}

// poll fetches one batch of updates and returns the offset of the next. An
// update is acknowledged by asking for the one after it, hence never before the
// inbox has it; one that the inbox refused is fetched again, with those after it.
func (b *Bot) poll(ctx context.Context, offset int64) (int64, error) {
	raws, err := b.getUpdates(ctx, offset)
	if err != nil {
		return offset, fmt.Errorf("telegram: getUpdates: %w", b.clean(err))
	}
	var updates []arrival
	for _, raw := range raws {
		u, malformed := b.read(ctx, raw)
		if malformed != nil {
			err = malformed
			break
		}
		updates = append(updates, u)
	}
	next, refused := b.takeAll(ctx, offset, updates)
	return next, cmp.Or(refused, err)
}

// takeAll makes updates durable, those of a chat one after the other and at most
// atOnce chats at the same time, and returns the offset of the first that is not.
func (b *Bot) takeAll(ctx context.Context, offset int64, updates []arrival) (int64, error) {
	chats := make(map[string][]arrival)
	for _, u := range updates {
		offset = max(offset, u.id+1)
		chats[u.m.From.Lane()] = append(chats[u.m.From.Lane()], u)
	}
	var (
		group errgroup.Group
		mu    sync.Mutex
	)
	group.SetLimit(atOnce)
	for _, chat := range chats {
		group.Go(func() error {
			for _, u := range chat {
				if err := b.take(ctx, u); err != nil {
					mu.Lock()
					offset = min(offset, u.id)
					mu.Unlock()
					return err
				}
			}
			return nil
		})
	}
	err := group.Wait()
	return offset, err
}

// pollInTurn is poll, ended when the turn of this process does.
func (b *Bot) pollInTurn(ctx context.Context, offset int64) (int64, error) {
	turn, end := context.WithCancel(ctx)
	defer end()
	go func() {
		for sleep(turn, turnCheck) {
			if !b.cfg.Turn() {
				end()
			}
		}
	}()
	offset, err := b.poll(turn, offset)
	if turn.Err() != nil && ctx.Err() == nil {
		return 0, nil
	}
	return offset, err
}

// errMalformed says that an update is not even an object with an id.
var errMalformed = errors.New("telegram: malformed update")

// arrival is an update that was read.
type arrival struct {
	id   int64
	m    handlers.Message
	ours bool // it says something to us
}

// read reads one update.
func (b *Bot) read(ctx context.Context, raw []byte) (arrival, error) {
	id, m, ok, err := decode(raw, b.me.Load().Username, b.cfg.Now())
	if errors.Is(err, errMalformed) {
		return arrival{}, err
	}
	if err != nil {
		b.log.ErrorContext(ctx, "telegram: an update of an unknown form is kept unread", "update_id", id, "err", err)
	}
	return arrival{id, m, ok}, nil
}

// take makes an update durable. One that says nothing to us is done with at once.
func (b *Bot) take(ctx context.Context, u arrival) error {
	if !u.ours {
		return nil
	}
	if _, err := b.cfg.Inbox.Receive(ctx, u.m, b.cfg.Now()); err != nil {
		return fmt.Errorf("inbox: update %d: %w", u.id, err)
	}
	return nil
}

// getUpdates is the one call that the client module keeps to itself.
func (b *Bot) getUpdates(ctx context.Context, offset int64) ([]json.RawMessage, error) {
	ctx, cancel := context.WithTimeout(ctx, b.cfg.PollTimeout+pollGrace)
	defer cancel()
	body, err := json.Marshal(map[string]any{
		"offset":          offset,
		"limit":           batch,
		"timeout":         int(b.cfg.PollTimeout / time.Second),
		"allowed_updates": allowedUpdates,
	})
	if err != nil {
		return nil, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, b.cfg.APIURL+"/bot"+b.cfg.Token+"/getUpdates", bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := b.cfg.Client.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	var answer struct {
		OK          bool              `json:"ok"`
		Result      []json.RawMessage `json:"result"`
		Code        int               `json:"error_code"`
		Description string            `json:"description"`
		Parameters  struct {
			RetryAfter int `json:"retry_after"`
		} `json:"parameters"`
	}
	if err := json.NewDecoder(io.LimitReader(resp.Body, maxAnswer)).Decode(&answer); err != nil {
		return nil, fmt.Errorf("status %s: %w", resp.Status, err)
	}
	if answer.OK {
		return answer.Result, nil
	}
	switch answer.Code {
	case http.StatusTooManyRequests:
		return nil, &tgbot.TooManyRequestsError{Message: answer.Description, RetryAfter: answer.Parameters.RetryAfter}
	case http.StatusConflict:
		return nil, fmt.Errorf("%w: %s", tgbot.ErrorConflict, answer.Description)
	default:
		return nil, fmt.Errorf("%d %s", answer.Code, answer.Description)
	}
}
