// Package testapi lets tests talk to the bot through a Telegram Bot API emulator
// that this project did not write: the npm package telegram-test-api. A mistake
// in our understanding of the protocol would be made twice, in the bot and in our
// own fake; here it meets somebody else's reading.
//
// The emulator understands less than Telegram does. A proxy in front of it, which
// is what the bot is given as its server, closes the gaps:
//
//   - the multipart forms of Telegram clients become the JSON it reads;
//   - getUpdates honours offset, limit and timeout: an update stays until it is
//     confirmed, and a long poll waits (allowed_updates and negative offsets are
//     ignored);
//   - setWebhook delivers in order, with the secret token, until it is accepted;
//   - results are what the Bot API documents (the emulator answers null to edits and
//     deletions, and dates messages in milliseconds), and an edit without
//     buttons removes them;
//   - setMyCommands, deleteMyCommands, setChatMenuButton, setMyName,
//     setMyDescription, setMyShortDescription and sendChatAction, which it does not
//     know, are answered with true and have no effect.
//
// The emulator's own are getMe, sendMessage, editMessageText,
// editMessageReplyMarkup, answerCallbackQuery and deleteMessage. Every other method
// is refused with 404, and an upload with 400. It checks no limits, no formatting
// and no rates: those are tested against package bot's own fake.
package testapi
