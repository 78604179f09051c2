package handlers_test

import (
	"bytes"
	"context"
	"strconv"
	"strings"
	"time"

	"liaison/e2e/script"
	"liaison/handlers"
	"liaison/ticket"
)

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
