package botapitest

import (
	"slices"
	"strconv"
)

// callback is one press of a button that the bot has to answer.
type callback struct {
	answered bool
	expired  bool
}

// CallbackAnswer is one accepted answerCallbackQuery.
type CallbackAnswer struct {
	QueryID   string `json:"callback_query_id"`
	Text      string `json:"text,omitempty"`
	ShowAlert bool   `json:"show_alert,omitempty"`
	URL       string `json:"url,omitempty"`
}

// ChatAction is one accepted sendChatAction ("typing…").
type ChatAction struct {
	ChatID int64  `json:"chat_id"`
	Action string `json:"action"`
}

func (s *Server) answerCallbackQuery(p *params) (any, error) {
	text := p.str("text")
	alert := p.bool("show_alert")
	p.int("cache_time")
	if utf16Len(text) > 200 {
		return nil, badRequest("MESSAGE_TOO_LONG")
	}
	id := p.str("callback_query_id")
	cb := s.callbacks[id]
	if cb == nil || cb.answered || cb.expired {
		return nil, badRequest("query is too old and response timeout expired or query ID is invalid")
	}
	if p.str("url") != "" {
		return nil, badRequest("URL_INVALID") // only for games and t.me links of the bot, neither modelled
	}
	cb.answered = true
	s.answers = append(s.answers, CallbackAnswer{QueryID: id, Text: text, ShowAlert: alert})
	return true, nil
}

// CallbackAnswers returns the accepted answers, oldest first.
func (s *Server) CallbackAnswers() []CallbackAnswer {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.answers)
}

// UnansweredCallbacks is the number of presses the bot has not answered; the
// person still sees a spinner on each.
func (s *Server) UnansweredCallbacks() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := 0
	for _, cb := range s.callbacks {
		if !cb.answered {
			n++
		}
	}
	return n
}

// ExpireCallbacks makes every open press too old to be answered.
func (s *Server) ExpireCallbacks() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, cb := range s.callbacks {
		cb.expired = true
	}
}

// pushCallback queues the callback query of a press and returns its id.
func (s *Server) pushCallback(by Account, c *chat, messageID int64, data string) string {
	s.lastCB++
	id := strconv.FormatInt(4_611_686_018_000_000_000+s.lastCB, 10)
	s.callbacks[id] = &callback{}
	// A deleted message is shown as inaccessible: date 0 and nothing else.
	message := any(map[string]any{"chat": c.info, "message_id": messageID, "date": 0})
	if m := c.find(messageID); m != nil {
		message = c.view(m)
	}
	s.pushLocked("callback_query", map[string]any{
		"id": id, "from": by, "message": message, "data": data,
		"chat_instance": strconv.FormatInt(c.info.ID, 10),
	})
	return id
}

var chatActions = words("typing upload_photo record_video upload_video record_voice upload_voice upload_document " +
	"choose_sticker find_location record_video_note upload_video_note")

func (s *Server) sendChatAction(p *params) (any, error) {
	if !slices.Contains(chatActions, p.str("action")) {
		return nil, badRequest("wrong parameter action in request")
	}
	c, err := s.target(p)
	if err != nil {
		return nil, err
	}
	if _, err := s.thread(p, c); err != nil {
		return nil, err
	}
	s.actions = append(s.actions, ChatAction{ChatID: c.info.ID, Action: p.str("action")})
	return true, nil
}

// ChatActions returns the accepted chat actions, oldest first.
func (s *Server) ChatActions() []ChatAction {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.actions)
}
