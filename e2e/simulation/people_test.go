package simulation

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"liaison/bot/botapitest"
)

// act is one thing that somebody did, with what was there to be seen before.
type act struct {
	who    string
	room   botapitest.Room
	what   string
	press  string // id of the press, "" for a message
	before string // the room
	token  string // of a requester's text
	seen   int    // how many messages of the bot were there
}

// did notes that somebody is about to do something in the room, whose effect will
// be looked for.
func (w *world) did(who string, room botapitest.Room, what string) *act {
	w.count[what]++
	return &act{who: who, room: room, what: what, before: w.look(room)}
}

// look is everything that the bot shows in the room.
func (w *world) look(room botapitest.Room) string {
	var b strings.Builder
	for _, m := range w.srv.BotMessages(room) {
		fmt.Fprintf(&b, "%d %s %v\n", m.ID, m.Body(), m.Buttons())
	}
	return b.String()
}

// token is a word that nothing else contains, to find a message by.
func (w *world) token(who string) string {
	w.tokens++
	return fmt.Sprintf("⟦%s·%d⟧", who, w.tokens)
}

var caseNumber = regexp.MustCompile(`CX-\d{8}-\d{4,}`)

// requester is somebody with a business.
type requester struct {
	*world
	name   string
	u      *botapitest.User
	away   int                // rounds for which the bot stays blocked, 0 when it is not
	shared bool               // her own contact, which has her name
	person string             // as the store calls her
	latest botapitest.Message // the last text of hers that can be edited
	text   string             // what it says
}

func newRequester(w *world, n int) *requester {
	name := fmt.Sprintf("企%02d", n)
	return &requester{world: w, name: name, u: w.srv.User(name+"老板", botapitest.WithLanguage("zh-hans"))}
}

// says sends a text in private, or in answer to a message.
func (r *requester) says(to *botapitest.Message, format string, what string) *act {
	a := r.did(r.name, r.u, what)
	a.token, a.seen = r.token(r.name), len(r.u.Messages())
	text := fmt.Sprintf(format, a.token)
	if to != nil {
		r.latest = r.u.Reply(*to, text)
	} else {
		r.latest = r.u.Send(text)
	}
	r.text = text
	return a
}

func (r *requester) presses(m botapitest.Message, button string) *act {
	a := r.did(r.name, r.u, "press")
	a.press = r.u.Press(m, button)
	return a
}

// act does one thing, whatever the chat suggests or something else.
func (r *requester) act(closing bool) *act {
	if r.away > 0 {
		if r.away--; r.away > 0 && !closing {
			return nil
		}
		r.away = 0
		r.u.Unblock()
		a := r.did(r.name, r.u, "come back")
		r.u.Send("/tickets")
		return a
	}
	said := r.u.Messages()
	switch {
	case !closing && r.chance(40):
		r.away = 2 + r.rng.IntN(6)
		r.count["block the bot"]++
		r.u.Block()
		return nil
	case !closing && r.latest.ID != 0 && r.chance(12):
		a := r.did(r.name, r.u, "edit")
		a.token, a.seen = r.token(r.name), len(said)
		r.text += "，另" + a.token
		r.latest = r.u.Edit(r.latest, r.text)
		return a
	case !closing && r.chance(25):
		return r.odd()
	}
	if a := r.follow(said, closing); a != nil {
		return a
	}
	if closing {
		return nil
	}
	switch r.rng.IntN(6) {
	case 0:
		return r.says(nil, "慈溪有几个普惠金融服务站？%s", "question")
	case 1, 2:
		// Some bring the same matter, so that staff have something to merge.
		matter := []string{"工业路的路灯坏了，晚上很危险", "厂门口的水管漏了一个月", "办证跑了三趟还没有办成"}[r.rng.IntN(3)]
		return r.says(nil, "/complain "+[]string{"周巷镇", "横河镇", ""}[r.rng.IntN(3)]+matter+"%s", "complaint")
	case 3:
		for _, m := range slices.Backward(said) {
			if caseNumber.MatchString(m.Body()) {
				return r.says(&m, "补充：还有照片可以提供%s", "addition")
			}
		}
	}
	a := r.did(r.name, r.u, "look")
	r.u.Send("/tickets")
	return a
}

// odd sends something that is no text.
func (r *requester) odd() *act {
	a := r.did(r.name, r.u, "file, sticker, place")
	switch r.rng.IntN(5) {
	case 0:
		r.u.SendVoice(3, []byte("OggS\x00"+r.token(r.name)))
	case 1:
		r.u.SendSticker("👍")
	case 2:
		r.u.SendLocation(30.17, 121.24)
	case 3:
		r.shared = true
		r.u.SendContact("+10000000000")
	default:
		r.u.SendDocument("合同.pdf", []byte("%PDF-1.7 "+r.token(r.name)), "")
	}
	return a
}

// follow answers what the bot has said last that wants an answer.
func (r *requester) follow(said []botapitest.Message, closing bool) *act {
	for _, m := range slices.Backward(said[max(len(said)-4, 0):]) {
		has := func(button string) bool { return slices.Contains(m.Buttons(), button) }
		starts := func(prefix string) string {
			i := slices.IndexFunc(m.Buttons(), func(b string) bool { return strings.HasPrefix(b, prefix) })
			if i < 0 {
				return ""
			}
			return m.Buttons()[i]
		}
		switch {
		case has("提交"):
			return r.presses(m, "提交")
		case has("是，补充到那一件"):
			return r.presses(m, []string{"是，补充到那一件", "是另一件事，单独提交"}[r.rng.IntN(2)])
		case has("下一步") && !closing && r.chance(4):
			return r.says(nil, "而且越来越严重%s", "more of a complaint")
		case has("下一步"):
			return r.presses(m, "下一步")
		case has("跳过") && !closing && r.chance(2):
			return r.says(nil, "示例公司%s", "company")
		case has("跳过"):
			return r.presses(m, "跳过")
		case starts("是，") != "":
			return r.presses(m, starts("是，"))
		case has("说不清"):
			return r.presses(m, []string{"周巷镇", "横河镇", "说不清"}[r.rng.IntN(3)])
		case has("不提供"):
			return r.presses(m, "不提供")
		case has("解决了") && r.open(m):
			if closing || r.chance(2) {
				return r.presses(m, "解决了")
			}
			return r.presses(m, "没解决")
		case has("5★") && strings.Contains(m.Body(), "满意吗"):
			return r.presses(m, fmt.Sprint(1+r.rng.IntN(5), "★"))
		case has("不用了"):
			if r.chance(2) {
				return r.says(nil, "办得还行%s", "comment")
			}
			return r.presses(m, "不用了")
		case has("不需要了，办结"):
			return r.presses(m, "不需要了，办结")
		case strings.Contains(m.Body(), "请您补充") || strings.Contains(m.Body(), "请说说哪里没有解决"):
			return r.says(&m, "在厂区东门%s", "answer to the station")
		}
	}
	return nil
}

// open reports whether the case that the message is about can still be rated.
func (r *requester) open(m botapitest.Message) bool {
	return r.caseOf(caseNumber.FindString(m.Body())).State == "answered"
}
