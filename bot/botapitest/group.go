package botapitest

import (
	"errors"
	"fmt"
	"slices"
)

// Group is a basic group or supergroup with the bot in it.
type Group struct {
	srv *Server
	id  int64
}

// Group adds a basic group with the bot and the given people. The first one is
// its owner.
func (s *Server) Group(title string, members ...*User) *Group {
	return s.newGroup(Chat{Type: "group", Title: title}, members)
}

// Supergroup adds a supergroup with the bot and the given people.
func (s *Server) Supergroup(title string, members ...*User) *Group {
	return s.newGroup(Chat{Type: "supergroup", Title: title}, members)
}

// Forum adds a supergroup that has topics.
func (s *Server) Forum(title string, members ...*User) *Group {
	return s.newGroup(Chat{Type: "supergroup", Title: title, IsForum: true}, members)
}

func (s *Server) newGroup(info Chat, members []*User) *Group {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lastGroup++
	info.ID = -s.lastGroup
	if info.Type == "supergroup" {
		info.ID -= 1_000_000_000_000
	}
	c := s.newChat(info)
	c.botStatus = "left"
	by := s.bot
	for i, u := range members {
		c.members[u.acc.ID] = "member"
		if i == 0 {
			c.members[u.acc.ID], by = "creator", u.acc
		}
	}
	s.setBotStatus(c, by, "member")
	return &Group{srv: s, id: info.ID}
}

// ChatID is the group's id, a negative number.
func (g *Group) ChatID() int64 { return g.id }

// Messages returns what the bot wrote in the group and did not delete.
func (g *Group) Messages() []Message { return g.srv.BotMessages(g) }

// with runs f on the group's chat under the server's lock.
func (g *Group) with(f func(c *chat)) {
	g.srv.mu.Lock()
	defer g.srv.mu.Unlock()
	f(g.srv.chats[g.id])
	g.srv.changedLocked()
}

// by is the account in whose name administrative acts happen: the owner.
func (c *chat) by(s *Server) Account {
	for id, status := range c.members {
		if status == "creator" {
			return s.users[id].acc
		}
	}
	return s.bot
}

// Add puts a person into the group; the bot gets the service message.
func (g *Group) Add(u *User) {
	g.with(func(c *chat) {
		c.members[u.acc.ID] = "member"
		g.service(c, &Message{From: &u.acc, NewChatMembers: []Account{u.acc}})
	})
}

// Remove takes a person out of the group; the bot gets the service message.
func (g *Group) Remove(u *User) {
	g.with(func(c *chat) {
		delete(c.members, u.acc.ID)
		g.service(c, &Message{From: &u.acc, LeftChatMember: &u.acc})
	})
}

// Promote makes a person an administrator.
func (g *Group) Promote(u *User) { g.with(func(c *chat) { c.members[u.acc.ID] = "administrator" }) }

// service stores a service message; the bot sees these in privacy mode too.
func (g *Group) service(c *chat, m *Message) {
	g.srv.addMessage(c, m)
	if c.botStatus != "left" && c.botStatus != "kicked" {
		g.srv.pushLocked("message", c.view(m))
	}
}

// SetBot changes the bot's place in the group: "member", "administrator",
// "restricted", "left" or "kicked".
func (g *Group) SetBot(status string) {
	g.srv.fail(checkStatus(status))
	g.with(func(c *chat) { g.srv.setBotStatus(c, c.by(g.srv), status) })
}

func checkStatus(status string) error {
	if !slices.Contains([]string{"member", "administrator", "restricted", "left", "kicked"}, status) {
		return fmt.Errorf("no such status of a bot: %q", status)
	}
	return nil
}

// Kick throws the bot out: its messages get 403.
func (g *Group) Kick() { g.SetBot("kicked") }

// Topic opens a forum topic in the owner's name and returns its thread id.
func (g *Group) Topic(name string) (thread int64) {
	g.with(func(c *chat) {
		if c.info.IsForum {
			thread = g.srv.openTopic(c, c.by(g.srv), name)
		}
	})
	if thread == 0 {
		g.srv.fail(errors.New("only a Forum has topics"))
	}
	return thread
}

// DeleteTopic removes a topic and its messages, as an administrator can.
func (g *Group) DeleteTopic(thread int64) {
	g.with(func(c *chat) {
		delete(c.topics, thread)
		for _, m := range append([]*Message(nil), c.messages...) {
			if m.ThreadID == thread {
				c.remove(m.ID)
			}
		}
	})
}

// Delete removes a message, as an administrator of the group can. The bot is
// not told.
func (g *Group) Delete(m Message) { g.with(func(c *chat) { c.remove(m.ID) }) }

// Upgrade turns a basic group into a supergroup with a new id. The bot gets
// the service messages on both sides; writing to the old id fails with
// migrate_to_chat_id.
func (g *Group) Upgrade() *Group {
	s := g.srv
	var up *Group
	g.with(func(c *chat) {
		if c.info.Type != "group" || c.migratedTo != 0 {
			return
		}
		s.lastGroup++
		info := Chat{ID: -1_000_000_000_000 - s.lastGroup, Type: "supergroup", Title: c.info.Title}
		next := s.newChat(info)
		next.botStatus = c.botStatus
		for id, status := range c.members {
			next.members[id] = status
		}
		by := c.by(s)
		g.service(c, &Message{From: &by, MigrateTo: info.ID})
		c.migratedTo = info.ID
		up = &Group{srv: s, id: info.ID}
		up.service(next, &Message{From: &by, MigrateFrom: c.info.ID})
	})
	if up == nil {
		s.fail(errors.New("only a basic group can be upgraded, and once"))
	}
	return up
}
