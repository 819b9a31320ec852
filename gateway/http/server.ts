// Node's own server, on this host alone unless it speaks TLS: a token over plain HTTP would be anybody's who listens in.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { MINUTE, SECOND } from "#lib/clock.ts";
import { answerOf, Problem } from "./problem.ts";

export interface Listening {
  readonly host: string;
  readonly port: number;
  readonly tls: { readonly cert: Buffer; readonly key: Buffer } | null;
}

export interface OpenServer {
  readonly port: number;
  /** Takes no new connection; resolves when the last one is closed. */
  close(): Promise<void>;
  /** Ends connections that are still there. */
  cut(): void;
}

const OPTIONS = {
  headersTimeout: 10 * SECOND,
  requestTimeout: 2 * MINUTE,
  keepAliveTimeout: 65 * SECOND,
  maxHeaderSize: 32 * 1024,
  insecureHTTPParser: false,
  noDelay: true,
} as const;

function rawAnswer(problem: Problem): string {
  const { status, headers, body } = answerOf(problem, null);
  const lines = Object.entries({ ...headers, connection: "close" }).map(
    ([name, value]) => `${name}: ${value}`,
  );
  return `HTTP/1.1 ${status} ${status === 426 ? "Upgrade Required" : "Bad Request"}\r\n${lines.join("\r\n")}\r\n\r\n${body}`;
}

const NO_UPGRADE = new Problem("upgrade_refused", "WebSockets are not spoken here: use POST.");
const NOT_HTTP = new Problem("bad_request", "This is no HTTP request that can be read in one way only.");

function refuseSocket(socket: Duplex, problem: Problem): void {
  socket.on("error", () => socket.destroy());
  if (socket.writable) socket.end(rawAnswer(problem));
  else socket.destroy();
}

/** Port 0: a free one. */
export async function openServer(
  { host, port, tls }: Listening,
  take: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<OpenServer> {
  const server: Server = tls
    ? createTlsServer({ ...OPTIONS, ...tls, minVersion: "TLSv1.2" }, take)
    : createServer(OPTIONS, take);
  server.on("upgrade", (_, socket) => refuseSocket(socket, NO_UPGRADE));
  server.on("connect", (_, socket) => refuseSocket(socket, NOT_HTTP));
  server.on("clientError", (_, socket) => refuseSocket(socket, NOT_HTTP));
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen({ host, port }, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeIdleConnections();
      return closed;
    },
    cut: () => server.closeAllConnections(),
  };
}
