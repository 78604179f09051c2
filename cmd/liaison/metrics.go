package main

import (
	"context"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"liaison/bot"
	"liaison/handlers"
	"liaison/knowledge"
	"liaison/store"
	"liaison/ticket"
	"liaison/trace"
)

// metrics counts what the program does, for Prometheus; README.md says what each
// means. No label holds anything about a person, and each takes few values. It is safe
// for concurrent use.
type metrics struct {
	registry  *prometheus.Registry
	handled   *prometheus.HistogramVec
	floods    *prometheus.CounterVec
	delivered *prometheus.HistogramVec
	stages    *prometheus.HistogramVec
	answers   *prometheus.CounterVec
	telegram  *prometheus.CounterVec
	jobs      *prometheus.HistogramVec
}

func newMetrics() *metrics {
	histogram := func(name, help string, labels ...string) *prometheus.HistogramVec {
		return prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: name, Help: help, Buckets: prometheus.DefBuckets}, labels)
	}
	counter := func(name, help string, labels ...string) *prometheus.CounterVec {
		return prometheus.NewCounterVec(prometheus.CounterOpts{Name: name, Help: help}, labels)
	}
	m := &metrics{
		registry:  prometheus.NewRegistry(),
		handled:   histogram("liaison_message_handling_seconds", "Attempts at handling messages: ok, retry, parked; of drafts for a model ok, quoted or parked.", "channel", "outcome"),
		floods:    counter("liaison_floods_total", "How often somebody sent so much that for a while nothing more was taken in from him or her.", "channel"),
		delivered: histogram("liaison_reply_delivery_seconds", "Attempts at delivering replies: ok, retry, limited, failed.", "channel", "outcome"),
		stages: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "liaison_answer_stage_seconds", Help: "Stages of answering: find, vectors, rerank, read, decide, quote, model, ground; ok or failed.",
			Buckets: []float64{.0001, .00025, .0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 20},
		}, []string{"stage", "outcome"}),
		answers:  counter("liaison_answers_total", "Questions by what was decided: answer, clarify, or refuse with the reason.", "decision", "reason"),
		telegram: counter("liaison_telegram_calls_total", "Calls to Telegram by method and what came of them: ok, limited (429), forbidden (403), refused (other 4xx), server (5xx), network.", "method", "outcome"),
		jobs:     histogram("liaison_job_seconds", "Runs of jobs of cases and of periodic work: ok, or retry when one failed and comes again.", "kind", "outcome"),
	}
	// What counts something bad is there before it happens: its first time is then an
	// increase like any other.
	for _, outcome := range []string{"ok", "quoted", "parked"} {
		m.handled.WithLabelValues(string(handlers.Drafts), outcome)
	}
	for _, channel := range []handlers.Channel{handlers.Telegram, handlers.Web} {
		for _, outcome := range []string{"ok", "retry", "parked"} {
			m.handled.WithLabelValues(string(channel), outcome)
		}
		for _, outcome := range []string{"ok", "retry", "limited", "failed"} {
			m.delivered.WithLabelValues(string(channel), outcome)
		}
		m.floods.WithLabelValues(string(channel))
	}
	for _, method := range bot.CallMethods {
		for _, outcome := range bot.CallOutcomes {
			m.telegram.WithLabelValues(method, outcome)
		}
	}
	kinds := []string{store.Cleaning, learnWork, remindWork, forgetWork}
	for _, kind := range ticket.JobKinds() {
		kinds = append(kinds, string(kind))
	}
	for _, kind := range kinds {
		m.jobs.WithLabelValues(kind, "ok")
		m.jobs.WithLabelValues(kind, "retry")
	}
	for _, stage := range []string{knowledge.StageFind, knowledge.StageEmbed, knowledge.StageRerank, knowledge.StageRead, knowledge.StageDecide, knowledge.StageQuote, knowledge.StageModel, knowledge.StageGround} {
		m.stages.WithLabelValues(stage, "ok")
		m.stages.WithLabelValues(stage, "failed")
	}
	m.answers.WithLabelValues(string(knowledge.Refused), string(knowledge.NotFound))
	m.registry.MustRegister(m.handled, m.floods, m.delivered, m.stages, m.answers, m.telegram, m.jobs,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// Handled implements relay.Metrics.
func (m *metrics) Handled(ch handlers.Channel, outcome string, took time.Duration) {
	m.handled.WithLabelValues(string(ch), outcome).Observe(took.Seconds())
}

// Flooded implements relay.Metrics.
func (m *metrics) Flooded(ch handlers.Channel) { m.floods.WithLabelValues(string(ch)).Inc() }

// Delivered implements relay.Metrics.
func (m *metrics) Delivered(ch handlers.Channel, outcome string, took time.Duration) {
	m.delivered.WithLabelValues(string(ch), outcome).Observe(took.Seconds())
}

// stage is knowledge.Stages: a time, and a span.
func (m *metrics) stage(ctx context.Context, name string) (context.Context, func(ok bool)) {
	began := time.Now()
	ctx, end := trace.Start(ctx, name)
	return ctx, func(ok bool) {
		outcome := "ok"
		if !ok {
			outcome = "failed"
		}
		end(nil, trace.Text("outcome", outcome))
		m.stages.WithLabelValues(name, outcome).Observe(time.Since(began).Seconds())
	}
}

// answered counts what was decided about a question.
func (m *metrics) answered(a knowledge.Answer) {
	m.answers.WithLabelValues(string(a.Decision), string(a.Reason)).Inc()
}

// called counts a call to Telegram.
func (m *metrics) called(method, outcome string) { m.telegram.WithLabelValues(method, outcome).Inc() }

// ran counts a run of a job, for store.Work.
func (m *metrics) ran(kind string, took time.Duration, err error) {
	outcome := "ok"
	if err != nil {
		outcome = "retry"
	}
	m.jobs.WithLabelValues(kind, outcome).Observe(took.Seconds())
}

func (m *metrics) handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{})
}
