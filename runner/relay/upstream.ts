// The relay's way to the gateway: the agent's request under the runner's signature and the lease's token.
import http from "node:http";
import https from "node:https";
import { refused } from "#lib/errors.ts";
import type { ModelGrant } from "#lib/protocol/schema.ts";
import { sha256Hex } from "#lib/protocol/signing.ts";
import { isUsableOrigin } from "../origin.ts";

/** The headers with which the runner signs a request. */
export type SignRequest = (request: {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  /** Hex SHA-256 of the body. */
  readonly sha256: string;
}) => Readonly<Record<string, string>>;

export interface UpstreamCall {
  readonly method: "GET" | "POST";
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** When it aborts, the connection is cut. */
  readonly signal: AbortSignal;
}

export interface Upstream {
  /** Resolves with the gateway's answer, whose body has not been read; rejects when there is none. */
  call(call: UpstreamCall): Promise<http.IncomingMessage>;
  close(): void;
}

/** The gateway limits how long a model may think; this only ends what nobody will answer any more. */
const SILENCE_MS = 30 * 60 * 1000;
const CONNECT_MS = 10 * 1000;

/** Throws `refused` where the token would travel in the clear. */
export function createUpstream(grant: Pick<ModelGrant, "token" | "gatewayUrl">, sign: SignRequest): Upstream {
  if (!isUsableOrigin(grant.gatewayUrl))
    throw refused(`The model gateway's address ${grant.gatewayUrl} is neither https nor on this host.`);
  const url = new URL(grant.gatewayUrl);
  const isSecure = url.protocol === "https:";
  const options = { keepAlive: true, maxSockets: 64, noDelay: true };
  const agent = isSecure ? new https.Agent(options) : new http.Agent(options);

  function call({ method, path, headers, body, signal }: UpstreamCall): Promise<http.IncomingMessage> {
    const length = method === "GET" ? {} : { "content-length": String(body.length) };
    return new Promise((resolve, reject) => {
      const request = (isSecure ? https : http).request({
        protocol: url.protocol,
        hostname: url.hostname.replace(/^\[|\]$/g, ""),
        port: url.port,
        method,
        path,
        agent,
        signal,
        headers: {
          ...headers,
          ...length,
          "accept-encoding": "identity",
          authorization: `Bearer ${grant.token}`,
          ...sign({ method, path, sha256: sha256Hex(body) }),
        },
      });
      const late = setTimeout(() => request.destroy(new Error("it could not be connected to")), CONNECT_MS);
      request.once("socket", (socket) => {
        const connected = () => clearTimeout(late);
        if (socket.connecting) socket.once(isSecure ? "secureConnect" : "connect", connected);
        else connected();
      });
      request.once("close", () => clearTimeout(late));
      request.setTimeout(SILENCE_MS, () => request.destroy(new Error("it said nothing for too long")));
      request.once("response", (answer) => {
        answer.on("error", () => undefined); // whoever reads it is told
        resolve(answer);
      });
      request.on("error", reject);
      request.end(body);
    });
  }

  return { call, close: () => agent.destroy() };
}
