package openai

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"liaison/knowledge"
)

// Reranker has one endpoint say how well texts answer a question, by POST /rerank
// as Cohere, Jina and vLLM take it. It is safe for concurrent use.
type Reranker struct{ endpoint }

var _ knowledge.Reranker = (*Reranker)(nil)

// NewReranker returns a Reranker for c; its Timeout is 60 s by default. It does not
// contact the endpoint.
func NewReranker(c Config) (*Reranker, error) {
	e, err := newEndpoint(c, "/rerank")
	return &Reranker{e}, err
}

// Rerank implements knowledge.Reranker.
func (r *Reranker) Rerank(ctx context.Context, question string, texts []string) ([]float64, error) {
	if len(texts) == 0 {
		return nil, nil
	}
	body, err := r.post(ctx, struct {
		Model     string   `json:"model"`
		Query     string   `json:"query"`
		Documents []string `json:"documents"`
		TopN      int      `json:"top_n"`
	}{r.model, question, texts, len(texts)})
	if err != nil {
		return nil, err
	}
	return scoresIn(body, len(texts))
}

// scoresIn reads the scores of n texts, which come in any order.
func scoresIn(body []byte, n int) ([]float64, error) {
	var resp struct {
		Results []struct {
			Index *int     `json:"index"`
			Score *float64 `json:"relevance_score"`
		} `json:"results"`
	}
	if err := json.Unmarshal(body, &resp); err != nil {
		return nil, errors.New("openai: the scores are not as they should be")
	}
	if len(resp.Results) != n {
		return nil, fmt.Errorf("openai: %d scores of %d texts", len(resp.Results), n)
	}
	out := make([]float64, n)
	seen := make([]bool, n)
	for _, s := range resp.Results {
		if s.Index == nil || s.Score == nil || *s.Index < 0 || *s.Index >= n || seen[*s.Index] {
			return nil, errors.New("openai: a score is missing or stands twice")
		}
		out[*s.Index], seen[*s.Index] = *s.Score, true
	}
	return out, nil
}
