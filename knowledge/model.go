package knowledge

import (
	"context"
	"errors"
	"fmt"
	"strings"
)

// Model writes an answer from units. Implementations must honour ctx and be safe
// for concurrent use.
type Model interface {
	Write(ctx context.Context, p Prompt) (string, error)
}

// Prompt is everything a model gets to see. Question and Sources are data: a
// model must not follow instructions that stand in them.
type Prompt struct {
	Question string // personal data masked
	Lang     string // language to answer in, zh-CN or en
	Sources  []Source
}

// Source is a unit that the model may cite as [Number].
type Source struct {
	Number int // counts from 1
	Title  string
	Text   string
}

// errors of a model's turn; their texts are causes for the log.
var (
	errSlow     = errors.New("timeout")
	errDown     = errors.New("unavailable")
	errRejected = errors.New("not grounded")
)

// write lets the model answer from units and checks the result. cited is how many
// of units, counted from the first, the citations must show.
func (a *Answerer) write(ctx context.Context, lib *Library, q Question, units []int) (text string, cited int, err error) {
	lang := q.Lang
	if lang == "" {
		lang = "zh-CN"
	}
	p := Prompt{Question: MaskPersonal(q.Text), Lang: lang}
	var grounds []Evidence
	for i, n := range units {
		d, u := lib.docOf(n), lib.unit(n)
		p.Sources = append(p.Sources, Source{Number: i + 1, Title: u.Title, Text: u.Body})
		grounds = append(grounds, Evidence{
			Text:   u.Title + "\n" + u.Body + "\n" + d.Title,
			Number: d.Number, Dates: []Date{d.Issued, d.EffectiveFrom, d.EffectiveTo},
		})
	}
	ctx, cancel := context.WithTimeout(ctx, a.timeout)
	defer cancel()
	type result struct {
		text string
		err  error
	}
	done := make(chan result, 1) // buffered: a model that ignores ctx must not leak blocked
	go func() {
		defer func() {
			if r := recover(); r != nil {
				done <- result{err: fmt.Errorf("%w: panic", errDown)}
			}
		}()
		text, err := a.model.Write(ctx, p)
		done <- result{text, err}
	}()
	select {
	case <-ctx.Done():
		return "", 0, errSlow
	case r := <-done:
		if r.err != nil {
			if ctx.Err() != nil {
				return "", 0, errSlow
			}
			return "", 0, fmt.Errorf("%w: %w", errDown, r.err)
		}
		text = strings.TrimSpace(r.text)
	}
	if err := Ground(text, grounds); err != nil {
		return "", 0, fmt.Errorf("%w: %w", errRejected, err)
	}
	for _, n := range citedNumbers(text) {
		cited = max(cited, n)
	}
	return text, cited, nil
}

// causeOf names the cause for the log without the texts that may stand in err.
func causeOf(err error) string {
	for _, cause := range []error{errSlow, errDown, errRejected} {
		if errors.Is(err, cause) {
			return cause.Error()
		}
	}
	return "other"
}
