// Package botapitest is a strict fake of the Telegram Bot API server, for tests.
//
// It speaks the published HTTP protocol (multipart, JSON, urlencoded and query
// string requests, the {"ok":…} envelope, real status codes and descriptions),
// so the real client library is tested together with the code that uses it.
// It refuses what Telegram refuses: too long texts counted in UTF-16 units,
// broken HTML or MarkdownV2, bad keyboards, unknown chats, users who blocked
// the bot, second pollers, callback queries answered twice.
//
// What Telegram lets pass but a careful bot should not do (an unknown
// parameter, a call before retry_after ended, two actions on one button) is
// carried out as Telegram would and noted in [Server.Violations]; tests assert
// that the list is empty.
//
// The other side of the conversation is played through [User] and [Group]:
//
//	srv := botapitest.New(t)
//	u := srv.User("张三", botapitest.WithLanguage("zh-hans"))
//	u.Send("/start")
//	m := srv.WaitMessage(t, u, botapitest.Contains("您好"))
//	u.Press(m, "提交诉求")
//
// The same server can run on a fixed port, driven over HTTP under /sim/, so
// that a bot can be killed and restarted as a separate process: see [Start]
// and the command botapisim.
//
// # Where the fake differs from Telegram
//
//   - setWebhook accepts http URLs on a loopback address; Telegram wants https.
//   - Files given by HTTP URL are never fetched: the answer is "failed to get
//     HTTP URL content".
//   - Parse mode "Markdown" (legacy) is refused.
//   - A user created by [Server.User] who never wrote to the bot answers 403
//     "bot can't initiate conversation with a user"; Telegram says "chat not
//     found" instead while the bot has not met the user in a group.
//   - One bot only: a plain /command in a group always reaches it.
//   - Partly overlapping entities are kept as given; Telegram splits them.
//   - The refusals of placeholders and topic names of the wrong length and of
//     managing topics without the right are worded by us; all others carry
//     Telegram's own description.
//   - Methods outside [Server]'s list answer 404, as an unknown one would, and
//     are noted as violations.
//   - A basic group and a user share one message counter, a supergroup has its
//     own, as on Telegram; message ids are therefore not unique between chats.
//
// Production code must not import this package.
package botapitest
