package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"

	"liaison/bot"
)

// ready answers whether work can be done: the store, and Redis where it is used, take
// what is written, and we are not stopping. It answers within seconds, whatever is silent. That Telegram is out of reach is told but no reason to be restarted.
func (a *app) ready(ctx context.Context, peers *peers, telegram *bot.Bot) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if ctx.Err() != nil {
			http.Error(w, "stopping", http.StatusServiceUnavailable)
			return
		}
		var redis error
		var wg sync.WaitGroup
		wg.Go(func() { redis = peers.ready(r.Context()) })
		database := a.store.Ready(r.Context())
		wg.Wait()
		if err := errors.Join(database, redis); err != nil {
			a.log.ErrorContext(r.Context(), "not ready", "database", database, "redis", redis)
			what := "the database takes nothing"
			if database == nil {
				what = "redis takes nothing"
			}
			http.Error(w, what, http.StatusServiceUnavailable)
			return
		}
		fmt.Fprintln(w, "ready")
		if telegram != nil {
			if err := telegram.Ready(); err != nil {
				fmt.Fprintln(w, "telegram:", err)
			}
		}
	}
}
