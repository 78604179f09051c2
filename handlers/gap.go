package handlers

import (
	"context"
	"time"

	"liaison/ticket"
)

// Gap is what the library did not answer well enough, in all the wordings in
// which it was asked.
type Gap struct {
	ID       string
	Question string // the wording that stands for all; personal data masked, as in every wording
	State    GapState
	Count    int // how often it was asked
	Askers   int // different people
	FirstAt  time.Time
	LastAt   time.Time
	Nearest  []Near // what came nearest when it was last asked
	Answer   GapAnswer
	Wordings []GapWording // the most asked first, at most 50
}

// GapState says where a gap stands.
type GapState string

// The states. A gap that is asked again is open again.
const (
	GapOpen     GapState = "open"
	GapAnswered GapState = "answered" // by a staff member, to all who asked
	GapClosed   GapState = "closed"   // without an answer
)

// GapWording is one way in which people asked.
type GapWording struct {
	ID       string
	Gap      string // ID of the gap it belongs to
	Question string
	Reason   GapReason
	Count    int
	FirstAt  time.Time
	LastAt   time.Time
}

// GapReason says how the gap was noticed.
type GapReason string

// The reasons.
const (
	Refused   GapReason = "refused"   // the library had no answer
	Unhelpful GapReason = "unhelpful" // the requester said that the answer did not help
)

// Near is a unit that came near to a question.
type Near struct {
	Unit  string  `json:"unit"`
	Title string  `json:"title"`
	Sure  float64 `json:"sure"` // that it answers, 0 to 1; 0 when not judged
}

// GapAnswer is what a staff member answered. It is empty without Text.
type GapAnswer struct {
	Text     string
	Unit     string // ID of the unit that it rests on, or ""
	By       string // person
	At       time.Time
	Document string // ID of the draft that was made of it for the library, or ""
}

// ErrGapAnswered says that somebody has answered the gap since it was looked at.
var ErrGapAnswered = &ticket.Error{Code: ticket.Conflict, Field: "gap"}

// Missed is a question to be recorded as a gap.
type Missed struct {
	Question string // personal data masked
	Reason   GapReason
	Gap      string // the gap that asks the same; "" opens one
	Person   string // who asked; "" when nobody is to be told
	Nearest  []Near
	At       time.Time
}

// Asker is somebody who waits for the answer to a gap.
type Asker struct {
	Person   string
	Question string // in this person's own words, those of the latest asking
}

// Gaps is what a transaction knows of unanswered questions.
type Gaps interface {
	// AddGap counts the question. One that was recorded before with the same
	// reason and the same words (white space, punctuation and case aside) stays
	// with its gap, whatever m.Gap says. The gap is open again, and m.Person
	// waits for its answer. It is there when the transaction has ended.
	AddGap(ctx context.Context, m Missed) error
	// Gaps returns the gaps in the state, the most asked first, then the latest; at
	// most limit (0: 100).
	Gaps(ctx context.Context, limit int, state GapState) ([]Gap, error)
	// Wordings returns the latest wordings of all gaps, at most limit, with nothing but
	// Gap and Question.
	Wordings(ctx context.Context, limit int) ([]GapWording, error)
	Gap(ctx context.Context, id string) (Gap, error)
	// CloseGap marks it as dealt with. Nobody waits any more.
	CloseGap(ctx context.Context, id string) error
	// AnswerGap keeps the answer and returns who waited for it. They do not wait
	// any more. seen is the moment of the answer that is replaced, zero for none:
	// when the gap has another, it stays and ErrGapAnswered is returned.
	AnswerGap(ctx context.Context, id string, a GapAnswer, seen time.Time) ([]Asker, error)
	// MergeGaps moves all wordings of one gap to another, which is open then if
	// either was, and has the answer of the first if it had none.
	MergeGaps(ctx context.Context, from, into string) error
	// SplitGap makes an open gap of one of several wordings of a gap and returns its
	// ID. The only wording of a gap cannot leave it: Invalid.
	SplitGap(ctx context.Context, id, wording string) (string, error)
}

// AskedOutcome is what became of a question, for the figures.
type AskedOutcome string

// The outcomes. The first three count questions; of those that were answered the
// last two count what the requesters said.
const (
	AskedAnswered  AskedOutcome = "answered"
	AskedClarified AskedOutcome = "clarified" // the bot asked back
	AskedRefused   AskedOutcome = "refused"
	AskedHelped    AskedOutcome = "helped"
	AskedUnhelped  AskedOutcome = "unhelped"
)

// AskedDay is how many questions came to what on a day of the city's calendar.
type AskedDay struct {
	Day   string // 2006-01-02
	Count map[AskedOutcome]int
}

// Liked is a unit that answered well.
type Liked struct {
	Unit     string
	People   int    // different ones, who said that it helped
	Question string // a wording that several people used alike, "" when there is none; masked
}

// Asked is what a transaction knows of what is asked and how well it is answered.
type Asked interface {
	// CountAsked counts an outcome, when the transaction ends.
	CountAsked(ctx context.Context, o AskedOutcome, at time.Time) error
	// AskedDays returns the days from the given one on that have counts, in order.
	AskedDays(ctx context.Context, from time.Time) ([]AskedDay, error)
	// Helped notes that the unit answered the person's question, masked.
	Helped(ctx context.Context, unit, person, question string, at time.Time) error
	// Liked returns the units that helped at least people different persons since
	// the moment, those of the most people first; at most limit. A wording is shown
	// only if that many people used it.
	Liked(ctx context.Context, since time.Time, people, limit int) ([]Liked, error)
}
