// Runs the Bot API emulator of the npm package telegram-test-api on a free port of
// this machine and prints its address as one line of JSON, {"url":"http://…"},
// when it is ready. It ends on SIGTERM, and when standard input closes: so it
// never outlives the test that started it.
//
// Usage: node server.mjs
import { createServer } from "node:net";
import { once } from "node:events";
import TelegramServer from "telegram-test-api";

const host = "127.0.0.1";

// The emulator forgets messages after this many seconds. Longer than any test.
const storeTimeout = 24 * 60 * 60;

// The emulator cannot be asked to choose a port by itself. One that is free now
// may be taken a moment later, so a few are tried.
async function start(attempts) {
  const probe = createServer().listen(0, host);
  await once(probe, "listening");
  const { port } = probe.address();
  probe.close();
  await once(probe, "close");

  const emulator = new TelegramServer({ host, port, storeTimeout });
  try {
    await emulator.start();
  } catch (error) {
    if (error.code !== "EADDRINUSE" || attempts === 1) {
      throw error;
    }
    return start(attempts - 1);
  }
  return emulator.config.apiURL;
}

process.on("SIGTERM", () => process.exit(0));
process.stdin.resume().on("end", () => process.exit(0));
console.log(JSON.stringify({ url: await start(5) }));
