package storetest

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"liaison/handlers"
	"liaison/store"
	"liaison/ticket"
)

func meet(t *testing.T, s *store.Store, user, chat string, at time.Time) (p handlers.Person) {
	t.Helper()
	update(t, s, func(tx handlers.Tx) (err error) {
		p, err = tx.Touch(ctx, handlers.Telegram, user, chat, at)
		return err
	})
	return p
}

func accounts(t *testing.T, s *store.Store, person string) (out []handlers.Account) {
	t.Helper()
	view(t, s, func(tx handlers.Tx) (err error) { out, err = tx.Accounts(ctx, person); return err })
	return out
}

func touch(t *testing.T, s *store.Store) {
	first := meet(t, s, "7", "", noon)
	if first.ID == "" || !first.CreatedAt.Equal(noon) || first.Lang != "" || first.Label != "" {
		t.Fatalf("first contact made %+v", first)
	}
	equal(t, "person of a second contact", meet(t, s, "7", "70", noon.Add(time.Hour)), first)
	if meet(t, s, "8", "80", noon).ID == first.ID {
		t.Fatal("two users are one person")
	}
	want := handlers.Account{Channel: handlers.Telegram, User: "7", Person: first.ID, Chat: "70"}
	meet(t, s, "7", "", noon)
	equal(t, "account keeps its chat", accounts(t, s, first.ID)[0], want)

	block := func(chat, person string) {
		t.Helper()
		update(t, s, func(tx handlers.Tx) error {
			equal(t, "blocked by", must[string](t)(tx.Block(ctx, handlers.Telegram, chat)), person)
			return nil
		})
	}
	block("70", first.ID)
	block("70", "") // it was before
	meet(t, s, "7", "", noon)
	if !accounts(t, s, first.ID)[0].Blocked {
		t.Fatal("a message elsewhere unblocks")
	}
	meet(t, s, "7", "71", noon)
	want.Chat = "71"
	equal(t, "account after a private message", accounts(t, s, first.ID)[0], want)
	// Nobody's private chat, a group for instance, is no error.
	block("-100", "")

	var wg sync.WaitGroup
	ids := make([]string, 8)
	for i := range ids {
		wg.Go(func() {
			err := s.Update(ctx, func(tx handlers.Tx) error {
				p, err := tx.Touch(ctx, handlers.Web, "same", "c", noon)
				ids[i] = p.ID
				return err
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	for _, id := range ids {
		equal(t, "person of first contacts at once", id, ids[0])
	}
}

func people(t *testing.T, s *store.Store) {
	var p handlers.Person
	update(t, s, func(tx handlers.Tx) (err error) {
		p, err = tx.AddPerson(ctx, handlers.Person{Lang: "zh", Label: "观察员（例）", CreatedAt: noon.UTC()})
		return err
	})
	load := func() (got handlers.Person) {
		view(t, s, func(tx handlers.Tx) (err error) { got, err = tx.Person(ctx, p.ID); return err })
		return got
	}
	equal(t, "person", load(), p)
	p.Lang, p.Label = "en", "agent"
	update(t, s, func(tx handlers.Tx) error { return tx.SavePerson(ctx, p) })
	equal(t, "person after SavePerson", load(), p)
	equal(t, "accounts", len(accounts(t, s, p.ID)), 0)
	wantCode(t, s.View(ctx, func(tx handlers.Tx) error { _, err := tx.Person(ctx, "none"); return err }), ticket.NotFound)
	wantCode(t, s.Update(ctx, func(tx handlers.Tx) error { return tx.SavePerson(ctx, handlers.Person{ID: "none"}) }), ticket.NotFound)
}

func memberships(t *testing.T, s *store.Store) {
	a, b := meet(t, s, "1", "", noon).ID, meet(t, s, "2", "", noon).ID
	a, b = min(a, b), max(a, b)
	ms := []handlers.Membership{
		{Person: b, Role: ticket.RoleAgent, Station: "s1"},
		{Person: a, Role: ticket.RoleAgent, Station: "s1"},
		{Person: a, Role: ticket.RoleAgent, Station: "s2"},
		{Person: a, Role: ticket.RoleSupervisor, Until: noon.UTC(), Source: b}, // ended ones are told too
	}
	update(t, s, func(tx handlers.Tx) error {
		for _, m := range append(ms, ms...) { // again does nothing
			if err := tx.AddMembership(ctx, m); err != nil {
				return err
			}
		}
		return nil
	})
	view(t, s, func(tx handlers.Tx) error {
		for _, c := range []struct {
			role    ticket.Role
			station string
			want    []handlers.Membership
		}{
			{ticket.RoleAgent, "s1", []handlers.Membership{ms[1], ms[0]}},
			{ticket.RoleAgent, "", []handlers.Membership{ms[1], ms[2], ms[0]}},
			{ticket.RoleAgent, "s3", nil},
			{ticket.RoleSupervisor, "s1", []handlers.Membership{ms[3]}},
			{ticket.RoleObserver, "", nil},
		} {
			if d := cmp.Diff(c.want, must[[]handlers.Membership](t)(tx.Members(ctx, c.role, c.station))); d != "" {
				t.Errorf("Members(%s, %s): %s", c.role, c.station, d)
			}
		}
		equal(t, "memberships", len(must[[]handlers.Membership](t)(tx.Memberships(ctx, a))), 3)
		equal(t, "memberships of nobody", len(must[[]handlers.Membership](t)(tx.Memberships(ctx, "none"))), 0)
		return nil
	})
	// The end can be moved, and taken away; the source stays.
	for _, until := range []time.Time{noon.Add(time.Hour).UTC(), {}} {
		ms[3].Until = until
		again := ms[3]
		again.Source = "another"
		update(t, s, func(tx handlers.Tx) error { return tx.AddMembership(ctx, again) })
		view(t, s, func(tx handlers.Tx) error {
			got := must[[]handlers.Membership](t)(tx.Members(ctx, ticket.RoleSupervisor, ""))
			if d := cmp.Diff([]handlers.Membership{ms[3]}, got); d != "" {
				t.Error(d)
			}
			return nil
		})
	}
	update(t, s, func(tx handlers.Tx) error { return tx.RemoveMembership(ctx, ms[2]) })
	remove := func(tx handlers.Tx) error { return tx.RemoveMembership(ctx, ms[2]) }
	wantCode(t, s.Update(ctx, remove), ticket.NotFound)
	wantCode(t, s.Update(ctx, func(tx handlers.Tx) error {
		return tx.AddMembership(ctx, handlers.Membership{Person: "none", Role: ticket.RoleObserver})
	}), ticket.NotFound)
}

func codes(t *testing.T, s *store.Store) {
	want := handlers.Code{Hash: "h", Purpose: handlers.Invite, Role: ticket.RoleAgent, Station: "s1", Label: "小王（例）", Until: noon.AddDate(1, 0, 0).UTC(), Expires: noon.UTC()}
	take := func(hash string, at time.Time) (c handlers.Code, err error) {
		err = s.Update(ctx, func(tx handlers.Tx) error { c, err = tx.TakeCode(ctx, hash, at); return err })
		return c, err
	}
	update(t, s, func(tx handlers.Tx) error { return tx.AddCode(ctx, want) })
	_, err := take("h", noon)
	wantCode(t, err, ticket.NotFound)
	_, err = take("none", noon.Add(-time.Second))
	wantCode(t, err, ticket.NotFound)
	got, err := take("h", noon.Add(-time.Second))
	wantCode(t, err, "")
	equal(t, "code", got, want)
	_, err = take("h", noon.Add(-time.Second))
	wantCode(t, err, ticket.NotFound)
}

func codeRace(t *testing.T, s *store.Store) {
	for i := range 5 {
		hash := fmt.Sprint("race", i)
		update(t, s, func(tx handlers.Tx) error { return tx.AddCode(ctx, handlers.Code{Hash: hash, Expires: noon}) })
		var wg sync.WaitGroup
		var won atomic.Int32
		for range 4 {
			wg.Go(func() {
				err := s.Update(ctx, func(tx handlers.Tx) error { _, err := tx.TakeCode(ctx, hash, noon.Add(-1)); return err })
				switch ticket.CodeOf(err) {
				case "":
					won.Add(1)
				case ticket.NotFound:
				default:
					t.Error(err)
				}
			})
		}
		wg.Wait()
		equal(t, "takers of one code", won.Load(), 1)
	}
}

func sessions(t *testing.T, s *store.Store) {
	want := handlers.Session{Hash: "h", Person: meet(t, s, "1", "", noon).ID, Expires: noon.UTC()}
	update(t, s, func(tx handlers.Tx) error { return tx.AddSession(ctx, want) })
	load := func(at time.Time) (got handlers.Session, err error) {
		err = s.View(ctx, func(tx handlers.Tx) error { got, err = tx.Session(ctx, "h", at); return err })
		return got, err
	}
	got, err := load(noon.Add(-time.Second))
	wantCode(t, err, "")
	equal(t, "session", got, want)
	_, err = load(noon)
	wantCode(t, err, ticket.NotFound)
	update(t, s, func(tx handlers.Tx) error { return tx.RemoveSession(ctx, "h") })
	update(t, s, func(tx handlers.Tx) error { return tx.RemoveSession(ctx, "h") })
	_, err = load(noon.Add(-time.Second))
	wantCode(t, err, ticket.NotFound)
}
