// Package handlers holds the conversations: what the bot says to whom, and what
// a message, a button or a staff member's answer does. It knows no Telegram, no
// HTTP and no SQL: it is given a channel-neutral Message and a transaction, and
// sends channel-neutral replies through that transaction, so that a change and
// the words about it become durable together.
package handlers
