package handlers

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"liaison/ticket"
)

// mine is /tickets: the person's own cases.
func (t *turn) mine(ctx context.Context) error {
	return t.mineFrom(ctx, 0)
}

// mineFrom lists them from the offset on.
func (t *turn) mineFrom(ctx context.Context, offset int) error {
	listed, err := t.listFrom(ctx, pMine, ticket.Filter{Requester: t.me.ID, Offset: offset}, "q", "list")
	if err != nil || listed {
		return err
	}
	return t.offer(ctx, pNoTickets, row(t.button(pbComplain, "menu", "complain")))
}

// listFrom lists the next of the person's cases that the filter selects, and reports
// whether there are any. Where there are more, a button that presses with the offset
// leads to them.
func (t *turn) listFrom(ctx context.Context, title phrase, f ticket.Filter, press ...string) (bool, error) {
	f.Limit = mostListed + 1
	all, err := t.tx.Tickets(ctx, f)
	if err != nil || len(all) == 0 {
		return false, err
	}
	var earlier []Button
	if len(all) > mostListed {
		all = all[:mostListed]
		earlier = row(t.button(pbEarlier, append(press, strconv.Itoa(f.Offset+mostListed))...))
	}
	return true, t.listOwn(ctx, title, all, earlier)
}

// offsetOf reads from a button where a list goes on; of one that was not ours it is 0.
func offsetOf(text string) int {
	n, _ := strconv.Atoi(text)
	return max(n, 0)
}

// mostListed is how many of a person's cases are listed at a time.
const mostListed = 10

// listOwn lists cases of the person, with a row of buttons below them.
func (t *turn) listOwn(ctx context.Context, title phrase, all []ticket.Ticket, below []Button) error {
	var out lines
	var b []Button
	out.bold(t.lang.f(title))
	for _, c := range all {
		if c.Kind == ticket.Finding {
			var err error
			if c, _, _, err = t.asLeft(ctx, t.tx, c); err != nil {
				return err
			}
		}
		main, err := t.standing(ctx, c)
		if err != nil {
			return err
		}
		out.gap()
		out.text(t.standsAs(c, main))
		out.text(excerpt(c.Text, 60))
		out.pair(t.lang.f(pfMerged), c.MergedInto)
		if due := t.deadline(main); due != "" {
			out.text(due)
		}
		b = append(b, Button{Text: c.ID, Data: data("q", "view", c.ID)})
	}
	rows := column(b...)
	if len(below) > 0 {
		rows = append(rows, below)
	}
	return t.say(ctx, Reply{Text: out, Buttons: rows})
}

// headline is number, kind and state of a case.
func (t *turn) headline(c ticket.Ticket) string { return t.standsAs(c, c) }

// standsAs is the headline of a case that stands where main does.
func (t *turn) standsAs(c, main ticket.Ticket) string {
	l := string(t.lang)
	return fmt.Sprintf("%s · %s · %s", c.ID, c.Kind.Label(l), main.State.Label(l))
}

// standing is the case that says where the matter of c stands, to its requester: the one
// that it was merged into, until he or she has rated what came of that; else c.
func (t *turn) standing(ctx context.Context, c ticket.Ticket) (ticket.Ticket, error) {
	if c.Rating.Given {
		return c, nil
	}
	return t.mainOf(ctx, t.tx, c)
}

// deadline says by when what is due, "" when nothing is.
func (t *turn) deadline(c ticket.Ticket) string { return t.lang.deadline(c, t.Now()) }

func (l lang) deadline(c ticket.Ticket, now time.Time) string {
	due := c.Due()
	if due.IsZero() {
		return ""
	}
	p := pAnswerBy
	if c.Unaccepted() {
		p = pAcceptBy
	}
	s := l.f(p, l.when(due))
	if c.Overdue(now) {
		s += l.f(pOverdue)
	}
	return s
}

// pressMine is a button of the requester: what to do and with which case.
func (t *turn) pressMine(ctx context.Context, args []string) error {
	if len(args) < 2 {
		return t.toast(ctx, pOldButton)
	}
	verb, id := args[0], args[1]
	if verb == "list" {
		return t.mineFrom(ctx, offsetOf(id))
	}
	c, err := t.tx.Ticket(ctx, id)
	if err != nil {
		return err
	}
	if c.Requester != t.me.ID {
		return ticket.Errorf(ticket.NotFound, "case %s is somebody else's", id)
	}
	switch verb {
	case "view":
		return t.view(ctx, c)
	case "add":
		return t.supply(ctx, c, args[2:])
	case "more":
		return t.await(ctx, pAddMore, data("act", "more", id))
	case "solved", "unsolved":
		if newer, err := t.answeredSince(ctx, c, args[2:]); err != nil || newer {
			return err
		}
		return t.judge(ctx, id, verb == "solved", ticket.Step{})
	case "score":
		return t.score(ctx, id, strings.Join(args[2:], ""))
	case "withdraw":
		r := words(t.lang.f(pSureWithdraw, id))
		r.Buttons = [][]Button{row(t.button(pbSureWithdraw, "q", "gone", id), t.button(pbBack, "q", "view", id))}
		return t.say(ctx, r)
	case "done": // said when asked whether the case that waits can be closed
		if _, err := t.Act(ctx, t.tx, t.me.ID, id, ticket.Step{Action: ticket.Withdraw}); err != nil {
			return err
		}
		return t.tell(ctx, pClosedAsSaid, id)
	case "gone":
		if _, err := t.Act(ctx, t.tx, t.me.ID, id, ticket.Step{Action: ticket.Withdraw}); err != nil {
			return err
		}
		return t.tell(ctx, pWithdrawn, id)
	case "thanks":
		if err := t.turnTo(ctx, ""); err != nil {
			return err
		}
		return t.tell(ctx, pRated)
	}
	return t.toast(ctx, pOldButton)
}

// view shows a case to its requester: where it stands and what was said.
func (t *turn) view(ctx context.Context, c ticket.Ticket) error {
	c, events, left, err := t.asLeft(ctx, t.tx, c)
	if err != nil {
		return err
	}
	var out lines
	main, err := t.standing(ctx, c)
	if err != nil {
		return err
	}
	out.bold(t.standsAs(c, main))
	out.pair(t.lang.f(pfStation), t.stationName(main.Station, t.lang))
	if due := t.deadline(main); due != "" {
		out.text(due)
	}
	buttons := t.lang.ownButtons(c)
	if c.MergedInto != "" {
		if judge, err := t.canJudge(ctx, c); err != nil {
			return err
		} else if judge {
			buttons = append([][]Button{t.lang.judge(c.ID, main.Version)}, buttons...)
		}
		out.pair(t.lang.f(pfMerged), main.ID)
	}
	if c.Rating.Score > 0 {
		out.pair(t.lang.f(pfRating), strings.Repeat("★", c.Rating.Score))
	}
	out.quote(c.Text, 300, t.lang.f(pSeeFiles))
	if c.Funds != nil {
		t.lang.funds(&out, *c.Funds)
	}
	if c.State == ticket.Answered || c.State == ticket.Closed { // told with the answer, not before
		out.pair(t.lang.f(pfResult), t.OutcomeText(string(t.lang), c.Outcome))
	}
	for _, e := range events {
		if owns(e.Role) && e.Actor != c.Requester {
			continue // said by the requester of a case that was merged into this one
		}
		if line := t.lang.eventLine(e, t.stationName(e.Station, t.lang)); line != "" {
			out.text(line)
		}
	}
	if left {
		out.text(t.lang.f(pEndedCase))
		buttons = nil // an answer to it is told so
	}
	return t.say(ctx, Reply{Text: out, Ref: data("ticket", c.ID), Buttons: buttons})
}

// owns reports whether a step in the role is taken by the requester of a case.
func owns(r ticket.Role) bool { return r == ticket.RoleRequester || r == ticket.RoleObserver }

// eventLine is one line of a case's history as its requester sees it: which
// station did what, never who. Steps between colleagues are left out.
func (l lang) eventLine(e ticket.Event, station string) string {
	who, what, said, shown := l.shownStep(e, station)
	if !shown || e.Action == ticket.Submit { // the submission is told by itself
		return ""
	}
	line := strings.Join(slices.DeleteFunc([]string{e.At.In(ticket.CST).Format("01-02 15:04"), who, what}, func(s string) bool { return s == "" }), "  ")
	if said != "" {
		line += l.f(pColon) + excerpt(said, 200)
	}
	return line
}

// shownStep says what a requester sees of a step of his or her case: who took it, a
// station and no person of it, what it was, and the words that were for the requester.
func (l lang) shownStep(e ticket.Event, station string) (who, what, said string, shown bool) {
	switch e.Role {
	case ticket.RoleAgent, ticket.RoleSupervisor:
		who = station
	case ticket.RoleSystem:
		who = l.f(pSystem)
	default:
		who = l.f(pYou)
	}
	what = e.Action.Label(string(l))
	switch e.Action { // reasons between colleagues are not among the words
	case ticket.Link, ticket.Absorb, ticket.Part, ticket.Hand, ticket.Release, ticket.Escalate, ticket.Return, ticket.Involve, ticket.Report, ticket.Comment, ticket.Urge, ticket.TakeOver,
		ticket.Extend, ticket.Decline, ticket.Remind, ticket.Supervise, ticket.Nudge, ticket.Propose, ticket.Reset, ticket.Record, ticket.Erase:
		return "", "", "", false // told elsewhere, or between colleagues
	case ticket.Score:
		if e.Text == "" {
			return "", "", "", false
		}
		said = e.Text
	case ticket.Assign, ticket.Transfer:
		what += " → " + station
		if e.Role != ticket.RoleSystem { // the station of the event is where it went, not who sent it
			who = ""
		}
	case ticket.Reply, ticket.Ask, ticket.Reject, ticket.Resolve, ticket.Correct, ticket.Supply, ticket.Note, ticket.Unsolved, ticket.Submit:
		said = e.Text
	}
	return who, what, said, true
}

// ownButtons are what the requester can do about the case now.
func (l lang) ownButtons(c ticket.Ticket) [][]Button {
	role := ticket.RoleRequester
	if c.Kind == ticket.Finding {
		role = ticket.RoleObserver
	}
	can := c.Possible(role)
	var rows [][]Button
	b := func(p phrase, parts ...string) Button { return Button{Text: l.f(p), Data: data(parts...)} }
	if slices.Contains(can, ticket.Solved) && c.MergedInto == "" { // of a merged case it depends on the other one
		rows = append(rows, l.judge(c.ID, c.Version))
	}
	if slices.Contains(can, ticket.Score) && c.Rating.Solved && c.Rating.Score == 0 {
		rows = append(rows, l.scores(c.ID))
	}
	var last []Button
	if slices.Contains(can, ticket.Supply) || slices.Contains(can, ticket.Note) || c.MergedInto != "" {
		last = append(last, b(pbMore, "q", "more", c.ID))
	}
	if slices.Contains(can, ticket.Withdraw) {
		last = append(last, b(pbWithdraw, "q", "withdraw", c.ID))
	}
	if len(last) > 0 {
		rows = append(rows, last)
	}
	return rows
}

// judge are the buttons that say whether it is solved, of an answer as it is at the
// version of the case that has it: see answeredSince.
func (l lang) judge(id string, version int64) []Button {
	seen := strconv.FormatInt(version, 10)
	return row(Button{Text: l.f(pbSolved), Data: data("q", "solved", id, seen)}, Button{Text: l.f(pbUnsolved), Data: data("q", "unsolved", id, seen)})
}

// scores are the five buttons of a rating.
func (l lang) scores(id string) []Button {
	var b []Button
	for n := 1; n <= 5; n++ {
		b = append(b, Button{Text: strconv.Itoa(n) + "★", Data: data("q", "score", id, strconv.Itoa(n))})
	}
	return b
}

// await asks for a text and remembers what it is for.
func (t *turn) await(ctx context.Context, p phrase, ref string, args ...any) error {
	if err := t.turnTo(ctx, ref); err != nil {
		return err
	}
	r := words(t.lang.f(p, args...))
	r.Ref, r.Prompt = ref, true
	return t.say(ctx, t.personally(r))
}

func (t *turn) solved(ctx context.Context, id string) error {
	if _, err := t.Act(ctx, t.tx, t.me.ID, id, ticket.Step{Action: ticket.Solved}); err != nil {
		return err
	}
	return t.offer(ctx, pHowSatisfied, t.lang.scores(id))
}

func (t *turn) score(ctx context.Context, id, n string) error {
	score, err := strconv.Atoi(n)
	if err != nil || score < 1 {
		return t.toast(ctx, pOldButton)
	}
	if _, err := t.Act(ctx, t.tx, t.me.ID, id, ticket.Step{Action: ticket.Score, Score: score}); err != nil {
		return err
	}
	ref := data("act", "comment", id)
	if err := t.turnTo(ctx, ref); err != nil {
		return err
	}
	r := words(t.lang.f(pComment, score))
	r.Buttons = [][]Button{row(t.button(pbNoComment, "q", "thanks", id))}
	r.Ref, r.Prompt = ref, true
	return t.say(ctx, r)
}

// offerToSupply asks whether a text is what the station waits for.
func (t *turn) offerToSupply(ctx context.Context, c ticket.Ticket) error {
	id := strconv.Itoa(t.conv.ask(t.m.Text, nil))
	t.remember("ask")
	r := words(t.lang.f(pWaitsForYou, c.ID))
	r.Buttons = [][]Button{row(t.button(pbSupply, "q", "add", c.ID, id)), row(t.button(pbNoQuestion, "again", id))}
	if t.m.At != nil { // the words are the bot's, and no question
		r.Text = words(t.lang.f(pWaitsForPlace, c.ID, t.m.Text)).Text
		r.Buttons = r.Buttons[:1]
	}
	return t.say(ctx, r)
}

// supply adds a text that was offered, once.
func (t *turn) supply(ctx context.Context, c ticket.Ticket, args []string) error {
	a, ok := t.askedBy(args)
	if !ok || a.Text == "" {
		return t.toast(ctx, pOldButton)
	}
	t.conv.forget(a.ID)
	t.conv.reuse(a.Text, "case", c.ID)
	return t.more(ctx, c, ticket.Step{Text: a.Text})
}

// more adds what the requester wrote: as the answer to the station's question
// when the case waits for it, as a note otherwise.
func (t *turn) more(ctx context.Context, c ticket.Ticket, with ticket.Step) error {
	with.Action = ticket.Note
	if c.State == ticket.Waiting {
		with.Action = ticket.Supply
	}
	after, err := t.Act(ctx, t.tx, t.me.ID, c.ID, with)
	if err != nil {
		return err
	}
	t.remember("case", c.ID)
	r := words(t.lang.f(pAdded, c.ID))
	if with.Action == ticket.Supply && after.AnswerBy.After(t.Now()) { // the clock stood still, and goes on
		r.Text = append(r.Text, Span{Text: t.lang.f(pRMoved, t.lang.when(after.AnswerBy))})
	}
	if t.m.At != nil && !t.m.Shared && with.Text == t.m.Text {
		r.Text = append(r.Text, Span{Text: "\n" + t.lang.f(pPlaceOnly, with.Text)})
		r.Buttons = [][]Button{row(t.button(pbMore, "q", "more", c.ID))}
	}
	// Nobody works on what is answered: without a word on that an addition would lie there.
	if judge, err := t.canJudge(ctx, after); err != nil {
		return err
	} else if judge {
		r.Text = append(r.Text, Span{Text: "\n" + t.lang.f(pAddedToAnswer)})
		main, err := t.mainOf(ctx, t.tx, after)
		if err != nil {
			return err
		}
		r.Buttons = append(r.Buttons, t.lang.judge(c.ID, main.Version))
	}
	r.Ref = data("ticket", c.ID)
	return t.say(ctx, r)
}
