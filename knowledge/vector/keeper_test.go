package vector_test

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
	"unicode/utf8"

	"liaison/knowledge/vector"
)

// texts are units of one text each: "unit text".
type texts []string

func (t texts) Passages() int { return len(t) }
func (t texts) Passage(i int) (unit, text string) {
	unit, text, _ = strings.Cut(t[i], " ")
	return unit, text
}

// endpoint makes vectors of how often the characters stand in a text, so that
// texts that share many are near.
type endpoint struct {
	mu       sync.Mutex
	dim      int // 0: 64
	fail     error
	most     int // texts at once; 0: any
	longest  int // characters; 0: any
	requests int
	asked    []string // texts, of the requests that were answered
}

func (e *endpoint) set(change func(*endpoint)) {
	e.mu.Lock()
	defer e.mu.Unlock()
	change(e)
}

func (e *endpoint) Embed(_ context.Context, texts []string) ([][]float32, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.requests++
	if e.fail != nil {
		return nil, e.fail
	}
	if e.most > 0 && len(texts) > e.most {
		return nil, fmt.Errorf("too many: %w", vector.ErrRejected)
	}
	dim := e.dim
	if dim == 0 {
		dim = 64
	}
	var out [][]float32
	for _, t := range texts {
		if e.longest > 0 && utf8.RuneCountInString(t) > e.longest {
			return nil, fmt.Errorf("too long: %w", vector.ErrRejected)
		}
		v := make([]float32, dim)
		for _, r := range t {
			h := fnv.New32a()
			fmt.Fprint(h, r)
			v[h.Sum32()%uint32(dim)]++
		}
		out = append(out, v)
	}
	e.asked = append(e.asked, texts...)
	return out, nil
}

// memory is a Store.
type memory struct {
	mu     sync.Mutex
	models map[string]map[string][]float32
	fail   error
}

func (m *memory) Vectors(_ context.Context, model string, hashes []string) (map[string][]float32, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	out := make(map[string][]float32)
	for _, h := range hashes {
		if v, ok := m.models[model][h]; ok {
			out[h] = v
		}
	}
	return out, m.fail
}

func (m *memory) PutVectors(_ context.Context, model string, vectors map[string][]float32) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.models == nil {
		m.models = make(map[string]map[string][]float32)
	}
	if m.models[model] == nil {
		m.models[model] = make(map[string][]float32)
	}
	maps.Copy(m.models[model], vectors)
	return m.fail
}

func (m *memory) PruneVectors(_ context.Context, model string, keep []string) (int, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	maps.DeleteFunc(m.models, func(name string, _ map[string][]float32) bool { return name != model })
	before := len(m.models[model])
	maps.DeleteFunc(m.models[model], func(hash string, _ []float32) bool { return !slices.Contains(keep, hash) })
	return before - len(m.models[model]), m.fail
}

func (m *memory) size() (n int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, vs := range m.models {
		n += len(vs)
	}
	return n
}

// start runs a Keeper over t until the test ends.
func start(t *testing.T, e *endpoint, m *memory, model string, given texts) *vector.Keeper {
	t.Helper()
	k, err := vector.New(vector.Config{Embedder: e, Store: m, Model: model})
	if err != nil {
		t.Fatal(err)
	}
	k.Set(given)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { defer close(done); k.Run(ctx) }()
	t.Cleanup(func() { cancel(); <-done })
	return k
}

func anyUnit(string) bool { return true }

func nearest(t *testing.T, k *vector.Keeper, question string, n int) string {
	t.Helper()
	units, err := k.Nearest(t.Context(), question, n, anyUnit)
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(units, " ")
}

func counts(t *testing.T, k *vector.Keeper, vectors, missing int) {
	t.Helper()
	if v, m := k.Counts(); v != vectors || m != missing {
		t.Errorf("%d vectors and %d missing, want %d and %d", v, m, vectors, missing)
	}
}

var library = texts{"a 企业贷款贴息", "b 厂房加层改造", "c 停车场收费😀", "c 停车场开放时间", "d مرحبا يا عالم", "e ＡＢＣ１２３"}

func TestKeeper(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e, m := &endpoint{}, &memory{}
		k := start(t, e, m, "m1", library)
		if got := nearest(t, k, "贷款", 3); got != "" && e.requests == 0 {
			t.Errorf("found %q without vectors", got)
		}
		synctest.Wait()
		counts(t, k, 6, 0)
		if got := nearest(t, k, "停车收费时间", 1); got != "c" {
			t.Errorf("got %q", got)
		}
		if got := nearest(t, k, "厂房改造加层", 9); !strings.HasPrefix(got, "b ") || len(strings.Fields(got)) != 5 {
			t.Errorf("got %q, want b first and each unit once", got)
		}
		units, err := k.Nearest(t.Context(), "厂房改造加层", 9, func(u string) bool { return u != "b" })
		if err != nil || slices.Contains(units, "b") {
			t.Errorf("%v %v", units, err)
		}

		// Only what is new is asked for, what is gone is deleted.
		e.set(func(e *endpoint) { e.asked = nil })
		k.Set(texts{"a 企业贷款贴息", "b2 厂房加层改造", "f 人才落户补贴"})
		synctest.Wait()
		if got := strings.Join(e.asked, "|"); got != "人才落户补贴" {
			t.Errorf("asked for %q", got)
		}
		counts(t, k, 3, 0)
		if m.size() != 3 {
			t.Errorf("%d vectors are kept", m.size())
		}
		if got := nearest(t, k, "厂房改造加层", 1); got != "b2" {
			t.Errorf("got %q", got)
		}
	})
}

func TestKeeperResumes(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e, m := &endpoint{}, &memory{}
		start(t, e, m, "m1", library)
		synctest.Wait()
		asked := len(e.asked)
		k := start(t, e, m, "m1", library) // as after a restart
		synctest.Wait()
		counts(t, k, 6, 0)
		if len(e.asked) != asked {
			t.Errorf("asked again for %v", e.asked[asked:])
		}
		// Without Run, as a single command does.
		once, err := vector.New(vector.Config{Embedder: e, Store: m, Model: "m1"})
		if err != nil {
			t.Fatal(err)
		}
		once.Set(append(library, "g 新的"))
		if err := once.Load(t.Context()); err != nil {
			t.Fatal(err)
		}
		counts(t, once, 6, 1)
		// Another model makes all anew, and the old ones go when it is done.
		k = start(t, e, m, "m2", library)
		synctest.Wait()
		counts(t, k, 6, 0)
		if len(e.asked) != 2*asked || m.size() != 6 {
			t.Errorf("%d texts asked for, %d vectors kept", len(e.asked), m.size())
		}
	})
}

func TestKeeperWaitsAndGoesOn(t *testing.T) {
	t.Parallel()
	for name, breakIt := range map[string]func(*endpoint, *memory, error){
		"endpoint": func(e *endpoint, _ *memory, err error) { e.set(func(e *endpoint) { e.fail = err }) },
		"store": func(_ *endpoint, m *memory, err error) {
			m.mu.Lock()
			defer m.mu.Unlock()
			m.fail = err
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				e, m := &endpoint{}, &memory{}
				breakIt(e, m, errors.New("down"))
				k := start(t, e, m, "m1", library)
				time.Sleep(time.Hour)
				synctest.Wait()
				if e.requests > 20 {
					t.Errorf("%d requests in an hour of failure", e.requests)
				}
				counts(t, k, 0, min(6, 6*e.requests)) // a store that fails does not say what is missing
				breakIt(e, m, nil)
				time.Sleep(6 * time.Minute)
				synctest.Wait()
				counts(t, k, 6, 0)
			})
		})
	}
}

func TestKeeperRejections(t *testing.T) {
	t.Parallel()
	many := texts{}
	for i := range 100 {
		many = append(many, fmt.Sprintf("u%d 第%d条", i, i))
	}
	long := append(slices.Clone(many), "long "+strings.Repeat("长", 1000))
	for name, c := range map[string]struct {
		endpoint *endpoint
		texts    texts
		vectors  int
		missing  int
		requests int // at most
	}{
		"ten at once":     {&endpoint{most: 10}, many, 100, 0, 3 + 13 + 1},
		"one at once":     {&endpoint{most: 1}, many, 100, 0, 31 + 100},
		"long ones":       {&endpoint{longest: 300}, long, 101, 0, 20},
		"one is not read": {&endpoint{longest: 10}, long, 100, 0, 30},
		"none is read":    {&endpoint{longest: 1}, many, 0, 100, 8},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				k := start(t, c.endpoint, &memory{}, "m1", c.texts)
				synctest.Wait()
				counts(t, k, c.vectors, c.missing)
				if c.endpoint.requests > c.requests {
					t.Errorf("%d requests, want %d at most", c.endpoint.requests, c.requests)
				}
			})
		})
	}
}

// A model behind the same name that makes vectors of another dimension has all of
// them made anew, once a question or a new text shows it.
func TestKeeperDimensionChanges(t *testing.T) {
	t.Parallel()
	for name, show := range map[string]func(*testing.T, *vector.Keeper){
		"by a question": func(t *testing.T, k *vector.Keeper) {
			if _, err := k.Nearest(t.Context(), "贷款", 3, anyUnit); !errors.Is(err, vector.ErrDimension) {
				t.Errorf("got %v", err)
			}
		},
		"by a text": func(_ *testing.T, k *vector.Keeper) { k.Set(append(slices.Clone(library), "g 新的")) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				e, m := &endpoint{}, &memory{}
				k := start(t, e, m, "m1", library)
				synctest.Wait()
				e.set(func(e *endpoint) { e.dim = 32 })
				show(t, k)
				time.Sleep(time.Minute)
				synctest.Wait()
				if v, missing := k.Counts(); v < 6 || missing != 0 {
					t.Errorf("%d vectors, %d missing", v, missing)
				}
				if got := nearest(t, k, "厂房改造加层", 1); got != "b" {
					t.Errorf("got %q", got)
				}
			})
		})
	}
}

func TestNearestFails(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e := &endpoint{}
		k := start(t, e, &memory{}, "m1", library)
		synctest.Wait()
		if _, err := k.Nearest(t.Context(), "", 3, anyUnit); err == nil { // its vector is all zeros
			t.Error("a vector without direction is near to something")
		}
		down := errors.New("down")
		e.set(func(e *endpoint) { e.fail = down })
		if _, err := k.Nearest(t.Context(), "贷款", 3, anyUnit); !errors.Is(err, down) {
			t.Errorf("got %v", err)
		}
	})
}

func TestNewRefuses(t *testing.T) {
	t.Parallel()
	for _, c := range []vector.Config{{}, {Embedder: &endpoint{}, Store: &memory{}}, {Embedder: &endpoint{}, Model: "m"}, {Store: &memory{}, Model: "m"}} {
		if _, err := vector.New(c); err == nil {
			t.Errorf("%+v is taken", c)
		}
	}
}
