package storetest

import (
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"liaison/handlers"
	"liaison/store"
	"liaison/ticket"
	"liaison/ticket/learn"
)

func absences(t *testing.T, s *store.Store) {
	a, b := meet(t, s, "1", "1", noon).ID, meet(t, s, "2", "2", noon).ID
	at := func(person string, now time.Time) (out handlers.Absence) {
		t.Helper()
		view(t, s, func(tx handlers.Tx) (err error) { out, err = tx.Absence(ctx, person, now); return err })
		return out
	}
	set := func(abs handlers.Absence) {
		t.Helper()
		update(t, s, func(tx handlers.Tx) error { return tx.SetAbsence(ctx, abs) })
	}
	equal(t, "absence of who is there", at(a, noon), handlers.Absence{})
	open := handlers.Absence{Person: a, Since: noon.UTC()}
	set(open)
	equal(t, "absence without an end", at(a, noon.AddDate(1, 0, 0)), open)
	dated := handlers.Absence{Person: a, Since: noon.UTC(), Until: noon.Add(time.Hour).UTC(), Deputy: b}
	set(dated)
	equal(t, "absence with an end", at(a, noon.Add(time.Hour-time.Millisecond)), dated)
	equal(t, "absence when it is over", at(a, noon.Add(time.Hour)), handlers.Absence{})
	equal(t, "absence of somebody else", at(b, noon), handlers.Absence{})
	for range 2 { // again does nothing
		update(t, s, func(tx handlers.Tx) error { return tx.EndAbsence(ctx, a) })
	}
	equal(t, "absence that was ended", at(a, noon), handlers.Absence{})
	wantCode(t, s.Update(ctx, func(tx handlers.Tx) error { return tx.SetAbsence(ctx, handlers.Absence{Person: "none"}) }), ticket.NotFound)

	set(dated)
	if err := s.Cleanup(ctx, noon.Add(2*time.Hour)); err != nil {
		t.Fatal(err)
	}
	equal(t, "absence that was cleaned up", at(a, noon), handlers.Absence{})
}

func duties(t *testing.T, s *store.Store) {
	a, b := meet(t, s, "1", "1", noon).ID, meet(t, s, "2", "2", noon).ID
	a, b = min(a, b), max(a, b)
	want := []handlers.Duty{{Station: "s1", Day: "1", Person: a}, {Station: "s1", Day: "1", Person: b}, {Station: "s1", Day: "2026-12-01", Person: a}}
	update(t, s, func(tx handlers.Tx) error {
		for _, d := range append(append([]handlers.Duty{{Station: "s2", Day: "1", Person: a}}, want...), want...) { // again does nothing
			if err := tx.AddDuty(ctx, d); err != nil {
				return err
			}
		}
		return nil
	})
	check := func(what, station string, want []handlers.Duty) {
		t.Helper()
		view(t, s, func(tx handlers.Tx) error {
			got, err := tx.Duties(ctx, station)
			if d := cmp.Diff(want, got); d != "" {
				t.Errorf("%s: %s", what, d)
			}
			return err
		})
	}
	check("all of a station", "s1", want)
	check("of no station", "s3", nil)
	remove := func(d handlers.Duty) {
		t.Helper()
		for range 2 {
			update(t, s, func(tx handlers.Tx) error { return tx.RemoveDuty(ctx, d) })
		}
	}
	remove(want[0])
	check("one removed", "s1", want[1:])
	remove(handlers.Duty{Station: "s1", Person: a})
	check("one person removed", "s1", want[1:2])
	check("the same person elsewhere", "s2", []handlers.Duty{{Station: "s2", Day: "1", Person: a}})
	wantCode(t, s.Update(ctx, func(tx handlers.Tx) error {
		return tx.AddDuty(ctx, handlers.Duty{Station: "s1", Day: "1", Person: "none"})
	}), ticket.NotFound)

	// A date is cleaned up when it has passed in the city, a day of the week never.
	dated := func(day handlers.Day) handlers.Duty { return handlers.Duty{Station: "s4", Day: day, Person: a} }
	for _, day := range []handlers.Day{"7", "2026-11-30", "2026-12-01", "2027-01-01"} {
		update(t, s, func(tx handlers.Tx) error { return tx.AddDuty(ctx, dated(day)) })
	}
	midnight := time.Date(2026, 12, 1, 0, 0, 0, 0, ticket.CST)
	all := []handlers.Duty{dated("2026-11-30"), dated("2026-12-01"), dated("2027-01-01"), dated("7")}
	for passed, at := range []time.Time{midnight.Add(-time.Millisecond), midnight} {
		if err := s.Cleanup(ctx, at); err != nil {
			t.Fatal(err)
		}
		check("after the clean-up", "s4", all[passed:])
	}
}

func once(t *testing.T, s *store.Store) {
	var first atomic.Int32
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			err := s.Update(ctx, func(tx handlers.Tx) error {
				is, err := tx.Once(ctx, handlers.UnsetTimers)
				if is {
					first.Add(1)
				}
				return err
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	equal(t, "transactions that are the first", first.Load(), 1)
}

func pinnedModels(t *testing.T, s *store.Store) {
	add := func(target learn.Target, used bool) int64 {
		t.Helper()
		var model []byte
		if used {
			model = []byte("m")
		}
		return must[learn.Version](t)(s.AddModel(ctx, learn.Version{Target: target, At: noon, Used: used}, model)).Number
	}
	inForce := func(target learn.Target) learn.Version {
		t.Helper()
		return must[learn.Version](t)(s.LastModel(ctx, target, true))
	}
	one, two, unused, topic := add(learn.Station, true), add(learn.Station, true), add(learn.Station, false), add(learn.Topic, true)
	for _, number := range []int64{unused, topic + 1} {
		_, err := s.PinModel(ctx, number)
		wantCode(t, err, ticket.NotFound)
	}
	v := must[learn.Version](t)(s.PinModel(ctx, one))
	if v.Number != one || !v.Pinned {
		t.Errorf("pinned %+v", v)
	}
	equal(t, "version in force", inForce(learn.Station), v)
	equal(t, "the other target", inForce(learn.Topic).Number, topic)
	equal(t, "last version", must[learn.Version](t)(s.LastModel(ctx, learn.Station, false)).Number, unused)
	for range 7 { // what is pinned is kept
		add(learn.Station, true)
	}
	equal(t, "model", string(must[[]byte](t)(s.Model(ctx, one))), "m")
	equal(t, "version in force", inForce(learn.Station).Number, one)
	_, err := s.PinModel(ctx, two)
	wantCode(t, err, ticket.NotFound) // no longer kept
	var pinned []int64
	for _, v := range must[[]learn.Version](t)(s.Models(ctx)) {
		if v.Pinned {
			pinned = append(pinned, v.Number)
		}
	}
	if d := cmp.Diff([]int64{one}, pinned); d != "" {
		t.Errorf("listed as pinned: %s", d)
	}
	equal(t, "released", must[int](t)(s.ReleaseModels(ctx)), 1)
	equal(t, "released again", must[int](t)(s.ReleaseModels(ctx)), 0)
	equal(t, "version in force", inForce(learn.Station).Number, topic+7)
}
