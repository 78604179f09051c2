package botapitest

import "fmt"

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
