package botapitest_test

import (
	"bytes"
	"encoding/json"
	"image"
	"image/png"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/go-telegram/bot"
	"github.com/go-telegram/bot/models"

	"liaison/bot/botapitest"
)

// picture is a real PNG of the given size.
func picture(t *testing.T, width, height int) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, width, height))); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func uploadFile(name string, data []byte) models.InputFile {
	return &models.InputFileUpload{Filename: name, Data: bytes.NewReader(data)}
}

// download gets a file the way a bot does: getFile, then its path.
func download(t *testing.T, srv *botapitest.Server, b *bot.Bot, id string) (status int, data []byte) {
	t.Helper()
	f, err := b.GetFile(t.Context(), &bot.GetFileParams{FileID: id})
	if err != nil {
		t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, b.FileDownloadLink(f), nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := newHTTP(t).Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	data, err = io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, data
}

func TestFilesUpAndDown(t *testing.T) {
	t.Parallel()
	srv := botapitest.New(t)
	b := newClient(t, srv)
	u := started(srv)
	pdf := []byte("%PDF-1.4 示例")
	pic := picture(t, 64, 48)

	theirs := u.SendDocument("营业执照（示例）.pdf", pdf, "我的材料 🙂")
	if theirs.Document.MimeType != "application/pdf" || theirs.Document.FileName != "营业执照（示例）.pdf" || theirs.Caption != "我的材料 🙂" {
		t.Errorf("document: %+v", theirs)
	}
	if status, data := download(t, srv, b, theirs.FileID()); status != 200 || !bytes.Equal(data, pdf) {
		t.Errorf("download: %d %q", status, data)
	}
	photo := u.SendPhoto("现场.png", pic, "")
	if status, data := download(t, srv, b, photo.FileID()); status != 200 || !bytes.Equal(data, pic) || photo.Photo[0].Width != 64 {
		t.Errorf("photo: %d, %+v", status, photo.Photo)
	}

	doc, err := b.SendDocument(t.Context(), &bot.SendDocumentParams{ChatID: u.ChatID(), Document: uploadFile("办理指南.pdf", pdf),
		Caption: "<b>指南</b>", ParseMode: models.ParseModeHTML})
	if err != nil || doc.Document.FileName != "办理指南.pdf" || doc.Caption != "指南" || len(doc.CaptionEntities) != 1 {
		t.Fatalf("sendDocument: %+v %v", doc, err)
	}
	if !bytes.Equal(srv.File(doc.Document.FileID), pdf) {
		t.Error("the server holds other bytes")
	}
	again, err := b.SendDocument(t.Context(), &bot.SendDocumentParams{ChatID: u.ChatID(), Document: &models.InputFileString{Data: doc.Document.FileID}})
	if err != nil || again.Document.FileID != doc.Document.FileID {
		t.Errorf("by file id: %+v %v", again, err)
	}
	ph, err := b.SendPhoto(t.Context(), &bot.SendPhotoParams{ChatID: u.ChatID(), Photo: uploadFile("图.png", pic)})
	if err != nil || ph.Photo[0].Height != 48 {
		t.Errorf("sendPhoto: %+v %v", ph, err)
	}
	if _, err := b.EditMessageCaption(t.Context(), &bot.EditMessageCaptionParams{ChatID: u.ChatID(), MessageID: ph.ID, Caption: "说明"}); err != nil {
		t.Error(err)
	}
	_, err = b.EditMessageText(t.Context(), &bot.EditMessageTextParams{ChatID: u.ChatID(), MessageID: ph.ID, Text: "说明"})
	wantErr(t, "text of a photo", err, bot.ErrorBadRequest, "there is no text in the message to edit")
	if c := srv.Calls("sendDocument")[0]; c.Files["document"] != len(pdf) || c.Params["caption"] != "<b>指南</b>" {
		t.Errorf("call log: %+v", c)
	}
	noViolations(t, srv)
}

func TestFileErrors(t *testing.T) {
	t.Parallel()
	srv := botapitest.New(t)
	b := newClient(t, srv)
	u := started(srv)
	doc := u.SendDocument("a.txt", []byte("x"), "").FileID()
	byID := func(id string) models.InputFile { return &models.InputFileString{Data: id} }
	for _, tc := range []struct {
		name, caption string
		photo         models.InputFile
		err           string
	}{
		{name: "not an image", photo: uploadFile("a.jpg", []byte("text")), err: "IMAGE_PROCESS_FAILED"},
		{name: "too long and thin", photo: uploadFile("a.png", picture(t, 2100, 100)), err: "PHOTO_INVALID_DIMENSIONS"},
		{name: "too big", photo: uploadFile("a.jpg", make([]byte, 10<<20+1)), err: "file of size 10485761 bytes is too big for a photo; the maximum size is 10485760 bytes"},
		{name: "empty", photo: uploadFile("a.jpg", []byte{}), err: "file must be non-empty"},
		{name: "document as photo", photo: byID(doc), err: "can't use file of type Document as Photo"},
		{name: "unknown id", photo: byID("nope"), err: "wrong file identifier/HTTP URL specified"},
		{name: "missing", photo: byID(""), err: "there is no photo in the request"},
		{name: "url", photo: byID("https://example.com/a.jpg"), err: "failed to get HTTP URL content"},
		{name: "caption 1024", photo: uploadFile("a.png", picture(t, 9, 9)), caption: strings.Repeat("🙂", 512)},
		{name: "caption 1025", photo: uploadFile("a.png", picture(t, 9, 9)), caption: strings.Repeat("🙂", 512) + "x", err: "message caption is too long"},
	} {
		_, err := b.SendPhoto(t.Context(), &bot.SendPhotoParams{ChatID: u.ChatID(), Photo: tc.photo, Caption: tc.caption})
		wantErr(t, tc.name, err, bot.ErrorBadRequest, tc.err)
	}
	_, err := b.GetFile(t.Context(), &bot.GetFileParams{FileID: "nope"})
	wantErr(t, "unknown file", err, bot.ErrorBadRequest, "invalid file_id")
	big := u.SendDocument("大文件.bin", make([]byte, 20<<20+1), "")
	_, err = b.GetFile(t.Context(), &bot.GetFileParams{FileID: big.FileID()})
	wantErr(t, "above 20 MB", err, bot.ErrorBadRequest, "file is too big")
	r := do(t, request(t, srv, "sendDocument", "application/json", bytes.NewReader(make([]byte, 53<<20))))
	if r.Status != 413 || r.Description != "Request Entity Too Large" {
		t.Errorf("request above 50 MB: %d %s", r.Status, r.Description)
	}
}

func TestAlbums(t *testing.T) {
	t.Parallel()
	srv := botapitest.New(t)
	b := newClient(t, srv)
	u := started(srv)
	pic := picture(t, 32, 32)
	photo := func(name string) models.InputMedia {
		return &models.InputMediaPhoto{Media: "attach://" + name, Caption: "图 " + name, MediaAttachment: bytes.NewReader(pic)}
	}
	doc := &models.InputMediaDocument{Media: "attach://d.txt", MediaAttachment: strings.NewReader("x")}
	send := func(media ...models.InputMedia) ([]*models.Message, error) {
		return b.SendMediaGroup(t.Context(), &bot.SendMediaGroupParams{ChatID: u.ChatID(), Media: media})
	}
	sent, err := send(photo("a.png"), photo("b.png"))
	if err != nil || len(sent) != 2 || sent[0].MediaGroupID == "" || sent[0].MediaGroupID != sent[1].MediaGroupID || sent[1].Caption != "图 b.png" {
		t.Fatalf("album: %+v %v", sent, err)
	}
	_, err = send()
	wantErr(t, "empty", err, bot.ErrorBadRequest, "there are no messages to send")
	_, err = send(photo("a.png"), doc)
	wantErr(t, "mixed", err, bot.ErrorBadRequest, "document can't be mixed with other media types")
	_, err = send(&models.InputMediaPhoto{Media: "nope"}, photo("a.png"))
	wantErr(t, "bad id", err, bot.ErrorBadRequest, `failed to send message #1 with the error message "Wrong file identifier/HTTP URL specified"`)
	r := call(t, srv, "sendMediaGroup", map[string]any{"chat_id": u.ChatID(), "media": []any{
		map[string]string{"type": "photo", "media": "attach://missing"}, map[string]string{"type": "photo", "media": "attach://missing"}}})
	if r.Description != "Bad Request: can't parse InputMedia: media not found" {
		t.Errorf("missing attachment: %s", r.Description)
	}
	if n := len(u.Messages()); n != 2 {
		t.Errorf("refused albums left messages: %d", n)
	}
	noViolations(t, srv)

	u.SendAlbum(botapitest.Upload{Name: "1.png", Data: pic, Photo: true, Caption: "一"}, botapitest.Upload{Name: "2.png", Data: pic, Photo: true})
	u.SendLocation(30.17, 121.24)
	u.SendContact("+10000000000")
	u.SendVoice(3, []byte("OggS"))
	u.SendSticker("👍")
	ups := result[[]map[string]json.RawMessage](t, call(t, srv, "getUpdates", nil))
	var got []models.Message
	for _, raw := range ups[1:] {
		var m models.Message
		if err := json.Unmarshal(raw["message"], &m); err != nil {
			t.Fatal(err)
		}
		got = append(got, m)
	}
	if got[0].MediaGroupID == "" || got[0].MediaGroupID != got[1].MediaGroupID || got[0].Caption != "一" || got[2].Location == nil || got[3].Contact.UserID != u.ChatID() ||
		got[4].Voice == nil || got[4].Voice.Duration != 3 || got[5].Sticker == nil || got[5].Sticker.Emoji != "👍" {
		t.Errorf("updates: %+v", got)
	}
}
