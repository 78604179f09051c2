package bot

import (
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

	// Their presence matters, not what is in them.
	Contact  *struct{}          `json:"contact"`
	Location *handlers.Location `json:"location"`
	Poll     *struct{}          `json:"poll"`
	Dice     *struct{}          `json:"dice"`
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
