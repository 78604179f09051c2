package bot

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	tgbot "github.com/go-telegram/bot"
	"github.com/go-telegram/bot/models"

	"liaison/handlers"
	"liaison/relay"
	"liaison/ticket"
)

const (
	maxAlbum = 10       // pictures in one album
	maxPhoto = 10 << 20 // bytes that Telegram takes as a picture; more goes as a document
)

// groups divides files into what is sent together: pictures in albums, then
// documents one by one.
func groups(files []ticket.File) [][]ticket.File {
	var out [][]ticket.File
	var pictures, documents []ticket.File
	for _, f := range files {
		if isPhoto(f) {
			pictures = append(pictures, f)
		} else {
			documents = append(documents, f)
		}
	}
	for len(pictures) > 0 {
		n := min(maxAlbum, len(pictures))
		out = append(out, pictures[:n])
		pictures = pictures[n:]
	}
	for _, f := range documents {
		out = append(out, []ticket.File{f})
	}
	return out
}

func isPhoto(f ticket.File) bool {
	return (f.MIME == "image/jpeg" || f.MIME == "image/png") && f.Size <= maxPhoto
}

// sendFiles sends one file or an album. Pictures that Telegram cannot process,
// such as very long screenshots, go as documents.
func (b *Bot) sendFiles(ctx context.Context, to target, s step) ([]int, error) {
	photos := isPhoto(s.files[0])
	w := to.load(len(s.files))
	for _, f := range s.files {
		w.bytes += f.Size
	}
	upload := func(photos bool) (ids []int, err error) {
		err = b.limits.do(ctx, w, func(ctx context.Context) error {
			ids, err = b.upload(ctx, to, s, photos)
			return err
		})
		return ids, err
	}
	ids, err := upload(photos)
	if photos && refusal(err, "photo_invalid_dimensions", "image_process_failed", "photo_save_file_invalid", "wrong file type", "file is too big") {
		return upload(false)
	}
	return ids, err
}

func (b *Bot) upload(ctx context.Context, to target, s step, photos bool) ([]int, error) {
	readers := make([]io.Reader, len(s.files))
	for i, f := range s.files {
		r, err := b.cfg.Blobs.Open(f.Hash)
		if err != nil {
			if ticket.CodeOf(err) == ticket.NotFound {
				err = relay.Permanent(err)
			}
			return nil, fmt.Errorf("open file of a reply: %w", err)
		}
		defer r.Close()
		// The client module asks whether the reader is nil in a way that panics
		// for anything but a pointer.
		readers[i] = bufio.NewReader(r)
	}
	if len(s.files) > 1 {
		return b.sendAlbum(ctx, to, s.files, readers, photos)
	}
	input := &models.InputFileUpload{Filename: handlers.FileName(s.files[0].Name), Data: readers[0]}
	if input.Filename == "" {
		input.Filename = "file"
	}
	var m *models.Message
	var err error
	if photos {
		m, err = b.api.SendPhoto(ctx, &tgbot.SendPhotoParams{
			ChatID:          to.chat,
			MessageThreadID: to.thread,
			Photo:           input,
			Caption:         s.text.Text,
			CaptionEntities: s.text.Entities,
			ReplyMarkup:     s.markup,
		})
	} else {
		m, err = b.api.SendDocument(ctx, &tgbot.SendDocumentParams{
			ChatID:          to.chat,
			MessageThreadID: to.thread,
			Document:        input,
			Caption:         s.text.Text,
			CaptionEntities: s.text.Entities,
			ReplyMarkup:     s.markup,
		})
	}
	if err != nil {
		return nil, err
	}
	return []int{m.ID}, nil
}

func (b *Bot) sendAlbum(ctx context.Context, to target, files []ticket.File, readers []io.Reader, photos bool) ([]int, error) {
	p := &tgbot.SendMediaGroupParams{ChatID: to.chat, MessageThreadID: to.thread}
	for i := range files {
		// The client module uses this as the field's and the file's name.
		media := fmt.Sprintf("attach://%d.%s", i+1, strings.TrimPrefix(files[i].MIME, "image/"))
		if photos {
			p.Media = append(p.Media, &models.InputMediaPhoto{Media: media, MediaAttachment: readers[i]})
		} else {
			p.Media = append(p.Media, &models.InputMediaDocument{Media: media, MediaAttachment: readers[i]})
		}
	}
	ms, err := b.api.SendMediaGroup(ctx, p)
	if err != nil {
		return nil, err
	}
	var ids []int
	for _, m := range ms {
		ids = append(ids, m.ID)
	}
	return ids, nil
}

// Fetch implements relay.Channel. A file above handlers.MaxFile is a permanent
// error with code ticket.Invalid, at once or when that much has been read.
func (b *Bot) Fetch(ctx context.Context, up handlers.Upload) (io.ReadCloser, error) {
	if up.Size > handlers.MaxFile {
		return nil, errTooBig
	}
	f, err := b.api.GetFile(ctx, &tgbot.GetFileParams{FileID: up.Source})
	if refusal(err, "file is too big") {
		return nil, errTooBig
	}
	if err != nil {
		return nil, b.classify(err)
	}
	if f.FileSize > handlers.MaxFile {
		return nil, errTooBig
	}
	address := b.cfg.APIURL + "/file/bot" + b.cfg.Token + "/" + (&url.URL{Path: f.FilePath}).EscapedPath()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, b.clean(err)
	}
	resp, err := b.cfg.Client.Do(req)
	if err != nil {
		return nil, b.clean(err)
	}
	if resp.StatusCode == http.StatusOK && resp.ContentLength <= handlers.MaxFile {
		return &limited{ReadCloser: resp.Body, left: handlers.MaxFile}, nil
	}
	resp.Body.Close()
	switch {
	case resp.StatusCode == http.StatusOK:
		return nil, errTooBig
	case resp.StatusCode == http.StatusNotFound:
		return nil, relay.Permanent(errors.New("telegram: the file is gone"))
	default:
		return nil, fmt.Errorf("telegram: file: %s", resp.Status)
	}
}

var errTooBig = relay.Permanent(ticket.Errorf(ticket.Invalid, "telegram: file of more than %d bytes", handlers.MaxFile))

// limited fails when more than left bytes come.
type limited struct {
	io.ReadCloser
	left int64
}

func (l *limited) Read(p []byte) (int, error) {
	n, err := l.ReadCloser.Read(p)
	if l.left -= int64(n); l.left < 0 {
		return 0, errTooBig
	}
	return n, err
}
