// What a relay sends: signed requests with the run's token, over plain sockets where a test needs to see every byte.
import { type Agent, request as httpRequest, type IncomingHttpHeaders } from "node:http";
import { connect } from "node:net";
import { newId } from "#lib/ids.ts";
import { HEADERS, newRunnerKeys, readPrivateKey, sha256Hex, sign } from "#lib/protocol/signing.ts";
import type { RunnerCredential } from "#lib/runners/schema.ts";

export interface TestRunner {
  readonly credential: RunnerCredential;
  /** Headers of a signed request. */
  signed(method: string, path: string, body: Buffer, time?: number): Record<string, string>;
  /** The same of a body that is known by its SHA-256. */
  sign(what: {
    readonly method: string;
    readonly path: string;
    readonly sha256: string;
  }): Record<string, string>;
}

/** With a key of its own, under any id. */
export function testRunner(id: string = newId("runner")): TestRunner {
  const keys = newRunnerKeys();
  const key = readPrivateKey(keys.privateKey);
  const signAt = (
    what: { readonly method: string; readonly path: string; readonly sha256: string },
    now: number,
  ) => {
    const parts = { ...what, runnerId: id, time: String(now) };
    return {
      [HEADERS.runner]: id,
      [HEADERS.time]: parts.time,
      [HEADERS.sha256]: parts.sha256,
      [HEADERS.signature]: sign(parts, key),
    };
  };
  return {
    credential: { id, name: "test", publicKey: keys.publicKey, phases: ["agent"], revoked: false },
    signed: (method, path, body, now = Date.now()) => signAt({ method, path, sha256: sha256Hex(body) }, now),
    sign: (what) => signAt(what, Date.now()),
  };
}

export const TOKEN = `phr_${"a".repeat(43)}`;

export interface Answered {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** What arrived, whether or not the end did. */
  readonly body: Buffer;
  readonly isWhole: boolean;
}

export interface Ask {
  readonly port: number;
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  readonly agent?: Agent;
  /** Called with everything that arrived so far; true: leave. */
  readonly leaveWhen?: (body: Buffer) => boolean;
}

export function ask({ port, method, path, headers, body, agent, leaveWhen }: Ask): Promise<Answered> {
  return new Promise((resolve, reject) => {
    const options = { host: "127.0.0.1", port, method, path, headers, ...(agent ? { agent } : {}) };
    const request = httpRequest(options, (response) => {
      const chunks: Buffer[] = [];
      const done = (isWhole: boolean) =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: Buffer.concat(chunks),
          isWhole,
        });
      response.on("data", (chunk: Buffer) => {
        chunks.push(chunk);
        if (!leaveWhen?.(Buffer.concat(chunks))) return;
        request.destroy();
        done(false);
      });
      response.on("error", () => done(false));
      response.on("end", () => done(response.complete));
    });
    request.on("error", reject);
    request.end(body);
  });
}

/** Sends bytes as they are and returns all that comes back until the connection closes. */
export function sendRaw(port: number, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: "127.0.0.1", port }, () => socket.write(text));
    const chunks: Buffer[] = [];
    socket.setTimeout(5000, () => socket.destroy());
    socket.on("data", (chunk) => chunks.push(chunk));
    socket.on("error", reject);
    socket.on("close", () => resolve(Buffer.concat(chunks).toString()));
  });
}
