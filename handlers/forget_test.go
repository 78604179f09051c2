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
	"liaison/knowledge"
	"liaison/store"
	"liaison/store/storetest"
	"liaison/ticket"
	"liaison/ticket/visit"
)

// The marks of a person: nobody else in the test has these.
var marks = []string{
	"777000111",            // the number of the account and its chat
	"红枫五金厂", "13900001111", // company and contact
	"诉求字样", "补充字样", "评语字样", // cases
	"并案字样",         // a case that was merged into somebody else's
	"附言字样",         // what was added there, which stands in the other case's history
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
	p.play("~ 2s\nowner: " + merged + "\nowner! 补充说明\nowner: 附言字样\n")
	p.update(func(ctx context.Context, tx handlers.Tx) error {
		neighbour, err := tx.Ticket(ctx, other)
		if err != nil {
			return err
		}
		for _, s := range []struct {
			by   string
			step ticket.Step
		}{
			{neighbour.Requester, ticket.Step{Action: ticket.Note, Text: "又补充了，别人写的"}}, {a, ticket.Step{Action: ticket.Reply, Text: "换灯进展"}},
			{a, ticket.Step{Action: ticket.Ask, Text: "问别人写的那盏灯"}}, {a, ticket.Step{Action: ticket.Comment, Text: "内部说别人写的"}},
		} {
			if _, err := p.desk.Act(ctx, tx, s.by, other, s.step); err != nil {
				return err
			}
		}
		return nil
	})
	p.play("~ 2s\n")
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
	p.stopped(func() { p.park("搁置字样"); p.fill(own) })
	return own, merged, other
}

// fill writes, into the tables that the conversations do not reach, what would be there of
// owner by other ways: in the web chat, with Redis, as a former observer, by what staff made.
func (p *player) fill(own string) {
	p.t.Helper()
	db := p.database()
	defer db.Close()
	var me string
	if err := db.QueryRow(`SELECT person FROM account WHERE usr = '777000111'`).Scan(&me); err != nil {
		p.t.Fatal(err)
	}
	at := p.clock().UnixMilli()
	doc := knowledge.RenderDocument(knowledge.QA{
		ID: "qa-1", Question: "问句字样怎么办", Answer: "答复", On: knowledge.Date{Year: 2026, Month: 11, Day: 23},
	}.Document())
	for _, row := range []struct {
		query string
		args  []any
	}{
		{`INSERT INTO account (channel, usr, person, chat, blocked, used_at) VALUES ('web', 'w777000111', $1, 'w777000111', FALSE, 1)`, []any{me}},
		{`INSERT INTO line (id, rev, chat, side, body, at) VALUES (990, 990, 'w777000111', 'visitor', '{"text":[{"text":"网页字样"}]}', $1)`, []any{at}},
		{`INSERT INTO line_key (chat, key, line) VALUES ('w777000111', 'in:k', 990)`, nil},
		{`INSERT INTO handled (channel, key, at) VALUES ('web', 'w777000111:k', $1)`, []any{at}},
		{`INSERT INTO session (hash, person, expires_at) VALUES ('h', $1, $2)`, []any{me, at}},
		{`INSERT INTO code (hash, purpose, role, station, label, person, expires_at, until) VALUES ('h', 'login', '', '', '', $1, $2, 0)`, []any{me, at}},
		{`INSERT INTO absence (person, since, until, deputy) VALUES ($1, 1, 2, '')`, []any{me}},
		{`INSERT INTO duty (station, day, person) VALUES ('town-zhouxiang', '1', $1)`, []any{me}},
		{`INSERT INTO replying (person, ticket, at) VALUES ($1, $2, 1)`, []any{me, own}},
		{`INSERT INTO unheard (ticket, why, since) VALUES ($1, 'blocked', 1)`, []any{own}},
		{`INSERT INTO unreached (channel, chat, thread, why, since, last_at) VALUES ('telegram', '777000111', 0, 'blocked', 1, 1)`, nil},
		{`INSERT INTO topic (channel, chat, key, thread, name, closed) VALUES ('telegram', '-1001', $1, 5, '话题字样', FALSE)`, []any{own}},
		{`INSERT INTO chat_move (channel, chat, to_channel, to_chat) VALUES ('telegram', '777000111', 'telegram', '777000111')`, nil},
		{`INSERT INTO visit (id, state, observer, visitor, written_by, station, companies, visited_on, town, met, files, fingerprint, created_at, filed_at)
			VALUES ('v1', 'filed', $1, '走访字样', $1, 'town-zhouxiang', '["丙厂"]', 1, '', '', 'null', 'f', 1, 1)`, []any{me}},
		{`INSERT INTO visit_correction (visit, n, at, person, field, was, became) VALUES ('v1', 1, 1, $1, 'met', '', '乙')`, []any{me}},
		{`INSERT INTO visit (id, state, observer, visitor, written_by, station, companies, visited_on, town, met, files, fingerprint, created_at, filed_at)
			VALUES ('v2', 'draft', $1, '', $1, '', '[]', 0, '', '', 'null', 'g', 1, 0)`, []any{me}},
		{`INSERT INTO visit_opinion (visit, n, text, outcome, ticket, files) VALUES ('v2', 1, '意见字样', '', '', 'null')`, nil},
		{`INSERT INTO routing_model (number, target, at, digest, cases, held, right_now, right_before, used, model)
			VALUES (99, 'topic', $1, 'd', 1, 1, 1, 1, FALSE, $2)`, []any{at, []byte("模型字样")}},
		{`INSERT INTO staff_override (id, kind, question, unit, words, why, actor, at, undone_by, undone_at)
			VALUES (99, 'pin', '问句字样怎么办？', 'd#u', '[]', '', '', 1, 'x', 1)`, nil},
		{`INSERT INTO document (id, version, rev, state, title, file, starts, source, file_hash, read_hash, source_hash, text_hash, import, action, actor, at)
			VALUES ('qa-1', 1, 1, 'draft', '问句字样怎么办', 'qa-1.md', '', $1, '', '', '', '', 1, 'import', '', 1)`, []any{doc}},
		{`INSERT INTO document_import (id, rev, actor, at, counts, outcomes, undone_by, undone_at)
			VALUES (1, 1, '', 1, '{}', '[{"file":"qa-1.md","outcome":"added","id":"qa-1","title":"问句字样怎么办"}]', '', 0)`, nil},
	} {
		if _, err := db.Exec(row.query, row.args...); err != nil {
			p.t.Fatalf("%s: %v", row.query, err)
		}
	}
}

// withoutPeople are the tables with texts that neither conversations nor fill reach, each
// with the reason for which nothing of a requester stands there.
var withoutPeople = map[string]string{
	"announcement": "what a supervisor writes to everybody",
	"asked_day":    "counts by day and outcome",
	"counter":      "numbers by name",
	"ledger":       "salted seals",
	"quick_reply":  "what staff write for no case in particular, with placeholders",
	"routing_pin":  "the number of a version",
	"vector":       "numbers by the hash of a text of the library",
}

// tables are ours that have a column with texts or bytes.
func (p *player) tables() (names []string) {
	p.t.Helper()
	db := p.database()
	defer db.Close()
	query := `SELECT DISTINCT m.name FROM sqlite_master m JOIN pragma_table_info(m.name) c WHERE m.type = 'table' AND upper(c.type) IN ('TEXT', 'BYTEA', 'BLOB')`
	if p.dsn != "" {
		query = `SELECT DISTINCT table_name FROM information_schema.columns WHERE table_schema = current_schema() AND data_type IN ('text', 'bytea')`
	}
	for _, name := range p.columnOf(db, query) {
		if !strings.HasPrefix(name, "river_") && !strings.HasPrefix(name, "goose_") && !strings.HasPrefix(name, "sqlite_") {
			names = append(names, name)
		}
	}
	return names
}

func (p *player) columnOf(db *sql.DB, query string) (out []string) {
	p.t.Helper()
	rows, err := db.Query(query)
	if err != nil {
		p.t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var v string
		if err := rows.Scan(&v); err != nil {
			p.t.Fatal(err)
		}
		out = append(out, v)
	}
	return out
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
	if _, err := db.Exec(`INSERT INTO inbox (id, channel, key, lane, body, state, attempts, not_before, cause, at) VALUES (99999, 'telegram', 'x1', 'telegram:777000111', $1, 'parked', 6, 0, '', $2)`,
		body, p.clock().UnixMilli()); err != nil {
		p.t.Fatal(err)
	}
}

func (p *player) database() *sql.DB {
	p.t.Helper()
	driver, source := "sqlite", filepath.Join(p.dir, "liaison.db")
	if p.dsn != "" {
		driver, source = "pgx", p.dsn
	}
	db, err := sql.Open(driver, source)
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
	query := `SELECT name FROM sqlite_master WHERE type = 'table'`
	if p.dsn != "" {
		query = `SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema()`
	}
	for _, name := range p.columnOf(db, query) {
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
	err := fs.WalkDir(os.DirFS(filepath.Join(p.dir, "files")), ".", func(path string, d fs.DirEntry, err error) error {
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
	t.Run("SQLite", func(t *testing.T) { t.Parallel(); forgetLeavesNothing(t, newPlayer(t)) })
	dsn := os.Getenv("LIAISON_TEST_POSTGRES")
	switch {
	case dsn != "":
		t.Run("PostgreSQL", func(t *testing.T) { t.Parallel(); forgetLeavesNothing(t, newPlayerOn(t, storetest.Schema(t, dsn))) })
	case os.Getenv("LIAISON_TEST_REQUIRE") != "":
		t.Error("LIAISON_TEST_POSTGRES is not set")
	}
}

func forgetLeavesNothing(t *testing.T, p *player) {
	own, merged, other := remembered(t, p)
	before := p.dump()
	for _, table := range p.tables() {
		if filled := strings.Contains(before, "\n"+table+".") || strings.HasPrefix(before, table+"."); !filled && withoutPeople[table] == "" {
			t.Errorf("nothing is in %s to begin with, and no reason is given for which nothing of a person can be there", table)
		}
	}
	var me handlers.Person
	p.update(func(ctx context.Context, tx handlers.Tx) (err error) {
		me, err = tx.Known(ctx, handlers.Telegram, "777000111")
		return err
	})
	marks := append(slices.Clone(marks), me.ID, "网页字样", "话题字样", "走访字样", "意见字样", "模型字样")
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
		if p.dsn != "" {
			return // its old row versions go with the vacuum
		}
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

// Once a merged case goes on by itself, what happens in the other one is no longer for its
// requester, and before the merge it was not either; visits are there with what became of them.
func TestMyDataOfVisitsAndAfterAMerge(t *testing.T) {
	t.Parallel()
	p := newPlayer(t)
	_, merged, other := remembered(t, p)
	var me handlers.Person
	p.update(func(ctx context.Context, tx handlers.Tx) (err error) {
		if me, err = tx.Known(ctx, handlers.Telegram, "777000111"); err != nil {
			return err
		}
		agents, err := tx.Members(ctx, ticket.RoleAgent, "town-zhouxiang")
		if err != nil {
			return err
		}
		a := agents[0].Person
		boss, err := tx.Members(ctx, ticket.RoleSupervisor, "")
		if err != nil {
			return err
		}
		if _, err := p.desk.Act(ctx, tx, boss[0].Person, merged, ticket.Step{Action: ticket.Unmerge, Text: "不是一件事"}); err != nil {
			return err
		}
		p.mu.Lock()
		p.now = p.now.Add(time.Second)
		p.mu.Unlock()
		if _, err := p.desk.Act(ctx, tx, a, other, ticket.Step{Action: ticket.Reply, Text: "分开以后的话"}); err != nil {
			return err
		}
		day := p.clock().Truncate(24 * time.Hour)
		for _, state := range []visit.State{visit.Filed, visit.Removed} {
			v, err := tx.AddVisit(ctx, visit.Visit{State: state, Observer: me.ID, By: me.ID, Visitor: "走访人字样", Station: "town-zhouxiang", Town: "zhouxiang",
				Companies: []string{string(state) + "厂"}, Day: day, FiledAt: day})
			if err != nil {
				return err
			}
			if err := tx.AddCorrection(ctx, v.ID, visit.Correction{At: day, By: a, Field: visit.FieldMet, Was: "旧接待", Became: "新接待"}); err != nil {
				return err
			}
		}
		return nil
	})
	p.play("owner: /mydata\n")
	var r handlers.Reply
	for _, post := range p.chats["777000111"] {
		if post.reply.Passing {
			r = post.reply
		}
	}
	if len(r.Files) != 1 {
		t.Fatalf("no file: %+v", r)
	}
	b, err := os.ReadFile(filepath.Join(p.dir, "files", r.Files[0].Hash[:2], r.Files[0].Hash))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"附言字样", "换灯进展", "filed厂", "removed厂", "走访人字样", "周巷镇", "旧接待", "新接待"} {
		if !bytes.Contains(b, []byte(want)) {
			t.Errorf("the file does not have %s", want)
		}
	}
	if bytes.Contains(b, []byte("分开以后的话")) || bytes.Contains(b, []byte("别人写的")) {
		t.Error("the file has what was not for the person")
	}
}

// The file has all that the person may have, and nothing of others: every mark but those
// that staff wrote among themselves. Every name in it is explained.
func TestMyData(t *testing.T) {
	t.Parallel()
	p := newPlayer(t)
	own, merged, other := remembered(t, p)
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
	// The station's words in the case that goes on are those that the person was told, too.
	if n := strings.Count(file, `"words": "换灯进展"`); n != 1 {
		t.Errorf("what the station said since the merge stands %d times among the steps", n)
	}
	for _, want := range []string{own, merged, `"words": "附言字样"`, `"in_case": "` + other} {
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
