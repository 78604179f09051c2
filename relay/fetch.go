package relay

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"liaison/handlers"
	"liaison/pace"
	"liaison/ticket"
)

// fetch brings the files of a message in. A file that cannot be had, or that is not taken,
// is marked, not an error: the person is told and the rest of the message counts. However
// often a message is tried, each file is counted once and, once it is here, not fetched again.
func (r *Relay) fetch(ctx context.Context, in Inbound) error {
	m := in.Message
	for i := range m.Files {
		f := &m.Files[i]
		switch {
		case f.Hash != "" || f.Problem != "":
			continue
		case handlers.Refuses(f.MIME):
			f.Problem = handlers.Unwanted
			continue
		}
		source := f.Source
		if before, ok := r.brought.of(in.ID, source); ok {
			*f = before
		} else {
			if wait := r.tooMuch(ctx, m, f.Size); wait > 0 {
				f.Problem, f.Again = handlers.TooMuch, r.Now().Add(wait+time.Minute).Truncate(time.Minute)
			}
			r.brought.note(in.ID, source, *f)
		}
		if f.Hash != "" || f.Problem != "" {
			continue
		}
		stored, err := r.fetchOne(ctx, m.From.Channel, *f)
		switch {
		case err == nil:
			f.Hash, f.Name, f.MIME, f.Size = stored.Hash, stored.Name, stored.MIME, stored.Size
		case errors.As(err, new(*Outage)): // the file is not to blame: it is kept for another try
			return err
		case ticket.CodeOf(err) == ticket.Invalid:
			f.Problem = handlers.TooBig
		case IsPermanent(err) || in.Attempts+1 == maxHandleAttempts:
			f.Problem = handlers.Unfetched
			r.Logger.WarnContext(ctx, "file not fetched", "channel", m.From.Channel, "error", err)
		default:
			return err
		}
		if f.Problem == "" && !handlers.Accepts(f.MIME) {
			f.Problem = handlers.Unwanted
		}
		r.brought.note(in.ID, source, *f)
	}
	return nil
}

// maxBrought is how many messages brought remembers. It is far more than are tried again
// at once; what is beyond is counted and fetched anew.
const maxBrought = 1000

// brought is how far the files of the messages have come that are not handled yet, by the
// message's number and the channel's id of the file. A file that is in it was counted. It
// is safe for concurrent use; the zero value is ready.
type brought struct {
	mu    sync.Mutex
	files map[int64]map[string]handlers.Upload
}

// of returns the file as it was noted last.
func (b *brought) of(inbound int64, source string) (handlers.Upload, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	f, ok := b.files[inbound][source]
	return f, ok
}

func (b *brought) note(inbound int64, source string, f handlers.Upload) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.files == nil {
		b.files = make(map[int64]map[string]handlers.Upload)
	}
	if b.files[inbound] == nil {
		if len(b.files) >= maxBrought {
			for other := range b.files {
				delete(b.files, other)
				break
			}
		}
		b.files[inbound] = make(map[string]handlers.Upload)
	}
	b.files[inbound][source] = f
}

// forget is called once the message is handled or parked.
func (b *brought) forget(inbound int64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.files, inbound)
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
