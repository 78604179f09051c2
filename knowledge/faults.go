package knowledge

import (
	"fmt"
	"strings"
)

// Fault is one thing wrong with a document, said so that its author can put it
// right.
type Fault struct {
	File string
	Line int // 1-based
	Msg  string
}

func (f Fault) String() string { return fmt.Sprintf("%s:%d: %s", f.File, f.Line, f.Msg) }

// Faults is the error of ParseDocument and LoadFS: everything that is wrong, in
// order of lines.
type Faults []Fault

func (f Faults) Error() string {
	lines := make([]string, len(f))
	for i, fault := range f {
		lines[i] = fault.String()
	}
	return strings.Join(lines, "\n")
}

// faultList collects faults of one file.
type faultList struct {
	file string
	list Faults
}

func (l *faultList) addf(line int, format string, args ...any) {
	l.list = append(l.list, Fault{l.file, line, fmt.Sprintf(format, args...)})
}

// err returns nil, not an empty Faults, when there is nothing to report.
func (l *faultList) err() error {
	if len(l.list) == 0 {
		return nil
	}
	return l.list
}
