package botapitest

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// simMessage adds what a person sees to what the Bot API shows.
type simMessage struct {
	Message
	ReplyKeyboard *ReplyKeyboard `json:"reply_keyboard,omitempty"`
	ForceReply    bool           `json:"force_reply,omitempty"`
}

// simRequest is the body of every POST under /sim/; each act reads its part.
type simRequest struct {
	User      int64   `json:"user"`
	Chat      int64   `json:"chat"` // defaults to the user's private chat
	Thread    int64   `json:"thread"`
	MessageID int64   `json:"message_id"`
	Text      string  `json:"text"`
	Data      string  `json:"data"`
	Name      string  `json:"name"`
	Language  string  `json:"language"`
	Kind      string  `json:"kind"` // of a group: group, supergroup or forum
	Members   []int64 `json:"members"`
	Status    string  `json:"status"`
	Blocked   bool    `json:"blocked"`
	File      []byte  `json:"file"` // base64
	Photo     bool    `json:"photo"`
}

// simActs are the POST requests under /sim/. Each returns what to encode.
var simActs = map[string]func(*Server, simRequest) (any, error){
	"user":   (*Server).simUser,
	"group":  (*Server).simGroup,
	"topic":  (*Server).simTopic,
	"bot":    (*Server).simBot,
	"send":   (*Server).simSend,
	"edit":   (*Server).simEdit,
	"press":  (*Server).simPress,
	"block":  (*Server).simBlock,
	"expire": func(s *Server, _ simRequest) (any, error) { s.ExpireCallbacks(); return true, nil },
}

// serveSim is the control side: GET for state, POST for acts of people.
//
//	GET  /sim/messages?chat=ID   the conversation
//	GET  /sim/wait?chat=ID&contains=TEXT&after=MESSAGE&seconds=N
//	                             the first bot message that matches, or 408
//	GET  /sim/updates            {"pending": n}
//	GET  /sim/calls?method=NAME  the call log
//	GET  /sim/answers, /sim/violations
//	POST /sim/user, group, topic, bot, send, edit, press, block, expire
//	POST /sim/fault              a Fault; Delay in nanoseconds
func (s *Server) serveSim(w http.ResponseWriter, r *http.Request) {
	name := strings.TrimPrefix(r.URL.Path, "/sim/")
	var result any
	var err error
	if r.Method == http.MethodGet {
		result, err = s.simState(name, r)
	} else {
		result, err = s.simAct(name, r)
	}
	w.Header().Set("Content-Type", "application/json")
	if err != nil {
		w.WriteHeader(simStatus(err))
		result = map[string]string{"error": err.Error()}
	}
	_ = json.NewEncoder(w).Encode(result) // the client may be gone
}

var (
	errSimUnknown = errors.New("no such /sim/ address")
	errSimTimeout = errors.New("nothing matched in time")
)

func simStatus(err error) int {
	switch {
	case errors.Is(err, errSimUnknown):
		return http.StatusNotFound
	case errors.Is(err, errSimTimeout):
		return http.StatusRequestTimeout
	}
	return http.StatusBadRequest
}

func (s *Server) simState(name string, r *http.Request) (any, error) {
	q := r.URL.Query()
	id, _ := strconv.ParseInt(q.Get("chat"), 10, 64) // 0 is no chat
	switch name {
	case "messages":
		return simMessages(s.History(ChatID(id))), nil
	case "wait":
		return s.simWait(ChatID(id), q.Get("contains"), q.Get("after"), q.Get("seconds"))
	case "updates":
		return map[string]int{"pending": s.PendingUpdates()}, nil
	case "calls":
		if m := q.Get("method"); m != "" {
			return list(s.Calls(m)), nil
		}
		return list(s.Calls()), nil
	case "answers":
		return list(s.CallbackAnswers()), nil
	case "violations":
		return list(s.Violations()), nil
	}
	return nil, errSimUnknown
}

// list is encoded as [] rather than null when empty.
func list[T any](items []T) []T { return append([]T{}, items...) }

func simMessages(messages []Message) []simMessage {
	out := []simMessage{}
	for _, m := range messages {
		out = append(out, simMessage{Message: m, ReplyKeyboard: m.ReplyKeyboard, ForceReply: m.ForceReply})
	}
	return out
}

func (s *Server) simWait(room ChatID, contains, after, seconds string) (any, error) {
	prev, _ := strconv.ParseInt(after, 10, 64) // 0: from the start
	wait := s.cfg.wait
	if n, err := strconv.Atoi(seconds); err == nil {
		wait = time.Duration(n) * time.Second
	}
	match := After(Message{ID: prev}, Contains(contains))
	var found []Message
	ok := s.until(wait, func() bool {
		for _, m := range s.BotMessages(room) {
			if match(m) {
				found = []Message{m}
				return true
			}
		}
		return false
	})
	if !ok {
		return nil, errSimTimeout
	}
	return simMessages(found)[0], nil
}

func (s *Server) simAct(name string, r *http.Request) (any, error) {
	body := http.MaxBytesReader(nil, r.Body, maxRequest)
	if name == "fault" {
		var f Fault
		if err := json.NewDecoder(body).Decode(&f); err != nil {
			return nil, err
		}
		s.Fail(f)
		return true, nil
	}
	act := simActs[name]
	if act == nil {
		return nil, errSimUnknown
	}
	var req simRequest
	if err := json.NewDecoder(body).Decode(&req); err != nil {
		return nil, err
	}
	if req.Chat == 0 {
		req.Chat = req.User
	}
	return act(s, req)
}

func (s *Server) simUser(req simRequest) (any, error) {
	if req.Name == "" {
		return nil, errors.New("name is missing")
	}
	return s.User(req.Name, WithLanguage(req.Language)).Account(), nil
}

func (s *Server) simGroup(req simRequest) (any, error) {
	var members []*User
	for _, id := range req.Members {
		u, err := s.knownUser(id)
		if err != nil {
			return nil, err
		}
		members = append(members, u)
	}
	var g *Group
	switch req.Kind {
	case "", "group":
		g = s.Group(req.Name, members...)
	case "supergroup":
		g = s.Supergroup(req.Name, members...)
	case "forum":
		g = s.Forum(req.Name, members...)
	default:
		return nil, fmt.Errorf("unknown kind %q", req.Kind)
	}
	return map[string]int64{"id": g.id}, nil
}

func (s *Server) knownUser(id int64) (*User, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if u := s.users[id]; u != nil {
		return u, nil
	}
	return nil, fmt.Errorf("no user %d", id)
}

func (s *Server) knownGroup(id int64, forum bool) (*Group, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c := s.chats[id]; c == nil || c.private() || forum && !c.info.IsForum {
		return nil, fmt.Errorf("chat %d is not such a group", id)
	}
	return &Group{srv: s, id: id}, nil
}

func (s *Server) simTopic(req simRequest) (any, error) {
	g, err := s.knownGroup(req.Chat, true)
	if err != nil {
		return nil, err
	}
	return map[string]int64{"thread": g.Topic(req.Name)}, nil
}

func (s *Server) simBot(req simRequest) (any, error) {
	g, err := s.knownGroup(req.Chat, false)
	if err != nil {
		return nil, err
	}
	if err := checkStatus(req.Status); err != nil {
		return nil, err
	}
	g.SetBot(req.Status)
	return true, nil
}

func (s *Server) simSend(req simRequest) (any, error) {
	u, err := s.knownUser(req.User)
	if err != nil {
		return nil, err
	}
	what := say{room: req.Chat, thread: req.Thread, replyTo: req.MessageID, text: req.Text}
	if len(req.File) > 0 {
		what.upload = &Upload{Name: req.Name, Data: req.File, Caption: req.Text, Photo: req.Photo}
	}
	return s.say(u, what)
}

func (s *Server) simEdit(req simRequest) (any, error) {
	u, err := s.knownUser(req.User)
	if err != nil {
		return nil, err
	}
	return s.edit(u, req.Chat, req.MessageID, req.Text)
}

func (s *Server) simPress(req simRequest) (any, error) {
	u, err := s.knownUser(req.User)
	if err != nil {
		return nil, err
	}
	var id string
	if req.Data != "" {
		id, err = s.pressData(u, req.Chat, req.MessageID, req.Data)
	} else {
		id, err = s.press(u, req.Chat, req.MessageID, req.Text)
	}
	return map[string]string{"callback_query_id": id}, err
}

func (s *Server) simBlock(req simRequest) (any, error) {
	u, err := s.knownUser(req.User)
	if err != nil {
		return nil, err
	}
	u.setBlocked(req.Blocked)
	return true, nil
}
