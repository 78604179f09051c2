package handlers_test

import (
	"context"
	"regexp"
	"strings"
	"testing"

	"liaison/handlers"
	"liaison/ticket"
)

// However long colleagues write about a case at once, each has one job that looks
// whether they still do.
func TestWritersHaveOneJobEach(t *testing.T) {
	t.Parallel()
	p := newPlayer(t)
	p.play("a: /staff {code agent town-henghe 横河一号}\nb: /staff {code agent town-henghe 横河二号}\n")
	id := regexp.MustCompile(`CX-\d{8}-\d{4}`).FindString(p.play("owner: /complain 横河镇的水压不够\nowner" + submission))
	a, b := p.personOf("a"), p.personOf("b")
	waiting := func() (n int) {
		p.mu.Lock()
		defer p.mu.Unlock()
		for _, j := range p.jobs {
			if j.Kind == ticket.JobKind("replying") {
				n++
			}
		}
		return n
	}
	for minute := 0; minute < 60; minute += 2 {
		p.update(func(ctx context.Context, tx handlers.Tx) error {
			if err := p.desk.Writes(ctx, tx, a, id, true); err != nil {
				return err
			}
			return p.desk.Writes(ctx, tx, b, id, true)
		})
		p.play("~ 2m\n")
		if n := waiting(); n != 2 {
			t.Fatalf("after %d minutes %d jobs wait, want one for each of two", minute+2, n)
		}
	}
	p.play("~ 20m\n")
	if n := waiting(); n != 0 {
		t.Errorf("%d jobs wait when nobody writes any more", n)
	}
	p.update(func(ctx context.Context, tx handlers.Tx) error {
		left, err := tx.Replying(ctx, id)
		if err == nil && len(left) > 0 {
			t.Errorf("still noted as writing: %v", left)
		}
		return err
	})
}

// Whatever somebody who has begun to write to a requester turns to, the card no
// longer says that he or she is writing; and says so again with the next prompt.
func TestWhoTurnsToSomethingElseIsNotWriting(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ what, before, turn string }{
		{"a button of the menu", "a: /staff\n", "a! 我经办的\n"},
		{"a command", "", "a: /next\n"},
		{"a form", "", "a: /complain 横河镇的路不平\n"},
		{"a button of a form", "a: /complain 横河镇的路不平\n", "a! 下一步\n"},
		{"another prompt about the case", "", "a! 批注\n"},
		{"a new quick reply", "a: /quick\n", "a! 新增快捷回复\n"},
		{"an absence", "a: /staff\n", "a! 我要离岗\n"},
		{"a way back", "a! 转办\n", "a! 返回\n"},
		{"giving up", "", "a: /cancel\n"},
	} {
		t.Run(c.what, func(t *testing.T) {
			t.Parallel()
			p := newPlayer(t)
			p.play("a: /staff {code agent town-henghe 横河一号}\nboss: /staff {code supervisor  督办}\n")
			id := regexp.MustCompile(`CX-\d{8}-\d{4}`).FindString(p.play("owner: /complain 横河镇的水压不够\nowner" + submission))
			who := p.personOf("a")
			writing := func() (n int) {
				p.update(func(ctx context.Context, tx handlers.Tx) error {
					all, err := tx.Replying(ctx, id)
					n = len(all)
					if n > 0 && all[0].Person != who {
						t.Errorf("%+v", all)
					}
					return err
				})
				return n
			}
			const shown = "正在回复：横河一号"
			p.play(c.before)
			if said := p.play("a! 回复\n"); writing() != 1 || !strings.Contains(said, shown) {
				t.Fatalf("after the prompt %d write:\n%s", writing(), said)
			}
			said := p.play(c.turn)
			if writing() != 0 || !strings.Contains(said, id+" · 投诉 · 已派单") || strings.Contains(said, shown) {
				t.Errorf("afterwards %d write:\n%s", writing(), said)
			}
			if said := p.play("a! 回复\n"); !strings.Contains(said, shown) {
				t.Errorf("with another prompt:\n%s", said)
			}
		})
	}
}

// Who edits words that were looked over writes again, whatever he or she did meanwhile.
func TestWhoEditsIsWriting(t *testing.T) {
	t.Parallel()
	p := newPlayer(t)
	p.play("a: /staff {code agent town-henghe 横河一号}\n")
	id := regexp.MustCompile(`CX-\d{8}-\d{4}`).FindString(p.play("owner: /complain 横河镇的水压不够\nowner" + submission))
	const shown = "正在回复：横河一号"
	p.play("a: /quick\na! 新增快捷回复\na: 已派人\\n已派人去看了\na: /staff\n")
	p.play("a! " + id + "\na! 快捷回复\n")
	if said := p.play("a! 已派人\n"); !strings.Contains(said, shown) {
		t.Fatalf("with the preview:\n%s", said)
	}
	if said := p.play("a: /my\n"); !strings.Contains(said, id) || strings.Contains(said, shown) {
		t.Fatalf("after another command:\n%s", said)
	}
	if said := p.play("a! 改写\n"); !strings.Contains(said, shown) {
		t.Errorf("with the words to edit:\n%s", said)
	}
}
