package ticket

import (
	"errors"
	"fmt"
)

// Code classifies an error for the edges: chat, web and command line each turn
// a code into words or a status. An error without a code is Internal.
type Code string

// The codes. Anything that a person can act on has one of its own.
const (
	Internal  Code = "internal"  // our fault; the person can only try again
	NotFound  Code = "not_found" // no such case, person or code, or not visible to the asker
	Forbidden Code = "forbidden" // known, but not for this role or station
	Conflict  Code = "conflict"  // somebody else moved the case first
	Illegal   Code = "illegal"   // the step is not possible in the present state
	Invalid   Code = "invalid"   // what was given is missing or malformed
)

// Error carries a code and, for Illegal and Conflict, the state the case is in,
// so that the edge can say what is possible now.
type Error struct {
	Code  Code
	Field string // what was wrong, for Invalid: "text", "station", "score" …
	State State  // the present state, for Illegal and Conflict
	// Possible is what the same person can do in that state, for Illegal.
	Possible []Action
	Err      error // the cause, never shown to a person
}

// Error implements error.
func (e *Error) Error() string {
	s := string(e.Code)
	if e.Field != "" {
		s += " " + e.Field
	}
	if e.State != "" {
		s += " (state " + string(e.State) + ")"
	}
	if e.Err != nil {
		s += ": " + e.Err.Error()
	}
	return s
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// Errorf makes an error with a code and a cause for the log.
func Errorf(code Code, format string, args ...any) error {
	return &Error{Code: code, Err: fmt.Errorf(format, args...)}
}

// CodeOf returns the code of err: Internal when it carries none, "" for nil.
func CodeOf(err error) Code {
	if err == nil {
		return ""
	}
	var e *Error
	if errors.As(err, &e) {
		return e.Code
	}
	return Internal
}
