// Package shelf keeps the documents of the policy library: how they come in, are
// reviewed, replaced and taken out, and what the answering library is made of.
//
// Every version of a document's text has a place of its own, and what happens to
// it is a line that is added, never one that is overwritten. The last line of a
// version says how it stands; the lines before it are its history; undoing an
// import adds the lines that were there before. Which version is current and
// which is superseded, and from what day, is not written down at all: it follows
// from the versions (see arrange), so it cannot get out of step with them.
package shelf
