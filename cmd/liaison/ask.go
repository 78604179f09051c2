package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"liaison/knowledge"
)

// askCmd asks one question.
type askCmd struct {
	Question string `arg:"" help:"The question."`
	JSON     bool   `help:"Print one JSON object."`
	Strict   bool   `help:"Exit with 3 unless the library answers."`
}

// Help is shown by liaison ask --help.
func (askCmd) Help() string {
	return "Answers from the library of the data folder, or from the bundled one when there is none yet.\n\nExample:\n  liaison ask \"企业加层改造厂房要不要补缴土地价款\"\n  liaison ask \"慈溪有几个普惠金融服务站？\" --json"
}

// answerJSON is what --json prints.
type answerJSON struct {
	Decision  knowledge.Outcome `json:"decision"`
	Reason    knowledge.Reason  `json:"reason,omitempty"` // of a refusal
	Answer    string            `json:"answer"`
	Generated bool              `json:"generated,omitempty"`
	Citations []citationJSON    `json:"citations"`
	Choices   []choiceJSON      `json:"choices,omitempty"`
	Notice    string            `json:"notice,omitempty"`
	Sure      float64           `json:"sure"`
	Path      []string          `json:"path"`                // how the units were found
	FellBack  []string          `json:"fell_back,omitempty"` // steps that failed and are not in it
	TookMS    float64           `json:"took_ms"`
}

type citationJSON struct {
	Unit      string  `json:"unit"`
	UnitTitle string  `json:"unit_title"`
	Title     string  `json:"title"`
	Number    string  `json:"number"`
	Issuer    string  `json:"issuer"`
	From      string  `json:"effective_from,omitempty"`
	To        string  `json:"effective_to,omitempty"`
	InForce   bool    `json:"in_force"`
	Source    string  `json:"source,omitempty"`
	Quote     string  `json:"quote"`
	Score     float64 `json:"score"`
}

type choiceJSON struct {
	Unit  string `json:"unit"`
	Title string `json:"title"`
}

// Run asks.
func (cmd askCmd) Run(ctx context.Context, s *Settings, c *console) error {
	if strings.TrimSpace(cmd.Question) == "" {
		return misuse(errors.New("the question is empty"), `liaison ask "知识产权质押贷款找谁？"`)
	}
	if s.LogLevel == "info" {
		s.LogLevel = "warn" // the answer says all
	}
	log := s.logger(c.err)
	docs, err := s.readLibrary(ctx, log)
	if err != nil {
		return err
	}
	m, err := s.openMeaning(ctx, log)
	if err != nil {
		return err
	}
	defer m.close()
	answerer, err := s.answerer(docs, m, nil, log)
	if err != nil {
		return err
	}
	decided, err := s.readOverrides(ctx, log)
	if err != nil {
		return err
	}
	answerer.SetLibrary(answerer.Library().With(decided))
	m.load(ctx, answerer.Library())
	q := knowledge.Question{Text: cmd.Question}
	a, _ := answerer.Write(ctx, q, answerer.Answer(ctx, q), nil) // nobody watches it grow
	if cmd.JSON {
		err = printJSON(c, a)
	} else {
		printAnswer(c, a)
	}
	if err == nil && cmd.Strict && a.Decision != knowledge.Answered {
		return &failure{errors.New("not answered"), "", exitNoMatch}
	}
	return err
}

func printJSON(c *console, a knowledge.Answer) error {
	out := answerJSON{
		Decision: a.Decision, Reason: a.Reason, Answer: a.Text, Generated: a.Generated,
		Notice: a.Notice, Sure: a.Sure, Path: append([]string{}, a.Path...), FellBack: a.FellBack, Citations: []citationJSON{}, TookMS: float64(a.Took.Microseconds()) / 1000,
	}
	for _, cit := range a.Citations {
		out.Citations = append(out.Citations, citationJSON{
			Unit: cit.Unit, UnitTitle: cit.UnitTitle, Title: cit.Title, Number: cit.Number, Issuer: strings.Join(cit.Issuers, "、"),
			From: cit.EffectiveFrom.String(), To: cit.EffectiveTo.String(), InForce: cit.InForce, Source: cit.Source, Quote: cit.Quote, Score: cit.Score,
		})
	}
	for _, choice := range a.Choices {
		out.Choices = append(out.Choices, choiceJSON(choice))
	}
	e := json.NewEncoder(c.out)
	e.SetEscapeHTML(false)
	return e.Encode(out)
}

func printAnswer(c *console, a knowledge.Answer) {
	switch a.Decision {
	case knowledge.Answered:
		if a.Notice != "" {
			fmt.Fprintf(c.out, "%s\n\n", a.Notice)
		}
		fmt.Fprintln(c.out, a.Text)
		for i, cit := range a.Citations {
			fmt.Fprintf(c.out, "\n[%d] 条目：%s（%s）\n依据：%s\n", i+1, cit.UnitTitle, cit.Unit, cit.Title)
			fmt.Fprintf(c.out, "文号：%s\n发文机关：%s\n", cmp.Or(cit.Number, "无"), cmp.Or(strings.Join(cit.Issuers, "、"), "未注明"))
			if !cit.EffectiveFrom.IsZero() {
				fmt.Fprintf(c.out, "时效：%s 起%s\n", cit.EffectiveFrom, cmp.Or(strings.TrimSuffix(" 至 "+cit.EffectiveTo.String(), " 至 "), "，未注明截止日期"))
			}
			if !cit.InForce {
				fmt.Fprintln(c.out, "注意：现在不在有效期内")
			}
			if cit.Source != "" {
				fmt.Fprintf(c.out, "来源：%s\n", cit.Source)
			}
		}
	case knowledge.Clarify:
		fmt.Fprintln(c.out, "您想问的是哪一项？")
		for _, choice := range a.Choices {
			fmt.Fprintf(c.out, "- %s（%s）\n", choice.Title, choice.Unit)
		}
	default:
		fmt.Fprintln(c.out, "政策库里没有能回答这个问题的依据。")
	}
}
