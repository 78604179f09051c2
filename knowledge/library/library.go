// Package library holds the policy documents that ship with the program.
//
// Each document is one Markdown file: YAML front matter that says what was
// published, by whom and from when it holds, then one section for each unit
// policy (单元政策), a clause that can be answered by itself. The wording of the
// units is ours; every figure, document number and title is the source's, and
// the tests of this package hold each unit against the published text. A
// correction therefore starts from the source under testdata, never from
// memory.
//
// The identifier of a unit, {#slug}, is stored in tickets, feedback and
// subscriptions: a slug is never renamed or given to another subject.
package library

import (
	"embed"
	"io/fs"
)

//go:embed *.md
var documents embed.FS

// FS returns the documents, one NAME.md in the root for the document whose id
// is NAME. The file system is read-only, the same on every call, and safe for
// concurrent use.
func FS() fs.FS { return documents }
