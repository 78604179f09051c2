package handlers

import (
	"context"
	"strconv"
	"strings"
	"time"

	"liaison/ticket"
)

// ParkedMessage is a message that could not be handled and was given up, as staff
// see it: neither whose it is nor what it says.
type ParkedMessage struct {
	Number   int64 // the log calls it "inbound"
	Channel  Channel
	At       time.Time // when it was taken in
	Attempts int
	Cause    Cause
}

// Cause says roughly why a message could not be handled. The error itself stands in
// the log: it may quote what somebody wrote.
type Cause string

// The causes.
const (
	CauseCrash    Cause = "crash"    // a fault of the program
	CauseSlow     Cause = "slow"     // it took too long, each time
	CauseDatabase Cause = "database" // the database did not do its part
	CauseUnread   Cause = "unread"   // it came in a form that the program does not know
	CauseOther    Cause = "other"
)

// UnreadCause begins the error of what could not be read.
const UnreadCause = "unread: "

// CauseOf sorts the text of an error.
func CauseOf(err string) Cause {
	has := func(parts ...string) bool {
		for _, part := range parts {
			if strings.Contains(err, part) {
				return true
			}
		}
		return false
	}
	switch {
	case strings.HasPrefix(err, "panic:"):
		return CauseCrash
	case strings.HasPrefix(err, UnreadCause):
		return CauseUnread
	case has("deadline exceeded", "timeout"):
		return CauseSlow
	case has("SQLSTATE", "SQLITE", "database", "sql:", "begin:", "commit:", "disk"):
		return CauseDatabase
	}
	return CauseOther
}

var causeNames = map[Cause]phrase{
	CauseCrash: {"程序出错", "the program failed"}, CauseSlow: {"处理超时", "it took too long"},
	CauseDatabase: {"数据库出错", "the database failed"}, CauseUnread: {"内容格式无法识别", "its form is not known"}, CauseOther: {"其他错误", "another error"},
}

// Label returns the cause as people read it, in the language.
func (c Cause) Label(l string) string { return langOf(l, "").f(causeNames[c]) }

// Parked is what a transaction knows of messages that were given up.
type Parked interface {
	// ParkedMessages lists them, those that wait longest first, at most limit.
	ParkedMessages(ctx context.Context, limit int) ([]ParkedMessage, error)
	CountParked(ctx context.Context) (int, error)
	// RetryParked puts the message into the inbox again, behind what waits there. What
	// is not parked any more is ticket.NotFound.
	RetryParked(ctx context.Context, number int64) error
	// SetAside takes the message off the list and removes its text. For what is not
	// parked any more see RetryParked.
	SetAside(ctx context.Context, number int64) error
	// RemindParked reports whether nobody was reminded since the moment, and notes
	// that somebody is now.
	RemindParked(ctx context.Context, day time.Time) (bool, error)
}

// MaxParked is how many parked messages are listed at once.
const MaxParked = 50

// ParkedMessages lists the messages that were given up, for a supervisor; for
// anybody else it is Forbidden.
func (d *Desk) ParkedMessages(ctx context.Context, tx Tx, person string) ([]ParkedMessage, error) {
	if err := d.supervises(ctx, tx, person); err != nil {
		return nil, err
	}
	return tx.ParkedMessages(ctx, MaxParked)
}

// DecideParked tries a message that was given up again, or sets it aside. It is for a
// supervisor; for anybody else it is Forbidden. What somebody has decided before is
// NotFound.
func (d *Desk) DecideParked(ctx context.Context, tx Tx, person string, number int64, again bool) error {
	decide := tx.SetAside
	if again {
		decide = tx.RetryParked
	}
	if err := d.supervises(ctx, tx, person); err != nil {
		return err
	}
	if err := decide(ctx, number); err != nil {
		return err
	}
	d.Logger.InfoContext(ctx, "it was decided on a parked message", "inbound", number, "again", again, "by", person)
	return nil
}

// remindHour is the hour of the day, in China, from which supervisors are reminded.
const remindHour = 9

// RemindParked tells the supervisors, once a day, that messages were given up and
// nobody has decided on them. It may be called as often as one likes.
func (d *Desk) RemindParked(ctx context.Context) error {
	now := d.Now().In(ticket.CST)
	if now.Hour() < remindHour {
		return nil
	}
	return d.Store.Update(ctx, func(tx Tx) error {
		n, err := tx.CountParked(ctx)
		if err != nil || n == 0 {
			return err
		}
		fresh, err := tx.RemindParked(ctx, time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, ticket.CST))
		if err != nil || !fresh {
			return err
		}
		supervisors, err := d.told(ctx, tx, Membership{Role: ticket.RoleSupervisor})
		if err != nil {
			return err
		}
		_, err = d.tellEach(ctx, tx, supervisors, "", "", func(l lang) (Reply, error) {
			r := words(l.f(pParkedWait, n))
			r.Buttons = column(Button{Text: l.f(pbParked), Data: data("menu", "parked")})
			return r, nil
		})
		return err
	})
}

// parked is /parked: the messages that were given up, for a supervisor to decide on.
func (t *turn) parked(ctx context.Context) error {
	r, err := t.parkedList(ctx)
	if err != nil {
		return err
	}
	return t.say(ctx, r)
}

// parkedShown is how many of them a message lists; when some are decided on, others
// take their place.
const parkedShown = 5

func (t *turn) parkedList(ctx context.Context) (Reply, error) {
	list, err := t.ParkedMessages(ctx, t.tx, t.me.ID)
	if err != nil {
		return Reply{}, err
	}
	r := Reply{Ref: "parked"}
	if len(list) == 0 {
		r.Text = words(t.lang.f(pNoneParked)).Text
		return r, nil
	}
	var out lines
	out.bold(t.lang.f(pParked, len(list)))
	out.text(t.lang.f(pParkedWhat))
	out.gap()
	for _, p := range list[:min(len(list), parkedShown)] {
		number := strconv.FormatInt(p.Number, 10)
		out.text(t.lang.f(pParkedOne, number, t.lang.when(p.At), t.lang.f(channelNames[p.Channel]), p.Cause.Label(string(t.lang)), p.Attempts))
		r.Buttons = append(r.Buttons, row(
			Button{Text: t.lang.f(pbParkedAgain, number), Data: data("parked", "again", number)},
			Button{Text: t.lang.f(pbParkedAside, number), Data: data("parked", "aside", number)}))
	}
	if more := len(list) - parkedShown; more > 0 {
		out.text(t.lang.f(pParkedMore, more))
	}
	r.Text = out
	return r, nil
}

// pressParked decides on a parked message and shows what is left.
func (t *turn) pressParked(ctx context.Context, parts []string) error {
	if len(parts) != 2 || parts[0] != "again" && parts[0] != "aside" {
		return t.toast(ctx, pOldButton)
	}
	number, err := strconv.ParseInt(parts[1], 10, 64)
	if err != nil {
		return t.toast(ctx, pOldButton)
	}
	again := parts[0] == "again"
	done := pParkedAside
	if again {
		done = pParkedAgain
	}
	switch err := t.DecideParked(ctx, t.tx, t.me.ID, number, again); ticket.CodeOf(err) {
	case "":
	case ticket.Forbidden:
		return t.toast(ctx, pSupervisorsOnly)
	case ticket.NotFound:
		done = pParkedGone
	default:
		return err
	}
	if err := t.toast(ctx, done, number); err != nil {
		return err
	}
	r, err := t.parkedList(ctx)
	if err != nil {
		return err
	}
	r.Replace = true
	return t.say(ctx, r)
}
