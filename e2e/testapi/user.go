package testapi

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf16"
)

// waitLimit is how long Wait waits, also on a machine that is busy with other
// tests.
const waitLimit = 20 * time.Second

// User is a person who has a private chat with the bot. ID is also the chat's.
type User struct {
	ID       int64
	Name     string
	Language string // IETF tag, such as zh-hans; may be empty
}

// Message is one message of the bot in its present state.
type Message struct {
	ID        int
	Text      string
	ParseMode string // as the bot gave it: HTML, MarkdownV2 or empty
	Buttons   [][]Button
}

// Button is one button below a message: Data comes back when it is pressed, URL
// opens a page. One of them is empty.
type Button struct {
	Text string `json:"text"`
	Data string `json:"callback_data"`
	URL  string `json:"url"`
}

// SendText sends what the user typed.
func (s *Server) SendText(u User, text string) {
	s.t.Helper()
	message := u.base()
	message["text"] = text
	s.act("/sendMessage", message)
}

// SendCommand sends a command such as "/start" with anything that follows it.
func (s *Server) SendCommand(u User, command string) {
	s.t.Helper()
	name, _, _ := strings.Cut(command, " ")
	message := u.base()
	message["text"] = command
	message["entities"] = []map[string]any{{
		"type": "bot_command", "offset": 0, "length": len(utf16.Encode([]rune(name))),
	}}
	s.act("/sendCommand", message)
}

// Press presses the button of a message that has the given data.
func (s *Server) Press(u User, m Message, data string) {
	s.t.Helper()
	has := slices.ContainsFunc(m.Buttons, func(row []Button) bool {
		return slices.ContainsFunc(row, func(b Button) bool { return b.Data == data })
	})
	if data == "" || !has {
		s.t.Fatalf("message %d has no button %q, but %+v", m.ID, data, m.Buttons)
	}
	query := u.base()
	query["data"] = data
	query["message"] = map[string]any{
		"message_id":   m.ID,
		"date":         query["date"],
		"chat":         query["chat"],
		"from":         map[string]any{"id": botID(), "is_bot": true, "first_name": "Bot"},
		"text":         m.Text,
		"reply_markup": map[string]any{"inline_keyboard": m.Buttons},
	}
	s.act("/sendCallback", query)
}

// Messages returns the bot's messages to the user as they are now, oldest first:
// edited ones with their last text, deleted ones not at all.
func (s *Server) Messages(u User) []Message {
	s.t.Helper()
	records, err := s.history(s.closing, u.ID)
	if err != nil {
		s.t.Fatalf("read the chat of user %d: %v", u.ID, err)
	}
	var messages []Message
	for _, one := range records {
		messages = append(messages, Message{
			ID:        one.MessageID,
			Text:      one.Message.Text,
			ParseMode: one.Message.ParseMode,
			Buttons:   one.Message.ReplyMarkup.InlineKeyboard,
		})
	}
	return messages
}

// Wait waits until the bot's messages to the user satisfy ok and returns them. It
// fails the test after 20 s; what names the thing waited for.
func (s *Server) Wait(u User, what string, ok func([]Message) bool) []Message {
	s.t.Helper()
	limit := time.NewTimer(waitLimit)
	defer limit.Stop()
	for {
		changed := s.watch()
		messages := s.Messages(u)
		if ok(messages) {
			return messages
		}
		select {
		case <-changed:
		case <-limit.C:
			s.t.Fatalf("user %d waited %v for %s; the bot's messages: %+v", u.ID, waitLimit, what, messages)
		}
	}
}

// base returns what all actions of a user have in common.
func (u User) base() map[string]any {
	person := map[string]any{"id": u.ID, "is_bot": false, "first_name": u.Name}
	if u.Language != "" {
		person["language_code"] = u.Language
	}
	return map[string]any{
		"botToken": Token,
		"date":     time.Now().Unix(),
		"from":     person,
		"chat":     map[string]any{"id": u.ID, "type": "private", "first_name": u.Name},
	}
}

// act does something for a user and makes the update ready for the bot.
func (s *Server) act(path string, body map[string]any) {
	s.t.Helper()
	var answer reply
	err := s.post(s.closing, path, body, &answer)
	if err == nil {
		err = s.pull(s.closing)
	}
	if err != nil {
		s.t.Fatalf("act for a user: %v", err)
	}
	s.announce()
}

func botID() int64 {
	digits, _, _ := strings.Cut(Token, ":")
	id, err := strconv.ParseInt(digits, 10, 64)
	if err != nil {
		panic(err)
	}
	return id
}

// record is a message as the emulator keeps it.
type record struct {
	MessageID int   `json:"messageId"`
	Time      int64 `json:"time"` // unix milliseconds
	Message   struct {
		ChatID      json.Number `json:"chat_id"` // empty in what users sent
		Text        string      `json:"text"`
		ParseMode   string      `json:"parse_mode"`
		ReplyMarkup struct {
			InlineKeyboard [][]Button `json:"inline_keyboard"`
		} `json:"reply_markup"`
	} `json:"message"`
}

// message returns the record as the Bot API gives a message.
func (r record) message() map[string]any {
	return map[string]any{
		"message_id": r.MessageID,
		"date":       r.Time / 1000,
		"chat":       map[string]any{"id": r.Message.ChatID, "type": "private"},
		"text":       r.Message.Text,
	}
}

// history returns the bot's messages in a chat, oldest first.
func (s *Server) history(ctx context.Context, chat int64) ([]record, error) {
	var answer struct{ Result []record }
	if err := s.post(ctx, "/getUpdatesHistory", map[string]string{"token": Token}, &answer); err != nil {
		return nil, err
	}
	records := slices.DeleteFunc(answer.Result, func(r record) bool {
		return r.Message.ChatID.String() != strconv.FormatInt(chat, 10)
	})
	slices.SortFunc(records, func(a, b record) int { return cmp.Compare(a.MessageID, b.MessageID) })
	return records, nil
}
