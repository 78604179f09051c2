package bot

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/go-telegram/bot/models"

	"liaison/handlers"
)

// update is as much of Telegram's Update as we read. The client module's own
// type is not used: it refuses a whole message for one unknown value anywhere in
// it, such as a new kind of forwarding, and then a person's words would be lost.
type update struct {
	ID       *int64        `json:"update_id"`
	Message  *message      `json:"message"`
	Edited   *message      `json:"edited_message"`
	Callback *callback     `json:"callback_query"`
	Member   *memberChange `json:"my_chat_member"`
}

type message struct {
	ID         int                    `json:"message_id"`
	Thread     int                    `json:"message_thread_id"`
	IsTopic    bool                   `json:"is_topic_message"`
	From       *models.User           `json:"from"`
	SenderChat *chat                  `json:"sender_chat"`
	Chat       chat                   `json:"chat"`
	Date       int64                  `json:"date"` // 0 for a message that is not accessible any more
	EditDate   int64                  `json:"edit_date"`
	ReplyTo    *reference             `json:"reply_to_message"`
	Album      string                 `json:"media_group_id"`
	Text       string                 `json:"text"`
	Entities   []models.MessageEntity `json:"entities"`
	Caption    string                 `json:"caption"`
	CapEntity  []models.MessageEntity `json:"caption_entities"`
	MigrateTo  int64                  `json:"migrate_to_chat_id"`

	Photo     []photo `json:"photo"`
	Document  *file   `json:"document"`
	Animation *file   `json:"animation"` // comes with a Document that is the same file
	Voice     *file   `json:"voice"`
	Audio     *file   `json:"audio"`
	Video     *file   `json:"video"`
	VideoNote *file   `json:"video_note"`
	Sticker   *file   `json:"sticker"`

	Location *handlers.Location `json:"location"`
	Venue    *struct {          // comes with a Location
		Title   string `json:"title"`
		Address string `json:"address"`
	} `json:"venue"`
	Contact *struct {
		Phone string `json:"phone_number"`
		First string `json:"first_name"`
		Last  string `json:"last_name"`
	} `json:"contact"`
	Poll *struct {
		Question string `json:"question"`
		Options  []struct {
			Text string `json:"text"`
		} `json:"options"`
	} `json:"poll"`

	service bool // what Telegram itself says of the chat
}

// services are the fields that make a message one of Telegram's own. Whatever else
// is in a private chat was sent by the person, of a kind that may be newer than
// this program.
var services = []string{
	"new_chat_members", "left_chat_member", "new_chat_title", "new_chat_photo", "delete_chat_photo", "group_chat_created",
	"supergroup_chat_created", "channel_chat_created", "message_auto_delete_timer_changed", "migrate_from_chat_id",
	"pinned_message", "successful_payment", "refunded_payment", "users_shared", "chat_shared", "connected_website",
	"write_access_allowed", "passport_data", "proximity_alert_triggered", "boost_added", "chat_background_set",
	"forum_topic_created", "forum_topic_edited", "forum_topic_closed", "forum_topic_reopened", "general_forum_topic_hidden",
	"general_forum_topic_unhidden", "video_chat_scheduled", "video_chat_started", "video_chat_ended",
	"video_chat_participants_invited", "web_app_data", "gift", "unique_gift", "paid_message_price_changed",
}

// UnmarshalJSON decodes the message and notes whether it is one of Telegram's own.
func (t *message) UnmarshalJSON(b []byte) error {
	type plain message
	if err := json.Unmarshal(b, (*plain)(t)); err != nil {
		return err
	}
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(b, &fields); err != nil {
		return err
	}
	t.service = slices.ContainsFunc(services, func(name string) bool { _, ok := fields[name]; return ok })
	return nil
}

type chat struct {
	ID   int64           `json:"id"`
	Type models.ChatType `json:"type"`
}

type reference struct {
	ID   int          `json:"message_id"`
	From *models.User `json:"from"`
}

// by reports whether the bot with the user name wrote the message. Somebody
// else's message can have the number of one of ours, in a group that has moved.
func (r *reference) by(self string) bool {
	return r != nil && r.From != nil && r.From.IsBot && strings.EqualFold(r.From.Username, self)
}

type photo struct {
	ID     string `json:"file_id"`
	Width  int64  `json:"width"`
	Height int64  `json:"height"`
	Size   int64  `json:"file_size"`
}

type file struct {
	ID   string `json:"file_id"`
	Name string `json:"file_name"`
	MIME string `json:"mime_type"`
	Size int64  `json:"file_size"`
}

type callback struct {
	ID      string       `json:"id"`
	From    *models.User `json:"from"`
	Message *message     `json:"message"`
	Data    string       `json:"data"`
}

type memberChange struct {
	Chat chat         `json:"chat"`
	From *models.User `json:"from"`
	Date int64        `json:"date"`
	New  struct {
		Status   models.ChatMemberType `json:"status"`
		IsMember bool                  `json:"is_member"` // of a restricted member
	} `json:"new_chat_member"`
}
