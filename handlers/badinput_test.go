package handlers_test

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"liaison/handlers"
	"liaison/store"
	"liaison/store/storetest"
)

// badInputs are what no form of ours expects, by what is bad about them.
var badInputs = map[string]string{
	"a megabyte":            strings.Repeat("长", 1<<20/3),
	"a megabyte of lines":   strings.Repeat("a\n", 1<<19),
	"a megabyte of digits":  strings.Repeat("9", 1<<20),
	"zero characters":       "路灯\x00坏了\x00",
	"only zero characters":  "\x00\x00",
	"control characters":    "路灯\x01\x02\x1b[31m\x7f\u0085坏了",
	"right to left":         "\u202e了坏灯路\u202c\u2066\u2067",
	"half a character":      "路灯\xe8\xb7",
	"lone surrogates":       "\xed\xa0\x80路灯\xed\xbf\xbf",
	"no character at all":   "\ufeff\u200b\u200d\u2060",
	"look-alikes":           "СХ-20261123-0001 ＣＸ－２０２６１１２３－０００１",
	"many marks":            "路" + strings.Repeat("\u0301", 5000),
	"families":              strings.Repeat("👨‍👩‍👧‍👦", 2000),
	"white space":           " \t\r\n\u3000\u2003 ",
	"SQL":                   "'; DROP TABLE tickets; -- %_\\",
	"markup":                "<script>alert(1)</script> [a](javascript:alert(1)) *_`~||",
	"a private area":        "\ue000\uf8ff\U000fffff",
	"no characters":         "\uffff\ufffe\U0010ffff",
	"a template":            "{{.}} ${x} {企业} %s %n %!d(MISSING)",
	"deep brackets":         strings.Repeat("【[(（", 20000),
	"a number of no case":   "CX-99999999-99999999999999999999",
	"the end of a document": "---\n# x\n## y {#z}\n",
}

// TestBadInputIsAnswered: whatever is typed, where anything can be typed, is answered
// over both databases; and nothing of it is an error of ours.
func TestBadInputIsAnswered(t *testing.T) {
	t.Parallel()
	open := map[string]storetest.Opener{"SQLite": storetest.SQLite(t)}
	if dsn := os.Getenv("LIAISON_TEST_POSTGRES"); dsn != "" {
		open["PostgreSQL"] = storetest.Postgres(t, dsn)
	} else {
		t.Log("LIAISON_TEST_POSTGRES is not set: nothing was checked on PostgreSQL")
	}
	for name, open := range open {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var st *store.Store = open(t)
			desk := newDesk(t, st, time.Now)
			n := 0
			// say returns what is answered; a stage is what was said before.
			say := func(user string, change func(*handlers.Message)) []string {
				t.Helper()
				n++
				m := handlers.Message{
					Key: fmt.Sprint(n), ID: fmt.Sprint("u", n), From: handlers.Address{Channel: handlers.Telegram, Chat: user}, User: user, SentAt: time.Now(),
				}
				change(&m)
				m = m.Storable()
				prepared, err := desk.Prepare(t.Context(), m)
				if err != nil {
					t.Fatal(err)
				}
				var said []string
				err = st.Update(t.Context(), func(tx handlers.Tx) error {
					said = nil
					return desk.Handle(t.Context(), heard{checkedTx{tx, t}, user, &said}, m, prepared)
				})
				if err != nil {
					t.Fatalf("%+.200v: %.300v", m, err)
				}
				return said
			}
			text := func(s string) func(*handlers.Message) { return func(m *handlers.Message) { m.Text = s } }
			command := func(c, rest string) func(*handlers.Message) {
				return func(m *handlers.Message) { m.Command, m.Text = c, rest }
			}
			stages := map[string][]func(*handlers.Message){
				"a question": nil, "a complaint": {command("complain", "")}, "a company": {command("complain", "路灯坏了"), func(m *handlers.Message) { m.Button = "f:1:next" }},
				"a request for money": {command("finance", ""), func(m *handlers.Message) { m.Button = "menu:financing" }}, "a code": {command("staff", "")},
			}
			for stage, before := range stages {
				for kind, bad := range badInputs {
					user := stage + kind
					for _, m := range before {
						say(user, m)
					}
					for how, change := range map[string]func(*handlers.Message){
						"text": text(bad), "button": func(m *handlers.Message) { m.Button, m.Press = bad, "p" }, "command": command("complain", bad),
						"name of a command": command(bad, ""), "app's language": func(m *handlers.Message) { m.Text, m.Lang = "你好", bad },
					} {
						if how != "text" && stage != "a question" {
							continue
						}
						said := say(user, change)
						if len(said) == 0 && utf8.RuneCountInString(bad) > 0 {
							t.Errorf("%s, %s as %s: no answer", stage, kind, how)
						}
						for _, s := range said {
							if strings.ContainsRune(s, 0) || !utf8.ValidString(s) || utf8.RuneCountInString(s) > 20_000 {
								t.Errorf("%s, %s as %s: an answer that cannot be shown, of %d characters", stage, kind, how, utf8.RuneCountInString(s))
							}
						}
					}
				}
			}
		})
	}
}
