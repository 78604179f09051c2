package handlers_test

import (
	"strings"
	"testing"
)

// Who presses a button of a visit while a reply is awaited answers the visit: what is
// written next must not go to the requester.
func TestVisitTextIsNoReply(t *testing.T) {
	p := newPlayer(t)
	p.play("a: /staff {code agent town-henghe 横河一号}\na: /observe {code observer  观察员甲}\n")
	p.play("a! 登记走访\n")
	p.play("a! 先存草稿\n")
	p.play("owner: /complain 横河镇的水压不够\nowner" + submission)
	p.play("a: /observe\n")
	p.play("a! 回复\n")
	p.play("a! 继续填写走访\n")
	said := p.play("a: 示例电器厂\n")
	if strings.Contains(said, "-> owner") || !strings.Contains(said, "哪天") && !strings.Contains(said, "今天") {
		t.Errorf("the name of the company that was visited went elsewhere:\n%s", said)
	}
}
