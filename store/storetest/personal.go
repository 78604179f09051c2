package storetest

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"liaison/handlers"
	"liaison/knowledge"
	"liaison/knowledge/shelf"
	"liaison/store"
	"liaison/ticket"
	"liaison/ticket/learn"
	"liaison/ticket/visit"
	"liaison/web"
)

// twoKnown makes a person of each channel with all that Held returns, and gives their ids.
func twoKnown(t *testing.T, s *store.Store) (byPhone, byPage handlers.Person) {
	t.Helper()
	update(t, s, func(tx handlers.Tx) error {
		byPhone = must[handlers.Person](t)(tx.Touch(ctx, handlers.Telegram, "77", "77", noon))
		byPage = must[handlers.Person](t)(tx.Touch(ctx, handlers.Web, "w_1", "w_1", noon))
		for _, p := range []handlers.Person{byPhone, byPage} {
			if err := tx.AddGap(ctx, handlers.Missed{Question: "共同的问句", Reason: handlers.Refused, Person: p.ID, At: noon}); err != nil {
				return err
			}
			if err := tx.AddGap(ctx, handlers.Missed{Question: "问句" + p.ID, Reason: handlers.Refused, Person: p.ID, At: noon}); err != nil {
				return err
			}
			if err := tx.Helped(ctx, "unit", p.ID, "有用", noon); err != nil {
				return err
			}
		}
		for _, key := range []string{"telegram:77:77", "telegram:-5:77", "telegram:-5:177", "web:w_1:w_1", "web:wx1:wx1"} {
			if err := tx.SaveConversation(ctx, key, []byte(`{"lang":"zh","about":"CX-1"}`), noon); err != nil {
				return err
			}
		}
		for _, to := range []handlers.Address{{Channel: handlers.Telegram, Chat: "77"}, {Channel: handlers.Telegram, Chat: "8"}} {
			if err := tx.Send(ctx, to, handlers.Reply{Text: []handlers.Span{{Text: "写给 " + to.Chat}}, Ref: "ticket:CX-1"}); err != nil {
				return err
			}
		}
		_, err := tx.AddVisit(ctx, visit.Visit{State: visit.Draft, Observer: byPhone.ID, By: byPhone.ID, Visitor: "观察员", Opinions: []visit.Opinion{{Text: "草稿"}}})
		return err
	})
	for _, lane := range []string{"telegram:77", "telegram:8"} {
		out, ok, err := s.NextOutbound(ctx, lane, noon)
		if err != nil || !ok {
			t.Fatal(lane, ok, err)
		}
		if err := s.Delivered(ctx, out, []string{"m1"}, true, noon); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := s.PutLine(ctx, "w_1", "k1", 0, web.Visitor, handlers.Reply{Text: []handlers.Span{{Text: "网页上说的"}}}, noon); err != nil {
		t.Fatal(err)
	}
	for _, m := range []handlers.Message{
		{Key: "1", From: handlers.Address{Channel: handlers.Telegram, Chat: "77"}, User: "77", Text: "说过的", SentAt: noon},
		{Key: "2", From: handlers.Address{Channel: handlers.Telegram, Chat: "77"}, User: "77", Text: "搁置的", SentAt: noon},
		{Key: "2g", From: handlers.Address{Channel: handlers.Telegram, Chat: "-5"}, User: "77", Group: true, Text: "在群里搁置的", Files: []handlers.Upload{{Hash: "h", Name: "搁置.png"}}, SentAt: noon},
		{Key: "2h", From: handlers.Address{Channel: handlers.Telegram, Chat: "-5"}, User: "177", Group: true, Text: "别人在群里搁置的", SentAt: noon},
		{Key: "w_1:3", From: handlers.Address{Channel: handlers.Web, Chat: "w_1"}, User: "w_1", Text: "网页", SentAt: noon},
	} {
		if _, err := s.Receive(ctx, m, noon); err != nil {
			t.Fatal(err)
		}
		in, _, err := s.NextInbound(ctx, m.From.Lane(), noon)
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(m.Text, "搁置的") {
			err = s.ParkInbound(ctx, in, "x", nil)
		} else {
			err = s.Handle(ctx, in, func(handlers.Tx) error { return nil })
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return byPhone, byPage
}

func personal(t *testing.T, s *store.Store) {
	byPhone, byPage := twoKnown(t, s)
	held := func(person string) (h handlers.Held) {
		t.Helper()
		view(t, s, func(tx handlers.Tx) (err error) { h, err = tx.Held(ctx, person); return err })
		return h
	}
	said := func(h handlers.Held) (texts []string) {
		for _, m := range h.Messages {
			texts = append(texts, m.Text)
		}
		slices.Sort(texts)
		return texts
	}
	h := held(byPhone.ID)
	if d := cmp.Diff([]string{"写给 77", "在群里搁置的", "搁置的"}, said(h)); d != "" || len(h.Talks) != 2 || len(h.Questions) != 2 || len(h.Helped) != 1 || h.Notes != 1 {
		t.Errorf("held by phone: %+v\n%s", h, d)
	}
	for _, m := range h.Messages {
		if m.Text == "在群里搁置的" && (len(m.Files) != 1 || m.Files[0].Name != "搁置.png") {
			t.Errorf("files of what was put aside: %+v", m)
		}
	}
	h = held(byPage.ID)
	if d := cmp.Diff([]string{"网页上说的"}, said(h)); d != "" || len(h.Talks) != 1 || !h.Messages[0].Mine {
		t.Errorf("held by page: %+v\n%s", h, d)
	}
	// Who is appointed stays, with the account, and without what was said.
	update(t, s, func(tx handlers.Tx) error {
		if err := tx.AddMembership(ctx, handlers.Membership{Person: byPhone.ID, Role: ticket.RoleObserver}); err != nil {
			return err
		}
		return tx.ForgetPerson(ctx, byPhone.ID, true)
	})
	h = held(byPhone.ID)
	if len(h.Talks)+len(h.Messages)+len(h.Questions)+len(h.Helped) != 0 || h.Notes != 1 {
		t.Errorf("held of who is appointed: %+v", h)
	}
	view(t, s, func(tx handlers.Tx) error {
		equal(t, "accounts of who is appointed", len(must[[]handlers.Account](t)(tx.Accounts(ctx, byPhone.ID))), 1)
		equal(t, "roles of who is appointed", len(must[[]handlers.Membership](t)(tx.Memberships(ctx, byPhone.ID))), 1)
		equal(t, "drafts", len(must[[]visit.Visit](t)(tx.Visits(ctx, visit.Filter{State: visit.Draft}))), 0)
		equal(t, "the talk of another user", string(must[[]byte](t)(tx.Conversation(ctx, "telegram:-5:177"))) != "", true)
		gaps := must[[]handlers.Gap](t)(tx.Gaps(ctx, 0, handlers.GapOpen))
		equal(t, "gaps that others ask too", len(gaps), 2)
		return nil
	})
	for _, p := range []string{byPhone.ID, byPage.ID} {
		update(t, s, func(tx handlers.Tx) error { return tx.ForgetPerson(ctx, p, false) })
		view(t, s, func(tx handlers.Tx) error {
			_, err := tx.Person(ctx, p)
			equal(t, "the person afterwards", ticket.CodeOf(err), ticket.NotFound)
			equal(t, "accounts afterwards", len(must[[]handlers.Account](t)(tx.Accounts(ctx, p))), 0)
			return nil
		})
	}
	equal(t, "lines of the page", len(must[[]web.Line](t)(s.Lines(ctx, "w_1", 0, 0))), 0)
	equal(t, "the note of a delivery", must[string](t)(s.RefOf(ctx, handlers.Address{Channel: handlers.Telegram, Chat: "77"}, "m1")), handlers.RefUnknown)
	view(t, s, func(tx handlers.Tx) error {
		equal(t, "gaps that nobody asks", len(must[[]handlers.Gap](t)(tx.Gaps(ctx, 0, handlers.GapOpen))), 0)
		equal(t, "the talk of another page", string(must[[]byte](t)(tx.Conversation(ctx, "web:wx1:wx1"))) != "", true)
		return nil
	})
	// The key of what was handled is still known, and the same account is a new person.
	again, err := s.Receive(ctx, handlers.Message{Key: "1", From: handlers.Address{Channel: handlers.Telegram, Chat: "77"}, User: "77", SentAt: noon}, noon)
	equal(t, "an old message is new", again, false)
	equal(t, "err", err, nil)
	update(t, s, func(tx handlers.Tx) error {
		p := must[handlers.Person](t)(tx.Touch(ctx, handlers.Telegram, "77", "77", noon))
		equal(t, "who comes back is a stranger", p.ID != byPhone.ID, true)
		return nil
	})
}

// forgetUnread checks that what came in and could not be read goes with its person, and not
// with one whose number is a part of another.
func forgetUnread(t *testing.T, s *store.Store) {
	for _, m := range []handlers.Message{
		{Key: "1", Unread: `{"from":{"id":77},"text":"77 的话"}`},
		{Key: "2", Unread: `{"from":{"id":1775},"text":"1775 的话"}`},
		{Key: "3", Unread: `{"from":{"id":7},"text":"7 的话"}`},
	} {
		m.From = handlers.Address{Channel: handlers.Telegram, Chat: "unread"}
		must[bool](t)(s.Receive(ctx, m, noon))
		in, _, err := s.NextInbound(ctx, m.From.Lane(), noon)
		if err == nil {
			err = s.ParkInbound(ctx, in, "x", nil)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, left := range []struct {
		user string
		want int
	}{{"5", 3}, {"77", 2}, {"7", 1}} {
		update(t, s, func(tx handlers.Tx) error {
			p := must[handlers.Person](t)(tx.Touch(ctx, handlers.Telegram, left.user, left.user, noon))
			return tx.ForgetPerson(ctx, p.ID, false)
		})
		view(t, s, func(tx handlers.Tx) error {
			equal(t, "left when "+left.user+" is forgotten", must[int](t)(tx.CountParked(ctx)), left.want)
			return nil
		})
	}
}

func forgetCases(t *testing.T, s *store.Store) {
	mine, theirs := sample("CX-1"), sample("CX-12")
	mine.State, mine.MergedInto = ticket.Closed, theirs.ID
	theirs.Requester, theirs.MergedInto = "p2", ""
	insert(t, s, mine, theirs)
	var staff handlers.Person
	update(t, s, func(tx handlers.Tx) error {
		staff = must[handlers.Person](t)(tx.Touch(ctx, handlers.Web, "st", "st", noon))
		if err := tx.AddMembership(ctx, handlers.Membership{Person: staff.ID, Role: ticket.RoleAgent, Station: "s1"}); err != nil {
			return err
		}
		must[handlers.Person](t)(tx.Touch(ctx, handlers.Telegram, "9", "9", noon))
		for _, e := range []ticket.Event{
			{Ticket: "CX-1", Seq: 1, Actor: "p1", Role: ticket.RoleRequester, Action: ticket.Submit, Text: "甲"},
			{Ticket: "CX-12", Seq: 1, Actor: "p2", Role: ticket.RoleRequester, Action: ticket.Submit, Text: "乙"},
			{Ticket: "CX-12", Seq: 2, Role: ticket.RoleSystem, Action: ticket.Absorb, Object: "CX-1", Text: "甲"},
			{Ticket: "CX-12", Seq: 3, Actor: "p1", Role: ticket.RoleRequester, Action: ticket.Note, Text: "甲"},
			{Ticket: "CX-12", Seq: 4, Actor: "p1", Role: ticket.RoleAgent, Action: ticket.Comment, Text: "同事"},
		} {
			if err := tx.AppendEvent(ctx, e); err != nil {
				return err
			}
		}
		for _, chat := range []string{"-5", "9"} { // a group, and somebody who is not staff
			for _, id := range []string{"CX-1", "CX-12"} {
				if err := tx.Send(ctx, handlers.Address{Channel: handlers.Telegram, Chat: chat}, handlers.Reply{Text: []handlers.Span{{Text: "关于 " + id}}, Ref: "card:" + id}); err != nil {
					return err
				}
			}
		}
		if _, err := tx.SaveUnheard(ctx, handlers.Unheard{Ticket: "CX-1", Why: handlers.WhyGone, Since: noon}); err != nil {
			return err
		}
		return tx.SaveConversation(ctx, "telegram:-5:3", []byte(`{"await":{"ref":"act:reply:CX-1:@4"}}`), noon)
	})
	// What staff type need not name the case; what they were doing when it failed may.
	typed := handlers.Message{Key: "st:k9", From: handlers.Address{Channel: handlers.Web, Chat: "st"}, User: "st", Text: "姓张的老板", SentAt: noon}
	if _, err := s.PutLine(ctx, "st", web.SaidKey(typed.Key), 0, web.Visitor, handlers.Reply{Text: []handlers.Span{{Text: typed.Text}}}, noon); err != nil {
		t.Fatal(err)
	}
	update(t, s, func(tx handlers.Tx) error { return tx.SaidAbout(ctx, typed, "CX-1") })
	for i, m := range []handlers.Message{
		{From: handlers.Address{Channel: handlers.Web, Chat: "st"}, User: "st", Text: "关于 CX-1"},
		{From: handlers.Address{Channel: handlers.Telegram, Chat: "-5"}, User: "4", Group: true, Command: "search", Text: "CX-1 的老板"},
		{From: handlers.Address{Channel: handlers.Web, Chat: "st"}, User: "st", Text: "关于 CX-12"},
		{From: handlers.Address{Channel: handlers.Telegram, Chat: "9"}, User: "9", Text: "别人说 CX-1"},
	} {
		m.Key, m.SentAt = fmt.Sprint("aside", i), noon
		must[bool](t)(s.Receive(ctx, m, noon))
		in, _, err := s.NextInbound(ctx, m.From.Lane(), noon)
		if err == nil {
			err = s.ParkInbound(ctx, in, "x", nil)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	for i, id := range []string{"CX-1", "CX-12"} {
		if _, err := s.PutLine(ctx, "st", id, 0, web.Bot, handlers.Reply{Text: []handlers.Span{{Text: id}}}, noon.Add(time.Duration(i))); err != nil {
			t.Fatal(err)
		}
	}
	for _, v := range []learn.Version{{Target: learn.Topic, At: noon.Add(-time.Hour), Digest: "d", Used: true}, {Target: learn.Topic, At: noon.Add(time.Hour), Digest: "e", Used: true}} {
		if _, err := s.AddModel(ctx, v, []byte("model")); err != nil {
			t.Fatal(err)
		}
	}
	view(t, s, func(tx handlers.Tx) error {
		want := []handlers.Trace{{Ticket: "CX-12", Seqs: []int{2, 3}}}
		if d := cmp.Diff(want, must[[]handlers.Trace](t)(tx.Traces(ctx, "p1"))); d != "" {
			t.Error("traces", d)
		}
		if d := cmp.Diff([]string{"telegram:-5:3"}, must[[]string](t)(tx.TalksAbout(ctx, []string{"CX-2", "CX-1"}))); d != "" {
			t.Error("talks", d)
		}
		equal(t, "talks about a longer number", len(must[[]string](t)(tx.TalksAbout(ctx, []string{"CX-12"}))), 0)
		return nil
	})
	update(t, s, func(tx handlers.Tx) error { return tx.ForgetCases(ctx, []string{"CX-1"}, noon) })
	for lane, want := range map[string]string{"telegram:-5": "关于 CX-12", "telegram:9": "关于 CX-1"} {
		out, _, err := s.NextOutbound(ctx, lane, noon)
		if err != nil {
			t.Fatal(err)
		}
		equal(t, "the first that waits for "+lane, out.Reply.String(), want)
	}
	lines := must[[]web.Line](t)(s.Lines(ctx, "st", 0, 0))
	if len(lines) != 1 || lines[0].Body.String() != "CX-12" {
		t.Errorf("lines of staff: %+v", lines)
	}
	view(t, s, func(tx handlers.Tx) error {
		equal(t, "put aside", must[int](t)(tx.CountParked(ctx)), 2)
		for user, want := range map[handlers.Address]string{{Channel: handlers.Web, Chat: "st"}: "关于 CX-12", {Channel: handlers.Telegram, Chat: "9"}: "别人说 CX-1"} {
			p := must[handlers.Person](t)(tx.Known(ctx, user.Channel, user.Chat))
			aside := slices.ContainsFunc(must[handlers.Held](t)(tx.Held(ctx, p.ID)).Messages, func(m handlers.HeldMessage) bool { return m.Text == want })
			equal(t, want, aside, true)
		}
		equal(t, "unheard", len(must[[]handlers.Unheard](t)(tx.Unheard(ctx, ""))), 0)
		return nil
	})
	used := must[learn.Version](t)(s.LastModel(ctx, learn.Topic, true))
	last := must[learn.Version](t)(s.LastModel(ctx, learn.Topic, false))
	if used.Digest != "d" || last.Digest != "" || last.Number <= used.Number {
		t.Errorf("learned: in force %+v, last %+v", used, last)
	}
}

// forgetWords checks that the wordings which one person alone has used go from what staff made
// of them, but not from what the public reads, nor those that others have used too.
func forgetWords(t *testing.T, s *store.Store) {
	var me, other handlers.Person
	var visited visit.Visit
	update(t, s, func(tx handlers.Tx) error {
		me = must[handlers.Person](t)(tx.Touch(ctx, handlers.Telegram, "77", "77", noon))
		other = must[handlers.Person](t)(tx.Touch(ctx, handlers.Telegram, "8", "8", noon))
		for _, q := range []handlers.Missed{
			{Question: "独自的问法", Person: me.ID}, {Question: "独自的另一问法", Person: me.ID}, {Question: "公开的问法", Person: me.ID},
			{Question: "共同的问法", Person: me.ID}, {Question: "共同的问法", Person: other.ID},
		} {
			q.Reason, q.At = handlers.Refused, noon
			if err := tx.AddGap(ctx, q); err != nil {
				return err
			}
		}
		for _, q := range []string{"独自的问法？", "共同的问法"} {
			must[int64](t)(tx.AddOverride(ctx, handlers.Override{Kind: handlers.OverridePin, Question: q, Unit: "d#u", Why: "理由", By: other.ID, At: noon}))
		}
		visited = must[visit.Visit](t)(tx.AddVisit(ctx, visit.Visit{State: visit.Filed, Observer: me.ID, By: me.ID, Visitor: "观察员", Station: "s1", Companies: []string{"甲厂"}, Day: noon, FiledAt: noon}))
		return tx.AddCorrection(ctx, visited.ID, visit.Correction{At: noon, By: me.ID, Field: visit.FieldMet, Was: "甲", Became: "乙"})
	})
	source := func(title string, wordings ...string) []byte {
		d := knowledge.QA{ID: "qa-1", Question: title, Wordings: wordings, Answer: "答复", On: knowledge.Date{Year: 2026, Month: 11, Day: 23}}.Document()
		return knowledge.RenderDocument(d)
	}
	qa := func(id string, state shelf.State, title string, wordings ...string) shelf.Entry {
		e := entry(id, 1, title)
		e.State, e.Title, e.Source = state, title, source(title, wordings...)
		return e
	}
	unreadable := qa(knowledge.QAPrefix+"4", shelf.Draft, "独自的另一问法")
	unreadable.Source = []byte("没有开头\n独自的问法？ 独自的另一问法，共同的问法")
	putEntries(t, s,
		qa(knowledge.QAPrefix+"1", shelf.Draft, "独自的问法", "共同的问法", "独自的另一问法"),
		qa(knowledge.QAPrefix+"2", shelf.Published, "公开的问法", "独自的问法"),
		qa(knowledge.QAPrefix+"3", shelf.Removed, "公开的问法"),
		unreadable)
	updateShelf(t, s, func(tx shelf.Tx) error {
		_, err := tx.AddImport(ctx, shelf.Record{By: "甲", At: noon, Outcomes: []shelf.Outcome{
			{ID: knowledge.QAPrefix + "1", Title: "独自的问法"}, {ID: knowledge.QAPrefix + "2", Title: "公开的问法"}}})
		return err
	})
	watched, stop := watching(t, s)
	update(t, s, func(tx handlers.Tx) error { return tx.ForgetPerson(ctx, me.ID, false) })
	told := false
	for deadline := time.After(10 * time.Second); !told; {
		select {
		case c := <-watched:
			told = c.Kind == handlers.LibraryChanged
		case <-deadline:
			t.Fatal("running bots are not told that a pin is undone")
		}
	}
	stop()
	view(t, s, func(tx handlers.Tx) error {
		pins := must[[]handlers.Override](t)(tx.Overrides(ctx, true))
		equal(t, "the pin of the person's words", pins[0].Question, ticket.ErasedText)
		equal(t, "it is undone", pins[0].UndoneBy != "", true)
		equal(t, "the pin of what others ask, too", pins[1].Question+pins[1].UndoneBy, "共同的问法")
		equal(t, "who corrected the visit", must[[]visit.Correction](t)(tx.Corrections(ctx, visited.ID))[0].By, "")
		return nil
	})
	viewShelf(t, s, func(tx shelf.Tx) error {
		for id, want := range map[string]string{"1": "共同的问法", "2": "公开的问法", "3": ticket.ErasedText} {
			e := must[[]shelf.Entry](t)(tx.Entries(ctx, true, knowledge.QAPrefix+id))[0]
			equal(t, "title of "+id, e.Title, want)
			d := must[knowledge.Document](t)(knowledge.ParseDocument(e.ID, e.Source))
			questions := strings.Join(d.Questions(), " ")
			equal(t, "the person's words in "+questions, strings.Contains(questions, "独自"), id == "2")
			equal(t, "hash of what was read", e.ReadHash == "", id != "2")
		}
		e := must[[]shelf.Entry](t)(tx.Entries(ctx, true, knowledge.QAPrefix+"4"))[0]
		equal(t, "what cannot be read", e.Title+string(e.Source), ticket.ErasedText+"没有开头\n"+ticket.ErasedText+"？ "+ticket.ErasedText+"，共同的问法")
		r := must[shelf.Record](t)(tx.ImportRecord(ctx, 1))
		equal(t, "titles in the report", r.Outcomes[0].Title+r.Outcomes[1].Title, "共同的问法公开的问法")
		return nil
	})
}

// forgottenElsewhere checks that what is outside of the database is asked to forget until
// it has, once for all who were forgotten.
func forgottenElsewhere(t *testing.T, s *store.Store) {
	asked, done := 0, false
	ask := func(want int) {
		t.Helper()
		if err := s.AfterForgetting(ctx, func(context.Context) (bool, error) { asked++; return done, nil }); err != nil {
			t.Fatal(err)
		}
		equal(t, "asked", asked, want)
	}
	ask(0)
	forget := func() {
		t.Helper()
		update(t, s, func(tx handlers.Tx) error {
			p := must[handlers.Person](t)(tx.Touch(ctx, handlers.Telegram, "77", "77", noon))
			return tx.ForgetPerson(ctx, p.ID, false)
		})
	}
	forget()
	forget()
	ask(1)
	done = true
	ask(2)
	ask(2)
	forget()
	ask(3)
}

// stillThere checks that a delivered reply is there until its person is forgotten, also of
// somebody who is appointed and keeps the account.
func stillThere(t *testing.T, s *store.Store) {
	byPhone, _ := twoKnown(t, s)
	var id int64
	there := func() (ok bool) {
		t.Helper()
		update(t, s, func(tx handlers.Tx) (err error) { ok, err = tx.StillThere(ctx, id); return err })
		return ok
	}
	update(t, s, func(tx handlers.Tx) error {
		return tx.Send(ctx, handlers.Address{Channel: handlers.Telegram, Chat: "77"}, handlers.Reply{Text: []handlers.Span{{Text: "答"}}})
	})
	out, _, err := s.NextOutbound(ctx, "telegram:77", noon)
	if err == nil {
		err = s.Delivered(ctx, out, []string{"m2"}, true, noon)
	}
	if err != nil {
		t.Fatal(err)
	}
	id = out.ID
	equal(t, "delivered and there", there(), true)
	update(t, s, func(tx handlers.Tx) error { return tx.ForgetPerson(ctx, byPhone.ID, true) })
	equal(t, "there once forgotten", there(), false)
}

// passing checks that nothing of a passing reply is kept, delivered or not.
func passing(t *testing.T, s *store.Store) {
	to := handlers.Address{Channel: handlers.Telegram, Chat: "77"}
	for _, given := range []bool{true, false} {
		update(t, s, func(tx handlers.Tx) error {
			return tx.Send(ctx, to, handlers.Reply{Text: []handlers.Span{{Text: "一次"}}, Ref: "r", Passing: true})
		})
		out, ok, err := s.NextOutbound(ctx, to.Lane(), noon)
		if err != nil || !ok || !out.Reply.Passing {
			t.Fatal(out, ok, err)
		}
		if given {
			err = s.Delivered(ctx, out, []string{"m1"}, true, noon)
		} else {
			err = s.FailOutbound(ctx, out.ID, "403", noon, nil)
		}
		if err != nil {
			t.Fatal(err)
		}
		equal(t, "note of it", must[string](t)(s.RefOf(ctx, to, "m1")), handlers.RefUnknown)
		update(t, s, func(tx handlers.Tx) error {
			p := must[handlers.Person](t)(tx.Touch(ctx, to.Channel, "77", "77", noon))
			h := must[handlers.Held](t)(tx.Held(ctx, p.ID))
			equal(t, "kept of it", len(h.Messages)+h.Notes, 0)
			return nil
		})
	}
}
