// Who is asked, and how: the same request to the provider itself, a bare proxy, the peer, and ours. Each request says
// something new at its end, as an agent's next turn does; the history before it is the same.
import { createHash } from "node:crypto";
import { Agent, request as httpRequest } from "node:http";
import { MODEL, PROVIDER_KEY, type Signer } from "./arrange.ts";

export const CONTESTANTS = ["direct", "thin", "portkey", "ours"] as const;
export type Contestant = (typeof CONTESTANTS)[number];

export interface Answered {
  /** Milliseconds to the first byte of the body, and to the end. */
  readonly firstByte: number;
  readonly total: number;
  readonly sha256: string;
}

export interface Asker {
  /** Throws for an answer that is not 200. */
  ask(plan?: StreamPlan): Promise<Answered>;
}

export interface StreamPlan {
  readonly pieces: number;
  /** Milliseconds. */
  readonly pause: number;
}

const PATH = "/v1/chat/completions";
const HISTORY = [
  { role: "system", content: "You repair failing tests. ".repeat(60) },
  { role: "user", content: "function add(a, b) { return a - b; } // should add\n".repeat(60) },
  { role: "assistant", content: "I look at the test first, then at the function. ".repeat(40) },
];

let turn = 0;

function bodyFor(plan: StreamPlan | undefined): Buffer {
  turn++;
  const said = `Turn ${turn}: ${"the test still fails at line ".repeat(4)}${turn}`;
  const messages = [...HISTORY, { role: "user", content: said }];
  const more = plan ? { stream: true, user: `pieces=${plan.pieces},pause=${plan.pause}` } : {};
  return Buffer.from(JSON.stringify({ model: MODEL, messages, ...more }));
}

/** What each wants to know besides; nothing of it is on the clock. */
type HeadersFor = (body: Buffer) => Record<string, string>;

export function headersFor(name: Contestant, providerPort: number, signer: Signer): HeadersFor {
  const key = { authorization: `Bearer ${PROVIDER_KEY}` };
  switch (name) {
    case "direct":
    case "thin":
      return () => key;
    case "portkey":
      return () => ({
        ...key,
        "x-portkey-provider": "openai",
        "x-portkey-custom-host": `http://127.0.0.1:${providerPort}/v1`,
      });
    case "ours":
      return (body) => signer.headers(PATH, body);
  }
}

export function askerOf(port: number, headersOf: HeadersFor): Asker {
  const agent = new Agent({ keepAlive: true, maxSockets: 1024 });
  return {
    ask(plan) {
      const body = bodyFor(plan);
      const own = headersOf(body);
      const headers = { ...own, "content-type": "application/json", "content-length": String(body.length) };
      return new Promise((resolve, reject) => {
        const began = performance.now();
        let firstByte = 0;
        const hash = createHash("sha256");
        const request = httpRequest(
          { host: "127.0.0.1", port, path: PATH, method: "POST", headers, agent },
          (response) => {
            response.on("data", (chunk: Buffer) => {
              if (firstByte === 0) firstByte = performance.now() - began;
              hash.update(chunk);
            });
            response.on("error", reject);
            response.on("end", () => {
              if (response.statusCode !== 200)
                return reject(new Error(`HTTP ${response.statusCode} on port ${port}`));
              resolve({ firstByte, total: performance.now() - began, sha256: hash.digest("hex") });
            });
          },
        );
        request.on("error", reject);
        request.end(body);
      });
    },
  };
}
