package main

import (
	"context"
	"log/slog"

	"github.com/prometheus/client_golang/prometheus"

	"liaison/handlers"
)

// staffMetrics tells how many stations have nobody to take a case.
type staffMetrics struct {
	desk *handlers.Desk
	log  *slog.Logger
}

var unstaffedDesc = prometheus.NewDesc("liaison_stations_unstaffed",
	"Stations that have nobody to take a case now; it goes elsewhere.", nil, nil)

// Describe implements prometheus.Collector.
func (m *staffMetrics) Describe(out chan<- *prometheus.Desc) { out <- unstaffedDesc }

// Collect implements prometheus.Collector.
func (m *staffMetrics) Collect(out chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), scrapeTime)
	defer cancel()
	empty, err := m.desk.CannotReach(ctx)
	if err != nil {
		m.log.ErrorContext(ctx, "counting stations without people failed", "error", err)
		return
	}
	out <- prometheus.MustNewConstMetric(unstaffedDesc, prometheus.GaugeValue, float64(len(empty)))
}
