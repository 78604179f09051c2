package bot

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	tgbot "github.com/go-telegram/bot"
	"github.com/go-telegram/bot/models"

	"liaison/handlers"
	"liaison/relay"
	"liaison/ticket"
)

// step is what one part of a reply puts into the chat: a text, files, or a
// single file with the text as its caption.
type step struct {
	text   part
	files  []ticket.File
	markup models.ReplyMarkup // nil for none
}

// plan divides a reply into steps. It depends on the reply only, so that the
// steps are the same ones whenever delivery goes on after an interruption.
//
// One file goes with its text when that fits a caption. Otherwise the text
// follows the files, so that its buttons stand last; in a reply that replaces a
// message it comes first, because only text can replace one.
func plan(r handlers.Reply) ([]step, error) {
	markup, err := markup(r)
	if err != nil {
		return nil, err
	}
	texts := parts(r)
	if markup != nil && len(texts) == 0 {
		return nil, errors.New("buttons or a prompt without a text")
	}
	if len(r.Files) == 1 && len(texts) <= 1 && !r.Replace {
		s := step{files: r.Files, markup: markup}
		if len(texts) == 1 {
			s.text = texts[0]
		}
		if fits(s.text.Text, maxCaption) {
			return []step{s}, nil
		}
	}
	var words, files []step
	for _, t := range texts {
		words = append(words, step{text: t})
	}
	if len(words) > 0 {
		words[len(words)-1].markup = markup
	}
	for _, group := range groups(r.Files) {
		files = append(files, step{files: group})
	}
	if r.Replace {
		return append(words, files...), nil
	}
	return append(files, words...), nil
}

// Types of our own, because the client module's button always carries an empty
// "copy_text".
type keyboard struct {
	Rows [][]button `json:"inline_keyboard"`
}

type button struct {
	Text string `json:"text"`
	Data string `json:"callback_data,omitempty"`
	URL  string `json:"url,omitempty"`
}

// markup is what stands under the reply. Buttons win over the prompt, because
// Telegram takes one of the two and a person can answer a message by hand.
//
// A prompt for one of a group is selective: the apps of the others begin no answer to
// it. Without a name in the text it must not be: it would be shown to nobody.
func markup(r handlers.Reply) (models.ReplyMarkup, error) {
	var k keyboard
	for _, row := range r.Buttons {
		var bs []button
		for _, b := range row {
			text := strings.TrimSpace(clean(b.Text))
			switch {
			case text == "":
				return nil, errors.New("button without a text")
			case b.URL != "":
				if linkable(b.URL) { // else Telegram would refuse the whole message
					bs = append(bs, button{Text: text, URL: b.URL})
				}
			case b.Data == "" || len(b.Data) > handlers.MaxData:
				return nil, fmt.Errorf("button with %d bytes of data, not 1 to %d", len(b.Data), handlers.MaxData)
			default:
				bs = append(bs, button{Text: text, Data: b.Data})
			}
		}
		if len(bs) > 0 {
			k.Rows = append(k.Rows, bs)
		}
	}
	switch {
	case len(k.Rows) > 0:
		return k, nil
	case r.Prompt:
		named := slices.ContainsFunc(r.Text, func(s handlers.Span) bool { return s.Person != "" })
		return models.ForceReply{ForceReply: true, Selective: named}, nil
	}
	return nil, nil
}

// Deliver implements relay.Channel. Part 0 of a reply with Press acknowledges
// the press as well; that the press is too old to be acknowledged is no error.
func (b *Bot) Deliver(ctx context.Context, out relay.Outbound) (relay.Receipt, error) {
	chat, err := strconv.ParseInt(out.To.Chat, 10, 64)
	if err != nil {
		return relay.Receipt{}, relay.Permanent(fmt.Errorf("telegram: chat %q is not a number", out.To.Chat))
	}
	steps, err := plan(out.Reply)
	if err != nil {
		return relay.Receipt{}, relay.Permanent(fmt.Errorf("telegram: reply: %w", err))
	}
	if out.Part == 0 && out.Reply.Press != "" {
		err := b.acknowledge(ctx, out.Reply)
		if len(steps) == 0 {
			return relay.Receipt{}, err
		}
		if err != nil {
			b.log.WarnContext(ctx, "telegram: press not acknowledged", "outbound", out.ID, "err", err)
		}
	}
	if out.Part >= len(steps) {
		return relay.Receipt{}, nil
	}
	edit := 0
	if out.Part == 0 {
		edit, _ = strconv.Atoi(out.Edit) // what is no message of Telegram's is not there to be edited
	}
	ids, err := b.put(ctx, target{chat, out.To.Thread, out.Reply.Bulk != "", out.Ours, out.Placed}, steps[out.Part], edit, out.Reply.Amends != "")
	if errors.Is(err, tgbot.ErrorUnauthorized) {
		b.log.ErrorContext(ctx, "telegram: TELEGRAM_BOT_TOKEN is refused: nothing is delivered", "outbound", out.ID)
	}
	if err != nil {
		return relay.Receipt{}, b.classify(err)
	}
	receipt := relay.Receipt{More: out.Part+1 < len(steps)}
	for i, id := range ids {
		if i == 0 {
			receipt.MessageID = strconv.Itoa(id)
		} else {
			receipt.Also = append(receipt.Also, strconv.Itoa(id))
		}
	}
	return receipt, nil
}

// Turn implements relay.Paced.
func (b *Bot) Turn(ctx context.Context) (end func(), err error) { return b.limits.turn(ctx) }

// Preview implements relay.Previewer: it edits the message, at most once a second
// and only while nothing else goes to the chat.
func (b *Bot) Preview(ctx context.Context, to handlers.Address, messageID string, r handlers.Reply) error {
	chat, err := strconv.ParseInt(to.Chat, 10, 64)
	if err != nil {
		return fmt.Errorf("telegram: chat %q is not a number", to.Chat)
	}
	id, err := strconv.Atoi(messageID)
	if err != nil {
		return fmt.Errorf("telegram: message %q is not a number", messageID)
	}
	steps, err := plan(r)
	if err != nil || len(steps) != 1 || len(steps[0].files) > 0 {
		return err
	}
	return b.classify(b.limits.preview(ctx, chat, func(ctx context.Context) error {
		_, err := b.edit(ctx, chat, id, steps[0])
		return err
	}))
}

// acknowledge stops the waiting sign on a pressed button.
func (b *Bot) acknowledge(ctx context.Context, r handlers.Reply) error {
	err := b.limits.do(ctx, load{}, func(ctx context.Context) error {
		_, err := b.api.AnswerCallbackQuery(ctx, &tgbot.AnswerCallbackQueryParams{
			CallbackQueryID: r.Press,
			Text:            shorten(r.Toast, maxToast),
		})
		return err
	})
	if errors.Is(err, tgbot.ErrorBadRequest) {
		return nil // too old, or acknowledged before: nobody waits any more
	}
	return b.classify(err)
}

// target is where a message goes.
type target struct {
	chat   int64
	thread int
	bulk   bool // it goes there when nothing else wants to be sent
	ours   func() bool
	placed func()
}

// load is what n messages to it weigh.
func (to target) load(n int) load {
	return load{chat: to.chat, n: n, bulk: to.bulk, ours: to.ours, placed: to.placed}
}

// put shows a step in the chat, in the place of message edit unless that is 0 or,
// if it need not be only there, has gone. It returns the ids of its messages: none
// when Telegram took the step and said so in a form that we cannot read.
func (b *Bot) put(ctx context.Context, to target, s step, edit int, only bool) ([]int, error) {
	if edit != 0 && len(s.files) == 0 {
		if err := b.limits.afterPreview(ctx, to.chat); err != nil {
			return nil, err
		}
		done := false
		err := b.limits.do(ctx, load{chat: to.chat, n: 1, ours: to.ours}, func(ctx context.Context) (err error) {
			done, err = b.edit(ctx, to.chat, edit, s)
			return err
		})
		if done || err != nil {
			return []int{edit}, err
		}
		if only {
			return nil, nil
		}
	}
	ids, err := b.send(ctx, to, s)
	if taken(err) {
		b.log.WarnContext(ctx, "telegram: a reply was taken, and its id cannot be read", "err", b.clean(err))
		return nil, nil
	}
	return ids, err
}

// edit replaces the text and the buttons of a message. It reports false when
// that message cannot be edited, so that a new one must take its place.
func (b *Bot) edit(ctx context.Context, chat int64, id int, s step) (bool, error) {
	p := &tgbot.EditMessageTextParams{
		ChatID:             chat,
		MessageID:          id,
		Text:               s.text.Text,
		Entities:           s.text.Entities,
		LinkPreviewOptions: noPreview(),
	}
	if k, ok := s.markup.(keyboard); ok { // an edit cannot prompt
		p.ReplyMarkup = k
	}
	_, err := b.api.EditMessageText(ctx, p)
	switch {
	case err == nil, taken(err), refusal(err, "message is not modified"):
		return true, nil
	case refusal(err, "message to edit not found", "message can't be edited", "message_id_invalid", "no text in the message to edit"):
		return false, nil
	}
	return false, err
}

// send puts a new message into the chat.
func (b *Bot) send(ctx context.Context, to target, s step) (ids []int, err error) {
	if len(s.files) > 0 {
		return b.sendFiles(ctx, to, s)
	}
	err = b.limits.do(ctx, to.load(1), func(ctx context.Context) error {
		ids, err = b.sendText(ctx, to, s)
		return err
	})
	return ids, err
}

func (b *Bot) sendText(ctx context.Context, to target, s step) ([]int, error) {
	m, err := b.api.SendMessage(ctx, &tgbot.SendMessageParams{
		ChatID:             to.chat,
		MessageThreadID:    to.thread,
		Text:               s.text.Text,
		Entities:           s.text.Entities,
		LinkPreviewOptions: noPreview(),
		ReplyMarkup:        s.markup,
	})
	if err != nil {
		return nil, err
	}
	return []int{m.ID}, nil
}

func noPreview() *models.LinkPreviewOptions {
	return &models.LinkPreviewOptions{IsDisabled: tgbot.True()}
}
