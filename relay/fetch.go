package relay

import (
	"context"
	"fmt"
	"time"

	"liaison/handlers"
	"liaison/pace"
	"liaison/ticket"
)

// fetch brings the files of a message in, of which so many attempts to handle it have
// failed. A file that cannot be had, or that is not taken, is marked, not an error: the person
// is told and the rest of the message counts.
func (r *Relay) fetch(ctx context.Context, m handlers.Message, attempts int) error {
	for i := range m.Files {
		f := &m.Files[i]
		switch {
		case f.Hash != "" || f.Problem != "":
			continue
		case handlers.Refuses(f.MIME):
			f.Problem = handlers.Unwanted
			continue
		}
		// What we failed to handle is not counted again.
		if attempts == 0 {
			if wait := r.tooMuch(ctx, m, f.Size); wait > 0 {
				f.Problem, f.Again = handlers.TooMuch, r.Now().Add(wait+time.Minute).Truncate(time.Minute)
				continue
			}
		}
		stored, err := r.fetchOne(ctx, m.From.Channel, *f)
		switch {
		case err == nil:
			f.Hash, f.Name, f.MIME, f.Size = stored.Hash, stored.Name, stored.MIME, stored.Size
		case ticket.CodeOf(err) == ticket.Invalid:
			f.Problem = handlers.TooBig
		case IsPermanent(err) || attempts+1 == maxHandleAttempts:
			f.Problem = handlers.Unfetched
			r.Logger.WarnContext(ctx, "file not fetched", "channel", m.From.Channel, "error", err)
		default:
			return err
		}
		if f.Problem == "" && !handlers.Accepts(f.MIME) {
			f.Problem = handlers.Unwanted
		}
	}
	return nil
}

// tooMuch counts a file of the size, 0 when it is not known, and returns how long it is
// until its sender may send it, 0 for now.
func (r *Relay) tooMuch(ctx context.Context, m handlers.Message, size int64) time.Duration {
	if size <= 0 {
		size = handlers.MaxFile
	}
	wait, err := r.Pace.Take(ctx, "files:"+string(m.From.Channel)+":"+m.User, pace.Hourly(r.FileBytes), int(min(size, r.FileBytes)))
	if err != nil {
		r.Logger.WarnContext(ctx, "a rate limit was not asked", "limit", "files", "error", err)
	}
	return wait
}

func (r *Relay) fetchOne(ctx context.Context, ch handlers.Channel, f handlers.Upload) (ticket.File, error) {
	c, ok := r.channels[ch]
	if !ok {
		return ticket.File{}, fmt.Errorf("channel %q is not connected", ch)
	}
	body, err := c.Fetch(ctx, f)
	if err != nil {
		return ticket.File{}, err
	}
	defer body.Close()
	return r.Blobs.Put(ctx, body, f.Name, handlers.MaxFile)
}
