package storetest

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"liaison/handlers"
	"liaison/store"
	"liaison/ticket"
	"liaison/ticket/learn"
)

func casesToLearn(t *testing.T, s *store.Store) {
	learn := func(limit int) (ids []string) {
		t.Helper()
		for _, c := range must[[]learn.Case](t)(s.CasesToLearn(ctx, limit)) {
			ids = append(ids, c.ID)
			if c.Text != "企业开办 100% 受阻" || c.Town != "guancheng" || c.Topic != "license" || c.Station != "s1" {
				t.Errorf("got %+v", c)
			}
		}
		return ids
	}
	if got := learn(10); got != nil {
		t.Fatalf("of an empty store: %v", got)
	}
	for i, c := range []struct {
		state       ticket.State
		answered    bool
		transferred bool
	}{
		{ticket.Closed, true, false},        // 0: solved
		{ticket.Answered, true, true},       // 1: answered
		{ticket.Closed, false, false},       // 2: withdrawn
		{ticket.Reopened, true, false},      // 3: not solved
		{ticket.Accepted, false, false},     // 4: nobody has said that it is right here
		{ticket.InProgress, false, true},    // 5: accepted after a transfer
		{ticket.Transferred, false, true},   // 6: not accepted yet
		{ticket.Rejected, false, true},      // 7
		{ticket.Waiting, false, true},       // 8
		{ticket.Returned, true, true},       // 9
		{ticket.Assigned, false, false},     // 10
		{ticket.Accepted, true, true},       // 11: reopened, accepted again
		{ticket.State("later"), true, true}, // 12
	} {
		k := sample(fmt.Sprintf("C%02d", i))
		k.State, k.CreatedAt = c.state, noon.Add(time.Duration(i)*time.Minute)
		if !c.answered {
			k.AnsweredAt = time.Time{}
		}
		insert(t, s, k)
		if c.transferred {
			update(t, s, func(tx handlers.Tx) error {
				return tx.AppendEvent(ctx, ticket.Event{Ticket: k.ID, Seq: 1, Action: ticket.Transfer})
			})
		}
	}
	wordless := sample("C99") // only files
	wordless.Text, wordless.State = "", ticket.Closed
	insert(t, s, wordless)
	funds := sample("C98") // placed by its kind, not by its text
	funds.Kind, funds.State = ticket.Financing, ticket.Closed
	insert(t, s, funds)
	if d := cmp.Diff([]string{"C00", "C01", "C05", "C08", "C11"}, learn(10)); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]string{"C08", "C11"}, learn(2)); d != "" {
		t.Errorf("the newest two: %s", d)
	}
}

func models(t *testing.T, s *store.Store) {
	last := func(target learn.Target, used bool) learn.Version {
		t.Helper()
		return must[learn.Version](t)(s.LastModel(ctx, target, used))
	}
	equal(t, "last of none", last(learn.Topic, false), learn.Version{})
	if _, err := s.Model(ctx, 1); ticket.CodeOf(err) != ticket.NotFound {
		t.Errorf("a model of none: %v", err)
	}
	add := func(v learn.Version, model string) learn.Version {
		t.Helper()
		var body []byte
		if model != "" {
			body = []byte(model)
		}
		return must[learn.Version](t)(s.AddModel(ctx, v, body))
	}
	first := add(learn.Version{Target: learn.Topic, At: noon.UTC(), Digest: "d", Cases: 40, Held: 10, Right: 9, Before: 7, Used: true}, "one")
	worse := add(learn.Version{Target: learn.Topic, At: noon.UTC(), Digest: "e", Cases: 41, Held: 10, Right: 6, Before: 9}, "")
	other := add(learn.Version{Target: learn.Station, At: noon.UTC(), Used: true}, "\x00\xff")
	if first.Number <= 0 || worse.Number <= first.Number || other.Number <= worse.Number {
		t.Fatalf("numbers %d, %d, %d do not ascend", first.Number, worse.Number, other.Number)
	}
	equal(t, "the last one", last(learn.Topic, false), worse)
	equal(t, "the one in force", last(learn.Topic, true), first)
	equal(t, "of another target", last(learn.Station, true), other)
	equal(t, "its model", string(must[[]byte](t)(s.Model(ctx, other.Number))), "\x00\xff")
	if _, err := s.Model(ctx, worse.Number); ticket.CodeOf(err) != ticket.NotFound {
		t.Errorf("the model of one that was not used: %v", err)
	}
	if d := cmp.Diff([]learn.Version{other, worse, first}, must[[]learn.Version](t)(s.Models(ctx))); d != "" {
		t.Error(d)
	}
	for range 5 {
		add(learn.Version{Target: learn.Topic, Used: true}, "more")
	}
	if _, err := s.Model(ctx, first.Number); ticket.CodeOf(err) != ticket.NotFound {
		t.Errorf("a model that five others have replaced is kept: %v", err)
	}
	equal(t, "the other target's model", string(must[[]byte](t)(s.Model(ctx, other.Number))), "\x00\xff")
	equal(t, "versions", len(must[[]learn.Version](t)(s.Models(ctx))), 8)
}

func periodic(t *testing.T, s *store.Store) {
	ran := make(chan string, 10)
	work := func(name string, err error) store.Periodic {
		return store.Periodic{Name: name, Every: time.Hour, Run: func(context.Context) error {
			ran <- name
			return err
		}}
	}
	type run struct{ kind, failed string }
	told := make(chan run, 10)
	broken := fmt.Errorf("on purpose")
	panics := work("panics", nil)
	panics.Run = func(context.Context) error { panic(broken) }
	tries := make(chan bool, 2)
	j, err := s.RunJobs(ctx, store.Work{
		Job: func(context.Context, handlers.Tx, ticket.Job) error {
			tries <- true
			if len(tries) == 1 {
				return broken
			}
			return nil
		},
		Periodic: []store.Periodic{work("one", nil), work("fails", broken), panics},
		Ran: func(kind string, took time.Duration, err error) {
			if took <= 0 {
				t.Errorf("%s took %v", kind, took)
			}
			first, _, _ := strings.Cut(fmt.Sprint(err), "\n") // of a panic the place follows
			told <- run{kind, first}
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	enqueue(t, s, ticket.Job{Kind: ticket.JobNotify, Ticket: "A"})
	want := map[run]bool{
		{"one", "<nil>"}: true, {"fails", "on purpose"}: true, {"panics", "panic: on purpose"}: true, {store.Cleaning, "<nil>"}: true,
		{"notify", "on purpose"}: true, {"notify", "<nil>"}: true,
	}
	for len(want) > 0 {
		select {
		case r := <-told:
			if !want[r] {
				t.Errorf("told of %v, or more than once", r)
			}
			delete(want, r)
		case <-time.After(30 * time.Second):
			t.Fatalf("nothing is told of %v", want)
		}
	}
	if err := j.Stop(ctx); err != nil {
		t.Error(err)
	}
	for range 2 {
		select {
		case name := <-ran:
			if name != "one" && name != "fails" {
				t.Errorf("%s ran", name)
			}
		default:
			t.Fatal("what is periodic did not run at the start")
		}
	}
	if n := must[store.Figures](t)(s.Figures(ctx, noon)).Jobs["discarded"]; n != 0 {
		t.Errorf("%d jobs count as given up", n)
	}
}
