package simulation

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"liaison/bot/botapitest"
	"liaison/handlers"
	"liaison/ticket"
)

// TestCity lets fifty requesters, two agents and a supervisor act for some weeks.
// Then every case is closed or escalated and every message accounted for.
func TestCity(t *testing.T) {
	t.Parallel()
	seed := uint64(1)
	if s := os.Getenv("LIAISON_SIM_SEED"); s != "" {
		n, err := strconv.ParseUint(s, 10, 64)
		if err != nil {
			t.Fatalf("LIAISON_SIM_SEED: %v", err)
		}
		seed = n
	}
	t.Logf("seed %d; another one: LIAISON_SIM_SEED=2", seed)
	began := time.Now()
	w := newWorld(t, seed, 50)
	for i := range rounds {
		w.trouble(i)
		w.round(i, false)
	}
	w.close()
	for _, wrong := range [][]string{w.apart(), w.told(), w.kept(), w.ended()} {
		for _, what := range wrong {
			t.Error(what)
		}
	}
	if v := w.srv.Violations(); len(v) > 0 {
		t.Errorf("the bot did what a careful bot does not: %q", v)
	}
	w.report(time.Since(began))
	if seed == 1 && rounds >= 30 { // what another city, or a shorter time, leaves out is its own affair
		for _, what := range w.missing() {
			t.Errorf("nobody did it: %s", what)
		}
	}
}

// missing lists what should happen in a simulation and did not: without it the
// checks would have nothing to check.
func (w *world) missing() (out []string) {
	taken := make(map[ticket.Action]bool)
	for _, history := range w.events() {
		for _, e := range history {
			taken[e.Action] = true
		}
	}
	for _, a := range []ticket.Action{
		ticket.Accept, ticket.Reply, ticket.Ask, ticket.Supply, ticket.Note, ticket.Transfer, ticket.Return, ticket.Reject, ticket.Resolve, ticket.Correct,
		ticket.Solved, ticket.Unsolved, ticket.Score, ticket.Merge, ticket.Absorb, ticket.Link, ticket.Comment, ticket.Urge, ticket.TakeOver,
		ticket.Extend, ticket.Escalate, ticket.Supervise, ticket.Expire,
	} {
		if !taken[a] {
			out = append(out, string(a))
		}
	}
	for _, what := range []string{"question", "complaint", "addition", "edit", "press", "staff press", "staff reply", "block the bot", "come back", "talk in a group", "file, sticker, place", "words of stations", "group lost", "topic deleted"} {
		if w.count[what] == 0 {
			out = append(out, what)
		}
	}
	if w.repeated.Load() == 0 {
		out = append(out, "an update that comes twice")
	}
	for _, method := range []string{"createForumTopic", "closeForumTopic", "editMessageText"} {
		if len(w.srv.Calls(method)) == 0 {
			out = append(out, method)
		}
	}
	return out
}

// TestChecksFindFaults plants what must not be into a small city: each check finds
// its own.
func TestChecksFindFaults(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 7, 2)
	one, two := w.requests[0], w.requests[1]
	two.u.Send("/tickets") // so that the bot may write to her
	for i := 0; len(w.casesOf(one)) == 0; i++ {
		if i > 200 {
			t.Fatal("no case was filed")
		}
		w.known = make(map[string]ticket.Ticket)
		if a := one.follow(one.u.Messages(), true); a == nil {
			one.says(nil, "/complain 周巷镇的路灯坏了%s", "complaint")
		}
		w.settle()
	}
	c := w.casesOf(one)[0]
	w.finish(w.agents[0], c)
	none := func(when string) {
		t.Helper()
		for _, wrong := range [][]string{w.apart(), w.told(), w.kept()} {
			if len(wrong) > 0 {
				t.Fatalf("%s: %q", when, wrong)
			}
		}
	}
	none("before anything was planted")
	found := func(what string, wrong []string, part string) {
		t.Helper()
		if !slices.ContainsFunc(wrong, func(s string) bool { return strings.Contains(s, part) }) {
			t.Errorf("%s was not found: %q", what, wrong)
		}
	}
	if wrong := w.ended(); len(wrong) != 1 || !strings.Contains(wrong[0], "nobody above knows") {
		t.Errorf("a case that waits for its rating: %q", wrong)
	}
	say := func(to botapitest.Room, text string) {
		t.Helper()
		err := w.store.Update(t.Context(), func(tx handlers.Tx) error {
			return tx.Send(t.Context(), handlers.Address{Channel: handlers.Telegram, Chat: chatID(to)}, handlers.Reply{Text: []handlers.Span{{Text: text}}})
		})
		if err != nil {
			t.Fatal(err)
		}
		w.settle()
	}
	words := tokenForm.FindString(w.events()[c.ID][3].Text) // of the station
	say(one.u, "又说一遍"+words)
	found("a notice that came twice", w.told(), "2 notices")
	say(two.u, "别人的话"+words)
	found("the station's word to another", w.apart(), two.name+" was shown")
	say(two.u, "别人的话"+tokenForm.FindString(c.Text))
	found("another requester's words", w.apart(), two.name+" was shown ⟦"+one.name)
	say(w.groups["henghe"], "企业是"+one.name+"老板")
	found("a requester's name", w.apart(), "who "+one.name)
	say(w.agents[0].u, "中午吃什么⟦闲聊·1⟧")
	found("talk in a group", w.apart(), "talk in a group")
	w.added["⟦lost⟧"] = two.name
	found("words that are not in the case", w.kept(), "⟦lost⟧")
	found("a message without an effect", w.effects([]*act{w.did(two.name, two.u, "message")}), "had no effect")
	err := w.store.Update(t.Context(), func(tx handlers.Tx) error {
		e := w.events()[c.ID][3]
		c, err := tx.Ticket(t.Context(), c.ID)
		if err != nil {
			return err
		}
		c.Version++
		e.Seq = int(c.Version)
		if err := tx.AppendEvent(t.Context(), e); err != nil {
			return err
		}
		return tx.UpdateTicket(t.Context(), c)
	})
	if err != nil {
		t.Fatal(err)
	}
	found("a step that was taken twice", w.ended(), "taken twice")
}

// round lets some people act at once, and then looks at what came of it.
func (w *world) round(i int, closing bool) {
	w.t.Helper()
	var acts []*act
	w.known = make(map[string]ticket.Ticket)
	add := func(a *act) {
		if a != nil {
			acts = append(acts, a)
		}
	}
	for _, n := range w.rng.Perm(len(w.requests))[:min(20, len(w.requests))] {
		add(w.requests[n].act(closing))
	}
	for _, a := range append(w.agents, w.boss) {
		a.listen()
		for range 9 {
			add(a.act(closing))
		}
	}
	w.settle()
	if !closing {
		for _, a := range append(w.agents, w.boss) {
			a.console()
		}
		w.settle()
	}
	for _, wrong := range w.effects(acts) {
		w.t.Errorf("round %d: %s", i, wrong)
	}
	for _, a := range acts {
		if a.token == "" {
			continue
		}
		for _, m := range w.srv.BotMessages(a.room)[a.seen:] {
			if strings.Contains(m.Body(), "已补充到") || strings.Contains(m.Body(), "作为更正补充到") {
				w.added[a.token] = a.who
			}
		}
	}
	w.pass(time.Duration(w.rng.IntN(100)) * time.Minute)
	if i%6 == 5 {
		w.pass(time.Duration(w.rng.IntN(30)) * time.Hour)
	}
	w.settle()
}

// trouble is what happens to the groups and to Telegram.
func (w *world) trouble(i int) {
	at := func(part int) bool { return i == rounds*part/10 }
	forum := w.groups["zhouxiang"]
	switch {
	case at(2):
		w.srv.Fail(botapitest.Fault{Method: "sendMessage", RetryAfter: 1})
		w.srv.Fail(botapitest.Fault{Method: "sendMessage", After: 3, Status: 500})
		w.srv.Fail(botapitest.Fault{Method: "editMessageText", After: 2, Drop: true})
	case at(3): // the basic group becomes a supergroup
		w.groups["henghe"] = w.groups["henghe"].Upgrade()
	case i > rounds*4/10 && w.count["topic deleted"] == 0: // somebody deletes a topic
		for _, m := range forum.Messages() {
			if m.ThreadID != 0 {
				forum.DeleteTopic(m.ThreadID)
				w.count["topic deleted"]++
				break
			}
		}
	}
	switch {
	case at(5):
		w.count["group lost"]++
		w.lost["zhouxiang"] = true
		forum.Kick()
	case at(6):
		w.lost["zhouxiang"] = false
		forum.SetBot("administrator")
	}
	w.settle()
}

// close brings everything to an end: people come back, agents answer, requesters
// rate, and the time for all that is left undone runs out.
func (w *world) close() {
	w.t.Helper()
	for i := range 8 {
		w.round(1000+i, true)
	}
	for _, c := range w.cases(ticket.Filter{States: []ticket.State{ticket.Waiting}}) {
		a := w.agents[0]
		if c.Station == "henghe" {
			a = w.agents[1]
		}
		w.finish(a, c)
	}
	for _, r := range w.requests {
		if r.away > 0 {
			r.away = 1
			r.act(true)
		}
	}
	w.settle()
	for range 12 { // deadlines, supervision and what is closed unrated
		w.pass(5 * 24 * time.Hour)
		w.settle()
	}
}

// finish answers a case that waits for its requester, in the console's way: its card
// may be far up in the chat.
func (w *world) finish(a *agent, c ticket.Ticket) {
	w.t.Helper()
	err := w.keep(func(tx handlers.Tx) error {
		p, err := tx.Touch(w.t.Context(), handlers.Telegram, chatID(a.u), "", w.clock())
		if err != nil {
			return err
		}
		_, err = w.desk.Act(w.t.Context(), tx, p.ID, c.ID, ticket.Step{Action: ticket.Resolve, Text: "已办结" + w.token(a.name)})
		return err
	}, w.store.Update)
	if err != nil {
		w.t.Fatal(err)
	}
	w.settle()
}

// report prints what happened.
func (w *world) report(took time.Duration) {
	states := make(map[string]int)
	for _, c := range w.cases(ticket.Filter{}) {
		name := string(c.State)
		if c.Open() {
			name += " (escalated)"
		}
		if c.MergedInto != "" {
			name = "merged"
		}
		states["cases: "+name]++
	}
	for _, history := range w.events() {
		for _, e := range history {
			states["step: "+string(e.Action)]++
		}
	}
	maps.Copy(states, w.count)
	states["updates that came twice"] = int(w.repeated.Load())
	states["messages of the bot"] = len(w.srv.Calls("sendMessage"))
	states["edits by the bot"] = len(w.srv.Calls("editMessageText"))
	states["topics opened"] = len(w.srv.Calls("createForumTopic"))
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(states)) {
		fmt.Fprintf(&b, "%6d  %s\n", states[name], name)
	}
	w.t.Logf("%.1f s, %s simulated\n%s", took.Seconds(), w.clock().Sub(time.Date(2026, 11, 23, 9, 0, 0, 0, ticket.CST)).Round(time.Hour), b.String())
}
