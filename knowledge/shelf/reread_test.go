package shelf_test

import (
	"errors"
	"testing"

	"liaison/knowledge"
	"liaison/knowledge/shelf"
)

// TestNewerReader imports files that have not changed with readers that have:
// what nobody touched is corrected in place, what somebody did stays.
func TestNewerReader(t *testing.T) {
	t.Parallel()
	r := setup(t)
	r.write("a.txt", policy("甲办法（示例）", "37", ""))
	r.write("b.txt", policy("乙办法（示例）", "41", ""))
	r.write("c.txt", policy("丙办法（示例）", "43", ""))
	with := func(version string, change func(*knowledge.Document)) {
		r.Shelf = shelf.New(shelf.Config{Store: r.store, Now: r.clock, Reader: shelf.Reader{
			Version: version,
			Read: func(name string, data []byte) (knowledge.Document, error) {
				d, err := knowledge.ImportDocument(name, data)
				if err == nil {
					change(&d)
				}
				return d, err
			},
		}})
	}
	with("1", func(d *knowledge.Document) { d.Place = "别处" })
	r.importing(shelf.Options{}, r.dir)
	if _, err := r.Set(t.Context(), "b", "乙（示例）", []shelf.Field{{Key: "place", Value: "示例市"}}); err != nil {
		t.Fatal(err)
	}
	with("1", func(d *knowledge.Document) { t.Errorf("%s is read again by the same reader", d.ID) })
	r.is("the same reader", r.kinds(r.importing(shelf.Options{}, r.dir)), "a.txt unchanged a/1; b.txt unchanged b/1; c.txt unchanged c/1")

	better := func(d *knowledge.Document) {
		if d.Place = "本市"; d.ID == "c" {
			d.Status = knowledge.Repealed
			d.Units = d.Units[:1]
		}
	}
	with("2", better)
	again := r.importing(shelf.Options{}, r.dir)
	r.is("a newer reader", r.kinds(again), "a.txt updated a/1; b.txt unchanged b/1; c.txt updated c/1")
	for _, o := range again.Outcomes {
		if o.Reason == "" {
			t.Errorf("no reason: %s", o)
		}
	}
	for id, want := range map[string]string{"a": "本市", "b": "示例市", "c": "本市"} {
		d, err := r.Show(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		if d.Doc.Place != want || len(d.Versions) != 1 {
			t.Errorf("%s: place %q in %d versions, want %q in one", id, d.Doc.Place, len(d.Versions), want)
		}
	}
	r.is("what counts", r.library(), "a in_force –; b in_force –; c repealed –")
	with("2", better)
	r.is("and again", r.kinds(r.importing(shelf.Options{}, r.dir)), "a.txt unchanged a/1; b.txt unchanged b/1; c.txt unchanged c/1")

	r.Shelf = shelf.New(shelf.Config{Store: r.store, Now: r.clock, Reader: shelf.Reader{Version: "4", Read: func(string, []byte) (knowledge.Document, error) {
		return knowledge.Document{}, errors.New("cannot be read any more")
	}}})
	r.is("a reader that fails", r.kinds(r.importing(shelf.Options{}, r.dir)), "a.txt unreadable /0; b.txt unreadable /0; c.txt unreadable /0")
	r.is("keeps what was there", r.library(), "a in_force –; b in_force –; c repealed –")
}
