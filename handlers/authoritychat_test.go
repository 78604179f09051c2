package handlers_test

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"liaison/handlers"
	"liaison/ticket"
)

// heard is a transaction that keeps what is said in it to one chat.
type heard struct {
	handlers.Tx
	chat string
	said *[]string
}

func (h heard) Send(ctx context.Context, to handlers.Address, r handlers.Reply) error {
	if to.Chat == h.chat {
		*h.said = append(*h.said, r.String()+r.Toast)
	}
	return h.Tx.Send(ctx, to, r)
}

// hear lets somebody say or press something and returns what the bot answers there first.
func (c *city) hear(who string, change func(*handlers.Message)) string {
	c.t.Helper()
	c.serial++
	m := handlers.Message{
		Key: strconv.Itoa(c.serial), From: handlers.Address{Channel: handlers.Telegram, Chat: who}, User: who, Lang: "zh-hans", SentAt: c.now,
	}
	change(&m)
	if m.Button != "" {
		m.Press = m.Key
	}
	prepared, err := c.desk.Prepare(c.t.Context(), m)
	if err != nil {
		c.t.Fatal(err)
	}
	var said []string
	c.update(func(ctx context.Context, tx handlers.Tx) error {
		return c.desk.Handle(ctx, heard{tx, m.From.Chat, &said}, m, prepared)
	})
	if len(said) == 0 {
		return "(nothing)"
	}
	return anyCase.ReplaceAllString(strings.TrimSpace(said[0]), "CX-…")
}

// say is hear with no more than the first line.
func (c *city) say(who string, change func(*handlers.Message)) string {
	c.t.Helper()
	first, _, _ := strings.Cut(c.hear(who, change), "\n")
	return first
}

var anyCase = regexp.MustCompile(`CX-[0-9]{8}-[0-9]{4}`)

// TestAuthorityInTheChat gives every command and the buttons and answers that lead to
// a case as everybody, and compares what the bot says first with the list in testdata.
// A command without an entry fails.
func TestAuthorityInTheChat(t *testing.T) {
	t.Parallel()
	c := newCity(t)
	var town, funds string
	own := make(map[string]string)
	c.together(func() {
		town = c.submit("", ticket.Complaint, "town-henghe")
		c.act("lead", town, ticket.Step{Action: ticket.Accept})
		c.act("lead", town, ticket.Step{Action: ticket.Involve, Station: "town-gutang", Text: "请协办（示例）"})
		funds = c.submit("", ticket.Financing, "bank")
		for _, who := range []string{"observer", "ended observer"} {
			own[who] = c.submit(who, ticket.Finding, "town-henghe")
		}
	})
	type entry struct {
		name   string
		change func(*handlers.Message)
	}
	var entries []entry
	command := func(name, rest string) func(*handlers.Message) {
		return func(m *handlers.Message) { m.Command, m.Text = name, rest }
	}
	for _, k := range handlers.Commands {
		entries = append(entries, entry{"/" + k.Name, command(k.Name, "")})
	}
	entries = append(entries, entry{"/search 路灯", command("search", "路灯")}, entry{"/away 2026-11-25", command("away", "2026-11-25")})
	for _, about := range []struct{ name, id string }{{"the town's case", town}, {"the bank's case", funds}, {"the observer's finding", own["observer"]}} {
		entries = append(entries,
			entry{about.name + ": its number", func(m *handlers.Message) { m.Text = about.id }},
			entry{about.name + ": answered, as news", func(m *handlers.Message) { m.Text, m.Ref = "补充一句（示例）", "ticket:"+about.id }},
			entry{about.name + ": answered, as a card", func(m *handlers.Message) { m.Text, m.Ref = "补充一句（示例）", "card:"+about.id }})
		for _, data := range []string{"t:view:", "t:menu:", "t:hint:", "t:quick:", "t:accept:", "t:resolve:", "t:assign:", "t:urge:", "q:view:", "q:more:", "q:withdraw:", "q:gone:"} {
			entries = append(entries, entry{about.name + ": button " + data, func(m *handlers.Message) { m.Button = data + about.id }})
		}
	}
	for _, data := range []string{"code", "quick:new", "quick:at:*", "quick:at:town-henghe", "o:new", "o:visits:0", "menu:supervise", "menu:my"} {
		entries = append(entries, entry{"button " + data, func(m *handlers.Message) { m.Button = data }})
	}
	var list strings.Builder
	list.WriteString(`# What the bot says first to everybody, for each command, and for the buttons and
# answers that lead to a case, whoever sends their data: as Desk.Handle does on a
# real store. Written by: go test ./handlers -run Authority -update.
# The town's case is led by "lead" and helped with by "helper"; the bank leads its own.
`)
	for _, e := range entries {
		var answers []string
		by := make(map[string][]string)
		for _, who := range kinsfolk {
			if who == "bank in the lead" {
				continue
			}
			// Nothing may be left of what the one before did: every cell is rolled back.
			var answer string
			c.undone(func() { answer = c.say(who, e.change) })
			if !slices.Contains(answers, answer) {
				answers = append(answers, answer)
			}
			by[answer] = append(by[answer], who)
		}
		fmt.Fprintf(&list, "\n%s\n", e.name)
		for _, a := range answers {
			fmt.Fprintf(&list, "  %s\n    %s\n", strings.Join(by[a], ", "), a)
		}
	}
	golden(t, "testdata/authority/chat.txt", list.String())
}
