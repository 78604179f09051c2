package testapi

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// reply is the Bot API's answer to every call.
type reply struct {
	OK          bool            `json:"ok"`
	Result      json.RawMessage `json:"result,omitempty"`
	ErrorCode   int             `json:"error_code,omitempty"`
	Description string          `json:"description,omitempty"`
}

var done = reply{OK: true, Result: json.RawMessage("true")}

func refuse(code int, format string, args ...any) reply {
	return reply{ErrorCode: code, Description: http.StatusText(code) + ": " + fmt.Sprintf(format, args...)}
}

// ServeHTTP is the Bot API as the bot sees it.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	answer := s.call(r)
	w.Header().Set("Content-Type", "application/json")
	if !answer.OK {
		w.WriteHeader(answer.ErrorCode)
	}
	_ = json.NewEncoder(w).Encode(answer) // a client that has gone needs no answer
}

func (s *Server) call(r *http.Request) reply {
	rest, isBot := strings.CutPrefix(r.URL.Path, "/bot")
	token, method, hasMethod := strings.Cut(rest, "/")
	if !isBot || !hasMethod {
		return refuse(http.StatusNotFound, "no such path")
	}
	if token != Token {
		return refuse(http.StatusUnauthorized, "the token is testapi.Token")
	}
	p, err := readParams(r)
	if err != nil {
		return refuse(http.StatusBadRequest, "%v", err)
	}

	switch method {
	case "getUpdates":
		return s.getUpdates(r.Context(), p)
	case "setWebhook":
		s.setWebhook(p)
		return done
	case "deleteWebhook":
		s.setWebhook(params{"drop_pending_updates": p["drop_pending_updates"]})
		return done
	case "getMe":
		return s.forward(r.Context(), method, p)
	case "answerCallbackQuery", "deleteMessage":
		defer s.announce()
		answer := s.forward(r.Context(), method, p)
		if answer.OK {
			return done
		}
		return answer
	case "sendMessage":
		defer s.announce()
		return inSeconds(s.forward(r.Context(), method, p))
	case "editMessageText", "editMessageReplyMarkup":
		defer s.announce()
		return s.edit(r.Context(), method, p)
	case "setMyCommands", "deleteMyCommands", "setChatMenuButton", "setMyName",
		"setMyDescription", "setMyShortDescription", "sendChatAction":
		return done
	default:
		return refuse(http.StatusNotFound, "method %s is not emulated", method)
	}
}

// forward makes a call to the emulator.
func (s *Server) forward(ctx context.Context, method string, p params) reply {
	var answer reply
	if err := s.post(ctx, "/bot"+Token+"/"+method, p, &answer); err != nil {
		return refuse(http.StatusBadGateway, "%v", err)
	}
	return answer
}

// inSeconds corrects the date of a message, which the emulator gives in
// milliseconds.
func inSeconds(answer reply) reply {
	var message params
	if !answer.OK || json.Unmarshal(answer.Result, &message) != nil {
		return answer
	}
	message.set("date", message.integer("date")/1000)
	encoded, err := json.Marshal(message)
	if err != nil {
		return refuse(http.StatusBadGateway, "%v", err)
	}
	answer.Result = encoded
	return answer
}

// edit changes a message and returns it. The emulator accepts edits of messages
// that do not exist, and keeps the buttons that an edit leaves out.
func (s *Server) edit(ctx context.Context, method string, p params) reply {
	if _, given := p["reply_markup"]; !given {
		p.set("reply_markup", map[string]any{"inline_keyboard": []any{}})
	}
	chat, id := p.integer("chat_id"), p.integer("message_id")
	find := func() (record, bool, error) {
		records, err := s.history(ctx, chat)
		for _, one := range records {
			if int64(one.MessageID) == id {
				return one, true, err
			}
		}
		return record{}, false, err
	}
	if _, found, err := find(); err != nil {
		return refuse(http.StatusBadGateway, "%v", err)
	} else if !found {
		return refuse(http.StatusBadRequest, "message to edit not found")
	}
	answer := s.forward(ctx, method, p)
	if !answer.OK {
		return answer
	}
	edited, found, err := find()
	if err != nil || !found {
		return refuse(http.StatusBadGateway, "the edited message is gone: %v", err)
	}
	encoded, err := json.Marshal(edited.message())
	if err != nil {
		return refuse(http.StatusBadGateway, "%v", err)
	}
	return reply{OK: true, Result: encoded}
}

// post sends JSON to the emulator and reads its JSON.
func (s *Server) post(ctx context.Context, path string, body, result any) error {
	encoded, err := json.Marshal(body)
	if err != nil {
		return err
	}
	return s.send(ctx, s.emulator+path, encoded, nil, func(response *http.Response) error {
		return json.NewDecoder(response.Body).Decode(result)
	})
}

// send posts JSON and hands a successful response to read.
func (s *Server) send(ctx context.Context, address string, body []byte, header http.Header, read func(*http.Response) error) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(body))
	if err != nil {
		return err
	}
	for name, values := range header {
		request.Header[name] = values
	}
	request.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode/100 != 2 {
		return fmt.Errorf("%s answered %s", request.URL.Path, response.Status)
	}
	return read(response)
}

// update is one thing that a user did, as the bot gets it.
type update struct {
	id  int64
	raw json.RawMessage
}

// pull takes the updates that the emulator has for the bot. The emulator hands
// each out once, so they are kept here until the bot has confirmed them.
func (s *Server) pull(ctx context.Context) error {
	var answer struct{ Result []json.RawMessage }
	if err := s.post(ctx, "/bot"+Token+"/getUpdates", params{}, &answer); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, raw := range answer.Result {
		var head struct {
			ID int64 `json:"update_id"`
		}
		if err := json.Unmarshal(raw, &head); err != nil {
			return err
		}
		s.pending = append(s.pending, update{head.ID, raw})
	}
	return nil
}

// getUpdates answers one poll. An offset confirms what is below it.
func (s *Server) getUpdates(ctx context.Context, p params) reply {
	limit := int(p.integer("limit"))
	if limit <= 0 || limit > 100 {
		limit = 100
	}
	ctx, cancel := context.WithTimeout(ctx, time.Duration(p.integer("timeout"))*time.Second)
	defer cancel()
	for {
		changed := s.watch()
		s.mu.Lock()
		if s.webhook != nil {
			s.mu.Unlock()
			return refuse(http.StatusConflict, "can't use getUpdates method while webhook is active")
		}
		s.drop(p.integer("offset"))
		batch := []json.RawMessage{}
		for _, one := range s.pending[:min(limit, len(s.pending))] {
			batch = append(batch, one.raw)
		}
		s.mu.Unlock()
		if len(batch) > 0 || ctx.Err() != nil {
			encoded, err := json.Marshal(batch)
			if err != nil {
				return refuse(http.StatusBadGateway, "%v", err)
			}
			return reply{OK: true, Result: encoded}
		}
		select {
		case <-changed:
		case <-ctx.Done():
		case <-s.closing.Done():
			return refuse(http.StatusBadGateway, "the test has ended")
		}
	}
}

// drop forgets the updates below offset. s.mu is held.
func (s *Server) drop(offset int64) {
	for len(s.pending) > 0 && s.pending[0].id < offset {
		s.pending = s.pending[1:]
	}
}

// setWebhook starts deliveries to an address, or ends them if there is none.
func (s *Server) setWebhook(p params) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.webhook != nil {
		s.webhook()
		s.webhook = nil
	}
	if string(p["drop_pending_updates"]) == "true" {
		s.pending = nil
	}
	if address := p.str("url"); address != "" {
		ctx, cancel := context.WithCancel(s.closing)
		s.webhook = cancel
		s.deliveries.Go(func() { s.deliver(ctx, address, p.str("secret_token")) })
	}
}

// deliver sends updates to a webhook, one after the other, each until it is
// accepted.
func (s *Server) deliver(ctx context.Context, address, secret string) {
	const pause = 20 * time.Millisecond // before an update is tried again
	header := http.Header{}
	if secret != "" {
		header.Set("X-Telegram-Bot-Api-Secret-Token", secret)
	}
	for ctx.Err() == nil {
		changed := s.watch()
		s.mu.Lock()
		pending := s.pending
		s.mu.Unlock()
		if len(pending) == 0 {
			select {
			case <-changed:
			case <-ctx.Done():
			}
			continue
		}
		err := s.send(ctx, address, pending[0].raw, header, func(*http.Response) error { return nil })
		switch {
		case err == nil:
			s.mu.Lock()
			s.drop(pending[0].id + 1)
			s.mu.Unlock()
		case !errors.Is(err, context.Canceled):
			select {
			case <-time.After(pause):
			case <-ctx.Done():
			}
		}
	}
}
