package eval_test

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"liaison/knowledge/eval"
)

// write makes a data set of three documents in a new folder.
func write(t *testing.T, change map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	files := map[string]string{
		"corpus.jsonl": `{"_id":"loan","title":"贷款贴息办法","text":"创业担保贷款由财政贴息，贴息期限三年。"}
{"_id":"rent","title":"租金补助办法","text":"小微企业租用厂房，按面积给予租金补助。"}
{"_id":"train","title":"培训办法","text":"企业职工参加技能培训，给予培训补贴。"}
`,
		"queries.jsonl": `{"_id":"q1","text":"创业担保贷款贴息期限是几年"}
{"_id":"q2","text":"小微企业租用厂房有租金补助吗"}
{"_id":"q3","text":"企业职工技能培训给多少补贴"}
{"_id":"q4","text":"新生儿的医保在哪里办理"}

`,
		"qrels/test.tsv": "query-id\tcorpus-id\tscore\nq1\tloan\t2\nq1\ttrain\t0\nq2\trent\t1\nq3\ttrain\t1\nq3\tloan\t1\nq4\trent\t0\n",
	}
	for name, text := range change {
		files[name] = text
	}
	if err := os.Mkdir(filepath.Join(dir, "qrels"), 0o755); err != nil {
		t.Fatal(err)
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestRetrieval(t *testing.T) {
	t.Parallel()
	r, err := eval.Retrieval(t.Context(), write(t, nil))
	if err != nil {
		t.Fatal(err)
	}
	// q1 and q2 find their only document first; q3 has two, of which one is first.
	if r.Queries != 3 || r.Docs != 3 || r.Recall1 != 0.8333 || r.MRR10 != 1 {
		t.Errorf("got %+v", r)
	}
	if r.Refusal == nil || r.Unanswerable != 1 || r.RefusalAUROC != 1 || r.FalseAnswers != 0 || r.AnsweredRight != 1 {
		t.Errorf("refusal: %+v", r.Refusal)
	}
	data, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	var keys map[string]float64
	if err := json.Unmarshal(data, &keys); err != nil {
		t.Fatal(err)
	}
	for _, key := range strings.Fields("queries docs recall@1 recall@5 recall@10 mrr@10 ndcg@10 index_s p50_ms p99_ms rss_mb refusal_auroc answered answered_right false_answers") {
		if _, ok := keys[key]; !ok {
			t.Errorf("the report has no %s: %s", key, data)
		}
	}
}

func TestRetrievalWithoutUnanswerable(t *testing.T) {
	t.Parallel()
	r, err := eval.Retrieval(t.Context(), write(t, map[string]string{"queries.jsonl": `{"_id":"q1","text":"创业担保贷款贴息期限"}`, "qrels/test.tsv": "q1\tloan\t1\n"}))
	if err != nil || r.Queries != 1 || r.NDCG10 != 1 || r.Refusal != nil {
		t.Errorf("got %+v, %v", r, err)
	}
}

func TestRetrievalMalformed(t *testing.T) {
	t.Parallel()
	for want, change := range map[string]map[string]string{
		"corpus.jsonl:2: invalid":                   {"corpus.jsonl": "{\"_id\":\"a\"}\n{x\n"},
		"corpus.jsonl:1: _id is missing":            {"corpus.jsonl": `{"text":"x"}`},
		"corpus.jsonl:2: _id \"a\" is given twice":  {"corpus.jsonl": "{\"_id\":\"a\"}\n{\"_id\":\"a\"}"},
		"queries.jsonl:1: unexpected":               {"queries.jsonl": "{"},
		"queries.jsonl:2: _id \"q\" is given twice": {"queries.jsonl": "{\"_id\":\"q\"}\n{\"_id\":\"q\"}"},
		"test.tsv:2: want query-id":                 {"qrels/test.tsv": "query-id\tcorpus-id\tscore\nq1 loan 1\n"},
		"test.tsv:1: query \"q9\" is not":           {"qrels/test.tsv": "q9\tloan\t1\n"},
		"test.tsv:1: document \"x\" is not":         {"qrels/test.tsv": "q1\tx\t1\n"},
		"test.tsv:1: score \"yes\" is not a whole":  {"qrels/test.tsv": "q1\tloan\tyes\n"},
	} {
		_, err := eval.Retrieval(t.Context(), write(t, change))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
	if _, err := eval.Retrieval(t.Context(), t.TempDir()); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("an empty folder: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := eval.Retrieval(ctx, write(t, nil)); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

// TestTargets measures on the shared development data, where it is present, and
// holds the figures of knowledge/README.md, a little below what was measured.
func TestTargets(t *testing.T) {
	t.Parallel()
	data := os.Getenv("LIAISON_SHARED_DATA")
	if data == "" {
		data = filepath.Join("..", "..", "..", "shared", "data")
	}
	for name, least := range map[string]eval.Report{
		"policy-docs": {Recall1: 0.88, Recall5: 0.98, MRR10: 0.92, Refusal: &eval.Refusal{RefusalAUROC: 0.92, Answered: 0.8, AnsweredRight: 0.92, FalseAnswers: 0.13}},
		"cmrc-trial":  {Recall1: 0.975, Recall5: 0.99, MRR10: 0.98},
	} {
		dir := filepath.Join(data, name)
		if _, err := os.Stat(dir); err != nil {
			t.Logf("the development data is not at %s: nothing measured", dir)
			continue
		}
		r, err := eval.Retrieval(t.Context(), dir)
		if err != nil {
			t.Fatal(err)
		}
		text, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("%s: %s", name, text)
		if r.Recall1 < least.Recall1 || r.Recall5 < least.Recall5 || r.MRR10 < least.MRR10 {
			t.Errorf("%s ranks worse than the README says", name)
		}
		if want := least.Refusal; want != nil &&
			(r.RefusalAUROC < want.RefusalAUROC || r.Answered < want.Answered || r.AnsweredRight < want.AnsweredRight || r.FalseAnswers > want.FalseAnswers) {
			t.Errorf("%s decides worse than the README says", name)
		}
	}
}

func FuzzRetrieval(f *testing.F) {
	f.Add(`{"_id":"a","text":"甲"}`, `{"_id":"q","text":"甲"}`, "q\ta\t1")
	f.Fuzz(func(t *testing.T, corpus, queries, qrels string) {
		dir := t.TempDir()
		_ = os.Mkdir(filepath.Join(dir, "qrels"), 0o755)
		for name, text := range map[string]string{"corpus.jsonl": corpus, "queries.jsonl": queries, "qrels/test.tsv": qrels} {
			if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		r, err := eval.Retrieval(context.Background(), dir)
		if err == nil && (r.Recall1 < 0 || r.Recall1 > 1 || r.NDCG10 > 1.0001) {
			t.Errorf("impossible: %+v", r)
		}
	})
}
