// A provider on loopback that answers as a test says, and keeps what it was asked.
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface Asked {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly rawHeaders: readonly string[];
  readonly body: Buffer;
  /** Resolves when the connection of the request is gone. */
  readonly gone: Promise<void>;
}

export type Handler = (asked: Asked, response: ServerResponse) => void | Promise<void>;

export interface ScriptedUpstream {
  readonly url: string;
  readonly asked: Asked[];
  /** What it answers from now on. */
  answer(handler: Handler): void;
  close(): Promise<void>;
}

async function readAll(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

export async function openUpstream(first: Handler): Promise<ScriptedUpstream> {
  const asked: Asked[] = [];
  let handler = first;
  const server = createServer(async (request, response) => {
    const gone = new Promise<void>((resolve) => response.once("close", () => resolve()));
    const one: Asked = {
      ...{ method: request.method ?? "", url: request.url ?? "", headers: request.headers },
      ...{ rawHeaders: request.rawHeaders, body: await readAll(request), gone },
    };
    asked.push(one);
    response.on("error", () => undefined);
    await handler(one, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    answer(next) {
      handler = next;
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** A stream in pieces, ended properly. */
export const streaming =
  (pieces: readonly Buffer[]): Handler =>
  (_, response) => {
    response.writeHead(200, { "content-type": "text/event-stream; charset=utf-8" });
    for (const piece of pieces) response.write(piece);
    response.end();
  };

export const whole =
  (value: unknown, status = 200, headers: Readonly<Record<string, string>> = {}): Handler =>
  (_, response) => {
    const body = Buffer.from(JSON.stringify(value));
    response.writeHead(status, {
      "content-type": "application/json",
      "content-length": String(body.length),
      ...headers,
    });
    response.end(body);
  };

/** The first bytes of a stream, and then the connection is gone. */
export const cutAfter =
  (stream: Buffer, bytes: number): Handler =>
  (_, response) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.flushHeaders();
    if (bytes === 0) return void response.socket?.destroySoon();
    response.write(stream.subarray(0, bytes), () => response.socket?.destroySoon());
  };
