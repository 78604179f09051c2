package bot_test

import (
	"fmt"

	"liaison/bot"
)

// A configuration that cannot work is refused before anything starts, in words
// that say what to do.
func ExampleNew() {
	_, err := bot.New(bot.Config{Token: "123456"})
	fmt.Println(err)
	_, err = bot.New(bot.Config{Token: "123456:EXAMPLE", WebhookURL: "https://example.com/telegram"})
	fmt.Println(err)
	// Output:
	// TELEGRAM_BOT_TOKEN is "***", which is not a token: copy the one like 123456:ABC… that @BotFather shows
	// TELEGRAM_WEBHOOK_SECRET is empty: give 1 to 256 characters out of A-Z a-z 0-9 _ -, for example from `openssl rand -hex 32`
}
