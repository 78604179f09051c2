package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"liaison/bot/botapitest"
	"liaison/e2e/script"
	"liaison/store/storetest"
	"liaison/ticket"
	"liaison/ticket/route"
)

// The conversations are those of package handlers, played there against a fixed
// clock; here the same words go through the program and the Bot API.
const conversations = "../../handlers/testdata/chat/*.txt"

// TestTelegramConversations plays the conversations with the program as its
// own process, over the wire.
func TestTelegramConversations(t *testing.T) {
	t.Parallel()
	playAll(t, scripts(t), false, func(t *testing.T, _ script.Script) *telegram { return newTelegram(t) })
}

// TestReplicatedConversations plays them with three processes on PostgreSQL and Redis:
// who takes an update in, who handles it and who sends the reply are often different ones.
// It is every third of them without time that passes, and all with
// LIAISON_TEST_FAULTS=full: see make faults.
func TestReplicatedConversations(t *testing.T) {
	t.Parallel()
	postgres, redis := needs(t, "LIAISON_TEST_POSTGRES"), needs(t, "LIAISON_TEST_REDIS")
	turn := make(chan struct{}, 3) // each of them starts three processes
	all, full := scripts(t), os.Getenv("LIAISON_TEST_FAULTS") == "full"
	if !full {
		n := 0
		all = slices.DeleteFunc(all, func(namedScript) bool { n++; return n%3 != 1 })
		printed(t, t.Name()+": every third conversation, all are for make faults\n")
	}
	playAll(t, all, full, func(t *testing.T, s script.Script) *telegram {
		turn <- struct{}{}
		t.Cleanup(func() { <-turn })
		dsn := storetest.Schema(t, postgres)
		var time *passing
		if slices.ContainsFunc(s.Lines, func(l script.Line) bool { return passes(l) > 0 }) {
			time = newPassing(t, dsn)
		}
		w := prepareTelegram(t, time)
		w.args = []string{"--database", dsn}
		w.env = append(w.env, "DATABASE_URL="+dsn, "REDIS_URL="+redis)
		for range replicas - 1 {
			w.others = append(w.others, startQuick(t, w.dir, w.env...))
		}
		w.p = startQuick(t, w.dir, w.env...)
		return w
	})
}

// playAll plays each conversation with a bot that make has started, and prints how many
// those are, and which are left out for what. In those where time passes it must be able
// to, if timed.
func playAll(t *testing.T, all []namedScript, timed bool, make func(*testing.T, script.Script) *telegram) {
	var played atomic.Int64
	var left []string
	t.Cleanup(func() {
		text := fmt.Sprintf("%s: played %d of %d conversations\n", t.Name(), played.Load(), len(all))
		if len(left) > 0 {
			text += "left out: " + strings.Join(left, "; ") + "\n"
		}
		printed(t, text)
	})
	for _, s := range all {
		if why := beyond(s.Script, timed); why != "" {
			left = append(left, fmt.Sprintf("%s (~ %s)", s.name, why))
			continue
		}
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			w := make(t, s.Script)
			for _, line := range s.Lines {
				w.play(line)
			}
			w.noMore()
			if v := w.srv.Violations(); len(v) > 0 {
				t.Errorf("the bot did what a careful bot does not: %q", v)
			}
			if n := w.srv.UnansweredCallbacks(); n > 0 {
				t.Errorf("%d presses were never acknowledged", n)
			}
			for _, p := range append(w.others, w.p) {
				if err := p.Stop(); err != nil {
					t.Errorf("the program ended with %v", err)
				}
				if strings.Contains(p.Log(), w.srv.Token()) {
					t.Errorf("the token is in the log:\n%s", p.Log())
				}
				for line := range strings.Lines(p.Log()) {
					if strings.Contains(line, "level=ERROR") && !excused(line, w.others != nil) {
						t.Errorf("an error in the log: %s", line)
					}
				}
			}
			if !t.Failed() {
				played.Add(1)
			}
		})
	}
}

// excused tells whether an error in the log is one of those that come where three
// processes that start beside others find the database slow.
func excused(line string, several bool) bool {
	return several && slices.ContainsFunc([]string{"context deadline exceeded", "i/o timeout"}, func(part string) bool { return strings.Contains(line, part) })
}

// beyond returns the event of a script that cannot be made to happen from outside, "" if
// there is none.
func beyond(s script.Script, timed bool) string {
	i := slices.IndexFunc(s.Lines, func(l script.Line) bool {
		return l.Op == script.Event && l.Text != "restart" && l.Text != script.Map && !(timed && passes(l) > 0)
	})
	if i < 0 {
		return ""
	}
	return s.Lines[i].Text
}

// namedScript is a conversation with its file.
type namedScript struct {
	name, text string
	script.Script
}

func scripts(t *testing.T) []namedScript {
	t.Helper()
	files, err := filepath.Glob(conversations)
	if err != nil || len(files) == 0 {
		t.Fatalf("no conversations: %v", err)
	}
	var all []namedScript
	for _, file := range files {
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		s, err := script.Parse(file, string(b))
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, namedScript{strings.TrimSuffix(filepath.Base(file), ".txt"), string(b), s})
	}
	return all
}

// telegram plays scripts through the fake Bot API server.
type telegram struct {
	t      *testing.T
	srv    *botapitest.Server
	dir    string
	env    []string
	args   []string // for commands on the same data
	p      *process
	others []*process // beside it, on the same data
	users  map[string]*botapitest.User
	groups map[string]*botapitest.Group
	time   *passing
	count  map[string]int // messages that each chat should have
	heard  map[heard]bool // the bot's messages that a script has had
	seen   map[seenButton]pressable
	edited map[string]botapitest.Message // by who wrote it, and what it said first
}

// hurried is the setting for scripts, whose people write faster than Telegram lets
// the bot answer one person.
const hurried = "TELEGRAM_LIMITS=1000/1000/1000"

func newTelegram(t *testing.T) *telegram {
	t.Helper()
	w := prepareTelegram(t, nil)
	w.p = start(t, w.dir, w.env...)
	return w
}

// prepareTelegram is newTelegram without a program that runs.
func prepareTelegram(t *testing.T, passing *passing) *telegram {
	t.Helper()
	w := &telegram{
		t: t, time: passing, srv: botapitest.New(t, botapitest.WithWaitTimeout(30*time.Second), botapitest.WithClock(passing.now)), dir: t.TempDir(),
		users: make(map[string]*botapitest.User), groups: make(map[string]*botapitest.Group), count: make(map[string]int),
		seen: make(map[seenButton]pressable), heard: make(map[heard]bool), edited: make(map[string]botapitest.Message),
	}
	w.env = []string{"TELEGRAM_BOT_TOKEN=" + w.srv.Token(), "TELEGRAM_API_URL=" + w.srv.URL(), hurried,
		"LIAISON_INTAKE_BURST=1000"} // a script writes faster than people
	if passing != nil {
		w.env = append(w.env, passing.setting())
	}
	t.Cleanup(w.dump)
	owner := w.srv.User("站长")
	stations := map[string]string{"zhouxiang": "town-zhouxiang", "finance": "finance-centre"}
	for name := range stations {
		w.groups[name] = w.srv.Supergroup(name, owner)
	}
	w.writeStations(stations)
	return w
}

// dump logs what everybody sees when the test has failed.
func (w *telegram) dump() {
	if !w.t.Failed() {
		return
	}
	for to := range w.count {
		for _, m := range w.srv.BotMessages(w.room(to)) {
			w.t.Logf("%s %d: %s %q", to, m.ID, m.Body(), m.Buttons())
		}
	}
}

// writeStations configures the example's stations with their groups.
func (w *telegram) writeStations(stations map[string]string) {
	w.t.Helper()
	lines := make(map[string]string)
	for name, station := range stations {
		lines[station] = fmt.Sprintf("    telegram_chat_id: %d\n", w.groups[name].ChatID())
	}
	configure(w.t, w.dir, lines)
}

// configure writes the example's stations into the data folder, with more lines for some
// of them, by id.
func configure(t *testing.T, dir string, lines map[string]string) {
	t.Helper()
	yaml := route.Example()
	for station, more := range lines {
		id := []byte("  - id: " + station + "\n")
		yaml = bytes.Replace(yaml, id, append(id[:len(id):len(id)], more...), 1)
	}
	if err := os.WriteFile(filepath.Join(dir, "stations.yaml"), yaml, 0o600); err != nil {
		t.Fatal(err)
	}
}

// knowMap gives the towns of the stations places.
func (w *telegram) knowMap() {
	w.t.Helper()
	file := filepath.Join(w.dir, "stations.yaml")
	yaml, err := os.ReadFile(file)
	if err == nil {
		err = os.WriteFile(file, script.WithMap(yaml), 0o600)
	}
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *telegram) user(name string) *botapitest.User {
	u := w.users[name]
	if u == nil {
		lang := "zh-hans"
		if strings.HasPrefix(name, "en-") {
			lang = "en"
		}
		u = w.srv.User(name, botapitest.WithLanguage(lang))
		w.users[name] = u
		for _, g := range w.groups {
			g.Add(u)
		}
	}
	return u
}

func (w *telegram) room(name string) botapitest.Room {
	if group, ok := strings.CutPrefix(name, "@"); ok {
		return w.groups[group]
	}
	return w.user(name)
}

// play does what a line says and waits until everything that the bot should say
// to it has been said.
func (w *telegram) play(l script.Line) {
	w.t.Helper()
	if d := passes(l); d > 0 {
		w.time.pass(w.t, d)
		for _, said := range l.Want {
			w.expect(l, said, "")
		}
		return
	}
	if l.Op == script.Event {
		if l.Text == script.Map { // which a start reads, and who runs in a while
			w.knowMap()
			for i, p := range w.others {
				w.stop(l, p)
				w.others[i] = startQuick(w.t, w.dir, w.env...)
			}
		}
		w.stop(l, w.p)
		if w.others == nil {
			w.p = start(w.t, w.dir, w.env...)
		} else {
			w.p = startQuick(w.t, w.dir, w.env...)
		}
		return
	}
	u := w.user(l.Actor)
	room := w.room(l.Actor)
	if l.Chat != "" {
		room = w.groups[l.Chat]
	}
	pressed := ""
	switch l.Op {
	case script.Press:
		pressed = w.press(l, u, room)
	case script.Answer:
		u.Reply(w.latest(l, room, botapitest.Contains("CX-")), w.typed(l.Text))
	case script.Attach:
		w.attach(u, l)
	case script.Share:
		latitude, longitude, err := l.Point()
		if err != nil {
			w.t.Fatalf("line %d: %v", l.No, err)
		}
		u.SendLocation(latitude, longitude)
	case script.Edit:
		before, after := l.Edited()
		first := l.Actor + ": " + before // it keeps the name of what it said first
		if _, ok := w.edited[first]; !ok {
			own := func(m botapitest.Message) bool { return m.From.ID == u.Account().ID && m.Body() == before }
			all := w.srv.History(room)
			i := slices.IndexFunc(all, own)
			if i < 0 {
				w.t.Fatalf("line %d: nobody wrote %q", l.No, before)
			}
			w.edited[first] = all[i]
		}
		u.Edit(w.edited[first], after)
	default:
		text := w.typed(script.WithCodes(l.Text, w.code))
		if l.Chat != "" {
			u.SendIn(w.groups[l.Chat], text)
		} else {
			u.Send(text)
		}
	}
	for _, said := range l.Want {
		w.expect(l, said, pressed)
	}
	w.srv.WaitConfirmed(w.t)
	w.remember(room)
}

func (w *telegram) stop(l script.Line, p *process) {
	w.t.Helper()
	if err := p.Stop(); err != nil {
		w.t.Fatalf("line %d: the program ended with %v", l.No, err)
	}
}

// remember notes the buttons that are to be seen in a room, for those who press
// one that has been replaced meanwhile.
func (w *telegram) remember(room botapitest.Room) {
	for _, m := range w.srv.BotMessages(room) {
		if m.Keyboard == nil {
			continue
		}
		for _, row := range m.Keyboard.Rows {
			for _, b := range row {
				w.seen[seenButton{room.ChatID(), steady(b.Text)}] = pressable{m, b.Data}
			}
		}
	}
}

type seenButton struct {
	chat int64
	text string
}

type pressable struct {
	message botapitest.Message
	data    string
}

// press presses the latest button with the text; one that is no longer there is
// pressed as in an app that has not been brought up to date.
func (w *telegram) press(l script.Line, u *botapitest.User, room botapitest.Room) string {
	w.t.Helper()
	for _, m := range slices.Backward(w.srv.BotMessages(room)) {
		if i := slices.IndexFunc(m.Buttons(), func(b string) bool { return steady(b) == steady(l.Text) }); i >= 0 {
			return u.Press(m, m.Buttons()[i])
		}
	}
	old, ok := w.seen[seenButton{room.ChatID(), steady(l.Text)}]
	if !ok {
		w.t.Fatalf("line %d: %s: there never was such a button", l.No, l)
	}
	return u.PressData(old.message, old.data)
}

// code makes an invitation with the command, on the running bot's data.
func (w *telegram) code(role, station, label string) string {
	args := []string{"invite", "--data", w.dir, "--role", role, "--label", label}
	if station != "" {
		args = append(args, "--station", station)
	}
	if w.time != nil {
		return strings.TrimSpace(w.time.run(w.t, append(args, w.args...)...))
	}
	out, errs, code := liaison(w.t, append(args, w.args...)...)
	if code != 0 {
		w.t.Fatalf("invite: %s", errs)
	}
	return strings.TrimSpace(out)
}

// attach sends a file of the kind that its name asks for.
func (w *telegram) attach(u *botapitest.User, l script.Line) {
	if names := strings.Split(l.File, ","); len(names) > 1 {
		var album []botapitest.Upload
		for i, name := range names {
			album = append(album, botapitest.Upload{Name: name, Data: []byte("%PDF-1.7 " + name), Caption: l.Captions()[i]})
		}
		u.SendAlbum(album...)
		return
	}
	switch filepath.Ext(l.File) {
	case ".png":
		u.SendDocument(l.File, []byte("\x89PNG\r\n\x1a\n"+l.File), l.Text)
	case ".ogg":
		u.SendVoice(7, []byte("OggS\x00"+l.File))
	case ".exe":
		u.SendDocument(l.File, []byte("MZ\x90\x00"+l.File), l.Text)
	case ".gone":
		w.srv.Fail(botapitest.Fault{Method: "getFile", Status: 400, Description: "Bad Request: wrong file_id or the file is temporarily unavailable"})
		u.SendDocument(l.File, []byte("x"), l.Text)
	default:
		u.SendDocument(l.File, []byte("%PDF-1.7 "+l.File), l.Text)
	}
}

// latest finds the bot's latest message in the room that matches.
func (w *telegram) latest(l script.Line, room botapitest.Room, ok func(botapitest.Message) bool) botapitest.Message {
	w.t.Helper()
	all := w.srv.BotMessages(room)
	for _, m := range slices.Backward(all) {
		if ok(m) {
			return m
		}
	}
	w.t.Fatalf("line %d: %s: no such message among %d", l.No, l, len(all))
	return botapitest.Message{}
}

// Times and the day in a case's number are those of the real clock here.
var volatile = []struct {
	re *regexp.Regexp
	by string
}{
	{regexp.MustCompile(`CX-\d{8}-`), "CX-"},
	{regexp.MustCompile(`\d{4}年\d+月\d+日 \d\d:\d\d`), "(when)"},
	{regexp.MustCompile(`\d+ [A-Z][a-z]{2} \d{4}, \d\d:\d\d`), "(when)"},
	{regexp.MustCompile(`不能晚于今天（\d{4}年\d+月\d+日）`), "不能晚于今天（(day)）"},
	{regexp.MustCompile(`您已离岗，\d{4}年\d+月\d+日 回来`), "您已离岗，(day) 回来"},
	{regexp.MustCompile(`You are away and back on \d+ [A-Z][a-z]{2} \d{4}`), "You are away and back on (day)"},
	{regexp.MustCompile(`走访日期：\d{4}年\d+月\d+日`), "走访日期：(day)"},
	{regexp.MustCompile(`\d{4}年\d+月\d+日 至 \d{4}年\d+月\d+日`), "(day) 至 (day)"},
	{regexp.MustCompile(`\d\d-\d\d \d\d:\d\d`), "(when)"},
	{regexp.MustCompile(`[2-9A-Z]{4}-[2-9A-Z]{4}-[2-9A-Z]{4}`), "(code)"},
	{regexp.MustCompile(`http://(localhost|127\.0\.0\.1):\d+`), "(base)"},
}

// typed makes the days in what people write those of the time that it is: all of them in a
// conversation in which time passes, which keeps the script's distances, and otherwise
// those in the numbers of cases.
func (w *telegram) typed(s string) string {
	if w.time != nil {
		return w.time.moved(s)
	}
	return caseDay.ReplaceAllString(s, time.Now().In(ticket.CST).Format("20060102")+"-")
}

var caseDay = regexp.MustCompile(`\b20\d{6}-`)

func steady(s string) string {
	for _, v := range volatile {
		s = v.re.ReplaceAllString(s, v.by)
	}
	return strings.TrimSpace(s)
}

// expect waits for one thing that the bot should say.
func (w *telegram) expect(l script.Line, said script.Said, pressed string) {
	w.t.Helper()
	want := said.Parts()
	if want.Toast != "" {
		w.srv.Wait(w.t, fmt.Sprintf("line %d: toast %q", l.No, want.Toast), func() bool {
			return slices.ContainsFunc(w.srv.CallbackAnswers(), func(a botapitest.CallbackAnswer) bool {
				return a.QueryID == pressed && steady(a.Text) == steady(want.Toast)
			})
		})
	}
	if want.Text == "" {
		return
	}
	room := w.room(said.To)
	if !want.Replaces {
		w.count[said.To] += max(want.Files, 1) // one file carries the text
		if want.Files > 1 {
			w.count[said.To]++ // of several none does
		}
	}
	w.srv.Wait(w.t, fmt.Sprintf("line %d: %s\n%s", l.No, l, said), func() bool {
		all := w.srv.BotMessages(room)
		if want.Replaces { // an earlier one that came to say the same does not count
			for _, m := range slices.Backward(all) {
				if w.time.same(want.Text, m.Body()) {
					return w.time.says(want, m.Body(), m.Buttons())
				}
			}
			return false
		}
		for _, m := range all { // what different people set off comes in any order
			this := heard{room.ChatID(), m.ID}
			if !w.heard[this] && w.time.says(want, m.Body(), m.Buttons()) {
				w.heard[this] = true // another in the same words is another message
				return true
			}
		}
		return false
	})
}

// heard is a message in a chat.
type heard struct {
	chat    int64
	message int64
}

// noMore checks that the bot said nothing beyond the script. The last of it may be on
// its way where a message came to say the same by being edited.
func (w *telegram) noMore() {
	w.t.Helper()
	for to, want := range w.count {
		w.srv.Wait(w.t, fmt.Sprintf("%d messages to %s", want, to), func() bool { return len(w.srv.BotMessages(w.room(to))) >= want })
		if got := w.srv.BotMessages(w.room(to)); len(got) != want {
			for _, m := range got {
				w.t.Logf("%s: %s %q", to, m.Body(), m.Buttons())
			}
			w.t.Errorf("%s has %d messages of the bot, want %d", to, len(got), want)
		}
	}
}
