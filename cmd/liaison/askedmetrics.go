package main

import (
	"context"
	"log/slog"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"liaison/handlers"
)

// askedMetrics tells what became of the questions of the last seven days, read
// from the store at each scrape, so that it is the same after a restart.
type askedMetrics struct {
	store handlers.Store
	log   *slog.Logger
	now   func() time.Time
}

var (
	askedDesc = prometheus.NewDesc("liaison_questions_week", "Questions of the last seven days by what came of them, and what requesters said of the answers.", []string{"outcome"}, nil)
	shareDesc = prometheus.NewDesc("liaison_answered_share_week", "Share of the questions of the last seven days that the library answered at once.", nil, nil)
)

// scrapeTime is how long reading the figures may take.
const scrapeTime = 2 * time.Second

// Describe implements prometheus.Collector.
func (m *askedMetrics) Describe(out chan<- *prometheus.Desc) {
	out <- askedDesc
	out <- shareDesc
}

// Collect implements prometheus.Collector. When the store does not answer, the
// figures are left out.
func (m *askedMetrics) Collect(out chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), scrapeTime)
	defer cancel()
	var days []handlers.AskedDay
	err := m.store.View(ctx, func(tx handlers.Tx) (err error) {
		days, err = tx.AskedDays(ctx, m.now().AddDate(0, 0, -6))
		return err
	})
	if err != nil {
		m.log.Error("the figures of questions cannot be read", "error", err)
		return
	}
	week := handlers.AskedDay{Count: make(map[handlers.AskedOutcome]int)}
	for _, d := range days {
		for o, n := range d.Count {
			week.Count[o] += n
		}
	}
	for _, o := range []handlers.AskedOutcome{handlers.AskedAnswered, handlers.AskedClarified, handlers.AskedRefused, handlers.AskedHelped, handlers.AskedUnhelped} {
		out <- prometheus.MustNewConstMetric(askedDesc, prometheus.GaugeValue, float64(week.Count[o]), string(o))
	}
	if share := handlers.ShareOf(week); share.Asked > 0 {
		out <- prometheus.MustNewConstMetric(shareDesc, prometheus.GaugeValue, share.Share)
	}
}
