// What the relay talks to in tests of the runner: an HTTP server that lets in what the gateway lets in, and answers as the
// test says.
import { once } from "node:events";
import http, { type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import {
  HEADERS,
  MAX_SKEW,
  newRunnerKeys,
  readPrivateKey,
  sha256Hex,
  sign,
  verify,
} from "#lib/protocol/signing.ts";
import type { SignRequest } from "#runner/relay/upstream.ts";

export interface ModelRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: Buffer;
}

export type ModelAnswer = (request: ModelRequest, response: ServerResponse) => void | Promise<void>;

export interface GatewayStandIn {
  readonly url: string;
  /** The only token it takes. */
  readonly token: string;
  /** Signs as the only runner it knows. */
  readonly sign: SignRequest;
  /** What was let in. */
  readonly requests: ModelRequest[];
  /** Answers whose connection the other side has cut. */
  cut: number;
  answer: ModelAnswer;
  close(): Promise<void>;
}

const RUNNER = "rnr_of_the_test";
let serial = 0;

/** `publicKey`: of the runner it knows, where that is another than the one `sign` signs as. */
export async function startGatewayStandIn(
  answer: ModelAnswer,
  publicKey?: () => string | undefined,
): Promise<GatewayStandIn> {
  const keys = newRunnerKeys();
  const privateKey = readPrivateKey(keys.privateKey);
  const token = `phr_${String(++serial).padStart(4, "0")}${"t0ken-of-the-lease".repeat(3)}`.slice(0, 47);

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await buffer(request);
    const { method = "", url = "", headers } = request;
    const header = (name: string) => String(headers[name] ?? "");
    const parts = {
      ...{ method, path: url, runnerId: header(HEADERS.runner), time: header(HEADERS.time) },
      sha256: sha256Hex(body),
    };
    const signature = header(HEADERS.signature);
    const known = publicKey ? (publicKey() ?? "") : keys.publicKey;
    const fault = verify({ parts, signature, publicKey: known, now: Date.now(), skew: MAX_SKEW });
    if (
      fault !== null ||
      header(HEADERS.sha256) !== parts.sha256 ||
      headers.authorization !== `Bearer ${token}`
    ) {
      response.writeHead(401, { "content-type": "application/json" });
      response.end(JSON.stringify({ error: { message: `not let in: ${fault ?? "token"}` } }));
      return;
    }
    response.on("close", () => {
      if (!response.writableFinished) standIn.cut += 1;
    });
    standIn.requests.push({ method, path: url, headers, body });
    await standIn.answer({ method, path: url, headers, body }, response);
  }

  const server = http.createServer((request, response) => {
    serve(request, response).catch((error: unknown) => response.destroy(error as Error));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const standIn: GatewayStandIn = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    token,
    sign: ({ method, path, sha256 }) => {
      const time = String(Date.now());
      const signature = sign({ method, path, sha256, runnerId: RUNNER, time }, privateKey);
      return {
        [HEADERS.runner]: RUNNER,
        [HEADERS.time]: time,
        [HEADERS.sha256]: sha256,
        [HEADERS.signature]: signature,
      };
    },
    requests: [],
    cut: 0,
    answer,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return standIn;
}
