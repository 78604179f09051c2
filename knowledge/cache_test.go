package knowledge_test

import (
	"context"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"liaison/knowledge"
	"liaison/knowledge/cachetest"
)

func TestMemoryCache(t *testing.T) {
	t.Parallel()
	cachetest.Run(t, func(*testing.T) knowledge.Cache { return knowledge.NewMemoryCache() })
}

// bread is a library of one unit that says how much is paid (an example).
func bread(t *testing.T, amount string) *knowledge.Library {
	t.Helper()
	lib, err := knowledge.NewLibrary([]knowledge.Document{{
		ID: "bread", Title: "面包店补助办法（示例）",
		Units: []knowledge.Unit{{Slug: "one", Title: "补助标准", Body: "面包店每家补助" + amount + "元。"}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	return lib
}

var anyTime = cmpopts.IgnoreFields(knowledge.Answer{}, "Took")

// What was answered is given again, but not longer than it holds, and never the very
// slices that somebody else has got.
func TestAnswersAreKept(t *testing.T) {
	t.Parallel()
	clock := time.Date(2026, 3, 2, 23, 10, 0, 0, time.UTC)
	found := 0
	a, err := knowledge.NewAnswerer(knowledge.Config{
		Library: bread(t, "37"), Now: func() time.Time { return clock },
		Stage: func(ctx context.Context, name string) (context.Context, func(bool)) {
			if name == knowledge.StageFind {
				found++
			}
			return ctx, func(bool) {}
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	ask := func(q knowledge.Question) knowledge.Answer { return a.Answer(t.Context(), q) }
	q := knowledge.Question{Text: "面包店补助多少元？"}
	first := ask(q)
	if first.Decision != knowledge.Answered || found != 1 {
		t.Fatalf("%+v, searched %d times", first, found)
	}
	for range 3 {
		again := ask(q)
		if diff := cmp.Diff(first, again, anyTime); diff != "" || found != 1 {
			t.Errorf("searched %d times; (-first +again):\n%s", found, diff)
		}
		again.Spans[0].Text, again.Citations[0].Title, again.Path[0] = "", "", ""
	}
	for n, other := range []knowledge.Question{{Text: q.Text, Town: "周巷镇"}, {Text: q.Text + "急"}} {
		if ask(other); found != n+2 {
			t.Errorf("%+v: searched %d times", other, found)
		}
	}
	clock = clock.Add(knowledge.Kept)
	if ask(q); found != 4 {
		t.Errorf("a day later searched %d times", found)
	}
	a.SetLibrary(bread(t, "52"))
	if ans := ask(q); found != 5 || ans.Text != "面包店每家补助52元。" {
		t.Errorf("with a new library: %q, searched %d times", ans.Text, found)
	}
	blocked := a.Library().With(knowledge.Overrides{Blocks: []string{"bread#one"}})
	a.SetLibrary(blocked)
	if ans := ask(q); ans.Decision != knowledge.Refused {
		t.Errorf("with the unit blocked: %+v", ans)
	}
}

// A model writes once for all who ask the same, whatever it is asked in, and again
// once anything that it is given has changed.
func TestWrittenAnswersAreKept(t *testing.T) {
	t.Parallel()
	var calls atomic.Int32
	text := "每家补助37元[1]。"
	m := scripted{write: func(_ context.Context, _ knowledge.Prompt, yield func(string, error) bool) {
		calls.Add(1)
		yield(text, nil)
	}}
	cache := knowledge.NewMemoryCache()
	replica := func(amount string) *knowledge.Answerer {
		a, err := knowledge.NewAnswerer(knowledge.Config{Library: bread(t, amount), Model: m, Now: now, Timeout: time.Minute, Cache: cache})
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	write := func(a *knowledge.Answerer, q knowledge.Question) (knowledge.Answer, bool) {
		return a.Write(t.Context(), q, a.Answer(t.Context(), q), nil)
	}
	q := knowledge.Question{Text: "面包店补助多少元？"}
	one, two := replica("37"), replica("37")
	first, ok := write(one, q)
	if !ok || first.Text != "每家补助37元[1]。" {
		t.Fatalf("%+v, %v", first, ok)
	}
	for range 2 {
		if again, ok := write(two, q); !ok || calls.Load() != 1 || cmp.Diff(first, again, anyTime) != "" {
			t.Errorf("%d calls, %v:\n%s", calls.Load(), ok, cmp.Diff(first, again, anyTime))
		}
	}
	if write(one, knowledge.Question{Text: q.Text, Lang: "en"}); calls.Load() != 2 {
		t.Errorf("in English: %d calls", calls.Load())
	}
	text = "每家补助52元[1]。"
	if ans, ok := write(replica("52"), q); !ok || calls.Load() != 3 || ans.Text != text {
		t.Errorf("with a new amount: %q %v, %d calls", ans.Text, ok, calls.Load())
	}

	text = "每家补助99元[1]。" // which no source says
	unsound := knowledge.Question{Text: "请问面包店补助多少元？"}
	for n := range 2 {
		if _, ok := write(one, unsound); ok || int(calls.Load()) != 4+n {
			t.Errorf("what was not grounded: %v, %d calls", ok, calls.Load())
		}
	}
}

// broken is a cache that keeps nonsense.
type broken struct{ knowledge.Cache }

func (broken) Get(context.Context, string) ([]byte, bool) {
	return []byte(`{"Decision":"answer"`), true
}

func TestBrokenCache(t *testing.T) {
	t.Parallel()
	a, err := knowledge.NewAnswerer(knowledge.Config{
		Library: bread(t, "37"), Model: says("每家补助37元[1]。"), Now: now, Timeout: time.Minute, Cache: broken{knowledge.NewMemoryCache()},
	})
	if err != nil {
		t.Fatal(err)
	}
	q := knowledge.Question{Text: "面包店补助多少元？"}
	ans, ok := a.Write(t.Context(), q, a.Answer(t.Context(), q), nil)
	if !ok || !slices.ContainsFunc(ans.Citations, func(c knowledge.Citation) bool { return c.Unit == "bread#one" }) {
		t.Errorf("%+v, %v", ans, ok)
	}
}
