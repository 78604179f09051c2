package handlers_test

import (
	"fmt"
	"strings"
	"testing"
)

// matters are so different that none is taken for another.
var matters = []string{
	"路灯坏了", "消防通道被堵", "招工登记排队", "厂门口积水", "变压器停电", "办证要跑三趟", "噪声扰民", "垃圾没人清运", "公交站太远", "网络太慢", "绿化带缺株", "围墙裂开",
}

// Cases that do not fit on a page are on the next one: none is out of the requester's sight.
func TestAllOwnCasesAreListed(t *testing.T) {
	t.Parallel()
	p := newPlayer(t)
	p.play("a: /staff {code agent town-henghe 横河一号}\n")
	for _, m := range matters {
		p.play("owner: /complain 横河镇" + m + "\nowner" + submission)
	}
	first, rest := p.play("owner: /tickets\n"), p.play("owner! 更早的\n")
	for i := range matters {
		id := fmt.Sprintf("[CX-20261123-%04d]", i+1)
		if in := strings.Count(first, id) + strings.Count(rest, id); in != 1 {
			t.Errorf("%s is listed %d times", id, in)
		}
	}
	if strings.Contains(rest, "更早的") {
		t.Errorf("nothing is earlier than:\n%s", rest)
	}
}

// A station's list begins with what is due first, and does not claim that there is no more.
func TestTheDeskListsWhatIsDueFirst(t *testing.T) {
	t.Parallel()
	p := newPlayer(t)
	p.play("a: /staff {code agent town-henghe 横河一号}\n")
	for _, who := range []string{"one", "two"} {
		for _, m := range matters {
			p.play(strings.ReplaceAll("owner: /complain 横河镇"+m+"\nowner"+submission, "owner", who))
		}
		p.play("~ 24h\n")
	}
	said := p.play("a: /staff\n")
	if !strings.Contains(said, "待办诉求 20+ 件") || !strings.Contains(said, "CX-20261123-0001 ·") || strings.Contains(said, "CX-20261124-0012 ·") {
		t.Errorf("24 cases are shown as\n%s", said)
	}
}
