package bot

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/go-telegram/bot/models"
	"github.com/google/go-cmp/cmp"

	"liaison/e2e/hostile"
	"liaison/handlers"
	"liaison/relay"
)

// What most updates of the tests have in common.
const (
	inPrivate = `"message_id":5,"date":1700000000,"chat":{"id":6100000001,"type":"private"},"from":{"id":6100000001,"is_bot":false,"language_code":"zh-hans"}`
	inGroup   = `"message_id":5,"date":1700000000,"chat":{"id":-1004100000001,"type":"supergroup"},"from":{"id":6100000001,"is_bot":false}`
)

var (
	sentAt  = time.Unix(1700000000, 0).UTC()
	decoded = time.Unix(1700000099, 0).UTC()
	private = handlers.Message{Key: "7", From: handlers.Address{Channel: handlers.Telegram, Chat: "6100000001"}, User: "6100000001", ID: "5", Lang: "zh-hans", SentAt: sentAt}
	group   = handlers.Message{Key: "7", From: handlers.Address{Channel: handlers.Telegram, Chat: "-1004100000001"}, User: "6100000001", ID: "5", Group: true, SentAt: sentAt}
)

func with(m handlers.Message, change func(*handlers.Message)) *handlers.Message {
	change(&m)
	return &m
}

// updates are real shapes of updates and what they mean, nil for nothing.
var updates = map[string]struct {
	body string // of the update, besides its id
	want *handlers.Message
}{
	"text": {`"message":{` + inPrivate + `,"text":"厂房租金补贴？😀"}`,
		with(private, func(m *handlers.Message) { m.Text = "厂房租金补贴？😀" })},
	"command": {`"message":{` + inPrivate + `,"text":"/Start 7f3a ","entities":[{"type":"bot_command","offset":0,"length":6}]}`,
		with(private, func(m *handlers.Message) { m.Command, m.Text = "start", "7f3a" })},
	"command for us, any case": {`"message":{` + inGroup + `,"text":"/help@Example_Test_BOT 诉求","entities":[{"type":"bot_command","offset":0,"length":22}]}`,
		with(group, func(m *handlers.Message) { m.Command, m.Text = "help", "诉求" })},
	"command for another bot": {`"message":{` + inGroup + `,"text":"/help@other_bot","entities":[{"type":"bot_command","offset":0,"length":15}]}`, nil},
	"command later in the text": {`"message":{` + inPrivate + `,"text":"😀 /start","entities":[{"type":"bot_command","offset":3,"length":6}]}`,
		with(private, func(m *handlers.Message) { m.Text = "😀 /start" })},
	"command with an impossible length": {`"message":{` + inPrivate + `,"text":"/a","entities":[{"type":"bot_command","offset":0,"length":900}]}`,
		with(private, func(m *handlers.Message) { m.Text = "/a" })},
	"reply": {`"message":{` + inPrivate + `,"text":"好","reply_to_message":{"message_id":3,"date":1,"from":{"id":1,"is_bot":true,"first_name":"b","username":"example_test_bot"},"chat":{"id":6100000001,"type":"private"}}}`,
		with(private, func(m *handlers.Message) { m.Text, m.ReplyTo = "好", "3" })},
	"reply to somebody else": {`"message":{` + inPrivate + `,"text":"好","reply_to_message":{"message_id":3,"from":{"id":1,"is_bot":false,"username":"example_test_bot"}}}`,
		with(private, func(m *handlers.Message) { m.Text = "好" })},
	"topic": {`"message":{` + inGroup + `,"text":"好","message_thread_id":44,"is_topic_message":true,"reply_to_message":{"message_id":44}}`,
		with(group, func(m *handlers.Message) { m.Text, m.From.Thread = "好", 44 })},
	"thread of replies is no topic": {`"message":{` + inGroup + `,"text":"好","message_thread_id":44}`,
		with(group, func(m *handlers.Message) { m.Text = "好" })},
	"edited": {`"edited_message":{` + inPrivate + `,"edit_date":1700000009,"text":"改"}`,
		with(private, func(m *handlers.Message) {
			m.Text, m.Edited, m.SentAt = "改", true, time.Unix(1700000009, 0).UTC()
		})},
	"another picture in the place of one": {`"edited_message":{` + inPrivate + `,"edit_date":1700000009,"photo":[{"file_id":"p","width":9,"height":9}]}`,
		with(private, func(m *handlers.Message) {
			m.Edited, m.SentAt = true, time.Unix(1700000009, 0).UTC()
			m.Files = []handlers.Upload{{Source: "p", Name: "photo.jpg", MIME: "image/jpeg"}}
		})},
	"live location moves": {`"edited_message":{` + inPrivate + `,"location":{"latitude":30.1,"longitude":121.2}}`, nil},
	"location": {`"message":{` + inPrivate + `,"location":{"latitude":30.1,"longitude":121.2}}`,
		with(private, func(m *handlers.Message) { m.At = &handlers.Location{Latitude: 30.1, Longitude: 121.2} })},
	"contact": {`"message":{` + inPrivate + `,"contact":{"phone_number":"0","first_name":"示例"}}`,
		with(private, func(m *handlers.Message) { m.Text, m.Shared, m.Contact = "示例 0", true, true })},
	"venue": {`"message":{` + inPrivate + `,"location":{"latitude":30.1,"longitude":121.2},"venue":{"location":{"latitude":30.1,"longitude":121.2},"title":"示例园区","address":"示例路 1 号"}}`,
		with(private, func(m *handlers.Message) {
			m.Text, m.Shared, m.At = "示例园区 示例路 1 号", true, &handlers.Location{Latitude: 30.1, Longitude: 121.2}
		})},
	"poll": {`"message":{` + inPrivate + `,"poll":{"id":"1","question":"哪天？","options":[{"text":"周一"},{"text":"周二"}]}}`,
		with(private, func(m *handlers.Message) { m.Text, m.Shared = "哪天？\n- 周一\n- 周二", true })},
	"dice":                         {`"message":{` + inPrivate + `,"dice":{"emoji":"🎲","value":3}}`, &private},
	"something of 2030":            {`"message":{` + inPrivate + `,"hologram":{"file_id":"x"}}`, &private},
	"something of 2030 in a group": {`"message":{` + inGroup + `,"hologram":{"file_id":"x"}}`, nil},
	"pinned":                       {`"message":{` + inPrivate + `,"pinned_message":{"message_id":3}}`, nil},
	"topic opened":                 {`"message":{` + inGroup + `,"message_thread_id":5,"forum_topic_created":{"name":"x"}}`, nil},
	"largest picture with a caption": {`"message":{` + inPrivate + `,"caption":"看","media_group_id":"9","photo":[{"file_id":"s","width":90,"height":60,"file_size":10},{"file_id":"l","width":1280,"height":900,"file_size":99},{"file_id":"m","width":320,"height":200,"file_size":50}]}`,
		with(private, func(m *handlers.Message) {
			m.Text, m.Album = "看", "9"
			m.Files = []handlers.Upload{{Source: "l", Name: "photo.jpg", MIME: "image/jpeg", Size: 99}}
		})},
	"document": {`"message":{` + inPrivate + `,"document":{"file_id":"d","file_name":"..\\合同\u202egpj.pdf","mime_type":"application/pdf","file_size":1234}}`,
		with(private, func(m *handlers.Message) {
			m.Files = []handlers.Upload{{Source: "d", Name: "合同gpj.pdf", MIME: "application/pdf", Size: 1234}}
		})},
	"document too big": {`"message":{` + inPrivate + `,"document":{"file_id":"d","file_size":20971521}}`,
		with(private, func(m *handlers.Message) {
			m.Files = []handlers.Upload{{Source: "d", Name: "document", MIME: "application/octet-stream", Size: 20971521, Problem: handlers.TooBig}}
		})},
	"voice": {`"message":{` + inPrivate + `,"voice":{"file_id":"v","mime_type":"audio/ogg","file_size":7}}`,
		with(private, func(m *handlers.Message) {
			m.Files = []handlers.Upload{{Source: "v", Name: "voice.ogg", MIME: "audio/ogg", Size: 7}}
		})},
	"sticker": {`"message":{` + inPrivate + `,"sticker":{"file_id":"s","file_size":7}}`,
		with(private, func(m *handlers.Message) {
			m.Files = []handlers.Upload{{Source: "s", Name: "sticker.webp", MIME: "image/webp", Size: 7, Problem: handlers.Unwanted}}
		})},
	"animation is no document": {`"message":{` + inPrivate + `,"animation":{"file_id":"a","file_size":7},"document":{"file_id":"a","file_size":7}}`,
		with(private, func(m *handlers.Message) {
			m.Files = []handlers.Upload{{Source: "a", Name: "animation.mp4", MIME: "video/mp4", Size: 7}}
		})},
	"press": {`"callback_query":{"id":"q1","from":{"id":42,"is_bot":false,"language_code":"en"},"data":"rate:5","message":{"message_id":12,"date":1700000000,"chat":{"id":42,"type":"private"},"from":{"id":1,"is_bot":true}}}`,
		&handlers.Message{Key: "7", From: handlers.Address{Channel: handlers.Telegram, Chat: "42"}, User: "42", Lang: "en", Button: "rate:5", Press: "q1", ReplyTo: "12", SentAt: decoded}},
	"press on a message that is not accessible": {`"callback_query":{"id":"q1","from":{"id":42},"data":"x","message":{"message_id":12,"date":0,"chat":{"id":-100,"type":"supergroup"}}}`,
		&handlers.Message{Key: "7", From: handlers.Address{Channel: handlers.Telegram, Chat: "-100"}, Group: true, User: "42", Button: "x", Press: "q1", ReplyTo: "12", SentAt: decoded}},
	"press without a message": {`"callback_query":{"id":"q1","from":{"id":42},"data":"x","inline_message_id":"i"}`, nil},
	"blocked": {`"my_chat_member":{"chat":{"id":42,"type":"private"},"from":{"id":42},"date":1700000000,"old_chat_member":{"status":"member"},"new_chat_member":{"status":"kicked","until_date":0}}`,
		&handlers.Message{Key: "7", From: handlers.Address{Channel: handlers.Telegram, Chat: "42"}, User: "42", Event: handlers.EventBlocked, SentAt: sentAt}},
	"removed from a group": {`"my_chat_member":{"chat":{"id":-42,"type":"group"},"from":{"id":42},"date":1700000000,"new_chat_member":{"status":"left"}}`,
		&handlers.Message{Key: "7", From: handlers.Address{Channel: handlers.Telegram, Chat: "-42"}, User: "42", Group: true, Event: handlers.EventBlocked, SentAt: sentAt}},
	"muted but still a member": {`"my_chat_member":{"chat":{"id":-42,"type":"supergroup"},"from":{"id":42},"date":1,"new_chat_member":{"status":"restricted","is_member":true}}`, nil},
	"let into a group": {`"my_chat_member":{"chat":{"id":-42,"type":"group"},"from":{"id":42},"date":1700000000,"new_chat_member":{"status":"member"}}`,
		&handlers.Message{Key: "7", From: handlers.Address{Channel: handlers.Telegram, Chat: "-42"}, User: "42", Group: true, Event: handlers.EventBack, SentAt: sentAt}},
	"made an administrator": {`"my_chat_member":{"chat":{"id":-42,"type":"supergroup"},"from":{"id":42},"date":1700000000,"new_chat_member":{"status":"administrator"}}`,
		&handlers.Message{Key: "7", From: handlers.Address{Channel: handlers.Telegram, Chat: "-42"}, User: "42", Group: true, Event: handlers.EventBack, SentAt: sentAt}},
	"unblocked": {`"my_chat_member":{"chat":{"id":42,"type":"private"},"from":{"id":42},"date":1,"new_chat_member":{"status":"member"}}`, nil},
	"moved": {`"message":{` + inGroup + `,"migrate_to_chat_id":-1009}`,
		with(group, func(m *handlers.Message) { m.Event, m.MovedTo = handlers.EventMoved, "-1009" })},
	"moved, seen from the new chat": {`"message":{` + inGroup + `,"migrate_from_chat_id":-9}`, nil},
	"another bot":                   {`"message":{"message_id":5,"date":1,"chat":{"id":-42,"type":"group"},"from":{"id":9,"is_bot":true},"text":"x"}`, nil},
	"channel post in a group":       {`"message":{` + inGroup + `,"sender_chat":{"id":-7,"type":"channel"},"text":"x"}`, nil},
	"in the name of the group": {`"message":{"message_id":5,"date":1700000000,"chat":{"id":-1004100000001,"type":"supergroup"},"from":{"id":1087968824,"is_bot":true},"sender_chat":{"id":-1004100000001,"type":"supergroup"},"text":"好"}`,
		with(group, func(m *handlers.Message) { m.Text, m.User, m.Anonymous = "好", "1087968824", true })},
	"channel post":    {`"channel_post":{"message_id":5,"date":1,"chat":{"id":-7,"type":"channel"},"text":"x"}`, nil},
	"in a channel":    {`"message":{"message_id":5,"date":1,"chat":{"id":-7,"type":"channel"},"from":{"id":1},"text":"x"}`, nil},
	"somebody joined": {`"message":{` + inGroup + `,"new_chat_members":[{"id":1,"is_bot":false}]}`, nil},
	"unknown kind":    {`"something_of_2030":{"x":1}`, nil},
	"unknown things in a message": {`"message":{` + inPrivate + `,"text":"好","forward_origin":{"type":"of_2030"},"chat_background_set":7,"reply_to_message":{"message_id":3,"from":{"id":1,"is_bot":true,"username":"Example_Test_Bot"},"forward_origin":{"type":"of_2030"}}}`,
		with(private, func(m *handlers.Message) { m.Text, m.ReplyTo = "好", "3" })},
	"NUL": {`"message":{` + inPrivate + `,"text":"a\u0000b"}`,
		with(private, func(m *handlers.Message) { m.Text = "ab" })},
}

func TestDecode(t *testing.T) {
	t.Parallel()
	for name, c := range updates {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			id, m, ok, err := decode([]byte(`{"update_id":7,`+c.body+`}`), "example_test_bot", decoded)
			if err != nil || id != 7 {
				t.Fatalf("decode: id %d, %v", id, err)
			}
			if ok != (c.want != nil) {
				t.Fatalf("decode: ok is %t: %+v", ok, m)
			}
			if ok {
				if d := cmp.Diff(*c.want, m); d != "" {
					t.Errorf("message (-want +got)\n%s", d)
				}
			}
		})
	}
}

func TestDecodeMalformed(t *testing.T) {
	t.Parallel()
	for _, raw := range []string{``, `null`, `[]`, `{}`, `{"update_id":"x"}`, `{"update_id":1`, `7`} {
		if _, _, ok, err := decode([]byte(raw), "x", decoded); ok || !errors.Is(err, errMalformed) {
			t.Errorf("decode(%s) = %t, %v; want errMalformed", raw, ok, err)
		}
	}
}

// What cannot be read is kept as it came, with what could be read of it: whose it is.
func TestDecodeUnread(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		raw, chat, user string
		ok              bool
	}{
		"of nobody":    {`{"update_id":9,"message":{"chat":"no object","text":"话"}}`, "", "", true},
		"of somebody":  {`{"update_id":9,"message":{"chat":{"id":5,"type":"private"},"from":{"id":6},"text":{"new":"话13800000000"}}}`, "5", "6", true},
		"a number":     {`{"update_id":9,"message":{"chat":{"id":5,"type":"private"},"from":{"id":6},"text":13800000000}}`, "5", "6", true},
		"among others": {`{"update_id":9,"message":{"chat":{"id":-5,"type":"group"},"from":{"id":6},"text":{"new":"话"}}}`, "-5", "6", false},
	} {
		id, m, ok, err := decode([]byte(c.raw), "x", decoded)
		if id != 9 || ok != c.ok || m.Key != "9" || m.Unread != c.raw || m.From.Chat != c.chat || m.User != c.user || m.From.Channel != handlers.Telegram {
			t.Errorf("%s: %d, %t, %+v", name, id, ok, m)
		}
		if err == nil || errors.Is(err, errMalformed) || strings.Contains(err.Error(), "话") || strings.Contains(err.Error(), "1380") {
			t.Errorf("%s: the error is %v", name, err)
		}
	}
}

// Until the bot knows its name nothing can be read, which says nothing of the form.
func TestReadBeforeTheBotIsConnected(t *testing.T) {
	t.Parallel()
	b := &Bot{cfg: Config{Now: func() time.Time { return decoded }}}
	raw := `{"update_id":7,"message":{` + inPrivate + `,"text":"话"}}`
	if _, _, err := b.Read(raw); err == nil || relay.IsPermanent(err) {
		t.Errorf("not connected: %v, want an error that passes", err)
	}
	b.me.Store(&models.User{ID: 1, Username: "example_test_bot"})
	if m, ok, err := b.Read(raw); err != nil || !ok || m.Text != "话" {
		t.Errorf("Read returned %+v, %t, %v", m, ok, err)
	}
	for _, raw := range []string{`{}`, `{"update_id":7,"message":{` + inPrivate + `,"text":{"new":"话"}}}`} {
		if _, _, err := b.Read(raw); !relay.IsPermanent(err) {
			t.Errorf("Read(%s): %v, want a permanent error", raw, err)
		}
	}
}

func FuzzDecode(f *testing.F) {
	for _, c := range updates {
		f.Add([]byte(`{"update_id":7,` + c.body + `}`))
	}
	for _, text := range hostile.Texts {
		f.Add([]byte(text))
	}
	for _, text := range hostile.Strings {
		f.Add([]byte(`{"update_id":7,"message":{` + inPrivate + `,"text":"` + text + `"}}`))
		f.Add([]byte(`{"update_id":7,"message":{` + inPrivate + `,"caption":"` + text + `","document":{"file_id":"` + text + `","file_name":"` + text + `","mime_type":"` + text + `"}}}`))
		f.Add([]byte(`{"update_id":7,"callback_query":{"id":"q1","from":{"id":42},"data":"` + text + `","message":{"message_id":12,"chat":{"id":42,"type":"private"}}}}`))
	}
	f.Add([]byte(`{"update_id":7,"message":{` + inPrivate + `,"reply_to_message":` + strings.Repeat(`{"reply_to_message":`, 9_000) + strings.Repeat("}", 9_000) + `}}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		_, m, ok, err := decode(raw, "example_test_bot", decoded)
		if !ok {
			return
		}
		if err != nil { // kept unread, whoever's it is
			if errors.Is(err, errMalformed) || m.Key == "" || m.Unread != string(raw) || m.From.Channel != handlers.Telegram || m.From.Chat == "0" || m.Album != "" {
				t.Fatalf("%v: %+v", err, m)
			}
			return
		}
		if m.Unread != "" || m.Key == "" || m.From.Chat == "" || m.From.Chat == "0" || m.From.Channel != handlers.Telegram {
			t.Fatalf("no key or no chat: %+v", m)
		}
		kept := m.Storable() // as the relay takes it in
		for _, text := range []string{m.Text, kept.Key, kept.User, kept.Text, kept.Command, kept.Button, kept.Press, kept.Lang, kept.ReplyTo, kept.Album} {
			if strings.ContainsRune(text, 0) || !utf8.ValidString(text) {
				t.Fatalf("%q is not storable", text)
			}
		}
		for _, u := range m.Files {
			if u.Name == "" || u.Name != handlers.FileName(u.Name) {
				t.Fatalf("unsafe file name %q", u.Name)
			}
		}
		if _, err := json.Marshal(m); err != nil {
			t.Fatal(err)
		}
	})
}
