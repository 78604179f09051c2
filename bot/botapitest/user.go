package botapitest

import (
	"errors"
	"fmt"
	"strings"
)

// Room is a chat by its id: a [User] (the private chat with the bot), a
// [Group], or a plain [ChatID].
type Room interface {
	ChatID() int64
}

// ChatID names a chat by number.
type ChatID int64

// ChatID returns the number itself.
func (id ChatID) ChatID() int64 { return int64(id) }

// User is a person who talks to the bot. Methods that can't be carried out
// (writing after Block, pressing a missing button) fail the test.
type User struct {
	srv *Server
	acc Account
}

// UserOption sets a property of a new user.
type UserOption func(*Account)

// WithLanguage sets the language of the person's app, as an IETF tag.
func WithLanguage(tag string) UserOption { return func(a *Account) { a.LanguageCode = tag } }

// WithUserName sets the person's @name, without @.
func WithUserName(name string) UserOption { return func(a *Account) { a.Username = name } }

// WithLastName sets the family name field.
func WithLastName(name string) UserOption { return func(a *Account) { a.LastName = name } }

// User adds a person. The bot can't write to them until they wrote first.
func (s *Server) User(firstName string, opts ...UserOption) *User {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lastUser++
	acc := Account{ID: s.lastUser, FirstName: firstName}
	for _, o := range opts {
		o(&acc)
	}
	u := &User{srv: s, acc: acc}
	s.users[acc.ID] = u
	s.newChat(Chat{ID: acc.ID, Type: "private", FirstName: firstName, LastName: acc.LastName, Username: acc.Username})
	return u
}

// ChatID is the id of the private chat, equal to the user's id.
func (u *User) ChatID() int64 { return u.acc.ID }

// Account is the person as the bot sees them.
func (u *User) Account() Account { return u.acc }

// Upload is one file a person sends.
type Upload struct {
	Name    string
	Data    []byte
	Caption string
	Photo   bool // sent as a photo rather than as a file
}

// say describes one message of a person, before it is checked.
type say struct {
	room     int64
	thread   int64
	replyTo  int64
	text     string
	upload   *Upload
	album    string
	location *Location
	contact  *Contact
	sticker  string
	voice    int // seconds; makes upload a voice message
}

// Send writes a text in the private chat.
func (u *User) Send(text string) Message { return u.post(say{room: u.acc.ID, text: text}) }

// SendIn writes a text in a group.
func (u *User) SendIn(g *Group, text string) Message { return u.post(say{room: g.id, text: text}) }

// SendInTopic writes a text in a forum topic.
func (u *User) SendInTopic(g *Group, thread int64, text string) Message {
	return u.post(say{room: g.id, thread: thread, text: text})
}

// Reply answers a message in the chat it stands in.
func (u *User) Reply(to Message, text string) Message {
	return u.post(say{room: to.Chat.ID, thread: to.ThreadID, replyTo: to.ID, text: text})
}

// SendPhoto sends a picture in the private chat.
func (u *User) SendPhoto(name string, data []byte, caption string) Message {
	return u.SendFileIn(u, Upload{Name: name, Data: data, Caption: caption, Photo: true})
}

// SendDocument sends a file in the private chat.
func (u *User) SendDocument(name string, data []byte, caption string) Message {
	return u.SendFileIn(u, Upload{Name: name, Data: data, Caption: caption})
}

// SendFileIn sends a picture or file to any chat.
func (u *User) SendFileIn(room Room, f Upload) Message {
	return u.post(say{room: room.ChatID(), upload: &f})
}

// SendAlbum sends several files as one album in the private chat: separate
// messages, and separate updates, with one media_group_id.
func (u *User) SendAlbum(items ...Upload) []Message {
	u.srv.mu.Lock()
	album := u.srv.nextAlbum()
	u.srv.mu.Unlock()
	var out []Message
	for _, f := range items {
		out = append(out, u.post(say{room: u.acc.ID, upload: &f, album: album}))
	}
	return out
}

// SendVoice sends a voice message in the private chat.
func (u *User) SendVoice(seconds int, ogg []byte) Message {
	return u.post(say{room: u.acc.ID, upload: &Upload{Name: "voice.ogg", Data: ogg}, voice: seconds})
}

// SendSticker sends a sticker in the private chat, known by its emoji.
func (u *User) SendSticker(emoji string) Message { return u.post(say{room: u.acc.ID, sticker: emoji}) }

// SendLocation shares a point on the map in the private chat.
func (u *User) SendLocation(latitude, longitude float64) Message {
	return u.post(say{room: u.acc.ID, location: &Location{Latitude: latitude, Longitude: longitude}})
}

// SendContact shares the person's own phone contact in the private chat.
func (u *User) SendContact(phone string) Message {
	return u.post(say{room: u.acc.ID, contact: &Contact{PhoneNumber: phone, FirstName: u.acc.FirstName,
		LastName: u.acc.LastName, UserID: u.acc.ID}})
}

func (u *User) post(what say) Message {
	m, err := u.srv.say(u, what)
	u.srv.fail(err)
	return m
}

// say stores a person's message and tells the bot, if it may see it.
func (s *Server) say(u *User, what say) (Message, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.chats[what.room]
	if err := mayWrite(u, c); err != nil {
		return Message{}, err
	}
	if what.thread != 0 && c.topics[what.thread] == nil {
		return Message{}, fmt.Errorf("no topic %d in chat %d", what.thread, what.room)
	}
	if what.replyTo != 0 && c.find(what.replyTo) == nil {
		return Message{}, fmt.Errorf("no message %d in chat %d to reply to", what.replyTo, what.room)
	}
	m := &Message{From: &u.acc, ThreadID: what.thread, replyTo: what.replyTo, MediaGroupID: what.album,
		Location: what.location, Contact: what.contact}
	if err := s.fill(m, what); err != nil {
		return Message{}, err
	}
	c.started = true
	s.addMessage(c, m)
	if s.sees(c, m) {
		s.pushLocked("message", c.view(m))
	}
	s.changedLocked()
	return c.view(m), nil
}

// fill puts the content in.
func (s *Server) fill(m *Message, what say) error {
	switch up := what.upload; {
	case what.location != nil, what.contact != nil:
	case what.sticker != "":
		f := s.store("sticker", "sticker.webp", []byte(what.sticker))
		m.Sticker = &Sticker{FileID: f.id, FileUniqueID: "u" + f.id, Type: "regular", Width: 512, Height: 512, Emoji: what.sticker}
	case what.voice > 0:
		f := s.store("voice", up.Name, up.Data)
		m.Voice = &Voice{FileID: f.id, FileUniqueID: "u" + f.id, Duration: what.voice, MimeType: "audio/ogg", FileSize: len(up.Data)}
	case up != nil:
		kind := "document"
		if up.Photo {
			kind = "photo"
		}
		s.store(kind, up.Name, up.Data).attach(m)
		m.Caption, _ = tidy(up.Caption, nil)
		m.CaptionEntities = detect(m.Caption)
	default:
		m.Text, _ = tidy(what.text, nil)
		if m.Text == "" {
			return errors.New("a person can't send an empty text")
		}
		if utf16Len(m.Text) > maxText {
			return errors.New("an app splits texts longer than 4096 UTF-16 units; send the parts")
		}
		m.Entities = detect(m.Text)
	}
	return nil
}

func mayWrite(u *User, c *chat) error {
	switch {
	case c == nil:
		return errors.New("no such chat")
	case c.private() && c.info.ID != u.acc.ID:
		return errors.New("this is another person's chat with the bot")
	case c.blocked:
		return errors.New("the user has blocked the bot; Unblock first")
	case c.deleted:
		return errors.New("the account was deleted")
	case !c.private() && c.members[u.acc.ID] == "":
		return errors.New("the user is not a member of the group")
	case c.migratedTo != 0:
		return errors.New("the group was upgraded; write in the new one")
	}
	return nil
}

// sees applies privacy mode: in a group the bot gets commands (but not those
// addressed to another bot), replies to its messages, and everything only as
// administrator or with privacy off.
func (s *Server) sees(c *chat, m *Message) bool {
	if c.private() {
		return true
	}
	if c.botStatus == "left" || c.botStatus == "kicked" {
		return false
	}
	if !s.cfg.privacy || c.botStatus == "administrator" {
		return true
	}
	if to := c.find(m.replyTo); to != nil && to.From.ID == s.bot.ID {
		return true
	}
	if m.replyTo == 0 && len(m.Entities) > 0 && m.Entities[0].Type == "bot_command" && m.Entities[0].Offset == 0 {
		_, name, addressed := strings.Cut(m.Covered(m.Entities[0]), "@")
		return !addressed || strings.EqualFold(name, s.bot.Username)
	}
	return false
}

// Edit changes the text (or caption) of the person's own message.
func (u *User) Edit(msg Message, text string) Message {
	m, err := u.srv.edit(u, msg.Chat.ID, msg.ID, text)
	u.srv.fail(err)
	return m
}

func (s *Server) edit(u *User, room, id int64, text string) (Message, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.chats[room]
	if err := mayWrite(u, c); err != nil {
		return Message{}, err
	}
	m := c.find(id)
	if m == nil || m.From.ID != u.acc.ID {
		return Message{}, errors.New("a person edits only own messages that still exist")
	}
	clean, _ := tidy(text, nil)
	if m.Text != "" && clean == "" {
		return Message{}, errors.New("a person can't make a text empty")
	}
	if m.Text != "" {
		m.Text, m.Entities = clean, detect(clean)
	} else {
		m.Caption, m.CaptionEntities = clean, detect(clean)
	}
	m.EditDate = s.cfg.now().Unix()
	if s.sees(c, m) {
		s.pushLocked("edited_message", c.view(m))
	}
	s.changedLocked()
	return c.view(m), nil
}

// Messages returns what the bot wrote in the private chat and did not delete,
// as it stands now, oldest first.
func (u *User) Messages() []Message { return u.srv.BotMessages(u) }
