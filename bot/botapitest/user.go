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
	if up := what.upload; up != nil {
		kind := "document"
		if up.Photo {
			kind = "photo"
		}
		s.store(kind, up.Name, up.Data).attach(m)
		m.Caption, _ = tidy(up.Caption, nil)
		m.CaptionEntities = detect(m.Caption)
	} else if what.location == nil && what.contact == nil {
		m.Text, _ = tidy(what.text, nil)
		if m.Text == "" {
			return Message{}, errors.New("a person can't send an empty text")
		}
		if utf16Len(m.Text) > maxText {
			return Message{}, errors.New("an app splits texts longer than 4096 UTF-16 units; send the parts")
		}
		m.Entities = detect(m.Text)
	}
	c.started = true
	s.addMessage(c, m)
	if s.sees(c, m) {
		s.pushLocked("message", c.view(m))
	}
	s.changedLocked()
	return c.view(m), nil
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
	if to := c.find(m.replyTo); to != nil && to.From != nil && to.From.ID == s.bot.ID {
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
	if m == nil || m.From == nil || m.From.ID != u.acc.ID {
		return Message{}, errors.New("a person edits only own messages that still exist")
	}
	clean, _ := tidy(text, nil)
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

// Press taps a button by its text, under the message as it is now: an inline
// button sends a callback query, whose id is returned; a reply button sends
// its text or what it asks for, and "" is returned.
func (u *User) Press(msg Message, button string) string {
	id, err := u.srv.press(u, msg.Chat.ID, msg.ID, button)
	u.srv.fail(err)
	return id
}

func (s *Server) press(u *User, room, id int64, button string) (string, error) {
	s.mu.Lock()
	c := s.chats[room]
	if err := mayWrite(u, c); err != nil {
		s.mu.Unlock()
		return "", err
	}
	m := c.find(id)
	if m == nil {
		s.mu.Unlock()
		return "", fmt.Errorf("message %d is not in chat %d", id, room)
	}
	for _, b := range inlineButtons(m) {
		if b.Text != button {
			continue
		}
		defer s.mu.Unlock()
		if b.Data == "" {
			return "", fmt.Errorf("button %q sends nothing to the bot", button)
		}
		return s.pushCallback(u.acc, c, id, b.Data), nil
	}
	what, found := say{room: room, thread: m.ThreadID}, false
	for _, b := range replyButtons(m) {
		if b.Text != button {
			continue
		}
		found = true
		switch {
		case b.RequestContact:
			what.contact = &Contact{PhoneNumber: "+10000000000", FirstName: u.acc.FirstName, UserID: u.acc.ID}
		case b.RequestLocation:
			what.location = &Location{Latitude: 30.17, Longitude: 121.24}
		default:
			what.text = b.Text
		}
		break
	}
	have := m.Buttons()
	s.mu.Unlock()
	if !found {
		return "", fmt.Errorf("no button %q under message %d; it has %q", button, id, have)
	}
	_, err := s.say(u, what)
	return "", err
}

func inlineButtons(m *Message) (out []Button) {
	if m.Keyboard != nil {
		for _, row := range m.Keyboard.Rows {
			out = append(out, row...)
		}
	}
	return out
}

func replyButtons(m *Message) (out []KeyboardButton) {
	if m.ReplyKeyboard != nil {
		for _, row := range m.ReplyKeyboard.Rows {
			out = append(out, row...)
		}
	}
	return out
}

// PressData sends a callback query with the given data whatever keyboard the
// message has now, as an outdated app would, and returns the query's id.
func (u *User) PressData(msg Message, data string) string {
	id, err := u.srv.pressData(u, msg.Chat.ID, msg.ID, data)
	u.srv.fail(err)
	return id
}

func (s *Server) pressData(u *User, room, id int64, data string) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.chats[room]
	if err := mayWrite(u, c); err != nil {
		return "", err
	}
	return s.pushCallback(u.acc, c, id, data), nil
}

// Block stops the bot; it is told by my_chat_member and its messages get 403.
func (u *User) Block() { u.setBlocked(true) }

// Unblock lets the bot write again.
func (u *User) Unblock() { u.setBlocked(false) }

func (u *User) setBlocked(blocked bool) {
	s := u.srv
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.chats[u.acc.ID]
	if c.blocked == blocked {
		return
	}
	c.blocked = blocked
	was, is := "member", "kicked"
	if !blocked {
		was, is = is, was
	}
	s.pushLocked("my_chat_member", map[string]any{
		"chat": c.info, "from": u.acc, "date": s.cfg.now().Unix(),
		"old_chat_member": member{Status: was, User: s.bot},
		"new_chat_member": member{Status: is, User: s.bot},
	})
}

// DeleteAccount makes the person gone: messages get 403 "user is deactivated".
func (u *User) DeleteAccount() {
	u.srv.mu.Lock()
	defer u.srv.mu.Unlock()
	u.srv.chats[u.acc.ID].deleted = true
}

// Messages returns what the bot wrote in the private chat and did not delete,
// as it stands now, oldest first.
func (u *User) Messages() []Message { return u.srv.BotMessages(u) }
