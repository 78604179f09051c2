package shelf_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"liaison/knowledge/shelf"
)

// snapshot is everything that people and answers see of the library; who did the
// last thing to a document and when is not part of it.
func (r *rig) snapshot() string {
	r.t.Helper()
	items, err := r.List(r.t.Context(), shelf.Filter{Old: true})
	if err != nil {
		r.t.Fatal(err)
	}
	var b strings.Builder
	fmt.Fprintln(&b, r.library())
	for _, i := range items {
		if i.Fault != "" {
			r.t.Fatalf("%s: %s", i.ID, i.Fault)
		}
		fmt.Fprintln(&b, i.ID, i.Version, i.State, i.Title, i.SupersededOn, i.File, i.Import, i.Entry.SourceHash, i.Entry.Starts)
	}
	return b.String()
}

// Whatever was done before: an import can be taken back exactly, importing twice
// is importing once unless a file was refused, no two documents share an ID, and who follows the changes
// has what is there.
func TestAnyCourse(t *testing.T) {
	t.Parallel()
	for seed := range uint64(6) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			anyCourse(t, rand.New(rand.NewPCG(seed, 1)))
		})
	}
}

func anyCourse(t *testing.T, rnd *rand.Rand) {
	r := setup(t)
	ctx := t.Context()
	names := []string{"a.md", "b/a.md", "c/雨伞.txt", "a-v1.md"}
	write := func() {
		from := ""
		if rnd.IntN(2) == 0 {
			from = fmt.Sprintf("2026年%d月%d日", 1+rnd.IntN(6), 1+rnd.IntN(28))
		}
		name := names[rnd.IntN(len(names))]
		text := policy(fmt.Sprintf("办法%d（示例）", rnd.IntN(2)), fmt.Sprint(rnd.IntN(6)), from)
		if rnd.IntN(6) == 0 { // such as an export that was edited
			name = "given.md"
			text = fmt.Sprintf("---\nid: a\ntitle: 甲%d（示例）\nstatus: in_force\nissued: 2024-01-01\n---\n\n## 一 {#a}\n\n示例条文%d。\n", rnd.IntN(2), rnd.IntN(3))
		}
		r.write(name, text)
	}
	ids := func() (out []string) {
		items, err := r.List(ctx, shelf.Filter{Old: true})
		if err != nil {
			t.Fatal(err)
		}
		seen := make(map[string]bool)
		for _, i := range items {
			if seen[i.ID] {
				t.Errorf("two versions are called %s", i.ID)
			}
			seen[i.ID] = true
			out = append(out, i.ID)
		}
		return out
	}
	var rev int64
	have := make(map[string]bool)
	for n := range 25 {
		r.days(rnd.IntN(20))
		if all := ids(); rnd.IntN(3) == 0 && len(all) > 0 {
			// A refusal is as good as a deed here: it must only leave no trace.
			id := all[rnd.IntN(len(all))]
			before := r.snapshot()
			var err error
			switch rnd.IntN(5) {
			case 0:
				_, err = r.Publish(ctx, id, "乙")
			case 1:
				_, err = r.Withdraw(ctx, id, "乙")
			case 2:
				_, err = r.Repeal(ctx, id, "乙")
			case 3:
				err = r.Remove(ctx, id, "乙")
			case 4:
				_, err = r.Set(ctx, id, "乙", []shelf.Field{{Key: "number", Value: fmt.Sprint(n)}})
			}
			if err != nil && r.snapshot() != before {
				t.Errorf("step %d: a refusal changed the library: %v", n, err)
			}
		} else {
			write()
			o := shelf.Options{Draft: rnd.IntN(3) == 0}
			before := r.snapshot()
			done := r.importing(o, r.dir)
			after := r.snapshot()
			if done.Written {
				if _, err := r.Undo(ctx, done.ID, "丙"); err != nil {
					t.Fatalf("step %d: %v", n, err)
				}
				r.is(fmt.Sprintf("step %d taken back", n), r.snapshot(), before)
				done = r.importing(o, r.dir)
				r.is(fmt.Sprintf("step %d done again", n), strings.ReplaceAll(r.snapshot(), fmt.Sprint(" ", done.ID, " "), fmt.Sprint(" ", done.ID-1, " ")), after)
			}
			if twice := r.importing(o, r.dir); done.Failed() == 0 && twice.Written {
				t.Errorf("step %d: importing twice wrote %s", n, r.kinds(twice))
			}
		}
		changed, removed, now, err := r.Changes(ctx, rev)
		if err != nil {
			t.Fatal(err)
		}
		for _, id := range removed {
			delete(have, id)
		}
		for _, d := range changed {
			have[d.ID] = true
		}
		rev = now
		docs, _, err := r.Load(ctx)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range docs {
			if !have[d.ID] {
				t.Errorf("step %d: %s was not told of", n, d.ID)
			}
		}
		if len(docs) != len(have) {
			t.Errorf("step %d: %d documents are known, %d are there", n, len(have), len(docs))
		}
	}
}
