package web

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"liaison/handlers"
	"liaison/ticket"
)

const visitorCookie = "liaison_visitor"

// visitorAge is how long a browser keeps its chat after the last visit, in
// seconds: 400 days, the most that browsers allow.
const visitorAge = 400 * 24 * 60 * 60

// chatLines is how many lines the page shows, and looks into when a button is
// pressed or a file is asked for.
const chatLines = 500

// chatPage serves the page and makes the browser known: the cookie is the only
// key to the chat.
func (s *Server) chatPage(w http.ResponseWriter, r *http.Request) error {
	value := rand.Text() // 130 bits
	if c, err := r.Cookie(visitorCookie); err == nil && chatOf(c.Value) != "" {
		value = c.Value
	}
	http.SetCookie(w, &http.Cookie{
		Name: visitorCookie, Value: value, Path: "/", MaxAge: visitorAge,
		HttpOnly: true, Secure: s.SecureCookies, SameSite: http.SameSiteLaxMode,
	})
	return s.servePage(w, r, http.StatusOK, "chat.html", map[string]string{"City": s.Directory().City()})
}

// chatOf returns the chat that the cookie opens, "" for a value that we did not
// make. The chat's name does not tell the cookie.
func chatOf(cookie string) string {
	if len(cookie) != 26 || strings.Trim(cookie, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567") != "" {
		return ""
	}
	return hashOf(cookie)
}

// hashOf returns what is stored instead of a secret: lower-case hex SHA-256.
func hashOf(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}

// visitor returns the chat of the request's browser.
func visitor(r *http.Request) (string, error) {
	c, err := r.Cookie(visitorCookie)
	if err != nil {
		return "", errNoVisitor
	}
	if chat := chatOf(c.Value); chat != "" {
		return chat, nil
	}
	return "", errNoVisitor
}

var (
	keyForm     = regexp.MustCompile(`^[A-Za-z0-9_-]{8,64}$`)
	commandForm = regexp.MustCompile(`(?s)^[/／]([a-z_]{1,32})(?:\s+(.*))?$`)
)

// postMessage takes in what a visitor wrote, pressed or sent along. The key,
// made by the page, lets it send the same message again after a broken
// connection without its counting twice.
func (s *Server) postMessage(w http.ResponseWriter, r *http.Request) error {
	chat, err := visitor(r)
	if err != nil {
		return err
	}
	now := s.Now()
	// The address comes first: who invents visitors must not push out real ones.
	if err := s.within(r.Context(), addressPosts, s.client(r)); err != nil {
		return err
	}
	if err := s.within(r.Context(), visitorPosts, chat); err != nil {
		return err
	}
	f, err := s.readForm(w, r, checkMessage)
	if err != nil {
		return err
	}
	m := handlers.Message{
		Key:  chat + ":" + f.fields["key"],
		From: handlers.Address{Channel: handlers.Web, Chat: chat}, User: chat,
		Lang: preferred(r), ReplyTo: f.fields["reply_to"], SentAt: now,
	}
	said := strings.TrimSpace(f.fields["text"])
	if data := f.fields["button"]; data != "" {
		if said, err = s.pressed(r, chat, m.ReplyTo, data); err != nil {
			return err
		}
		m.Button, m.Press = data, m.Key
	} else if parts := commandForm.FindStringSubmatch(said); parts != nil {
		m.Command, m.Text = parts[1], strings.TrimSpace(parts[2])
	} else {
		m.Text = said
	}
	if said == "" && len(f.files) == 0 {
		return invalid("text")
	}
	for _, file := range f.files {
		m.Files = append(m.Files, handlers.Upload{Hash: file.Hash, Name: file.Name, MIME: file.MIME, Size: file.Size})
	}
	body := handlers.Reply{Files: f.files}
	if said != "" {
		body.Text = []handlers.Span{{Text: said}}
	}
	// The line first: should the message then not get in, the page sends it
	// again under the same key, and the line is already there.
	id, err := s.Store.PutLine(r.Context(), chat, SaidKey(m.Key), 0, Visitor, body, now)
	if err != nil {
		return err
	}
	if _, err := s.Inbox.Receive(r.Context(), m, now); err != nil {
		return err
	}
	s.send(w, r, http.StatusAccepted, map[string]int64{"id": id})
	return nil
}

// SaidKey is the key of the line that shows what the message with the key says.
func SaidKey(key string) string { return "in:" + key }

func checkMessage(fields map[string]string) error {
	if !keyForm.MatchString(fields["key"]) {
		return invalid("key")
	}
	text := fields["text"]
	if utf8.RuneCountInString(text) > ticket.MaxText {
		return invalid("long")
	}
	if !utf8.ValidString(text) || strings.ContainsRune(text, 0) {
		return invalid("form")
	}
	if to := fields["reply_to"]; to != "" {
		if _, err := strconv.ParseInt(to, 10, 64); err != nil {
			return invalid("reply_to")
		}
	}
	if len(fields["button"]) > handlers.MaxData {
		return invalid("button")
	}
	return nil
}

// pressed returns the words on the button. A button that is not, or no longer,
// under that line is Invalid.
func (s *Server) pressed(r *http.Request, chat, line, data string) (string, error) {
	lines, err := s.Store.Lines(r.Context(), chat, 0, chatLines)
	if err != nil {
		return "", err
	}
	for _, l := range lines {
		if l.Side != Bot || strconv.FormatInt(l.ID, 10) != line {
			continue
		}
		for _, row := range l.Body.Buttons {
			for _, b := range row {
				if b.Data == data {
					return b.Text, nil
				}
			}
		}
	}
	return "", invalid("button")
}

// visitorLines answers with the lines of the chat, those after a revision when
// the page has some already.
func (s *Server) visitorLines(w http.ResponseWriter, r *http.Request) error {
	chat, err := visitor(r)
	if err != nil {
		return err
	}
	after, err := revision(r.URL.Query().Get("after"))
	if err != nil {
		return err
	}
	lines, err := s.Store.Lines(r.Context(), chat, after, chatLines)
	if err != nil {
		return err
	}
	views := make([]lineView, len(lines))
	for i, l := range lines {
		views[i] = viewLine(l)
	}
	s.send(w, r, http.StatusOK, map[string]any{"lines": views})
	return nil
}

// revision reads a Line.Rev, 0 when there is none.
func revision(text string) (int64, error) {
	if text == "" {
		return 0, nil
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 0 {
		return 0, invalid("after")
	}
	return n, nil
}
