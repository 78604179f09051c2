package handlers

import (
	"cmp"
	"context"
	"io"
	"log/slog"
	"time"

	"liaison/knowledge"
	"liaison/pace"
	"liaison/ticket"
	"liaison/ticket/route"
)

// Answerer answers questions from the policy library. Implementations are safe
// for concurrent use.
type Answerer interface {
	// Answer never fails: what it cannot answer it refuses.
	Answer(ctx context.Context, q knowledge.Question) knowledge.Answer
	// AnswerUnit answers the question from the given unit; it refuses when the
	// unit is no longer there.
	AnswerUnit(ctx context.Context, unit string, q knowledge.Question) knowledge.Answer
	// Writes reports whether there is a model that Write asks.
	Writes() bool
	// Write lets the model write a quoted answer anew and reports whether that gave
	// a checked one; show gets it as it grows. It takes a limited time.
	Write(ctx context.Context, q knowledge.Question, quoted knowledge.Answer, show func(knowledge.Answer)) (knowledge.Answer, bool)
	// Rewrite lets the model say in full what a question asks that leaves out what it
	// is about; source is what the previous one was answered from. False: the rules
	// have to do.
	Rewrite(ctx context.Context, previous, question, source string) (string, bool)
	// Compare asks the check questions with each of the overrides and lists those
	// whose answers differ.
	Compare(before, after knowledge.Overrides) (asked int, out []knowledge.Difference)
	// Library is what is answered from now.
	Library() *knowledge.Library
}

var _ Answerer = (*knowledge.Answerer)(nil)

// Files keeps files by their content. Implementations are safe for concurrent use.
type Files interface {
	// Put stores a file of at most limit bytes.
	Put(ctx context.Context, r io.Reader, name string, limit int64) (ticket.File, error)
}

// Config is what a Desk needs. Store, Answerer, Directory and either Clock or
// Terms are required.
type Config struct {
	Store     Store
	Answerer  Answerer
	Directory func() *route.Directory // the stations as configured now
	Clock     ticket.Clock
	// Advise says what earlier cases make of a text, from memory.
	// Defaults to saying nothing.
	Advise func(text string) route.Advice
	// Files keeps what the bot itself makes for somebody. Without it /mydata says that
	// it cannot be done.
	Files  Files
	Policy ticket.Policy // Defaults to ticket.DefaultPolicy.
	// Terms are what holds at each station. Defaults to Clock and Policy everywhere.
	Terms ticket.TermsOf
	// Console is the address of the staff console as staff reach it, "" when it
	// is not to be mentioned.
	Console string
	Pace    pace.Taker       // Keeps how often codes are tried. Defaults to the one of this process.
	Logger  *slog.Logger     // Defaults to slog.Default.
	Now     func() time.Time // Defaults to time.Now.
}

// Desk is the conversations. It keeps nothing in memory between two messages
// and is safe for concurrent use.
type Desk struct {
	Config
	cases    *ticket.Service
	readings *knowledge.Readings // of questions that nothing answered
}

// New returns a Desk.
func New(c Config) *Desk {
	c.Logger = cmp.Or(c.Logger, slog.Default())
	if c.Policy.Accept == 0 {
		c.Policy = ticket.DefaultPolicy()
	}
	if c.Terms == nil {
		c.Terms = ticket.Everywhere(c.Clock, c.Policy)
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Pace == nil {
		c.Pace = &pace.Memory{Now: c.Now}
	}
	if c.Advise == nil {
		c.Advise = func(string) route.Advice { return route.Advice{} }
	}
	readings := knowledge.NewReadings(2 * comparedWordings) // or new ones in between would push out all that are compared
	return &Desk{Config: c, cases: ticket.NewService(c.Terms, c.Now), readings: readings}
}

// Prepared is what was found out for a message before its transaction.
type Prepared struct {
	Answer    *knowledge.Answer // nil when the message asks nothing of the library
	Full      string            // the question in full, when it left out what the one before said
	Reference *Reference        // what a case may be answered from, for a button that asks for it
	Alike     []ticket.Ticket   // cases of the same matter, for a button that joins two
	Data      *ticket.File      // all that is held about the person, who asked for it
	Wait      time.Duration     // until a one-time code may be tried again, 0 when this one may
	People    int               // whom the announcement would go to that the message is the text of
	Gap       string            // the gap in which others ask the same, when it is to be recorded as one
	Near      []Near            // what comes nearest to a question that was refused
}

// turn is one message being handled.
type turn struct {
	*Desk
	tx       Tx
	m        Message
	me       Person
	lang     lang
	conv     conversation
	prepared Prepared
	pressed  bool // the press of a button has been acknowledged
	forgot   bool // what was remembered of the talk is gone at the person's wish
}

// Handle makes the message's changes and replies in the transaction.
func (d *Desk) Handle(ctx context.Context, tx Tx, m Message, p Prepared) error {
	switch m.Event {
	case EventMoved:
		return tx.MoveChat(ctx, Address{Channel: m.From.Channel, Chat: m.From.Chat}, Address{Channel: m.From.Channel, Chat: m.MovedTo})
	case EventBlocked:
		return d.blocked(ctx, tx, m)
	case EventBack:
		return tx.Reached(ctx, m.From)
	}
	switch {
	case !m.ForUs():
		return nil
	case m.Anonymous:
		return d.anonymous(ctx, tx, m)
	}
	t, err := d.begin(ctx, tx, m, p)
	if err != nil {
		return err
	}
	if !m.Group {
		if err := t.catchUp(ctx); err != nil {
			return err
		}
	}
	if err := t.noteCase(ctx); err != nil {
		return err
	}
	if err := t.dispatch(ctx); err != nil {
		if err = t.excuse(ctx, err); err != nil {
			return err
		}
	}
	if m.Press != "" && !t.pressed {
		if err := tx.Send(ctx, m.From, Reply{Press: m.Press}); err != nil {
			return err
		}
	}
	if t.forgot {
		return nil
	}
	return saveConversation(ctx, tx, conversationKey(m), t.conv, d.Now())
}

// begin finds out who speaks and where the talk stands.
func (d *Desk) begin(ctx context.Context, tx Tx, m Message, p Prepared) (*turn, error) {
	private := m.From.Chat
	if m.Group {
		private = "" // a group is nobody's private chat
	}
	me, err := tx.Touch(ctx, m.From.Channel, m.User, private, d.Now())
	if err != nil {
		return nil, err
	}
	if me.Lang == "" && !m.Group {
		// Remembered so that what is sent later, unasked, is in the same language.
		me.Lang = string(langOf("", m.Lang))
		if err := tx.SavePerson(ctx, me); err != nil {
			return nil, err
		}
	}
	conv, err := loadConversation(ctx, tx, conversationKey(m))
	if err != nil {
		return nil, err
	}
	conv.Lang = langOf(me.Lang, m.Lang)
	return &turn{Desk: d, tx: tx, m: m, me: me, lang: conv.Lang, conv: conv, prepared: p}, nil
}

// Apologize tells the person that the message could not be handled.
func (d *Desk) Apologize(ctx context.Context, tx Tx, m Message) error {
	if m.Event != "" || m.From.Chat == "" || m.Group && m.Press == "" && m.Command == "" && m.ReplyTo == "" {
		return nil // nobody waits for an answer
	}
	conv, err := loadConversation(ctx, tx, conversationKey(m))
	if err != nil {
		conv = conversation{} // it may be what could not be handled
	}
	r := words(langOf(string(conv.Lang), m.Lang).f(pFailed))
	r.Press = m.Press
	return tx.Send(ctx, m.From, r)
}

// say sends a reply to where the message came from. The first reply to the
// press of a button acknowledges it.
func (t *turn) say(ctx context.Context, r Reply) error {
	if t.m.Press != "" && !t.pressed {
		r.Press, t.pressed = t.m.Press, true
	}
	return t.tx.Send(ctx, t.m.From, r)
}

// tell says a phrase.
func (t *turn) tell(ctx context.Context, p phrase, args ...any) error {
	return t.say(ctx, words(t.lang.f(p, args...)))
}

// toast answers the press of a button with a short notice only, or says it when
// no button was pressed.
func (t *turn) toast(ctx context.Context, p phrase, args ...any) error {
	if t.m.Press == "" {
		return t.tell(ctx, p, args...)
	}
	t.pressed = true
	return t.tx.Send(ctx, t.m.From, Reply{Press: t.m.Press, Toast: t.lang.f(p, args...)})
}

// offer says a phrase with buttons.
func (t *turn) offer(ctx context.Context, p phrase, buttons ...[]Button) error {
	r := words(t.lang.f(p))
	r.Buttons = buttons
	return t.say(ctx, r)
}

// button makes a button in the language of the talk.
func (t *turn) button(p phrase, parts ...string) Button {
	return Button{Text: t.lang.f(p), Data: data(parts...)}
}

// excuse turns what a person can act on into words; any other error is returned.
// The transaction goes on: errors with a code come before anything was written.
func (t *turn) excuse(ctx context.Context, err error) error {
	p, args, ok := t.lang.problem(err)
	if !ok {
		return err
	}
	return t.toast(ctx, p, args...)
}
