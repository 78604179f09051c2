package handlers

import (
	"slices"
	"strings"
	"time"

	"liaison/ticket"
)

// Channel names a way in which people reach the bot.
type Channel string

// The channels.
const (
	Telegram Channel = "telegram"
	Web      Channel = "web"
)

// Address is a place that replies can be sent to.
type Address struct {
	Channel Channel `json:"channel"`
	Chat    string  `json:"chat"`             // the channel's own id of the chat
	Thread  int     `json:"thread,omitempty"` // topic of a Telegram forum group, 0 for none
}

// Lane names the order in which things happen: messages of one chat are handled
// one after the other, and replies to one chat are delivered one after the other.
func (a Address) Lane() string { return string(a.Channel) + ":" + a.Chat }

// Message is something that a person did in a chat, on whatever channel. It is
// stored as JSON between being taken in and being handled.
type Message struct {
	Key   string  `json:"key"` // unique within the channel; a second message of the same key is the same message
	From  Address `json:"from"`
	ID    string  `json:"id,omitempty"`    // the channel's own id of it, which an edit of it has too
	User  string  `json:"user"`            // the channel's own id of the person
	Lang  string  `json:"lang,omitempty"`  // language the person's app is set to, such as "zh-hans" or "en"
	Group bool    `json:"group,omitempty"` // more than two take part in the chat
	// Anonymous: somebody wrote in the name of the group or of a channel, and User is
	// nobody.
	Anonymous bool     `json:"anonymous,omitempty"`
	Text      string   `json:"text,omitempty"`
	Command   string   `json:"command,omitempty"` // "start" for /start; then Text holds what follows the command
	Button    string   `json:"button,omitempty"`  // Data of the button that was pressed
	Press     string   `json:"press,omitempty"`   // the channel's id of the press, to be acknowledged by Reply.Press
	ReplyTo   string   `json:"reply_to,omitempty"`
	Files     []Upload `json:"files,omitempty"`
	Album     string   `json:"album,omitempty"` // the same for files that were sent together
	// Captions are the words of an album of which several files have some, in their order:
	// Text is all of them, and ID is that of the first.
	Captions []Caption `json:"captions,omitempty"`
	At       *Location `json:"at,omitempty"`      // a place that was shared
	Shared   bool      `json:"shared,omitempty"`  // Text is what was shared, such as a contact, put into words
	Contact  bool      `json:"contact,omitempty"` // what was shared is a contact: somebody's name and phone number
	Edited   bool      `json:"edited,omitempty"`  // a message that was handled before has now this text
	Event    Event     `json:"event,omitempty"`   // set when nobody spoke but something happened to the chat
	MovedTo  string    `json:"moved_to,omitempty"`
	SentAt   time.Time `json:"sent_at"`
	Trace    string    `json:"trace,omitempty"` // see trace.Carry

	// Delivered, on channel Drafts, is the reply that a model may write anew.
	Delivered *Delivered `json:"delivered,omitempty"`

	// Unread is what came in, word for word, if it could not be read: of the rest, all
	// but Key may be missing or wrong. It is not handled but kept, see relay.Reader.
	Unread string `json:"unread,omitempty"`

	// Ref is the Reply.Ref of the bot's message that ReplyTo names or whose
	// button was pressed, "" when it had none. The relay fills it in.
	Ref string `json:"-"`
}

// Storable returns the message as any database takes it: PostgreSQL refuses a text
// with a zero character or half a character in it. Nobody types them.
func (m Message) Storable() Message {
	for _, text := range []*string{&m.Key, &m.From.Chat, &m.ID, &m.User, &m.Lang, &m.Text, &m.Command, &m.Button, &m.Press, &m.ReplyTo, &m.Album, &m.MovedTo, &m.Unread} {
		*text = strings.ReplaceAll(strings.ToValidUTF8(*text, ""), "\x00", "")
	}
	return m
}

// Caption is the words of one file of an album.
type Caption struct {
	ID   string `json:"id"` // the channel's, of the message that has the file
	Text string `json:"text"`
}

// Join adds the next part of an album to the message, with its files and its words.
func (m *Message) Join(part Message) {
	m.Files = append(m.Files, part.Files...)
	switch {
	case part.Text == "":
	case m.Text == "":
		m.Text, m.ID = part.Text, part.ID
	default:
		if m.Captions == nil {
			m.Captions = []Caption{{m.ID, m.Text}}
		}
		m.Captions = append(m.Captions, Caption{part.ID, part.Text})
		m.Text = captioned(m.Captions)
	}
}

// captioned is the text of a message with the captions.
func captioned(captions []Caption) string {
	var all []string
	for _, c := range captions {
		all = append(all, c.Text)
	}
	return strings.Join(all, "\n")
}

// ForUs reports whether the message is meant for the bot. In a group it is when
// it presses one of the bot's buttons, is a command, or answers a message of the
// bot that is about a case, or of which nobody knows any more what it is about; the
// rest is people talking to each other.
func (m Message) ForUs() bool {
	return !m.Group || m.Event != "" || m.Button != "" || m.Command != "" || m.refersToCase() || m.answersUnknown()
}

// RefUnknown is the Ref of what answers a message of the bot that it does not know: one
// that is too old, or the first of two copies, of which Telegram took it to be sent and
// did not get to say so.
const RefUnknown = "unknown"

// answersUnknown reports whether somebody waits for what comes of an answer to such a
// message. To change words that nobody took up changes nothing.
func (m Message) answersUnknown() bool { return m.Ref == RefUnknown && !m.Edited }

// refersToCase reports whether the message answers one of the bot's messages
// about a case.
func (m Message) refersToCase() bool { return AboutCase(m.Ref) }

// brings reports whether a file that is taken came with the message.
func (m Message) brings() bool {
	return slices.ContainsFunc(m.Files, func(u Upload) bool { return u.Problem == "" })
}

// AboutCase reports whether a Reply.Ref marks a message about a case, which can
// be answered.
func AboutCase(ref string) bool {
	kind, _, _ := strings.Cut(ref, ":")
	return kind == "ticket" || kind == "card" || kind == "act"
}

// Location is a point on the map, in degrees. Only the town it lies in is kept.
type Location struct {
	Latitude  float64 `json:"latitude"`
	Longitude float64 `json:"longitude"`
}

// Event is something that happened to a chat.
type Event string

// The events.
const (
	EventMoved   Event = "moved"   // the chat has a new id: MovedTo
	EventBlocked Event = "blocked" // the person no longer wants messages, or the bot was removed
	EventBack    Event = "back"    // the bot was let into the group, or given more rights there
)

// Upload is a file that came with a message. The channel names it by Source;
// the relay fetches it and fills in Hash. An upload without Hash could not be
// fetched, for the reason in Problem.
type Upload struct {
	Source  string `json:"source,omitempty"` // the channel's own id of the file
	Hash    string `json:"hash,omitempty"`   // lower-case hex SHA-256 of the content
	Name    string `json:"name"`
	MIME    string `json:"mime"`
	Size    int64  `json:"size"` // bytes, as far as known
	Problem string `json:"problem,omitempty"`
	// Again is when one of TooMuch can be sent again.
	Again time.Time `json:"again,omitzero"`
}

// Reasons for Upload.Problem.
const (
	TooBig    = "too_big"
	Unwanted  = "unwanted"  // a type of file that is not taken
	TooMuch   = "too_much"  // more bytes than one person may send in the time
	Unfetched = "unfetched" // the channel could not deliver it
)

// MaxFile is the largest file that is taken in, in bytes: what Telegram's Bot
// API lets a bot download.
const MaxFile = 20 << 20

// MaxFiles is how many files go with one case.
const MaxFiles = 10

// Style is how a span of text looks.
type Style string

// The styles.
const (
	Plain Style = ""
	Bold  Style = "bold"
	Quote Style = "quote" // a quotation block of its own
	Mark  Style = "mark"  // the part of a quotation that answers
	Fixed Style = "fixed" // to be copied exactly
)

// Span is a run of text in one style.
type Span struct {
	Text  string `json:"text"`
	Style Style  `json:"style,omitempty"`
	URL   string `json:"url,omitempty"` // makes it a link
	// Person, the channel's own id of a member of the chat, says that Text names that
	// person, who is pointed to it.
	Person string `json:"person,omitempty"`
}

// Button is something to press under a reply.
type Button struct {
	Text string `json:"text"`
	Data string `json:"data,omitempty"` // comes back as Message.Button; at most MaxData bytes
	URL  string `json:"url,omitempty"`  // instead of Data: opens a page
}

// MaxData is the length limit of Button.Data, in bytes; it is Telegram's.
const MaxData = 64

// Reply is something that the bot says.
type Reply struct {
	Text    []Span        `json:"text,omitempty"`
	Buttons [][]Button    `json:"buttons,omitempty"` // rows
	Files   []ticket.File `json:"files,omitempty"`
	// Ref marks the message, so that an answer to it is understood: it comes
	// back as Message.Ref.
	Ref string `json:"ref,omitempty"`
	// Replace puts this reply in the place of the last message with the same Ref
	// in the same chat; without such a message it is sent as a new one.
	Replace bool `json:"replace,omitempty"`
	// Update, with Replace, sends nothing where there is no such message.
	Update bool `json:"update,omitempty"`
	// Amends is the channel's id of a delivered message that this reply rewrites. It
	// is that message or nothing: where it has gone, nothing is sent.
	Amends string `json:"amends,omitempty"`
	// Prompt says that the person is expected to write something in answer to
	// this very message: in a group who is named by a Span's Person, or everybody.
	Prompt bool `json:"prompt,omitempty"`
	// Press acknowledges the pressing of a button with Toast, a short notice
	// ("" shows nothing). A reply with Press may have no text at all.
	Press string `json:"press,omitempty"`
	Toast string `json:"toast,omitempty"`
	// Draft says that a model may write the reply anew once it is delivered.
	Draft *Draft `json:"draft,omitempty"`
	// Passing says that nothing of the reply is kept once it is delivered: no copy, no
	// note of it, and its files no longer than any that nobody needs. In a web chat it stands as a line,
	// which is where it is delivered to.
	Passing bool `json:"passing,omitempty"`
	// Topic puts the reply where the others of its topic are, in a chat that has
	// topics; elsewhere it changes nothing.
	Topic *Topic `json:"topic,omitempty"`
	// Trace is what the reply is told of in traces; Tx.Send fills it in. See trace.Carry.
	Trace string `json:"trace,omitempty"`
	// Bulk names the announcement that the reply is a copy of: there are very many of
	// them, and they give way to all other replies.
	Bulk string `json:"bulk,omitempty"`
}

// Topic is a place within a chat for what belongs together. It is made when the
// first reply comes to it, and brought to Name and Closed with every one.
type Topic struct {
	Key    string `json:"key"` // the same for all that belongs together
	Name   string `json:"name"`
	Closed bool   `json:"closed,omitempty"` // nothing more is expected there
}

// String returns the text without its styles.
func (r Reply) String() string {
	var b strings.Builder
	for _, s := range r.Text {
		b.WriteString(s.Text)
	}
	return b.String()
}

// Empty reports whether there is nothing to show in the chat itself.
func (r Reply) Empty() bool { return len(r.Text) == 0 && len(r.Files) == 0 }
