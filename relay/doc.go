// Package relay carries messages between the channels and the conversations so
// that nothing accepted is lost and nothing is done twice.
//
// In: a channel calls Receive, which makes the message durable; only then does
// the channel acknowledge it. Messages of one chat are handled in order, those
// of different chats side by side. What cannot be in a transaction (fetching
// files, asking the policy library or a model) comes first; then the change,
// the replies and the mark that the message was handled are one transaction.
//
// Out: replies wait in the same database. For each chat they are delivered in
// order, tried again after failures, and kept with the channel's message id so
// that they can be replaced or answered later.
//
// Drafts: once a reply is delivered that a model may write anew, the model is
// asked in a lane of its own, so that nobody waits for it. What it writes takes the
// place of the reply, through the same database.
package relay
