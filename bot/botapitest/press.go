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
	data, what, err := s.tap(u, room, id, button)
	switch {
	case err != nil:
		return "", err
	case data != "":
		return s.pressData(u, room, id, data)
	}
	_, err = s.say(u, what)
	return "", err
}

// tap finds what a button does: send callback data, or say something.
func (s *Server) tap(u *User, room, id int64, button string) (data string, what say, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.chats[room]
	if err := mayWrite(u, c); err != nil {
		return "", say{}, err
	}
	m := c.find(id)
	if m == nil {
		return "", say{}, fmt.Errorf("message %d is not in chat %d", id, room)
	}
	for _, b := range inlineButtons(m) {
		switch {
		case b.Text != button:
		case b.Data == "":
			return "", say{}, fmt.Errorf("button %q sends nothing to the bot", button)
		default:
			return b.Data, say{}, nil
		}
	}
	what = say{room: room, thread: m.ThreadID}
	for _, b := range replyButtons(m) {
		switch {
		case b.Text != button:
			continue
		case b.RequestContact:
			what.contact = &Contact{PhoneNumber: examplePhone, FirstName: u.acc.FirstName, UserID: u.acc.ID}
		case b.RequestLocation:
			what.location = &Location{Latitude: 30.17, Longitude: 121.24} // somewhere in Cixi
		default:
			what.text = b.Text
		}
		return "", what, nil
	}
	return "", say{}, fmt.Errorf("no button %q under message %d; it has %q", button, id, m.Buttons())
}

// examplePhone can't belong to anyone.
const examplePhone = "+10000000000"

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
