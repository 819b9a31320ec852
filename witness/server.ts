// The witness's two addresses: POST /add-checkpoint, and GET /<origin hash>/checkpoint for monitors.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { SECOND } from "#lib/clock.ts";
import { messageOf } from "#lib/errors.ts";
import { MAX_BODY_BYTES } from "./request.ts";
import { type Answer, sentence } from "./rules.ts";
import type { Witness } from "./witness.ts";

/** How long a request that has begun is waited for at the end. */
const PATIENCE = 5 * SECOND;

/** Logs and monitors are few; strangers who open connections must not take the descriptors of the records. */
const MAX_CONNECTIONS = 256;
const LIMITS = { headersTimeout: 10 * SECOND, requestTimeout: 30 * SECOND, keepAliveTimeout: 60 * SECOND };

/** Null where it is longer than a request may be; the rest is let go by. */
function readBody(request: IncomingMessage): Promise<Buffer | null> {
  const parts: Buffer[] = [];
  let bytes = 0;
  return new Promise((resolve, reject) => {
    request.on("data", (part: Buffer) => {
      bytes += part.length;
      if (bytes <= MAX_BODY_BYTES) parts.push(part);
      else resolve(null);
    });
    request.once("end", () => resolve(Buffer.concat(parts)));
    request.once("error", reject);
  });
}

async function route(witness: Witness, request: IncomingMessage): Promise<Answer> {
  const [pathname = ""] = (request.url ?? "").split("?");
  if (pathname === "/add-checkpoint") {
    if (request.method !== "POST") return sentence(405, "Checkpoints are sent by POST.");
    const body = await readBody(request);
    return body ? witness.add(body) : sentence(413, `A request has ${MAX_BODY_BYTES} bytes at most.`);
  }
  const [, hash] = /^\/([0-9a-f]{64})\/checkpoint$/.exec(pathname) ?? [];
  if (hash === undefined) return sentence(404, "There is nothing at this address.");
  return request.method === "GET" ? witness.latest(hash) : sentence(405, "Checkpoints are read by GET.");
}

function send(response: ServerResponse, { status, type, body }: Answer, isLast: boolean): void {
  response.writeHead(status, {
    "content-type": type,
    "content-length": Buffer.byteLength(body),
    "cache-control": "no-store",
    ...(status === 405 ? { allow: "POST, GET" } : {}),
    ...(isLast || status === 413 ? { connection: "close" } : {}),
  });
  response.end(body);
}

export interface Listening {
  readonly port: number;
  /** Lets requests that have begun be answered, and takes no more. */
  close(): Promise<void>;
}

const closeServer = (server: Server): Promise<void> =>
  new Promise((resolve, reject) => {
    server.close((error) => (error ? reject(error) : resolve()));
    server.closeIdleConnections();
    setTimeout(() => server.closeAllConnections(), PATIENCE).unref();
  });

/** Listens; `report` is told of what went wrong inside, which callers learn no more of than that it did. */
export function listen(
  witness: Witness,
  address: { host: string; port: number },
  report: (line: string) => void,
): Promise<Listening> {
  const server = createServer(LIMITS, (request, response) => {
    route(witness, request).then(
      (answer) => send(response, answer, !server.listening),
      (error: unknown) => {
        report(`A request was not answered: ${messageOf(error)}`);
        send(response, sentence(500, "Something went wrong here; nothing was cosigned."), true);
      },
    );
  });
  server.maxConnections = MAX_CONNECTIONS;
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(address.port, address.host, () => {
      const { port } = server.address() as AddressInfo;
      resolve({ port, close: () => closeServer(server) });
    });
  });
}
