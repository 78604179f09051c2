package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"liaison/ticket"
)

// auditCmd checks that nobody has rewritten what was done.
type auditCmd struct {
	Noted string `help:"Line and seal of an earlier audit, as it printed them: proves that nothing up to there was rewritten since." placeholder:"LINE:SEAL"`
}

// Help is shown by liaison audit --help.
func (auditCmd) Help() string {
	return "Every step of every case is a line of a ledger, sealed upon the line before. The first line that was changed, removed or slipped in is named, and the exit code is 1. Note the last line somewhere else and give it to the next audit: somebody who may write to the database could otherwise seal a rewritten history anew.\n\nExample:\n  liaison audit\n  liaison audit --noted 4711:5f2c…"
}

// Run checks.
func (cmd auditCmd) Run(ctx context.Context, s *Settings, c *console) error {
	if err := s.mustExist(); err != nil {
		return err
	}
	line, seal, err := cmd.noted()
	if err != nil {
		return err
	}
	st, err := s.open(ctx, s.logger(c.err))
	if err != nil {
		return err
	}
	defer st.Close()
	const restore = "keep the database as it is for whoever looks into it, and compare it with a backup"
	a, err := st.Audit(ctx)
	switch {
	case err != nil:
		return err
	case a.Broken != nil:
		where := fmt.Sprintf("line %d of the ledger", a.Broken.N)
		if a.Broken.Ticket != "" {
			where = fmt.Sprintf("%s, step %d", a.Broken.Ticket, a.Broken.Seq)
			if a.Broken.N > 0 {
				where = fmt.Sprintf("line %d, %s", a.Broken.N, where)
			}
		}
		return fail(fmt.Errorf("%s: %s", where, a.Broken.What), restore)
	}
	if line > 0 {
		have, err := st.SealOf(ctx, line)
		if err != nil && ticket.CodeOf(err) != ticket.NotFound {
			return err
		}
		if have != seal {
			return fail(fmt.Errorf("line %d is sealed otherwise than was noted: the history up to it was rewritten", line), restore)
		}
	}
	fmt.Fprintf(c.out, "%d lines, all as they were written\n", a.Lines)
	if a.Lines > 0 {
		fmt.Fprintf(c.out, "note for the next audit: %d:%s\n", a.Lines, a.Seal)
	}
	return nil
}

// noted takes --noted apart; line is 0 when it was not given.
func (cmd auditCmd) noted() (line int64, seal string, err error) {
	if cmd.Noted == "" {
		return 0, "", nil
	}
	number, seal, ok := strings.Cut(cmd.Noted, ":")
	line, bad := strconv.ParseInt(number, 10, 64)
	if !ok || bad != nil || line < 1 || seal == "" {
		return 0, "", misuse(errors.New("--noted is not a line and a seal"), "give it as the audit printed it, such as 4711:5f2c…")
	}
	return line, seal, nil
}
