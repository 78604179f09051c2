// Package knowledge answers questions from a library of policy documents.
//
// A Document is cut into Units, clauses that can be answered, cited and pushed
// by themselves. NewLibrary indexes them; Library.Search ranks units for a
// question; an Answerer decides whether to answer, to ask which unit is meant,
// or to refuse, and quotes the sentences that answer. With a Model it lets the
// model write the answer and checks every figure of it against the cited units
// before anybody sees it.
//
// The package words nothing for the requester except what it quotes: a refusal
// carries a Reason, and the interface words it.
package knowledge
