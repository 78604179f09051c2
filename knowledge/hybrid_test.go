package knowledge

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"math"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"liaison/knowledge/vector"
	"liaison/knowledge/zh"
)

// rainLibrary is about umbrellas and what is near them (examples).
func rainLibrary(t *testing.T) *Library {
	t.Helper()
	unit := func(slug, title, body string) Unit { return Unit{Slug: slug, Title: title, Body: body} }
	lib, err := NewLibrary([]Document{
		{ID: "rain", Title: "雨具购置补助办法（示例）", Units: []Unit{
			unit("umbrella", "雨伞", "企业为职工购买雨伞的，每把补助37元。"),
			unit("coat", "雨衣", "企业为职工购买雨衣的，每件补助52元。"),
		}},
		{ID: "parking", Title: "停车场管理规定（示例）", Units: []Unit{
			unit("fee", "收费", "停车场按小时收费，首小时免费。"),
			unit("hours", "开放时间", "停车场每天六点开放。"+strings.Repeat("遇到节假日的，由管理单位另行安排并且提前公告。", 40)),
		}},
		{ID: "draft", Title: "遮阳伞补助办法（示例）", Status: Draft, Units: []Unit{unit("sun", "遮阳伞", "企业购买遮阳伞的，每把补助9元。")}},
		{ID: "town", Title: "乡镇雨靴补助（示例）", Towns: []string{"观海卫镇"}, Units: []Unit{unit("boots", "雨靴", "企业购买雨靴的，每双补助8元。")}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return lib
}

// bySense makes vectors of the pairs of characters of a text, in which words of the
// same meaning were replaced by one.
type bySense struct{}

func (bySense) Embed(_ context.Context, texts []string) ([][]float32, error) {
	var out [][]float32
	for _, t := range texts {
		v := make([]float32, 4096)
		r := []rune(strings.NewReplacer("撑花", "雨伞").Replace(zh.Fold(t)))
		for i := range len(r) - 1 {
			h := fnv.New32a()
			fmt.Fprint(h, string(r[i:i+2]))
			v[h.Sum32()%4096]++
		}
		out = append(out, v)
	}
	return out, nil
}

// forgetful is a vector.Store without memory.
type forgetful struct{}

func (forgetful) Vectors(context.Context, string, []string) (map[string][]float32, error) {
	return nil, nil
}
func (forgetful) PutVectors(context.Context, string, map[string][]float32) error { return nil }
func (forgetful) PruneVectors(context.Context, string, []string) (int, error)    { return 0, nil }

func findWith(t *testing.T, lib *Library, h Hybrid, q Question, k int) found {
	t.Helper()
	query := lib.analyse(q.Text)
	a, err := NewAnswerer(Config{Library: lib, Hybrid: h})
	if err != nil {
		t.Fatal(err)
	}
	f := a.hybrid.find(t.Context(), lib, &query, q, k, DateOf(time.Now()))
	for i := 1; i < len(f.hits); i++ {
		if f.hits[i].Score > f.hits[i-1].Score {
			t.Errorf("scores rise: %+v", f.hits)
		}
	}
	return f
}

func unitsOf(hits []Hit) string {
	var out []string
	for _, h := range hits {
		_, slug, _ := strings.Cut(h.Unit, "#")
		out = append(out, slug)
	}
	return strings.Join(out, " ")
}

// A unit that shares no word with the question comes in by its vector.
func TestVectorsBringBackWhatWordsMiss(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		lib := rainLibrary(t)
		k, err := vector.New(vector.Config{Embedder: bySense{}, Store: forgetful{}, Model: "m"})
		if err != nil {
			t.Fatal(err)
		}
		k.Set(lib)
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() { defer close(done); k.Run(ctx) }()
		synctest.Wait()
		q := Question{Text: "撑花撑花停车"}
		if got := unitsOf(findWith(t, lib, Hybrid{}, q, 9).hits); strings.Contains(got, "umbrella") {
			t.Fatalf("words find %q: the question is no example", got)
		}
		f := findWith(t, lib, Hybrid{Vectors: k}, q, 9)
		got := strings.Fields(unitsOf(f.hits))
		if at := slices.Index(got, "umbrella"); at < 0 || at > 2 {
			t.Errorf("vectors and words find %q", got)
		}
		if slices.Contains(got, "sun") {
			t.Errorf("a draft is found: %q", got)
		}
		if !slices.Equal(f.path, []string{Lexical, ByVectors}) || f.fellBack != nil {
			t.Errorf("path %v, fell back %v", f.path, f.fellBack)
		}
		cancel()
		<-done
	})
}

// nearestTo always says the same.
type nearestTo []string

func (n nearestTo) Nearest(_ context.Context, _ string, k int, shown func(string) bool) ([]string, error) {
	out := slices.DeleteFunc(slices.Clone(n), func(u string) bool { return !shown(u) })
	return out[:min(k, len(out))], nil
}

func TestFused(t *testing.T) {
	t.Parallel()
	lib := rainLibrary(t)
	q := Question{Text: "停车场雨衣补助", Town: "浒山街道"}
	words := unitsOf(findWith(t, lib, Hybrid{}, q, 9).hits)
	first := "rain#" + strings.Fields(words)[0]
	for name, row := range map[string]struct {
		near nearestTo
		want string
	}{
		"nothing":              {nil, words},
		"the same":             {nearestTo{first}, words},
		"what is not there":    {nearestTo{"gone#x", "", "rain#"}, words},
		"a draft":              {nearestTo{"draft#sun"}, words},
		"what is not for here": {nearestTo{"town#boots"}, words},
	} {
		if got := unitsOf(findWith(t, lib, Hybrid{Vectors: row.near}, q, 9).hits); got != row.want {
			t.Errorf("%s: %q, want %q", name, got, row.want)
		}
	}
	// Each place is worth 1/(60+rank).
	all := strings.Fields(words)
	ids := func(slugs ...string) (out nearestTo) {
		for _, s := range slugs {
			for _, u := range []string{"rain#", "parking#"} {
				if _, ok := lib.Unit(u + s); ok {
					out = append(out, u+s)
				}
			}
		}
		return out
	}
	last := all[len(all)-1]
	f := findWith(t, lib, Hybrid{Vectors: ids(last, all[0])}, q, 9)
	if got := strings.Fields(unitsOf(f.hits)); got[0] != all[0] || got[1] != last {
		t.Errorf("first and last near: %v of %v", got, all)
	}
	blocked := lib.With(Overrides{Blocks: []string{"rain#umbrella"}})
	if got := unitsOf(findWith(t, blocked, Hybrid{Vectors: nearestTo{"rain#umbrella"}}, q, 9).hits); strings.Contains(got, "umbrella") {
		t.Errorf("a blocked unit is found: %q", got)
	}
}

// What sounds alike is not answered from because it does: every unit in turn is
// said to be the best for questions that nothing answers, and for one that another
// unit answers.
func TestVectorsMakeNoAnswer(t *testing.T) {
	t.Parallel()
	lib := rainLibrary(t)
	for _, u := range []string{"rain#umbrella", "rain#coat", "parking#fee", "parking#hours"} {
		for _, h := range []Hybrid{{Vectors: nearestTo{u}}, {Reranker: favours(lib, u)}, {Vectors: nearestTo{u}, Reranker: favours(lib, u)}} {
			a, err := NewAnswerer(Config{Library: lib, Hybrid: h})
			if err != nil {
				t.Fatal(err)
			}
			for _, q := range []string{"明天会下雨吗？", "怎么办理新生儿医保？", "上海市购买雨伞每把补助多少钱？", "撑花"} {
				if ans := a.Answer(t.Context(), Question{Text: q}); ans.Decision == Answered {
					t.Errorf("%s: answered from %s", q, ans.Citations[0].Unit)
				}
			}
			ans := a.Answer(t.Context(), Question{Text: "企业为职工购买雨衣每件补助多少元？"})
			if ans.Decision != Answered || ans.Citations[0].Unit != "rain#coat" {
				t.Errorf("with %s first: %s %v", u, ans.Decision, ans.Citations)
			}
		}
	}
}

// rerank is a Reranker.
type rerank func(ctx context.Context, question string, texts []string) ([]float64, error)

func (r rerank) Rerank(ctx context.Context, question string, texts []string) ([]float64, error) {
	return r(ctx, question, texts)
}

// favours puts one unit first.
func favours(lib *Library, unit string) rerank {
	u, _ := lib.Unit(unit)
	return func(_ context.Context, _ string, texts []string) ([]float64, error) {
		out := make([]float64, len(texts))
		for i, t := range texts {
			if strings.Contains(t, u.Body[:30]) {
				out[i] = 1
			}
		}
		return out, nil
	}
}

func TestRerankOrders(t *testing.T) {
	t.Parallel()
	lib := rainLibrary(t)
	q := Question{Text: "停车场雨衣补助"}
	before := findWith(t, lib, Hybrid{}, q, 9).hits
	upside := rerank(func(_ context.Context, _ string, texts []string) ([]float64, error) {
		out := make([]float64, len(texts))
		for i := range out {
			out[i] = float64(i)
		}
		return out, nil
	})
	f := findWith(t, lib, Hybrid{Reranker: upside}, q, 9)
	want := slices.Clone(before)
	slices.Reverse(want)
	if unitsOf(f.hits) != unitsOf(want) || !slices.Equal(f.path, []string{Lexical, ByRerank}) {
		t.Errorf("%q by %v, want %q", unitsOf(f.hits), f.path, unitsOf(want))
	}
	same := rerank(func(_ context.Context, _ string, texts []string) ([]float64, error) {
		return make([]float64, len(texts)), nil
	})
	if got := unitsOf(findWith(t, lib, Hybrid{Reranker: same}, q, 9).hits); got != unitsOf(before) {
		t.Errorf("all alike: %q, want %q", got, unitsOf(before))
	}
}

type vectorsFunc func(ctx context.Context) ([]string, error)

func (v vectorsFunc) Nearest(ctx context.Context, _ string, _ int, _ func(string) bool) ([]string, error) {
	return v(ctx)
}

// However an endpoint fails, the answer is the one that words give, in time.
func TestStepsFallBack(t *testing.T) {
	t.Parallel()
	down := errors.New("down")
	hang := make(chan struct{})
	t.Cleanup(func() { close(hang) })
	scores := func(s []float64, err error) rerank {
		return func(context.Context, string, []string) ([]float64, error) { return s, err }
	}
	for name, row := range map[string]struct {
		h        Hybrid
		fellBack string
		seen     string
	}{
		"nothing is set":         {Hybrid{}, "", ""},
		"vectors fail":           {Hybrid{Vectors: vectorsFunc(func(context.Context) ([]string, error) { return []string{"rain#coat"}, down })}, ByVectors, "vectors failed"},
		"vectors hang":           {Hybrid{Vectors: vectorsFunc(func(ctx context.Context) ([]string, error) { <-ctx.Done(); return nil, ctx.Err() })}, ByVectors, "vectors failed"},
		"vectors panic":          {Hybrid{Vectors: vectorsFunc(func(context.Context) ([]string, error) { panic("x") })}, ByVectors, "vectors failed"},
		"there are no vectors":   {Hybrid{Vectors: nearestTo{}}, "", "vectors empty"},
		"reranking fails":        {Hybrid{Reranker: scores(nil, down)}, ByRerank, "rerank failed"},
		"too few scores":         {Hybrid{Reranker: scores([]float64{1}, nil)}, ByRerank, "rerank failed"},
		"no number":              {Hybrid{Reranker: scores([]float64{math.NaN(), 1, 2, 3}, nil)}, ByRerank, "rerank failed"},
		"reranking panics":       {Hybrid{Reranker: rerank(func(context.Context, string, []string) ([]float64, error) { panic("x") })}, ByRerank, "rerank failed"},
		"both fail":              {Hybrid{Vectors: vectorsFunc(func(context.Context) ([]string, error) { return nil, down }), Reranker: scores(nil, down)}, ByVectors + " " + ByRerank, "vectors failed, rerank failed"},
		"vectors ignore the end": {Hybrid{Vectors: vectorsFunc(func(context.Context) ([]string, error) { <-hang; return nil, nil })}, ByVectors, "vectors failed"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			check := func(t *testing.T) {
				var seen []string
				row.h.Observe = func(step, outcome string, _ time.Duration) { seen = append(seen, step+" "+outcome) }
				lib := rainLibrary(t)
				q := Question{Text: "停车场雨衣补助"}
				start := time.Now()
				f := findWith(t, lib, row.h, q, 9)
				if took := time.Since(start); took > 5*time.Second {
					t.Errorf("took %v", took)
				}
				if got, want := unitsOf(f.hits), unitsOf(findWith(t, lib, Hybrid{}, q, 9).hits); got != want {
					t.Errorf("found %q, want %q", got, want)
				}
				if got := strings.Join(f.fellBack, " "); got != row.fellBack || !slices.Equal(f.path, []string{Lexical}) {
					t.Errorf("path %v, fell back %q, want %q", f.path, got, row.fellBack)
				}
				if got := strings.Join(seen, ", "); got != row.seen {
					t.Errorf("observed %q, want %q", got, row.seen)
				}
			}
			if name == "vectors ignore the end" { // what is left behind would keep the bubble
				check(t)
			} else {
				synctest.Test(t, check)
			}
		})
	}
}

// A dead endpoint is asked three times, then once in half a minute; when it works
// again it is asked for every question.
func TestBreaker(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		calls, dead := 0, true
		v := vectorsFunc(func(context.Context) ([]string, error) {
			calls++
			if dead {
				return nil, errors.New("dead")
			}
			return []string{"rain#coat"}, nil
		})
		a, err := NewAnswerer(Config{Library: rainLibrary(t), Hybrid: Hybrid{Vectors: v}})
		if err != nil {
			t.Fatal(err)
		}
		asked := 0
		question := func() Question { // never the same: an answer is kept
			asked++
			return Question{Text: fmt.Sprintf("雨衣补助多少？问第%d遍", asked)}
		}
		ask := func(n int) (last Answer) {
			for range n {
				last = a.Answer(t.Context(), question())
			}
			return last
		}
		if ans := ask(10); calls != 3 || !slices.Equal(ans.FellBack, []string{ByVectors}) {
			t.Errorf("%d calls, fell back %v", calls, ans.FellBack)
		}
		time.Sleep(breakFor)
		if ask(10); calls != 4 {
			t.Errorf("%d calls after half a minute, want 4", calls)
		}
		dead = false
		time.Sleep(breakFor)
		if ans := ask(5); calls != 9 || ans.FellBack != nil || !slices.Equal(ans.Path, []string{Lexical, ByVectors}) {
			t.Errorf("%d calls when it works, path %v", calls, ans.Path)
		}
		// Who leaves while being answered says nothing about the endpoint.
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		dead = true
		for range 5 {
			a.Answer(ctx, question())
			synctest.Wait() // for the call that nobody waited for
		}
		dead = false
		if ans := ask(1); ans.FellBack != nil {
			t.Errorf("fell back %v", ans.FellBack)
		}
	})
}

// Personal data stays here, and what needs no endpoint is not sent to one.
func TestWhatEndpointsSee(t *testing.T) {
	t.Parallel()
	var seen []string
	h := Hybrid{
		Vectors: seeing{&seen},
		Reranker: rerank(func(_ context.Context, q string, texts []string) ([]float64, error) {
			seen = append(seen, q)
			return make([]float64, len(texts)), nil
		}),
	}
	a, err := NewAnswerer(Config{Library: rainLibrary(t), Hybrid: h})
	if err != nil {
		t.Fatal(err)
	}
	a.Answer(t.Context(), Question{Text: "我叫张三丰，电话１３８ ０００１ ２３４５，雨衣补助多少"})
	if len(seen) != 2 {
		t.Fatalf("endpoints were asked %d times", len(seen))
	}
	for _, q := range seen {
		if strings.Contains(q, "张三丰") || strings.Contains(q, "2345") || !strings.Contains(q, "雨衣补助多少") {
			t.Errorf("an endpoint sees %q", q)
		}
	}
	seen = nil
	for _, q := range []string{"你好", "", "啊啊啊啊啊啊", "xyzzy", strings.Repeat("雨", MaxQuestion+1)} {
		a.Answer(t.Context(), Question{Text: q})
	}
	a.AnswerUnit(t.Context(), "rain#coat", Question{Text: "雨衣补助多少"})
	if len(seen) != 0 {
		t.Errorf("endpoints see %q", seen)
	}
}

type seeing struct{ seen *[]string }

func (s seeing) Nearest(_ context.Context, q string, _ int, _ func(string) bool) ([]string, error) {
	*s.seen = append(*s.seen, q)
	return []string{"rain#coat"}, nil
}

// The passages hold every unit, whole and under its titles.
func TestPassages(t *testing.T) {
	t.Parallel()
	lib := rainLibrary(t)
	bodies := make(map[string]string)
	for i := range lib.Passages() {
		unit, text := lib.Passage(i)
		u, ok := lib.Unit(unit)
		if !ok || !strings.Contains(text, u.Title) || !strings.Contains(text, "（示例）") {
			t.Errorf("passage %d of %s: %q", i, unit, text)
		}
		bodies[unit] += text[strings.LastIndex(text, "\n")+1:]
	}
	if len(bodies) != lib.Len() || lib.Passages() <= lib.Len() {
		t.Errorf("%d passages of %d units", lib.Passages(), len(bodies))
	}
	for id, body := range bodies {
		if u, _ := lib.Unit(id); u.Body != body {
			t.Errorf("%s: %q, want %q", id, body, u.Body)
		}
	}
}
