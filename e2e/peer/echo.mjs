// A bot that repeats what it is told, and does nothing else: no store, no library, no
// rules. It takes up any number of updates at once. The benchmarks measure it beside
// this program, for what Telegram's interface and the test server alone cost.
//
// TELEGRAM_BOT_TOKEN and TELEGRAM_API_URL are those of the program.

import { run } from '@grammyjs/runner';
import { Bot } from 'grammy';

const bot = new Bot(process.env.TELEGRAM_BOT_TOKEN, {
	client: { apiRoot: process.env.TELEGRAM_API_URL },
});
bot.on('message:text', (ctx) => ctx.reply(ctx.msg.text));
bot.catch((err) => {
	console.error(err.error);
	process.exit(1);
});
await bot.init();
run(bot);
console.log('ready');
