package bot

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf16"

	"github.com/go-telegram/bot/models"

	"liaison/handlers"
	"liaison/relay"
)

// decode reads an update. ok is false when nobody said anything to the bot.
// Without an id of the update the error is errMalformed. With any other error the
// message is Unread, with what could be read of it; the error holds no words. self is the bot's user name, now the time of what has none.
func decode(raw []byte, self string, now time.Time) (id int64, m handlers.Message, ok bool, err error) {
	var only struct {
		ID *int64 `json:"update_id"`
	}
	if json.Unmarshal(raw, &only) != nil || only.ID == nil {
		return 0, m, false, errMalformed
	}
	id = *only.ID
	var u update
	err = json.Unmarshal(raw, &u) // reads on behind what it cannot read
	switch {
	case u.Message != nil:
		m, ok = u.Message.decode(self)
	case u.Edited != nil:
		m, ok = u.Edited.decode(self)
		m.Edited, m.Album = true, "" // it is no longer one of the parts that come together
		// A live location is edited every few seconds: it has nothing new to say.
		ok = ok && m.Event == "" && (m.Text != "" || m.Command != "" || len(m.Files) > 0)
		m.SentAt = at(max(u.Edited.Date, u.Edited.EditDate))
	case u.Callback != nil:
		m, ok = u.Callback.decode(now)
	case u.Member != nil:
		m, ok = u.Member.decode()
	}
	m.Key = strconv.FormatInt(id, 10)
	if err != nil {
		m.Unread, m.From.Channel, m.Album = string(raw), handlers.Telegram, ""
		if m.From.Chat == "0" {
			m.From.Chat = ""
		}
		return id, m, ok || !m.Group, wordless(err)
	}
	return id, m, ok, nil
}

// wordless is the error without what it quotes of the update.
func wordless(err error) error {
	var kind *json.UnmarshalTypeError
	if errors.As(err, &kind) {
		return fmt.Errorf("telegram: field %q is no %s", kind.Field, kind.Type)
	}
	return errors.New("telegram: a field is of an unknown form")
}

// Read implements relay.Reader.
func (b *Bot) Read(unread string) (handlers.Message, bool, error) {
	me := b.me.Load()
	if me == nil {
		return handlers.Message{}, false, errors.New("telegram: not connected yet")
	}
	_, m, ok, err := decode([]byte(unread), me.Username, b.cfg.Now())
	if err != nil {
		err = relay.Permanent(err)
	}
	return m, ok, err
}

func at(unix int64) time.Time { return time.Unix(unix, 0).UTC() }

// in starts a message with where it was said and by whom.
func (c chat) in(thread int, from *models.User) handlers.Message {
	m := handlers.Message{
		From: handlers.Address{
			Channel: handlers.Telegram,
			Chat:    strconv.FormatInt(c.ID, 10),
			Thread:  thread,
		},
		Group: c.Type == models.ChatTypeGroup || c.Type == models.ChatTypeSupergroup,
	}
	if from != nil {
		m.User = strconv.FormatInt(from.ID, 10)
		m.Lang = from.LanguageCode
	}
	return m
}

// conversational reports whether the bot talks in such a chat: not in channels.
func (c chat) conversational() bool {
	switch c.Type {
	case models.ChatTypePrivate, models.ChatTypeGroup, models.ChatTypeSupergroup:
		return c.ID != 0
	}
	return false
}

func (t *message) thread() int {
	if t.IsTopic {
		return t.Thread
	}
	return 0 // a thread of replies in an ordinary group is no place of its own
}

func (t *message) decode(self string) (handlers.Message, bool) {
	m := t.Chat.in(t.thread(), t.From)
	m.SentAt = at(t.Date)
	if t.ID != 0 {
		m.ID = strconv.Itoa(t.ID)
	}
	if !t.Chat.conversational() {
		return m, false
	}
	if t.MigrateTo != 0 {
		m.Event, m.MovedTo = handlers.EventMoved, strconv.FormatInt(t.MigrateTo, 10)
		return m, true
	}
	// Who writes in the name of a chat comes as a bot of Telegram's own.
	m.Anonymous = t.From != nil && t.From.IsBot && t.SenderChat != nil && m.Group
	switch {
	case m.Anonymous:
	case t.From == nil || t.From.IsBot:
		return m, false
	case t.SenderChat != nil && t.SenderChat.Type == models.ChatTypeChannel:
		return m, false // a channel's post, shown in its discussion group
	}
	m.Text, m.Album = t.Text, t.Album
	entities := t.Entities
	if t.Text == "" {
		m.Text, entities = t.Caption, t.CapEntity
	}
	if name, addressee, rest, ok := command(m.Text, entities); ok {
		if addressee != "" && !strings.EqualFold(addressee, self) && m.Group {
			return m, false // meant for another bot
		}
		m.Command, m.Text = name, rest
	}
	m.Text = strings.ReplaceAll(m.Text, "\x00", "")
	// What is no answer in a topic counts as one to the message that opened it.
	if t.ReplyTo.by(self) && t.ReplyTo.ID != 0 && t.ReplyTo.ID != t.thread() {
		m.ReplyTo = strconv.Itoa(t.ReplyTo.ID)
	}
	m.Files, m.At = t.files(), t.Location
	if words := t.shared(); words != "" {
		m.Text, m.Shared = strings.ReplaceAll(words, "\x00", ""), true
		m.Contact = t.Contact != nil
	}
	content := m.Text != "" || m.Command != "" || len(m.Files) > 0 || m.At != nil
	return m, content || !m.Group && !t.service
}

// shared puts into words what has words in it besides a text, "" when there is no
// such thing.
func (t *message) shared() string {
	switch {
	case t.Contact != nil:
		return strings.TrimSpace(strings.TrimSpace(t.Contact.First+" "+t.Contact.Last) + " " + t.Contact.Phone)
	case t.Venue != nil:
		return strings.TrimSpace(t.Venue.Title + " " + t.Venue.Address)
	case t.Poll != nil:
		words := t.Poll.Question
		for _, o := range t.Poll.Options {
			words += "\n- " + o.Text
		}
		return words
	}
	return ""
}

// command splits a text that begins with a bot command: "/start@our_bot 7" is
// "start", "our_bot" and "7". Telegram marks commands as entities, whose length
// is in UTF-16 units.
func command(text string, entities []models.MessageEntity) (name, addressee, rest string, ok bool) {
	for _, e := range entities {
		if e.Type != models.MessageEntityTypeBotCommand || e.Offset != 0 {
			continue
		}
		units := utf16.Encode([]rune(text))
		if e.Length < 2 || e.Length > len(units) || units[0] != '/' {
			return "", "", "", false
		}
		name, addressee, _ = strings.Cut(string(utf16.Decode(units[1:e.Length])), "@")
		return strings.ToLower(name), addressee, strings.TrimSpace(string(utf16.Decode(units[e.Length:]))), name != ""
	}
	return "", "", "", false
}

// files lists what came with a message. A sticker is not taken, and named so that
// the person can be told.
func (t *message) files() []handlers.Upload {
	if len(t.Photo) > 0 {
		best := t.Photo[0] // the same picture in several sizes
		for _, p := range t.Photo[1:] {
			if p.Width*p.Height > best.Width*best.Height {
				best = p
			}
		}
		return []handlers.Upload{upload(&file{ID: best.ID, Name: "photo.jpg", MIME: "image/jpeg", Size: best.Size}, "", "")}
	}
	for _, other := range []struct {
		f          *file
		name, mime string
	}{
		{t.Animation, "animation.mp4", "video/mp4"},
		{t.Voice, "voice.ogg", "audio/ogg"},
		{t.Audio, "audio.mp3", "audio/mpeg"},
		{t.Video, "video.mp4", "video/mp4"},
		{t.VideoNote, "video.mp4", "video/mp4"},
		{t.Sticker, "sticker.webp", "image/webp"},
	} {
		if other.f != nil {
			u := upload(other.f, other.name, other.mime)
			if other.f == t.Sticker {
				u.Problem = handlers.Unwanted
			}
			return []handlers.Upload{u}
		}
	}
	if t.Document != nil {
		return []handlers.Upload{upload(t.Document, "document", "application/octet-stream")}
	}
	return nil
}

func upload(f *file, name, mime string) handlers.Upload {
	u := handlers.Upload{Source: f.ID, Name: handlers.FileName(cmp.Or(f.Name, name)), MIME: strings.ToValidUTF8(f.MIME, ""), Size: max(f.Size, 0)}
	if u.MIME == "" {
		u.MIME = mime
	}
	switch {
	case u.Size > handlers.MaxFile:
		u.Problem = handlers.TooBig
	case u.Source == "":
		u.Problem = handlers.Unfetched
	}
	return u
}

func (c *callback) decode(now time.Time) (handlers.Message, bool) {
	if c.Message == nil || c.From == nil || c.From.IsBot || c.ID == "" || c.Data == "" || !c.Message.Chat.conversational() {
		return handlers.Message{}, false
	}
	m := c.Message.Chat.in(c.Message.thread(), c.From)
	m.SentAt = now.UTC()
	m.Button, m.Press = c.Data, c.ID
	m.ReplyTo = strconv.Itoa(c.Message.ID)
	return m, true
}

func (c *memberChange) decode() (handlers.Message, bool) {
	m := c.Chat.in(0, c.From)
	m.SentAt = at(c.Date)
	m.Event = handlers.EventBlocked
	if !c.Chat.conversational() {
		return m, false
	}
	switch c.New.Status {
	case models.ChatMemberTypeLeft, models.ChatMemberTypeBanned:
		return m, true
	case models.ChatMemberTypeRestricted:
		return m, !c.New.IsMember
	case models.ChatMemberTypeMember, models.ChatMemberTypeAdministrator:
		m.Event = handlers.EventBack
		return m, m.Group // a person who is back speaks
	}
	return m, false
}
