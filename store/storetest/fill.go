package storetest

import (
	"fmt"
	"testing"
	"time"

	"liaison/handlers"
	"liaison/knowledge/shelf"
	"liaison/relay"
	"liaison/store"
	"liaison/ticket"
	"liaison/ticket/learn"
	"liaison/ticket/visit"
	"liaison/ticket/workday"
	"liaison/web"
)

// Fill puts something into every column of every table of an empty store, and jobs into
// its queue, by what the program itself calls: data that a later schema must bring along.
// Where a migration adds a table or a column, add here what fills it.
func Fill(t *testing.T, s *store.Store) {
	t.Helper()
	f := filling{T: t, s: s}
	f.people()
	f.cases()
	f.messages()
	f.questions()
	f.library()
	f.visits()
	for _, err := range []error{s.NoteBackup(ctx, noon), s.SetStreamed(ctx, true)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	must[int64](t)(s.Instance(ctx))
}

// filling is a store that is being filled.
type filling struct {
	*testing.T
	s                  *store.Store
	owner, clerk, boss string // people
	answered, goesOn   string
}

// all does the steps in one transaction.
func (f *filling) all(steps ...func(tx handlers.Tx) error) {
	f.Helper()
	update(f.T, f.s, func(tx handlers.Tx) error {
		for _, step := range steps {
			if err := step(tx); err != nil {
				return err
			}
		}
		return nil
	})
}

var later = noon.AddDate(1, 0, 0)

func (f *filling) people() {
	f.owner, f.clerk, f.boss = meet(f.T, f.s, "100", "100", noon).ID, meet(f.T, f.s, "101", "101", noon).ID, meet(f.T, f.s, "102", "102", noon).ID
	gone := meet(f.T, f.s, "103", "103", noon)
	gone.Lang, gone.Label, gone.Declines = "en", "观察员（示例）", true
	f.all(
		func(tx handlers.Tx) error { return tx.SavePerson(ctx, gone) },
		func(tx handlers.Tx) error { _, err := tx.Block(ctx, handlers.Telegram, "103"); return err },
		func(tx handlers.Tx) error {
			return tx.AddMembership(ctx, handlers.Membership{Person: gone.ID, Role: ticket.RoleObserver, Until: later})
		},
		func(tx handlers.Tx) error {
			return tx.AddMembership(ctx, handlers.Membership{Person: f.clerk, Role: ticket.RoleAgent, Station: "s1", Source: f.boss})
		},
		func(tx handlers.Tx) error {
			return tx.AddMembership(ctx, handlers.Membership{Person: f.boss, Role: ticket.RoleSupervisor})
		},
		func(tx handlers.Tx) error {
			return tx.AddCode(ctx, handlers.Code{Hash: "invitation", Purpose: handlers.Invite, Role: ticket.RoleAgent, Station: "s1", Label: "一号窗口", Until: later, Expires: later})
		},
		func(tx handlers.Tx) error {
			return tx.AddCode(ctx, handlers.Code{Hash: "login", Purpose: handlers.Login, Person: f.boss, Expires: later})
		},
		func(tx handlers.Tx) error {
			return tx.AddSession(ctx, handlers.Session{Hash: "cookie", Person: f.boss, Expires: later})
		},
		func(tx handlers.Tx) error {
			return tx.SetAbsence(ctx, handlers.Absence{Person: f.clerk, Since: noon, Until: later, Deputy: f.boss})
		},
		func(tx handlers.Tx) error {
			return tx.AddDuty(ctx, handlers.Duty{Station: "s1", Day: "2026-12-01", Person: f.clerk})
		},
	)
}

// cases lets some go through most of what can happen to a case.
func (f *filling) cases() {
	f.Helper()
	clock, err := workday.New(workday.Options{})
	if err != nil {
		f.Fatal(err)
	}
	now := noon
	life := ticket.NewService(ticket.Everywhere(clock, ticket.DefaultPolicy()), func() time.Time { return now })
	photo := []ticket.File{{Hash: "ab12", Name: "照片.jpg", MIME: "image/jpeg", Size: 3}}
	submit := func(c ticket.Ticket, text string) (id string) {
		f.all(func(tx handlers.Tx) error {
			c.Company, c.Town, c.Category, c.Consent, c.Contact = "示例公司（例）", "zhouxiang", "license", true, "例：不存在的电话"
			made, err := life.Submit(ctx, tx, c, ticket.Step{Action: ticket.Submit, Actor: f.owner, Role: ticket.RoleRequester, Text: text, Files: photo},
				ticket.Routed{Station: "s1", Reasons: []ticket.Reason{{Code: "town", Value: "周巷"}}})
			id = made.ID
			return err
		})
		return id
	}
	act := func(id string, role ticket.Role, step ticket.Step) {
		f.Helper()
		now = now.Add(time.Minute)
		step.Role = role
		step.Actor = map[ticket.Role]string{ticket.RoleRequester: f.owner, ticket.RoleAgent: f.clerk, ticket.RoleSupervisor: f.boss}[role]
		f.all(func(tx handlers.Tx) error {
			if _, err := life.Act(ctx, tx, id, step); err != nil {
				return fmt.Errorf("%s: %w", step.Action, err)
			}
			return nil
		})
	}
	const owner, clerk, boss = ticket.RoleRequester, ticket.RoleAgent, ticket.RoleSupervisor

	f.answered = submit(ticket.Ticket{Kind: ticket.Financing, Funds: sample("").Funds}, "流动资金贷款")
	act(f.answered, clerk, ticket.Step{Action: ticket.Return, Text: "不归我们管", Station: "triage", Advice: "s2"})
	act(f.answered, boss, ticket.Step{Action: ticket.Assign, Station: "s1"})
	act(f.answered, clerk, ticket.Step{Action: ticket.Accept})
	act(f.answered, clerk, ticket.Step{Action: ticket.Record, Text: "银行已批", Outcome: &ticket.Outcome{Result: ticket.Granted, Amount: 300_000, Rate: 3850, Months: 6, Lender: "s1"}})
	act(f.answered, clerk, ticket.Step{Action: ticket.Resolve, Text: "已放款"})
	act(f.answered, owner, ticket.Step{Action: ticket.Unsolved, Text: "没收到"})
	act(f.answered, clerk, ticket.Step{Action: ticket.Accept})
	act(f.answered, clerk, ticket.Step{Action: ticket.Resolve, Text: "再次放款"})
	act(f.answered, owner, ticket.Step{Action: ticket.Solved})
	act(f.answered, owner, ticket.Step{Action: ticket.Score, Score: 4, Text: "谢谢 👍"})

	f.goesOn = submit(ticket.Ticket{Kind: ticket.Complaint, Urgent: true}, "路灯不亮")
	act(f.goesOn, clerk, ticket.Step{Action: ticket.Accept})
	act(f.goesOn, clerk, ticket.Step{Action: ticket.Involve, Station: "s2", Text: "请协助"})
	act(f.goesOn, clerk, ticket.Step{Action: ticket.Extend, Until: noon.AddDate(0, 0, 14), Text: "等材料"})
	act(f.goesOn, boss, ticket.Step{Action: ticket.Grant})
	act(f.goesOn, clerk, ticket.Step{Action: ticket.Ask, Text: "哪一盏？"})

	submit(ticket.Ticket{Kind: ticket.Suggestion}, "多开一个窗口") // nobody has accepted it yet

	merged := submit(ticket.Ticket{Kind: ticket.Complaint}, "路灯坏了")
	act(merged, boss, ticket.Step{Action: ticket.Merge, Case: f.goesOn})

	missed := submit(ticket.Ticket{Kind: ticket.Inquiry}, "请问何时修好？")
	var due time.Time
	view(f.T, f.s, func(tx handlers.Tx) error {
		c, err := tx.Ticket(ctx, missed)
		due = c.AcceptBy
		return err
	})
	now = due
	act(missed, ticket.RoleSystem, ticket.Step{Action: ticket.Escalate, Until: due})
	act(missed, owner, ticket.Step{Action: ticket.Withdraw})
	f.all(
		func(tx handlers.Tx) error { _, err := life.Erase(ctx, tx, missed, "书面申请"); return err },
		func(tx handlers.Tx) error {
			return tx.SetReplying(ctx, handlers.Replying{Person: f.clerk, Ticket: f.goesOn, At: noon})
		},
		func(tx handlers.Tx) error {
			_, err := tx.SaveUnheard(ctx, handlers.Unheard{Ticket: f.answered, Why: handlers.WhyBlocked, Since: noon})
			return err
		},
		func(tx handlers.Tx) error {
			_, err := tx.SaveQuickReply(ctx, handlers.QuickReply{Station: "s1", Title: "已派人", Text: "{编号} 已派人", By: f.clerk, At: noon})
			return err
		},
	)
	v := must[learn.Version](f.T)(f.s.AddModel(ctx, learn.Version{Target: learn.Topic, At: noon, Digest: "d", Cases: 40, Held: 10, Right: 9, Before: 7, Used: true}, []byte("model")))
	must[learn.Version](f.T)(f.s.PinModel(ctx, v.Number))
}

// messages leaves some in each state, coming in and going out.
func (f *filling) messages() {
	f.Helper()
	check := func(err error) {
		f.Helper()
		if err != nil {
			f.Fatal(err)
		}
	}
	// In: handled, given up, to be tried again, waiting; and one of an inbox elsewhere.
	for i, chatID := range []string{"100", "101", "102", "104"} {
		receive(f.T, f.s, chatID, chat(chatID))
		in, _ := nextIn(f.T, f.s, chat(chatID).Lane(), noon)
		switch i {
		case 0:
			check(f.s.Handle(ctx, in, nothing))
		case 1:
			check(f.s.ParkInbound(ctx, in, "a cause", nothing))
		case 2:
			check(f.s.PostponeInbound(ctx, in, noon.Add(time.Minute), true, "a cause"))
		}
	}
	_, err := f.s.HandleOnce(ctx, handlers.Telegram, []string{"once"}, noon, nothing)
	check(err)

	// Out, the same: in two parts into a topic, failed, to be tried again, waiting.
	inTopic := handlers.Address{Channel: handlers.Telegram, Chat: "-1", Thread: 7}
	for _, to := range []handlers.Address{inTopic, chat("103"), chat("100"), chat("101")} {
		send(f.T, f.s, to, say("写给 "+to.Chat))
	}
	deliver(f.T, f.s, inTopic, "m1", false)
	deliver(f.T, f.s, inTopic, "m2", true)
	out, _ := nextOut(f.T, f.s, chat("103").Lane(), noon)
	check(f.s.FailOutbound(ctx, out.ID, "blocked", noon, nothing))
	out, _ = nextOut(f.T, f.s, chat("100").Lane(), noon)
	check(f.s.PostponeOutbound(ctx, out.ID, noon.Add(time.Minute), true, "a cause"))
	check(f.s.SaveTopic(ctx, inTopic, "case", relay.Topic{Thread: 7, Name: "工单", Closed: true}))
	must[int64](f.T)(f.s.PutLine(ctx, "w_1", "k1", 0, web.Visitor, say("网页上说的"), noon))

	news := say("通知")
	f.all(
		func(tx handlers.Tx) error {
			a, err := tx.AddAnnouncement(ctx, handlers.Announcement{
				Audience: handlers.Audience{Role: ticket.RoleRequester, Town: "zhouxiang"}, Text: "通知", By: f.boss, State: handlers.Running, People: 3, CreatedAt: noon,
			})
			if err != nil {
				return err
			}
			a.State, a.After, a.Queued, a.Delivered, a.Failed, a.EndedAt = handlers.Done, f.owner, 3, 1, 1, noon
			news.Bulk = a.ID
			return tx.SaveAnnouncement(ctx, a)
		},
		func(tx handlers.Tx) error { return tx.Send(ctx, chat("105"), news) },
		func(tx handlers.Tx) error { return tx.MoveChat(ctx, chat("-5"), chat("-100")) },
		func(tx handlers.Tx) error {
			_, err := tx.SaveUnreached(ctx, inTopic, handlers.WhyNoTopic, noon)
			return err
		},
		func(tx handlers.Tx) error {
			return tx.SaveConversation(ctx, "telegram:100:100", []byte(`{"lang":"zh"}`), noon)
		},
		func(tx handlers.Tx) error { _, err := tx.RemindParked(ctx, noon); return err },
	)
}

func (f *filling) questions() {
	f.Helper()
	missed := handlers.Missed{Question: "开办企业要几天？", Reason: handlers.Refused, Person: f.owner, Nearest: []handlers.Near{{Unit: "d#u", Title: "开办", Sure: 0.25}}, At: noon}
	f.all(func(tx handlers.Tx) error { return tx.AddGap(ctx, missed) })
	f.all(
		func(tx handlers.Tx) error {
			list, err := tx.Gaps(ctx, 0, handlers.GapOpen)
			if err == nil {
				_, err = tx.AnswerGap(ctx, list[0].ID, handlers.GapAnswer{Text: "一天", Unit: "d#u", By: f.clerk, At: noon, Document: "qa-1"}, time.Time{})
			}
			return err
		},
		func(tx handlers.Tx) error { missed.Question = "可以网上办吗？"; return tx.AddGap(ctx, missed) },
		func(tx handlers.Tx) error { return tx.Helped(ctx, "d#u", f.owner, "怎么开办", noon) },
	)
	for range 8 { // each is counted in a part of its own, one of which is 0
		f.all(func(tx handlers.Tx) error { return tx.CountAsked(ctx, handlers.AskedHelped, noon) })
	}
	var pin int64
	f.all(
		func(tx handlers.Tx) (err error) {
			pin, err = tx.AddOverride(ctx, handlers.Override{Kind: handlers.OverridePin, Question: "问", Unit: "d#u", Why: "理由", By: f.boss, At: noon})
			return err
		},
		func(tx handlers.Tx) error { return tx.UndoOverride(ctx, pin, f.boss, noon) },
		func(tx handlers.Tx) error {
			_, err := tx.AddOverride(ctx, handlers.Override{Kind: handlers.OverrideSynonym, Words: []string{"甲乙", "丙丁"}, Why: "理由", By: f.boss, At: noon})
			return err
		},
	)
}

func (f *filling) library() {
	f.Helper()
	line := entry("d", 1, "开办企业一天办结")
	line.Import = 1
	rev := putEntries(f.T, f.s, line)
	updateShelf(f.T, f.s, func(tx shelf.Tx) error {
		id, err := tx.AddImport(ctx, shelf.Record{Rev: rev, By: f.boss, At: noon, Outcomes: []shelf.Outcome{{File: "a.md", Kind: shelf.Added, ID: "d"}}, Counts: map[shelf.Kind]int{shelf.Added: 1}})
		if err != nil {
			return err
		}
		return tx.MarkUndone(ctx, id, f.boss, noon)
	})
	if err := f.s.PutVectors(ctx, "m", map[string][]float32{"hash": {1, -0.5}}); err != nil {
		f.Fatal(err)
	}
}

func (f *filling) visits() {
	f.Helper()
	v := visited("s1", "示例一厂", friday,
		visit.Opinion{Text: "路灯不亮", Ticket: f.goesOn, Files: []ticket.File{{Hash: "cd34", Name: "路灯.jpg", MIME: "image/jpeg", Size: 2}}},
		visit.Opinion{Text: "招工难", Outcome: visit.InStudy})
	v.Observer = f.boss
	v = addVisit(f.T, f.s, v)
	f.all(func(tx handlers.Tx) error {
		return tx.AddCorrection(ctx, v.ID, visit.Correction{At: noon, By: f.boss, Field: visit.FieldDay, Was: "2026-11-20", Became: "2026-11-19"})
	})
}
