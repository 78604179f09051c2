package knowledge

import (
	"context"
	"strings"
	"time"
	"unicode/utf8"

	"liaison/knowledge/zh"
)

// Elliptic is a question that leaves out what it is about, with the question
// that said it. Both are data, their personal data masked.
type Elliptic struct {
	Previous string
	Question string
}

// rewriteTime is how long a model may take to rewrite a question: somebody waits
// for the answer, and the rules do it in no time.
const rewriteTime = 2 * time.Second

// maxRewritten is the longest rewritten question, in characters.
const maxRewritten = 200

// Rewrite lets the model say in full what an elliptic question asks. source is
// the text that the previous question was answered from. What comes back is used
// to search, never shown: it must be made of the words of the two questions and
// of source, and state no figure that they do not. It is false when there is no
// model, or it fails, or it adds something; then the rules have to do.
func (a *Answerer) Rewrite(ctx context.Context, previous, question, source string) (string, bool) {
	if a.model == nil {
		return "", false
	}
	ctx, cancel := context.WithTimeout(ctx, min(rewriteTime, a.timeout))
	defer cancel()
	type result struct {
		text string
		err  error
	}
	done := make(chan result, 1) // buffered: a model that ignores ctx must not leak blocked
	go func() {
		defer func() {
			if recover() != nil {
				done <- result{err: errDown}
			}
		}()
		text, err := a.model.Rewrite(ctx, Elliptic{MaskPersonal(previous), MaskPersonal(question)})
		done <- result{text, err}
	}()
	select {
	case <-ctx.Done():
		return "", false
	case r := <-done:
		text := strings.TrimSpace(r.text)
		return text, r.err == nil && onlyFrom(text, previous+"\n"+question+"\n"+source)
	}
}

// asks are the words of questions, which a rewritten one may add.
const asks = "需要 什么 哪些 怎么 如何 多少 多久 是否 可以 能否 什么时候 哪里 在哪 办理 申请 提供 材料 条件 流程 的 吗 呢 有"

// onlyFrom reports whether a question is made of the words of source.
func onlyFrom(question, source string) bool {
	if question == "" || utf8.RuneCountInString(question) > maxRewritten || strings.ContainsAny(question, "\n\r") || zh.Unreadable(question) > 0 {
		return false
	}
	source += "\n" + asks
	if contacts(question, source) != nil || !knownNumerals(question, source) || alien.MatchString(zh.Fold(question)) {
		return false
	}
	rest, figures := englishFigures(question)
	have := zh.Figures(source)
	for _, f := range append(figures, zh.Figures(rest)...) {
		if !covered(have, f) {
			return false
		}
	}
	// Two characters may meet that did not before: where the halves are joined.
	in := termsOf(source)
	strange, run := false, 0
	zh.EachTerm([]rune(zh.Fold(question)), func(t zh.Term, _, _ int) {
		switch {
		case in[t]:
			if t.Bigram() || t.Word() {
				run = 0
			}
		case t.Bigram():
			run++
			strange = strange || run > 2
		default: // a character, or a word, that nobody said
			strange = true
		}
	})
	return !strange
}
