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
	for lang, code := range map[string]string{"zh": "zh-hans", "en": "en"} {
		u := w.srv.User("owner", botapitest.WithLanguage(code))
		u.Send("/help")
		help := w.srv.WaitMessage(t, u, botapitest.Contains("/complain"))
		var listed, menu []string
		for _, line := range strings.Split(help.Body(), "\n") {
			if strings.HasPrefix(line, "/") {
				listed = append(listed, line)
			}
		}
		for _, c := range w.srv.Commands(lang, "default") {
			menu = append(menu, "/"+c.Command+"  "+c.Description)
		}
		if !slices.Equal(listed, menu) || len(menu) == 0 {
			t.Errorf("%s: the menu is\n%s\n/help lists\n%s", lang, strings.Join(menu, "\n"), strings.Join(listed, "\n"))
		}
	}
}
