// Command liaison is a chatbot between businesses and government offices: it
// answers questions from a policy library, takes cases in, and carries them to
// the right liaison station and back. Start it without arguments and open the
// address that it prints.
package main

import (
	"context"
	"net/http"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	// Much goes to few hosts at once, such as the replies to Telegram's. By default two
	// connections to each are kept, and most requests would have one made for them.
	http.DefaultTransport.(*http.Transport).MaxIdleConnsPerHost = 64

	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	// The first signal ends the work in order; a second one, no longer caught, at once.
	context.AfterFunc(ctx, stop)
	os.Exit(Run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}
