package handlers_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"liaison/e2e/hostile"
	"liaison/handlers"
	"liaison/ticket"
)

// Whatever somebody types, presses or answers, handling it is no error of ours,
// and no button of the answer is longer than a channel can carry. Who it is decides
// between people of each role and those in the midst of a form; nothing of an input is
// left for the next one.
func FuzzMessage(f *testing.F) {
	c := newCity(f)
	c.act("lead", c.submit("", ticket.Complaint, "town-henghe"), ticket.Step{Action: ticket.Accept})
	c.act("bank", c.submit("", ticket.Financing, "bank"), ticket.Step{Action: ticket.Accept})
	c.submit("observer", ticket.Finding, "town-henghe")
	c.hear("former agent", func(m *handlers.Message) { m.Command, m.Text = "complain", "路灯坏了" })
	c.hear("ended observer", func(m *handlers.Message) { m.Button = "menu:financing" })
	c.hear("helper", func(m *handlers.Message) { m.Command = "search" })
	people := []string{"requester", "lead", "former agent", "observer", "bank", "supervisor", "ended observer", "helper", "stranger"}
	const inGroup = 128 // and above
	seeds := 0
	next := func() uint8 { // a seed is slow, and not for everybody
		seeds++
		return uint8(seeds % len(people))
	}
	for _, seed := range []struct{ text, button, ref string }{
		{"慈溪有几个普惠金融服务站？", "", ""},
		{"/complain 路灯坏了", "", ""},
		{"/ask", "", ""},
		{"/staff 2345-6789-ABCD", "", ""},
		{"/language fr", "", ""},
		{"", "f:1:next", ""},
		{"", "f:1:edit:review", ""},
		{"", "f:1:town:月球", ""},
		{"", "pick:1:99", ""},
		{"", "pick:-1:0", ""},
		{"", "q:view:CX-20261123-0001", ""},
		{"", "q:score:CX-20261123-0001:6", ""},
		{"", "t:transfer:CX-20261123-0001:moon", ""},
		{"", "t:submit:CX-20261123-0001", ""},
		{"", "menu:financing", ""},
		{"", "f:1:toggle:pledge", ""},
		{"", "f:1:amount:-5", ""},
		{"", "f:1:months:99999999999", ""},
		{"", "f:1:purpose:9", ""},
		{"50 万", "", ""},
		{"", "t:record:CX-20261123-0001:granted", ""},
		{"", "t:lend:CX-20261123-0001:moon", ""},
		{"80万 3.85% 12个月", "", "act:record:CX-20261123-0001:granted:bank"},
		{"", "menu:next", ""},
		{"", "t:hint:CX-20261123-0001", ""},
		{"", "t:take:CX-20261123-0001:library", ""},
		{"", "t:send:CX-20261123-0001:1:reply", ""},
		{"", "quick:at:*", ""},
		{"", "quick:gone:99", ""},
		{"ＣＸ－２０２６１１２３－０００１", "", ""},
		{"路灯", "", "act:search"},
		{"名称\n{编号}", "", "act:quick:0:town-henghe"},
		{"好的", "", "act:draft:CX-20261123-0001:@9"},
		{"", ":::", ""},
		{"", "o:new", ""},
		{"", "o:visits:-1", ""},
		{"", "o:figures:moon", ""},
		{"", "v:0123456789abcdef:file", ""},
		{"", "v:0123456789abcdef:as:1:moon", ""},
		{"谢谢", "", "act:opinion:0123456789abcdef"},
		{"谢谢", "", "ticket:CX-20261123-0001"},
		{"谢谢", "", "act:submit:CX-20261123-0001"},
		{"谢谢", "", "act:code"},
		{"👨‍👩‍👧‍👦 \u202eabc \x00 \xff", "", ""},
		{"/complain \x00\x01\x1b[2J\u2028\ufeff", "", ""},
		{"慈\u200b溪\u200d有几个普惠金融服务站？\u202e\u2066", "", ""},
		{"\xed\xa0\x80\xed\xb0\x80", "", ""},
		{"Ｃｉｘｉ　ＣХ－20261123－0001", "", ""},
		{"", "t:accept:CX-20261123-0001\x00", ""},
	} {
		f.Add(next(), seed.text, seed.button, seed.ref)
	}
	for _, text := range hostile.Texts {
		f.Add(next(), text, "", "")
		f.Add(next(), "/complain "+text, "", "")
		f.Add(next(), text, "", "ticket:CX-20261123-0001")
		f.Add(next(), "", text, "")
		f.Add(next(), "", "", text)
	}
	f.Fuzz(func(t *testing.T, person uint8, text, button, ref string) {
		who := people[person%inGroup%uint8(len(people))]
		m := handlers.Message{
			Key: "input", From: handlers.Address{Channel: handlers.Telegram, Chat: who}, User: who,
			Text: text, Button: button, Ref: ref, SentAt: c.now, Group: person >= inGroup,
		}
		if rest, ok := strings.CutPrefix(text, "/"); ok {
			m.Command, m.Text, _ = strings.Cut(rest, " ")
		}
		if button != "" {
			m.Press = "p"
		}
		m = m.Storable() // as the relay takes it in
		prepared, err := c.desk.Prepare(t.Context(), m)
		if err != nil {
			t.Fatal(err)
		}
		var said []string
		err = c.store.Update(t.Context(), func(tx handlers.Tx) error {
			if err := c.desk.Handle(t.Context(), heard{checkedTx{tx, t}, m.From.Chat, &said}, m, prepared); err != nil {
				return err
			}
			return errUndone
		})
		if !errors.Is(err, errUndone) {
			t.Fatalf("text %q, button %q, ref %q: %v (%s)", text, button, ref, err, ticket.CodeOf(err))
		}
		if len(said) == 0 && !m.Group {
			t.Errorf("text %q, button %q, ref %q: no reply", text, button, ref)
		}
	})
}

// checkedTx looks at what is sent.
type checkedTx struct {
	handlers.Tx
	t *testing.T
}

func (c checkedTx) Send(ctx context.Context, to handlers.Address, r handlers.Reply) error {
	// The channel splits what is longer than a message of its, and does not get a book.
	if text := r.String() + r.Toast; !utf8.ValidString(text) || strings.ContainsRune(text, 0) || utf8.RuneCountInString(text) > 4*ticket.MaxText {
		c.t.Errorf("a reply of %d characters that no channel carries: %.200q", utf8.RuneCountInString(text), text)
	}
	if r.Empty() && r.Press == "" {
		c.t.Errorf("a reply that says nothing: %+v", r)
	}
	for _, row := range r.Buttons {
		for _, b := range row {
			if b.Text == "" || b.Data == "" || len(b.Data) > handlers.MaxData {
				c.t.Errorf("button %q sends back %q", b.Text, b.Data)
			}
		}
	}
	return c.Tx.Send(ctx, to, r)
}
