package knowledge

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"slices"
	"strings"
	"unicode/utf8"
)

// Model writes text from data that it is given. Implementations must honour ctx
// and be safe for concurrent use.
type Model interface {
	// Write yields the pieces of an answer as they come. An error ends it.
	Write(ctx context.Context, p Prompt) iter.Seq2[string, error]
	// Rewrite returns the question that turn's elliptic one stands for.
	Rewrite(ctx context.Context, turn Elliptic) (string, error)
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

// The errors of a model's turn; their texts are causes for the log.
var (
	errSlow     = errors.New("timeout")
	errDown     = errors.New("unavailable")
	errRejected = errors.New("not grounded")
	errNone     = errors.New("no answer")
	errGone     = errors.New("the library has changed")
	errOrders   = errors.New("a source gives orders")
)

// Writes reports whether there is a model to write answers.
func (a *Answerer) Writes() bool { return a.model != nil }

// Write lets the model write anew what Answer has quoted for q. show, which may
// be nil, gets the growing answer: never a statement that Ground has not passed
// by itself. The first statement that fails ends it. The result is the whole
// answer, every statement of it checked, and true; or quoted as it was and false,
// whatever show has got. It takes at most Config.Timeout.
func (a *Answerer) Write(ctx context.Context, q Question, quoted Answer, show func(Answer)) (Answer, bool) {
	if a.model == nil || quoted.Decision != Answered || quoted.Generated || len(quoted.Citations) == 0 || strings.TrimSpace(q.Text) == "" {
		return quoted, false
	}
	start := a.now()
	if show == nil {
		show = func(Answer) {}
	}
	ctx, cancel := context.WithTimeout(ctx, a.timeout)
	defer cancel()
	ctx, end := a.stages.begin(ctx, StageModel)
	written, err := a.write(ctx, q, quoted, show)
	end(err == nil)
	if err != nil {
		a.log.LogAttrs(ctx, slog.LevelWarn, "model not used", slog.String("cause", causeOf(err)), slog.Duration("took", a.now().Sub(start)))
		return quoted, false
	}
	a.log.LogAttrs(ctx, slog.LevelInfo, "written", slog.Int("sources", len(written.Citations)), slog.Duration("took", a.now().Sub(start)))
	return written, true
}

func (a *Answerer) write(ctx context.Context, q Question, quoted Answer, show func(Answer)) (Answer, error) {
	lib := a.Library()
	p := Prompt{Question: MaskPersonal(q.Text), Lang: q.Lang}
	if p.Lang == "" {
		p.Lang = "zh-CN"
	}
	day := DateOf(a.now())
	citations := slices.Clone(quoted.Citations)
	for _, unit := range quoted.Also {
		if n, ok := lib.byID[unit]; ok && !lib.blocked(n) {
			citations = append(citations, lib.cite(n, day, "", 0))
		}
	}
	d := draft{checking: func() func(ok bool) {
		_, end := a.stages.begin(ctx, StageGround)
		return end
	}}
	for i, c := range citations {
		n, ok := lib.byID[c.Unit]
		if !ok || lib.blocked(n) {
			return Answer{}, errGone
		}
		doc, u := lib.docOf(n), lib.unit(n)
		if givesOrders(u.Title + "\n" + u.Body + "\n" + doc.Title) {
			return Answer{}, errOrders
		}
		p.Sources = append(p.Sources, Source{Number: i + 1, Title: u.Title, Text: u.Body})
		d.grounds = append(d.grounds, Evidence{
			Title:  doc.Title + "\n" + u.Title,
			Text:   u.Body,
			Number: doc.Number, Dates: []Date{doc.Issued, doc.EffectiveFrom, doc.EffectiveTo},
		})
	}
	current := func() Answer {
		written := quoted
		written.Text, written.Generated = d.text.String(), true
		written.Citations, written.Also = nil, nil
		for _, n := range d.order {
			written.Citations = append(written.Citations, citations[n-1])
		}
		for i, c := range quoted.Citations { // what is quoted below keeps its source
			if c.Quote != "" && !slices.Contains(d.order, i+1) {
				written.Citations = append(written.Citations, c)
			}
		}
		return written
	}
	key, err := writtenKey(p, d.grounds, quoted, a.now())
	if err != nil {
		return Answer{}, err
	}
	if before, ok := a.written(ctx, key); ok {
		before.Took = quoted.Took
		return before, nil
	}
	for piece, err := range a.stream(ctx, p) {
		if err != nil {
			return Answer{}, err
		}
		more, err := d.add(piece)
		if err != nil {
			return Answer{}, fmt.Errorf("%w: %w", errRejected, err)
		}
		if more {
			show(current())
		}
	}
	if strings.Trim(d.pending, " \n.。") == "NONE" && d.text.Len() == 0 {
		return Answer{}, errNone
	}
	if err := d.end(); err != nil {
		return Answer{}, fmt.Errorf("%w: %w", errRejected, err)
	}
	whole := current()
	a.keepWritten(ctx, key, whole)
	return whole, nil
}

// stream yields what the model writes until it ends, fails, or ctx does: a model
// that ignores ctx, or panics, must not keep us.
func (a *Answerer) stream(ctx context.Context, p Prompt) iter.Seq2[string, error] {
	type piece struct {
		text string
		err  error
	}
	pieces := make(chan piece)
	send := func(text string, err error) bool {
		select {
		case pieces <- piece{text, err}:
			return err == nil
		case <-ctx.Done():
			return false
		}
	}
	go func() {
		defer close(pieces)
		defer func() {
			if r := recover(); r != nil {
				send("", errors.New("panic"))
			}
		}()
		for text, err := range a.model.Write(ctx, p) {
			if !send(text, err) {
				return
			}
		}
	}()
	return func(yield func(string, error) bool) {
		for {
			select {
			case <-ctx.Done():
				yield("", errSlow)
				return
			case next, open := <-pieces:
				switch {
				case ctx.Err() != nil:
					yield("", errSlow)
					return
				case !open:
					return
				case next.err != nil:
					yield("", fmt.Errorf("%w: %w", errDown, next.err))
					return
				case !yield(next.text, nil):
					return
				}
			}
		}
	}
}

// draft is an answer that is being written. It takes statements one by one and
// numbers the sources in the order in which they are first cited, so that the
// marks in the text are the numbers of the list below it.
type draft struct {
	grounds []Evidence
	// checking is called as the check of a statement begins, what it returns as it ends.
	checking func() func(ok bool)
	text     strings.Builder // the statements that were checked
	order    []int           // the sources cited so far, by the model's numbers
	pending  string          // what is not yet a whole statement
}

// add takes what the model wrote next and reports whether text has grown.
func (d *draft) add(piece string) (grown bool, err error) {
	d.pending += piece
	if d.text.Len()+len(d.pending) > maxAnswer*utf8.UTFMax {
		return false, fmt.Errorf("the text has more than %d characters", maxAnswer)
	}
	for {
		statement, rest, ok := cutStatement(d.pending, false)
		if !ok {
			return grown, nil
		}
		if err := d.take(statement); err != nil {
			return grown, err
		}
		d.pending, grown = rest, true
	}
}

// end takes the last statement. Nothing at all is an error.
func (d *draft) end() error {
	for strings.TrimSpace(d.pending) != "" {
		statement, rest, _ := cutStatement(d.pending, true)
		if err := d.take(statement); err != nil {
			return err
		}
		d.pending = rest
	}
	if d.text.Len() == 0 {
		return errors.New("nothing was written")
	}
	if n := utf8.RuneCountInString(d.text.String()); n > maxAnswer {
		return fmt.Errorf("the text has %d characters, more than %d", n, maxAnswer)
	}
	return nil
}

func (d *draft) take(statement string) error {
	statement = strings.ReplaceAll(statement, "**", "") // bold, where plain text was asked for
	if d.text.Len() == 0 {
		statement = strings.TrimLeft(statement, " \n")
	}
	end := d.checking()
	err := Ground(statement, d.grounds)
	end(err == nil)
	if err != nil {
		return err
	}
	d.text.WriteString(eachMark(statement, func(n int) int {
		i := slices.Index(d.order, n)
		if i < 0 {
			i = len(d.order)
			d.order = append(d.order, n)
		}
		return i + 1
	}))
	return nil
}

// causeOf names the cause for the log without the texts that may stand in err.
func causeOf(err error) string {
	for _, cause := range []error{errSlow, errDown, errRejected, errNone, errGone, errOrders} {
		if errors.Is(err, cause) {
			return cause.Error()
		}
	}
	return "other"
}
