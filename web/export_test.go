package web

import (
	"net/http"
	"time"
)

// What the tests need to reach inside.
var (
	ChatOf    = chatOf
	SafeURL   = safeURL
	NewBucket = newLimiter
)

// ClientOf is Server.client under a Config with TrustProxy.
func ClientOf(r *http.Request, trust bool) string {
	return (&Server{Config: Config{TrustProxy: trust}}).client(r)
}

// Take is limiter.take.
func Take(l *limiter, key string, now time.Time) time.Duration { return l.take(key, now) }

// Buckets returns how many buckets are in memory.
func Buckets(l *limiter) int { return len(l.young) + len(l.old) }
