package botapitest_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/go-telegram/bot"
	"github.com/go-telegram/bot/models"

	"liaison/bot/botapitest"
)

func TestCommands(t *testing.T) {
	t.Parallel()
	srv := botapitest.New(t)
	b := newClient(t, srv)
	u := started(srv)
	g := srv.Group("示例群", u)
	set := func(lang string, scope models.BotCommandScope, list ...models.BotCommand) error {
		_, err := b.SetMyCommands(t.Context(), &bot.SetMyCommandsParams{Commands: list, LanguageCode: lang, Scope: scope})
		return err
	}
	help := models.BotCommand{Command: "help", Description: "怎么使用"}
	many := make([]models.BotCommand, 101)
	for i := range many {
		many[i] = models.BotCommand{Command: fmt.Sprintf("c%d", i), Description: "x"}
	}
	for _, tc := range []struct {
		name, lang string
		scope      models.BotCommandScope
		list       []models.BotCommand
		err        string
	}{
		{name: "default", list: []models.BotCommand{help}},
		{name: "Chinese", lang: "zh", list: []models.BotCommand{help}},
		{name: "chat", scope: &models.BotCommandScopeChat{ChatID: g.ChatID()}, list: []models.BotCommand{help}},
		{name: "member", scope: &models.BotCommandScopeChatMember{ChatID: g.ChatID(), UserID: u.ChatID()}, list: []models.BotCommand{help}},
		{name: "256", list: []models.BotCommand{{Command: strings.Repeat("a", 32), Description: strings.Repeat("说", 256)}}},
		{name: "language tag", lang: "zh-hans", list: []models.BotCommand{help}, err: "invalid language code specified"},
		{name: "upper case", list: []models.BotCommand{{Command: "Help", Description: "x"}}, err: "BOT_COMMAND_INVALID"},
		{name: "Chinese name", list: []models.BotCommand{{Command: "帮助", Description: "x"}}, err: "BOT_COMMAND_INVALID"},
		{name: "33 characters", list: []models.BotCommand{{Command: strings.Repeat("a", 33), Description: "x"}}, err: "BOT_COMMAND_INVALID"},
		{name: "no description", list: []models.BotCommand{{Command: "help"}}, err: "BOT_COMMAND_DESCRIPTION_INVALID"},
		{name: "257", list: []models.BotCommand{{Command: "help", Description: strings.Repeat("说", 257)}}, err: "BOT_COMMAND_DESCRIPTION_INVALID"},
		{name: "101", list: many, err: "BOT_COMMANDS_TOO_MUCH"},
		{name: "unknown chat", scope: &models.BotCommandScopeChat{ChatID: 5}, list: []models.BotCommand{help}, err: "chat not found"},
	} {
		wantErr(t, tc.name, set(tc.lang, tc.scope, tc.list...), bot.ErrorBadRequest, tc.err)
	}
	if got := srv.Commands("zh", ""); len(got) != 1 || got[0].Description != "怎么使用" {
		t.Errorf("zh: %+v", got)
	}
	if got := srv.Commands("", fmt.Sprintf("chat_member:%d:%d", g.ChatID(), u.ChatID())); len(got) != 1 {
		t.Errorf("member: %+v", got)
	}
	got, err := b.GetMyCommands(t.Context(), &bot.GetMyCommandsParams{LanguageCode: "zh"})
	if err != nil || len(got) != 1 || got[0] != help {
		t.Errorf("getMyCommands: %+v %v", got, err)
	}
	if _, err := b.DeleteMyCommands(t.Context(), &bot.DeleteMyCommandsParams{LanguageCode: "zh"}); err != nil || len(srv.Commands("zh", "")) != 0 {
		t.Errorf("deleteMyCommands: %v", err)
	}
	noViolations(t, srv)
}

func TestDescriptions(t *testing.T) {
	t.Parallel()
	srv := botapitest.New(t)
	b := newClient(t, srv)
	if _, err := b.SetMyDescription(t.Context(), &bot.SetMyDescriptionParams{Description: "示例说明"}); err != nil {
		t.Error(err)
	}
	_, err := b.SetMyShortDescription(t.Context(), &bot.SetMyShortDescriptionParams{ShortDescription: strings.Repeat("短", 121)})
	wantErr(t, "121", err, bot.ErrorBadRequest, "short description is too long")
	d, err := b.GetMyDescription(t.Context(), &bot.GetMyDescriptionParams{LanguageCode: "en"})
	if err != nil || d.Description != "示例说明" {
		t.Errorf("%+v %v", d, err)
	}
}
