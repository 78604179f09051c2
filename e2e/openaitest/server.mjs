// Runs the OpenAI-compatible server of the npm package @copilotkit/aimock on a free
// port of this machine. It prints its address as one line of JSON, {"url":"http://…"},
// when it is ready. Then each line on standard input is a command, answered by one
// line:
//
//   {"say": RESPONSE, "how": OPTIONS}
//       answers every request from now on like this
//   {"requests": true}
//       lists the chat requests since the last such command
//
// It ends on SIGTERM, and when standard input closes: so it never outlives the test
// that started it.
import { createInterface } from "node:readline";
import { LLMock } from "@copilotkit/aimock";

const mock = new LLMock({ port: 0, host: "127.0.0.1", journalMaxEntries: 0 });
await mock.start();
process.on("SIGTERM", () => process.exit(0));
console.log(JSON.stringify({ url: mock.url }));

function run(command) {
  if (command.say) {
    mock.clearFixtures();
    mock.on({}, command.say, command.how);
    return {};
  }
  const requests = mock.getRequests().map((entry) => entry.body);
  mock.clearRequests();
  return { requests };
}

for await (const line of createInterface({ input: process.stdin })) {
  let answer;
  try {
    answer = run(JSON.parse(line));
  } catch (error) {
    answer = { error: String(error) };
  }
  console.log(JSON.stringify(answer));
}
process.exit(0);
