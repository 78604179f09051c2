// Package store keeps the durable state: cases, people, conversations, unanswered
// questions, the inbox and the outbox of the relay, the lines of the web chat,
// the documents of the policy library with their versions, vectors, and the jobs.
// It implements the interfaces that ticket, handlers, relay, web, shelf and vector
// declare.
//
// The state lives in one SQLite file, or in PostgreSQL. Both run the same
// statements and the same migrations; what differs between them is in dialect.go.
// Jobs are kept by River in the same database, so that a job is written by the
// transaction that causes it; River is known to jobs.go only.
//
// Times are stored as unix milliseconds, 0 for the zero time, and come back in
// UTC. Text loses NUL bytes and invalid UTF-8, which PostgreSQL does not take.
package store
