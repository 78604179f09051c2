package bot

import (
	"context"
	"errors"
	"fmt"
	"regexp"

	tgbot "github.com/go-telegram/bot"
	"github.com/go-telegram/bot/models"
)

// Command is an entry of the menu that Telegram shows for the bot.
type Command struct {
	Name        string            // without the slash: 1 to 32 of a-z 0-9 _
	Description map[string]string // by language, "zh" and "en": 1 to 256 characters
	Group       bool              // also in groups, where the menu is shorter
	Staff       bool              // not in private chats, whose menu is that of the public
}

var commandForm = regexp.MustCompile(`^[a-z0-9_]{1,32}$`)

func (c Command) validate() error {
	if !commandForm.MatchString(c.Name) {
		return fmt.Errorf("bot: command %q: a name is 1 to 32 of a-z 0-9 _", c.Name)
	}
	for _, lang := range []string{"zh", "en"} {
		if n := len([]rune(c.Description[lang])); n < 1 || n > 256 {
			return fmt.Errorf("bot: command %q: the description in %q has %d characters, not 1 to 256", c.Name, lang, n)
		}
	}
	return nil
}

// registerCommands tells Telegram the menu: Chinese for everybody whose app is
// in neither language, and a shorter one for groups.
func (b *Bot) registerCommands(ctx context.Context) error {
	for _, group := range []bool{false, true} {
		for _, lang := range []struct{ code, text string }{{"", "zh"}, {"zh", "zh"}, {"en", "en"}} {
			p := &tgbot.SetMyCommandsParams{LanguageCode: lang.code, Scope: &models.BotCommandScopeDefault{}}
			if group {
				p.Scope = &models.BotCommandScopeAllGroupChats{}
			}
			for _, c := range b.cfg.Commands {
				if group && c.Group || !group && !c.Staff {
					p.Commands = append(p.Commands, models.BotCommand{Command: c.Name, Description: c.Description[lang.text]})
				}
			}
			if len(p.Commands) == 0 {
				continue
			}
			_, err := b.api.SetMyCommands(ctx, p)
			if errors.Is(err, tgbot.ErrorBadRequest) {
				// The menu is a convenience: what Telegram dislikes about it
				// must not keep messages from arriving.
				b.log.WarnContext(ctx, "telegram: the menu of commands was refused", "err", b.clean(err))
				continue
			}
			if err != nil {
				return fmt.Errorf("telegram: setMyCommands: %w", b.clean(err))
			}
		}
	}
	return nil
}
