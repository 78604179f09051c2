package handlers_test

import (
	"context"
	"regexp"
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
