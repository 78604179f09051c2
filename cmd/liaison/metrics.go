package main

import (
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"liaison/handlers"
)

// metrics counts what the relay does, for Prometheus. It is safe for concurrent use.
type metrics struct {
	registry  *prometheus.Registry
	handled   *prometheus.HistogramVec
	delivered *prometheus.HistogramVec
}

func newMetrics() *metrics {
	labels := []string{"channel", "outcome"}
	m := &metrics{
		registry: prometheus.NewRegistry(),
		handled: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "liaison_message_handling_seconds", Help: "Attempts at handling messages.", Buckets: prometheus.DefBuckets,
		}, labels),
		delivered: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "liaison_reply_delivery_seconds", Help: "Attempts at delivering replies.", Buckets: prometheus.DefBuckets,
		}, labels),
	}
	m.registry.MustRegister(m.handled, m.delivered, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// Handled implements relay.Metrics.
func (m *metrics) Handled(ch handlers.Channel, outcome string, took time.Duration) {
	m.handled.WithLabelValues(string(ch), outcome).Observe(took.Seconds())
}

// Delivered implements relay.Metrics.
func (m *metrics) Delivered(ch handlers.Channel, outcome string, took time.Duration) {
	m.delivered.WithLabelValues(string(ch), outcome).Observe(took.Seconds())
}

func (m *metrics) handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{})
}
