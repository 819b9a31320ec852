// Setup's only way out of its sandbox: an HTTP proxy on a listener that was handed out of it. It connects to the hosts and
// ports of a list, by names it looks up itself; what begins in a tunnel is TLS to that very name. It counts and tells what
// went where. A redirect is an answer like any other: whoever follows it asks again, and is judged again.
import http, { type IncomingMessage, type ServerResponse } from "node:http";
import type { Server, Socket } from "node:net";
import type { Duplex } from "node:stream";
import { AppError, messageOf } from "#lib/errors.ts";
import type { Logger } from "#lib/logger.ts";
import type { NewEvent } from "#lib/protocol/events.ts";
import { ruleFor } from "#lib/setup/rules.ts";
import { pour } from "#runner/relay/body.ts";
import { createDoorway } from "#runner/relay/doorway.ts";
import { createOneByOne } from "#runner/relay/one-by-one.ts";
import { answeredHeaders, forwardedHeaders } from "#runner/relay/rules.ts";
import { type Registry, registryOf } from "../registries.ts";
import { dial, type Network } from "./dial.ts";
import { createEgress } from "./egress.ts";
import { secured, targetOf } from "./registry.ts";
import { connectTarget, isNumeric, type PlainTarget, plainTarget, type Target } from "./target.ts";
import type { HelloRefused } from "./tls/hello-watch.ts";
import { joinTunnel } from "./tls/join-tunnel.ts";

const MiB = 1024 * 1024;

export interface ProxyCaps {
  /** At once, and in all. */
  readonly connections: number;
  readonly total: number;
  /** Bytes, to all hosts and from all hosts. */
  readonly up: number;
  readonly down: number;
  /** A connection on which nothing moves for so long is cut, milliseconds. */
  readonly idleMs: number;
}

/** Installers ask for much and say little: what goes up is kept small on purpose. */
export const PROXY_CAPS: ProxyCaps = {
  connections: 64,
  total: 20_000,
  up: 64 * MiB,
  down: 4096 * MiB,
  idleMs: 120_000,
};

export interface ProxyOptions {
  readonly hosts: readonly string[];
  /** Answered in the clear, at their own paths, with the credential put on here. */
  readonly registries?: readonly Registry[];
  readonly network?: Network;
  readonly caps?: ProxyCaps;
  readonly logger: Logger;
  /** Called whenever bytes go through, either way. */
  readonly passed?: () => void;
  /** When it aborts, every connection is cut. */
  readonly signal: AbortSignal;
  emit(event: NewEvent): Promise<void>;
}

export interface SetupProxy {
  /** Serves the connections of a listener that was handed out. */
  take(listener: Server): void;
  /** Cuts every connection and tells what is left to tell. */
  close(): Promise<void>;
}

const UNREADABLE = "This is not a request to a host by its name.";

export function createProxy(options: ProxyOptions): SetupProxy {
  const { hosts, registries = [], network = {}, caps = PROXY_CAPS, logger, signal } = options;
  const egress = createEgress(options.emit);
  const cut = new AbortController();
  const over = AbortSignal.any([signal, cut.signal]);
  const left = { connections: caps.total, up: caps.up, down: caps.down };

  /** Why it may not be reached, or the entry that lets it. */
  function judge({ host, port }: Target): { readonly rule: string } | { readonly refusal: string } {
    if (isNumeric(host)) return { refusal: "Hosts are reached by their names, not by addresses." };
    const rule = ruleFor(hosts, host, port);
    if (rule === null) return { refusal: "The charter does not list it." };
    if (left.connections <= 0) return { refusal: `Setup opened ${caps.total} connections already.` };
    return { rule };
  }

  /** The connection to a host that may be reached, watched and counted. Throws an AppError whose message is for setup. */
  async function reach(target: Target, until: AbortSignal, by: Network = network): Promise<Socket> {
    const found = judge(target);
    if ("refusal" in found) throw deny(target, found.refusal);
    left.connections -= 1;
    let socket: Socket;
    try {
      socket = await dial(target, by, until);
    } catch (error) {
      if (error instanceof AppError) throw deny(target, error.message);
      throw error;
    }
    egress.add({ ...target, verdict: "allowed", rule: found.rule }, socket);
    return doorway.keep(socket);
  }

  function deny(target: Target, reason: string): AppError {
    egress.add({ ...target, verdict: "denied", rule: reason });
    return new AppError("refused", `${target.host}:${target.port}: ${reason}`);
  }

  /** What goes beyond ends everything: half of an installation is none. */
  function spend(way: "up" | "down", bytes: number, target: Target): void {
    options.passed?.();
    left[way] -= bytes;
    if (left[way] >= 0 || over.aborted) return;
    const reason = `Setup ${way === "up" ? "sent" : "was sent"} more than ${caps[way]} bytes.`;
    egress.add({ ...target, verdict: "denied", rule: reason });
    left.connections = 0;
    doorway.cutAll();
  }

  async function tunnel(request: IncomingMessage, client: Duplex, head: Buffer): Promise<void> {
    const target = connectTarget(request.url ?? "");
    if (target === null) throw deny({ host: request.url?.slice(0, 200) ?? "", port: 0 }, UNREADABLE);
    const gone = new AbortController();
    client.once("close", () => gone.abort(new Error("Setup went away.")));
    const server = await reach(target, AbortSignal.any([over, gone.signal]));
    client.on("data", (chunk: Buffer) => spend("up", chunk.length, target));
    spend("up", head.length, target);
    if (client.destroyed || server.destroyed) return void server.destroy();
    server.setTimeout(caps.idleMs, () => server.destroy());
    client.write("HTTP/1.1 200 Connection established\r\n\r\n");
    server.on("data", (chunk: Buffer) => spend("down", chunk.length, target));
    const refused = ({ named, message }: HelloRefused) =>
      void deny({ host: named ?? target.host, port: target.port }, message);
    joinTunnel({ host: target.host, client, head, server, refused });
  }

  async function plain(
    target: PlainTarget,
    request: IncomingMessage,
    response: ServerResponse,
    registry: Registry | null = null,
  ): Promise<void> {
    const gone = new AbortController();
    response.once("close", () => gone.abort(new Error("Setup went away.")));
    const until = AbortSignal.any([over, gone.signal]);
    const by = registry?.isPrivate ? { ...network, problemOf: () => null } : network;
    const socket = await reach(target, until, by);
    until.addEventListener("abort", () => socket.destroy(), { once: true });
    const isUsual = target.port === (registry?.url.protocol === "https:" ? 443 : 80);
    const host = isUsual ? target.host : `${target.host}:${target.port}`;
    const credential = registry === null ? {} : { authorization: registry.authorization };
    const headers = {
      ...forwardedHeaders(request.headersDistinct),
      ...credential,
      host,
      connection: "close",
    };
    const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
    const asked = http.request({
      ...{ method: request.method, path: target.path, headers, setHost: false },
      createConnection: () => (registry?.url.protocol === "https:" ? secured(socket, registry) : socket),
    });
    asked.once("response", resolve).once("error", reject).end();
    asked.setTimeout(caps.idleMs, () => asked.destroy(new Error("it said nothing for too long")));
    const got = await promise;
    got.on("error", () => undefined); // whoever reads it is told
    spend("up", socket.bytesWritten, target);
    socket.on("data", (chunk: Buffer) => spend("down", chunk.length, target));
    response.writeHead(got.statusCode ?? 502, answeredHeaders(got.headersDistinct));
    await pour(got, response, caps.idleMs);
  }

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const registry = registryOf(registries, request.url ?? "");
    const target = registry === null ? plainTarget(request.url ?? "") : targetOf(registry, request.url ?? "");
    if (target === null) throw deny({ host: request.url?.slice(0, 200) ?? "", port: 0 }, UNREADABLE);
    if (request.method !== "GET" && request.method !== "HEAD")
      throw deny(target, "In the clear there is only reading: GET and HEAD.");
    await plain(target, request, response, registry);
  }

  const statusOf = (error: unknown): number => (error instanceof AppError ? 403 : 502);

  const isOneByOne = createOneByOne();
  const server = http.createServer({ maxHeaderSize: 32 * 1024 }, (request, response) => {
    response.on("error", () => undefined); // its reader went away
    if (!isOneByOne(request, response)) return;
    serve(request, response).catch((error: unknown) => {
      if (response.headersSent || over.aborted) return void response.destroy();
      const said = `${messageOf(error)}\n`;
      response.writeHead(statusOf(error), {
        "content-type": "text/plain; charset=utf-8",
        connection: "close",
      });
      response.end(said);
    });
  });
  server.on("connect", (request, client: Duplex, head: Buffer) => {
    client.on("error", () => undefined);
    tunnel(request, client, head).catch((error: unknown) => {
      if (client.destroyed || over.aborted) return void client.destroy();
      const said = `${messageOf(error)}\n`;
      const line = statusOf(error) === 403 ? "403 Forbidden" : "502 Bad Gateway";
      const length = Buffer.byteLength(said);
      client.end(
        `HTTP/1.1 ${line}\r\ncontent-type: text/plain; charset=utf-8\r\ncontent-length: ${length}\r\nconnection: close\r\n\r\n${said}`,
      );
    });
  });
  server.on("upgrade", (_request, socket) => socket.destroy());
  server.on("clientError", (_error, socket) => socket.destroy());

  const doorway = createDoorway({ server, over, most: 2 * caps.connections });

  return {
    take: doorway.take,
    async close() {
      cut.abort(new Error("Setup is over."));
      await egress
        .close()
        .catch((error: unknown) => logger.debug({ err: error }, "the proxy had more to tell"));
    },
  };
}
