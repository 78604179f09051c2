package extract

import (
	"errors"
	"fmt"
)

// Codes of Unreadable. They are stable: an interface may translate them.
const (
	CodeUnsupported = "unsupported" // a kind of file that is not read
	CodeOldOffice   = "old_office"  // .doc, .xls, .ppt, .wps of before 2007
	CodeEmpty       = "empty"       // no text and no picture of one
	CodeScanned     = "scanned"     // pictures of pages without a text layer
	CodeGarbled     = "garbled"     // text whose characters are not those meant
	CodeDamaged     = "damaged"     // truncated or broken
	CodeEncrypted   = "encrypted"   // protected by a password
	CodeTooLarge    = "too_large"   // more than is read, also after unpacking
	CodeTimeout     = "timeout"     // the context ended
)

// ErrUnsupported is what errors.Is finds in the error for a kind of file that
// is not read, old Office formats included.
var ErrUnsupported = errors.New("extract: kind of file not supported")

// Unreadable says why no text came out of a file and what to do about it.
type Unreadable struct {
	Code string // one of the Code constants
	Why  string // for a person, in English, a part of a sentence
	err  error  // the cause, may be nil
}

func (u *Unreadable) Error() string { return "cannot be read: " + u.Why }

// Unwrap returns the cause, nil when there is none beyond Why.
func (u *Unreadable) Unwrap() error { return u.err }

// Is reports that an unsupported file is ErrUnsupported.
func (u *Unreadable) Is(target error) bool {
	return target == ErrUnsupported && (u.Code == CodeUnsupported || u.Code == CodeOldOffice)
}

func unreadable(code, format string, args ...any) *Unreadable {
	return &Unreadable{Code: code, Why: fmt.Sprintf(format, args...)}
}

// damaged is the error for bytes that a parser gave up on.
func damaged(what string, err error) *Unreadable {
	return &Unreadable{Code: CodeDamaged, Why: what + " is damaged or cut short; download or save it again", err: err}
}
