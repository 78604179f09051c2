package handlers_test

import (
	"strconv"
	"testing"

	"liaison/e2e/script"
	"liaison/handlers"
)

// TestEditedFile: another picture in the place of one that was sent is not taken, and
// not passed over without a word.
func TestEditedFile(t *testing.T) {
	t.Parallel()
	p := newPlayer(t)
	p.play("owner: /complain 周巷镇路灯坏了\nowner+ one.png: 坏的路灯\n")
	sent := p.wrote[p.users["owner"]+"坏的路灯"]
	edit := func(m handlers.Message) string {
		t.Helper()
		p.fresh = nil
		p.serial++
		m.Key, m.ID, m.Edited, m.SentAt = strconv.Itoa(p.serial), sent, true, p.clock()
		m.User, m.From = p.users["owner"], handlers.Address{Channel: handlers.Telegram, Chat: p.users["owner"]}
		p.receive(m)
		p.settle()
		return saidText(p.said(script.Line{Actor: "owner"}))
	}
	picture := []handlers.Upload{{Source: "two.png", Name: "two.png"}}
	if sent == "" {
		t.Fatal("nothing was sent")
	}
	contains(t, edit(handlers.Message{Files: picture}), "不会随编辑而改变")
	contains(t, edit(handlers.Message{Files: picture, Text: "坏的路灯"}), "不会随编辑而改变")
	if said := edit(handlers.Message{Text: "坏的路灯"}); said != "" {
		t.Errorf("nothing has changed: %s", said)
	}
}
