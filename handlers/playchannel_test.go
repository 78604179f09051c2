package handlers_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"liaison/e2e/script"
	"liaison/handlers"
	"liaison/relay"
)

// inPlace returns the messages as they stand in the chat: an edited one where it was
// first sent.
func inPlace(posts []*post) []*post {
	now := make(map[string]*post)
	for _, o := range posts {
		now[o.id] = o
	}
	var out []*post
	for _, o := range posts {
		if !o.edited {
			out = append(out, now[o.id])
		}
	}
	return out
}

// button finds the latest button with the text in the chat, or else the latest that
// an edit has taken away.
func (p *player) button(chat, text string) (*post, string) {
	p.t.Helper()
	posts := slices.Concat(p.chats[chat], inPlace(p.chats[chat]))
	for i := len(posts) - 1; i >= 0; i-- {
		for _, row := range posts[i].reply.Buttons {
			for _, b := range row {
				if b.Text == text {
					return posts[i], b.Data
				}
			}
		}
	}
	p.t.Fatalf("no button %q in chat %s", text, chat)
	return nil, ""
}

func lastIndex(posts []*post, ok func(*post) bool) int {
	for i := len(posts) - 1; i >= 0; i-- {
		if ok(posts[i]) {
			return i
		}
	}
	return -1
}

// said returns what the bot said since it was last asked, first to who spoke: what a
// test does between two lines belongs to the second.
func (p *player) said(l script.Line) []script.Said {
	p.mu.Lock()
	defer p.mu.Unlock()
	defer func() { p.fresh = nil }()
	names := make(map[string]string)
	for name, user := range p.users {
		names[user] = name
	}
	for name, chat := range groups {
		names[chat] = "@" + name
	}
	first := l.Actor
	if l.Chat != "" {
		first = "@" + l.Chat
	}
	slices.SortStableFunc(p.fresh, func(a, b *post) int {
		na, nb := names[a.chat], names[b.chat]
		switch {
		case na == nb:
			return cmp.Compare(a.ordinal, b.ordinal)
		case na == first:
			return -1
		case nb == first:
			return 1
		}
		return cmp.Compare(na, nb)
	})
	var out []script.Said
	for _, o := range p.fresh {
		out = append(out, script.Said{To: names[o.chat], Lines: show(o)})
	}
	return out
}

var secret = regexp.MustCompile(`[2-9A-Z]{4}-[2-9A-Z]{4}-[2-9A-Z]{4}`)

// show writes a post as the scripts do.
func show(o *post) []string {
	var out []string
	if text := o.reply.String(); text != "" {
		out = strings.Split(secret.ReplaceAllString(text, "(code)"), "\n")
	}
	for _, row := range o.reply.Buttons {
		var b []string
		for _, button := range row {
			b = append(b, "["+button.Text+"]")
		}
		out = append(out, strings.Join(b, " "))
	}
	if n := len(o.reply.Files); n > 0 {
		out = append(out, fmt.Sprintf("(files: %d)", n))
	}
	if o.reply.Toast != "" {
		out = append(out, "(toast) "+o.reply.Toast)
	}
	if o.edited {
		out = append(out, "(replaces)")
	}
	if o.topic != "" {
		out = append(out, "(topic) "+o.topic)
	}
	return out
}

// channel keeps what it is given.
type channel struct{ p *player }

var _ relay.Topical = (*channel)(nil)

func (c *channel) Name() handlers.Channel { return handlers.Telegram }

func (c *channel) Deliver(_ context.Context, out relay.Outbound) (relay.Receipt, error) {
	p := c.p
	p.mu.Lock()
	defer p.mu.Unlock()
	if out.Reply.Empty() && out.Reply.Toast == "" {
		return relay.Receipt{}, nil // a press acknowledged without a word
	}
	if p.deaf[out.To.Chat] && !out.Reply.Empty() {
		return relay.Receipt{}, &relay.Unreachable{Why: p.why(out.To.Chat), Err: errors.New("403")}
	}
	p.serial++
	o := &post{chat: out.To.Chat, id: "m" + strconv.Itoa(p.serial), reply: out.Reply, ordinal: p.serial}
	if out.Edit != "" {
		o.id, o.edited = out.Edit, true
	}
	o.topic = p.topics[out.To.Thread]
	p.chats[o.chat] = append(p.chats[o.chat], o)
	p.fresh = append(p.fresh, o)
	for _, row := range out.Reply.Buttons {
		for _, b := range row {
			if b.Text == "" || len(b.Data) > handlers.MaxData {
				return relay.Receipt{}, relay.Permanent(fmt.Errorf("button %q with data %q", b.Text, b.Data))
			}
		}
	}
	if out.Reply.Empty() {
		return relay.Receipt{}, nil
	}
	return relay.Receipt{MessageID: o.id}, nil
}

// OpenTopic implements relay.Topical.
func (c *channel) OpenTopic(_ context.Context, out relay.Outbound, name string) (int, error) {
	p := c.p
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.deaf[out.To.Chat] {
		return 0, &relay.Unreachable{Why: p.why(out.To.Chat), Err: errors.New("403")}
	}
	p.topics[len(p.topics)+1] = name
	return len(p.topics), nil
}

// SetTopic implements relay.Topical.
func (c *channel) SetTopic(_ context.Context, out relay.Outbound, _, want relay.Topic) error {
	p := c.p
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.deaf[out.To.Chat] {
		return &relay.Unreachable{Why: p.why(out.To.Chat), Err: errors.New("403")}
	}
	p.topics[out.To.Thread] = want.Name
	return nil
}

// why says why a chat takes nothing: a person has blocked the bot, a group has
// removed it.
func (p *player) why(chat string) handlers.Why {
	if strings.HasPrefix(chat, "-") {
		return handlers.WhyRemoved
	}
	return handlers.WhyBlocked
}

// Fetch yields the content that a file's name asks for.
func (c *channel) Fetch(_ context.Context, up handlers.Upload) (io.ReadCloser, error) {
	switch filepath.Ext(up.Source) {
	case ".png":
		return io.NopCloser(strings.NewReader("\x89PNG\r\n\x1a\n" + up.Source)), nil
	case ".ogg":
		return io.NopCloser(strings.NewReader("OggS\x00" + up.Source)), nil
	case ".exe":
		return io.NopCloser(strings.NewReader("MZ\x90\x00" + up.Source)), nil
	case ".gone":
		return nil, relay.Permanent(fmt.Errorf("file is gone"))
	default:
		return io.NopCloser(strings.NewReader("%PDF-1.7 " + up.Source)), nil
	}
}
