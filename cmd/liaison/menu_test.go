package main

import (
	"slices"
	"strings"
	"testing"

	"liaison/bot/botapitest"
)

// TestMenuIsWhatHelpSays: the menu that Telegram shows everybody in private has the
// commands that /help lists to a requester, and no others.
func TestMenuIsWhatHelpSays(t *testing.T) {
	t.Parallel()
	w := newTelegram(t)
	u := w.user("owner")
	u.Send("/help")
	help := w.srv.WaitMessage(t, u, botapitest.Contains("/complain"))
	var listed, menu []string
	for _, line := range strings.Split(help.Body(), "\n") {
		if strings.HasPrefix(line, "/") {
			listed = append(listed, line)
		}
	}
	for _, c := range w.srv.Commands("zh", "default") {
		menu = append(menu, "/"+c.Command+"  "+c.Description)
	}
	if !slices.Equal(listed, menu) || len(menu) == 0 {
		t.Errorf("the menu is\n%s\n/help lists\n%s", strings.Join(menu, "\n"), strings.Join(listed, "\n"))
	}
	for _, staff := range []string{"duty", "away", "my", "supervise"} {
		if slices.ContainsFunc(w.srv.Commands("en", "default"), func(c botapitest.Command) bool { return c.Command == staff }) {
			t.Errorf("/%s is in everybody's menu", staff)
		}
	}
}
