package relay_test

import (
	"errors"
	"io"
	"slices"
	"strings"
	"testing"

	"liaison/handlers"
	"liaison/relay"
)

func TestFilesThatCannotBeHadAreMarked(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.fetch = func(up handlers.Upload) (io.ReadCloser, error) {
		switch up.Source {
		case "gone":
			return nil, relay.Permanent(errors.New("404"))
		case "down":
			return nil, errors.New("timeout")
		case "big":
			return io.NopCloser(io.LimitReader(zeros{}, handlers.MaxFile+1)), nil
		case "script":
			return io.NopCloser(strings.NewReader("#!/bin/sh\nMZ\x00\x01")), nil
		default:
			return io.NopCloser(strings.NewReader("%PDF-1.7")), nil
		}
	}
	var files []handlers.Upload
	for _, source := range []string{"fine", "gone", "down", "big", "script"} {
		files = append(files, handlers.Upload{Source: source, Name: source})
	}
	m := handlers.Message{Key: "k", From: handlers.Address{Channel: handlers.Telegram, Chat: "1"}, Text: "files", Files: files}
	if _, err := r.relay.Receive(t.Context(), m, r.clock()); err != nil {
		t.Fatal(err)
	}
	r.run()
	r.wait("the message", func() bool { return len(r.seen) == 1 })
	var got []string
	for _, f := range r.seen[0].Files {
		got = append(got, f.Problem)
	}
	if want := []string{"", handlers.Unfetched, handlers.Unfetched, handlers.TooBig, handlers.Unwanted}; !slices.Equal(got, want) {
		t.Errorf("problems %q, want %q", got, want)
	}
	if f := r.seen[0].Files[0]; len(f.Hash) != 64 || f.MIME != "application/pdf" || f.Size != 8 {
		t.Errorf("the good file became %+v", f)
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

func TestAnAlbumIsOneMessage(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.fetch = func(up handlers.Upload) (io.ReadCloser, error) {
		return io.NopCloser(strings.NewReader("%PDF-1.7 " + up.Source)), nil
	}
	for i, name := range []string{"a", "b", "c"} {
		m := handlers.Message{Key: name, From: handlers.Address{Channel: handlers.Telegram, Chat: "1"}, Album: "album", Files: []handlers.Upload{{Source: name, Name: name}}}
		if i == 0 {
			m.Text = "three pages"
		}
		if _, err := r.relay.Receive(t.Context(), m, r.clock()); err != nil {
			t.Fatal(err)
		}
	}
	r.say("1", "after")
	r.run()
	r.wait("both", func() bool { return len(r.handled) == 2 })
	if want := []string{"three pages", "after"}; !slices.Equal(r.handled, want) {
		t.Errorf("handled %v, want %v", r.handled, want)
	}
	var names []string
	for _, f := range r.seen[0].Files {
		names = append(names, f.Name)
	}
	if want := []string{"a", "b", "c"}; !slices.Equal(names, want) {
		t.Errorf("the album has %v, want %v", names, want)
	}
}
