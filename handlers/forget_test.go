package handlers_test

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	_ "modernc.org/sqlite" // the driver

	"liaison/handlers"
	"liaison/store"
	"liaison/ticket"
)

// The marks of a person: nobody else in the test has these.
var marks = []string{
	"777000111",            // the number of the account and its chat
	"红枫五金厂", "13900001111", // company and contact
	"诉求字样", "补充字样", "评语字样", // cases
	"并案字样",         // a case that was merged into somebody else's
	"问句字样", "赞同字样", // questions
	"草稿字样",          // a form that was not sent
	"搁置字样",          // a message that could not be handled
	"照片字样", "姓张的老板", // files; what staff wrote of the person
	"内部字样", "协办字样",
	"稿件字样", "改字字样", // what a colleague has not sent, and what may be edited
}

// remembered plays all the ways in which the bot comes to hold something about owner,
// and returns the numbers of the cases.
func remembered(t *testing.T, p *player) (own, merged, other string) {
	t.Helper()
	p.users["owner"] = "777000111"
	p.play("boss: /staff {code supervisor  督办}\na: /staff {code agent town-zhouxiang 甲}\n")
	case1 := func(who, text, company, contact string) string {
		said := p.play(who + ": /complain 周巷镇" + text + "\n" + who + "! 下一步\n" + who + company + "\n" + who + "! 是，周巷镇\n" + who + contact + "\n" + who + "! 提交\n")
		_, after, found := strings.Cut(said, "已受理，编号 ")
		if !found {
			t.Fatalf("no case was made of %s:\n%s", text, said)
		}
		return strings.Fields(after)[0]
	}
	other = case1("neighbour", "的路灯坏了别人写的", "! 跳过", "! 不提供")
	own = case1("owner", "的水管漏了诉求字样", ": 红枫五金厂", ": 13900001111")
	if said := p.play("owner: " + own + "\nowner! 补充说明\nowner+ 照片字样.png: 补充字样说明\n"); !strings.Contains(said, "补充字样") {
		t.Fatalf("nothing was added:\n%s", said)
	}
	var a string
	p.update(func(ctx context.Context, tx handlers.Tx) error {
		agents, err := tx.Members(ctx, ticket.RoleAgent, "town-zhouxiang")
		if err != nil {
			return err
		}
		a = agents[0].Person
		for _, s := range []ticket.Step{
			{Action: ticket.Accept}, {Action: ticket.Involve, Station: "finance-centre", Text: "协办字样"},
			{Action: ticket.Comment, Text: "内部字样"}, {Action: ticket.Reply, Text: "已联系姓张的老板"},
		} {
			if _, err := p.desk.Act(ctx, tx, a, own, s); err != nil {
				return err
			}
		}
		return nil
	})
	p.play("~ 2s\na: " + own + "\na! 回复\na: 姓张的老板，正在抢修\n")
	p.play("a: " + own + "\na! 办结答复\na: 修好了，姓张的老板请确认\nowner! 解决了\nowner! 2★\nowner: 评语字样\n")
	merged = case1("owner", "的路灯坏了并案字样", ": 红枫五金厂", ": 13900001111")
	p.update(func(ctx context.Context, tx handlers.Tx) error {
		_, err := p.desk.Act(ctx, tx, a, merged, ticket.Step{Action: ticket.Merge, Case: other})
		return err
	})
	p.play("~ 2s\nowner: " + merged + "\nowner! 补充说明\nowner: 并案字样的补充\n")
	p.play("owner: 企业养火星猫的问句字样要找谁办证？\nowner: 养老保险怎么缴赞同字样？\nowner: /complain 草稿字样\n")
	p.update(func(ctx context.Context, tx handlers.Tx) error {
		me, err := tx.Known(ctx, handlers.Telegram, "777000111")
		if err != nil {
			return err
		}
		if err := tx.AddGap(ctx, handlers.Missed{Question: "问句字样怎么办", Reason: handlers.Refused, Person: me.ID, At: p.clock()}); err != nil {
			return err
		}
		return tx.Helped(ctx, "unit", me.ID, "赞同字样", p.clock())
	})
	p.update(func(ctx context.Context, tx handlers.Tx) error {
		state := fmt.Sprintf(`{"outgoing":{"id":9,"case":%q,"text":"稿件字样","version":1},"said":[{"id":"z","text":"改字字样","for":"case:%s"}]}`, own, own)
		return tx.SaveConversation(ctx, "telegram:-1001:"+p.users["a"], []byte(state), p.clock())
	})
	p.stopped(func() { p.park("搁置字样") })
	return own, merged, other
}

// stopped does something while the program is not running.
func (p *player) stopped(do func()) {
	p.t.Helper()
	p.stop()
	do()
	p.start()
}

// park puts a message of owner aside that could not be handled.
func (p *player) park(text string) {
	p.t.Helper()
	db := p.database()
	defer db.Close()
	body := fmt.Sprintf(`{"key":"x1","from":{"channel":"telegram","chat":"777000111"},"user":"777000111","text":%q,"sent_at":"2026-11-23T10:00:00Z"}`, text)
	if _, err := db.Exec(`INSERT INTO inbox (id, channel, key, lane, body, state, attempts, not_before, cause, at) VALUES (99999, 'telegram', 'x1', 'telegram:777000111', ?, 'parked', 6, 0, '', ?)`,
		body, p.clock().UnixMilli()); err != nil {
		p.t.Fatal(err)
	}
}

func (p *player) database() *sql.DB {
	p.t.Helper()
	db, err := sql.Open("sqlite", filepath.Join(p.dir, "liaison.db"))
	if err != nil {
		p.t.Fatal(err)
	}
	return db
}

// dump is every value of every table, a line each, the names of all files, and their content.
func (p *player) dump() string {
	p.t.Helper()
	db := p.database()
	defer db.Close()
	var out strings.Builder
	tables, err := db.Query(`SELECT name FROM sqlite_master WHERE type = 'table'`)
	if err != nil {
		p.t.Fatal(err)
	}
	var names []string
	for tables.Next() {
		var name string
		if err := tables.Scan(&name); err != nil {
			p.t.Fatal(err)
		}
		names = append(names, name)
	}
	for _, name := range names {
		rows, err := db.Query(`SELECT * FROM ` + name)
		if err != nil {
			p.t.Fatal(err)
		}
		columns, err := rows.Columns()
		if err != nil {
			p.t.Fatal(err)
		}
		for rows.Next() {
			values, into := make([]any, len(columns)), make([]any, len(columns))
			for i := range values {
				into[i] = &values[i]
			}
			if err := rows.Scan(into...); err != nil {
				p.t.Fatal(err)
			}
			for i, v := range values {
				if b, ok := v.([]byte); ok {
					v = string(b)
				}
				fmt.Fprintf(&out, "%s.%s: %v\n", name, columns[i], v)
			}
		}
		if err := rows.Err(); err != nil {
			p.t.Fatal(err)
		}
	}
	err = fs.WalkDir(os.DirFS(filepath.Join(p.dir, "files")), ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(filepath.Join(p.dir, "files", path))
		fmt.Fprintf(&out, "files.%s: %s\n", path, b)
		return err
	})
	if err != nil {
		p.t.Fatal(err)
	}
	return out.String()
}

// where lists the columns in which the dump has the word.
func where(dump, word string) (at []string) {
	for line := range strings.Lines(dump) {
		if strings.Contains(line, word) {
			column, _, _ := strings.Cut(line, ":")
			if !slices.Contains(at, column) {
				at = append(at, column)
			}
		}
	}
	return at
}

func (p *player) audited() store.Audit {
	p.t.Helper()
	a, err := p.store.Audit(p.t.Context())
	if err != nil {
		p.t.Fatal(err)
	}
	if a.Broken != nil {
		p.t.Fatalf("the history is broken: %+v", a.Broken)
	}
	return a
}

// After /forget no table, no file and no byte of the database has anything of the
// person, while the history still stands and others lose nothing of theirs.
func TestForgetLeavesNothing(t *testing.T) {
	t.Parallel()
	p := newPlayer(t)
	own, merged, other := remembered(t, p)
	before := p.dump()
	for _, mark := range marks {
		if at := where(before, mark); len(at) == 0 {
			t.Errorf("%s is nowhere to begin with", mark)
		} else {
			t.Logf("%s stands in %v", mark, at)
		}
	}
	lines := p.audited()
	if said := p.play("owner: /forget\nowner! 继续\nowner: 清除\n"); !strings.Contains(said, "已清除") {
		t.Fatalf("it was not done:\n%s", said)
	}
	p.mu.Lock()
	p.now = time.Now().Add(8 * 24 * time.Hour)
	p.mu.Unlock()
	blobs, err := store.OpenBlobs(filepath.Join(p.dir, "files"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.store.Sweep(t.Context(), blobs, 2*365*24*time.Hour); err != nil {
		t.Fatal(err)
	}
	after := p.dump()
	for _, mark := range marks {
		if at := where(after, mark); len(at) > 0 {
			t.Errorf("%s still stands in %v", mark, at)
		}
	}
	if whole := p.audited(); whole.Lines != lines.Lines+3 {
		t.Errorf("the ledger has %d lines, had %d", whole.Lines, lines.Lines)
	}
	if seal, err := p.store.SealOf(t.Context(), lines.Lines); err != nil || seal != lines.Seal {
		t.Errorf("what was noted of the ledger before no longer holds: %s, %v", seal, err)
	}
	if at := where(after, "别人写的"); !slices.Contains(at, "ticket.text") || !slices.Contains(at, "ticket_event.text") {
		t.Errorf("the neighbour's words stand only in %v", at)
	}
	p.update(func(ctx context.Context, tx handlers.Tx) error {
		for _, id := range []string{own, merged} {
			c, err := tx.Ticket(ctx, id)
			if err != nil {
				return err
			}
			if !c.Erased() || c.Station == "" || c.CreatedAt.IsZero() || c.Kind != ticket.Complaint {
				t.Errorf("%s is left as %+v", id, c)
			}
		}
		c, err := tx.Ticket(ctx, other)
		if c.Erased() || !c.Open() {
			t.Errorf("the neighbour's case: %+v", c)
		}
		return err
	})
	// The case that it was merged into goes on, and its requester is told.
	if said := p.play("a: " + other + "\na! 回复\na: 路灯换好了\n"); !strings.Contains(said, "-> neighbour\n") || strings.Contains(said, "-> owner") {
		t.Errorf("the neighbour is answered:\n%s", said)
	}
	p.stopped(func() {
		db := p.database()
		defer db.Close()
		if _, err := db.Exec(`PRAGMA wal_checkpoint(TRUNCATE)`); err != nil {
			t.Fatal(err)
		}
		raw, err := os.ReadFile(filepath.Join(p.dir, "liaison.db"))
		if err != nil {
			t.Fatal(err)
		}
		for _, mark := range marks {
			if bytes.Contains(raw, []byte(mark)) {
				t.Errorf("%s is still among the bytes of the database", mark)
			}
		}
	})
	// Who comes back is a stranger.
	if said := p.play("owner: /tickets\n"); !strings.Contains(said, "还没有提交过诉求") {
		t.Errorf("back again:\n%s", said)
	}
	if said := p.play("owner: " + own + "\n"); !strings.Contains(said, "没有找到") {
		t.Errorf("back again:\n%s", said)
	}
}

// The file has all that the person may have, and nothing of others: every mark but those
// that staff wrote among themselves. Every name in it is explained.
func TestMyData(t *testing.T) {
	t.Parallel()
	p := newPlayer(t)
	own, merged, _ := remembered(t, p)
	p.play("owner: /mydata\n")
	posts := p.chats["777000111"]
	r := posts[len(posts)-1].reply
	if len(r.Files) != 1 || !r.Passing {
		t.Fatalf("no file: %+v", r)
	}
	b, err := os.ReadFile(filepath.Join(p.dir, "files", r.Files[0].Hash[:2], r.Files[0].Hash))
	if err != nil {
		t.Fatal(err)
	}
	file := string(b)
	for _, mark := range marks {
		internal := slices.Contains([]string{"内部字样", "协办字样", "稿件字样", "改字字样"}, mark)
		if strings.Contains(file, mark) == internal {
			t.Errorf("%s: in the file %v", mark, !internal)
		}
	}
	for _, want := range []string{own, merged} {
		if !strings.Contains(file, want) {
			t.Errorf("the file does not have %s", want)
		}
	}
	for _, never := range []string{"别人写的", "甲"} {
		if strings.Contains(file, never) {
			t.Errorf("the file has %s", never)
		}
	}
	var all map[string]any
	if err := json.Unmarshal(b, &all); err != nil {
		t.Fatal(err)
	}
	fields := all["fields"].(map[string]any)
	delete(all, "fields")
	var walk func(any)
	walk = func(v any) {
		switch v := v.(type) {
		case map[string]any:
			for name, inner := range v {
				if fields[name] == nil {
					t.Errorf("%s is not explained", name)
				}
				walk(inner)
			}
		case []any:
			for _, inner := range v {
				walk(inner)
			}
		}
	}
	walk(all)
	// Nothing of the delivery is kept, and the file is swept after a week.
	if at := where(p.dump(), r.Files[0].Hash); len(at) != 1 || !strings.HasPrefix(at[0], "files.") {
		t.Errorf("the file is noted in %v", at)
	}
}
