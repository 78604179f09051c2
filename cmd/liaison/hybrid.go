package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"liaison/knowledge"
	"liaison/knowledge/openai"
	"liaison/knowledge/vector"
	"liaison/store"
)

// meaning finds units besides their words, by the endpoints of the settings.
type meaning struct {
	hybrid knowledge.Hybrid
	keeper *vector.Keeper // nil without an embedding endpoint
	names  []string       // of the models in use
	log    *slog.Logger
	steps  *prometheus.HistogramVec
	close  func() error
}

// endpoint is where a model is, and with which key; all empty when it is not used.
type endpoint struct{ base, model, key string }

// besides is e, at the address and with the key of the model that writes when it
// names neither. That key goes to that address only.
func (s *Settings) besides(e endpoint) endpoint {
	switch {
	case e.model == "":
		return endpoint{}
	case e.base == "":
		return endpoint{s.OpenAIBaseURL, e.model, cmp.Or(e.key, s.OpenAIAPIKey)}
	}
	return e
}

func (s *Settings) embeddings() endpoint {
	return s.besides(endpoint{s.EmbeddingsBaseURL, s.EmbeddingsModel, s.EmbeddingsAPIKey})
}

func (s *Settings) reranking() endpoint {
	return s.besides(endpoint{s.RerankBaseURL, s.RerankModel, s.RerankAPIKey})
}

// checkMeaning refuses halves of settings.
func (s *Settings) checkMeaning() error {
	for _, e := range []struct {
		name, base, model string
		used              endpoint
	}{
		{"EMBEDDINGS", s.EmbeddingsBaseURL, s.EmbeddingsModel, s.embeddings()},
		{"RERANK", s.RerankBaseURL, s.RerankModel, s.reranking()},
	} {
		if e.base != "" && e.model == "" {
			return misuse(fmt.Errorf("%s_BASE_URL is set and %s_MODEL is not", e.name, e.name), "name the model of that endpoint, or set neither")
		}
		if e.model != "" && e.used.base == "" {
			return misuse(fmt.Errorf("%s_MODEL is %q, and neither %s_BASE_URL nor OPENAI_BASE_URL is set", e.name, e.model, e.name), "say where the model is, or leave its name out")
		}
	}
	return nil
}

// meaning makes what the settings name; vectors are kept in st.
func (s *Settings) meaning(st vector.Store, log *slog.Logger) (*meaning, error) {
	m := &meaning{log: log, close: func() error { return nil }, steps: prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name: "liaison_retrieval_step_seconds", Help: "Steps of finding units that ask an endpoint: ok, empty, failed, or resting after failures.", Buckets: prometheus.DefBuckets,
	}, []string{"step", "outcome"})}
	m.hybrid = knowledge.Hybrid{
		VectorsTimeout: s.EmbeddingsTimeout, RerankTimeout: s.RerankTimeout,
		Observe: func(step, outcome string, took time.Duration) {
			m.steps.WithLabelValues(step, outcome).Observe(took.Seconds())
		},
	}
	if e := s.embeddings(); e.model != "" && st != nil {
		embedder, err := openai.NewEmbedder(openai.Config{BaseURL: e.base, Model: e.model, Key: e.key})
		if err != nil {
			return nil, misuse(err, "check EMBEDDINGS_BASE_URL, EMBEDDINGS_MODEL and EMBEDDINGS_API_KEY")
		}
		if m.keeper, err = vector.New(vector.Config{Embedder: embedder, Store: st, Model: e.model, Logger: log}); err != nil {
			return nil, err
		}
		m.hybrid.Vectors = m.keeper
		m.names = append(m.names, "near in meaning by "+e.model)
	}
	if e := s.reranking(); e.model != "" {
		reranker, err := openai.NewReranker(openai.Config{BaseURL: e.base, Model: e.model, Key: e.key})
		if err != nil {
			return nil, misuse(err, "check RERANK_BASE_URL, RERANK_MODEL and RERANK_API_KEY")
		}
		m.hybrid.Reranker = reranker
		m.names = append(m.names, "put in order by "+e.model)
	}
	return m, nil
}

// openMeaning is meaning for one question: with the vectors that the data folder
// has, if there is one. It makes no others.
func (s *Settings) openMeaning(ctx context.Context, log *slog.Logger) (*meaning, error) {
	if s.embeddings().model == "" || s.mustExist() != nil {
		return s.meaning(nil, log)
	}
	st, err := s.open(ctx, log)
	if err != nil {
		return nil, err
	}
	m, err := s.meaning(st, log)
	if err != nil {
		return nil, errors.Join(err, st.Close())
	}
	m.close = st.Close
	return m, nil
}

var _ vector.Store = (*store.Store)(nil)

// load takes over the vectors of lib that are kept. Without them units are found by
// their words.
func (m *meaning) load(ctx context.Context, lib *knowledge.Library) {
	if m.keeper == nil {
		return
	}
	m.keeper.Set(lib)
	if err := m.keeper.Load(ctx); err != nil {
		m.log.WarnContext(ctx, "vectors could not be read", "error", err)
	}
}

// vectorsPoll is how often it is looked whether the process answers from another library.
const vectorsPoll = 500 * time.Millisecond

// run keeps vectors of what a answers from until ctx ends.
func (m *meaning) run(ctx context.Context, a *knowledge.Answerer) {
	if m.keeper == nil {
		return
	}
	done := make(chan struct{})
	go func() { defer close(done); m.keeper.Run(ctx) }()
	tick := time.NewTicker(vectorsPoll)
	defer tick.Stop()
	var last *knowledge.Library
	for ctx.Err() == nil {
		if lib := a.Library(); lib != last {
			m.keeper.Set(lib)
			last = lib
		}
		select {
		case <-ctx.Done():
		case <-tick.C:
		}
	}
	<-done
}

// register adds what is counted here to r.
func (m *meaning) register(r prometheus.Registerer) {
	for _, step := range []string{knowledge.ByVectors, knowledge.ByRerank} {
		for _, outcome := range knowledge.StepOutcomes {
			m.steps.WithLabelValues(step, outcome) // there before it happens
		}
	}
	r.MustRegister(m.steps)
	if m.keeper == nil {
		return
	}
	gauge := func(name, help string, value func() int) prometheus.Collector {
		return prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help}, func() float64 { return float64(value()) })
	}
	r.MustRegister(
		gauge("liaison_vectors", "Vectors that can be found.", func() int { n, _ := m.keeper.Counts(); return n }),
		gauge("liaison_vectors_missing", "Texts that have no vector yet.", func() int { _, n := m.keeper.Counts(); return n }),
	)
}

// String says by what units are found.
func (m *meaning) String() string {
	return strings.Join(append([]string{"by words"}, m.names...), ", ")
}
