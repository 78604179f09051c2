package web

import "net/http"

// What the tests need to reach inside.
var (
	ChatOf  = chatOf
	SafeURL = safeURL

	EscapesZero = escapesZero
	ReadSheet   = readSheet
)

// ClientOf is Server.client under a Config with TrustProxy.
func ClientOf(r *http.Request, trust bool) string {
	return (&Server{Config: Config{TrustProxy: trust}}).client(r)
}
