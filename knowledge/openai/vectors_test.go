package openai_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"math"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"liaison/e2e/openaitest"
	"liaison/knowledge/openai"
	"liaison/knowledge/vector"
)

func configOf(t *testing.T, h http.HandlerFunc) openai.Config {
	t.Helper()
	srv := httptest.NewServer(h)
	t.Cleanup(srv.Close)
	return openai.Config{BaseURL: srv.URL + "/v1/", Model: "test", Key: "secret", Timeout: 2 * time.Second}
}

func say(text string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, text) }
}

// asked checks what a request has besides its body and decodes that.
func asked(t *testing.T, r *http.Request, path string, into any) {
	t.Helper()
	if r.Method != http.MethodPost || r.URL.Path != path || r.Header.Get("Authorization") != "Bearer secret" || r.Header.Get("Content-Type") != "application/json" {
		t.Errorf("asked %s %s with %v", r.Method, r.URL.Path, r.Header)
	}
	if err := json.NewDecoder(r.Body).Decode(into); err != nil {
		t.Error(err)
	}
}

func TestEmbed(t *testing.T) {
	t.Parallel()
	var got struct {
		Model  string
		Input  []string
		Format string `json:"encoding_format"`
	}
	e, err := openai.NewEmbedder(configOf(t, func(w http.ResponseWriter, r *http.Request) {
		asked(t, r, "/v1/embeddings", &got)
		// The order of the answer is free.
		say(`{"object":"list","data":[{"index":1,"embedding":[0.5,-1e-3]},{"index":0,"embedding":[1,2]}],"usage":{}}`)(w, r)
	}))
	if err != nil {
		t.Fatal(err)
	}
	texts := []string{"贷款“贴息”", "😀 مرحبا"}
	vectors, err := e.Embed(t.Context(), texts)
	if err != nil || len(vectors) != 2 || !slices.Equal(vectors[0], []float32{1, 2}) || !slices.Equal(vectors[1], []float32{0.5, -1e-3}) {
		t.Errorf("%v %v", vectors, err)
	}
	if got.Model != "test" || got.Format != "float" || !slices.Equal(got.Input, texts) {
		t.Errorf("asked %+v", got)
	}
	if vectors, err := e.Embed(t.Context(), nil); err != nil || len(vectors) != 0 {
		t.Errorf("of nothing: %v %v", vectors, err)
	}
}

func TestRerank(t *testing.T) {
	t.Parallel()
	var got struct {
		Model, Query string
		Documents    []string
		TopN         int `json:"top_n"`
	}
	r, err := openai.NewReranker(configOf(t, func(w http.ResponseWriter, r *http.Request) {
		asked(t, r, "/v1/rerank", &got)
		say(`{"id":"x","results":[{"index":2,"relevance_score":0.98,"document":{"text":"c"}},{"index":0,"relevance_score":-3},{"index":1,"relevance_score":0}]}`)(w, r)
	}))
	if err != nil {
		t.Fatal(err)
	}
	scores, err := r.Rerank(t.Context(), "问", []string{"甲", "乙", "丙"})
	if err != nil || !slices.Equal(scores, []float64{-3, 0, 0.98}) {
		t.Errorf("%v %v", scores, err)
	}
	if got.Model != "test" || got.Query != "问" || got.TopN != 3 || !slices.Equal(got.Documents, []string{"甲", "乙", "丙"}) {
		t.Errorf("asked %+v", got)
	}
	if scores, err := r.Rerank(t.Context(), "问", nil); err != nil || len(scores) != 0 {
		t.Errorf("of nothing: %v %v", scores, err)
	}
}

// Whatever an endpoint gone wrong answers is an error, names no text, and only
// says that the texts are at fault when the endpoint does.
func TestVectorEndpointsFail(t *testing.T) {
	t.Parallel()
	const private = "张三的问题"
	status := func(code int) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			http.Error(w, `{"error":{"message":"`+private+`"}}`, code)
		}
	}
	for name, h := range map[string]http.HandlerFunc{
		"400":               status(400),
		"413":               status(413),
		"422":               status(422),
		"401":               status(401),
		"404":               status(404),
		"429":               status(429),
		"500":               status(500),
		"201":               status(201),
		"garbage":           say("<html>\xff\x00" + private),
		"nothing":           say(""),
		"half":              say(`{"data":[{"index":0,"embedding":[1,`),
		"another shape":     say(`[[1,2],[3,4]]`),
		"too few":           say(`{"data":[{"index":0,"embedding":[1]}],"results":[{"index":0,"relevance_score":1}]}`),
		"too many":          say(`{"data":[{"index":0,"embedding":[1]},{"index":1,"embedding":[1]},{"index":2,"embedding":[1]}],"results":[{"index":0,"relevance_score":1},{"index":1,"relevance_score":1},{"index":2,"relevance_score":1}]}`),
		"one twice":         say(`{"data":[{"index":0,"embedding":[1]},{"index":0,"embedding":[1]}],"results":[{"index":1,"relevance_score":1},{"index":1,"relevance_score":1}]}`),
		"an index outside":  say(`{"data":[{"index":0,"embedding":[1]},{"index":-1,"embedding":[1]}],"results":[{"index":1,"relevance_score":1},{"index":2,"relevance_score":1}]}`),
		"an empty one":      say(`{"data":[{"index":0,"embedding":[]},{"index":1,"embedding":[]}],"results":[{"index":0,"relevance_score":null},{"index":1,"relevance_score":1}]}`),
		"other dimensions":  say(`{"data":[{"index":0,"embedding":[1,2]},{"index":1,"embedding":[1]}],"results":[{"relevance_score":2},{"index":1,"relevance_score":1}]}`),
		"not a number":      say(`{"data":[{"index":0,"embedding":[NaN]},{"index":1,"embedding":[1]}],"results":[{"index":0,"relevance_score":NaN},{"index":1,"relevance_score":1}]}`),
		"beyond all bounds": say(`{"data":[{"index":0,"embedding":[1e999]},{"index":1,"embedding":[1]}],"results":[{"index":0,"relevance_score":1e999},{"index":1,"relevance_score":1}]}`),
		"dropped":           func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
		"endless": func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body)
			chunk := []byte(strings.Repeat(" ", 1<<20))
			for r.Context().Err() == nil {
				if _, err := w.Write(chunk); err != nil {
					return
				}
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := configOf(t, h)
			e, err := openai.NewEmbedder(c)
			if err != nil {
				t.Fatal(err)
			}
			r, err := openai.NewReranker(c)
			if err != nil {
				t.Fatal(err)
			}
			vectors, err1 := e.Embed(t.Context(), []string{private, "乙"})
			scores, err2 := r.Rerank(t.Context(), private, []string{"甲", private})
			if err1 == nil || err2 == nil {
				t.Fatalf("taken: %v %v", vectors, scores)
			}
			for _, err := range []error{err1, err2} {
				if strings.Contains(err.Error(), "张三") || strings.Contains(err.Error(), "127.0.0.1") && name != "dropped" {
					t.Errorf("the error tells too much: %v", err)
				}
				if want := name == "400" || name == "413" || name == "422"; errors.Is(err, vector.ErrRejected) != want {
					t.Errorf("%v: rejected is %v, want %v", err, !want, want)
				}
			}
		})
	}
}

func TestVectorEndpointsEnd(t *testing.T) {
	t.Parallel()
	c := configOf(t, func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body) // only then the server notices that the client has left
		<-r.Context().Done()
	})
	c.Timeout = 20 * time.Millisecond
	e, err := openai.NewEmbedder(c)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := e.Embed(t.Context(), []string{"甲"}); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("slow: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := e.Embed(ctx, []string{"甲"}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

func TestVectorEndpointsRefuseSettings(t *testing.T) {
	t.Parallel()
	for _, c := range []openai.Config{{}, {BaseURL: "ftp://x/v1", Model: "m"}, {BaseURL: "http://", Model: "m"}, {BaseURL: "http://x/v1"}, {BaseURL: "://secret", Model: "m"}} {
		if _, err := openai.NewEmbedder(c); err == nil || strings.Contains(err.Error(), "secret") {
			t.Errorf("%+v: %v", c, err)
		}
		if _, err := openai.NewReranker(c); err == nil {
			t.Errorf("%+v is taken", c)
		}
	}
}

// FuzzVectorEndpoints: what is taken of a response is whole.
func FuzzVectorEndpoints(f *testing.F) {
	for _, seed := range []string{
		`{"data":[{"index":0,"embedding":[1,2]},{"index":1,"embedding":[3,4]}]}`,
		`{"results":[{"index":1,"relevance_score":0.5},{"index":0,"relevance_score":-1}]}`,
		`{"data":[{"embedding":[1]},{"index":1e9,"embedding":[1]}],"results":[{"index":0.5}]}`,
		`{"data":null,"results":{}}`, `[]`, "\x00", `{"data":[{"index":0,"embedding":["1"]},`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, body string) {
		client := &http.Client{Transport: canned(body)}
		c := openai.Config{BaseURL: "http://endpoint.example", Model: "m", Client: client}
		e, err := openai.NewEmbedder(c)
		if err != nil {
			t.Fatal(err)
		}
		r, err := openai.NewReranker(c)
		if err != nil {
			t.Fatal(err)
		}
		if vectors, err := e.Embed(t.Context(), []string{"a", "b"}); err == nil {
			if len(vectors) != 2 || len(vectors[0]) == 0 || len(vectors[0]) != len(vectors[1]) {
				t.Errorf("vectors %v", vectors)
			}
			for _, x := range append(vectors[0], vectors[1]...) {
				if math.IsNaN(float64(x)) || math.IsInf(float64(x), 0) {
					t.Errorf("%v is no number", x)
				}
			}
		}
		if scores, err := r.Rerank(t.Context(), "q", []string{"a", "b"}); err == nil && (len(scores) != 2 || math.IsNaN(scores[0]+scores[1])) {
			t.Errorf("scores %v", scores)
		}
	})
}

// canned answers every request with the same body.
type canned string

func (c canned) RoundTrip(*http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: 200, Body: io.NopCloser(strings.NewReader(string(c)))}, nil
}

// A server that this project did not write takes the requests and is understood.
func TestVectorsOfAnotherServer(t *testing.T) {
	t.Parallel()
	s := openaitest.Start(t)
	if s == nil {
		return
	}
	e, err := openai.NewEmbedder(openai.Config{BaseURL: s.URL(), Model: "example"})
	if err != nil {
		t.Fatal(err)
	}
	texts := []string{"企业贷款贴息", "厂房加层改造", "企业贷款贴息"}
	vectors, err := e.Embed(t.Context(), texts)
	if err != nil {
		t.Fatal(err)
	}
	if len(vectors) != 3 || len(vectors[0]) < 100 || !slices.Equal(vectors[0], vectors[2]) || slices.Equal(vectors[0], vectors[1]) {
		t.Errorf("%d vectors of %d numbers", len(vectors), len(vectors[0]))
	}
}
