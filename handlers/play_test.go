package handlers_test

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"liaison/e2e/script"
	"liaison/handlers"
	"liaison/knowledge"
	"liaison/knowledge/library"
	"liaison/relay"
	"liaison/store"
	"liaison/store/storetest"
	"liaison/ticket"
	"liaison/ticket/learn"
	"liaison/ticket/route"
	"liaison/ticket/workday"
)

var (
	update = flag.Bool("update", false, "write what the bot says into the conversations")
	state  = flag.String("state", "", "folder for what the conversations leave in the database")
)

// TestConversations plays each conversation through the real desk, relay, store
// and library, and compares every word that the bot says.
func TestConversations(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/chat/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no conversations: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			t.Parallel()
			b, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			s, err := script.Parse(file, string(b))
			if err != nil {
				t.Fatal(err)
			}
			p := newPlayer(t)
			for i, line := range s.Lines {
				got := p.do(line)
				want := line.Want
				s.Lines[i].Want = got
				if *update {
					continue
				}
				if g, w := saidText(got), saidText(want); g != w {
					t.Errorf("%s:%d: %s\ngot:\n%swant:\n%s", file, line.No, line, g, w)
				}
			}
			if *state != "" {
				p.keep(filepath.Join(*state, strings.TrimSuffix(filepath.Base(file), ".txt")+".jsonl"))
			}
			if *update {
				if err := os.WriteFile(file, []byte(s.String()), 0o600); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

func saidText(all []script.Said) string {
	var b strings.Builder
	for _, s := range all {
		b.WriteString(s.String())
	}
	return b.String()
}

// keep writes what the conversation has left in the database, for tests that bring
// an old schema up to date.
func (p *player) keep(file string) {
	p.t.Helper()
	f, err := os.Create(file)
	if err != nil {
		p.t.Fatal(err)
	}
	storetest.WriteRows(p.t, f, filepath.Join(p.dir, "liaison.db"))
	if err := f.Close(); err != nil {
		p.t.Fatal(err)
	}
}

// The groups of the test's stations.
var groups = map[string]string{"zhouxiang": "-1001", "finance": "-1002"}

// player is the program with a channel that keeps what it is given and a clock
// that moves when the script says so.
type player struct {
	t      *testing.T
	dir    string
	mu     sync.Mutex
	now    time.Time
	jobs   []ticket.Job
	users  map[string]string // by actor
	wrote  map[string]string // ids of people's messages, by chat and text
	chats  map[string][]*post
	fresh  []*post         // since the last line
	topics map[int]string  // names of those that were made, by number
	deaf   map[string]bool // chats that take nothing
	serial int
	broken bool // every message fails
	// keeping is read-locked while a transaction commits and its jobs come into jobs.
	keeping sync.RWMutex
	yaml    []func([]byte) []byte // what is configured otherwise than in newDesk

	store *store.Store
	desk  *handlers.Desk
	relay *relay.Relay
	stop  func()
}

// post is a message of the bot in a chat.
type post struct {
	chat    string
	id      string
	reply   handlers.Reply
	edited  bool
	topic   string // its name, "" for none
	ordinal int
}

func newPlayer(t *testing.T) *player {
	p := &player{
		t: t, dir: t.TempDir(), now: time.Date(2026, 11, 23, 10, 0, 0, 0, ticket.CST),
		users: make(map[string]string), wrote: make(map[string]string), chats: make(map[string][]*post), deaf: make(map[string]bool),
		topics: make(map[int]string),
	}
	p.start()
	t.Cleanup(func() { p.stop() })
	return p
}

// start puts the program together as cmd does.
func (p *player) start() {
	p.t.Helper()
	must := func(err error) {
		p.t.Helper()
		if err != nil {
			p.t.Fatal(err)
		}
	}
	log := slog.New(slog.NewTextHandler(p.t.Output(), &slog.HandlerOptions{Level: slog.LevelWarn}))
	var err error
	p.store, err = store.Open(p.t.Context(), store.Config{Dir: storetest.Made(p.t, p.dir), Logger: log, Now: p.clock})
	must(err)
	blobs, err := store.OpenBlobs(filepath.Join(p.dir, "files"))
	must(err)
	st := &capturing{Store: p.store, p: p}
	p.desk = newDesk(p.t, st, p.clock, p.yaml...)
	p.desk.Files = blobs
	p.relay = relay.New(relay.Config{Store: st, Blobs: blobs, Desk: failing{p.desk, p}, Logger: log, Now: p.clock})
	p.relay.Add(&channel{p})
	ctx, cancel := context.WithCancel(p.t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		p.relay.Run(ctx)
	}()
	p.stop = func() {
		cancel()
		<-done
		must(p.store.Close())
	}
}

// newDesk is a desk with the bundled library, the example's stations, two of which
// have a group, and the changes to their YAML.
func newDesk(tb testing.TB, st interface {
	handlers.Store
	learn.Store
}, now func() time.Time, changes ...func(yaml []byte) []byte) *handlers.Desk {
	tb.Helper()
	must := func(err error) {
		tb.Helper()
		if err != nil {
			tb.Fatal(err)
		}
	}
	docs, err := knowledge.LoadFS(library.FS())
	must(err)
	lib, err := knowledge.NewLibrary(docs)
	must(err)
	answerer, err := knowledge.NewAnswerer(knowledge.Config{Library: lib, Now: now})
	must(err)
	calendar, err := workday.New(workday.Options{})
	must(err)
	yaml := route.Example()
	yaml = bytes.Replace(yaml, []byte("  - id: town-zhouxiang\n"), []byte("  - id: town-zhouxiang\n    telegram_chat_id: -1001\n"), 1)
	yaml = bytes.Replace(yaml, []byte("  - id: finance-centre\n"), []byte("  - id: finance-centre\n    telegram_chat_id: -1002\n"), 1)
	for _, change := range changes {
		yaml = change(yaml)
	}
	directory, err := route.Parse("stations.yaml", yaml)
	must(err)
	stations := func() *route.Directory { return directory }
	learner := learn.New(learn.Config{Store: st, Directory: stations})
	must(learner.Refresh(context.Background()))
	return handlers.New(handlers.Config{
		Store: st, Answerer: answerer, Directory: stations, Advise: learner.Advise,
		Clock: calendar, Console: "http://localhost:8080/staff/", Logger: slog.New(slog.DiscardHandler), Now: now,
	})
}

func (p *player) clock() time.Time {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.now
}

// do does what a line says and returns what the bot said to it.
func (p *player) do(l script.Line) []script.Said {
	p.t.Helper()
	p.mu.Lock()
	p.now = p.now.Add(time.Second)
	p.mu.Unlock()
	switch l.Op {
	case script.Event:
		p.event(l.Text)
	default:
		p.send(l)
	}
	began := p.clock()
	p.settle()
	p.mu.Lock()
	if p.broken { // how long all attempts took differs from run to run
		p.now = began
	}
	p.mu.Unlock()
	return p.said(l)
}

func (p *player) event(what string) {
	p.t.Helper()
	if what == "restart" {
		p.stop()
		p.start()
		return
	}
	if what == "a bank joins" {
		p.configure(func(yaml []byte) []byte {
			return append(yaml, "\n  - {id: bank, name: 示例银行（示例）, name_en: Example Bank (example), kind: partner, kinds: [financing, inquiry]}\n"...)
		})
		return
	}
	if what == script.Map {
		p.configure(script.WithMap)
		return
	}
	switch what {
	case "messages fail":
		p.mu.Lock()
		p.broken = true
		p.mu.Unlock()
		return
	case "messages are handled again":
		p.mu.Lock()
		p.broken = false
		p.mu.Unlock()
		return
	case "supervisors are reminded":
		if err := p.desk.RemindParked(p.t.Context()); err != nil {
			p.t.Fatal(err)
		}
		return
	}
	if group, ok := strings.CutSuffix(what, " has a topic for each case"); ok {
		chat := []byte("    telegram_chat_id: " + p.chatOf(group) + "\n")
		p.configure(func(yaml []byte) []byte {
			return bytes.Replace(yaml, chat, append(chat[:len(chat):len(chat)], "    telegram_topic_per_case: true\n"...), 1)
		})
		return
	}
	for said, e := range map[string]handlers.Event{" removes the bot": handlers.EventBlocked, " lets the bot in": handlers.EventBack} {
		if who, ok := strings.CutSuffix(what, said); ok {
			chat := p.chatOf(who)
			p.mu.Lock()
			p.deaf[chat] = e == handlers.EventBlocked
			p.mu.Unlock()
			p.serial++
			p.receive(handlers.Message{
				Key: strconv.Itoa(p.serial), From: handlers.Address{Channel: handlers.Telegram, Chat: chat},
				User: chat, Group: strings.HasPrefix(who, "@"), Event: e, SentAt: p.clock(),
			})
			return
		}
	}
	if who, ok := strings.CutSuffix(what, " takes nothing"); ok {
		p.mu.Lock()
		p.deaf[p.chatOf(who)] = true
		p.mu.Unlock()
		return
	}
	if who, ok := strings.CutSuffix(what, " takes messages again"); ok {
		p.mu.Lock()
		delete(p.deaf, p.chatOf(who))
		p.mu.Unlock()
		return
	}
	if who, ok := strings.CutSuffix(what, "'s appointment ends"); ok {
		p.appoint(who, p.clock())
		return
	}
	if who, station, ok := strings.Cut(what, " is dismissed from "); ok {
		person, boss := p.personOf(who), p.someBoss()
		p.update(func(ctx context.Context, tx handlers.Tx) error {
			_, err := p.desk.Dismiss(ctx, tx, boss, person, station)
			return err
		})
		return
	}
	if who, day, ok := strings.Cut(what, " is appointed until "); ok {
		last, err := time.ParseInLocation(time.DateOnly, day, ticket.CST)
		if err != nil {
			p.t.Fatal(err)
		}
		p.appoint(who, last.AddDate(0, 0, 1))
		return
	}
	d, err := time.ParseDuration(what)
	if err != nil {
		p.t.Fatalf("event %q: %v", what, err)
	}
	p.mu.Lock()
	p.now = p.now.Add(d)
	p.mu.Unlock()
	if err := p.store.Cleanup(p.t.Context(), p.clock()); err != nil { // as every hour
		p.t.Fatal(err)
	}
}

// configure starts the program anew with other stations.
func (p *player) configure(change func([]byte) []byte) {
	p.t.Helper()
	p.yaml = append(p.yaml, change)
	p.stop()
	p.start()
}

// appoint sets, as a supervisor, when the actor's appointment as an observer ends.
func (p *player) appoint(who string, until time.Time) {
	p.t.Helper()
	obs, boss := p.personOf(who), p.someBoss()
	p.update(func(ctx context.Context, tx handlers.Tx) error { return p.desk.Appoint(ctx, tx, boss, obs, until) })
}

// someBoss makes a supervisor who is in no chat.
func (p *player) someBoss() (person string) {
	p.t.Helper()
	p.update(func(ctx context.Context, tx handlers.Tx) error {
		boss, err := tx.AddPerson(ctx, handlers.Person{Label: "督办（示例）"})
		if err != nil {
			return err
		}
		person = boss.ID
		return tx.AddMembership(ctx, handlers.Membership{Person: boss.ID, Role: ticket.RoleSupervisor})
	})
	return person
}

// chatOf is the chat of an actor, or of a group by @ and its name.
func (p *player) chatOf(who string) string {
	if group, ok := strings.CutPrefix(who, "@"); ok {
		return groups[group]
	}
	return p.users[who]
}

// send makes a message of the line and hands it in.
func (p *player) send(l script.Line) {
	p.t.Helper()
	user, ok := p.users[l.Actor]
	if !ok {
		user = strconv.Itoa(100 + len(p.users))
		p.users[l.Actor] = user
	}
	chat := user
	if l.Chat != "" {
		chat = groups[l.Chat]
	}
	p.serial++
	m := handlers.Message{
		Key: strconv.Itoa(p.serial), ID: "u" + strconv.Itoa(p.serial), From: handlers.Address{Channel: handlers.Telegram, Chat: chat},
		User: user, Lang: "zh-hans", Group: l.Chat != "", SentAt: p.clock(),
	}
	if strings.HasPrefix(l.Actor, "en-") {
		m.Lang = "en"
	}
	switch l.Op {
	case script.Press:
		post, data := p.button(chat, l.Text)
		m.Button, m.Press, m.ReplyTo = data, "press-"+m.Key, post.id
	case script.Answer:
		posts := inPlace(p.chats[chat])
		i := lastIndex(posts, func(o *post) bool { return strings.Contains(o.reply.String(), "CX-") })
		if i < 0 {
			p.t.Fatalf("line %d: there is nothing to answer", l.No)
		}
		m.ReplyTo = posts[i].id
		m.Text = l.Text
	case script.Attach:
		p.attach(m, strings.Split(l.File, ","), l.Captions())
		return
	case script.Share:
		at := handlers.Location{}
		var err error
		if at.Latitude, at.Longitude, err = l.Point(); err != nil {
			p.t.Fatalf("line %d: %v", l.No, err)
		}
		m.At = &at
		if posts := p.chats[chat]; len(posts) > 0 && posts[len(posts)-1].reply.Prompt { // the app answers it
			m.ReplyTo = posts[len(posts)-1].id
		}
	default:
		m.Text = script.WithCodes(l.Text, p.code)
		if l.Op == script.Edit {
			before, after := l.Edited()
			if m.ID, ok = p.wrote[chat+before]; !ok {
				p.t.Fatalf("line %d: nobody wrote %q", l.No, before)
			}
			m.Text, m.Edited = after, true
			p.wrote[chat+after] = m.ID
		}
		if name, rest, _ := strings.Cut(m.Text, " "); strings.HasPrefix(name, "/") {
			m.Command, m.Text = name[1:], rest
		}
	}
	p.receive(m)
}

func (p *player) receive(m handlers.Message) {
	p.t.Helper()
	p.wrote[m.From.Chat+m.Text] = m.ID
	if _, err := p.relay.Receive(p.t.Context(), m, p.clock()); err != nil {
		p.t.Fatal(err)
	}
}

// attach sends files: one as a message, several as an album, each in a message
// of its own as Telegram does.
func (p *player) attach(m handlers.Message, names, captions []string) {
	p.t.Helper()
	if len(names) > 1 {
		m.Album = m.Key
	}
	for i, name := range names {
		m.Text, m.Files = captions[i], []handlers.Upload{{Source: name, Name: name}}
		p.receive(m)
		p.serial++
		m.Key, m.ID = strconv.Itoa(p.serial), "u"+strconv.Itoa(p.serial)
	}
}

// code makes an invitation as a supervisor would, or as "login" the code with which
// the actor named by the label opens the console.
func (p *player) code(role, station, label string) (code string) {
	p.t.Helper()
	owner := ""
	if role == "login" {
		owner = p.personOf(label)
	}
	err := p.store.Update(p.t.Context(), func(tx handlers.Tx) (err error) {
		if owner != "" {
			code, err = p.desk.LoginCode(p.t.Context(), tx, owner)
			return err
		}
		code, err = p.desk.Invite(p.t.Context(), tx, "", handlers.Code{Role: ticket.Role(role), Station: station, Label: label})
		return err
	})
	if err != nil {
		p.t.Fatal(err)
	}
	return code
}

// inPlace returns the messages as they stand in the chat: an edited one where it was
// first sent.
func inPlace(posts []*post) []*post {
	now := make(map[string]*post)
	for _, o := range posts {
		now[o.id] = o
	}
	var out []*post
	for _, o := range posts {
		if !o.edited {
			out = append(out, now[o.id])
		}
	}
	return out
}

// button finds the latest button with the text in the chat, or else the latest that
// an edit has taken away.
func (p *player) button(chat, text string) (*post, string) {
	p.t.Helper()
	posts := slices.Concat(p.chats[chat], inPlace(p.chats[chat]))
	for i := len(posts) - 1; i >= 0; i-- {
		for _, row := range posts[i].reply.Buttons {
			for _, b := range row {
				if b.Text == text {
					return posts[i], b.Data
				}
			}
		}
	}
	p.t.Fatalf("no button %q in chat %s", text, chat)
	return nil, ""
}

func lastIndex(posts []*post, ok func(*post) bool) int {
	for i := len(posts) - 1; i >= 0; i-- {
		if ok(posts[i]) {
			return i
		}
	}
	return -1
}

// settle waits until nothing is left to handle, to deliver or to run.
func (p *player) settle() {
	p.t.Helper()
	ctx := p.t.Context()
	late := time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC)
	for deadline := time.Now().Add(20 * time.Second); ; {
		p.keeping.Lock() // what is committed has its jobs in p.jobs
		in, err := p.store.PendingLanes(ctx, late)
		out, err2 := p.store.OutboundLanes(ctx, late)
		p.keeping.Unlock()
		if err := cmp.Or(err, err2); err != nil {
			p.t.Fatal(err)
		}
		if len(in)+len(out) == 0 {
			j, ok := p.dueJob()
			if !ok {
				if running, err := p.desk.Spread(ctx); err != nil {
					p.t.Fatal(err)
				} else if running {
					continue
				}
				return
			}
			if err := p.captured(func(tx handlers.Tx) error { return p.desk.Run(ctx, tx, j) }, p.store.Update); err != nil {
				p.t.Fatalf("job %+v: %v", j, err)
			}
			continue
		}
		if time.Now().After(deadline) {
			p.t.Fatalf("still to do: in %v, out %v", in, out)
		}
		time.Sleep(time.Millisecond)
		p.mu.Lock()
		if p.broken { // what failed is tried again after a while
			p.now = p.now.Add(10 * time.Second)
		}
		p.mu.Unlock()
		p.relay.Wake()
	}
}

// failing is a desk that can do nothing while the player is broken.
type failing struct {
	*handlers.Desk
	p *player
}

func (d failing) Prepare(ctx context.Context, m handlers.Message) (handlers.Prepared, error) {
	d.p.mu.Lock()
	broken := d.p.broken
	d.p.mu.Unlock()
	if broken {
		return handlers.Prepared{}, errors.New("begin: the database is away")
	}
	return d.Desk.Prepare(ctx, m)
}

// dueJob takes the job that is due first.
func (p *player) dueJob() (ticket.Job, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	slices.SortStableFunc(p.jobs, func(a, b ticket.Job) int { return a.At.Compare(b.At) })
	if len(p.jobs) == 0 || p.jobs[0].At.After(p.now) {
		return ticket.Job{}, false
	}
	j := p.jobs[0]
	p.jobs = p.jobs[1:]
	return j, true
}

// captured runs fn in a transaction whose jobs the player keeps, because they
// run by the player's clock.
func (p *player) captured(fn func(handlers.Tx) error, run func(context.Context, func(handlers.Tx) error) error) error {
	p.keeping.RLock()
	defer p.keeping.RUnlock()
	var jobs []ticket.Job
	err := run(p.t.Context(), func(tx handlers.Tx) error {
		jobs = nil
		return fn(capturingTx{tx, &jobs})
	})
	if err == nil {
		p.mu.Lock()
		p.jobs = append(p.jobs, jobs...)
		p.mu.Unlock()
	}
	return err
}

// said returns what the bot said since it was last asked, first to who spoke: what a
// test does between two lines belongs to the second.
func (p *player) said(l script.Line) []script.Said {
	p.mu.Lock()
	defer p.mu.Unlock()
	defer func() { p.fresh = nil }()
	names := make(map[string]string)
	for name, user := range p.users {
		names[user] = name
	}
	for name, chat := range groups {
		names[chat] = "@" + name
	}
	first := l.Actor
	if l.Chat != "" {
		first = "@" + l.Chat
	}
	slices.SortStableFunc(p.fresh, func(a, b *post) int {
		na, nb := names[a.chat], names[b.chat]
		switch {
		case na == nb:
			return cmp.Compare(a.ordinal, b.ordinal)
		case na == first:
			return -1
		case nb == first:
			return 1
		}
		return cmp.Compare(na, nb)
	})
	var out []script.Said
	for _, o := range p.fresh {
		out = append(out, script.Said{To: names[o.chat], Lines: show(o)})
	}
	return out
}

var secret = regexp.MustCompile(`[2-9A-Z]{4}-[2-9A-Z]{4}-[2-9A-Z]{4}`)

// show writes a post as the scripts do.
func show(o *post) []string {
	var out []string
	if text := o.reply.String(); text != "" {
		out = strings.Split(secret.ReplaceAllString(text, "(code)"), "\n")
	}
	for _, row := range o.reply.Buttons {
		var b []string
		for _, button := range row {
			b = append(b, "["+button.Text+"]")
		}
		out = append(out, strings.Join(b, " "))
	}
	if n := len(o.reply.Files); n > 0 {
		out = append(out, fmt.Sprintf("(files: %d)", n))
	}
	if o.reply.Toast != "" {
		out = append(out, "(toast) "+o.reply.Toast)
	}
	if o.edited {
		out = append(out, "(replaces)")
	}
	if o.topic != "" {
		out = append(out, "(topic) "+o.topic)
	}
	return out
}

// channel keeps what it is given.
type channel struct{ p *player }

var _ relay.Topical = (*channel)(nil)

func (c *channel) Name() handlers.Channel { return handlers.Telegram }

func (c *channel) Deliver(_ context.Context, out relay.Outbound) (relay.Receipt, error) {
	p := c.p
	p.mu.Lock()
	defer p.mu.Unlock()
	if out.Reply.Empty() && out.Reply.Toast == "" {
		return relay.Receipt{}, nil // a press acknowledged without a word
	}
	if p.deaf[out.To.Chat] && !out.Reply.Empty() {
		return relay.Receipt{}, &relay.Unreachable{Why: p.why(out.To.Chat), Err: errors.New("403")}
	}
	p.serial++
	o := &post{chat: out.To.Chat, id: "m" + strconv.Itoa(p.serial), reply: out.Reply, ordinal: p.serial}
	if out.Edit != "" {
		o.id, o.edited = out.Edit, true
	}
	o.topic = p.topics[out.To.Thread]
	p.chats[o.chat] = append(p.chats[o.chat], o)
	p.fresh = append(p.fresh, o)
	for _, row := range out.Reply.Buttons {
		for _, b := range row {
			if b.Text == "" || len(b.Data) > handlers.MaxData {
				return relay.Receipt{}, relay.Permanent(fmt.Errorf("button %q with data %q", b.Text, b.Data))
			}
		}
	}
	if out.Reply.Empty() {
		return relay.Receipt{}, nil
	}
	return relay.Receipt{MessageID: o.id}, nil
}

// OpenTopic implements relay.Topical.
func (c *channel) OpenTopic(_ context.Context, to handlers.Address, name string) (int, error) {
	p := c.p
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.deaf[to.Chat] {
		return 0, &relay.Unreachable{Why: p.why(to.Chat), Err: errors.New("403")}
	}
	p.topics[len(p.topics)+1] = name
	return len(p.topics), nil
}

// SetTopic implements relay.Topical.
func (c *channel) SetTopic(_ context.Context, to handlers.Address, _, want relay.Topic) error {
	p := c.p
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.deaf[to.Chat] {
		return &relay.Unreachable{Why: p.why(to.Chat), Err: errors.New("403")}
	}
	p.topics[to.Thread] = want.Name
	return nil
}

// why says why a chat takes nothing: a person has blocked the bot, a group has
// removed it.
func (p *player) why(chat string) handlers.Why {
	if strings.HasPrefix(chat, "-") {
		return handlers.WhyRemoved
	}
	return handlers.WhyBlocked
}

// Fetch yields the content that a file's name asks for.
func (c *channel) Fetch(_ context.Context, up handlers.Upload) (io.ReadCloser, error) {
	switch filepath.Ext(up.Source) {
	case ".png":
		return io.NopCloser(strings.NewReader("\x89PNG\r\n\x1a\n" + up.Source)), nil
	case ".ogg":
		return io.NopCloser(strings.NewReader("OggS\x00" + up.Source)), nil
	case ".exe":
		return io.NopCloser(strings.NewReader("MZ\x90\x00" + up.Source)), nil
	case ".gone":
		return nil, relay.Permanent(fmt.Errorf("file is gone"))
	default:
		return io.NopCloser(strings.NewReader("%PDF-1.7 " + up.Source)), nil
	}
}

// capturing is the real store whose jobs go to the player.
type capturing struct {
	*store.Store
	p *player
}

func (c *capturing) Update(_ context.Context, fn func(handlers.Tx) error) error {
	return c.p.captured(fn, c.Store.Update)
}

func (c *capturing) Handle(_ context.Context, in relay.Inbound, fn func(handlers.Tx) error) error {
	return c.p.captured(fn, func(ctx context.Context, fn func(handlers.Tx) error) error {
		return c.Store.Handle(ctx, in, fn)
	})
}

type capturingTx struct {
	handlers.Tx
	jobs *[]ticket.Job
}

func (t capturingTx) Enqueue(_ context.Context, j ticket.Job) error {
	*t.jobs = append(*t.jobs, j)
	return nil
}
