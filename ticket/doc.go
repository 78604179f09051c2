// Package ticket is the case: what a requester brought, which station owns it,
// what was done about it, by when it must be answered, and how it ended. It is
// pure domain: it knows no SQL, no chat and no HTTP, and imports the standard
// library only.
package ticket
