package handlers

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"liaison/ticket"
)

// The questions of a financing request besides those of every form.
const (
	stepAmount    step = "amount"
	stepTerm      step = "term"
	stepGuarantee step = "guarantee"
	stepHas       step = "has"
)

// fundsSteps are the questions that a financing request asks in its own way.
var fundsSteps = []step{stepText, stepAmount, stepTerm, stepGuarantee, stepHas}

// guided reports whether the form asks for a financing request question by question.
func (f form) guided() bool { return f.Kind == ticket.Financing }

// guaranteeWords and hasWords tell what a text names. What stands right before a word
// may deny it, see deniedAt.
var (
	guaranteeWords = map[ticket.Guarantee][]string{
		ticket.Mortgage:  {"抵押", "房产", "mortgage"},
		ticket.Pledge:    {"质押", "存单", "pledge"},
		ticket.Surety:    {"保证", "股东担保", "个人担保", "互保", "surety"},
		ticket.Guarantor: {"担保公司", "融资担保", "guarantee company"},
		ticket.Credit:    {"信用", "无抵押", "unsecured"},
	}
	hasWords = map[ticket.Qualification][]string{
		ticket.Patents:   {"专利", "知识产权", "商标", "软著", "著作权", "patent", "trade mark", "trademark"},
		ticket.Orders:    {"订单", "应收账款", "应收款", "order", "receivable"},
		ticket.ECommerce: {"电商", "网店", "直播带货", "e-commerce", "online shop"},
		ticket.StartUp:   {"创业", "初创", "start-up", "startup"},
		ticket.HighTech:  {"高新技术", "高企", "科技型", "专精特新", "小巨人", "high-tech"},
	}
)

// named returns those of all that the text names, in their order, and what the text
// says besides, "" when nothing.
func named[T comparable](text string, all []T, words map[T][]string) (found []T, rest string) {
	lower := strings.ToLower(text)
	for _, one := range all {
		says := func(word string) bool {
			i := strings.Index(lower, word)
			return i >= 0 && !deniedAt(lower[:i])
		}
		if slices.ContainsFunc(words[one], says) {
			found = append(found, one)
		}
	}
	rest = lower
	for _, one := range found {
		for _, word := range words[one] {
			rest = strings.ReplaceAll(rest, word, "")
		}
	}
	if strings.Trim(rest, " 　、，,。.;；和及与加有+&") == "" {
		return found, ""
	}
	return found, text
}

// deniedAt reports whether what follows the text is denied by its end: 没有, 无, 不.
func deniedAt(before string) bool {
	for _, no := range []string{"没有", "没", "无", "不", "非", "no "} {
		if strings.HasSuffix(before, no) {
			return true
		}
	}
	return false
}

// gist reads off what the money is for what else it says, to be offered.
func (f *form) gist() {
	f.Funds.Guarantees, _ = named(f.Text, ticket.Guarantees, guaranteeWords)
	f.Funds.Has, _ = named(f.Text, ticket.Qualifications, hasWords)
}

// promptFunds asks a question of a financing request. Asked again, it takes the place
// of the question.
func (t *turn) promptFunds(ctx context.Context, again bool) error {
	f := t.conv.Form
	id := strconv.Itoa(f.ID)
	last := row(t.button(pbUndecided, "f", id, "skip"), t.button(pbDrop, "f", id, "drop"))
	if f.Review {
		last[1] = t.button(pbBack, "f", id, "back")
	}
	r := Reply{Ref: data("form", id, string(f.Step)), Replace: again}
	ask := func(text string, rows ...[]Button) error {
		r.Text, r.Buttons = words(text).Text, append(rows, last)
		return t.say(ctx, r)
	}
	switch f.Step {
	case stepText:
		var b []Button
		for i, p := range purposes {
			b = append(b, t.button(p, "f", id, "purpose", strconv.Itoa(i)))
		}
		last = last[1:]
		return ask(t.lang.f(pFundsPurpose), grid(2, b...)...)
	case stepAmount:
		if yuan, err := ReadAmount(f.Text); err == nil && f.Funds.Amount == 0 {
			return ask(t.lang.f(pFundsAmountIs, t.lang.yuan(yuan)), row(t.amountButton(yuan)))
		}
		return ask(t.lang.f(pFundsAmount))
	case stepTerm:
		var b []Button
		for _, n := range []int{6, 12, 24, 36} {
			b = append(b, Button{Text: t.lang.term(n), Data: data("f", id, "months", strconv.Itoa(n))})
		}
		return ask(t.lang.f(pFundsTerm), grid(4, b...)...)
	case stepGuarantee:
		return ask(t.lang.f(pFundsGuarantee), t.choices(choosing(ticket.Guarantees, f.Funds.Guarantees), &last)...)
	default:
		return ask(t.lang.f(pFundsHas), t.choices(choosing(ticket.Qualifications, f.Funds.Has), &last)...)
	}
}

// choice is one of several that can be chosen together.
type choice struct {
	id, label string
	chosen    bool
}

func choosing[T interface {
	~string
	comparable
	Label(lang string) string
}](all, chosen []T) func(lang) []choice {
	return func(l lang) (out []choice) {
		for _, one := range all {
			out = append(out, choice{string(one), one.Label(string(l)), slices.Contains(chosen, one)})
		}
		return out
	}
}

// choices are the buttons of what can be chosen together; last, the row below them,
// skips the question or, where something is chosen, goes on.
func (t *turn) choices(of func(lang) []choice, last *[]Button) [][]Button {
	id := strconv.Itoa(t.conv.Form.ID)
	(*last)[0] = t.button(pbSkip, "f", id, "skip")
	var b []Button
	for _, c := range of(t.lang) {
		if c.chosen {
			c.label = t.lang.f(pbChosen, c.label)
			(*last)[0] = t.button(pbNext, "f", id, "next")
		}
		b = append(b, Button{Text: c.label, Data: data("f", id, "toggle", c.id)})
	}
	return grid(2, b...)
}

func (t *turn) amountButton(yuan int64) Button {
	return Button{
		Text: t.lang.f(pbYes, t.lang.yuan(yuan)),
		Data: data("f", strconv.Itoa(t.conv.Form.ID), "amount", strconv.FormatInt(yuan, 10)),
	}
}

// fillFunds takes a text as the answer to a question of a financing request and
// reports whether it is one; if not, it has said so. The form is changed only when it is.
func (t *turn) fillFunds(ctx context.Context, s step, text string) (bool, error) {
	f := t.conv.Form
	switch s {
	case stepText:
		if utf8.RuneCountInString(text) > ticket.MaxText {
			return false, t.tell(ctx, pTooLong, ticket.MaxText)
		}
		t.purpose(text)
	case stepAmount:
		yuan, err := ReadAmount(text)
		if meant, _ := readAmount(text); err != nil && f.Step == s && meant >= ticket.MinAmount && meant <= ticket.MaxAmount {
			r := words(t.lang.f(pFundsMeant, t.lang.yuan(meant)))
			r.Buttons = [][]Button{row(t.amountButton(meant))}
			return false, t.say(ctx, r)
		}
		if err != nil {
			return false, err // excuse says how to write it
		}
		f.Funds.Amount = yuan
	case stepTerm:
		months, err := ReadMonths(text)
		if err != nil {
			return false, err
		}
		f.Funds.Months = months
	default:
		if utf8.RuneCountInString(text) > ticket.MaxFact {
			return false, t.tell(ctx, pFactHow)
		}
		if s == stepGuarantee {
			f.Funds.Guarantees, f.Funds.Offered = named(text, ticket.Guarantees, guaranteeWords)
		} else {
			f.Funds.Has, f.Funds.AlsoHas = named(text, ticket.Qualifications, hasWords)
		}
	}
	return true, nil
}

// purpose takes what the money is for. Told anew, it changes nothing that was answered.
func (t *turn) purpose(text string) {
	f := t.conv.Form
	f.Text = text
	if slices.Contains([]step{stepText, stepAmount, stepTerm}, f.Step) && !f.Review {
		f.gist()
	}
	if !f.Review {
		f.guess()
	}
	f.Retell = false
}

// pressFunds applies a button that answers a question of a financing request, and
// reports whether it does.
func (t *turn) pressFunds(verb, arg string) bool {
	f := t.conv.Form
	n, err := strconv.ParseInt(arg, 10, 64)
	if err != nil {
		n = -1
	}
	switch {
	case verb == "purpose" && f.Step == stepText && n >= 0 && n < int64(len(purposes)):
		t.purpose(purposes[n].zh) // staff read it
	case verb == "amount" && f.Step == stepAmount && n >= ticket.MinAmount && n <= ticket.MaxAmount:
		f.Funds.Amount = n
	case verb == "months" && f.Step == stepTerm && n > 0 && n <= ticket.MaxMonths:
		f.Funds.Months = int(n)
	case verb == "next" && (f.Step == stepGuarantee || f.Step == stepHas):
	case verb == "skip":
		switch f.Step {
		case stepAmount:
			f.Funds.Amount = 0
		case stepTerm:
			f.Funds.Months = 0
		case stepGuarantee:
			f.Funds.Guarantees, f.Funds.Offered = nil, ""
		case stepHas:
			f.Funds.Has, f.Funds.AlsoHas = nil, ""
		default:
			return false
		}
	default:
		return false
	}
	return true
}

// toggle chooses one of several, or no longer.
func (t *turn) toggle(ctx context.Context, arg string) error {
	f := t.conv.Form
	g, q := ticket.Guarantee(arg), ticket.Qualification(arg)
	switch {
	case f.Step == stepGuarantee && slices.Contains(ticket.Guarantees, g):
		f.Funds.Guarantees = toggled(f.Funds.Guarantees, g, ticket.Guarantees)
	case f.Step == stepHas && slices.Contains(ticket.Qualifications, q):
		f.Funds.Has = toggled(f.Funds.Has, q, ticket.Qualifications)
	default:
		return t.toast(ctx, pOldButton)
	}
	t.conv.unsay("form", strconv.Itoa(f.ID), string(f.Step))
	return t.promptFunds(ctx, true)
}

// toggled returns chosen with one more or less, in the order of all.
func toggled[T comparable](chosen []T, one T, all []T) (out []T) {
	for _, o := range all {
		if slices.Contains(chosen, o) != (o == one) {
			out = append(out, o)
		}
	}
	return out
}

// turnInto makes a financing request of a form of another kind: what it asks more is
// asked now, what was answered stays.
func (t *turn) turnInto(ctx context.Context) error {
	f := t.conv.Form
	f.Kind, f.Chosen, f.Turned, f.Step = ticket.Financing, true, true, stepAmount
	f.gist()
	return t.prompt(ctx)
}

// Fact is a line about a case: what it is called, and what it is.
type Fact struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// FundsFacts says what a financing request asks for, without what it is for, in the
// language "zh" or "en". What was not said is left out.
func FundsFacts(language string, f ticket.Funds) []Fact {
	l := lang(language)
	var out []Fact
	say := func(name phrase, parts ...string) {
		parts = slices.DeleteFunc(parts, func(s string) bool { return s == "" })
		if len(parts) > 0 {
			out = append(out, Fact{strings.TrimRight(l.f(name), "：: "), strings.Join(parts, l.f(pSemicolon))})
		}
	}
	if f.Amount > 0 {
		say(pfAmount, l.yuan(f.Amount))
	}
	if f.Months > 0 {
		say(pfTerm, l.term(f.Months))
	}
	say(pfGuarantee, labels(l, f.Guarantees), f.Offered)
	say(pfHas, labels(l, f.Has), f.AlsoHas)
	return out
}

func labels[T interface{ Label(lang string) string }](l lang, all []T) string {
	var out []string
	for _, one := range all {
		out = append(out, one.Label(string(l)))
	}
	return strings.Join(out, l.f(pComma))
}

// funds lays out what a financing request asks for.
func (l lang) funds(out *lines, f ticket.Funds) {
	for _, fact := range FundsFacts(string(l), f) {
		out.pair(fact.Name+l.f(pColon), fact.Value)
	}
}

// wording is what the form says as one text, for an earlier case that it adds to.
func (f form) wording() string {
	if !f.guided() {
		return f.Text
	}
	parts := []string{zh.f(pfPurpose) + f.Text}
	for _, fact := range FundsFacts(string(zh), f.Funds) {
		parts = append(parts, fact.Name+zh.f(pColon)+fact.Value)
	}
	return strings.Join(parts, zh.f(pSemicolon))
}
