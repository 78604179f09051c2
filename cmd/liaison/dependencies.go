package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"sync"

	"github.com/prometheus/client_golang/prometheus"

	"liaison/bot"
)

// dependency is something without which nothing can be taken in.
type dependency struct {
	name  string                      // in liaison_dependency_up
	says  string                      // what /readyz says when it fails
	check func(context.Context) error // answers within seconds, whatever is silent
}

// dependencies are all of them. /readyz and liaison_dependency_up ask the same.
type dependencies struct {
	all      []dependency
	warnings func(context.Context) []string // what is wrong with one although it answers
	log      *slog.Logger
}

func (a *app) dependencies(p *peers) *dependencies {
	d := &dependencies{log: a.log, warnings: p.warnings, all: []dependency{{"database", "the database takes nothing", a.store.Ready}}}
	if p != nil {
		d.all = append(d.all, dependency{"redis", "redis takes nothing", p.hub.Ready})
	}
	return d
}

// ask asks all at once and returns what each has said, in their order.
func (d *dependencies) ask(ctx context.Context) []error {
	errs := make([]error, len(d.all))
	var wg sync.WaitGroup
	for i, one := range d.all {
		wg.Go(func() {
			if errs[i] = one.check(ctx); errs[i] != nil && !errors.Is(ctx.Err(), context.Canceled) { // else the asker has left
				d.log.ErrorContext(ctx, one.says, "error", errs[i])
			}
		})
	}
	wg.Wait()
	return errs
}

// ready answers whether work can be done: all dependencies take what is written, and we are not
// stopping, which ctx tells. That Telegram is out of reach, or Redis set so that it may
// lose something, is told but no reason to be restarted.
func (d *dependencies) ready(ctx context.Context, telegram *bot.Bot) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if ctx.Err() != nil {
			http.Error(w, "stopping", http.StatusServiceUnavailable)
			return
		}
		for i, err := range d.ask(r.Context()) {
			if err != nil {
				http.Error(w, d.all[i].says, http.StatusServiceUnavailable)
				return
			}
		}
		fmt.Fprintln(w, "ready")
		for _, warning := range d.warnings(r.Context()) {
			fmt.Fprintln(w, "redis:", warning)
		}
		if telegram != nil {
			if err := telegram.Ready(); err != nil {
				fmt.Fprintln(w, "telegram:", err)
			}
		}
	}
}

var dependencyDesc = desc("dependency_up", "1 when what nothing can be taken in without takes what is written: database, redis.", "name")

// Describe implements prometheus.Collector.
func (d *dependencies) Describe(out chan<- *prometheus.Desc) { out <- dependencyDesc }

// Collect implements prometheus.Collector.
func (d *dependencies) Collect(out chan<- prometheus.Metric) {
	for i, err := range d.ask(context.Background()) {
		up := 1.0
		if err != nil {
			up = 0
		}
		out <- prometheus.MustNewConstMetric(dependencyDesc, prometheus.GaugeValue, up, d.all[i].name)
	}
}
