package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"liaison/bot/botapitest"
)

// endpoints is an OpenAI-compatible server for vectors and reranking. A vector
// counts the pairs of characters of a text; the text that is put first is the one
// that shares most characters with the question.
type endpoints struct {
	*httptest.Server
	mu     sync.Mutex
	broken map[string]bool // paths that answer with 500
	texts  []string        // that were sent
	keys   []string        // with which
}

func newEndpoints(t *testing.T) *endpoints {
	t.Helper()
	e := &endpoints{broken: make(map[string]bool)}
	e.Server = httptest.NewServer(e)
	t.Cleanup(e.Close)
	return e
}

func (e *endpoints) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Model, Query     string
		Input, Documents []string
	}
	body, _ := io.ReadAll(r.Body)
	err := json.Unmarshal(body, &in)
	e.mu.Lock()
	e.texts = append(e.texts, append(append(slices.Clone(in.Input), in.Documents...), in.Query)...)
	e.keys = append(e.keys, r.Header.Get("Authorization"))
	broken := e.broken[r.URL.Path] || err != nil
	e.mu.Unlock()
	if broken {
		http.Error(w, "broken", http.StatusInternalServerError)
		return
	}
	type row map[string]any
	rows := []row{}
	for i, text := range in.Input {
		v := make([]int, 512)
		r := []rune(text)
		for j := range len(r) - 1 {
			h := fnv.New32a()
			fmt.Fprint(h, string(r[j:j+2]))
			v[h.Sum32()%512]++
		}
		rows = append(rows, row{"index": i, "embedding": v})
	}
	for i, text := range in.Documents {
		score := 0
		for _, c := range in.Query {
			if strings.ContainsRune(text, c) {
				score++
			}
		}
		rows = append(rows, row{"index": i, "relevance_score": score})
	}
	_ = json.NewEncoder(w).Encode(row{cmp.Or(map[string]string{"/v1/embeddings": "data", "/v1/rerank": "results"}[r.URL.Path], "error"): rows})
}

// breaks makes a path answer with 500, or not.
func (e *endpoints) breaks(path string, broken bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.broken[path] = broken
}

// sent returns the texts and keys that were sent since the last time.
func (e *endpoints) sent() (texts, keys []string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	texts, keys = e.texts, e.keys
	e.texts, e.keys = nil, nil
	return texts, keys
}

// get returns a page of the running program.
func (p *process) get(path string) string {
	p.t.Helper()
	resp, err := http.Get(p.Base + path)
	if err != nil {
		p.t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		p.t.Fatal(err)
	}
	return string(body)
}

// A running bot has the vectors of its library made, finds by them, and says on
// /metrics what came of it; a command finds by the vectors that it left. Endpoints
// that fail change no answer.
func TestMeaning(t *testing.T) {
	t.Parallel()
	e := newEndpoints(t)
	tg := botapitest.New(t)
	dir := t.TempDir()
	e.breaks("/v1/embeddings", true)
	p := start(t, dir, "TELEGRAM_BOT_TOKEN="+tg.Token(), "TELEGRAM_API_URL="+tg.URL(),
		"EMBEDDINGS_BASE_URL="+e.URL+"/v1", "EMBEDDINGS_MODEL=vec", "EMBEDDINGS_API_KEY=key-of-vectors",
		"RERANK_BASE_URL="+e.URL+"/v1/", "RERANK_MODEL=order", "RERANK_API_KEY=key-of-order")
	if log := p.Log(); !strings.Contains(log, "by words, near in meaning by vec, put in order by order") || strings.Contains(log, "key-of") {
		t.Errorf("the welcome: %s", log)
	}
	ask := func(question, reply string) {
		t.Helper()
		u := tg.User("企业主")
		u.Send(question)
		tg.WaitMessage(t, u, botapitest.Contains(reply))
	}
	// Without a single vector.
	ask("慈溪有几个普惠金融服务站？", "10个镇级")
	eventually(t, "a failure of filling", func() bool { return strings.Contains(p.Log(), "vectors are missing") })
	e.breaks("/v1/embeddings", false)
	eventually(t, "the vectors", func() bool {
		m := p.get("/metrics")
		return strings.Contains(m, "\nliaison_vectors_missing 0\n") && !strings.Contains(m, "\nliaison_vectors 0\n")
	})
	e.sent()
	ask("企业加层改造厂房要不要补缴土地价款？电话13800012345", "") // whatever it is
	m := p.get("/metrics")
	for _, want := range []string{
		`liaison_retrieval_step_seconds_count{outcome="empty",step="vectors"} 1`,
		`liaison_retrieval_step_seconds_count{outcome="ok",step="vectors"} 1`,
		`liaison_retrieval_step_seconds_count{outcome="ok",step="rerank"} 2`,
	} {
		if !strings.Contains(m, want) {
			t.Errorf("/metrics lacks %s", want)
		}
	}
	texts, keys := e.sent()
	for _, text := range texts {
		if strings.Contains(text, "13800012345") {
			t.Errorf("an endpoint was sent %q", text)
		}
	}
	if want := []string{"Bearer key-of-vectors", "Bearer key-of-order"}; !slices.Equal(keys, want) {
		t.Errorf("keys %q, want %q", keys, want)
	}

	settings := []string{"--data", dir, "--embeddings-base-url", e.URL + "/v1", "--embeddings-model", "vec", "--rerank-base-url", e.URL + "/v1", "--rerank-model", "order"}
	for _, row := range []struct {
		name     string
		args     []string
		broken   string
		path     string
		fellBack string
	}{
		{"all", settings, "", "lexical vectors rerank", ""},
		{"no reranking", settings[:6], "", "lexical vectors", ""},
		{"neither", settings[:2], "", "lexical", ""},
		{"vectors fail", settings, "/v1/embeddings", "lexical rerank", "vectors"},
		{"reranking fails", settings, "/v1/rerank", "lexical vectors", "rerank"},
		{"vectors of another model", append(slices.Clone(settings[:4]), "--embeddings-model", "other"), "", "lexical", ""},
		{"no data yet", append([]string{"--data", t.TempDir()}, settings[2:]...), "", "lexical rerank", ""},
	} {
		e.breaks(row.broken, true)
		out, errs, code := liaison(t, append([]string{"ask", "企业加层改造厂房要不要补缴土地价款", "--json"}, row.args...)...)
		e.breaks(row.broken, false)
		var a answerJSON
		if err := json.Unmarshal([]byte(out), &a); err != nil || code != exitOK {
			t.Fatalf("%s: exit %d, %v, %s", row.name, code, err, errs)
		}
		if got := strings.Join(a.Path, " "); got != row.path || strings.Join(a.FellBack, " ") != row.fellBack {
			t.Errorf("%s: path %q, fell back %q", row.name, got, a.FellBack)
		}
		if len(a.Citations) == 0 || a.Citations[0].Unit != "cixi-2024-reply-184#extra-floor-area" {
			t.Errorf("%s: %s", row.name, out)
		}
	}

	// After a restart nothing is asked for again.
	if err := p.Stop(); err != nil {
		t.Error(err)
	}
	e.sent()
	p = start(t, dir, "EMBEDDINGS_BASE_URL="+e.URL+"/v1", "EMBEDDINGS_MODEL=vec")
	eventually(t, "the vectors again", func() bool {
		m := p.get("/metrics")
		return strings.Contains(m, "\nliaison_vectors_missing 0\n") && !strings.Contains(m, "\nliaison_vectors 0\n")
	})
	if texts, _ := e.sent(); len(texts) != 0 {
		t.Errorf("asked again for %d texts", len(texts))
	}
}

func TestWhereTheModelsAre(t *testing.T) {
	t.Parallel()
	own := endpoint{"http://own/v1", "m", "own"}
	writing := Settings{OpenAIBaseURL: "http://writing/v1", OpenAIModel: "w", OpenAIAPIKey: "written"}
	for name, row := range map[string]struct {
		s    Settings
		set  endpoint
		want endpoint
		bad  string
	}{
		"off":                       {Settings{}, endpoint{}, endpoint{}, ""},
		"off beside a writing one":  {writing, endpoint{}, endpoint{}, ""},
		"its own":                   {Settings{}, own, own, ""},
		"its own beside another":    {writing, own, own, ""},
		"its own without a key":     {writing, endpoint{"http://own/v1", "m", ""}, endpoint{"http://own/v1", "m", ""}, ""},
		"at the writing one":        {writing, endpoint{"", "m", ""}, endpoint{"http://writing/v1", "m", "written"}, ""},
		"there, with its own key":   {writing, endpoint{"", "m", "own"}, endpoint{"http://writing/v1", "m", "own"}, ""},
		"nowhere":                   {Settings{}, endpoint{"", "m", ""}, endpoint{"", "m", ""}, "_BASE_URL nor OPENAI_BASE_URL"},
		"an address without a name": {writing, endpoint{"http://own/v1", "", ""}, endpoint{}, "_MODEL is not"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := row.s
			s.EmbeddingsBaseURL, s.EmbeddingsModel, s.EmbeddingsAPIKey = row.set.base, row.set.model, row.set.key
			if got := s.embeddings(); got != row.want {
				t.Errorf("vectors: %+v, want %+v", got, row.want)
			}
			if err := s.checkMeaning(); (err == nil) != (row.bad == "") || err != nil && (!strings.Contains(err.Error(), row.bad) || !strings.Contains(err.Error(), "EMBEDDINGS")) {
				t.Errorf("got %v, want %q", err, row.bad)
			}
			s = row.s
			s.RerankBaseURL, s.RerankModel, s.RerankAPIKey = row.set.base, row.set.model, row.set.key
			if got := s.reranking(); got != row.want {
				t.Errorf("reranking: %+v, want %+v", got, row.want)
			}
			if err := s.checkMeaning(); (err == nil) != (row.bad == "") {
				t.Errorf("got %v, want %q", err, row.bad)
			}
		})
	}
	for _, args := range [][]string{
		{"--embeddings-base-url", "localhost:1", "--embeddings-model", "m"}, {"--rerank-base-url", "ftp://h", "--rerank-model", "m"},
		{"--embeddings-timeout", "0s"}, {"--rerank-timeout", "1h"},
	} {
		if _, errs, code := liaison(t, append(args, "config")...); code != exitUsage || !strings.Contains(errs, "\nTry:") {
			t.Errorf("%v: exit %d, %s", args, code, errs)
		}
	}
	out, _, _ := liaison(t, "config", "--embeddings-base-url", "http://u:hunter2@h/v1", "--embeddings-model", "m", "--embeddings-api-key", "hunter2", "--rerank-api-key", "hunter2")
	if strings.Contains(out, "hunter2") || !strings.Contains(out, "EMBEDDINGS_MODEL") {
		t.Errorf("config prints %s", out)
	}
}
