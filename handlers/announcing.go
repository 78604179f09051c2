package handlers

import (
	"context"
	"strings"
	"time"
	"unicode/utf8"

	"liaison/ticket"
)

// Announcement is one text to many people. It is in the store with the person that
// it has come to, so that it goes on after a restart where it was.
type Announcement struct {
	ID        string
	Audience  Audience
	Text      string
	By        string // the person who made it, "" for the command line
	State     AnnouncementState
	After     string // who up to here, by id, was to get it has it in the outbox, or more
	People    int    // how many there were to reach when it was made
	Queued    int    // how many have been put into the outbox
	Delivered int    // of these
	Failed    int    // of these: refused for good, as by those who blocked the bot
	CreatedAt time.Time
	EndedAt   time.Time
}

// Audience is to whom an announcement goes: to people who can be reached in a
// private chat and do not decline announcements.
type Audience struct {
	// Role is RoleObserver for those who are appointed, or RoleRequester for everybody
	// who is not staff.
	Role ticket.Role `json:"role"`
	// Town narrows them to those whose last case is of the town; "" for all.
	Town string `json:"town,omitempty"`
}

// AnnouncementState is how far an announcement is.
type AnnouncementState string

// The states.
const (
	Running AnnouncementState = "running"
	Stopped AnnouncementState = "stopped" // by somebody, before everybody had it
	Done    AnnouncementState = "done"    // it was delivered to, or refused by, everybody
)

// Recipient is somebody whom an announcement goes to, and where.
type Recipient struct {
	Person string
	Lang   string
	To     Address
}

// Announcements is what a transaction knows of announcements.
type Announcements interface {
	// AddAnnouncement stores a new one and returns it with its ID.
	AddAnnouncement(ctx context.Context, a Announcement) (Announcement, error)
	// SaveAnnouncement stores how far it is; who made it and what it says stay.
	SaveAnnouncement(ctx context.Context, a Announcement) error
	// Announcement returns it and, where the database can, locks it until the
	// transaction ends. An unknown id is NotFound.
	Announcement(ctx context.Context, id string) (Announcement, error)
	// Announcements returns those in the state, "" for all, the latest first. A limit
	// of 0 means 100.
	Announcements(ctx context.Context, s AnnouncementState, limit int) ([]Announcement, error)
	// Recipients returns the first people of the audience whose id comes after the
	// given one and who were there before the moment, at most limit, sorted by id.
	// now is for memberships that end.
	Recipients(ctx context.Context, a Audience, after string, before, now time.Time, limit int) ([]Recipient, error)
	// CountRecipients counts the whole audience as of now.
	CountRecipients(ctx context.Context, a Audience, now time.Time) (int, error)
	// Progress returns it with what became of its messages so far.
	Progress(ctx context.Context, a Announcement) (Announcement, error)
	// BulkWaiting is how many replies wait for delivery that belong to the
	// announcement, "" for any.
	BulkWaiting(ctx context.Context, id string) (int, error)
	// DropBulk takes those that wait back.
	DropBulk(ctx context.Context, id string) error
}

// The sizes of an announcement's work. What waits in the outbox is bounded, however
// many people there are, and so is what a stop can take back.
const (
	announcePage  = 50  // people a transaction
	announceAhead = 150 // messages that wait in the outbox at most
)

// maxAnnouncement is how long its text may be, in characters: with what stands around
// it one message of Telegram's.
const maxAnnouncement = 3000

// Announce begins an announcement to so many people as Reach has counted. It is
// spread by Spread, in whatever process. An error of code Invalid says in Field what
// is wrong: text, audience, town or people.
func (d *Desk) Announce(ctx context.Context, tx Tx, by string, to Audience, text string, people int) (Announcement, error) {
	a, err := newAnnouncement(by, to, text, d.Now())
	if err != nil {
		return a, err
	}
	if err := d.checkAudience(to); err != nil {
		return a, err
	}
	if a.People = people; people == 0 {
		return a, &ticket.Error{Code: ticket.Invalid, Field: "people"}
	}
	return tx.AddAnnouncement(ctx, a)
}

// newAnnouncement is one that has not begun. A text that is none is Invalid.
func newAnnouncement(by string, to Audience, text string, now time.Time) (Announcement, error) {
	a := Announcement{Audience: to, Text: strings.TrimSpace(text), By: by, State: Running, CreatedAt: now}
	if n := utf8.RuneCountInString(a.Text); n == 0 || n > maxAnnouncement {
		return a, &ticket.Error{Code: ticket.Invalid, Field: "text"}
	}
	return a, nil
}

// Reach counts whom an announcement would go to now. Errors are as with Announce. All
// people are looked at, which takes a second for 100,000.
func (d *Desk) Reach(ctx context.Context, tx Tx, to Audience) (int, error) {
	if err := d.checkAudience(to); err != nil {
		return 0, err
	}
	return tx.CountRecipients(ctx, to, d.Now())
}

func (d *Desk) checkAudience(to Audience) error {
	if to.Role != ticket.RoleRequester && to.Role != ticket.RoleObserver {
		return &ticket.Error{Code: ticket.Invalid, Field: "audience"}
	}
	if _, ok := d.Directory().Town(to.Town); !ok && to.Town != "" {
		return &ticket.Error{Code: ticket.Invalid, Field: "town"}
	}
	return nil
}

// StopAnnouncement ends an announcement before everybody has it. What is on its way
// at this moment may still arrive. One that has ended is Conflict.
func (d *Desk) StopAnnouncement(ctx context.Context, tx Tx, id string) (Announcement, error) {
	a, err := tx.Announcement(ctx, id)
	if err != nil {
		return a, err
	}
	if a.State != Running {
		return a, ticket.Errorf(ticket.Conflict, "the announcement has ended")
	}
	if err := tx.DropBulk(ctx, id); err != nil {
		return a, err
	}
	err = d.endAnnouncement(ctx, tx, &a, Stopped)
	return a, err
}

// endAnnouncement notes the end, with the figures: the outbox forgets.
func (d *Desk) endAnnouncement(ctx context.Context, tx Tx, a *Announcement, s AnnouncementState) (err error) {
	if *a, err = tx.Progress(ctx, *a); err != nil {
		return err
	}
	a.State, a.EndedAt = s, d.Now()
	return tx.SaveAnnouncement(ctx, *a)
}

// Announcements returns the latest announcements and how far they are.
func (d *Desk) Announcements(ctx context.Context, tx Tx) ([]Announcement, error) {
	list, err := tx.Announcements(ctx, "", 20)
	for i := range list {
		if err == nil && list[i].State == Running {
			list[i], err = tx.Progress(ctx, list[i])
		}
	}
	return list, err
}

// Spread puts the next messages of the running announcements into the outbox, as far
// as there is room, and reports whether any is running. Each page is one transaction
// with the place that the announcement has come to. Several processes may do it at
// once: the announcement is locked meanwhile.
func (d *Desk) Spread(ctx context.Context) (bool, error) {
	var running []Announcement
	room := false
	err := d.Store.View(ctx, func(tx Tx) (err error) {
		if running, err = tx.Announcements(ctx, Running, 0); err != nil || len(running) == 0 {
			return err
		}
		room, err = roomToSpread(ctx, tx)
		return err
	})
	for _, a := range running {
		if err == nil && room {
			err = d.Store.Update(ctx, func(tx Tx) error { return d.spread(ctx, tx, a.ID) })
		}
	}
	return len(running) > 0, err
}

// spread puts a page of the announcement into the outbox.
func (d *Desk) spread(ctx context.Context, tx Tx, id string) error {
	a, err := tx.Announcement(ctx, id)
	if err != nil || a.State != Running {
		return err
	}
	if room, err := roomToSpread(ctx, tx); err != nil || !room {
		return err // another process was first
	}
	page, err := tx.Recipients(ctx, a.Audience, a.After, a.CreatedAt, d.Now(), announcePage)
	if err != nil {
		return err
	}
	if len(page) == 0 {
		if waiting, err := tx.BulkWaiting(ctx, id); err != nil || waiting > 0 {
			return err
		}
		return d.endAnnouncement(ctx, tx, &a, Done)
	}
	for _, r := range page {
		if err := tx.Send(ctx, r.To, a.reply(langOf(r.Lang, ""))); err != nil {
			return err
		}
		a.After = r.Person
	}
	a.Queued += len(page)
	return tx.SaveAnnouncement(ctx, a)
}

// roomToSpread reports whether the outbox takes another page.
func roomToSpread(ctx context.Context, tx Tx) (bool, error) {
	waiting, err := tx.BulkWaiting(ctx, "")
	return waiting+announcePage <= announceAhead, err
}

// reply is the message that everybody gets.
func (a Announcement) reply(l lang) Reply {
	var out lines
	out.bold(l.f(pAnnouncement))
	out.text(a.Text)
	return Reply{Text: out, Bulk: a.ID, Buttons: [][]Button{row(Button{Text: l.f(pbNewsOff), Data: data("news", "off")})}}
}

// SpreadPause is how long to wait between two calls of Spread, while an announcement
// is running and while none is.
func SpreadPause(running bool) time.Duration {
	if running {
		return 100 * time.Millisecond
	}
	return time.Second
}
