package shelf

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
)

// Kind is what became of a file.
type Kind string

// The kinds.
const (
	Added       Kind = "added"       // a document that was not there
	NewVersion  Kind = "new_version" // of a document that was; the old one is superseded
	Updated     Kind = "updated"     // same text, other metadata
	Drafted     Kind = "draft"       // is there, and waits for review
	Unchanged   Kind = "unchanged"   // was there already
	Duplicate   Kind = "duplicate"   // another document has the same text
	Unsupported Kind = "unsupported" // not a kind of file that is read
	TooLarge    Kind = "too_large"
	Unreadable  Kind = "unreadable"
	Refused     Kind = "refused" // contradicts what is there or another file
)

// Kinds are all kinds in the order in which they are summed up.
var Kinds = []Kind{Added, NewVersion, Updated, Drafted, Unchanged, Duplicate, Unsupported, TooLarge, Unreadable, Refused}

// Outcome is what became of one file of an import.
type Outcome struct {
	File    string   `json:"file"`
	Kind    Kind     `json:"outcome"`
	ID      string   `json:"id,omitempty"` // of the document, also the one it is a duplicate of
	Version int      `json:"version,omitempty"`
	Title   string   `json:"title,omitempty"`
	Units   int      `json:"units,omitempty"`
	Reason  string   `json:"reason,omitempty"` // in English
	Code    string   `json:"code,omitempty"`   // of the reason, see extract.Unreadable; stable
	Guessed []string `json:"guessed,omitempty"`
	Unread  []int    `json:"unread_pages,omitempty"` // of the file, from 1: they hold pictures without text and are not in the document
	Failed  bool     `json:"failed,omitempty"`       // the document in the file is not in the library, and should be
}

// String is the outcome in one line, for people.
func (o Outcome) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s", printable(o.File), strings.ReplaceAll(string(o.Kind), "_", " "))
	if o.ID != "" {
		fmt.Fprintf(&b, " %s", o.ID)
		if o.Version > 1 {
			fmt.Fprintf(&b, " (version %d)", o.Version)
		}
	}
	if o.Title != "" {
		fmt.Fprintf(&b, " %s", o.Title)
	}
	if o.Units > 0 {
		fmt.Fprintf(&b, ", %d units", o.Units)
	}
	if o.Reason != "" {
		fmt.Fprintf(&b, ": %s", o.Reason)
	}
	if len(o.Unread) > 0 {
		fmt.Fprintf(&b, "; without text, so not in it: page %s", strings.Join(strings.Fields(strings.Trim(fmt.Sprint(o.Unread), "[]")), ", "))
	}
	if len(o.Guessed) > 0 {
		fmt.Fprintf(&b, " [guessed: %s]", strings.Join(o.Guessed, ", "))
	}
	return b.String()
}

// printable quotes a file name that would break the line or steer a terminal.
func printable(name string) string {
	if strings.ContainsFunc(name, func(r rune) bool { return !unicode.IsPrint(r) }) {
		return strconv.Quote(name)
	}
	return name
}

// Count counts the outcomes by kind.
func Count(outcomes []Outcome) map[Kind]int {
	counts := make(map[Kind]int)
	for _, o := range outcomes {
		counts[o.Kind]++
	}
	return counts
}

// InWords writes counts in one line.
func InWords(counts map[Kind]int) string {
	var parts []string
	for _, k := range Kinds {
		if n := counts[k]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, strings.ReplaceAll(string(k), "_", " ")))
		}
	}
	if len(parts) == 0 {
		return "nothing"
	}
	return strings.Join(parts, ", ")
}
