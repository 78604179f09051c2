package botapitest

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Command is one entry of the bot's command menu.
type Command struct {
	Command     string `json:"command"`
	Description string `json:"description"`
}

// commandKey says for whom a command list is.
type commandKey struct {
	scope string // as in Server.Commands
	lang  string
}

var commandName = regexp.MustCompile(`^[a-z0-9_]{1,32}$`)

// readScope decodes scope and language_code into the key of a command list.
func (s *Server) readScope(p *params) (commandKey, error) {
	scope := struct {
		Type   string `json:"type"`
		ChatID any    `json:"chat_id"`
		UserID int64  `json:"user_id"`
	}{Type: "default"}
	if err := p.json("scope", &scope); err != nil {
		return commandKey{}, badRequest("can't parse BotCommandScope: object expected")
	}
	name := scope.Type
	switch scope.Type {
	case "default", "all_private_chats", "all_group_chats", "all_chat_administrators":
	case "chat", "chat_administrators", "chat_member":
		id := ""
		switch v := scope.ChatID.(type) {
		case string:
			id = v
		case float64:
			id = strconv.FormatInt(int64(v), 10)
		}
		c := s.findChat(id)
		if c == nil {
			return commandKey{}, badRequest("chat not found")
		}
		name += ":" + strconv.FormatInt(c.info.ID, 10)
		if scope.Type == "chat_member" {
			if s.users[scope.UserID] == nil {
				return commandKey{}, badRequest("user not found")
			}
			name += ":" + strconv.FormatInt(scope.UserID, 10)
		}
	default:
		return commandKey{}, badRequest("can't parse BotCommandScope: unsupported type specified")
	}
	lang, err := languageCode(p)
	return commandKey{scope: name, lang: lang}, err
}

// languageCode accepts what Telegram does: nothing or two lower-case letters.
// "zh-hans" is refused.
func languageCode(p *params) (string, error) {
	lang := p.str("language_code")
	if lang != "" && (len(lang) != 2 || strings.Trim(lang, "abcdefghijklmnopqrstuvwxyz") != "") {
		return "", badRequest("invalid language code specified")
	}
	return lang, nil
}

func (s *Server) setMyCommands(p *params) (any, error) {
	var list []Command
	if p.str("commands") == "" {
		return nil, badRequest("parameter \"commands\" is required")
	}
	if err := p.json("commands", &list); err != nil {
		return nil, badRequest("can't parse commands JSON array")
	}
	if len(list) > 100 {
		return nil, badRequest("BOT_COMMANDS_TOO_MUCH")
	}
	for i, c := range list {
		list[i].Command = strings.TrimPrefix(c.Command, "/")
		switch {
		case !commandName.MatchString(list[i].Command):
			return nil, badRequest("BOT_COMMAND_INVALID")
		case utf16Len(strings.TrimSpace(c.Description)) == 0, utf16Len(c.Description) > 256:
			return nil, badRequest("BOT_COMMAND_DESCRIPTION_INVALID")
		}
	}
	key, err := s.readScope(p)
	if err != nil {
		return nil, err
	}
	s.commands[key] = list
	return true, nil
}

func (s *Server) getMyCommands(p *params) (any, error) {
	key, err := s.readScope(p)
	if err != nil {
		return nil, err
	}
	return append([]Command{}, s.commands[key]...), nil // [] rather than null
}

func (s *Server) deleteMyCommands(p *params) (any, error) {
	key, err := s.readScope(p)
	if err != nil {
		return nil, err
	}
	delete(s.commands, key)
	return true, nil
}

// Commands returns the list the bot has set for exactly this language ("" for
// all) and scope: "default" or "" for the default one, "all_private_chats",
// "all_group_chats", "all_chat_administrators", or "chat:<id>",
// "chat_administrators:<id>", "chat_member:<chat id>:<user id>".
func (s *Server) Commands(lang, scope string) []Command {
	if scope == "" {
		scope = "default"
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.commands[commandKey{scope: scope, lang: lang}])
}

// botText is setMyName, setMyDescription or setMyShortDescription.
func botText(suffix, param string, most int) method {
	return method{name: "setMy" + suffix, params: words(param + " language_code"), run: func(s *Server, p *params) (any, error) {
		lang, err := languageCode(p)
		if err != nil {
			return nil, err
		}
		if utf16Len(p.str(param)) > most {
			return nil, badRequest("%s is too long", strings.ReplaceAll(param, "_", " "))
		}
		s.texts[param+":"+lang] = p.str(param)
		return true, nil
	}}
}

func getBotText(param string) func(*Server, *params) (any, error) {
	return func(s *Server, p *params) (any, error) {
		lang, err := languageCode(p)
		if err != nil {
			return nil, err
		}
		text := s.texts[param+":"+lang]
		if text == "" {
			text = s.texts[param+":"]
		}
		return map[string]string{param: text}, nil
	}
}
