// One request to a provider and its head, over connections that are kept. Chosen over fetch by measuring: see
// docs/adr. Nothing is followed, nothing is unpacked, nothing is kept of a cookie.
import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";
import { SECOND } from "#lib/clock.ts";
import type { Target } from "./target.ts";

export interface Timeouts {
  /** Milliseconds, each. */
  readonly connect: number;
  /** From the request's last byte to the answer's head. */
  readonly firstByte: number;
  /** Between two pieces of an answer. */
  readonly idle: number;
  readonly total: number;
}

export type FaultKind = "upstream_unreachable" | "upstream_timeout" | "upstream_reset";

export class UpstreamFault extends Error {
  readonly kind: FaultKind;
  /** Whether a byte of the request may have arrived. */
  readonly wasSent: boolean;

  constructor(kind: FaultKind, wasSent: boolean, message: string, cause?: unknown) {
    super(message, { cause });
    this.name = "UpstreamFault";
    this.kind = kind;
    this.wasSent = wasSent;
  }
}

export interface Upstream {
  /** Resolves with the head of the answer. Throws UpstreamFault, or the signal's reason. */
  send(what: Sending, signal: AbortSignal): Promise<IncomingMessage>;
  close(): void;
}

export interface Sending {
  readonly target: Target;
  readonly method: "GET" | "POST";
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer | null;
}

/** Below what servers keep open themselves, or one closes while we write. */
const IDLE_SOCKET = 15 * SECOND;
const MOST_SOCKETS = 512;

export function createUpstream(timeouts: Timeouts): Upstream {
  const options = {
    keepAlive: true,
    maxSockets: MOST_SOCKETS,
    maxFreeSockets: 64,
    timeout: IDLE_SOCKET,
    scheduling: "lifo" as const,
  };
  const agents = { "http:": new HttpAgent(options), "https:": new HttpsAgent(options) };

  function send({ target, method, headers, body }: Sending, signal: AbortSignal): Promise<IncomingMessage> {
    const { url } = target;
    const isTls = url.protocol === "https:";
    const length: Record<string, string> = body === null ? {} : { "content-length": String(body.length) };
    const open = isTls ? httpsRequest : httpRequest;
    const agent = isTls ? agents["https:"] : agents["http:"];
    return new Promise((resolve, reject) => {
      signal.throwIfAborted();
      const request = open(url, { method, agent, headers: { ...headers, ...target.headers, ...length } });
      let wasSent = false;
      let timer = setTimeout(
        () => fail("upstream_timeout", "The provider took no connection in time."),
        timeouts.connect,
      );
      const fail = (kind: FaultKind, message: string, cause?: unknown) => {
        finish();
        reject(new UpstreamFault(kind, wasSent, message, cause));
        request.destroy();
      };
      const onAbort = () => {
        finish();
        reject(signal.reason);
        request.destroy();
      };
      const finish = () => {
        clearTimeout(timer);
        signal.removeEventListener("abort", onAbort);
      };
      signal.addEventListener("abort", onAbort, { once: true });
      request.on("socket", (socket) => {
        const onOpen = () => {
          wasSent = true;
          clearTimeout(timer);
          timer = setTimeout(
            () => fail("upstream_timeout", "The provider began no answer in time."),
            timeouts.firstByte,
          );
        };
        if (socket.connecting) socket.once(isTls ? "secureConnect" : "connect", onOpen);
        else onOpen();
      });
      request.on("error", (error) => {
        const kind = wasSent ? "upstream_reset" : "upstream_unreachable";
        fail(kind, wasSent ? "The provider ended the connection." : "The provider cannot be reached.", error);
      });
      request.on("response", (response) => {
        finish();
        resolve(response);
      });
      request.end(body ?? undefined);
    });
  }

  return {
    send,
    close() {
      for (const agent of Object.values(agents)) agent.destroy();
    },
  };
}
