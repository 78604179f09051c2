package handlers_test

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"liaison/handlers"
	"liaison/ticket/route"
)

// A station's last agent does not want messages any more, and nobody knows it yet:
// the case that shows it is told to somebody all the same.
func TestLastAgentBlocked(t *testing.T) {
	t.Parallel()
	p := newPlayer(t)
	p.play("boss: /staff {code supervisor  督办}\na: /staff {code agent town-henghe 横河一号}\n~ a takes nothing\n")
	said := p.play("owner: /complain 横河镇的水压不够\nowner" + submission)
	_, told, _ := strings.Cut(said, "-> boss\n")
	if !strings.Contains(told, "横河镇的水压不够") || !strings.Contains(said, "横河联络站（示例）") {
		t.Errorf("the supervisor is not shown the case:\n%s", said)
	}
	if said = p.play("other: /complain 横河镇的变压器停电\nother" + submission); strings.Contains(said, "已派给横河联络站（示例）") {
		t.Errorf("the next case goes to a station with nobody:\n%s", said)
	}
}

// An agent who stops the bot leaves a station without anybody: the supervisors hear
// of it at once, and once.
func TestLastAgentLeavesTheBot(t *testing.T) {
	t.Parallel()
	p := newPlayer(t)
	p.play("boss: /staff {code supervisor  督办}\na: /staff {code agent town-henghe 甲}\nb: /staff {code agent town-henghe 乙}\nowner: /start\n")
	for _, who := range []string{"a", "owner"} { // a colleague is left; a requester
		if said := p.play("~ " + who + " removes the bot\n"); said != "" {
			t.Errorf("of %s is told:\n%s", who, said)
		}
	}
	if said := p.play("~ b removes the bot\n"); strings.Count(said, "横河联络站（示例）现在没有人可以接办") != 1 || !strings.HasPrefix(said, "-> boss\n") {
		t.Errorf("of a station without anybody is told:\n%s", said)
	}
	if said := p.play("~ b removes the bot\n"); said != "" {
		t.Errorf("told again:\n%s", said)
	}
}

// Two stations share a chat, one with a topic for each case, one with a topic of its
// own: what is in whose topic does not depend on their order.
func TestStationsThatShareAChat(t *testing.T) {
	t.Parallel()
	for _, order := range [][2]string{{"town-henghe", "town-zhouxiang"}, {"town-zhouxiang", "town-henghe"}} {
		t.Run(order[0], func(t *testing.T) {
			t.Parallel()
			perCase, own := order[0], order[1]
			yaml := route.Example()
			for station, lines := range map[string]string{
				perCase: "    telegram_chat_id: -1001\n    telegram_topic_per_case: true\n",
				own:     "    telegram_chat_id: -1001\n    telegram_thread_id: 7\n",
			} {
				id := []byte("  - id: " + station + "\n")
				yaml = bytes.Replace(yaml, id, append(id[:len(id):len(id)], lines...), 1)
			}
			d, err := route.Parse("stations.yaml", yaml)
			if err != nil {
				t.Fatal(err)
			}
			p := newPlayer(t)
			p.desk.Directory = func() *route.Directory { return d }
			p.play("h: /staff {code agent " + perCase + " 甲}\nz: /staff {code agent " + own + " 乙}\n")
			p.update(func(ctx context.Context, tx handlers.Tx) error {
				to := handlers.Address{Channel: handlers.Telegram, Chat: "-1001", Thread: 7}
				return p.desk.Undelivered(ctx, tx, to, handlers.Reply{Text: []handlers.Span{{Text: "只给乙看"}}, Ref: "x"}, handlers.WhyRefused)
			})
			if said := p.play("~ 2s\n"); !strings.Contains(said, "-> z\n") || strings.Contains(said, "-> h\n") {
				t.Errorf("what the topic of %s did not take is told:\n%s", own, said)
			}
			p.update(func(ctx context.Context, tx handlers.Tx) error {
				return p.desk.Handle(ctx, tx, handlers.Message{
					Key: "k", Group: true, User: p.users["h"], Command: "next",
					From: handlers.Address{Channel: handlers.Telegram, Chat: "-1001", Thread: 99},
				}, handlers.Prepared{})
			})
			if said := p.play("~ 2s\n"); strings.Contains(said, "不是") {
				t.Errorf("an agent of %s in a topic of a case:\n%s", perCase, said)
			}
		})
	}
}

// A number that a station has asked for is not taken for that of a case.
func TestNumberThatWasAskedFor(t *testing.T) {
	t.Parallel()
	p := newPlayer(t)
	p.play("a: /staff {code agent town-henghe 横河一号}\nowner: /complain 横河镇的水压不够\nowner" + submission)
	p.play("a! 要求补充\na: 请提供合同编号\n")
	if said := p.play("owner: 202610120035\n"); !strings.Contains(said, "202610120035") && !strings.Contains(said, "补充") || strings.Contains(said, "无权查看") {
		t.Errorf("the number that was asked for:\n%s", said)
	}
}
