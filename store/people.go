package store

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"time"

	"liaison/handlers"
	"liaison/ticket"
)

// newID returns 16 random hexadecimal digits: short enough for a chat button,
// long enough never to be given twice.
func newID() string {
	var b [8]byte
	rand.Read(b[:]) // never fails
	return hex.EncodeToString(b[:])
}

const personColumns = `id, lang, label, created_at, declines`

func scanPerson(sc scanner) (p handlers.Person, err error) {
	return p, sc.Scan(&p.ID, &p.Lang, &p.Label, when{&p.CreatedAt}, &p.Declines)
}

// Touch implements handlers.People. Of two first contacts at once, the second
// waits for the first one's account and gets its person.
func (t *tx) Touch(ctx context.Context, ch handlers.Channel, user, chat string, at time.Time) (handlers.Person, error) {
	var id string
	var lost bool
	err := t.row(ctx, `INSERT INTO account (channel, usr, person, chat, blocked, used_at) VALUES ($1, $2, $3, $4, FALSE, $5)
		ON CONFLICT (channel, usr) DO UPDATE SET
			chat = CASE WHEN excluded.chat = '' THEN account.chat ELSE excluded.chat END,
			blocked = account.blocked AND excluded.chat = '',
			used_at = CASE WHEN excluded.used_at > account.used_at THEN excluded.used_at ELSE account.used_at END
		RETURNING person, EXISTS (SELECT 1 FROM unreached u WHERE u.channel = $1 AND u.chat = $4)`, string(ch), user, newID(), chat, at).Scan(&id, &lost)
	if err != nil {
		return handlers.Person{}, err
	}
	if lost && chat != "" {
		if err := t.Reached(ctx, handlers.Address{Channel: ch, Chat: chat}); err != nil {
			return handlers.Person{}, err
		}
	}
	p, err := t.Person(ctx, id)
	if ticket.CodeOf(err) == ticket.NotFound {
		return scanPerson(t.row(ctx, `INSERT INTO person (`+personColumns+`) VALUES ($1, '', '', $2, FALSE) RETURNING `+personColumns, id, at))
	}
	return p, err
}

// Known implements handlers.People.
func (t *tx) Known(ctx context.Context, ch handlers.Channel, user string) (handlers.Person, error) {
	var id string
	if err := t.row(ctx, `SELECT person FROM account WHERE channel = $1 AND usr = $2`, string(ch), user).Scan(&id); err != nil {
		return handlers.Person{}, err
	}
	return t.Person(ctx, id)
}

// AddPerson implements handlers.People. CreatedAt defaults to now.
func (t *tx) AddPerson(ctx context.Context, p handlers.Person) (handlers.Person, error) {
	p.ID = newID()
	if p.CreatedAt.IsZero() {
		p.CreatedAt = t.store.cfg.Now()
	}
	return scanPerson(t.row(ctx, `INSERT INTO person (`+personColumns+`) VALUES ($1, $2, $3, $4, $5) RETURNING `+personColumns,
		p.ID, p.Lang, p.Label, p.CreatedAt, p.Declines))
}

// Person implements handlers.People.
func (t *tx) Person(ctx context.Context, id string) (handlers.Person, error) {
	return scanPerson(t.row(ctx, `SELECT `+personColumns+` FROM person WHERE id = $1`, id))
}

// SavePerson implements handlers.People.
func (t *tx) SavePerson(ctx context.Context, p handlers.Person) error {
	return found(t.exec(ctx, `UPDATE person SET lang = $2, label = $3, declines = $4 WHERE id = $1`, p.ID, p.Lang, p.Label, p.Declines))
}

// Accounts implements handlers.People.
func (t *tx) Accounts(ctx context.Context, person string) ([]handlers.Account, error) {
	return all(ctx, t, func(sc scanner) (a handlers.Account, err error) {
		return a, sc.Scan(&a.Channel, &a.User, &a.Person, &a.Chat, &a.Blocked)
	}, `SELECT channel, usr, person, chat, blocked FROM account WHERE person = $1 ORDER BY used_at DESC, channel, usr`, person)
}

// Block implements handlers.People. A chat that is nobody's private chat, such
// as a group that the bot was removed from, is no error.
func (t *tx) Block(ctx context.Context, ch handlers.Channel, chat string) (person string, err error) {
	err = t.row(ctx, `UPDATE account SET blocked = TRUE WHERE channel = $1 AND chat = $2 AND chat <> '' AND NOT blocked RETURNING person`,
		string(ch), chat).Scan(&person)
	if ticket.CodeOf(err) == ticket.NotFound {
		return "", nil
	}
	return person, err
}

func scanMembership(sc scanner) (m handlers.Membership, err error) {
	return m, sc.Scan(&m.Person, &m.Role, &m.Station, when{&m.Until}, &m.Source)
}

// Memberships implements handlers.People.
func (t *tx) Memberships(ctx context.Context, person string) ([]handlers.Membership, error) {
	return all(ctx, t, scanMembership, `SELECT person, role, station, until, source FROM membership WHERE person = $1 ORDER BY role, station`, person)
}

// Members implements handlers.People. The station restricts agents only, since
// nobody else has one.
func (t *tx) Members(ctx context.Context, role ticket.Role, station string) ([]handlers.Membership, error) {
	if role != ticket.RoleAgent {
		station = ""
	}
	return all(ctx, t, scanMembership, `SELECT person, role, station, until, source FROM membership
		WHERE role = $1 AND ($2 = '' OR station = $2) ORDER BY person, station`, string(role), station)
}

// AddMembership implements handlers.People. An unknown person is NotFound.
func (t *tx) AddMembership(ctx context.Context, m handlers.Membership) error {
	if _, err := t.Person(ctx, m.Person); err != nil {
		return err
	}
	_, err := t.exec(ctx, `INSERT INTO membership (person, role, station, until, source) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (person, role, station) DO UPDATE SET until = excluded.until`, m.Person, string(m.Role), m.Station, m.Until, m.Source)
	return err
}

// RemoveMembership implements handlers.People.
func (t *tx) RemoveMembership(ctx context.Context, m handlers.Membership) error {
	return found(t.exec(ctx, `DELETE FROM membership WHERE person = $1 AND role = $2 AND station = $3`,
		m.Person, string(m.Role), m.Station))
}

// AddCode implements handlers.People. A hash that is there already is Conflict.
func (t *tx) AddCode(ctx context.Context, c handlers.Code) error {
	n, err := t.exec(ctx, `INSERT INTO code (hash, purpose, role, station, label, person, expires_at, until)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (hash) DO NOTHING`,
		c.Hash, string(c.Purpose), string(c.Role), c.Station, c.Label, c.Person, c.Expires, c.Until)
	if err == nil && n == 0 {
		return ticket.Errorf(ticket.Conflict, "the code is there already")
	}
	return err
}

// TakeCode implements handlers.People.
func (t *tx) TakeCode(ctx context.Context, hash string, now time.Time) (c handlers.Code, err error) {
	err = t.row(ctx, `DELETE FROM code WHERE hash = $1 AND expires_at > $2
		RETURNING hash, purpose, role, station, label, person, expires_at, until`, hash, now).
		Scan(&c.Hash, &c.Purpose, &c.Role, &c.Station, &c.Label, &c.Person, when{&c.Expires}, when{&c.Until})
	return c, err
}

// AddSession implements handlers.People.
func (t *tx) AddSession(ctx context.Context, s handlers.Session) error {
	_, err := t.exec(ctx, `INSERT INTO session (hash, person, expires_at) VALUES ($1, $2, $3)
		ON CONFLICT (hash) DO UPDATE SET person = excluded.person, expires_at = excluded.expires_at`, s.Hash, s.Person, s.Expires)
	return err
}

// Session implements handlers.People.
func (t *tx) Session(ctx context.Context, hash string, now time.Time) (s handlers.Session, err error) {
	err = t.row(ctx, `SELECT hash, person, expires_at FROM session WHERE hash = $1 AND expires_at > $2`, hash, now).
		Scan(&s.Hash, &s.Person, when{&s.Expires})
	return s, err
}

// RemoveSession implements handlers.People.
func (t *tx) RemoveSession(ctx context.Context, hash string) error {
	_, err := t.exec(ctx, `DELETE FROM session WHERE hash = $1`, hash)
	return err
}
