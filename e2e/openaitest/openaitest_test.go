package openaitest_test

import (
	"strings"
	"testing"
	"time"

	"liaison/e2e/openaitest"
	"liaison/knowledge"
	"liaison/knowledge/openai"
)

// TestClientAgainstTheServer checks that our client and a server by others mean
// the same by a stream, its end and its failures.
func TestClientAgainstTheServer(t *testing.T) {
	t.Parallel()
	s := openaitest.Start(t)
	if s == nil {
		return
	}
	m, err := openai.New(openai.Config{BaseURL: s.URL(), Model: "example", Key: "example", Timeout: 2 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	prompt := knowledge.Prompt{Question: "奖励多少？", Lang: "zh-CN", Sources: []knowledge.Source{{Number: 1, Title: "奖励", Text: "奖励20万元。"}}}
	write := func() (pieces []string, err error) {
		for piece, e := range m.Write(t.Context(), prompt) {
			if e != nil {
				return pieces, e
			}
			pieces = append(pieces, piece)
		}
		return pieces, nil
	}
	const text = "奖励20万元[1]。奖励由企业申请，由主管部门审核[1]。"
	s.Say(openaitest.Script{Text: text, Piece: 3})
	pieces, err := write()
	if err != nil || strings.Join(pieces, "") != text || len(pieces) < 5 {
		t.Errorf("got %q, %v", pieces, err)
	}
	asked := s.Requests()
	if len(asked) != 1 || !asked[0].Stream || asked[0].Model != "example" || len(asked[0].Messages) != 2 || !strings.Contains(asked[0].Messages[1].Content, "奖励20万元。") {
		t.Errorf("asked %+v", asked)
	}
	s.Say(openaitest.Script{Text: " " + text})
	if got, err := m.Rewrite(t.Context(), knowledge.Elliptic{Previous: "a", Question: "b"}); err != nil || got != text {
		t.Errorf("rewritten: %q, %v", got, err)
	}
	for name, a := range map[string]openaitest.Script{
		"500":     {Text: "boom", Status: 500},
		"429":     {Text: "slow down", Status: 429},
		"garbage": {Text: text, Malformed: true},
		"dropped": {Text: text, Dropped: true},
		"cut":     {Text: text, Pieces: 2},
		"slow":    {Text: text, Wait: 10 * time.Second},
		"endless": {Text: strings.Repeat("啦", 1<<19), Piece: 1 << 12, Pause: 10 * time.Millisecond},
	} {
		s.Say(a)
		if pieces, err := write(); err == nil {
			t.Errorf("%s: %d pieces and no error", name, len(pieces))
		}
	}
}
