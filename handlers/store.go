package handlers

import (
	"context"
	"time"

	"liaison/ticket"
	"liaison/ticket/visit"
)

// Store is the durable state as the conversations need it. Implementations are
// safe for concurrent use.
type Store interface {
	// Update runs fn in one transaction that is committed when fn returns nil and
	// rolled back otherwise; fn's error is returned. fn may run more than once
	// (after a serialisation failure) and must therefore have no effect other than
	// through its Tx; it must not call a model, a channel or the store itself.
	Update(ctx context.Context, fn func(Tx) error) error
	// View runs fn in a transaction that only reads. A method that writes fails.
	View(ctx context.Context, fn func(Tx) error) error
	// Peek is for what is read alone: it costs no transaction.
	Peek() Peek
}

// Peek reads one thing at a time. It is safe for concurrent use; methods are as in Tx.
type Peek interface {
	Conversation(ctx context.Context, key string) ([]byte, error)
	Wordings(ctx context.Context, limit int) ([]GapWording, error)
}

// Tx is one transaction. It is used by one goroutine and not after fn returned.
// What is not found is an error with code ticket.NotFound.
type Tx interface {
	ticket.Tx
	People
	Roster
	Gaps
	Asked
	Overrides
	QuickReplies
	Writing
	Reach
	Visits
	Personal
	Parked
	Announcements

	// Send queues the reply for delivery to the address once the transaction has
	// committed. Replies to one lane are delivered in the order of Send.
	Send(ctx context.Context, to Address, r Reply) error
	// Conversation returns the state saved under the key, nil when there is none.
	Conversation(ctx context.Context, key string) ([]byte, error)
	// SaveConversation replaces the state; nil removes it.
	SaveConversation(ctx context.Context, key string, state []byte, at time.Time) error
	// MoveChat makes what points to one chat point to another: queued replies and
	// accounts. References to delivered messages are forgotten, because numbers begin
	// anew in the new chat. The move is remembered, see Moved.
	MoveChat(ctx context.Context, from, to Address) error
	// Moved returns where the chat is now: the address itself unless MoveChat
	// was called for it, followed through several moves.
	Moved(ctx context.Context, a Address) (Address, error)
}

// Person is somebody known by one or more accounts. Requesters have no label.
type Person struct {
	ID        string
	Lang      string // "zh" or "en"; "" while not chosen
	Label     string // how colleagues see a staff member or observer; from the invitation
	CreatedAt time.Time
	Declines  bool // wants no announcements
}

// Account ties a person to a channel's user.
type Account struct {
	Channel Channel
	User    string
	Person  string
	Chat    string // private chat with the person, "" before the first private message
	Blocked bool   // the person does not want messages there
}

// Membership gives a person a role, for agents at a station. Observers and
// supervisors have no station. Whether it still does so is for Holds to say.
type Membership struct {
	Person  string
	Role    ticket.Role
	Station string
	Until   time.Time // the moment at which it ends; zero: no end is set
	Source  string    // from whom it was taken over with a login code, "" when it is the person's own; see Origin
}

// Code is a one-time code as stored: only its hash.
type Code struct {
	Hash    string      // lower-case hex SHA-256 of the normalised code
	Purpose CodePurpose // what it is good for
	Role    ticket.Role // Invite: the role it gives
	Station string      // Invite of an agent: where
	Label   string      // Invite: how colleagues will see the person
	Person  string      // Login: whom it logs in
	Until   time.Time   // Invite: the moment at which the role ends; zero: no end is set
	Expires time.Time
}

// CodePurpose says what a one-time code is good for.
type CodePurpose string

// The purposes.
const (
	Invite CodePurpose = "invite" // gives a role to whoever enters it
	Login  CodePurpose = "login"  // opens the staff console for a person
)

// Session is a browser that is logged in to the staff console.
type Session struct {
	Hash    string // lower-case hex SHA-256 of the cookie
	Person  string
	Expires time.Time
}

// People is what a transaction knows of people.
type People interface {
	// Touch returns the person behind the channel's user, made on first contact.
	// A chat that is not "" becomes the account's private chat, and the account
	// is no longer Blocked. at is used for a new person.
	Touch(ctx context.Context, ch Channel, user, chat string, at time.Time) (Person, error)
	// Known returns the person behind the channel's user without a trace of it; one
	// who has never been there is NotFound.
	Known(ctx context.Context, ch Channel, user string) (Person, error)
	// AddPerson makes a person without an account and returns it with its new id.
	AddPerson(ctx context.Context, p Person) (Person, error)
	Person(ctx context.Context, id string) (Person, error)
	// SavePerson stores language, label and whether announcements are declined.
	SavePerson(ctx context.Context, p Person) error
	// Accounts returns the person's accounts, the most recently used first.
	Accounts(ctx context.Context, person string) ([]Account, error)
	// Block marks the account whose private chat this is and returns whose it is, "" when
	// it is nobody's or was marked before.
	Block(ctx context.Context, ch Channel, chat string) (person string, err error)

	// Memberships returns what the person is and was, those that have ended among
	// them; empty for a mere requester.
	Memberships(ctx context.Context, person string) ([]Membership, error)
	// Members returns the memberships with the role, those that have ended among them,
	// for agents at the station; a station of "" means all. They are sorted by person.
	Members(ctx context.Context, role ticket.Role, station string) ([]Membership, error)
	// AddMembership adds it; one that is there already gets the new end and keeps its
	// source.
	AddMembership(ctx context.Context, m Membership) error
	// RemoveMembership is NotFound when it is not there.
	RemoveMembership(ctx context.Context, m Membership) error

	AddCode(ctx context.Context, c Code) error
	// TakeCode returns the code with the hash and uses it up. It is NotFound when
	// it is unknown, was used, or expired at now. Of two who take one code at
	// once, one gets it.
	TakeCode(ctx context.Context, hash string, now time.Time) (Code, error)

	AddSession(ctx context.Context, s Session) error
	// Session is NotFound when it is unknown or expired at now.
	Session(ctx context.Context, hash string, now time.Time) (Session, error)
	// RemoveSession ends the session; one that is not there is no error.
	RemoveSession(ctx context.Context, hash string) error
}

// Visits is what a transaction knows of visits.
type Visits interface {
	// AddVisit stores a new visit and returns it with its ID, and its opinions with
	// their numbers. A filed one is Conflict when a filed one of the same Key is there.
	AddVisit(ctx context.Context, v visit.Visit) (visit.Visit, error)
	// SaveVisit stores the visit as it is now, with numbers for opinions that have none.
	// An unknown one is NotFound; for Conflict see AddVisit.
	SaveVisit(ctx context.Context, v visit.Visit) error
	// Visit returns the visit, each outcome as the cases stand now, and, where the
	// database can, locks it until the transaction ends. An unknown id is NotFound.
	Visit(ctx context.Context, id string) (visit.Visit, error)
	// Visits returns the visits that match, the latest day first, each as Visit does.
	Visits(ctx context.Context, f visit.Filter) ([]visit.Visit, error)
	// DropVisit removes a draft for good. What is no draft is NotFound.
	DropVisit(ctx context.Context, id string) error
	// AddCorrection adds what was put right in a visit to its history. An unknown visit
	// is an error.
	AddCorrection(ctx context.Context, id string, c visit.Correction) error
	// Corrections returns what was put right in the visit, the first first.
	Corrections(ctx context.Context, id string) ([]visit.Correction, error)
}

// Change is told to those who watch the store, after the commit that made it.
// It carries no content: watchers read the state again.
type Change struct {
	Kind ChangeKind
	ID   string // of the ticket or the gap, the lane of the reply, the web chat of the line; "" for the library
}

// ChangeKind says what changed.
type ChangeKind string

// The kinds of change.
const (
	TicketChanged ChangeKind = "ticket"
	ReplyQueued   ChangeKind = "reply"
	LineWritten   ChangeKind = "line" // a line of a web chat
	GapChanged    ChangeKind = "gap"
	// LibraryChanged says that documents changed or what the staff decided about answering.
	LibraryChanged ChangeKind = "library"
)

// ChangeKinds lists every kind.
var ChangeKinds = []ChangeKind{TicketChanged, ReplyQueued, LineWritten, GapChanged, LibraryChanged}
