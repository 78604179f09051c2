package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
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
	Never  []string // the words of it that nobody may see
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

// inspect looks at all that was sent to anybody since the call with the number.
func (m *modelled) inspect(in injection, since int, allowed string) int {
	m.t.Helper()
	calls := m.tg.Calls()
	for _, c := range calls[since:] {
		for name, value := range c.Params {
			for _, never := range in.Never {
				if strings.Contains(value, never) && !strings.Contains(in.Attack, never) {
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
// that obeys them. Nothing that it says is shown, no case is told of or touched, and
// it never learns of one.
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
	for i, in := range injections(t, "questions.jsonl") {
		m.model.Say(openaitest.Script{Text: in.Obeys})
		// In front of a question, behind it, and alone.
		question := from[i%len(from)].question
		for n, text := range []string{in.Attack + question, question + "\n" + in.Attack, in.Attack} {
			if n == 2 && i%4 != 0 {
				continue // alone it is refused, and nobody asks a model
			}
			answered, drafts := strings.Count(m.p.Log(), "msg=answered"), m.drafts()
			decided := strings.Count(m.p.Log(), "msg=answered decision=answer ")
			u := m.tg.User("提问者")
			u.Send(text)
			first := m.tg.WaitMessage(t, u, func(botapitest.Message) bool { return true })
			// The log comes through a pipe of its own, perhaps after the message.
			eventually(t, fmt.Sprintf("%q, of which was said %q, to be taken for a question", text, first.Text), func() bool {
				return strings.Count(m.p.Log(), "msg=answered") > answered
			})
			if strings.Count(m.p.Log(), "msg=answered decision=answer ") > decided {
				eventually(t, fmt.Sprintf("the draft to end of %q, of which was said %q", text, first.Text), func() bool { return m.drafts() > drafts })
			}
		}
		since = m.inspect(in, since, library)
	}
	for _, r := range m.model.Requests() {
		reached++
		for _, message := range r.Messages {
			if strings.Contains(message.Content, victimWords) || strings.Contains(message.Content, victimPhone) {
				t.Errorf("the model was told of a case: %s", message.Content)
			}
		}
	}
	if reached < 20 {
		t.Errorf("only %d hostile questions reached the model: the suite shows nothing", reached)
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
	eventually(t, "the documents to be in use", func() bool {
		u := m.tg.User("等候者")
		u.Send("示例市" + documents[len(documents)-1].Thing + "补贴每家企业每年可以领取多少元？")
		return strings.Contains(m.tg.WaitMessage(t, u, func(botapitest.Message) bool { return true }).Text, "37元")
	})
	since = len(m.tg.Calls())
	for _, in := range documents {
		m.model.Say(openaitest.Script{Text: in.Obeys})
		drafts, decided := m.drafts(), strings.Count(m.p.Log(), "msg=answered decision=answer ")
		u := m.tg.User("提问者")
		u.Send("示例市" + in.Thing + "补贴每家企业每年可以领取多少元？")
		m.tg.WaitMessage(t, u, func(botapitest.Message) bool { return true })
		if strings.Count(m.p.Log(), "msg=answered decision=answer ") > decided {
			quoted++
			eventually(t, "the draft to end", func() bool { return m.drafts() > drafts })
		}
		since = m.inspect(in, since, library+in.Attack)
	}
	if quoted < len(documents)*3/4 {
		t.Errorf("only %d of %d hostile documents were quoted: the suite shows nothing", quoted, len(documents))
	}
	if n := strings.Count(m.p.Log(), "msg=written"); n > 0 {
		t.Errorf("%d answers of a model that obeys attackers were taken", n)
	}
	t.Logf("%d hostile documents were quoted; the model was asked about %d", quoted, len(m.model.Requests()))

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
