package simulation

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"liaison/bot/botapitest"
	"liaison/handlers"
	"liaison/ticket"
)

// What is checked returns what is wrong, so that the checks themselves can be
// tested: see TestChecksFindFaults.

// effects says which acts were met with silence: each message and press of a
// person changes something to be seen in the room, or is answered by a notice.
func (w *world) effects(acts []*act) (wrong []string) {
	answers := w.srv.CallbackAnswers()
	for _, a := range acts {
		noticed := a.press != "" && slices.ContainsFunc(answers, func(c botapitest.CallbackAnswer) bool { return c.QueryID == a.press && c.Text != "" })
		if !noticed && w.look(a.room) == a.before {
			wrong = append(wrong, fmt.Sprintf("%s: %s had no effect", a.who, a.what))
		}
	}
	return wrong
}

var (
	tokenForm = regexp.MustCompile(`⟦[^⟦⟧…\n]*⟧`)
	eventLine = regexp.MustCompile(`(?m)^\d\d-\d\d \d\d:\d\d  `) // of a case's history as shown to its requester
)

// events are the history of all cases, by case.
func (w *world) events() map[string][]ticket.Event {
	all := make(map[string][]ticket.Event)
	err := w.store.View(w.t.Context(), func(tx handlers.Tx) error {
		for offset := 0; ; offset += 500 {
			cases, err := tx.Tickets(w.t.Context(), ticket.Filter{Limit: 500, Offset: offset})
			if err != nil || len(cases) == 0 {
				return err
			}
			for _, c := range cases {
				if all[c.ID], err = tx.Events(w.t.Context(), c.ID); err != nil {
					return err
				}
			}
		}
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return all
}

// casesOf lists the person's own cases, found as the program does: by the account.
func (w *world) casesOf(r *requester) (all []ticket.Ticket) {
	if r.person == "" {
		err := w.store.Update(w.t.Context(), func(tx handlers.Tx) error {
			p, err := tx.Touch(w.t.Context(), handlers.Telegram, chatID(r.u), "", w.clock())
			r.person = p.ID
			return err
		})
		if err != nil {
			w.t.Fatal(err)
		}
	}
	return w.cases(ticket.Filter{Requester: r.person})
}

// apart says who was shown what is not for him or her: the words of another
// requester, words of staff that are for another or for colleagues, talk in a
// group, and, of requesters, the name and the account.
func (w *world) apart() (wrong []string) {
	owner := make(map[string]map[string]bool) // words of staff to whom they may go
	for id, history := range w.events() {
		for _, e := range history {
			for _, token := range tokenForm.FindAllString(e.Text, -1) {
				if owner[token] == nil {
					owner[token] = make(map[string]bool)
				}
				switch e.Action {
				case ticket.Reply, ticket.Ask, ticket.Resolve, ticket.Correct, ticket.Reject, ticket.Extend:
					owner[token][id] = true
				}
			}
		}
	}
	for _, r := range w.requests {
		may := make(map[string]bool)
		for _, c := range w.casesOf(r) {
			may[c.ID] = true
			for c.MergedInto != "" { // who was merged is told what the other one is told
				c = w.load(c.MergedInto)
				may[c.ID] = true
			}
		}
		for _, m := range r.u.Messages() {
			for _, token := range tokenForm.FindAllString(m.Body(), -1) {
				own := strings.HasPrefix(token, "⟦"+r.name+"·")
				for id := range owner[token] {
					own = own || may[id] && !strings.HasPrefix(token, "⟦企")
				}
				if !own {
					wrong = append(wrong, fmt.Sprintf("%s was shown %s: %q", r.name, token, m.Body()))
				}
			}
		}
	}
	for _, room := range w.staffRooms() {
		for _, m := range w.srv.BotMessages(room) {
			for _, r := range w.requests {
				if strings.Contains(m.Body(), r.name+"老板") && !r.shared || strings.Contains(m.Body(), chatID(r.u)) {
					wrong = append(wrong, fmt.Sprintf("staff were shown who %s is: %q", r.name, m.Body()))
				}
			}
			if strings.Contains(m.Body(), "⟦闲聊") {
				wrong = append(wrong, fmt.Sprintf("talk in a group came back: %q", m.Body()))
			}
		}
	}
	return wrong
}

func (w *world) staffRooms() []botapitest.Room {
	rooms := []botapitest.Room{w.boss.u}
	for _, a := range w.agents {
		rooms = append(rooms, a.u)
	}
	for _, g := range w.groups {
		rooms = append(rooms, g)
	}
	return rooms
}

// told says which words of a station did not reach the requester as promised: as
// one notice, or, where the bot was blocked, in the case as it is shown on coming
// back, or still noted as not received.
func (w *world) told() (wrong []string) {
	unheard := make(map[string]bool)
	err := w.store.View(w.t.Context(), func(tx handlers.Tx) error {
		all, err := tx.Unheard(w.t.Context(), "")
		for _, u := range all {
			unheard[u.Ticket] = true
		}
		return err
	})
	if err != nil {
		w.t.Fatal(err)
	}
	events := w.events()
	for _, r := range w.requests {
		said := r.u.Messages()
		for _, c := range w.casesOf(r) {
			for _, e := range events[c.ID] {
				token := tokenForm.FindString(e.Text)
				switch e.Action {
				case ticket.Reply, ticket.Ask, ticket.Resolve, ticket.Correct, ticket.Reject:
				default:
					continue
				}
				notices, views := 0, 0
				for _, m := range said {
					switch {
					case token == "" || !strings.Contains(m.Body(), token):
					case eventLine.MatchString(m.Body()):
						views++
					case strings.Contains(m.Body(), "未收到您") || strings.Contains(m.Body(), "还在等您") || strings.Contains(m.Body(), "没有收到您"): // a reminder quotes the question
					default:
						notices++
					}
				}
				w.count["words of stations"]++
				if notices > 1 || notices+views == 0 && !unheard[c.ID] {
					wrong = append(wrong, fmt.Sprintf("%s: %s %s of %s came in %d notices and %d views", r.name, e.Action, token, c.ID, notices, views))
				}
			}
		}
	}
	return wrong
}

// kept says which messages that the bot said it had added to a case are not there.
func (w *world) kept() (wrong []string) {
	texts := make(map[string]bool)
	for _, history := range w.events() {
		for _, e := range history {
			for _, token := range tokenForm.FindAllString(e.Text, -1) {
				texts[token] = true
			}
		}
	}
	for token, who := range w.added {
		if !texts[token] {
			wrong = append(wrong, fmt.Sprintf("%s was told that %s is in the case, and it is not", who, token))
		}
	}
	return wrong
}

// ended says which cases are neither closed nor with a supervisor, and which
// histories do not add up.
func (w *world) ended() (wrong []string) {
	events := w.events()
	for _, c := range w.cases(ticket.Filter{}) {
		if c.Open() && !c.Escalated {
			wrong = append(wrong, fmt.Sprintf("%s is %s and nobody above knows", c.ID, c.State))
		}
		history := events[c.ID]
		if int64(len(history)) != c.Version || history[len(history)-1].To != c.State {
			wrong = append(wrong, fmt.Sprintf("%s: version %d and state %s after %d lines", c.ID, c.Version, c.State, len(history)))
		}
		if again := repeated(history); again != "" {
			wrong = append(wrong, fmt.Sprintf("%s: %s was taken twice", c.ID, again))
		}
	}
	audit, err := w.store.Audit(w.t.Context())
	if err != nil || audit.Broken != nil {
		wrong = append(wrong, fmt.Sprintf("the ledger: %+v, %v", audit, err))
	}
	return wrong
}

// repeated finds words that are twice in one history by the same step: an update
// that was handled twice would do that.
func repeated(history []ticket.Event) string {
	seen := make(map[string]bool)
	for _, e := range history {
		token := tokenForm.FindString(e.Text)
		key := string(e.Action) + e.Text
		if token != "" && seen[key] && e.Action != ticket.Absorb {
			return key
		}
		seen[key] = true
	}
	return ""
}
