package store

import (
	"context"
	"time"

	"liaison/handlers"
	"liaison/ticket"
)

// announced is what of an announcement stays as it was made.
type announced struct {
	To   handlers.Audience `json:"to"`
	Text string            `json:"text"`
	By   string            `json:"by,omitempty"`
}

const announcementColumns = `id, body, state, after, people, queued, delivered, failed, created_at, ended_at`

func scanAnnouncement(sc scanner) (a handlers.Announcement, err error) {
	var body announced
	err = sc.Scan(&a.ID, jsonText{&body}, &a.State, &a.After, &a.People, &a.Queued, &a.Delivered, &a.Failed, when{&a.CreatedAt}, when{&a.EndedAt})
	a.Audience, a.Text, a.By = body.To, body.Text, body.By
	return a, err
}

// AddAnnouncement implements handlers.Announcements.
func (t *tx) AddAnnouncement(ctx context.Context, a handlers.Announcement) (handlers.Announcement, error) {
	a.ID = newID()
	body, err := marshal(announced{a.Audience, a.Text, a.By})
	if err != nil {
		return a, err
	}
	_, err = t.exec(ctx, `INSERT INTO announcement (`+announcementColumns+`) VALUES ($1, $2, $3, $4, $5, $6, 0, 0, $7, $8)`,
		a.ID, body, string(a.State), a.After, a.People, a.Queued, a.CreatedAt, a.EndedAt)
	return a, err
}

// SaveAnnouncement implements handlers.Announcements.
func (t *tx) SaveAnnouncement(ctx context.Context, a handlers.Announcement) error {
	return found(t.exec(ctx, `UPDATE announcement SET state = $2, after = $3, queued = $4, delivered = $5, failed = $6, ended_at = $7 WHERE id = $1`,
		a.ID, string(a.State), a.After, a.Queued, a.Delivered, a.Failed, a.EndedAt))
}

// Progress implements handlers.Announcements.
func (t *tx) Progress(ctx context.Context, a handlers.Announcement) (handlers.Announcement, error) {
	err := t.row(ctx, `SELECT (SELECT count(*) FROM outbox WHERE bulk = $1 AND bulk <> '' AND state = 'done'),
		(SELECT count(*) FROM outbox WHERE bulk = $1 AND bulk <> '' AND state = 'failed')`, a.ID).Scan(&a.Delivered, &a.Failed)
	return a, err
}

// Announcement implements handlers.Announcements.
func (t *tx) Announcement(ctx context.Context, id string) (handlers.Announcement, error) {
	query := `SELECT ` + announcementColumns + ` FROM announcement WHERE id = $1`
	if !t.readonly {
		query += t.store.dialect.forUpdate
	}
	return scanAnnouncement(t.row(ctx, query, id))
}

// Announcements implements handlers.Announcements.
func (t *tx) Announcements(ctx context.Context, s handlers.AnnouncementState, limit int) ([]handlers.Announcement, error) {
	if limit <= 0 {
		limit = 100
	}
	return all(ctx, t, scanAnnouncement, `SELECT `+announcementColumns+` FROM announcement
		WHERE $1 = '' OR state = $1 ORDER BY created_at DESC, id LIMIT $2`, string(s), limit)
}

// recipients selects the account at which each of an audience is reached: the one
// used last of those with a private chat. It goes through the accounts by person,
// for which there is an index: no page is sorted. $1 is now, $2 the town.
func recipients(a handlers.Audience) string {
	query := ` FROM account a JOIN person p ON p.id = a.person
		WHERE CAST($2 AS TEXT) IS NOT NULL AND NOT p.declines AND a.chat <> '' AND NOT a.blocked AND NOT EXISTS
			(SELECT 1 FROM account b WHERE b.person = a.person AND b.chat <> '' AND NOT b.blocked
				AND (b.used_at > a.used_at OR b.used_at = a.used_at AND (b.channel < a.channel OR b.channel = a.channel AND b.usr < a.usr)))`
	// What is in force here is what Membership.Holds says.
	if a.Role == ticket.RoleObserver {
		query += ` AND EXISTS (SELECT 1 FROM membership m WHERE m.person = a.person AND m.role = 'observer' AND (m.until = 0 OR m.until > $1))`
	} else {
		query += ` AND NOT EXISTS (SELECT 1 FROM membership m WHERE m.person = a.person AND m.role <> 'observer' AND (m.until = 0 OR m.until > $1))`
	}
	if a.Town != "" {
		query += ` AND $2 = (SELECT c.town FROM ticket c WHERE c.requester = a.person ORDER BY c.created_at DESC, c.id DESC LIMIT 1)`
	}
	return query
}

// Recipients implements handlers.Announcements.
func (t *tx) Recipients(ctx context.Context, a handlers.Audience, after string, before, now time.Time, limit int) ([]handlers.Recipient, error) {
	return all(ctx, t, func(sc scanner) (r handlers.Recipient, err error) {
		return r, sc.Scan(&r.Person, &r.Lang, &r.To.Channel, &r.To.Chat)
	}, `SELECT a.person, p.lang, a.channel, a.chat`+recipients(a)+` AND a.person > $3 AND p.created_at <= $4 ORDER BY a.person LIMIT $5`,
		now, a.Town, after, before, limit)
}

// CountRecipients implements handlers.Announcements.
func (t *tx) CountRecipients(ctx context.Context, a handlers.Audience, now time.Time) (n int, err error) {
	return n, t.row(ctx, `SELECT count(*)`+recipients(a), now, a.Town).Scan(&n)
}

// BulkWaiting implements handlers.Announcements.
func (t *tx) BulkWaiting(ctx context.Context, id string) (n int, err error) {
	return n, t.row(ctx, `SELECT count(*) FROM outbox WHERE state = 'queued' AND bulk <> '' AND ($1 = '' OR bulk = $1)`, id).Scan(&n)
}

// DropBulk implements handlers.Announcements.
func (t *tx) DropBulk(ctx context.Context, id string) error {
	_, err := t.exec(ctx, `DELETE FROM outbox WHERE state = 'queued' AND bulk = $1 AND bulk <> ''`, id)
	return err
}
