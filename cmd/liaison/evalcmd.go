package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"

	"liaison/knowledge/eval"
)

// evalCmd measures.
type evalCmd struct {
	Retrieval evalRetrievalCmd `cmd:"" help:"Measure retrieval and refusal on a data set in BEIR layout."`
	Answers   evalAnswersCmd   `cmd:"" help:"Import a folder, ask a file of questions, and count right, wrong and false answers."`
	Overrides evalOverridesCmd `cmd:"" help:"Tell which answers the staff's pins, blocks and synonyms change."`
	Routing   evalRoutingCmd   `cmd:"" help:"Train a classifier on labelled messages and measure it on others."`
}

type evalRetrievalCmd struct {
	Dir  string `required:"" help:"Folder with corpus.jsonl, queries.jsonl and qrels/test.tsv." placeholder:"DIR"`
	JSON bool   `help:"Print one JSON object."`
}

// Help is shown by liaison eval retrieval --help.
func (evalRetrievalCmd) Help() string {
	return "Uses the very index and decision that serve users. corpus.jsonl holds _id, title and text; queries.jsonl _id and text; qrels/test.tsv has the header “query-id corpus-id score”. Queries without a line in the qrels count as unanswerable and measure the refusals.\n\nExample:\n  liaison eval retrieval --dir ./mydata --json"
}

// Run measures retrieval.
func (cmd evalRetrievalCmd) Run(ctx context.Context, c *console) error {
	r, err := eval.Retrieval(ctx, cmd.Dir)
	if err != nil {
		return fail(err, "liaison eval retrieval --help describes the files")
	}
	if cmd.JSON {
		return json.NewEncoder(c.out).Encode(r)
	}
	fmt.Fprintf(c.out, "%d queries over %d documents\nrecall@1 %.4f  recall@5 %.4f  recall@10 %.4f  MRR@10 %.4f  nDCG@10 %.4f\nindex %.2f s  p50 %.2f ms  p99 %.2f ms  memory %.0f MB\n",
		r.Queries, r.Docs, r.Recall1, r.Recall5, r.Recall10, r.MRR10, r.NDCG10, r.IndexS, r.P50MS, r.P99MS, r.RSSMB)
	if r.Refusal != nil {
		fmt.Fprintf(c.out, "%d unanswerable queries: AUROC %.4f  answered %.4f, of these right %.4f  false answers %.4f\n",
			r.Unanswerable, r.RefusalAUROC, r.Answered, r.AnsweredRight, r.FalseAnswers)
	}
	return nil
}

type evalAnswersCmd struct {
	Library   string `required:"" help:"Folder of documents, read with its subfolders." placeholder:"DIR"`
	Questions string `required:"" help:"One JSON object a line: question, page, and must_contain or answer." placeholder:"FILE"`
	Part      string `default:"all" enum:"dev,final,all" help:"dev: only questions with an odd number; final: with an even one; all."`
	Details   string `help:"Write a line for each question to this file." placeholder:"FILE"`
	JSON      bool   `help:"Print one JSON object."`
}

// Help is shown by liaison eval answers --help.
func (evalAnswersCmd) Help() string {
	return "Answers as the chat does, without a model, from a fresh library of the folder's files; those that cannot be imported are listed on standard error. page is the file name of the document that answers, null when none does. An answer is right when it shows every string of must_contain, or 0.8 of the character pairs of answer within 400 characters.\n\nExample:\n  liaison eval answers --library ./pages --questions questions.jsonl --json --details details.jsonl"
}

// Run measures answers.
func (cmd evalAnswersCmd) Run(ctx context.Context, c *console) error {
	part := map[string]string{"dev": "odd", "final": "even"}[cmd.Part]
	r, err := eval.Answers(ctx, eval.AnswersConfig{Library: cmd.Library, Questions: cmd.Questions, Part: part})
	if err != nil {
		return fail(err, "liaison eval answers --help describes the files")
	}
	for _, err := range r.Failed {
		fmt.Fprintf(c.err, "Not imported: %v\n", err)
	}
	if cmd.Details != "" {
		if err := writeDetails(cmd.Details, r.Details); err != nil {
			return fail(err, "name a file that can be written")
		}
	}
	if cmd.JSON {
		return json.NewEncoder(c.out).Encode(r)
	}
	fmt.Fprintf(c.out, "%d documents, %d units, imported in %.2f s\n%d answerable questions: %d answered, %d from the right document, %d right, %d wrong, %d refused\n%d unanswerable questions: %d answered\nAUROC %.4f  p50 %.2f ms  p99 %.2f ms\n",
		r.Documents, r.Units, r.ImportS, r.Answerable, r.Answered, r.RightSource, r.RightAnswer, r.WrongAnswers, r.RefusedAnswerable,
		r.Unanswerable, r.FalseAnswers, r.DecisionAUROC, r.P50MS, r.P99MS)
	return nil
}

func writeDetails(name string, details []eval.AnswerDetail) (err error) {
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	e := json.NewEncoder(f)
	e.SetEscapeHTML(false)
	for _, d := range details {
		if err := e.Encode(d); err != nil {
			return err
		}
	}
	return nil
}
