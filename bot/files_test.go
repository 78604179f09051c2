package bot

import (
	"bytes"
	"fmt"
	"image"
	"image/png"
	"io"
	"net/http"
	"strings"
	"testing"

	"liaison/bot/botapitest"
	"liaison/handlers"
	"liaison/relay"
	"liaison/ticket"
)

// picture returns a PNG of the size.
func picture(t *testing.T, width, height int) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, width, height))); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// file puts content into the store of files.
func (w *world) file(name, mime string, data []byte) ticket.File {
	hash := fmt.Sprintf("%064d", len(w.blobs)+1)
	w.blobs[hash] = data
	return ticket.File{Hash: hash, Name: name, MIME: mime, Size: int64(len(data))}
}

func TestDeliverOneFileWithItsText(t *testing.T) {
	t.Parallel()
	w, u := talk(t)
	r := handlers.Reply{
		Text:    []handlers.Span{{Text: "😀 附件："}, {Text: "申请表", Style: handlers.Bold}},
		Files:   []ticket.File{w.file("申请表 \"示例\".pdf", "application/pdf", []byte("%PDF-示例"))},
		Buttons: [][]handlers.Button{{{Text: "好", Data: "ok"}}},
	}
	w.deliver(t, relay.Outbound{To: to(u), Reply: r})
	ms := u.Messages()
	if len(ms) != 1 || ms[0].Document == nil {
		t.Fatalf("messages: %+v", ms)
	}
	m := ms[0]
	if m.Caption != "😀 附件：申请表" || len(m.CaptionEntities) != 1 || m.CaptionEntities[0].Offset != 6 || len(m.Buttons()) != 1 {
		t.Errorf("message: %+v", m)
	}
	if got := string(w.srv.File(m.FileID())); got != "%PDF-示例" || m.Document.FileName != "申请表 \"示例\".pdf" {
		t.Errorf("file %q holds %q", m.Document.FileName, got)
	}
}

func TestDeliverFilesAndLongText(t *testing.T) {
	t.Parallel()
	w, u := talk(t)
	r := handlers.Reply{
		Text:    []handlers.Span{{Text: strings.Repeat("长", maxCaption+1)}},
		Files:   []ticket.File{w.file("图.png", "image/png", picture(t, 40, 30))},
		Buttons: [][]handlers.Button{{{Text: "好", Data: "ok"}}},
	}
	w.deliver(t, relay.Outbound{To: to(u), Reply: r})
	ms := u.Messages()
	if len(ms) != 2 || len(ms[0].Photo) == 0 || ms[0].Caption != "" || ms[0].Keyboard != nil || len(ms[1].Buttons()) != 1 {
		t.Errorf("messages: %+v", ms)
	}
}

func TestDeliverAlbum(t *testing.T) {
	t.Parallel()
	w, u := talk(t)
	r := say("现场照片")
	r.Buttons = [][]handlers.Button{{{Text: "好", Data: "ok"}}}
	for range 12 {
		r.Files = append(r.Files, w.file("图.png", "image/png", picture(t, 40, 30)))
	}
	r.Files = append(r.Files, w.file("说明.pdf", "application/pdf", []byte("%PDF")))
	rs := w.deliver(t, relay.Outbound{To: to(u), Reply: r})
	ms := u.Messages()
	if first := rs[0]; len(first.Also) != 9 || first.Also[8] != fmt.Sprint(ms[9].ID) {
		t.Errorf("of an album of ten the receipt has %+v", first)
	}
	if len(rs) != 4 || len(ms) != 14 { // 10 pictures, 2 pictures, the document, the text
		t.Fatalf("%d receipts, %d messages", len(rs), len(ms))
	}
	if ms[0].MediaGroupID == "" || ms[0].MediaGroupID != ms[9].MediaGroupID || ms[9].MediaGroupID == ms[10].MediaGroupID {
		t.Error("the albums are not of 10 and 2 pictures")
	}
	if last := ms[13]; last.Text != "现场照片" || len(last.Buttons()) != 1 || ms[12].Document == nil {
		t.Errorf("after the albums: %+v, %+v", ms[12], last)
	}
	for _, m := range ms[:12] {
		if !bytes.Equal(w.srv.File(m.FileID()), picture(t, 40, 30)) {
			t.Fatalf("picture %d came damaged", m.ID)
		}
	}
}

func TestPicturesThatTelegramCannotShowAreDocuments(t *testing.T) {
	t.Parallel()
	w, u := talk(t)
	long := w.file("长图.png", "image/png", picture(t, 20, 900))
	broken := w.file("坏.png", "image/png", []byte("no picture"))
	w.deliver(t, relay.Outbound{To: to(u), Reply: handlers.Reply{Files: []ticket.File{long}}})
	w.deliver(t, relay.Outbound{To: to(u), Reply: handlers.Reply{Files: []ticket.File{long, broken}}})
	for _, m := range u.Messages() {
		if m.Document == nil {
			t.Errorf("no document: %+v", m)
		}
	}
	if n := len(u.Messages()); n != 3 {
		t.Errorf("%d messages, want 3", n)
	}
}

func TestDeliverFileThatIsGone(t *testing.T) {
	t.Parallel()
	w, u := talk(t)
	_, err := w.Deliver(t.Context(), relay.Outbound{To: to(u), Reply: handlers.Reply{Files: []ticket.File{{Hash: "none"}}}})
	if !relay.IsPermanent(err) {
		t.Errorf("Deliver: %v, want a permanent error", err)
	}
}

func TestFetch(t *testing.T) {
	t.Parallel()
	w, u := talk(t)
	w.run(t)
	data := bytes.Repeat([]byte("合同"), 50_000)
	u.SendDocument("合同 1.pdf", data, "")
	w.srv.WaitConfirmed(t)
	ms := w.inbox.messages()
	up := ms[len(ms)-1].Files[0]
	body, err := w.Fetch(t.Context(), up)
	if err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(body)
	body.Close()
	if err != nil || !bytes.Equal(got, data) {
		t.Errorf("fetched %d bytes of %d, %v", len(got), len(data), err)
	}
	for name, c := range map[string]struct {
		fault     *botapitest.Fault
		up        handlers.Upload
		permanent bool
	}{
		"too big by what was said": {nil, handlers.Upload{Source: up.Source, Size: handlers.MaxFile + 1}, true},
		"too big for Telegram":     {&botapitest.Fault{Method: "getFile", Status: 400, Description: "Bad Request: file is too big"}, up, true},
		"unknown":                  {nil, handlers.Upload{Source: "none"}, true},
		"gone":                     {&botapitest.Fault{Method: "file", Status: 404}, up, true},
		"server error":             {&botapitest.Fault{Method: "file", Status: 502}, up, false},
		"dropped":                  {&botapitest.Fault{Method: "file", Drop: true, Times: -1}, up, false},
		"getFile fails":            {&botapitest.Fault{Method: "getFile", Status: 500}, up, false},
	} {
		w.srv.ClearFaults()
		if c.fault != nil {
			w.srv.Fail(*c.fault)
		}
		_, err := w.Fetch(t.Context(), c.up)
		if err == nil || relay.IsPermanent(err) != c.permanent || strings.Contains(err.Error(), secret(w.srv)) {
			t.Errorf("%s: %v, want permanent %t and no token", name, err, c.permanent)
		}
		if strings.HasPrefix(name, "too big") && ticket.CodeOf(err) != ticket.Invalid {
			t.Errorf("%s: code %s, want invalid", name, ticket.CodeOf(err))
		}
	}
}

// A server may say nothing of the length and send for ever.
func TestFetchStopsAtTheLimit(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	endless := roundTrip(func(r *http.Request) (*http.Response, error) {
		if strings.HasSuffix(r.URL.Path, "/getFile") {
			_, _ = io.Copy(io.Discard, r.Body)
			return answer(strings.NewReader(`{"ok":true,"result":{"file_id":"f","file_path":"a b/%.bin"}}`)), nil
		}
		if !strings.HasSuffix(r.URL.EscapedPath(), "/a%20b/%25.bin") {
			t.Errorf("path %s is not escaped", r.URL.EscapedPath())
		}
		return answer(zeros{}), nil
	})
	w.cfg.Client.Transport = endless
	body, err := w.Fetch(t.Context(), handlers.Upload{Source: "f"})
	if err != nil {
		t.Fatal(err)
	}
	n, err := io.Copy(io.Discard, body)
	if n > handlers.MaxFile || !relay.IsPermanent(err) || ticket.CodeOf(err) != ticket.Invalid {
		t.Errorf("read %d bytes and %v, want at most %d and a permanent error", n, err, handlers.MaxFile)
	}
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func answer(body io.Reader) *http.Response {
	return &http.Response{StatusCode: http.StatusOK, Status: "200 OK", ContentLength: -1, Body: io.NopCloser(body), Header: http.Header{}}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { return len(p), nil }
