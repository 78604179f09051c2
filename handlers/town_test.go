package handlers_test

import (
	"strconv"
	"strings"
	"testing"

	"liaison/e2e/script"
	"liaison/handlers"
	"liaison/ticket/route"
)

// madeUp is a gazetteer with places and positions that are made up.
const madeUp = `city: 示例市
triage: centre
towns:
  - {id: east, name: 东镇, at: [0.0, 0.0], places: [{name: 人民路}, {name: 新星村}]}
  - {id: west, name: 西镇, at: [0.0, 0.1], places: [{name: 人民路}]}
  - {id: north, name: 北镇}
stations:
  - {id: centre, name: 中心（示例）, kind: centre}
`

// share sends a place.
func (p *player) share(lat, lon float64) []script.Said {
	p.t.Helper()
	p.fresh = nil
	p.serial++
	p.receive(handlers.Message{
		Key: strconv.Itoa(p.serial), From: handlers.Address{Channel: handlers.Telegram, Chat: p.users["owner"]},
		User: p.users["owner"], Lang: "zh-hans", SentAt: p.clock(), At: &handlers.Location{Latitude: lat, Longitude: lon},
	})
	p.settle()
	return p.said(script.Line{Actor: "owner"})
}

// TestTownInOneTap: whatever is known of the town is offered to be confirmed or
// chosen by one press.
func TestTownInOneTap(t *testing.T) {
	t.Parallel()
	d, err := route.Parse("stations.yaml", []byte(madeUp))
	if err != nil {
		t.Fatal(err)
	}
	begin := func(t *testing.T) *player {
		p := newPlayer(t)
		p.desk.Directory = func() *route.Directory { return d }
		return p
	}
	do := func(p *player, op script.Op, text string) string {
		p.t.Helper()
		return saidText(p.do(script.Line{Actor: "owner", Op: op, Text: text}))
	}
	// ask files a case up to the question for the town.
	ask := func(p *player, text, company string) string {
		p.t.Helper()
		do(p, script.Say, "/complain "+text)
		do(p, script.Press, "下一步")
		if company == "" {
			return do(p, script.Press, "跳过")
		}
		return do(p, script.Say, company)
	}
	wants := func(t *testing.T, got string, want ...string) {
		t.Helper()
		for _, w := range want {
			if !strings.Contains(got, w) {
				t.Errorf("%q is missing in:\n%s", w, got)
			}
		}
	}

	t.Run("by a place", func(t *testing.T) {
		t.Parallel()
		wants(t, ask(begin(t), "新星村的路灯坏了", ""), "企业在东镇，对吗", "[是，东镇]")
	})
	t.Run("a place in two towns", func(t *testing.T) {
		t.Parallel()
		p := begin(t)
		got := ask(p, "人民路积水", "")
		wants(t, got, "其中哪个", "[东镇] [西镇]", "[不是，我来选] [说不清]")
		if strings.Contains(got, "北镇") {
			t.Errorf("others are offered:\n%s", got)
		}
		wants(t, do(p, script.Press, "西镇"), "联系方式")
	})
	t.Run("typed, in two towns", func(t *testing.T) {
		t.Parallel()
		p := begin(t)
		wants(t, ask(p, "路灯坏了", ""), "[东镇] [西镇] [北镇]")
		wants(t, do(p, script.Say, "人民路"), "其中哪个", "[东镇] [西镇]")
		wants(t, do(p, script.Say, "人民路，西镇的"), "联系方式")
	})
	t.Run("by the company", func(t *testing.T) {
		t.Parallel()
		wants(t, ask(begin(t), "路灯坏了", "西镇某某厂（示例）"), "企业在西镇，对吗")
	})
	t.Run("by a shared place", func(t *testing.T) {
		t.Parallel()
		p := begin(t)
		do(p, script.Say, "/start")
		wants(t, saidText(p.share(0.01, 0.01)), "东镇一带", "/complain")
		wants(t, ask(p, "路灯坏了", ""), "也可以分享位置", "[东镇] [西镇] [北镇]")
		wants(t, saidText(p.share(0.01, 0.09)), "您分享的位置在西镇一带", "[是，西镇]")
		wants(t, saidText(p.share(50, 50)), "[东镇] [西镇] [北镇]") // nowhere near
		wants(t, do(p, script.Press, "东镇"), "联系方式")
	})
	t.Run("shared before it is asked for", func(t *testing.T) {
		t.Parallel()
		p := begin(t)
		do(p, script.Say, "/complain 路灯坏了")
		wants(t, saidText(p.share(0.01, 0.09)), "西镇一带", "确认")
		wants(t, saidText(p.share(50, 50)), "认不出这个位置")
		do(p, script.Press, "下一步")
		wants(t, do(p, script.Press, "跳过"), "您分享的位置在西镇一带", "[是，西镇]")
	})
	t.Run("by the last case", func(t *testing.T) {
		t.Parallel()
		p := begin(t)
		ask(p, "新星村的路灯坏了", "")
		do(p, script.Press, "是，东镇")
		do(p, script.Press, "不提供")
		wants(t, do(p, script.Press, "提交"), "已受理")
		wants(t, ask(p, "厂里停水", ""), "您上一件诉求在东镇", "[是，东镇]")
	})
}
