package handlers_test

import (
	"liaison/e2e/script"
	"strings"
	"testing"
)

// TestOwnCase: who works at a station and has a case there himself is shown it as its
// requester alone: no card, no comment, no place in the queue. Colleagues get it, or
// where there are none triage and then the supervisors.
func TestOwnCase(t *testing.T) {
	t.Parallel()
	file := func(p *player, who string) {
		p.t.Helper()
		p.chat(who, "/complain 横河镇路灯坏了两个月")
		p.chat(who, "!下一步")
		p.chat(who, "!跳过")
		p.chat(who, "!是，横河镇")
		p.chat(who, "!不提供")
		p.chat(who, "!提交")
	}
	// told is everything that somebody was told.
	told := func(p *player, who string) string {
		var b strings.Builder
		for _, o := range p.chats[p.users[who]] {
			b.WriteString(o.reply.String() + "\n")
		}
		return b.String()
	}
	lacks := func(t *testing.T, got string, never ...string) {
		t.Helper()
		for _, w := range never {
			if strings.Contains(got, w) {
				t.Errorf("%q is in:\n%s", w, got)
			}
		}
	}

	t.Run("a colleague works it", func(t *testing.T) {
		t.Parallel()
		p := newPlayer(t)
		p.chat("a", "/staff {code agent town-henghe 横河一号}")
		p.chat("b", "/staff {code agent town-henghe 横河二号}")
		file(p, "a")
		lacks(t, told(p, "a"), "派单理由", "签收期限")
		contains(t, told(p, "b"), "派单理由", "签收期限")
		p.chat("b", "!批注")
		p.chat("b", "这家企业投诉过多次")
		p.chat("b", "!签收")
		got := told(p, "a")
		contains(t, got, "已由横河联络站（示例）签收")
		lacks(t, got, "投诉过多次", "派单理由")
		lacks(t, p.chat("a", "/next"), "CX-", "派单理由")
		lacks(t, p.chat("a", "/search 路灯"), "CX-")
		contains(t, p.chat("b", "/search 路灯"), "CX-")
		contains(t, p.chat("a", "CX-20261123-0001"), "横河镇路灯坏了两个月")
		lacks(t, told(p, "a"), "投诉过多次", "派单理由")
	})
	t.Run("the only one of the station", func(t *testing.T) {
		t.Parallel()
		p := newPlayer(t)
		p.chat("boss", "/staff {code supervisor  督办一号}")
		p.chat("a", "/staff {code agent town-henghe 横河一号}")
		file(p, "a")
		lacks(t, told(p, "a"), "派单理由")
		contains(t, told(p, "boss"), "派单理由")
	})
	t.Run("a supervisor", func(t *testing.T) {
		t.Parallel()
		p := newPlayer(t)
		p.chat("boss", "/staff {code supervisor  督办一号}")
		p.chat("a", "/staff {code agent town-henghe 横河一号}")
		file(p, "boss")
		p.do(script.Line{Op: script.Event, Text: "240h"})
		got := told(p, "boss")
		lacks(t, got, "派单理由", "签收期限")
		lacks(t, p.chat("boss", "/supervise"), "CX-")
		contains(t, told(p, "a"), "派单理由")
	})
}
