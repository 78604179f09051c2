// Package web is the browser's side: the chat page for visitors, which is a
// channel of the relay like Telegram, and the console for staff. Pages are
// plain HTML, CSS and JavaScript embedded in the binary; they load nothing from
// elsewhere.
//
// A visitor is known by a cookie only; what the bot says is a durable line of
// the chat before anybody looks at it, and an event stream tells the page of new
// lines. Staff log in with a one-time code; each request reads their rights
// again, and every step they take with a case goes through the Desk, as in the chats, and
// every one with a document through the shelf, as on the command line.
package web
