package openai

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"liaison/knowledge/vector"
)

// Embedder has one endpoint make vectors of texts, by POST /embeddings. It is safe
// for concurrent use.
type Embedder struct{ endpoint }

var _ vector.Embedder = (*Embedder)(nil)

// NewEmbedder returns an Embedder for c; its Timeout is 60 s by default. It does
// not contact the endpoint.
func NewEmbedder(c Config) (*Embedder, error) {
	e, err := newEndpoint(c, "/embeddings")
	return &Embedder{e}, err
}

// Embed implements vector.Embedder.
func (e *Embedder) Embed(ctx context.Context, texts []string) ([][]float32, error) {
	if len(texts) == 0 {
		return nil, nil
	}
	body, err := e.post(ctx, struct {
		Model  string   `json:"model"`
		Input  []string `json:"input"`
		Format string   `json:"encoding_format"`
	}{e.model, texts, "float"})
	if err != nil {
		return nil, err
	}
	return vectorsIn(body, len(texts))
}

// vectorsIn reads the vectors of n texts, which may come in any order.
func vectorsIn(body []byte, n int) ([][]float32, error) {
	var resp struct {
		Data []struct {
			Index     int       `json:"index"`
			Embedding []float32 `json:"embedding"`
		} `json:"data"`
	}
	if err := json.Unmarshal(body, &resp); err != nil {
		return nil, errors.New("openai: the vectors are not as they should be")
	}
	if len(resp.Data) != n {
		return nil, fmt.Errorf("openai: %d vectors of %d texts", len(resp.Data), n)
	}
	out := make([][]float32, n)
	for _, d := range resp.Data {
		switch {
		case d.Index < 0 || d.Index >= n || out[d.Index] != nil:
			return nil, errors.New("openai: a vector is missing or stands twice")
		case len(d.Embedding) == 0 || len(d.Embedding) != len(resp.Data[0].Embedding):
			return nil, errors.New("openai: vectors of different dimensions")
		}
		out[d.Index] = d.Embedding
	}
	return out, nil
}

// endpoint takes JSON at one address and answers with JSON.
type endpoint struct {
	client  *http.Client
	url     string
	model   string
	key     string
	timeout time.Duration
}

func newEndpoint(c Config, path string) (endpoint, error) {
	u, err := url.Parse(c.BaseURL)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return endpoint{}, errors.New("openai: the base URL is not one such as http://localhost:8000/v1")
	}
	if c.Model == "" {
		return endpoint{}, errors.New("openai: the model's name is required")
	}
	if c.Timeout <= 0 {
		c.Timeout = time.Minute
	}
	e := endpoint{client: c.Client, url: u.JoinPath(path).String(), model: c.Model, key: c.Key, timeout: c.Timeout}
	if e.client == nil {
		e.client = &http.Client{}
	}
	return e, nil
}

// maxBody is the most that is read of a response: it has room for 128 vectors of
// 4,096 numbers.
const maxBody = 16 << 20

// post returns what the endpoint answers. An error names no text: an endpoint may
// repeat in its messages what it was sent.
func (e *endpoint) post(ctx context.Context, request any) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, e.timeout)
	defer cancel()
	data, err := json.Marshal(request)
	if err != nil {
		return nil, err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, e.url, bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Accept", "application/json")
	if e.key != "" {
		r.Header.Set("Authorization", "Bearer "+e.key)
	}
	resp, err := e.client.Do(r)
	if err != nil {
		return nil, fmt.Errorf("openai: %w", withoutURL(err))
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxBody+1))
	switch {
	case resp.StatusCode != http.StatusOK:
		err = fmt.Errorf("openai: the endpoint answers with status %d", resp.StatusCode)
		if rejects(resp.StatusCode) {
			err = fmt.Errorf("%w: %w", err, vector.ErrRejected)
		}
		return nil, err
	case err != nil:
		return nil, fmt.Errorf("openai: %w", err)
	case len(body) > maxBody:
		return nil, errors.New("openai: the response is too long")
	}
	return body, nil
}

// rejects reports whether a status says that the texts are at fault.
func rejects(status int) bool {
	switch status {
	case http.StatusBadRequest, http.StatusRequestEntityTooLarge, http.StatusUnprocessableEntity:
		return true
	}
	return false
}

// withoutURL takes the address out of an error, which may hold a key.
func withoutURL(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		return u.Err
	}
	return err
}
