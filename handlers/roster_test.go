package handlers_test

import (
	"context"
	"strings"
	"testing"

	"liaison/e2e/script"
	"liaison/handlers"
	"liaison/ticket"
)

// play plays lines of a script and returns what was said to the last of them.
func (p *player) play(text string) (said string) {
	p.t.Helper()
	s, err := script.Parse("test", text)
	if err != nil {
		p.t.Fatal(err)
	}
	for _, line := range s.Lines {
		said = saidText(p.do(line))
	}
	return said
}

// submission files a case about a matter in 横河镇.
const submission = `! 下一步
owner! 跳过
owner! 是，横河镇
owner! 不提供
owner! 提交
`

// personOf is the person behind an actor.
func (p *player) personOf(actor string) (person string) {
	p.t.Helper()
	p.update(func(ctx context.Context, tx handlers.Tx) error {
		who, err := tx.Touch(ctx, handlers.Telegram, p.users[actor], "", p.clock())
		person = who.ID
		return err
	})
	return person
}

func (p *player) update(fn func(ctx context.Context, tx handlers.Tx) error) {
	p.t.Helper()
	err := p.captured(func(tx handlers.Tx) error { return fn(p.t.Context(), tx) }, p.store.Update)
	if err != nil {
		p.t.Fatal(err)
	}
}

// A new case is shown to who is on duty that day; a date goes before the day of the
// week; who is away is not on duty; with nobody on duty all are told.
func TestOnDutyFirst(t *testing.T) {
	t.Parallel()
	p := newPlayer(t)
	p.play("a: /staff {code agent town-henghe 横河一号}\nb: /staff {code agent town-henghe 横河二号}\n")
	a, b := p.personOf("a"), p.personOf("b")
	duty := func(day handlers.Day, person string, on bool) {
		t.Helper()
		p.update(func(ctx context.Context, tx handlers.Tx) error {
			return p.desk.SetDuty(ctx, tx, a, handlers.Duty{Station: "town-henghe", Day: day, Person: person}, on)
		})
	}
	for _, row := range []struct {
		name   string
		change func()
		want   string
	}{
		{"no roster", func() {}, "a b"},
		{"on Mondays", func() { duty("1", a, true) }, "a"},
		{"on Tuesdays", func() { duty("2", b, true) }, "a"},
		{"on this date", func() { duty("2026-11-23", b, true) }, "b"},
		{"the date is taken back", func() { duty("2026-11-23", b, false) }, "a"},
		{"who is on duty is away", func() { p.play("a: /away 12月1日\na! 没有人代办\n") }, "b"},
		{"is back", func() { p.play("a: /back\n") }, "a"},
		{"cannot be reached", func() {
			p.update(func(ctx context.Context, tx handlers.Tx) error {
				_, err := tx.Block(ctx, handlers.Telegram, p.users["a"])
				return err
			})
		}, "b"},
	} {
		row.change()
		said := p.play("owner: /complain 横河镇" + strings.Repeat("很", len(row.name)) + row.name + "\nowner" + submission)
		if strings.Contains(said, "同一件事") {
			said = p.play("owner! 是另一件事，单独提交\n")
		}
		var told []string
		for _, who := range []string{"a", "b"} {
			for _, block := range strings.Split("\n"+said, "\n-> ") { // a card that is only brought up to date is no news
				if strings.HasPrefix(block, who+"\n") && !strings.Contains(block, "(replaces)") {
					told = append(told, who)
					break
				}
			}
		}
		if got := strings.Join(told, " "); got != row.want {
			t.Errorf("%s: told %q, want %q:\n%s", row.name, got, row.want, said)
		}
	}
	// Everybody is told of what happens later, on duty or not.
	p.play("a: /back\n") // reachable again
	if said := p.play("owner! 查看进度\nowner! 补充说明\nowner: 还有一点\n"); !strings.Contains(said, "-> a\n") || !strings.Contains(said, "-> b\n") {
		t.Errorf("of a note is told:\n%s", said)
	}
}

// A group that has thrown the bot out is no group: cases go elsewhere until it is
// tried again.
func TestLostGroup(t *testing.T) {
	t.Parallel()
	p := newPlayer(t)
	p.play("boss: /staff {code supervisor  督办}\n")
	at := func() string {
		t.Helper()
		said := p.play("owner: /complain 周巷镇的水压不够" + strings.Repeat("了", int(p.clock().Unix()%7)) + "\nowner! 下一步\nowner! 跳过\nowner! 是，周巷镇\nowner! 不提供\nowner! 提交\n")
		if strings.Contains(said, "同一件事") {
			said = p.play("owner! 是另一件事，单独提交\n")
		}
		_, to, _ := strings.Cut(said, "已派给")
		to, _, _ = strings.Cut(to, "（")
		return to
	}
	if got := at(); got != "周巷联络站" {
		t.Fatalf("went to %q", got)
	}
	p.play("~ @zhouxiang takes nothing\n")
	if got := at(); got != "周巷联络站" { // nobody knew yet; the supervisor got it in private
		t.Errorf("went to %q", got)
	}
	if got := at(); got != "市营商环境联络中心" {
		t.Errorf("went to %q although the group is lost", got)
	}
	p.play("~ @zhouxiang takes messages again\n~ 25h\n")
	if got := at(); got != "周巷联络站" {
		t.Errorf("went to %q a day later", got)
	}
	if got := at(); got != "周巷联络站" {
		t.Errorf("went to %q after the group took a message", got)
	}
}

// A city without anybody takes cases in; nobody is lost.
func TestCityWithoutStaff(t *testing.T) {
	t.Parallel()
	p := newPlayer(t)
	p.play("boss: /staff {code supervisor  督办}\n")
	said := p.play("owner: /complain 横河镇的水压不够\nowner" + submission)
	if !strings.Contains(said, "已派给市营商环境联络中心") || !strings.Contains(said, "-> boss\n") {
		t.Errorf("said:\n%s", said)
	}
	empty, err := p.desk.Unstaffed(t.Context())
	if err != nil || len(empty) != len(p.desk.Directory().Stations())-len(groups) {
		t.Errorf("%d stations have nobody (%v)", len(empty), err)
	}
}

// A supervisor undoes a merge: the case goes on by itself, its requester and the
// station are told, and what the station no longer can take goes to triage.
func TestUnmergeTells(t *testing.T) {
	t.Parallel()
	p := newPlayer(t)
	p.play("boss: /staff {code supervisor  督办}\nc: /staff {code agent city-centre 分派台}\na: /staff {code agent town-henghe 横河一号}\nowner: /complain 横河镇的水压不够\nowner" + submission +
		"two: /complain 横河镇的路灯坏了\ntwo! 下一步\ntwo! 跳过\ntwo! 是，横河镇\ntwo! 不提供\ntwo! 提交\n")
	const one, two = "CX-20261123-0001", "CX-20261123-0002"
	a, boss, owner := p.personOf("a"), p.personOf("boss"), p.personOf("two")
	act := func(person, id string, s ticket.Step) (c ticket.Ticket, err error) {
		err = p.captured(func(tx handlers.Tx) error {
			c, err = p.desk.Act(t.Context(), tx, person, id, s)
			return err
		}, p.store.Update)
		return c, err
	}
	merge := ticket.Step{Action: ticket.Merge, Case: one}
	unmerge := ticket.Step{Action: ticket.Unmerge, Text: "不是一件事"}
	if _, err := act(a, two, merge); err != nil {
		t.Fatal(err)
	}
	p.play("~ 1s\n")
	if _, err := act(owner, two, ticket.Step{Action: ticket.Solved}); ticket.CodeOf(err) != ticket.Illegal {
		t.Errorf("rated before there is a result: %v", err)
	}
	if _, err := act(a, two, unmerge); ticket.CodeOf(err) != ticket.Forbidden {
		t.Errorf("undone by an agent: %v", err)
	}
	if c, err := act(boss, two, unmerge); err != nil || c.Station != "town-henghe" || c.State != ticket.Assigned {
		t.Fatalf("undone: %+v, %v", c, err)
	}
	said := p.play("~ 1s\n")
	if strings.Count(said, "-> two\n") != 1 || !strings.Contains(said, two+" 不再合并办理，改由横河联络站（示例）单独办理") || strings.Contains(said, "-> owner") ||
		!strings.Contains(said, one+" 移出") {
		t.Errorf("said:\n%s", said)
	}
	// Once more, with nobody at the station.
	if _, err := act(a, two, merge); err != nil {
		t.Fatal(err)
	}
	p.play("a: /away 12月1日\na! 没有人代办\n")
	if c, err := act(boss, two, unmerge); err != nil || c.Station != "city-centre" {
		t.Errorf("undone with nobody there: %+v, %v", c, err)
	}
	if said := p.play("~ 1s\n"); !strings.Contains(said, "-> c\n") {
		t.Errorf("said:\n%s", said)
	}
}

// An older program's cases get their timers at the first start, once.
func TestRearmOnce(t *testing.T) {
	t.Parallel()
	p := newPlayer(t)
	p.play("owner: /complain 横河镇的水压不够\nowner" + submission)
	p.jobs = nil // the old program had set none
	start := func() (jobs []ticket.Job) {
		t.Helper()
		if err := handlers.New(p.desk.Config).Rearm(t.Context()); err != nil {
			t.Fatal(err)
		}
		jobs, p.jobs = p.jobs, nil
		return jobs
	}
	if got := start(); len(got) != 6 {
		t.Errorf("set %+v, want those of two deadlines", got)
	}
	if got := start(); len(got) != 0 {
		t.Errorf("set again %+v", got)
	}
}
