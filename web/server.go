package web

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"sync"
	"time"

	"liaison/handlers"
	"liaison/knowledge"
	"liaison/knowledge/shelf"
	"liaison/pace"
	"liaison/relay"
	"liaison/ticket"
	"liaison/ticket/route"
	"liaison/ticket/visit"
)

// Desk does what staff do, the same for chat and console. Implementations are
// safe for concurrent use.
type Desk interface {
	// ActSeen takes a step for the person, who has seen the case at a version, 0 for
	// as it is, and returns the case after it. It checks membership, visibility and
	// state in the given transaction. When others have changed the case since it does
	// nothing and is *handlers.Changed.
	ActSeen(ctx context.Context, tx handlers.Tx, person, ticketID string, s ticket.Step, seen int64) (ticket.Ticket, error)
	// Lost lists what does not arrive; LostName says in the language what it is.
	Lost(ctx context.Context, tx handlers.Tx) ([]handlers.Lost, error)
	LostName(ctx context.Context, tx handlers.Tx, lost handlers.Lost, language string) string
	// AlikeAt returns the open cases that the viewer works on, that c can be merged into and that may be about
	// the same matter as the case.
	AlikeAt(ctx context.Context, tx handlers.Tx, v ticket.Viewer, c ticket.Ticket) ([]ticket.Ticket, error)
	Roster
	Parked
	// QuickFor returns the quick replies for a case, filled in; SaveQuick and
	// RemoveQuick keep them.
	QuickFor(ctx context.Context, tx handlers.Tx, v ticket.Viewer, who handlers.Person, c ticket.Ticket) ([]handlers.Filled, error)
	SaveQuick(ctx context.Context, tx handlers.Tx, q handlers.QuickReply) (int64, error)
	RemoveQuick(ctx context.Context, tx handlers.Tx, by string, id int64) error
	// Reference returns what a case may be answered from. It asks the library and must
	// not be called in a transaction. Offers are the texts of it for the case.
	Reference(ctx context.Context, v ticket.Viewer, id string) (handlers.Reference, error)
	Offers(r handlers.Reference, v ticket.Viewer, who handlers.Person, c ticket.Ticket) []handlers.Offer
	// Writes notes that the person is writing about the case, or is no longer;
	// WhoReplies tells how those are called who are.
	Writes(ctx context.Context, tx handlers.Tx, person, id string, on bool) error
	WhoReplies(ctx context.Context, tx handlers.Tx, id, except, language string) ([]string, error)
	// AlsoTo returns the cases merged into this one whose requesters are told what its
	// own is told.
	AlsoTo(ctx context.Context, tx handlers.Tx, c ticket.Ticket) ([]string, error)
	// Try counts an attempt with a one-time code from a source and returns how long it
	// is until one may be made, 0 for at once.
	Try(ctx context.Context, source string) time.Duration
	// Redeem uses a one-time code (invite or login) for the person ("" makes a
	// new one) and returns the person it belongs to. A code that is unknown, used
	// or expired is NotFound.
	Redeem(ctx context.Context, tx handlers.Tx, person, code string) (handlers.Person, error)
	// Invite makes a one-time invite code on behalf of a supervisor and returns
	// it in the clear, once. Anybody else is Forbidden.
	Invite(ctx context.Context, tx handlers.Tx, by string, c handlers.Code) (code string, err error)
	// AnswerGap sends a.Text, by staff member a.By, to all who asked the question and
	// wait for its answer, and returns how many can be told. It is ErrGapAnswered when
	// the gap has another answer than the one of the moment seen.
	AnswerGap(ctx context.Context, tx handlers.Tx, id string, a handlers.GapAnswer, seen time.Time) (told int, err error)
	// TryOverride tells how many check questions there are and which of them would be
	// answered otherwise. It takes a while and must not be called in a transaction.
	TryOverride(ctx context.Context, o handlers.Override) (asked int, changes []knowledge.Difference, err error)
	// AddOverride and UndoOverride decide something about answering and take it back,
	// on behalf of a supervisor.
	AddOverride(ctx context.Context, tx handlers.Tx, o handlers.Override) (int64, error)
	UndoOverride(ctx context.Context, tx handlers.Tx, id int64, by string) error
	// Suggest returns questions that complete a text, or some to begin with.
	Suggest(ctx context.Context, text string) ([]string, error)
	// FindUnits returns the units that the library finds for a text.
	FindUnits(text string) []handlers.Near
	// Cite returns what a unit of the library is, as of today.
	Cite(unit string) (knowledge.Citation, bool)
	// OutcomeText says what came of a financing request in a language, "" for nil.
	OutcomeText(lang string, o *ticket.Outcome) string
	// Viewer returns what the person may see.
	Viewer(ctx context.Context, tx handlers.Tx, person string) (ticket.Viewer, error)

	// EnterVisit and ImportVisits file visits for staff, AddOpinion and RecordOutcome
	// change one, RemoveVisit takes one out; see handlers.Desk for their errors.
	EnterVisit(ctx context.Context, tx handlers.Tx, by string, v visit.Visit) (visit.Visit, error)
	// CorrectVisit puts a filed visit right and notes what was changed.
	CorrectVisit(ctx context.Context, tx handlers.Tx, by, id string, e handlers.VisitEdit) (visit.Visit, error)
	ImportVisits(ctx context.Context, tx handlers.Tx, by string, sheet visit.Sheet) (handlers.ImportedVisits, error)
	AddOpinion(ctx context.Context, tx handlers.Tx, by, id string, o visit.Opinion) (visit.Visit, error)
	RecordOutcome(ctx context.Context, tx handlers.Tx, by, id string, n int, o visit.Outcome) (visit.Visit, error)
	RemoveVisit(ctx context.Context, tx handlers.Tx, by, id string) error
	// StaffVisit returns a visit that the viewer looks after; any other is NotFound.
	StaffVisit(ctx context.Context, tx handlers.Tx, v ticket.Viewer, id string) (visit.Visit, error)
	// Observers returns who is or was an observer. Appoint sets, on behalf of a
	// supervisor, when an appointment ends.
	Observers(ctx context.Context, tx handlers.Tx) ([]handlers.Observer, error)
	Appoint(ctx context.Context, tx handlers.Tx, by, observer string, until time.Time) error
}

// Inbox makes a visitor's message durable; *relay.Relay is one, so that the
// message is handled at once. The contract is that of relay.Store.Receive.
type Inbox interface {
	Receive(ctx context.Context, m handlers.Message, at time.Time) (bool, error)
}

// Config is what a Server needs. Store, Blobs, Desk and Directory are required.
type Config struct {
	Store     Store
	Blobs     relay.Blobs
	Desk      Desk
	Directory func() *route.Directory
	Library   *shelf.Shelf     // The documents. Without it the console has no library page.
	Inbox     Inbox            // Defaults to Store, which the relay looks into once a second.
	Logger    *slog.Logger     // Defaults to slog.Default.
	Now       func() time.Time // Defaults to time.Now.
	Pace      pace.Taker       // Keeps the rate limits. Defaults to those of this process.

	// PublicURL is the address people open, such as "https://example.org". It is
	// needed only behind a proxy that does not pass the Host header on: without
	// it such a proxy makes every form look as if it came from another site.
	PublicURL string
	// SecureCookies marks the cookies as for HTTPS only and asks browsers to stay
	// on HTTPS. Set it whenever people reach the server by HTTPS.
	SecureCookies bool
	// TrustProxy takes a client's address from the last entry of X-Forwarded-For.
	// Set it only behind a proxy that writes that entry: otherwise anybody escapes
	// the rate limits by inventing addresses.
	TrustProxy bool
	// UploadBytes is how many bytes one client address may send as files in an hour,
	// at least 1 MiB. Defaults to 512 MiB: an office behind one address files cases
	// with pictures all day, and no single address fills a disk.
	UploadBytes int64
	// Heartbeat is how often a silent event stream says that it is alive and a
	// staff session behind it is checked again. Defaults to 20 seconds, which
	// common proxies accept.
	Heartbeat time.Duration
}

// Server serves the chat page and the staff console, and is the relay's channel
// to the chat page. It is safe for concurrent use.
type Server struct {
	Config
	pages  pages
	toasts toasts

	streams   *gate         // open event streams, by client address
	importing chan struct{} // holds a token while an upload is imported
	keeping   sync.Mutex    // held while an answer is kept for the library and sent

	stop    chan struct{}
	stopped sync.Once
}

var _ relay.Channel = (*Server)(nil)

// streamsPerAddr is how many event streams one client address may have open.
const streamsPerAddr = 100

// New returns a Server. It does no I/O.
func New(c Config) (*Server, error) {
	for name, missing := range map[string]bool{
		"Store": c.Store == nil, "Blobs": c.Blobs == nil, "Desk": c.Desk == nil, "Directory": c.Directory == nil,
	} {
		if missing {
			return nil, fmt.Errorf("web: Config.%s is required", name)
		}
	}
	if c.PublicURL != "" {
		u, err := url.Parse(c.PublicURL)
		if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" {
			return nil, fmt.Errorf("web: Config.PublicURL %q is not an http or https address", c.PublicURL)
		}
		c.PublicURL = u.Scheme + "://" + u.Host
	}
	if c.Inbox == nil {
		c.Inbox = c.Store
	}
	c.Logger = cmp.Or(c.Logger, slog.Default())
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Pace == nil {
		c.Pace = &pace.Memory{Now: c.Now}
	}
	c.Heartbeat = cmp.Or(c.Heartbeat, 20*time.Second)
	c.UploadBytes = max(cmp.Or(c.UploadBytes, 512<<20), 1<<20)
	pages, err := loadPages()
	if err != nil {
		return nil, err
	}
	return &Server{
		Config:    c,
		pages:     pages,
		streams:   newGate(streamsPerAddr),
		importing: make(chan struct{}, 1),
		stop:      make(chan struct{}),
	}, nil
}

// Close ends the open event streams, which would otherwise hold up the shutdown
// of the http.Server: give it to RegisterOnShutdown. It may be called twice.
func (s *Server) Close() { s.stopped.Do(func() { close(s.stop) }) }

// Handler returns all routes.
func (s *Server) Handler() http.Handler {
	mux := http.NewServeMux()
	handle := func(pattern string, h handler) { mux.Handle(pattern, s.serve(h)) }

	handle("GET /{$}", s.chatPage)
	handle("GET /static/{name}", s.asset)
	handle("GET /files/{hash}", s.file)
	handle("POST /api/chat/messages", s.postMessage)
	handle("GET /api/chat/lines", s.visitorLines)
	handle("GET /api/chat/events", s.visitorEvents)
	handle("GET /api/suggest", s.suggest)

	handle("GET /staff", func(w http.ResponseWriter, r *http.Request) error {
		http.Redirect(w, r, "/staff/", http.StatusMovedPermanently)
		return nil
	})
	handle("GET /staff/{$}", s.staffPage)
	handle("POST /api/staff/login", s.login)
	handle("POST /api/staff/logout", s.logout)
	handle("GET /api/staff/me", s.staff(s.me))
	handle("GET /api/staff/tickets", s.staff(s.tickets))
	handle("GET /api/staff/watch", s.staff(s.watch))
	handle("GET /api/staff/tickets/{id}", s.staff(s.oneTicket))
	handle("POST /api/staff/tickets/{id}/act", s.staff(s.act))
	s.handleRoster(handle)
	s.handleParked(handle)
	s.handleFunds(handle)
	s.handleGaps(handle)
	s.handleOverrides(handle)
	s.handleQuick(handle)
	s.handleVisits(handle)
	handle("POST /api/staff/invites", s.staff(s.invite))
	handle("GET /api/staff/events", s.staff(s.staffEvents))
	if s.Library != nil {
		s.handleLibrary(handle)
	}

	handle("/", func(http.ResponseWriter, *http.Request) error {
		return ticket.Errorf(ticket.NotFound, "no such page")
	})

	sameOrigin := http.NewCrossOriginProtection()
	if s.PublicURL != "" {
		if err := sameOrigin.AddTrustedOrigin(s.PublicURL); err != nil {
			s.Logger.Error("the public address is not an origin", "error", err) // New has checked it
		}
	}
	sameOrigin.SetDenyHandler(s.serve(func(http.ResponseWriter, *http.Request) error {
		return ticket.Errorf(ticket.Forbidden, "request from another site")
	}))
	return s.secure(sameOrigin.Handler(mux))
}
