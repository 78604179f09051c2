package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"liaison/e2e/script"
	"liaison/e2e/testapi"
	"liaison/ticket/route"
)

// TestConversationsThroughAnotherEmulator plays the conversations that need
// nothing but private talk through an emulator that others wrote, so that we do
// not only agree with our own reading of the Bot API.
func TestConversationsThroughAnotherEmulator(t *testing.T) {
	t.Parallel()
	played := 0
	for _, s := range scripts(t) {
		if !privateTalk(s.Script) {
			continue
		}
		played++
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			srv := testapi.Start(t)
			if srv == nil {
				return // Start has said what is missing
			}
			e := &emulated{t: t, srv: srv, dir: t.TempDir(), users: make(map[string]testapi.User)}
			e.writeStations()
			e.env = []string{"TELEGRAM_BOT_TOKEN=" + testapi.Token, "TELEGRAM_API_URL=" + srv.URL(), hurried}
			e.p = start(t, e.dir, e.env...)
			for _, line := range s.Lines {
				e.play(line)
			}
			if err := e.p.Stop(); err != nil {
				t.Errorf("the program ended with %v", err)
			}
		})
	}
	if played < 3 {
		t.Errorf("only %d conversations are private talk", played)
	}
}

// privateTalk reports whether the other emulator has all that a script needs:
// no groups, files, answers to messages, or stale buttons.
func privateTalk(s script.Script) bool {
	for _, l := range s.Lines {
		if l.Chat != "" || l.Op == script.Attach || l.Op == script.Edit || l.Op == script.Share || l.Op == script.Answer || l.Op == script.Event && l.Text != "restart" || strings.Contains(l.Text, "{code") {
			return false
		}
	}
	return true
}

// emulated plays scripts through the emulator.
type emulated struct {
	t     *testing.T
	srv   *testapi.Server
	dir   string
	env   []string
	p     *process
	users map[string]testapi.User
}

// writeStations gives the stations that have a group in the conversations one, so
// that cases go to them here too.
func (e *emulated) writeStations() {
	e.t.Helper()
	yaml := string(route.Example())
	for station, group := range map[string]string{"town-zhouxiang": "-1001", "finance-centre": "-1002"} {
		line := "  - id: " + station + "\n"
		yaml = strings.Replace(yaml, line, line+"    telegram_chat_id: "+group+"\n", 1)
	}
	if err := os.WriteFile(filepath.Join(e.dir, "stations.yaml"), []byte(yaml), 0o600); err != nil {
		e.t.Fatal(err)
	}
}

func (e *emulated) user(name string) testapi.User {
	u, ok := e.users[name]
	if !ok {
		u = testapi.User{ID: int64(1000 + len(e.users)), Name: name, Language: "zh-hans"}
		if strings.HasPrefix(name, "en-") {
			u.Language = "en"
		}
		e.users[name] = u
	}
	return u
}

func (e *emulated) play(l script.Line) {
	e.t.Helper()
	if l.Op == script.Event {
		if err := e.p.Stop(); err != nil {
			e.t.Fatalf("line %d: the program ended with %v", l.No, err)
		}
		e.p = start(e.t, e.dir, e.env...)
		return
	}
	u := e.user(l.Actor)
	before := len(e.srv.Messages(u))
	switch {
	case l.Op == script.Press:
		m, data := e.button(l, u)
		e.srv.Press(u, m, data)
	case strings.HasPrefix(l.Text, "/"):
		e.srv.SendCommand(u, l.Text)
	default:
		e.srv.SendText(u, l.Text)
	}
	for _, said := range l.Want {
		want := said.Parts()
		if strings.HasPrefix(said.To, "@") || want.Text == "" {
			continue // no groups here, and no toasts
		}
		e.srv.Wait(u, fmt.Sprintf("line %d: %s\n%s", l.No, l, said), func(all []testapi.Message) bool {
			if !want.Replaces { // else it is in the place of an earlier one
				all = all[min(before, len(all)):]
			}
			return slices.ContainsFunc(all, func(m testapi.Message) bool {
				var buttons []string
				for _, row := range m.Buttons {
					for _, b := range row {
						buttons = append(buttons, b.Text)
					}
				}
				return (*passing)(nil).says(want, m.Text, buttons) // at the time that it is
			})
		})
	}
}

// button finds the latest button with the text.
func (e *emulated) button(l script.Line, u testapi.User) (testapi.Message, string) {
	e.t.Helper()
	for _, m := range slices.Backward(e.srv.Messages(u)) {
		for _, row := range m.Buttons {
			for _, b := range row {
				if b.Text == l.Text || b.Text == "✓ "+l.Text {
					return m, b.Data
				}
			}
		}
	}
	e.t.Fatalf("line %d: %s: no such button", l.No, l)
	return testapi.Message{}, ""
}
