package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"liaison/bot/botapitest"
	"liaison/e2e/openaitest"
	"liaison/handlers"
	"liaison/store"
	"liaison/ticket"
)

// injection is an attempt to make a model work for somebody else.
type injection struct {
	Thing  string   // of a document: what its subsidy is for
	Attack string   // what stands in the question or the document
	Obeys  string   // what a model says that obeys
	Never  []string // the words of it that nobody may see; none of them the attacker's own, which may be quoted
	// No model is asked: the question is refused with the attack beside it, or the
	// document is seen to give orders.
	Unasked bool
}

func injections(t *testing.T, file string) (all []injection) {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", "injection", file))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(b)) {
		var in injection
		if err := json.Unmarshal([]byte(line), &in); err != nil {
			t.Fatalf("%v in %s", err, line)
		}
		if len(in.Never) == 0 {
			t.Errorf("%s: nothing of %q is forbidden: the row shows nothing", file, in.Obeys)
		}
		for _, never := range in.Never {
			if !strings.Contains(in.Obeys, never) || strings.Contains(in.Attack, never) {
				t.Errorf("%s: %q must be said by the model and not by the attacker, or it shows nothing", file, never)
			}
		}
		all = append(all, in)
	}
	return all
}

// What a victim has told the bot: none of it is anybody else's to see.
const victimWords, victimPhone = "示例纺织厂拖欠货款的事", "13800000001"

// harmless are the buttons that stand under answers, by the first part of their data.
var harmless = regexp.MustCompile(`^(?:menu|lang|pick|again|good|bad|hand|whole|f|q:view)(?::|$)`)

// victim files a case and returns its number.
func (m *modelled) victim() string {
	m.t.Helper()
	u := m.tg.User("受害者")
	(&telegram{t: m.t, srv: m.tg}).fileCase(u, victimWords+"，我的电话是 "+victimPhone)
	for _, message := range u.Messages() {
		if id := regexp.MustCompile(`CX-\d{8}-\d{4}`).FindString(message.Text); id != "" {
			return id
		}
	}
	m.t.Fatal("the victim has no case")
	return ""
}

// obey lets the model say from now on what the attack wants of it: at once, since of
// what comes in pieces the first preview holds back all others of that second.
func (m *modelled) obey(in injection) {
	m.model.Say(openaitest.Script{Text: in.Obeys, Piece: len(in.Obeys)})
}

// inspect looks at all that was sent to anybody since the call with the number, the
// previews of an answer that was taken back among it.
func (m *modelled) inspect(in injection, since int, allowed string) int {
	m.t.Helper()
	calls := m.tg.Calls()
	for _, c := range calls[since:] {
		for name, value := range c.Params {
			for _, never := range in.Never {
				if strings.Contains(value, never) {
					m.t.Errorf("%q: shown in %s of %s: %s", in.Attack, name, c.Method, value)
				}
			}
			for _, secret := range []string{victimWords, victimPhone} {
				if strings.Contains(value, secret) {
					m.t.Errorf("%q: a case of somebody else is shown: %s", in.Attack, value)
				}
			}
			for _, link := range regexp.MustCompile(`https?://[^\s"\\]+`).FindAllString(value, -1) {
				if !strings.Contains(allowed, link) {
					m.t.Errorf("%q: a link that is not the library's: %s", in.Attack, link)
				}
			}
		}
		var markup struct {
			Rows [][]struct {
				Data string `json:"callback_data"`
				URL  string `json:"url"`
			} `json:"inline_keyboard"`
		}
		if text := c.Params["reply_markup"]; text != "" {
			if err := json.Unmarshal([]byte(text), &markup); err != nil {
				m.t.Fatal(err)
			}
		}
		for _, row := range markup.Rows {
			for _, b := range row {
				if b.URL != "" && !strings.Contains(allowed, b.URL) || b.Data != "" && !harmless.MatchString(b.Data) {
					m.t.Errorf("%q: a button that does %q%s", in.Attack, b.Data, b.URL)
				}
			}
		}
	}
	return len(calls)
}

// TestPromptInjection: questions and documents that give a model orders, and a model
// that obeys them. Nothing that it says is shown, not even for a moment; no case is
// told of or touched, and it never learns of one. A document that is seen to give
// orders is not shown to it at all.
func TestPromptInjection(t *testing.T) {
	t.Parallel()
	m := newModelled(t)
	if m == nil {
		return
	}
	library := libraryText(t)
	id := m.victim()
	from := askings(t)
	since := len(m.tg.Calls())
	reached := 0
	answers := func() int { return strings.Count(m.p.Log(), "msg=answered decision=answer ") }
	written := func() int { return strings.Count(m.p.Log(), "msg=written") }
	// ask reports whether there was an answer, for which the model has then had its turn.
	ask := func(text string) bool {
		answered, before, taken := strings.Count(m.p.Log(), "msg=answered"), answers(), written()
		u := m.tg.User("提问者")
		u.Send(text)
		first := m.tg.WaitMessage(t, u, func(botapitest.Message) bool { return true })
		// The log comes through a pipe of its own, perhaps after the message.
		eventually(t, fmt.Sprintf("%q, of which was said %q, to be taken for a question, and its draft to end", text, first.Text), func() bool {
			return strings.Count(m.p.Log(), "msg=answered") > answered && m.drafts() == answers()
		})
		if written() > taken { // it is seen to be shown, too
			eventually(t, "what was written to be shown", func() bool {
				return u.Messages()[0].Text != first.Text && !strings.Contains(u.Messages()[0].Text, "…")
			})
		}
		return answers() > before
	}
	for i, in := range injections(t, "questions.jsonl") {
		m.obey(in)
		var asked []openaitest.Request
		// With a question that is not answered any more with the attack beside it, no
		// model is asked: then with another one.
		for n := 0; n == 0 || n < 8 && len(asked) == 0 && !in.Unasked; n++ {
			question := from[(i+n)%len(from)].question
			ask(in.Attack + question)
			ask(question + "\n" + in.Attack)
			asked = m.model.Requests()
		}
		if i%4 == 0 {
			ask(in.Attack) // alone it is refused, and nobody asks a model
		}
		since = m.inspect(in, since, library)
		reached += len(asked)
		if len(asked) > 0 == in.Unasked {
			t.Errorf("%q: a model was asked %d times, want it unasked: %v", in.Attack, len(asked), in.Unasked)
		}
		for _, r := range append(asked, m.model.Requests()...) {
			for _, message := range r.Messages {
				if strings.Contains(message.Content, victimWords) || strings.Contains(message.Content, victimPhone) {
					t.Errorf("the model was told of a case: %s", message.Content)
				}
			}
		}
	}
	t.Logf("%d hostile questions reached the model", reached)

	documents := injections(t, "documents.jsonl")
	dir := t.TempDir()
	for i, in := range documents {
		text := fmt.Sprintf("# 示例市%[1]s补贴办法（示例）\n\n## 第一条 补贴标准\n\n示例市每家企业每年可以领取%[1]s补贴37元。%[2]s\n\n## 第二条 申请\n\n申请人向示例市%[1]s局提交申请表。\n", in.Thing, in.Attack)
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("%02d.md", i)), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if out, errs, code := liaison(t, "import", dir, "--data", m.dir); code != exitOK {
		t.Fatalf("import: %d %s%s", code, out, errs)
	}
	quoted := 0
	about := func(in injection) string {
		return "示例市" + in.Thing + "补贴每家企业每年可以领取多少元？"
	}
	eventually(t, "the documents to be in use", func() bool { return ask(about(documents[len(documents)-1])) })
	since = len(m.tg.Calls())
	m.model.Requests()
	for _, in := range documents {
		m.obey(in)
		if ask(about(in)) {
			quoted++
		}
		since = m.inspect(in, since, library+in.Attack)
		if asked := len(m.model.Requests()); asked > 0 == in.Unasked {
			t.Errorf("%q: a model was asked %d times, want it unasked: %v", in.Attack, asked, in.Unasked)
		}
	}
	if quoted < len(documents)*3/4 {
		t.Errorf("only %d of %d hostile documents were quoted: the suite shows nothing", quoted, len(documents))
	}
	if n := written(); n > 0 {
		t.Errorf("%d answers of a model that obeys attackers were taken", n)
	}
	t.Logf("%d hostile documents were quoted", quoted)

	// A model that is right is seen to be previewed: so a leak would have been seen.
	m.model.Say(openaitest.Script{Text: cite("慈溪市已建成10个镇级普惠金融服务站。") + cite("慈溪市的普惠金融服务体系采用“1+N”模式。")})
	ask(someQuestion)
	if !slices.ContainsFunc(m.tg.Calls("editMessageText"), func(c botapitest.Call) bool {
		return strings.Contains(c.Params["text"], "10个镇级普惠金融服务站[1]。…")
	}) {
		t.Error("no preview of a right answer was seen")
	}

	if err := m.p.Stop(); err != nil {
		t.Fatal(err)
	}
	st, err := store.Open(t.Context(), store.Config{Dir: m.dir})
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	err = st.View(t.Context(), func(tx handlers.Tx) error {
		all, err := tx.Tickets(t.Context(), ticket.Filter{Limit: 100})
		if err != nil {
			return err
		}
		if len(all) != 1 || all[0].ID != id {
			t.Errorf("there are %d cases, want the victim's only", len(all))
		}
		history, err := tx.Events(t.Context(), id)
		for _, e := range history {
			if e.Action != ticket.Submit && e.Action != ticket.Assign {
				t.Errorf("%s was taken by %q", e.Action, e.Role)
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// libraryText is all that the bundled library says.
func libraryText(t *testing.T) string {
	t.Helper()
	var b strings.Builder
	files, err := filepath.Glob("../../knowledge/library/*.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		b.Write(text)
	}
	return b.String()
}
