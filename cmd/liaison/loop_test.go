package main

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/cookiejar"
	"strings"
	"testing"
	"time"

	"liaison/bot/botapitest"
)

// staffConsole is a logged-in browser without the pages.
type staffConsole struct {
	t    *testing.T
	p    *process
	http http.Client
}

func (w *telegram) console() *staffConsole {
	w.t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		w.t.Fatal(err)
	}
	c := &staffConsole{t: w.t, p: w.p, http: http.Client{Jar: jar, Timeout: 20 * time.Second}}
	c.do("POST", "login", map[string]string{"code": w.p.Code}, nil)
	return c
}

// do asks the console's API, which must not refuse, and reads the answer.
func (c *staffConsole) do(method, path string, body, into any) {
	c.t.Helper()
	var in io.Reader
	if body != nil {
		data, err := json.Marshal(body)
		if err != nil {
			c.t.Fatal(err)
		}
		in = bytes.NewReader(data)
	}
	req, err := http.NewRequestWithContext(c.t.Context(), method, c.p.Base+"/api/staff/"+path, in)
	if err != nil {
		c.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := c.http.Do(req)
	if err != nil {
		c.t.Fatal(err)
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode >= 300 {
		c.t.Fatalf("%s: %d %s %v", path, resp.StatusCode, data, err)
	}
	if into != nil {
		if err := json.Unmarshal(data, into); err != nil {
			c.t.Fatalf("%s: %v in %s", path, err, data)
		}
	}
}

// TestLoop goes the whole way with the program as its own process: asked in two
// chats, refused, answered once in the console, killed and started again before
// everything need have arrived, published, and asked in other words.
func TestLoop(t *testing.T) {
	t.Parallel()
	w := newTelegram(t)
	heard := func(u *botapitest.User, part string) (n int) {
		for _, m := range u.Messages() {
			if strings.Contains(m.Text, part) {
				n++
			}
		}
		return n
	}
	one, two, other := w.user("one"), w.user("two"), w.user("other")
	for u, question := range map[*botapitest.User]string{one: "仓库屋顶能装光伏吗", two: "我们仓库的屋顶可以安装光伏吗"} {
		u.Send(question) // at one and the same moment they would open two groups
		eventually(t, "the refusal", func() bool { return heard(u, "就不猜了") == 1 })
	}
	staff := w.console()
	var list struct{ Gaps []struct{ ID string } }
	staff.do("GET", "gaps", nil, &list)
	if len(list.Gaps) != 1 {
		t.Fatalf("gaps: %+v", list)
	}
	var done struct {
		Told     int
		Document string
	}
	const answer = "可以，先到示例窗口备案。（示例）"
	staff.do("POST", "gaps/"+list.Gaps[0].ID+"/answer", map[string]any{"text": answer, "keep": true}, &done)
	if done.Told != 2 || done.Document == "" {
		t.Fatalf("answered: %+v", done)
	}
	w.p.Kill()
	w.p = start(t, w.dir, w.env...)
	for _, u := range []*botapitest.User{one, two} {
		eventually(t, "the answer of the staff", func() bool { return heard(u, answer) > 0 })
	}

	staff = w.console()
	staff.do("POST", "library/"+done.Document+"/publish", map[string]any{}, nil)
	asked := time.Now()
	eventually(t, "the answer from the library", func() bool {
		before := len(other.Messages())
		other.Send("我家仓库的屋顶上面可不可以安装光伏板")
		eventually(t, "a reply", func() bool { return len(other.Messages()) > before })
		return heard(other, answer) > 0
	})
	if took := time.Since(asked); took > 10*time.Second {
		t.Errorf("it took %v until the published answer was found", took)
	}
	// A reply in flight at the kill may arrive a second time, not more.
	for _, u := range []*botapitest.User{one, two} {
		if n := heard(u, answer); n < 1 || n > 2 {
			t.Errorf("the answer was heard %d times", n)
		}
	}
}
