// Command botapisim runs the fake Bot API server of package botapitest on a
// fixed address, so that a bot can be driven by hand:
//
//	botapisim -addr 127.0.0.1:8081
//	curl -d '{"name":"张三","language":"zh-hans"}' http://127.0.0.1:8081/sim/user
//	curl -d '{"user":6100000001,"text":"/start"}' http://127.0.0.1:8081/sim/send
//	curl 'http://127.0.0.1:8081/sim/messages?chat=6100000001'
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"liaison/bot/botapitest"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Stdout)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "Error:", err)
		os.Exit(1)
	}
}

// run serves until ctx ends.
func run(ctx context.Context, args []string, out io.Writer) error {
	flags := flag.NewFlagSet("botapisim", flag.ContinueOnError)
	addr := flags.String("addr", "127.0.0.1:8081", "address to listen on")
	token := flags.String("token", "", "bot token, <id>:<secret>; empty for a fixed example token")
	if err := flags.Parse(args); err != nil {
		return err
	}
	var opts []botapitest.Option
	if *token != "" {
		opts = append(opts, botapitest.WithToken(*token))
	}
	srv, err := botapitest.Start(*addr, opts...)
	if err != nil {
		return err
	}
	defer srv.Close()
	fmt.Fprintf(out, "url   %s\ntoken %s\n", srv.URL(), srv.Token())
	<-ctx.Done()
	return nil
}
