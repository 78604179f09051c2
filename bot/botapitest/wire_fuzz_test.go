package botapitest

import (
	"net/http/httptest"
	"strings"
	"testing"
	"unicode/utf8"
)

func FuzzReadParams(f *testing.F) {
	f.Add("multipart/form-data; boundary=b", "--b\r\nContent-Disposition: form-data; name=\"text\"\r\n\r\n你好🙂\r\n--b--\r\n")
	f.Add("multipart/form-data; boundary=b", "--b\r\nContent-Disposition: form-data; name=\"photo\"; filename=\"a.png\"\r\n\r\nx\r\n--b--\r\n")
	f.Add("multipart/form-data", "--b--")
	f.Add("application/json", `{"chat_id":6100000001,"text":"مرحبا","reply_markup":{"inline_keyboard":[[{"text":"x"}]]},"x":null}`)
	f.Add("application/json", `{"text":"\ud800"}`)
	f.Add("application/x-www-form-urlencoded", "text=%E4%BD%A0&chat_id=1&chat_id=2")
	f.Add("", "")
	f.Fuzz(func(t *testing.T, contentType, body string) {
		req := httptest.NewRequest("POST", "/bot1:a/sendMessage?query=1", strings.NewReader(body))
		req.Header.Set("Content-Type", contentType)
		p, err := readParams(req)
		if err != nil {
			if err.Code != 400 && err.Code != 413 {
				t.Fatalf("code %d", err.Code)
			}
			return
		}
		for name, v := range p.values {
			if !utf8.ValidString(v) {
				t.Fatalf("%q is not UTF-8: %q", name, v)
			}
		}
		p.int("chat_id")
		p.bool("text")
	})
}

func FuzzReadMarkup(f *testing.F) {
	for _, s := range []string{
		"", "null", "[]", `{"inline_keyboard":null}`, `{"inline_keyboard":[[{"text":"是","callback_data":"y"}],[]]}`,
		`{"inline_keyboard":[[{"text":"原文","url":"https://example.com"}]]}`, `{"inline_keyboard":[[{"text":1}]]}`,
		`{"keyboard":[["咨询",{"text":"电话","request_contact":true}]]}`, `{"keyboard":[[null]]}`,
		`{"force_reply":true,"input_field_placeholder":"🙂"}`, `{"remove_keyboard":true,"force_reply":"x"}`,
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, in string) {
		s := &Server{}
		k, err := s.readMarkup(&params{values: map[string]string{"reply_markup": in}}, false)
		if err != nil {
			return
		}
		m := Message{}
		k.put(&m)
		for _, text := range m.Buttons() {
			if strings.TrimSpace(text) == "" {
				t.Fatalf("%s gave a button without text", in)
			}
		}
		for _, b := range inlineButtons(&m) {
			if len(b.Data) > maxCallbackData {
				t.Fatalf("%s gave %d bytes of callback data", in, len(b.Data))
			}
		}
	})
}
