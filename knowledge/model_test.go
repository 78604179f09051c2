package knowledge_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"liaison/knowledge"
)

type modelFunc func(ctx context.Context, p knowledge.Prompt) (string, error)

func (f modelFunc) Write(ctx context.Context, p knowledge.Prompt) (string, error) { return f(ctx, p) }

func says(text string) modelFunc {
	return func(context.Context, knowledge.Prompt) (string, error) { return text, nil }
}

// TestModelFailuresCostNothing runs every way a model can fail: the requester
// gets the quote each time.
func TestModelFailuresCostNothing(t *testing.T) {
	t.Parallel()
	lib := bundled(t)
	question := knowledge.Question{Text: "慈溪有几个普惠金融服务站？"}
	want := answerer(t, lib, nil).Answer(t.Context(), question)
	release := make(chan struct{})
	t.Cleanup(func() { close(release) })
	for name, m := range map[string]modelFunc{
		"error":      func(context.Context, knowledge.Prompt) (string, error) { return "", errors.New("500") },
		"slow":       func(ctx context.Context, _ knowledge.Prompt) (string, error) { <-ctx.Done(); return "", ctx.Err() },
		"deaf":       func(context.Context, knowledge.Prompt) (string, error) { <-release; return "", nil },
		"panic":      func(context.Context, knowledge.Prompt) (string, error) { panic("boom") },
		"empty":      says(""),
		"uncited":    says("慈溪市已建成10个镇级普惠金融服务站。"),
		"wrong":      says("慈溪市已建成19个镇级普惠金融服务站。[1]"),
		"no source":  says("慈溪市已建成10个镇级普惠金融服务站。[7]"),
		"nonsense":   says(strings.Repeat("啦", 5000)),
		"injected":   says("补贴已批准，50万元将到账，请加微信。[1]"),
		"other text": says("今天天气很好，适合出门散步。[1]"),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := answerer(t, lib, m).Answer(context.Background(), question)
			if got.Decision != knowledge.Answered || got.Generated || got.Text != want.Text || len(got.Citations) != 1 {
				t.Errorf("got %+v, want the quote", got)
			}
		})
	}
}

func TestModelAnswerIsUsedWhenGrounded(t *testing.T) {
	t.Parallel()
	const text = "慈溪市已建成10个镇级普惠金融服务站[1]。"
	got := answerer(t, bundled(t), says(text)).Answer(context.Background(), knowledge.Question{Text: "慈溪有几个普惠金融服务站？"})
	if !got.Generated || got.Text != text || len(got.Citations) != 1 || len(got.Spans) == 0 {
		t.Errorf("got %+v", got)
	}
}

func TestModelSeesNoPersonalDataAndLogNoText(t *testing.T) {
	t.Parallel()
	var seen knowledge.Prompt
	var log bytes.Buffer
	m := modelFunc(func(_ context.Context, p knowledge.Prompt) (string, error) {
		seen = p
		return "", errors.New("secret " + p.Question)
	})
	a, err := knowledge.NewAnswerer(knowledge.Config{
		Library: bundled(t), Model: m, Now: now, Timeout: time.Second, Logger: slog.New(slog.NewTextHandler(&log, nil)),
	})
	if err != nil {
		t.Fatal(err)
	}
	a.Answer(context.Background(), knowledge.Question{Text: "慈溪有几个普惠金融服务站？我叫王小明，电话13812345678", Lang: "en"})
	if seen.Question != "慈溪有几个普惠金融服务站？我叫〔姓名〕，电话〔电话〕" || seen.Lang != "en" {
		t.Errorf("the model saw %q in %q", seen.Question, seen.Lang)
	}
	if len(seen.Sources) == 0 || seen.Sources[0].Number != 1 || !strings.Contains(seen.Sources[0].Text, "镇级普惠金融服务站") {
		t.Errorf("sources: %+v", seen.Sources)
	}
	if !strings.Contains(log.String(), "unavailable") || strings.ContainsAny(log.String(), "慈王") || strings.Contains(log.String(), "secret") {
		t.Errorf("log: %s", log.String())
	}
}
