// The way of one git to one host: a proxy on loopback that connects to nothing but the addresses that were checked, and counts
// what passes. TLS goes through it from end to end.
import { createServer } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import { SECOND } from "#lib/clock.ts";
import { messageOf } from "#lib/errors.ts";

/** Bytes on the wire, of connections that were made. */
export interface Moved {
  readonly host: string;
  readonly port: number;
  readonly up: number;
  readonly down: number;
  readonly connections: number;
}

export interface CountedWay {
  /** For `http.proxy`. */
  readonly proxy: string;
  /** Why the last connection could not be made; null when it could. */
  problem(): string | null;
  /** Cuts what is open, and says what went where. */
  close(): Promise<Moved>;
}

export interface Destination {
  readonly host: string;
  readonly port: number;
  readonly addresses: readonly string[];
}

const CONNECT_SECONDS = 30;
/** git opens a few; whoever else finds the port gets no further than git. */
const MOST_CONNECTIONS = 64;

export async function openCountedWay({ host, port, addresses }: Destination): Promise<CountedWay> {
  const sum = { up: 0, down: 0, connections: 0 };
  const sockets = new Set<Duplex>();
  const wanted = `${host.includes(":") ? `[${host}]` : host}:${port}`;
  let problem: string | null = null;

  function keep<T extends Duplex>(socket: T): T {
    sockets.add(socket);
    socket.on("error", () => undefined); // told as a close
    socket.once("close", () => sockets.delete(socket));
    return socket;
  }

  async function reach(): Promise<Socket> {
    let last = "it has no address";
    for (const address of addresses) {
      try {
        return await dial(keep(connect({ host: address, port, noDelay: true })));
      } catch (error) {
        last = messageOf(error);
      }
    }
    throw new Error(last);
  }

  async function pass(client: Duplex, head: Buffer): Promise<void> {
    const server = await reach();
    problem = null;
    sum.connections += 1;
    server.once("close", () => {
      sum.up += server.bytesWritten;
      sum.down += server.bytesRead;
      client.destroy();
    });
    client.once("close", () => server.destroy());
    if (client.destroyed) return void server.destroy();
    client.write("HTTP/1.1 200 Connection established\r\n\r\n");
    if (head.length > 0) server.write(head);
    client.pipe(server).pipe(client);
  }

  const proxy = createServer((_request, response) => void response.writeHead(405).end());
  proxy.on("connection", keep);
  proxy.on("connect", ({ url }, client: Duplex, head: Buffer) => {
    if (url !== wanted || sum.connections >= MOST_CONNECTIONS)
      return void client.end("HTTP/1.1 403 Forbidden\r\n\r\n");
    pass(client, head).catch((error: unknown) => {
      problem = `${host} port ${port} could not be connected to: ${messageOf(error)}`;
      client.end("HTTP/1.1 502 Bad Gateway\r\n\r\n");
    });
  });
  proxy.listen(0, "127.0.0.1");
  await new Promise<void>((resolve, reject) => proxy.once("listening", resolve).once("error", reject));

  return {
    proxy: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    problem: () => problem,
    async close() {
      const closed = new Promise<void>((resolve) => proxy.close(() => resolve()));
      const gone = [...sockets].map((socket) => new Promise((resolve) => socket.once("close", resolve)));
      for (const socket of sockets) socket.destroy();
      await Promise.all([closed, ...gone]);
      return { host, port, ...sum };
    },
  };
}

function dial(socket: Socket): Promise<Socket> {
  const { promise, resolve, reject } = Promise.withResolvers<Socket>();
  const late = setTimeout(
    () => socket.destroy(new Error("it did not answer in time")),
    CONNECT_SECONDS * SECOND,
  );
  socket.once("connect", () => resolve(socket));
  socket.once("error", reject);
  socket.once("close", () => reject(new Error("the connection was closed")));
  return promise.finally(() => clearTimeout(late));
}
