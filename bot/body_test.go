package bot

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"testing/iotest"

	tgbot "github.com/go-telegram/bot"
)

// counted counts the writes to a connection.
type counted struct {
	net.Conn
	writes *atomic.Int32
}

func (c counted) Write(b []byte) (int, error) {
	c.writes.Add(1)
	return c.Conn.Write(b)
}

func TestShortCallIsOneWrite(t *testing.T) {
	t.Parallel()
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.FormValue("text") != "企业开办需要多久？" || r.FormValue("chat_id") != "7" {
			t.Errorf("got form %v", r.Form)
		}
		if r.ContentLength <= 0 || len(r.TransferEncoding) > 0 {
			t.Errorf("length %d, encoding %v: want a known length", r.ContentLength, r.TransferEncoding)
		}
		_, _ = io.WriteString(w, `{"ok":true,"result":{"message_id":1}}`)
	}))
	defer srv.Close()
	var writes atomic.Int32
	transport := &http.Transport{DialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
		c, err := new(net.Dialer).DialContext(ctx, network, addr)
		return counted{c, &writes}, err
	}}
	defer transport.CloseIdleConnections()
	api, err := tgbot.New("1:x", tgbot.WithSkipGetMe(), tgbot.WithServerURL(srv.URL),
		tgbot.WithHTTPClient(0, clientOf(&http.Client{Transport: transport}, nil)))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := api.SendMessage(t.Context(), &tgbot.SendMessageParams{ChatID: 7, Text: "企业开办需要多久？"}); err != nil {
		t.Fatal(err)
	}
	if n := writes.Load(); n != 1 {
		t.Errorf("%d writes, want 1", n)
	}
}

func TestBodiesArriveAsTheyAre(t *testing.T) {
	t.Parallel()
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		_, _ = w.Write(got)
	}))
	defer srv.Close()
	client := clientOf(srv.Client(), nil)
	for _, n := range []int{0, 1, maxGathered - 1, maxGathered, maxGathered + 1, 5 * maxGathered} {
		sent := bytes.Repeat([]byte("企业"), n)[:n]
		resp, err := client.Post(srv.URL, "text/plain", iotest.HalfReader(bytes.NewReader(sent)))
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		if err != nil || !bytes.Equal(got, sent) {
			t.Errorf("%d bytes: got %d, error %v", n, len(got), err)
		}
	}
}

func TestBrokenBodyIsNotSent(t *testing.T) {
	t.Parallel()
	var calls atomic.Int32
	srv := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { calls.Add(1) }))
	defer srv.Close()
	broken := errors.New("the file is gone")
	_, err := clientOf(srv.Client(), nil).Post(srv.URL, "text/plain", io.MultiReader(bytes.NewReader([]byte("a form")), iotest.ErrReader(broken)))
	if !errors.Is(err, broken) || calls.Load() != 0 {
		t.Errorf("error %v, %d calls; want %v and none", err, calls.Load(), broken)
	}
}
