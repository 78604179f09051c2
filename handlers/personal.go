package handlers

import (
	"context"
	"time"

	"liaison/ticket"
)

// Personal is what a transaction knows of all that is held about a person beside
// the cases, and how it is taken out.
type Personal interface {
	// Held returns what is kept about the person beside cases, visits and memberships.
	Held(ctx context.Context, person string) (Held, error)
	// Traces returns the lines in the histories of other people's cases that hold
	// words of the person: of cases that were merged into those. An observer's findings
	// are not among them.
	Traces(ctx context.Context, person string) ([]Trace, error)
	// TalksAbout returns the keys of the conversations that mention any of the cases. It
	// looks through all of them once.
	TalksAbout(ctx context.Context, tickets []string) ([]string, error)
	// SaidAbout notes that the words of the message are about the case, where what people
	// say stays to be seen, in the web chat: ForgetCases finds them by that.
	SaidAbout(ctx context.Context, m Message, ticket string) error
	// StillThere reports whether the delivered reply with the number is still kept; it is
	// not when its person was forgotten. If it is, it stays so until the transaction ends.
	StillThere(ctx context.Context, reply int64) (bool, error)
	// ForgetCases removes what repeats words of the cases elsewhere: replies to others
	// that were delivered, those to staff that wait, lines in the web chats of staff and
	// messages of theirs that were put aside, what was missed, the names of topics. What routing has learned since the moment is
	// no longer used, unless that is zero.
	ForgetCases(ctx context.Context, tickets []string, learned time.Time) error
	// ForgetPerson removes the person with all that Held returns, with drafts of visits
	// and with the notes of what was taken in from the chats and delivered there. Of questions
	// go the wordings that nobody else has used, also from pins and from documents that are
	// not public. Who is appointed stays
	// with accounts and label, and keeps what waits to be delivered; of others their steps as staff keep the label, and
	// filed visits lose it.
	ForgetPerson(ctx context.Context, person string, appointed bool) error
}

// Held is what is kept about a person beside cases, visits and memberships.
type Held struct {
	Talks     []Talk
	Messages  []HeldMessage  // of both sides, the oldest first, as far as they are still kept
	Questions []HeldQuestion // that were not answered well enough
	Helped    []HeldHelp     // answers that the person called helpful
	Sessions  int            // browsers that are logged in to the console
	Notes     int            // of messages delivered: number, time and what they were about, without words
}

// Talk is a conversation as it is stored.
type Talk struct {
	Key   string
	State []byte
	At    time.Time
}

// HeldMessage is a message of a private chat, or one that was put aside, of a group too.
type HeldMessage struct {
	Channel Channel
	Mine    bool // the person's, not the bot's
	At      time.Time
	Text    string
	Files   []ticket.File
}

// HeldQuestion is a question that became part of a gap, as it was kept: masked.
type HeldQuestion struct {
	Question string
	Reason   GapReason
	At       time.Time
	Waits    bool // the person is told once somebody has answered
}

// HeldHelp is an answer that the person called helpful.
type HeldHelp struct {
	Question string
	Unit     string
	At       time.Time
}

// Trace are lines of one case's history.
type Trace struct {
	Ticket string
	Seqs   []int
}
