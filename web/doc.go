// Package web is the browser's side: the chat page for visitors, which is a
// channel of the relay like Telegram, and the console for staff. Pages are
// plain HTML, CSS and JavaScript embedded in the binary; they load nothing from
// elsewhere.
package web
