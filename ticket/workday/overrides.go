package workday

import (
	"bufio"
	"fmt"
	"io"
	"strings"
)

// ReadOverrides reads the override file of Options: one "YYYY-MM-DD work" or
// "YYYY-MM-DD off" a line; empty lines and what follows a # are ignored. An
// error names the line and what is expected there. A date given twice is an
// error: one of the two would be silently lost.
func ReadOverrides(name string, r io.Reader) (map[string]bool, error) {
	overrides := make(map[string]bool)
	lines := bufio.NewScanner(r)
	for number := 1; lines.Scan(); number++ {
		text, _, _ := strings.Cut(strings.TrimPrefix(lines.Text(), "\ufeff"), "#")
		fields := strings.Fields(text)
		if len(fields) == 0 {
			continue
		}
		if len(fields) != 2 || fields[1] != "work" && fields[1] != "off" {
			return nil, fmt.Errorf("%s:%d: %q: write a date and work or off, such as 2026-02-14 work", name, number, strings.TrimSpace(text))
		}
		if _, err := parseDate(fields[0]); err != nil {
			return nil, fmt.Errorf("%s:%d: %q is no date: write it as 2026-02-14", name, number, fields[0])
		}
		if _, twice := overrides[fields[0]]; twice {
			return nil, fmt.Errorf("%s:%d: %s is given a second time: keep one of the lines", name, number, fields[0])
		}
		overrides[fields[0]] = fields[1] == "work"
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("%s: read overrides: %w", name, err)
	}
	return overrides, nil
}
