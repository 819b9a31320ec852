// The provider of the bench, a process of its own: answers at once, a whole answer or a stream, always the same bytes.
// A header says how many pieces a stream has, and how many milliseconds lie between them.
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

const usage = { prompt_tokens: 2000, completion_tokens: 40, total_tokens: 2040 };
const base = { id: "chatcmpl-1", created: 1, model: "bench-1" };
const message = { role: "assistant", content: "It works. ".repeat(60) };
const WHOLE = Buffer.from(
  JSON.stringify({
    ...base,
    object: "chat.completion",
    choices: [{ index: 0, message, finish_reason: "stop" }],
    usage,
  }),
);
const event = (value: unknown) =>
  Buffer.from(`data: ${typeof value === "string" ? value : JSON.stringify(value)}\n\n`);
const chunk = (delta: object, more: object = {}) =>
  event({
    ...base,
    object: "chat.completion.chunk",
    choices: [{ index: 0, delta, finish_reason: null }],
    ...more,
  });
const PIECE = chunk({ content: "It works. " });
const LAST = Buffer.concat([
  event({ ...base, object: "chat.completion.chunk", choices: [], usage }),
  event("[DONE]"),
]);

async function stream(response: ServerResponse, pieces: number, pause: number): Promise<void> {
  response.writeHead(200, { "content-type": "text/event-stream" });
  for (let n = 0; n < pieces && !response.destroyed; n++) {
    response.write(PIECE);
    if (pause > 0) await new Promise((resolve) => setTimeout(resolve, pause));
  }
  response.end(LAST);
}

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on("data", (data: Buffer) => chunks.push(data));
  request.on("end", () => {
    const body = Buffer.concat(chunks);
    const plan = /"pieces=(\d+),pause=(\d+)"/.exec(body.toString("latin1"));
    if (plan) return void stream(response, Number(plan[1]), Number(plan[2]));
    response
      .writeHead(200, { "content-type": "application/json", "content-length": String(WHOLE.length) })
      .end(WHOLE);
  });
});
server.keepAliveTimeout = 60_000;
server.listen(0, "127.0.0.1", () => process.stdout.write(`port ${(server.address() as AddressInfo).port}\n`));
