package botapitest

import "strings"

// method is one Bot API method the server models.
type method struct {
	name   string
	params []string // documented names; others are violations
	sends  bool     // counts against the sending rates
	poll   bool     // getUpdates, which must not hold the lock while it waits
	run    func(*Server, *params) (any, error)
}

const (
	sendParams = "business_connection_id chat_id message_thread_id direct_messages_topic_id disable_notification " +
		"protect_content allow_paid_broadcast message_effect_id suggested_post_parameters reply_parameters "
	captionParams = "caption parse_mode caption_entities show_caption_above_media "
	editParams    = "business_connection_id chat_id message_id inline_message_id "
)

// methods lists what the server models, keyed by lower-case name: Telegram
// ignores case.
func methods() map[string]method {
	return table(
		method{name: "getMe", run: (*Server).getMe},
		method{name: "getUpdates", params: words("offset limit timeout allowed_updates"), poll: true},
		method{name: "setWebhook", run: (*Server).setWebhook,
			params: words("url certificate ip_address max_connections allowed_updates drop_pending_updates secret_token")},
		method{name: "deleteWebhook", params: words("drop_pending_updates"), run: (*Server).deleteWebhook},
		method{name: "getWebhookInfo", run: (*Server).getWebhookInfo},
		method{name: "sendMessage", sends: true, run: (*Server).sendMessage,
			params: words(sendParams + "text parse_mode entities link_preview_options reply_markup")},
		method{name: "sendPhoto", sends: true, run: (*Server).sendPhoto,
			params: words(sendParams + captionParams + "photo has_spoiler reply_markup")},
		method{name: "sendDocument", sends: true, run: (*Server).sendDocument,
			params: words(sendParams + captionParams + "document thumbnail disable_content_type_detection reply_markup")},
		method{name: "sendMediaGroup", sends: true, run: (*Server).sendMediaGroup, params: words(sendParams + "media")},
		method{name: "editMessageText", sends: true, run: (*Server).editMessageText,
			params: words(editParams + "text parse_mode entities link_preview_options reply_markup")},
		method{name: "editMessageCaption", sends: true, run: (*Server).editMessageCaption,
			params: words(editParams + captionParams + "reply_markup")},
		method{name: "editMessageReplyMarkup", sends: true, run: (*Server).editMessageReplyMarkup,
			params: words(editParams + "reply_markup")},
		method{name: "deleteMessage", params: words("chat_id message_id"), run: (*Server).deleteMessage},
		method{name: "deleteMessages", params: words("chat_id message_ids"), run: (*Server).deleteMessages},
		method{name: "answerCallbackQuery", run: (*Server).answerCallbackQuery,
			params: words("callback_query_id text show_alert url cache_time")},
		method{name: "sendChatAction", run: (*Server).sendChatAction,
			params: words("business_connection_id chat_id message_thread_id action")},
		method{name: "getFile", params: words("file_id"), run: (*Server).getFile},
		method{name: "setMyCommands", params: words("commands scope language_code"), run: (*Server).setMyCommands},
		method{name: "getMyCommands", params: words("scope language_code"), run: (*Server).getMyCommands},
		method{name: "deleteMyCommands", params: words("scope language_code"), run: (*Server).deleteMyCommands},
		botText("Name", "name", 64),
		botText("Description", "description", 512),
		botText("ShortDescription", "short_description", 120),
		method{name: "getMyName", params: words("language_code"), run: getBotText("name")},
		method{name: "getMyDescription", params: words("language_code"), run: getBotText("description")},
		method{name: "getMyShortDescription", params: words("language_code"), run: getBotText("short_description")},
		method{name: "getChat", params: words("chat_id"), run: (*Server).getChat},
		method{name: "getChatMember", params: words("chat_id user_id"), run: (*Server).getChatMember},
		method{name: "leaveChat", params: words("chat_id"), run: (*Server).leaveChat},
		method{name: "createForumTopic", run: (*Server).createForumTopic,
			params: words("chat_id name icon_color icon_custom_emoji_id")},
		method{name: "closeForumTopic", params: words("chat_id message_thread_id"), run: (*Server).closeForumTopic},
		method{name: "reopenForumTopic", params: words("chat_id message_thread_id"), run: (*Server).reopenForumTopic},
		method{name: "editForumTopic", run: (*Server).editForumTopic,
			params: words("chat_id message_thread_id name icon_custom_emoji_id")},
	)
}

func words(s string) []string { return strings.Fields(s) }

func table(ms ...method) map[string]method {
	t := make(map[string]method, len(ms))
	for _, m := range ms {
		t[strings.ToLower(m.name)] = m
	}
	return t
}

func (s *Server) getMe(*params) (any, error) {
	return struct {
		Account
		JoinGroups bool `json:"can_join_groups"`
		ReadAll    bool `json:"can_read_all_group_messages"`
		Inline     bool `json:"supports_inline_queries"`
	}{s.bot, true, !s.cfg.privacy, false}, nil
}
