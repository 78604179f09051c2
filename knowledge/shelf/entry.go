package shelf

import (
	"context"
	"fmt"
	"time"

	"liaison/knowledge"
)

// State is how a version of a document stands by itself. That a later version
// has replaced it is not part of it.
type State string

// The states: those of a knowledge.Document, and that of one taken out.
const (
	Draft      = State(knowledge.Draft)   // waits for review, is never answered from
	Published  = State(knowledge.InForce) // counts within its dates
	Superseded = State(knowledge.Superseded)
	Repealed   = State(knowledge.Repealed)
	Removed    = State("removed") // not in the library any more
)

// Action is what was done to a version.
type Action string

// The actions.
const (
	Import   Action = "import"
	Publish  Action = "publish"
	Withdraw Action = "withdraw" // back to draft
	Repeal   Action = "repeal"
	Remove   Action = "remove"
	Set      Action = "set" // metadata was corrected
	Undo     Action = "undo"
	Bundle   Action = "bundle"  // came with the program
	Migrate  Action = "migrate" // was there before versions were kept
)

// Entry is one line about one version of a document: how it stands after an action.
type Entry struct {
	ID      string
	Version int   // of the text, from 1; 0 for the document that came with the program
	Rev     int64 // of the library; given by Tx.Put
	State   State // empty in a line that Migrate has not completed
	Title   string
	File    string         // where it was imported from: a path, or the name of an upload
	Starts  knowledge.Date // from when it replaces the version before
	Source  []byte         // Markdown, as knowledge.RenderDocument writes it

	// SHA-256 in hex: of the file's bytes, of the document as it was read from
	// them, of Source, and of nothing but the letters and digits of the units.
	// FileHash ends with a dot and the version of the reader; lines from before
	// there were versions have neither.
	FileHash, ReadHash, SourceHash, TextHash string

	Import int64 // that brought the text; 0 for none
	Action Action
	By     string
	At     time.Time
}

// Bundled reports whether the document came with the program.
func (e Entry) Bundled() bool { return e.Version == 0 }

// Record is an import that changed something.
type Record struct {
	ID       int64
	Rev      int64 // of the library that it made
	By       string
	At       time.Time
	Outcomes []Outcome // nil in lists
	Counts   map[Kind]int
	UndoneBy string // empty: it holds
	UndoneAt time.Time
}

// Refusal says, for a person, why something cannot be done. Code is stable.
type Refusal struct {
	Code string // one of the Code constants
	Msg  string
}

// The codes of refusals.
const (
	CodeNotFound = "not_found" // no such document, version or import
	CodeIllegal  = "illegal"   // not in its present state
	CodeInvalid  = "invalid"   // a value that is not possible
	CodeUndone   = "undone"    // the import was taken back already
	CodeBuiltOn  = "built_on"  // later imports built on the import
)

func (r *Refusal) Error() string { return r.Msg }

// Is compares the codes, so that errors.Is(err, ErrNotFound) holds for each.
func (r *Refusal) Is(target error) bool {
	t, ok := target.(*Refusal)
	return ok && t.Code == r.Code
}

func refuse(code, format string, args ...any) error {
	return &Refusal{Code: code, Msg: fmt.Sprintf(format, args...)}
}

// ErrNotFound is what a Tx returns when something that is named is not there.
var ErrNotFound error = &Refusal{Code: CodeNotFound, Msg: "not found"}

// Tx is the kept state within one transaction. Its errors are ErrNotFound where
// something that is named is not there, or faults of the database.
type Tx interface {
	// Entries returns the last line of every version of the documents, of all
	// documents without ids, in order of ID and version, removed ones too.
	// Source is left out unless asked for.
	Entries(ctx context.Context, sources bool, ids ...string) ([]Entry, error)
	// History returns all lines about a document without their Source, the newest first.
	History(ctx context.Context, id string) ([]Entry, error)
	// Before returns the last line about a version that is older than rev.
	Before(ctx context.Context, id string, version int, rev int64) (Entry, error)
	// Written returns the lines of one revision, without their Source.
	Written(ctx context.Context, rev int64) ([]Entry, error)
	// Put adds the lines as one new revision, which it returns. One transaction
	// puts a version once. No lines make no revision and return the present one.
	Put(ctx context.Context, entries []Entry) (rev int64, err error)
	// Revision returns the number of the last revision, 0 before the first.
	Revision(ctx context.Context) (int64, error)
	// Since returns the IDs of the documents with lines after rev, in order.
	Since(ctx context.Context, rev int64) ([]string, error)

	// AddImport keeps a record and returns its ID, which ascends.
	AddImport(ctx context.Context, r Record) (int64, error)
	// Imports returns the last limit records, the newest first, without their Outcomes.
	Imports(ctx context.Context, limit int) ([]Record, error)
	// ImportRecord returns one record.
	ImportRecord(ctx context.Context, id int64) (Record, error)
	// MarkUndone notes that an import was taken back.
	MarkUndone(ctx context.Context, id int64, by string, at time.Time) error
}

// Store keeps the shelf. fn may be called again when another transaction was in
// the way. Implementations are safe for concurrent use.
type Store interface {
	UpdateShelf(ctx context.Context, fn func(Tx) error) error
	ViewShelf(ctx context.Context, fn func(Tx) error) error
}

// versionID is what a version that is not the current one is called in the library.
func versionID(id string, version int) string { return fmt.Sprintf("%s-v%d", id, version) }
