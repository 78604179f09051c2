package botapitest

import (
	"slices"
	"strconv"
)

// chat is one conversation of the bot. Guarded by Server.mu.
type chat struct {
	info     Chat
	messages []*Message // not deleted, in order of sending
	gone     map[int64]bool
	lastMsg  int64 // counter of a supergroup; other chats use the server's

	started bool // private: the user has written to the bot
	blocked bool // private: the user has blocked the bot
	deleted bool // private: the account is gone

	members    map[int64]string // status by user id
	botStatus  string           // group: member, administrator, restricted, left or kicked
	topics     map[int64]*topic // forum: by thread id
	migratedTo int64
}

func (c *chat) private() bool { return c.info.Type == "private" }

// kind is the chat's name in error texts.
func (c *chat) kind() string { return c.info.Type + " chat" }

func (c *chat) find(id int64) *Message {
	i := slices.IndexFunc(c.messages, func(m *Message) bool { return m.ID == id })
	if i < 0 {
		return nil
	}
	return c.messages[i]
}

func (c *chat) remove(id int64) {
	c.messages = slices.DeleteFunc(c.messages, func(m *Message) bool { return m.ID == id })
	c.gone[id] = true
}

// view is the message as others see it now, with the one it replies to.
func (c *chat) view(m *Message) Message {
	out := *m
	if m.replyTo != 0 {
		if to := c.find(m.replyTo); to != nil {
			inner := *to
			out.ReplyTo = &inner
		}
	}
	return out
}

func (s *Server) newChat(info Chat) *chat {
	c := &chat{info: info, gone: map[int64]bool{}, members: map[int64]string{}, topics: map[int64]*topic{}}
	s.chats[info.ID] = c
	return c
}

// nextMessageID counts per supergroup and per account otherwise, as Telegram.
func (s *Server) nextMessageID(c *chat) int64 {
	n := &s.lastMsg
	if c.info.Type == "supergroup" {
		n = &c.lastMsg
	}
	*n++
	return *n
}

func (s *Server) addMessage(c *chat, m *Message) *Message {
	m.ID, m.Chat, m.Date = s.nextMessageID(c), c.info, s.cfg.now().Unix()
	m.IsTopicMessage = m.ThreadID != 0
	c.messages = append(c.messages, m)
	return m
}

// findChat resolves a chat_id argument; nil when there is no such chat. Groups
// here are not public, so no @name resolves.
func (s *Server) findChat(id string) *chat {
	n, err := strconv.ParseInt(id, 10, 64)
	if err != nil {
		return nil
	}
	return s.chats[n]
}

// chatOf is the chat the call names, without asking whether the bot may act in it.
func (s *Server) chatOf(p *params) (*chat, error) {
	id := p.str("chat_id")
	if id == "" {
		return nil, badRequest("chat_id is empty")
	}
	c := s.findChat(id)
	if c == nil {
		return nil, badRequest("chat not found")
	}
	if c.migratedTo != 0 {
		err := badRequest("group chat was upgraded to a supergroup chat")
		err.MigrateTo = c.migratedTo
		return nil, err
	}
	return c, nil
}

// target is the chat the call writes to; it fails when the bot may not write.
func (s *Server) target(p *params) (*chat, error) {
	if p.str("business_connection_id") != "" {
		return nil, badRequest("business connection not found")
	}
	c, err := s.chatOf(p)
	if err != nil {
		return nil, err
	}
	switch {
	case c.deleted:
		return nil, forbidden("user is deactivated")
	case c.blocked:
		return nil, forbidden("bot was blocked by the user")
	case c.private() && !c.started:
		return nil, forbidden("bot can't initiate conversation with a user")
	case c.botStatus == "kicked":
		return nil, forbidden("bot was kicked from the " + c.kind())
	case c.botStatus == "left":
		return nil, forbidden("bot is not a member of the " + c.kind())
	case c.botStatus == "restricted":
		return nil, badRequest("not enough rights to send text messages to the chat")
	}
	return c, nil
}

func (s *Server) getChat(p *params) (any, error) {
	c, err := s.chatOf(p)
	if err != nil {
		return nil, err
	}
	return struct {
		Chat
		AccentColor  int `json:"accent_color_id"`
		MaxReactions int `json:"max_reaction_count"`
	}{c.info, 0, 11}, nil
}

func (s *Server) getChatMember(p *params) (any, error) {
	c, err := s.chatOf(p)
	if err != nil {
		return nil, err
	}
	id := p.int("user_id")
	if id == s.bot.ID && !c.private() {
		return member{Status: c.botStatus, User: s.bot}, nil
	}
	u := s.users[id]
	if u == nil {
		return nil, badRequest("user not found")
	}
	status := c.members[id]
	switch {
	case c.private() && id == c.info.ID:
		status = "member"
	case status == "":
		status = "left"
	}
	return member{Status: status, User: u.acc}, nil
}

func (s *Server) leaveChat(p *params) (any, error) {
	c, err := s.chatOf(p)
	if err != nil {
		return nil, err
	}
	if c.private() {
		return nil, badRequest("chat member status can't be changed in private chats")
	}
	if c.botStatus == "left" || c.botStatus == "kicked" {
		return nil, forbidden("bot is not a member of the " + c.kind())
	}
	s.setBotStatus(c, s.bot, "left")
	return true, nil
}

// member is a ChatMember object, as far as bots commonly read it.
type member struct {
	Status    string  `json:"status"`
	User      Account `json:"user"`
	UntilDate int64   `json:"until_date"`
}

// setBotStatus changes the bot's place in a chat and tells it by my_chat_member.
func (s *Server) setBotStatus(c *chat, by Account, status string) {
	old := c.botStatus
	c.botStatus = status
	s.pushLocked("my_chat_member", map[string]any{
		"chat": c.info, "from": by, "date": s.cfg.now().Unix(),
		"old_chat_member": member{Status: old, User: s.bot},
		"new_chat_member": member{Status: status, User: s.bot},
	})
}
