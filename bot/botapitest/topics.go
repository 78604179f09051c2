package botapitest

import "slices"

// topic is one topic of a forum; its id is that of the message that opened it.
type topic struct {
	name   string
	closed bool
}

// topicColor is one of the icon colours Telegram allows.
const topicColor = 7322096

// openTopic adds a topic, whose id is that of the service message opening it.
func (s *Server) openTopic(c *chat, by Account, name string) int64 {
	m := s.addMessage(c, &Message{From: &by, TopicCreated: &TopicCreated{Name: name, IconColor: topicColor}})
	m.ThreadID, m.IsTopicMessage = m.ID, true
	c.topics[m.ID] = &topic{name: name}
	if by.ID != s.bot.ID {
		s.pushLocked("message", c.view(m))
	}
	return m.ID
}

// thread checks message_thread_id.
func (s *Server) thread(p *params, c *chat) (int64, error) {
	id := p.int("message_thread_id")
	if id == 0 {
		return 0, nil
	}
	t := c.topics[id]
	switch {
	case t == nil:
		return 0, badRequest("message thread not found")
	case t.closed && c.botStatus != "administrator":
		return 0, badRequest("TOPIC_CLOSED")
	}
	return id, nil
}

func (s *Server) createForumTopic(p *params) (any, error) {
	c, err := s.target(p)
	if err != nil {
		return nil, err
	}
	name := p.str("name")
	switch {
	case !c.info.IsForum:
		return nil, badRequest("the chat is not a forum")
	case c.botStatus != "administrator":
		return nil, badRequest("not enough rights to create a topic")
	case utf16Len(name) < 1 || utf16Len(name) > 128:
		return nil, badRequest("topic name must be from 1 to 128 characters")
	}
	id := s.openTopic(c, s.bot, name)
	return map[string]any{"message_thread_id": id, "name": name, "icon_color": topicColor}, nil
}

// managed is the topic a call of an administrator names.
func (s *Server) managed(p *params) (*chat, *topic, int64, error) {
	c, err := s.target(p)
	if err != nil {
		return nil, nil, 0, err
	}
	id := p.int("message_thread_id")
	t := c.topics[id]
	switch {
	case t == nil:
		return nil, nil, 0, badRequest("message thread not found")
	case c.botStatus != "administrator":
		return nil, nil, 0, badRequest("not enough rights to manage topics")
	}
	return c, t, id, nil
}

func (s *Server) closeForumTopic(p *params) (any, error) {
	c, t, id, err := s.managed(p)
	if err != nil {
		return nil, err
	}
	if t.closed {
		return nil, badRequest("TOPIC_NOT_MODIFIED")
	}
	t.closed = true
	s.addMessage(c, &Message{From: &s.bot, ThreadID: id, TopicClosed: &struct{}{}})
	return true, nil
}

func (s *Server) reopenForumTopic(p *params) (any, error) {
	c, t, id, err := s.managed(p)
	if err != nil {
		return nil, err
	}
	if !t.closed {
		return nil, badRequest("TOPIC_NOT_MODIFIED")
	}
	t.closed = false
	s.addMessage(c, &Message{From: &s.bot, ThreadID: id, TopicReopened: &struct{}{}})
	return true, nil
}

func (s *Server) editForumTopic(p *params) (any, error) {
	_, t, _, err := s.managed(p)
	if err != nil {
		return nil, err
	}
	name := p.str("name")
	switch {
	case utf16Len(name) > 128:
		return nil, badRequest("topic name must be from 1 to 128 characters")
	case name == "" || name == t.name:
		return nil, badRequest("TOPIC_NOT_MODIFIED")
	}
	t.name = name
	return true, nil
}

// TopicState is a forum topic as the people in the group see it.
type TopicState struct {
	Thread int64
	Name   string
	Closed bool
}

// Topics lists the forum's topics in the order of their opening.
func (g *Group) Topics() (all []TopicState) {
	g.with(func(c *chat) {
		for id, t := range c.topics {
			all = append(all, TopicState{id, t.name, t.closed})
		}
	})
	slices.SortFunc(all, func(a, b TopicState) int { return int(a.Thread - b.Thread) })
	return all
}
