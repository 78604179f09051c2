package main

import (
	"context"
	"errors"
	"fmt"
	"text/tabwriter"
	"time"

	"liaison/handlers"
	"liaison/ticket"
)

// parkedCmd shows the messages that could not be handled, and decides on one.
type parkedCmd struct {
	Retry int64 `help:"Try the message with this number again." placeholder:"N" xor:"what"`
	Aside int64 `help:"Set the message with this number aside for good." placeholder:"N" xor:"what"`
}

// Help is shown by liaison parked --help.
func (parkedCmd) Help() string {
	return "A message that failed six times, or that could not be read at all, is given up and waits here for 90 days; its sender, if known, is told. The log tells the error under the same number (inbound). A running bot takes up what is tried again within seconds.\n\nExample:\n  liaison parked\n  liaison parked --retry 12"
}

// Run lists or decides.
func (cmd parkedCmd) Run(ctx context.Context, s *Settings, c *console) error {
	st, err := s.existingStore(ctx, s.logger(c.err))
	if err != nil {
		return err
	}
	defer st.Close()
	if n := cmd.Retry + cmd.Aside; n != 0 {
		err := st.Update(ctx, func(tx handlers.Tx) error {
			if cmd.Retry != 0 {
				return tx.RetryParked(ctx, n)
			}
			return tx.SetAside(ctx, n)
		})
		if ticket.CodeOf(err) == ticket.NotFound {
			return fail(fmt.Errorf("no message with the number %d is parked", n), "liaison parked lists them")
		}
		return err
	}
	var list []handlers.ParkedMessage
	err = st.View(ctx, func(tx handlers.Tx) (err error) {
		list, err = tx.ParkedMessages(ctx, handlers.MaxParked)
		return err
	})
	if err != nil {
		return err
	}
	if len(list) == 0 {
		fmt.Fprintln(c.out, "no message is parked")
		return nil
	}
	w := tabwriter.NewWriter(c.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "NUMBER\tTAKEN IN\tCHANNEL\tCAUSE\tTRIED")
	for _, p := range list {
		fmt.Fprintf(w, "%d\t%s\t%s\t%s\t%d\n", p.Number, p.At.In(ticket.CST).Format(time.DateTime), p.Channel, p.Cause, p.Attempts)
	}
	return w.Flush()
}

// drainCmd takes what waits in Redis back.
type drainCmd struct {
	Lost bool `help:"Redis is gone for good: forget that messages may wait there."`
}

// Help is shown by liaison drain --help.
func (drainCmd) Help() string {
	return "For going back from several processes to one: stop all of them, run this with REDIS_URL as it was, then start without REDIS_URL. A start without it is refused before, because what was taken in and not handled yet waits in Redis.\n\nExample:\n  REDIS_URL=redis://localhost:6379/0 LIAISON_DATABASE=postgres://localhost/liaison liaison drain"
}

// Run drains.
func (cmd drainCmd) Run(ctx context.Context, s *Settings, c *console) error {
	if s.RedisURL == "" && !cmd.Lost {
		return misuse(errors.New("REDIS_URL is not set"), "set it as the processes had it; if that Redis is gone for good: liaison drain --lost")
	}
	log := s.logger(c.err)
	st, end, err := s.ownStore(ctx, log)
	if err != nil {
		return err
	}
	defer end()
	n := 0
	if !cmd.Lost {
		p, err := s.peers(ctx, st, log)
		if err != nil {
			return err
		}
		defer p.hub.Close()
		n, err = p.intake.Drain(ctx, func(m handlers.Message) error {
			_, err := st.Receive(ctx, m, wallClock())
			return err
		})
		if err != nil {
			return fail(err, "%d messages are in the database, the rest is still in Redis: run it again", n)
		}
	}
	if err := st.SetStreamed(ctx, false); err != nil {
		return err
	}
	fmt.Fprintf(c.out, "%d messages were taken from Redis into the database. Start without REDIS_URL, or with it again.\n", n)
	return nil
}
