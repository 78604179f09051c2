package botapitest

import (
	"encoding/json"
	"strings"
)

// markup is a checked reply_markup; at most one field is set.
type markup struct {
	inline     *InlineKeyboard
	keyboard   *ReplyKeyboard
	forceReply bool
	remove     bool
}

const (
	maxCallbackData = 64 // bytes
	maxButtons      = 100
	maxMarkup       = 10 << 10 // bytes of all texts, data and links
)

func (k markup) put(m *Message) {
	m.Keyboard, m.ReplyKeyboard, m.ForceReply, m.RemoveKeyboard = k.inline, k.keyboard, k.forceReply, k.remove
}

// allowedIn refuses what only works in private chats.
func (k markup) allowedIn(c *chat) error {
	if k.keyboard == nil || c.private() {
		return nil
	}
	for _, row := range k.keyboard.Rows {
		for _, b := range row {
			switch {
			case b.RequestContact:
				return badRequest("phone number can be requested in private chats only")
			case b.RequestLocation:
				return badRequest("location can be requested in private chats only")
			}
		}
	}
	return nil
}

// readMarkup decodes and checks reply_markup. Edits take inline keyboards only.
func (s *Server) readMarkup(p *params, editing bool) (markup, error) {
	var raw map[string]json.RawMessage
	if err := p.json("reply_markup", &raw); err != nil {
		return markup{}, badRequest("can't parse reply keyboard markup JSON object")
	}
	if raw == nil {
		return markup{}, nil
	}
	shapes := 0
	for _, name := range []string{"inline_keyboard", "keyboard", "remove_keyboard", "force_reply"} {
		if _, ok := raw[name]; ok {
			shapes++
		}
	}
	if shapes != 1 {
		s.violateLocked("reply_markup has %d of inline_keyboard, keyboard, remove_keyboard and force_reply, want one", shapes)
	}
	var k markup
	var err error
	switch {
	case raw["inline_keyboard"] != nil:
		k.inline, err = s.readInline(raw)
	case raw["keyboard"] != nil:
		k.keyboard, err = s.readReplyKeyboard(p)
	case string(raw["remove_keyboard"]) == "true":
		k.remove = true
	case string(raw["force_reply"]) == "true":
		k.forceReply = true
		err = checkPlaceholder(rawString(raw["input_field_placeholder"]))
	}
	if err != nil {
		return markup{}, err
	}
	if editing && (k.keyboard != nil || k.remove || k.forceReply) {
		return markup{}, badRequest("inline keyboard expected")
	}
	return k, nil
}

func rawString(raw json.RawMessage) string {
	var s string
	_ = json.Unmarshal(raw, &s) // another type leaves it empty
	return s
}

func checkPlaceholder(text string) error {
	if utf16Len(text) > 64 {
		return badRequest("input field placeholder must be from 1 to 64 characters")
	}
	return nil
}

// readInline returns nil for a keyboard without buttons: Telegram shows none.
func (s *Server) readInline(raw map[string]json.RawMessage) (*InlineKeyboard, error) {
	var rows [][]map[string]json.RawMessage
	if err := json.Unmarshal(raw["inline_keyboard"], &rows); err != nil {
		return nil, badRequest("can't parse inline keyboard: field \"inline_keyboard\" must be an Array of Arrays of Objects")
	}
	var k InlineKeyboard
	total, size := 0, 0
	for _, row := range rows {
		var out []Button
		for _, b := range row {
			button, err := s.readButton(b)
			if err != nil {
				return nil, err
			}
			out = append(out, button)
			size += len(button.Text) + len(button.Data) + len(button.URL)
		}
		if len(out) > 0 {
			k.Rows = append(k.Rows, out)
			total += len(out)
		}
	}
	if total > maxButtons || size > maxMarkup {
		return nil, badRequest("reply markup is too long")
	}
	if total == 0 {
		return nil, nil
	}
	return &k, nil
}

var buttonFields = words("text url callback_data web_app login_url switch_inline_query switch_inline_query_current_chat " +
	"switch_inline_query_chosen_chat copy_text callback_game pay style icon_custom_emoji_id")

func (s *Server) readButton(raw map[string]json.RawMessage) (Button, error) {
	known := map[string]bool{}
	for _, f := range buttonFields {
		known[f] = true
	}
	for name := range raw {
		if !known[name] {
			s.violateLocked("inline button: unknown field %q", name)
		}
	}
	data, err := json.Marshal(raw)
	if err != nil {
		return Button{}, err
	}
	var b Button
	if err := json.Unmarshal(data, &b); err != nil {
		return Button{}, badRequest("can't parse inline keyboard button: %v", err)
	}
	// go-telegram/bot writes an empty copy_text into every button.
	if b.CopyText != nil && b.CopyText.Text == "" {
		b.CopyText = nil
	}
	if strings.TrimSpace(b.Text) == "" {
		return Button{}, badRequest("inline keyboard button text must be non-empty")
	}
	actions := 0
	for _, set := range []bool{b.URL != "", b.Data != "", b.WebApp != nil, b.LoginURL != nil, b.SwitchInline != nil,
		b.SwitchHere != nil, b.SwitchChosen != nil, b.CopyText != nil, b.CallbackGame != nil, b.Pay} {
		if set {
			actions++
		}
	}
	switch {
	case actions == 0:
		return Button{}, badRequest("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")
	case actions > 1:
		s.violateLocked("inline button %q has %d actions, want one", b.Text, actions)
	}
	switch {
	case len(b.Data) > maxCallbackData:
		return Button{}, badRequest("BUTTON_DATA_INVALID")
	case b.CopyText != nil && utf16Len(b.CopyText.Text) > 256:
		return Button{}, badRequest("BUTTON_COPY_TEXT_INVALID")
	}
	if b.URL != "" {
		link, ok := checkLink(b.URL)
		if !ok {
			return Button{}, badRequest("inline keyboard button URL '%s' is invalid: Wrong HTTP URL", b.URL)
		}
		b.URL = link
	}
	return b, nil
}

func (s *Server) readReplyKeyboard(p *params) (*ReplyKeyboard, error) {
	// A button may be written as a bare string.
	var loose struct {
		Rows        [][]json.RawMessage `json:"keyboard"`
		Persistent  bool                `json:"is_persistent"`
		Resize      bool                `json:"resize_keyboard"`
		OneTime     bool                `json:"one_time_keyboard"`
		Placeholder string              `json:"input_field_placeholder"`
		Selective   bool                `json:"selective"`
	}
	if err := p.json("reply_markup", &loose); err != nil {
		return nil, badRequest("can't parse reply keyboard markup JSON object")
	}
	k := ReplyKeyboard{Persistent: loose.Persistent, Resize: loose.Resize, OneTime: loose.OneTime,
		Placeholder: loose.Placeholder, Selective: loose.Selective}
	total := 0
	for _, row := range loose.Rows {
		var out []KeyboardButton
		for _, raw := range row {
			b := KeyboardButton{Text: rawString(raw)}
			if b.Text == "" && json.Unmarshal(raw, &b) != nil {
				return nil, badRequest("can't parse keyboard button: KeyboardButton must be an Object")
			}
			if strings.TrimSpace(b.Text) == "" {
				return nil, badRequest("keyboard button text must be non-empty")
			}
			out = append(out, b)
		}
		if len(out) > 0 {
			k.Rows = append(k.Rows, out)
			total += len(out)
		}
	}
	switch {
	case total == 0:
		return nil, badRequest("reply markup must contain at least one button")
	case total > 300:
		return nil, badRequest("reply markup is too long")
	}
	return &k, checkPlaceholder(k.Placeholder)
}
