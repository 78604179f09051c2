// Package knowledge answers questions from a library of policy documents.
//
// ImportDocument makes a Document of a file; its Units are clauses that can be
// answered, cited and pushed by themselves. NewLibrary indexes them, Update
// changes the index, and Library.Search ranks units for a question by its words.
// An Answerer reads the best units sentence by sentence and decides whether to
// answer, to ask which unit is meant, or to refuse; what it answers it quotes. A
// Hybrid finds units by meaning too. With a Model, Write makes a text of the
// quotation and checks each statement against the units that it cites before
// anybody sees it.
//
// How documents come in, are reviewed and replaced is the matter of package
// shelf; here, Supersede works out what they say about each other. Overrides is
// what the staff have decided about answering.
//
// The package words nothing for the requester except quotations and the notice
// that stands before one. A refusal carries a Reason, and the interface words it.
package knowledge
