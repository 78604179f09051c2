package shelf_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"liaison/knowledge"
	"liaison/knowledge/shelf"
	"liaison/store"
	"liaison/store/storetest"
)

// rig is a shelf over a real database, with a clock that is moved on by hand.
type rig struct {
	*shelf.Shelf
	t     *testing.T
	dir   string
	store *store.Store

	mu  sync.Mutex
	now time.Time
}

func setup(t *testing.T) *rig {
	t.Helper()
	r := &rig{t: t, dir: t.TempDir(), now: time.Date(2026, 3, 1, 9, 0, 0, 0, time.FixedZone("CST", 8*3600))}
	log := slog.New(slog.NewTextHandler(t.Output(), nil))
	st, err := store.Open(t.Context(), store.Config{Dir: storetest.Made(t, t.TempDir()), Logger: log})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := st.Close(); err != nil {
			t.Error(err)
		}
	})
	r.store = st
	r.Shelf = shelf.New(shelf.Config{Store: st, Logger: log, Now: r.clock})
	return r
}

func (r *rig) clock() time.Time {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.now
}

func (r *rig) days(n int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.now = r.now.AddDate(0, 0, n)
}

// policy is a text of our own about umbrellas, with the amount and, unless it is
// empty, the day from which it counts.
func policy(title, amount, from string) string {
	if from != "" {
		from = "本办法自" + from + "起施行。"
	}
	return "# " + title + "\n\n## 第一条\n\n示例市每家企业每年可以领取补贴" + amount + "元，用于购买雨伞。\n\n## 第二条\n\n申请人向示例市雨伞局提交申请表和营业执照复印件。" + from + "\n"
}

func (r *rig) write(name, text string) string {
	r.t.Helper()
	path := filepath.Join(r.dir, name)
	if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, []byte(text), 0o600)); err != nil {
		r.t.Fatal(err)
	}
	return path
}

func (r *rig) importing(o shelf.Options, paths ...string) shelf.Report {
	r.t.Helper()
	files, err := shelf.Files(paths)
	if err != nil {
		r.t.Fatal(err)
	}
	return r.importFiles(o, files...)
}

func (r *rig) importFiles(o shelf.Options, files ...shelf.File) shelf.Report {
	r.t.Helper()
	if o.By == "" {
		o.By = "甲（示例）"
	}
	report, err := r.Import(r.t.Context(), files, o)
	if err != nil {
		r.t.Fatal(err)
	}
	return report
}

// kinds writes the outcomes as "file kind id/version".
func (r *rig) kinds(report shelf.Report) string {
	var out []string
	for _, o := range report.Outcomes {
		name := o.File
		if rel, err := filepath.Rel(r.dir, o.File); err == nil && filepath.IsAbs(o.File) {
			name = filepath.ToSlash(rel)
		}
		out = append(out, fmt.Sprintf("%s %s %s/%d", name, o.Kind, o.ID, o.Version))
	}
	return strings.Join(out, "; ")
}

// library is what would be answered from today: "id status from–to".
func (r *rig) library() string {
	r.t.Helper()
	docs, _, err := r.Load(r.t.Context())
	if err != nil {
		r.t.Fatal(err)
	}
	return brief(docs)
}

func brief(docs []knowledge.Document) string {
	var out []string
	for _, d := range docs {
		s := fmt.Sprintf("%s %s %s–%s", d.ID, d.Status, d.EffectiveFrom, d.EffectiveTo)
		if d.SupersededBy != "" {
			s += " by " + d.SupersededBy
		}
		out = append(out, s)
	}
	return strings.Join(out, "; ")
}

func (r *rig) is(what, got, want string) {
	r.t.Helper()
	if got != want {
		r.t.Errorf("%s:\n got %s\nwant %s", what, got, want)
	}
}

func (r *rig) code(err error, want string) {
	r.t.Helper()
	var no *shelf.Refusal
	if !errors.As(err, &no) || no.Code != want || no.Msg == "" {
		r.t.Errorf("got %v, want a refusal of %q", err, want)
	}
}

func TestImportTwiceChangesNothing(t *testing.T) {
	t.Parallel()
	r := setup(t)
	r.write("a.md", policy("雨伞补贴办法（示例）", "37", "2024年9月1日"))
	r.write("b/a.md", policy("雨衣补贴办法（示例）", "12", ""))
	r.write("b/c/copy.txt", policy("雨伞补贴办法（示例）", "37", "2024年9月1日"))
	r.write("b/😀 通知（全角）.txt", policy("通知（示例）", "５", ""))
	first := r.importing(shelf.Options{}, r.dir)
	r.is("first", r.kinds(first), "a.md added a/1; b/a.md added a-2/1; b/c/copy.txt duplicate a/0; b/😀 通知（全角）.txt added "+first.Outcomes[3].ID+"/1")
	if !strings.Contains(first.Outcomes[2].Reason, filepath.Join(r.dir, "a.md")) {
		t.Errorf("the reason does not name the other file: %s", first.Outcomes[2])
	}
	before, err := r.Revision(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	second := r.importing(shelf.Options{}, r.dir)
	r.is("second", r.kinds(second), "a.md unchanged a/1; b/a.md unchanged a-2/1; b/c/copy.txt duplicate a/0; b/😀 通知（全角）.txt unchanged "+first.Outcomes[3].ID+"/1")
	if after, _ := r.Revision(t.Context()); second.Written || second.ID != 0 || after != before {
		t.Errorf("importing again wrote revision %d after %d", after, before)
	}
	// The same words in another layout are no change of the document.
	r.write("a.md", strings.ReplaceAll(policy("雨伞补贴办法（示例）", "37", "2024年9月1日"), "\n\n", "\n\n\n"))
	r.is("other layout", r.kinds(r.importing(shelf.Options{}, filepath.Join(r.dir, "a.md"))), "a.md unchanged a/1")
}

func TestChangedFileIsANewVersion(t *testing.T) {
	t.Parallel()
	r := setup(t)
	file := r.write("umbrella.md", policy("雨伞补贴办法（示例）", "37", "2024年9月1日"))
	r.importing(shelf.Options{}, file)
	r.is("at first", r.library(), "umbrella in_force 2024-09-01–")

	r.write("umbrella.md", policy("雨伞补贴办法（示例）", "45", "2026年3月10日"))
	report := r.importing(shelf.Options{}, file)
	r.is("changed", r.kinds(report), "umbrella.md new_version umbrella/2")
	r.is("announced", r.library(), "umbrella-v1 in_force 2024-09-01–2026-03-09 by umbrella; umbrella in_force 2026-03-10–")
	r.days(9)
	r.is("from its day on", r.library(), "umbrella-v1 superseded 2024-09-01–2026-03-09 by umbrella; umbrella in_force 2026-03-10–")

	// A correction of the same day leaves no version behind that ever counted.
	r.write("umbrella.md", policy("雨伞补贴办法（示例）", "46", "2026年3月10日"))
	r.importing(shelf.Options{}, file)
	r.is("corrected", r.library(), "umbrella-v1 superseded 2024-09-01–2026-03-09 by umbrella; umbrella in_force 2026-03-10–")
	d, err := r.Show(t.Context(), "umbrella")
	if err != nil {
		t.Fatal(err)
	}
	if len(d.Versions) != 3 || d.Version != 3 || len(d.History) != 3 || d.Versions[1].State != shelf.Superseded {
		t.Errorf("%d versions, %d lines of history, version %d", len(d.Versions), len(d.History), d.Version)
	}
	for _, u := range d.Versions[2].Doc.Units {
		if !strings.HasPrefix(u.ID, "umbrella-v1#") {
			t.Errorf("unit %s in the old version", u.ID)
		}
	}

	// Without a day of its own a text counts from the day of its import.
	r.days(10)
	r.write("umbrella.md", policy("雨伞补贴办法（示例）", "50", ""))
	r.importing(shelf.Options{}, file)
	if got := r.library(); !strings.Contains(got, "umbrella-v3 superseded 2026-03-10–2026-03-19 by umbrella; umbrella in_force –") {
		t.Errorf("got %s", got)
	}
	// The file goes back to what it was: that is a version too.
	r.write("umbrella.md", policy("雨伞补贴办法（示例）", "37", "2024年9月1日"))
	r.is("back", r.kinds(r.importing(shelf.Options{}, file)), "umbrella.md new_version umbrella/5")
}

func TestUndo(t *testing.T) {
	t.Parallel()
	r := setup(t)
	ctx := t.Context()
	bundled := mustParse(t, "umbrella.md", "---\nid: umbrella\ntitle: 自带（示例）\nstatus: in_force\nissued: 2020-01-01\n---\n\n## 自带 {#one}\n\n自带的条文，内容是示例。\n")
	if err := r.SyncBundled(ctx, []knowledge.Document{bundled}); err != nil {
		t.Fatal(err)
	}
	atFirst := r.library()
	file := r.write("umbrella.md", policy("雨伞补贴办法（示例）", "37", "2024年9月1日"))
	other := r.write("other.md", policy("雨衣补贴办法（示例）", "12", "2024年9月1日"))
	one := r.importing(shelf.Options{}, file)
	if !strings.Contains(one.Outcomes[0].Reason, "hides the bundled") {
		t.Errorf("not told that a bundled document is hidden: %s", one.Outcomes[0])
	}
	r.is("hidden", r.library(), "umbrella in_force 2024-09-01–")
	afterOne := r.library()
	if _, err := r.Set(ctx, "umbrella", "乙（示例）", []shelf.Field{{Key: "number", Value: "示〔2024〕1号"}}); err != nil {
		t.Fatal(err)
	}
	r.write("umbrella.md", policy("雨伞补贴办法（示例）", "45", "2026年2月1日"))
	two := r.importing(shelf.Options{}, file, other)
	r.is("two", r.library(), "other in_force 2024-09-01–; umbrella-v1 superseded 2024-09-01–2026-01-31 by umbrella; umbrella in_force 2026-02-01–")

	_, err := r.Undo(ctx, one.ID, "丙（示例）")
	r.code(err, shelf.CodeBuiltOn)
	if err == nil || !strings.Contains(err.Error(), "umbrella by import 2") {
		t.Errorf("the reason does not name what was built: %v", err)
	}
	for _, id := range []int64{two.ID, one.ID} {
		rec, err := r.Undo(ctx, 0, "丙（示例）")
		if err != nil || rec.ID != id {
			t.Fatalf("took back import %d with %v, want %d", rec.ID, err, id)
		}
		if id == two.ID {
			r.is("two taken back", r.library(), afterOne)
			d, err := r.Show(ctx, "umbrella")
			if err != nil || d.Doc.Number != "示〔2024〕1号" || !strings.Contains(d.Doc.Units[0].Body, "37") {
				t.Errorf("what stands again is not what stood before: %v %+v", err, d.Doc)
			}
		}
	}
	r.is("all taken back", r.library(), atFirst)
	_, err = r.Undo(ctx, two.ID, "x")
	r.code(err, shelf.CodeUndone)
	_, err = r.Undo(ctx, 0, "x")
	r.code(err, shelf.CodeNotFound)
	_, err = r.Undo(ctx, 99, "x")
	r.code(err, shelf.CodeNotFound)

	list, err := r.Imports(ctx, 10)
	if err != nil || len(list) != 2 || list[0].UndoneBy != "丙（示例）" || list[0].By != "甲（示例）" || list[0].Counts[shelf.Added] != 1 {
		t.Errorf("%v %+v", err, list)
	}
	r.is("imported once more", r.kinds(r.importing(shelf.Options{}, file, other)), "other.md added other/1; umbrella.md added umbrella/1")
}

func mustParse(t *testing.T, name, text string) knowledge.Document {
	t.Helper()
	d, err := knowledge.ParseDocument(name, []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestDraftAndReview(t *testing.T) {
	t.Parallel()
	r := setup(t)
	ctx := t.Context()
	file := r.write("umbrella.md", policy("雨伞补贴办法（示例）", "37", "2024年9月1日"))
	r.importing(shelf.Options{}, file)
	r.write("umbrella.md", policy("雨伞补贴办法（示例）", "45", "2026年2月1日"))
	draft := r.importing(shelf.Options{Draft: true}, file)
	r.is("a draft of a new version", r.kinds(draft), "umbrella.md draft umbrella/2")
	r.is("is not answered from", r.library(), "umbrella in_force 2024-09-01–")
	r.write("umbrella.md", policy("雨伞补贴办法（示例）", "46", "2026年2月1日"))
	r.is("replaces the draft", r.kinds(r.importing(shelf.Options{Draft: true}, file)), "umbrella.md draft umbrella/2")

	item, err := r.Publish(ctx, "umbrella-v2", "李四（示例）")
	if err != nil || item.ID != "umbrella" || item.Doc.ReviewedBy != "李四（示例）" || item.Doc.ReviewedOn.String() != "2026-03-01" {
		t.Fatalf("%v %+v", err, item)
	}
	published := r.library()
	r.is("published", published, "umbrella-v1 superseded 2024-09-01–2026-01-31 by umbrella; umbrella in_force 2026-02-01–")
	_, err = r.Publish(ctx, "umbrella", "x")
	r.code(err, shelf.CodeIllegal)
	if _, err := r.Withdraw(ctx, "umbrella", "李四（示例）"); err != nil {
		t.Fatal(err)
	}
	r.is("withdrawn", r.library(), "umbrella in_force 2024-09-01–")
	if _, err := r.Publish(ctx, "umbrella-v2", "李四（示例）"); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Repeal(ctx, "umbrella", "李四（示例）"); err != nil {
		t.Fatal(err)
	}
	r.is("repealed", r.library(), "umbrella-v1 superseded 2024-09-01–2026-01-31 by umbrella; umbrella repealed 2026-02-01–")
	_, err = r.Repeal(ctx, "umbrella", "x")
	r.code(err, shelf.CodeIllegal)
	if err := r.Remove(ctx, "umbrella-v1", "李四（示例）"); err != nil {
		t.Fatal(err)
	}
	r.is("a version removed", r.library(), "umbrella repealed 2026-02-01–")
	if err := r.Remove(ctx, "umbrella", "李四（示例）"); err != nil {
		t.Fatal(err)
	}
	r.is("removed", r.library(), "")
	for _, id := range []string{"umbrella", "umbrella-v1", "none", "", "-v1"} {
		_, err := r.Show(ctx, id)
		r.code(err, shelf.CodeNotFound)
	}
}

func TestSetClearsTheGuess(t *testing.T) {
	t.Parallel()
	r := setup(t)
	ctx := t.Context()
	file := r.write("guess.md", "---\nid: guess\ntitle: 雨伞（示例）\nstatus: in_force\nissued: 2024-01-01\nguessed: [issued, title]\n---\n\n## 雨伞 {#u}\n\n示例条文。\n")
	r.importing(shelf.Options{}, file)
	for _, c := range []struct{ key, value, want string }{
		{"title", `他说："雨伞" #1 [新]，也：可以 😀`, `他说："雨伞" #1 [新]，也：可以 😀`},
		{"issued", "2024-02-29", "2024-02-29"},
		{"issuers", "甲局，乙局, \"丙\"局", "甲局|乙局|\"丙\"局"},
		{"place", "", ""},
		{"contacts", "咨询电话 0000-0000（示例）", "咨询电话 0000-0000（示例）"},
	} {
		item, err := r.Set(ctx, "guess", "甲", []shelf.Field{{Key: c.key, Value: c.value}})
		if err != nil {
			t.Fatal(err)
		}
		d := item.Doc
		got := map[string]string{
			"title": d.Title, "issued": d.Issued.String(), "issuers": strings.Join(d.Issuers, "|"), "place": d.Place, "contacts": strings.Join(d.Contacts, "|"),
		}[c.key]
		r.is(c.key, got, c.want)
		if slices.Contains(d.Guessed, c.key) {
			t.Errorf("%s still counts as guessed", c.key)
		}
	}
	for _, f := range [][2]string{{"issued", "2024-02-30"}, {"status", "repealed"}, {"id", "x"}, {"nonsense", "x"}, {"title", ""}, {"title", "a\nid: b"}} {
		_, err := r.Set(ctx, "guess", "甲", []shelf.Field{{Key: f[0], Value: f[1]}})
		r.code(err, shelf.CodeInvalid)
	}
	_, err := r.Set(ctx, "guess", "甲", nil)
	r.code(err, shelf.CodeInvalid)
	// What was corrected survives the next import of the same file.
	r.is("again", r.kinds(r.importing(shelf.Options{}, file)), "guess.md unchanged guess/1")
}

// No value that somebody types can do more than be that value.
func FuzzSetField(f *testing.F) {
	for _, key := range []string{"title", "issued", "issuers", "attachments", "status", "😀"} {
		for _, value := range []string{"", "甲，乙", "2024-02-29", "a: b", "[x", "\"", "x\n---\nid: y", "\u202eabc", "{#slug}", "a <https://example.org>"} {
			f.Add(key, value)
		}
	}
	const text = "---\nid: a\ntitle: 甲（示例）\nstatus: in_force\nissued: 2024-01-01\n---\n\n## 一 {#a}\n\n示例条文。\n"
	f.Fuzz(func(t *testing.T, key, value string) {
		d := mustParse(t, "a.md", text)
		before := d
		if err := shelf.SetField(&d, key, value); err != nil {
			if !errors.Is(err, &shelf.Refusal{Code: shelf.CodeInvalid}) {
				t.Fatalf("%q: %q: %v", key, value, err)
			}
			return
		}
		if d.ID != before.ID || d.Status != before.Status || len(d.Units) != 1 || d.Units[0].Body != before.Units[0].Body {
			t.Errorf("%q: %q changed more: %+v", key, value, d)
		}
		if again := mustParse(t, "a.md", string(knowledge.RenderDocument(d))); string(knowledge.RenderDocument(again)) != string(knowledge.RenderDocument(d)) {
			t.Errorf("%q: %q is not read as it was written", key, value)
		}
	})
}

// A change to a document that came with the program hides it and can be removed.
func TestBundledDocumentIsChanged(t *testing.T) {
	t.Parallel()
	r := setup(t)
	ctx := t.Context()
	bundled := mustParse(t, "hours.md", "---\nid: hours\ntitle: 时间（示例）\nstatus: in_force\nissued: 2020-01-01\n---\n\n## 时间 {#one}\n\n九点开门。\n")
	sync := func(docs ...knowledge.Document) {
		t.Helper()
		if err := r.SyncBundled(ctx, docs); err != nil {
			t.Fatal(err)
		}
	}
	sync(bundled)
	rev, _ := r.Revision(ctx)
	sync(bundled)
	if again, _ := r.Revision(ctx); again != rev {
		t.Error("bringing the same documents up to date wrote something")
	}
	_, err := r.Withdraw(ctx, "hours", "x")
	r.code(err, shelf.CodeIllegal)
	r.code(r.Remove(ctx, "hours", "x"), shelf.CodeIllegal)
	if _, err := r.Repeal(ctx, "hours", "甲（示例）"); err != nil {
		t.Fatal(err)
	}
	r.is("repealed", r.library(), "hours repealed –")
	bundled.Units[0].Body = "十点开门。"
	sync(bundled)
	r.is("still, after an upgrade", r.library(), "hours repealed –")
	items, err := r.List(ctx, shelf.Filter{Old: true})
	if err != nil || len(items) != 2 || items[0].ID != "hours" || !items[1].Hidden {
		t.Errorf("%v %+v", err, items)
	}
	if err := r.Remove(ctx, "hours", "甲（示例）"); err != nil {
		t.Fatal(err)
	}
	r.is("as it came", r.library(), "hours in_force –")
	sync()
	r.is("no longer with the program", r.library(), "")
}

// The list says what documents do to each other; an export does not write it down.
func TestRelations(t *testing.T) {
	t.Parallel()
	r := setup(t)
	ctx := t.Context()
	const front = "---\nid: %s\ntitle: 雨伞补贴办法（示例）\nstatus: in_force\nissued: %s\neffective_from: %s\nplace: 示例市\n%s---\n\n## 一 {#a}\n\n每家企业每年补贴%s元。\n"
	r.importing(shelf.Options{},
		r.write("old.md", fmt.Sprintf(front, "old", "2020-01-01", "2020-01-01", "number: 示政发〔2020〕1号\n", "37")),
		r.write("new.md", fmt.Sprintf(front, "new", "2024-01-01", "2024-01-01", "repeals: [示政发〔2020〕1号]\n", "45")))
	items, err := r.List(ctx, shelf.Filter{})
	if err != nil || len(items) != 2 || items[1].ID != "old" || items[1].State != shelf.Superseded || items[1].SupersededBy != "new" {
		t.Fatalf("%v %+v", err, items)
	}
	dir := t.TempDir()
	if _, err := r.Export(ctx, dir, false); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(dir, "old.md"))
	if err != nil || strings.Contains(string(text), "superseded") {
		t.Errorf("%v in %s", err, text)
	}
	if err := r.Remove(ctx, "new", "x"); err != nil {
		t.Fatal(err)
	}
	if d, err := r.Show(ctx, "old"); err != nil || d.State != shelf.Published || d.SupersededBy != "" {
		t.Errorf("without the new one: %v %s %s", err, d.State, d.SupersededBy)
	}
}

func TestUploads(t *testing.T) {
	t.Parallel()
	r := setup(t)
	up := func(text string) string {
		return r.kinds(r.importFiles(shelf.Options{}, shelf.Bytes("通知.md", []byte(text))))
	}
	first := up(policy("雨伞补贴办法（示例）", "37", ""))
	id, _, _ := strings.Cut(strings.TrimPrefix(first, "通知.md added "), "/")
	// Many files are called that: this is no new version of the first.
	second := up("# 停水通知（示例）\n\n## 时间\n\n示例街道本周三夜间停水四个小时，请各单位提前储水。\n")
	if !strings.HasPrefix(second, "通知.md added ") || strings.Contains(second, id) {
		t.Errorf("another text of that name: %s", second)
	}
	r.is("the first one changed", up(policy("雨伞补贴办法（示例）", "45", "")), "通知.md new_version "+id+"/2")
	r.is("and again", up(policy("雨伞补贴办法（示例）", "45", "")), "通知.md unchanged "+id+"/2")
}

func TestChanges(t *testing.T) {
	t.Parallel()
	r := setup(t)
	ctx := context.Background()
	a := r.write("a.md", policy("雨伞补贴办法（示例）", "37", "2024年9月1日"))
	b := r.write("b.md", policy("雨衣补贴办法（示例）", "12", "2024年9月1日"))
	r.importing(shelf.Options{}, a, b)
	docs, rev, err := r.Load(ctx)
	if err != nil {
		t.Fatal(err)
	}
	have := make(map[string]string) // what a bot that follows the changes has
	for _, d := range docs {
		have[d.ID] = brief([]knowledge.Document{d})
	}
	follow := func(what string) {
		t.Helper()
		changed, removed, now, err := r.Changes(ctx, rev)
		if err != nil {
			t.Fatal(err)
		}
		for _, id := range removed {
			delete(have, id)
		}
		for _, d := range changed {
			have[d.ID] = brief([]knowledge.Document{d})
		}
		rev = now
		docs, whole, err := r.Load(ctx)
		if err != nil || whole != now {
			t.Fatalf("revision %d, then %d, %v", now, whole, err)
		}
		if len(docs) != len(have) {
			t.Errorf("%s: %d documents are known, %d are there", what, len(have), len(docs))
		}
		for _, d := range docs {
			r.is(what, have[d.ID], brief([]knowledge.Document{d}))
		}
	}
	follow("nothing")
	r.write("a.md", policy("雨伞补贴办法（示例）", "45", "2026年2月1日"))
	r.importing(shelf.Options{}, a)
	follow("a new version")
	if changed, _, _, _ := r.Changes(ctx, rev-1); len(changed) != 2 {
		t.Errorf("%d documents told of, want the two versions of one", len(changed))
	}
	if _, err := r.Undo(ctx, 0, "x"); err != nil {
		t.Fatal(err)
	}
	follow("taken back")
	if err := r.Remove(ctx, "b", "x"); err != nil {
		t.Fatal(err)
	}
	follow("removed")
	if _, err := r.Withdraw(ctx, "a", "x"); err != nil {
		t.Fatal(err)
	}
	follow("withdrawn")
}
