package botapitest

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"time"
)

const (
	maxText    = 4096 // UTF-16 units after entity parsing
	maxCaption = 1024
)

// draft is what every sending method has in common, checked.
type draft struct {
	chat   *chat
	msg    Message
	markup markup
}

// newDraft checks everything but the content: chat, thread, reply, keyboard.
func (s *Server) newDraft(p *params) (*draft, error) {
	mk, err := s.readMarkup(p, false)
	if err != nil {
		return nil, err
	}
	c, err := s.target(p)
	if err != nil {
		return nil, err
	}
	if err := mk.allowedIn(c); err != nil {
		return nil, err
	}
	d := &draft{chat: c, markup: mk}
	if d.msg.ThreadID, err = s.thread(p, c); err != nil {
		return nil, err
	}
	if d.msg.replyTo, err = s.replyTarget(p, c, d.msg.ThreadID); err != nil {
		return nil, err
	}
	if d.msg.ThreadID == 0 && d.msg.replyTo != 0 {
		d.msg.ThreadID = c.find(d.msg.replyTo).ThreadID // a reply stays in its topic
	}
	d.msg.Silent = p.bool("disable_notification")
	p.bool("protect_content")
	return d, nil
}

// send stores the draft and returns the message for the answer.
func (s *Server) send(d *draft) Message {
	m := d.msg
	m.From = &s.bot
	d.markup.put(&m)
	return d.chat.view(s.addMessage(d.chat, &m))
}

// replyTarget checks reply_parameters; 0 means no reply within this chat.
func (s *Server) replyTarget(p *params, c *chat, threadID int64) (int64, error) {
	var r struct {
		MessageID int64           `json:"message_id"`
		ChatID    json.RawMessage `json:"chat_id"`
		Allow     bool            `json:"allow_sending_without_reply"`
		Quote     string          `json:"quote"`
	}
	if err := p.json("reply_parameters", &r); err != nil {
		return 0, badRequest("can't parse reply parameters JSON object")
	}
	if r.MessageID == 0 {
		return 0, nil
	}
	from := c
	if len(r.ChatID) > 0 {
		if from = s.findChat(strings.Trim(string(r.ChatID), `"`)); from == nil {
			return 0, badRequest("chat not found")
		}
	}
	to := from.find(r.MessageID)
	switch {
	case to == nil && r.Allow:
		return 0, nil
	case to == nil:
		return 0, badRequest("message to be replied not found")
	case r.Quote != "" && !strings.Contains(to.Body(), r.Quote):
		return 0, badRequest("QUOTE_TEXT_INVALID")
	case from != c:
		return 0, nil
	case threadID != 0 && to.ThreadID != threadID:
		s.violateLocked("reply to message %d of another topic", to.ID)
	}
	return r.MessageID, nil
}

// text reads, parses and checks the text argument of a call.
func (s *Server) text(p *params) (string, []Entity, error) {
	if p.str("text") == "" {
		return "", nil, badRequest("message text is empty")
	}
	text, entities, err := s.formatted(p, "text", "entities")
	switch {
	case err != nil:
		return "", nil, err
	case text == "":
		return "", nil, badRequest("text must be non-empty")
	case utf16Len(text) > maxText:
		return "", nil, badRequest("message is too long")
	}
	return text, entities, nil
}

func (s *Server) caption(p *params) (string, []Entity, error) {
	text, entities, err := s.formatted(p, "caption", "caption_entities")
	if err == nil && utf16Len(text) > maxCaption {
		err = badRequest("message caption is too long")
	}
	return text, entities, err
}

func (s *Server) sendMessage(p *params) (any, error) {
	text, entities, err := s.text(p)
	if err != nil {
		return nil, err
	}
	off, err := previewOff(p)
	if err != nil {
		return nil, err
	}
	d, err := s.newDraft(p)
	if err != nil {
		return nil, err
	}
	d.msg.Text, d.msg.Entities, d.msg.NoPreview = text, entities, off
	return s.send(d), nil
}

func previewOff(p *params) (bool, error) {
	var o struct {
		Disabled bool `json:"is_disabled"`
	}
	if err := p.json("link_preview_options", &o); err != nil {
		return false, badRequest("can't parse link preview options JSON object")
	}
	return o.Disabled, nil
}

// editable is the message a call wants to edit, if the bot may edit it.
func (s *Server) editable(p *params) (*chat, *Message, error) {
	if p.str("inline_message_id") != "" {
		return nil, nil, badRequest("MESSAGE_ID_INVALID")
	}
	c, err := s.target(p)
	if err != nil {
		return nil, nil, err
	}
	id := p.int("message_id")
	if id == 0 {
		return nil, nil, badRequest("message identifier is not specified")
	}
	m := c.find(id)
	switch {
	case m == nil:
		return nil, nil, badRequest("message to edit not found")
	case m.From.ID != s.bot.ID, m.ReplyKeyboard != nil, m.ForceReply:
		return nil, nil, badRequest("message can't be edited")
	}
	return c, m, nil
}

// applyEdit puts the new content in, or refuses when nothing would change.
func (s *Server) applyEdit(c *chat, m *Message, next Message) (any, error) {
	if next.Text == m.Text && next.Caption == m.Caption && slices.EqualFunc(next.Entities, m.Entities, sameEntity) &&
		slices.EqualFunc(next.CaptionEntities, m.CaptionEntities, sameEntity) && reflect.DeepEqual(next.Keyboard, m.Keyboard) {
		return nil, badRequest("message is not modified: specified new message content and reply markup are exactly the same " +
			"as a current content and reply markup of the message")
	}
	next.EditDate = s.cfg.now().Unix()
	*m = next
	return c.view(m), nil
}

func sameEntity(a, b Entity) bool { return reflect.DeepEqual(a, b) }

func (s *Server) editMessageText(p *params) (any, error) {
	text, entities, err := s.text(p)
	if err != nil {
		return nil, err
	}
	off, err := previewOff(p)
	if err != nil {
		return nil, err
	}
	mk, err := s.readMarkup(p, true)
	if err != nil {
		return nil, err
	}
	c, m, err := s.editable(p)
	if err != nil {
		return nil, err
	}
	if m.Text == "" {
		return nil, badRequest("there is no text in the message to edit")
	}
	next := *m
	next.Text, next.Entities, next.Keyboard, next.NoPreview = text, entities, mk.inline, off
	return s.applyEdit(c, m, next)
}

func (s *Server) editMessageCaption(p *params) (any, error) {
	text, entities, err := s.caption(p)
	if err != nil {
		return nil, err
	}
	mk, err := s.readMarkup(p, true)
	if err != nil {
		return nil, err
	}
	c, m, err := s.editable(p)
	if err != nil {
		return nil, err
	}
	if m.Photo == nil && m.Document == nil {
		return nil, badRequest("there is no caption in the message to edit")
	}
	next := *m
	next.Caption, next.CaptionEntities, next.Keyboard = text, entities, mk.inline
	return s.applyEdit(c, m, next)
}

func (s *Server) editMessageReplyMarkup(p *params) (any, error) {
	mk, err := s.readMarkup(p, true)
	if err != nil {
		return nil, err
	}
	c, m, err := s.editable(p)
	if err != nil {
		return nil, err
	}
	next := *m
	next.Keyboard = mk.inline
	return s.applyEdit(c, m, next)
}

func (s *Server) deleteMessage(p *params) (any, error) {
	c, err := s.chatOf(p)
	if err != nil {
		return nil, err
	}
	if err := s.deleteOne(c, p.int("message_id")); err != nil {
		return nil, err
	}
	return true, nil
}

// deleteOne follows Telegram's rules: any message of a private chat, own ones
// elsewhere, others' only as administrator, and none older than 48 hours.
func (s *Server) deleteOne(c *chat, id int64) error {
	if id == 0 {
		return badRequest("message identifier is not specified")
	}
	m := c.find(id)
	if m == nil {
		return badRequest("message to delete not found")
	}
	own := m.From.ID == s.bot.ID
	old := s.cfg.now().Sub(time.Unix(m.Date, 0)) > 48*time.Hour
	admin := c.botStatus == "administrator"
	if old && !admin || !own && !admin && !c.private() {
		return badRequest("message can't be deleted")
	}
	c.remove(id)
	return nil
}

// deleteMessages skips what can't be found, as documented.
func (s *Server) deleteMessages(p *params) (any, error) {
	c, err := s.chatOf(p)
	if err != nil {
		return nil, err
	}
	var ids []int64
	if err := p.json("message_ids", &ids); err != nil {
		return nil, badRequest("can't parse message identifiers JSON array")
	}
	if len(ids) == 0 || len(ids) > 100 {
		return nil, badRequest("there must be from 1 to 100 message identifiers")
	}
	for _, id := range ids {
		if c.find(id) == nil {
			continue
		}
		if err := s.deleteOne(c, id); err != nil {
			return nil, err
		}
	}
	return true, nil
}
