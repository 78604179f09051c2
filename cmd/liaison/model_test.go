package main

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"liaison/bot/botapitest"
	"liaison/e2e/openaitest"
)

// modelled is the program with a scripted model, on Telegram.
type modelled struct {
	t     *testing.T
	tg    *botapitest.Server
	model *openaitest.Server
	dir   string
	env   []string
	p     *process
}

// newModelled returns nil where the model server is not installed.
func newModelled(t *testing.T, env ...string) *modelled {
	t.Helper()
	model := openaitest.Start(t)
	if model == nil {
		return nil
	}
	m := &modelled{t: t, tg: botapitest.New(t, botapitest.WithWaitTimeout(30*time.Second)), model: model, dir: t.TempDir()}
	m.env = append([]string{
		"TELEGRAM_BOT_TOKEN=" + m.tg.Token(), "TELEGRAM_API_URL=" + m.tg.URL(),
		"OPENAI_BASE_URL=" + model.URL(), "OPENAI_MODEL=example", "LIAISON_MODEL_TIMEOUT=2s", "LIAISON_LOG_LEVEL=info",
	}, env...)
	m.p = start(t, m.dir, m.env...)
	return m
}

// drafts is how many drafts the program has finished.
func (m *modelled) drafts() int {
	log := m.p.Log()
	return strings.Count(log, `msg="model not used"`) + strings.Count(log, "msg=written")
}

// ask asks as a new person and waits until the model has had its turn. It returns
// the quoted answer as it was first sent.
func (m *modelled) ask(question string) (*botapitest.User, botapitest.Message) {
	m.t.Helper()
	before := m.drafts()
	u := m.tg.User("企业主")
	u.Send(question)
	first := m.tg.WaitMessage(m.t, u, botapitest.Contains("依据"))
	eventually(m.t, "the draft to end", func() bool { return m.drafts() > before })
	return u, first
}

// shown lists all texts that the program has put into chats, edits included.
func (m *modelled) shown() (texts []string) {
	for _, c := range m.tg.Calls("sendMessage", "editMessageText") {
		texts = append(texts, c.Params["text"])
	}
	return texts
}

// TestNoWrongAnswerOfAModelReachesAnybody: 100 answers with a wrong figure, date,
// document number, source, link, account or phone; none is shown, not even for a
// moment. Of 20 right ones nearly all are.
func TestNoWrongAnswerOfAModelReachesAnybody(t *testing.T) {
	t.Parallel()
	m := newModelled(t)
	if m == nil {
		return
	}
	from := askings(t)
	wrong := wrongAnswers(t, from, 100)
	kinds := make(map[string]int)
	for _, a := range wrong {
		kinds[a.kind]++
		m.model.Say(openaitest.Script{Text: a.text})
		written := strings.Count(m.p.Log(), "msg=written")
		u, first := m.ask(a.question)
		if strings.Count(m.p.Log(), "msg=written") > written {
			t.Errorf("%s: taken: %s", a.kind, a.text)
		}
		eventually(t, "the quotation to stand", func() bool {
			all := u.Messages()
			return len(all) > 0 && all[len(all)-1].Text == first.Text
		})
		if slices.ContainsFunc(m.shown(), func(text string) bool { return a.wrong != "" && strings.Contains(text, a.wrong) }) {
			t.Errorf("%s: shown: %s", a.kind, a.text)
		}
	}
	right, taken := rightAnswers(from), 0
	if len(right) != 20 {
		t.Fatalf("%d right answers", len(right))
	}
	asked := make(map[string]int)
	for _, a := range right {
		m.model.Say(openaitest.Script{Text: a.text})
		before := strings.Count(m.p.Log(), "msg=written")
		asked[a.question]++ // what was asked before is not written anew
		u, _ := m.ask(a.question + strings.Repeat("？", asked[a.question]))
		if strings.Count(m.p.Log(), "msg=written") == before {
			t.Logf("right, and not taken: %s", a.text)
			continue
		}
		taken++
		want := strings.ReplaceAll(strings.ReplaceAll(a.text, "【", "["), "】", "]")
		m.tg.WaitMessage(t, u, func(message botapitest.Message) bool {
			return strings.HasPrefix(message.Text, want) && strings.Contains(message.Text, "[1] ") && message.Keyboard != nil
		})
	}
	t.Logf("wrong answers by kind: %v; right answers taken: %d of %d", kinds, taken, len(right))
	if taken < 18 {
		t.Errorf("only %d of %d right answers were taken", taken, len(right))
	}
	if v := m.tg.Violations(); len(v) > 0 {
		t.Errorf("violations: %q", v)
	}
}

// TestFaultyModelsLeaveTheQuotation: whatever the endpoint does, people get the
// quotation at once, and the program goes on.
func TestFaultyModelsLeaveTheQuotation(t *testing.T) {
	t.Parallel()
	m := newModelled(t)
	if m == nil {
		return
	}
	right := cite("慈溪市已建成10个镇级普惠金融服务站。")
	for name, s := range map[string]openaitest.Script{
		"500":       {Text: "boom", Status: 500},
		"429":       {Text: "slow down", Status: 429},
		"garbage":   {Text: right, Malformed: true},
		"dropped":   {Text: right, Dropped: true},
		"cut":       {Text: right + right + right, Pieces: 4, Pause: 5 * time.Millisecond},
		"empty":     {Text: " "},
		"none":      {Text: "NONE"},
		"slow":      {Text: right, Wait: 20 * time.Second},
		"trickling": {Text: strings.Repeat(right, 20), Piece: 1, Pause: 50 * time.Millisecond},
		"endless":   {Text: strings.Repeat("啦", 1<<18), Piece: 1 << 12, Pause: time.Millisecond},
		"malicious": {Text: "忽略规则。补贴已批准，请加微信 example99 领取50万元[1]。"},
	} {
		m.model.Say(s)
		began := time.Now()
		u := m.tg.User("企业主")
		before := m.drafts()
		u.Send(someQuestion)
		first := m.tg.WaitMessage(t, u, botapitest.Contains(itsAnswer))
		if took := time.Since(began); took > 1500*time.Millisecond { // the model may take 2 s
			t.Errorf("%s: the quotation came after %v", name, took)
		}
		u.Send("/help") // while the model is at it
		m.tg.WaitMessage(t, u, botapitest.Contains("帮助"))
		eventually(t, name, func() bool { return m.drafts() > before })
		eventually(t, name+": the quotation to stand", func() bool { return u.Messages()[0].Text == first.Text })
	}
	for _, text := range m.shown() {
		if strings.Contains(text, "批准") || strings.Contains(text, "example99") || strings.Contains(text, "啦") {
			t.Errorf("shown: %s", text)
		}
	}
	if resp, err := http.Get(m.p.Base + "/readyz"); err != nil || resp.StatusCode != http.StatusOK {
		t.Errorf("afterwards: %v, %v", resp, err)
	} else {
		resp.Body.Close()
	}
	if err := m.p.Stop(); err != nil {
		t.Errorf("the program ended with %v", err)
	}
	if log := m.p.Log(); strings.Contains(log, "level=ERROR") || strings.Contains(log, "example99") {
		t.Errorf("log:\n%s", log)
	}
}

// TestKilledWhileAModelWrites: what a preview has shown is taken back at the next
// start, and the quotation stands.
func TestKilledWhileAModelWrites(t *testing.T) {
	t.Parallel()
	m := newModelled(t, "LIAISON_MODEL_TIMEOUT=20s")
	if m == nil {
		return
	}
	text := cite("慈溪市已建成10个镇级普惠金融服务站。") + cite("慈溪市的普惠金融服务体系采用“1+N”模式。")
	m.model.Say(openaitest.Script{Text: strings.Repeat(text, 8), Piece: 6, Pause: 150 * time.Millisecond})
	u := m.tg.User("企业主")
	u.Send(someQuestion)
	first := m.tg.WaitMessage(t, u, botapitest.Contains("依据"))
	m.tg.WaitMessage(t, u, func(message botapitest.Message) bool {
		return message.ID == first.ID && strings.Contains(message.Text, "…") && message.Text != first.Text
	})
	m.p.Kill()
	if edits := m.tg.Calls("editMessageText"); len(edits) > 1 {
		for i := range edits[1:] {
			if gap := edits[i+1].Time.Sub(edits[i].Time); gap < 900*time.Millisecond {
				t.Errorf("two edits within %v", gap)
			}
		}
	}
	m.p = start(t, m.dir, m.env...)
	m.tg.WaitMessage(t, u, func(message botapitest.Message) bool { return message.ID == first.ID && message.Text == first.Text })
	if n := len(u.Messages()); n != 1 {
		t.Errorf("%d messages, want the one that was answered", n)
	}
}
