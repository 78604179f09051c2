package handlers

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"liaison/knowledge"
	"liaison/ticket"
)

// conversation is what the bot remembers of a talk between two messages. It is
// stored after each message, so a talk goes on after a restart.
type conversation struct {
	// Form is the case being written; it stays while the person asks something
	// else in between.
	Form *form `json:"form,omitempty"`
	// Visit is the draft of a visit that the talk is about. Of Form and Visit one is
	// set at most.
	Visit *visiting `json:"visit,omitempty"`
	// Await is what the next text is for, when it is not a question.
	Await *await `json:"await,omitempty"`
	// Asked are the latest questions, for the buttons under their answers.
	Asked []asked `json:"asked,omitempty"`
	// Outgoing are words of a staff member that wait to be sent.
	Outgoing *outgoing `json:"outgoing,omitempty"`
	// News is an announcement that waits to be sent.
	News *newsDraft `json:"news,omitempty"`
	// Said are the person's latest messages, for edits of them.
	Said []said `json:"said,omitempty"`
	// Serial numbers forms, questions and outgoing words, so that the buttons of an older one are
	// told from those of the present one.
	Serial int `json:"serial,omitempty"`
	// Lang is the language of the talk.
	Lang lang `json:"lang,omitempty"`
	// DataAt is when the person last got all that is held about him or her.
	DataAt time.Time `json:"data_at,omitzero"`
}

// await says what the next text does.
type await struct {
	// Ref is what an answer to the bot's prompt would carry; the text does the
	// same without being an answer to it.
	Ref string    `json:"ref"`
	At  time.Time `json:"at"` // when it was asked for
}

// awaitTTL is how long a text is taken for what was asked for. After that it is
// taken for what it most likely is: something new.
const awaitTTL = 30 * time.Minute

// awaited returns what a text would be for, "" when nothing was asked for
// lately. Where a comment or a code is welcome, a question in its place is a
// question.
func (c conversation) awaited(text string, now time.Time) string {
	switch {
	case c.Await == nil || now.Sub(c.Await.At) > awaitTTL:
		return ""
	case (c.Await.Ref == "act:code" || strings.HasPrefix(c.Await.Ref, "act:comment:")) && looksLikeQuestion(text):
		return ""
	default:
		return c.Await.Ref
	}
}

// turnTo makes ref what the next text is for, "" for nothing in particular: the
// person has turned to something else. Words for a requester that were being written
// are no longer.
func (t *turn) turnTo(ctx context.Context, ref string) error {
	t.expect(ref)
	return t.EndReplying(ctx, t.tx, t.me.ID)
}

// expect is turnTo for who goes on with the same thing. In a group everybody may
// write; there only an answer to the prompt counts.
func (t *turn) expect(ref string) {
	t.conv.Await = nil
	if ref != "" && !t.m.Group {
		t.conv.Await = &await{Ref: ref, At: t.Now()}
	}
}

// asked is a question with what came of it.
type asked struct {
	ID   int    `json:"id"`
	Text string `json:"text"`
	// Choices are the units that were offered, when the bot asked back.
	Choices []string `json:"choices,omitempty"`
	// Full is Text with what it leaves out, when it follows up an earlier question.
	Full string `json:"full,omitempty"`
	// Units are those that it was answered from, best first, and At is when it was
	// answered, refused or asked back.
	Units []string  `json:"units,omitempty"`
	At    time.Time `json:"at,omitzero"`
	// Rated: the person has said whether the answer helped, and Missed that it did
	// not, at last.
	Rated  bool `json:"rated,omitempty"`
	Missed bool `json:"missed,omitempty"`
	// Offered: the bot suggested the question, and it counts when it is pressed.
	Offered bool `json:"offered,omitempty"`
}

// full is the question as it can be understood by itself.
func (a asked) full() string {
	if a.Full != "" {
		return a.Full
	}
	return a.Text
}

// followTTL is how long a question may be a continuation of one before it.
const followTTL = 10 * time.Minute

// turns are the questions that were answered lately, for what follows them up.
func (c conversation) turns(now time.Time) []knowledge.Turn {
	var out []knowledge.Turn
	for _, a := range c.Asked {
		if len(a.Units) > 0 && now.Sub(a.At) <= followTTL {
			out = append(out, knowledge.Turn{Question: a.full(), Units: a.Units})
		}
	}
	return out
}

// maxAsked is how many questions back the buttons work.
const maxAsked = 16

// ask remembers a question and returns its number.
func (c *conversation) ask(text string, choices []string) int {
	c.Serial++
	c.Asked = append(c.Asked, asked{ID: c.Serial, Text: text, Choices: choices})
	if len(c.Asked) > maxAsked {
		c.Asked = c.Asked[len(c.Asked)-maxAsked:]
	}
	return c.Serial
}

// update changes what is remembered of a question.
func (c *conversation) update(id int, change func(*asked)) {
	for i := range c.Asked {
		if c.Asked[i].ID == id {
			change(&c.Asked[i])
		}
	}
}

// forget makes the buttons of a question old ones.
func (c *conversation) forget(id int) {
	c.Asked = slices.DeleteFunc(c.Asked, func(a asked) bool { return a.ID == id })
}

// question finds what was asked under the number.
func (c *conversation) question(id int) (asked, bool) {
	for _, a := range c.Asked {
		if a.ID == id {
			return a, true
		}
	}
	return asked{}, false
}

// form is a case being written, step by step.
type form struct {
	ID       int           `json:"id"`
	Kind     ticket.Kind   `json:"kind"`
	Step     step          `json:"step"`
	Text     string        `json:"text,omitempty"`
	Files    []ticket.File `json:"files,omitempty"`
	Company  string        `json:"company,omitempty"`
	Town     string        `json:"town,omitempty"`
	Near     string        `json:"near,omitempty"` // town of a place that was shared, not confirmed
	Contact  string        `json:"contact,omitempty"`
	Card     string        `json:"card,omitempty"` // a contact that was shared too early, to be offered where one is asked for
	Category string        `json:"category,omitempty"`
	Urgent   bool          `json:"urgent,omitempty"`
	// Chosen: the person has said what kind it is. UrgentChosen: whether it is
	// urgent. Without that both are guesses.
	Chosen       bool `json:"chosen,omitempty"`
	UrgentChosen bool `json:"urgent_chosen,omitempty"`
	// Funds is what a financing request asks for. Turned: the form became one after
	// the questions of another kind were answered; what it asks more is being asked.
	Funds  ticket.Funds `json:"funds,omitzero"`
	Turned bool         `json:"turned,omitempty"`
	// Review: the summary has been reached, to which each correction returns.
	Review bool `json:"review,omitempty"`
	// Apart: the person has said that it is not about the matter of an earlier case.
	Apart bool `json:"apart,omitempty"`
	// Retell: what happened is being told anew; the next text or file replaces
	// what is there.
	Retell bool `json:"retell,omitempty"`
}

// conversationKey says which talk a message belongs to: in a group each person
// has one of his own.
func conversationKey(m Message) string { return m.From.Lane() + ":" + m.User }

// loadConversation returns an empty one when there is none.
func loadConversation(ctx context.Context, from Peek, key string) (conversation, error) {
	var c conversation
	b, err := from.Conversation(ctx, key)
	if err != nil || len(b) == 0 {
		return c, err
	}
	if err := json.Unmarshal(b, &c); err != nil {
		return c, fmt.Errorf("conversation is damaged: %w", err)
	}
	return c, nil
}

func saveConversation(ctx context.Context, tx Tx, key string, c conversation, at time.Time) error {
	b, err := json.Marshal(c)
	if err != nil {
		return err
	}
	return tx.SaveConversation(ctx, key, b, at)
}
