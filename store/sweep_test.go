package store

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"liaison/handlers"
	"liaison/ticket"
	"liaison/ticket/visit"
)

// Files go when their case has been closed for long, or when they belong to
// nothing; all others stay, and so does the history.
func TestSweep(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, cfg Config) {
		now := time.Date(2026, 11, 23, 12, 0, 0, 0, ticket.CST)
		cfg.Now = func() time.Time { return now }
		s := opened(t, cfg)
		dir := t.TempDir()
		blobs, err := OpenBlobs(dir)
		if err != nil {
			t.Fatal(err)
		}
		const keep = 100 * day
		put := func(name string, age time.Duration) ticket.File {
			t.Helper()
			f, err := blobs.Put(ctx, strings.NewReader(name), name, 1<<10)
			if err != nil {
				t.Fatal(err)
			}
			at := now.Add(-age)
			if err := os.Chtimes(blobs.path(f.Hash), at, at); err != nil {
				t.Fatal(err)
			}
			return f
		}
		update := func(fn func(tx handlers.Tx) error) {
			t.Helper()
			if err := s.Update(ctx, fn); err != nil {
				t.Fatal(err)
			}
		}
		kept, gone := map[string]string{}, map[string]string{}
		for i, row := range []struct {
			name   string
			closed time.Duration // ago, 0 for open
			stays  bool
		}{{"open", 0, true}, {"closed lately", keep - day, true}, {"closed long ago", keep + day, false}} {
			f := put(row.name, 365*day)
			c := ticket.Ticket{ID: fmt.Sprint("T", i), State: ticket.Closed, Version: 1}
			if row.closed > 0 {
				c.ClosedAt = now.Add(-row.closed)
			}
			update(func(tx handlers.Tx) error {
				if err := tx.InsertTicket(ctx, c); err != nil {
					return err
				}
				return tx.AppendEvent(ctx, ticket.Event{Ticket: c.ID, Seq: 1, Files: []ticket.File{f}})
			})
			if row.stays {
				kept[row.name] = f.Hash
			} else {
				gone[row.name] = f.Hash
			}
		}
		kept["just stored"] = put("just stored", time.Hour).Hash
		gone["of nothing"] = put("of nothing", 8*day).Hash
		form, reply := put("of a form", 8*day), put("to be delivered", 8*day)
		kept["of a form"], kept["to be delivered"] = form.Hash, reply.Hash
		update(func(tx handlers.Tx) error {
			if err := tx.SaveConversation(ctx, "k", []byte(`{"files":[{"hash":"`+form.Hash+`"}]}`), now); err != nil {
				return err
			}
			return tx.Send(ctx, handlers.Address{Channel: handlers.Telegram, Chat: "1"}, handlers.Reply{Files: []ticket.File{reply}})
		})
		for name, v := range map[string]visit.Visit{
			"of a draft":          {State: visit.Draft},
			"of a visit":          {State: visit.Filed, FiledAt: now.Add(day - keep)},
			"of a visit long ago": {State: visit.Filed, FiledAt: now.Add(-day - keep)},

			"of an opinion":          {State: visit.Filed, FiledAt: now.Add(day - keep)},
			"of an opinion long ago": {State: visit.Filed, FiledAt: now.Add(-day - keep)},
		} {
			f := put(name, 365*day)
			v.Companies, v.Files = []string{name}, []ticket.File{f}
			if strings.Contains(name, "opinion") {
				v.Files, v.Opinions = nil, []visit.Opinion{{Text: name, Files: v.Files}}
			}
			update(func(tx handlers.Tx) error { _, err := tx.AddVisit(ctx, v); return err })
			if kept[name] = f.Hash; strings.HasSuffix(name, "long ago") {
				delete(kept, name)
				gone[name] = f.Hash
			}
		}
		for name, age := range map[string]time.Duration{"put-old": 8 * day, "put-new": time.Hour, "not ours": 999 * day} {
			path := filepath.Join(dir, name)
			if err := os.WriteFile(path, nil, 0o600); err != nil {
				t.Fatal(err)
			}
			if err := os.Chtimes(path, now.Add(-age), now.Add(-age)); err != nil {
				t.Fatal(err)
			}
		}
		swept, err := s.Sweep(ctx, blobs, keep)
		if err != nil || swept.Files != 5 || swept.Bytes != int64(len("closed long ago")+len("of nothing")+len("of a visit long ago")+len("of an opinion long ago")) {
			t.Errorf("swept %+v, %v", swept, err)
		}
		for name, hash := range kept {
			f, err := blobs.Open(hash)
			if err != nil {
				t.Errorf("the file %q is gone: %v", name, err)
				continue
			}
			f.Close()
		}
		for name, hash := range gone {
			if _, err := blobs.Open(hash); ticket.CodeOf(err) != ticket.NotFound {
				t.Errorf("the file %q is still there: %v", name, err)
			}
		}
		for name, there := range map[string]bool{"put-old": false, "put-new": true, "not ours": true} {
			if _, err := os.Stat(filepath.Join(dir, name)); (err == nil) != there {
				t.Errorf("%s: %v", name, err)
			}
		}
		if swept, err := s.Sweep(ctx, blobs, keep); err != nil || swept.Files != 0 {
			t.Errorf("swept again: %+v, %v", swept, err)
		}
		if a := audit(t, s); a.Lines != 3 {
			t.Errorf("the ledger afterwards: %+v, broken %+v", a, a.Broken)
		}
	})
}
