package simulation

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"liaison/bot/botapitest"
	"liaison/handlers"
	"liaison/ticket"
)

// agent is somebody who works for one or two stations, or for all of them.
type agent struct {
	*world
	name  string
	u     *botapitest.User
	group string               // the station whose group he or she is in
	asked []botapitest.Message // the bot's prompts that wait for an answer
	// answered are the prompts that were seen.
	answered map[place]bool
}

// newAgent invites somebody to the stations, a supervisor to none.
func newAgent(w *world, name, group string, more ...string) *agent {
	w.t.Helper()
	a := &agent{world: w, name: name, group: group, answered: make(map[place]bool), u: w.srv.User("员工"+name, botapitest.WithLanguage("zh-hans"))}
	for _, station := range append([]string{group}, more...) {
		c := handlers.Code{Role: ticket.RoleAgent, Station: station, Label: name}
		if station == "" {
			c.Role = ticket.RoleSupervisor
		} else if g := w.groups[station]; g != nil {
			g.Add(a.u)
		}
		var code string
		err := w.store.Update(w.t.Context(), func(tx handlers.Tx) (err error) {
			code, err = w.desk.Invite(w.t.Context(), tx, "", c)
			return err
		})
		if err != nil {
			w.t.Fatal(err)
		}
		a.u.Send("/staff " + code)
		w.settle()
	}
	return a
}

// rooms are where the agent sees cases.
func (a *agent) rooms() []botapitest.Room {
	if g := a.groups[a.group]; g != nil && !a.lost[a.group] {
		return []botapitest.Room{g, a.u}
	}
	return []botapitest.Room{a.u}
}

// recent is how far up in a chat agents look for questions of the bot.
const recent = 60

// What agents press; while the simulation closes, only what leads to an end.
var (
	liked     = []string{"签收", "回复", "办结答复", "要求补充", "转办", "退回", "不予受理", "更多", "并案", "申请延期", "批注", "关联", "收回办理"}
	bossLiked = []string{"同意延期", "不同意延期", "催办", "接管", "派单", "批注"}
	ending    = []string{"办结答复", "派单"}
)

// act does one thing: answers the bot's prompt, or presses a button of a case.
func (a *agent) act(closing bool) *act {
	if len(a.asked) > 0 {
		m := a.asked[0]
		a.asked = a.asked[1:]
		return a.answer(m)
	}
	rooms := a.rooms()
	room := rooms[a.rng.IntN(len(rooms))]
	said := a.srv.BotMessages(room)
	if m, button := a.choice(said); button != "" {
		return a.presses(room, m, button)
	}
	if !closing && room != botapitest.Room(a.u) && a.chance(6) { // talk among colleagues
		a.count["talk in a group"]++
		a.u.SendIn(a.groups[a.group], "中午吃什么"+a.token("闲聊"))
		return nil
	}
	wanted := liked
	if a == a.boss {
		wanted = bossLiked
	}
	if closing {
		wanted = ending
	}
	by := make(map[string][]botapitest.Message)
	for _, m := range said {
		for _, button := range m.Buttons() {
			if slices.Contains(wanted, button) && a.current(m) {
				by[button] = append(by[button], m)
			}
		}
	}
	if len(by) == 0 {
		return nil
	}
	// Sometimes what has been tried the least, so that nothing is left out; mostly what
	// gets cases done.
	can := slices.Sorted(maps.Keys(by))
	button := can[a.rng.IntN(len(can))]
	switch likely := []string{"签收", "办结答复", "要求补充", "回复"}[a.rng.IntN(4)]; {
	case len(by[likely]) > 0 && !a.chance(3):
		button = likely
	case a.chance(2):
		button = slices.MinFunc(can, func(x, y string) int { return a.tried[x] - a.tried[y] })
	}
	a.tried[button]++
	m := by[button][a.rng.IntN(len(by[button]))]
	if !closing && (button == "回复" || button == "办结答复") && a.chance(3) {
		return a.reply(m, "直接答复", room)
	}
	return a.presses(room, m, button)
}

// current reports whether the case of a message is still open.
func (a *agent) current(m botapitest.Message) bool {
	id := caseNumber.FindString(m.Body())
	return id == "" || a.caseOf(id).Open()
}

// choice is a question of the bot that nobody has answered yet: which station, or
// which case.
func (a *agent) choice(said []botapitest.Message) (botapitest.Message, string) {
	for _, m := range said[max(len(said)-recent, 0):] {
		at := place{m.Chat.ID, m.ID}
		for _, question := range []string{"转到哪个联络站", "应由哪个联络站办理", "看起来是同一件事"} {
			if strings.Contains(m.Body(), question) && len(m.Buttons()) > 0 && !a.answered[at] {
				a.answered[at] = true
				return m, m.Buttons()[a.rng.IntN(len(m.Buttons()))]
			}
		}
	}
	return botapitest.Message{}, ""
}

func (a *agent) presses(room botapitest.Room, m botapitest.Message, button string) *act {
	done := a.did(a.name, room, "staff press")
	done.press = a.u.Press(m, button)
	return done
}

// reply quotes a message and answers it.
func (a *agent) reply(m botapitest.Message, words string, room botapitest.Room) *act {
	done := a.did(a.name, room, "staff reply")
	a.u.Reply(m, words+a.token(a.name))
	return done
}

// answer says what the bot's prompt asks for.
func (a *agent) answer(m botapitest.Message) *act {
	room := botapitest.Room(botapitest.ChatID(m.Chat.ID))
	switch {
	case strings.Contains(m.Body(), "新答复日期"):
		return a.reply(m, fmt.Sprintf("%s 等检测报告", a.clock().AddDate(0, 0, 20).Format("2006-01-02")), room)
	case strings.Contains(m.Body(), "要并入的工单编号"), strings.Contains(m.Body(), "关联的工单编号"):
		all := a.cases(ticket.Filter{OpenOnly: true})
		if len(all) == 0 {
			return nil
		}
		return a.reply(m, all[a.rng.IntN(len(all))].ID+" 同一件事", room)
	}
	return a.reply(m, "已安排专人处理", room)
}

// place is a message by its chat and number.
type place struct{ chat, message int64 }

// listen looks for a prompt that was put to this agent by name.
func (a *agent) listen() {
	for _, room := range a.rooms() {
		said := a.srv.BotMessages(room)
		for _, m := range said[max(len(said)-recent, 0):] {
			if m.ForceReply && strings.HasPrefix(m.Body(), a.name+"，") && !a.answered[place{m.Chat.ID, m.ID}] {
				a.answered[place{m.Chat.ID, m.ID}] = true
				a.asked = append(a.asked, m)
			}
		}
	}
}

// console takes a step on some case in the way of the console: one that was tried
// the least. What the case does not allow is refused, as there.
func (a *agent) console() {
	a.t.Helper()
	err := a.keep(func(tx handlers.Tx) error {
		ctx := a.t.Context()
		p, err := tx.Touch(ctx, handlers.Telegram, chatID(a.u), "", a.clock())
		if err != nil {
			return err
		}
		v, err := a.desk.Viewer(ctx, tx, p.ID)
		if err != nil {
			return err
		}
		all, err := tx.Tickets(ctx, ticket.Filter{OpenOnly: true, Limit: 500})
		var at ticket.Ticket
		var step ticket.Step
		for _, c := range all {
			for _, can := range c.Offered(v.Sees(c)) {
				if step.Action == "" || a.tried[string(can)] < a.tried[string(step.Action)] {
					at, step.Action = c, can
				}
			}
		}
		if err != nil || step.Action == "" {
			return err
		}
		a.tried[string(step.Action)]++
		step.Text, step.Until = "在工作台办理"+a.token(a.name), a.clock().AddDate(0, 0, 30)
		others := slices.DeleteFunc([]string{"centre", "zhouxiang", "henghe"}, func(id string) bool { return id == at.Station })
		step.Station = others[a.rng.IntN(len(others))]
		for _, n := range a.rng.Perm(len(all)) {
			if all[n].ID != at.ID && v.Sees(all[n]) != "" {
				step.Case = all[n].ID
			}
		}
		_, err = a.desk.Act(ctx, tx, p.ID, at.ID, step)
		if code := ticket.CodeOf(err); code == ticket.Invalid || code == ticket.Illegal || code == ticket.Forbidden {
			return nil // before anything was written
		}
		a.count["step in the console"]++
		return err
	}, a.store.Update)
	if err != nil {
		a.t.Fatal(err)
	}
}

// cases lists cases as the store has them.
func (w *world) cases(f ticket.Filter) (all []ticket.Ticket) {
	f.Limit = 500
	err := w.store.View(w.t.Context(), func(tx handlers.Tx) (err error) {
		all, err = tx.Tickets(w.t.Context(), f)
		return err
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return all
}

// caseOf is the case with the number as it was when the round began.
func (w *world) caseOf(id string) ticket.Ticket {
	if _, ok := w.known[id]; !ok {
		w.known[id] = w.load(id)
	}
	return w.known[id]
}

// load is the case with the number, an empty one when there is none.
func (w *world) load(id string) (c ticket.Ticket) {
	err := w.store.View(w.t.Context(), func(tx handlers.Tx) (err error) {
		c, err = tx.Ticket(w.t.Context(), id)
		return err
	})
	if err != nil && ticket.CodeOf(err) != ticket.NotFound {
		w.t.Fatal(err)
	}
	return c
}
