package knowledge

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"sync/atomic"
	"time"
	"unicode/utf8"

	"liaison/knowledge/zh"
)

// Outcome is what was decided about a question.
type Outcome string

const (
	Answered Outcome = "answer"
	Clarify  Outcome = "clarify" // several units could be meant: ask which
	Refused  Outcome = "refuse"
)

// Reason says why a question was refused.
type Reason string

const (
	NotFound  Reason = "not_found"  // no unit answers it
	Empty     Reason = "empty"      // nothing was asked
	TooLong   Reason = "too_long"   // more than MaxQuestion characters
	SmallTalk Reason = "small_talk" // a greeting, thanks
	Gibberish Reason = "gibberish"  // no words
	Language  Reason = "language"   // not Chinese, and no unit matches
	NoMatter  Reason = "no_matter"  // 需要什么材料, with nothing before it that it could be about
)

// Lexical is the step of Answer.Path that finds units by their words.
const Lexical = "lexical"

// MaxQuestion is the longest question that is read, in characters.
const MaxQuestion = 1000

// MaxChoices is how many units a clarifying question offers at most.
const MaxChoices = 4

// Question is what a requester asks.
type Question struct {
	Text string
	Lang string // language of the requester's interface; empty means zh-CN
	Town string // town of the requester, "" when unknown
}

// Span is a sentence of a quote; the marked ones answer the question.
type Span struct {
	Text   string
	Marked bool
}

// Choice is a unit that may be meant.
type Choice struct {
	Unit  string // unit ID, for AnswerUnit
	Title string // Unit.Label
}

// Answer is the result of a question. Text, Spans and Citations are set when
// Decision is Answered, Choices when it is Clarify, Reason when it is Refused.
type Answer struct {
	Decision  Outcome
	Reason    Reason
	Text      string     // the quoted sentences, or the model's text with [1] for the first citation
	Spans     []Span     // what is quoted, of one citation after the other
	Citations []Citation // of each unit that is quoted, best first, then of other documents that say the same
	Also      []string   // further units that may answer; see Write
	Choices   []Choice   // best first, at most MaxChoices
	Near      []string   // of a refusal: the units that came nearest all the same, best first, at most MaxChoices
	Notice    string     // to be read before Text: out of force, or contradicted; "" for none
	Sure      float64    // how sure it is that the best match answers, 0 to 1, also when refused
	Path      []string   // how the units were found, such as Lexical, ByVectors
	FellBack  []string   // steps that should have been in Path, and failed
	Generated bool       // a model wrote Text, and every figure of it was checked
	Took      time.Duration
}

// Config configures an Answerer.
type Config struct {
	Library  *Library         // what is answered from. Required
	Decision *Decision        // when to answer. Defaults to DefaultDecision
	Model    Model            // for Write. Defaults to none: answers stay quotes
	Timeout  time.Duration    // how long a model may take. Defaults to 20 s
	Cache    Cache            // keeps what the model has written. Defaults to a MemoryCache
	Hybrid   Hybrid           // what finds units besides their words. Defaults to nothing
	Stage    Stages           // is told of each stage. Defaults to nothing
	Answered func(Answer)     // is told of each answer of Answer. Defaults to nothing
	Logger   *slog.Logger     // gets outcomes, never texts. Defaults to discarding
	Now      func() time.Time // the clock. Defaults to time.Now
}

// Answerer answers questions. It is safe for concurrent use.
type Answerer struct {
	library  atomic.Pointer[answering]
	decision *Decision
	model    Model
	timeout  time.Duration
	cache    Cache
	hybrid   *hybrid
	stages   Stages
	answered func(Answer)
	log      *slog.Logger
	now      func() time.Time
}

// NewAnswerer returns an Answerer for c.
func NewAnswerer(c Config) (*Answerer, error) {
	if c.Library == nil {
		return nil, errors.New("knowledge: Config.Library is required")
	}
	a := &Answerer{decision: c.Decision, model: c.Model, timeout: c.Timeout, cache: c.Cache, stages: c.Stage, answered: c.Answered, log: c.Logger, now: c.Now}
	a.library.Store(newAnswering(c.Library))
	if a.cache == nil {
		a.cache = NewMemoryCache()
	}
	if a.decision == nil {
		a.decision = DefaultDecision()
	}
	if a.timeout <= 0 {
		a.timeout = 20 * time.Second
	}
	if a.log == nil {
		a.log = slog.New(slog.DiscardHandler)
	}
	if a.now == nil {
		a.now = time.Now
	}
	a.hybrid = newHybrid(c.Hybrid, a.stages, a.log, a.now)
	wordEntries() // so that the first question does not wait for it
	synonyms()
	return a, nil
}

// UseCache makes c keep what the model writes, before the first question.
func (a *Answerer) UseCache(c Cache) { a.cache = c }

// SetLibrary replaces the library. Questions that are being answered finish with
// the old one. A nil library is ignored, so that answering never stops.
func (a *Answerer) SetLibrary(l *Library) {
	if l != nil {
		a.library.Store(newAnswering(l))
	}
}

// Library returns the library in use.
func (a *Answerer) Library() *Library { return a.library.Load().Library }

// Answer answers q with what the library says, quoted. It never fails: without an
// answer it refuses. It waits for no model to write; see Write.
func (a *Answerer) Answer(ctx context.Context, q Question) Answer {
	start := a.now()
	ans := a.quote(ctx, a.library.Load(), q)
	ans.Took = a.now().Sub(start)
	a.log.LogAttrs(ctx, slog.LevelInfo, "answered",
		slog.String("decision", string(ans.Decision)), slog.String("reason", string(ans.Reason)),
		slog.Duration("took", ans.Took))
	if a.answered != nil {
		a.answered(ans)
	}
	return ans
}

// answer answers by words only.
func (a *Answerer) answer(lib *Library, q Question) Answer {
	return a.answerBy(context.Background(), new(hybrid), lib, q)
}

func (a *Answerer) answerBy(ctx context.Context, h *hybrid, lib *Library, q Question) Answer {
	if reason := screen(q.Text); reason != "" {
		return Answer{Decision: Refused, Reason: reason}
	}
	day := DateOf(a.now())
	if unit, ok := lib.pinned(q.Text, day, q.Town); ok {
		ans := a.fromUnit(lib, unit, q)
		ans.Path = []string{Pinned}
		return ans
	}
	if matterless(q.Text) {
		return Answer{Decision: Refused, Reason: NoMatter}
	}
	query := lib.analyse(q.Text)
	f := h.find(ctx, lib, &query, q, judged, day)
	v := f.judge(ctx, h.stages, a.decision, lib, &query)
	switch v.outcome {
	case Answered:
		_, end := h.stages.begin(ctx, StageQuote)
		ans := a.compose(lib, v)
		end(true)
		ans.Path, ans.FellBack = f.path, f.fellBack
		return ans
	case Clarify:
		ans := Answer{Decision: Clarify, Sure: v.sure, Path: f.path, FellBack: f.fellBack}
		answering := slices.DeleteFunc(slices.Clone(v.units), lib.preamble)
		if len(answering) == 0 {
			answering = v.units
		}
		for _, n := range answering {
			u := lib.unit(n)
			ans.Choices = append(ans.Choices, Choice{Unit: u.ID, Title: u.Label()})
		}
		return ans
	}
	reason := NotFound
	if !hasHan(q.Text) {
		reason = Language
	}
	near := make([]string, 0, MaxChoices)
	for _, hit := range f.judged[:min(len(f.judged), MaxChoices)] {
		near = append(near, hit.Unit)
	}
	return Answer{Decision: Refused, Reason: reason, Near: near, Sure: v.sure, Path: f.path, FellBack: f.fellBack}
}

// AnswerUnit answers q from one unit, after the requester chose it. A unit that
// is unknown or blocked is refused as NotFound.
func (a *Answerer) AnswerUnit(ctx context.Context, unitID string, q Question) Answer {
	start := a.now()
	lib := a.Library()
	n, ok := lib.byID[unitID]
	if !ok || lib.blocked(n) {
		return Answer{Decision: Refused, Reason: NotFound, Took: a.now().Sub(start)}
	}
	if utf8.RuneCountInString(q.Text) > MaxQuestion {
		q.Text = string([]rune(q.Text)[:MaxQuestion])
	}
	ans := a.fromUnit(lib, n, q)
	ans.Took = a.now().Sub(start)
	return ans
}

// fromUnit answers q from the unit, whatever the decision would say of it.
func (a *Answerer) fromUnit(lib *Library, unit int, q Question) Answer {
	query := lib.analyse(q.Text)
	v := verdict{outcome: Answered, sure: 1, units: []int{unit}}
	v.pages, v.sentences = a.decision.read(lib, &query, lib.needsOf(&query), []Hit{{unit: unit, Score: 1}})
	return a.compose(lib, v)
}

// compose quotes the best sentences of v.
func (a *Answerer) compose(lib *Library, v verdict) Answer {
	day := DateOf(a.now())
	ans := Answer{Decision: Answered, Sure: v.sure}
	quoted := lib.quote(&v)
	ans.Spans = lib.joined(quoted)
	ans.Text = joinSpans(ans.Spans)
	for i, e := range quoted {
		sure := v.sure
		if i > 0 {
			sure = 0
		}
		ans.Citations = append(ans.Citations, lib.cite(e.unit, day, joinSpans(e.spans), sure))
	}
	for _, s := range lib.sameElsewhere(&v, quoted) {
		ans.Citations = append(ans.Citations, lib.cite(s.unit, day, strings.TrimSpace(v.page(s.unit).spans[s.at].Text), 0))
	}
	ans.Notice = lib.notice(&v, quoted, day)
	for _, n := range v.units {
		if !slices.ContainsFunc(quoted, func(e excerpt) bool { return e.unit == n }) {
			ans.Also = append(ans.Also, lib.unit(n).ID)
		}
	}
	return ans
}

// joined puts excerpts one after the other, those of another document under its
// title.
func (l *Library) joined(quoted []excerpt) []Span {
	var out []Span
	for i, e := range quoted {
		if i > 0 {
			out[len(out)-1].Text += "\n"
			if l.units[e.unit].doc != l.units[quoted[i-1].unit].doc {
				out = append(out, Span{Text: "《" + l.docOf(e.unit).Title + "》：\n"})
			}
		}
		out = append(out, e.spans...)
	}
	return out
}

func joinSpans(spans []Span) string {
	var b strings.Builder
	for _, s := range spans {
		b.WriteString(s.Text)
	}
	return b.String()
}

func hasHan(s string) bool { return strings.IndexFunc(s, zh.IsHan) >= 0 }
