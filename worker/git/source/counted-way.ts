// The way of one git to one host: a proxy or a port on loopback that leads to nothing but the addresses that were checked, and
// counts what passes. TLS and ssh go through it from end to end.
import { createServer as createHttpServer } from "node:http";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
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

interface Way {
  /** Why the last connection could not be made; null when it could. */
  problem(): string | null;
  /** Cuts what is open, and says what went where. */
  close(): Promise<Moved>;
}

export interface CountedWay extends Way {
  /** For `http.proxy`. */
  readonly proxy: string;
}

export interface CountedPort extends Way {
  /** On loopback; whatever connects to it is connected to the host. */
  readonly port: number;
}

export interface Destination {
  readonly host: string;
  readonly port: number;
  readonly addresses: readonly string[];
}

const CONNECT_SECONDS = 30;
/** git opens a few; whoever else finds the port gets no further than git. */
const MOST_CONNECTIONS = 64;

const listening = (server: Server): Promise<void> => {
  server.listen(0, "127.0.0.1");
  return new Promise((resolve, reject) => server.once("listening", resolve).once("error", reject));
};
const portOf = (server: Server): number => (server.address() as AddressInfo).port;

function passing({ host, port, addresses }: Destination) {
  const sum = { up: 0, down: 0, connections: 0 };
  const sockets = new Set<Duplex>();
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

  async function join(client: Duplex, greet: (server: Socket) => void): Promise<void> {
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
    greet(server);
    client.pipe(server).pipe(client);
  }

  return {
    keep,
    /** `refuse`: what a client is told that gets nowhere. */
    pass(client: Duplex, greet: (server: Socket) => void, refuse: () => void): void {
      join(client, greet).catch((error: unknown) => {
        problem = `${host} port ${port} could not be connected to: ${messageOf(error)}`;
        refuse();
      });
    },
    isFull: () => sum.connections >= MOST_CONNECTIONS,
    problem: () => problem,
    async close(server: Server): Promise<Moved> {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      const gone = [...sockets].map((socket) => new Promise((resolve) => socket.once("close", resolve)));
      for (const socket of sockets) socket.destroy();
      await Promise.all([closed, ...gone]);
      return { host, port, ...sum };
    },
  };
}

export async function openCountedWay(destination: Destination): Promise<CountedWay> {
  const { host, port } = destination;
  const { keep, pass, isFull, problem, close } = passing(destination);
  const wanted = `${host.includes(":") ? `[${host}]` : host}:${port}`;
  const proxy = createHttpServer((_request, response) => void response.writeHead(405).end());
  proxy.on("connection", keep);
  proxy.on("connect", ({ url }, client: Duplex, head: Buffer) => {
    if (url !== wanted || isFull()) return void client.end("HTTP/1.1 403 Forbidden\r\n\r\n");
    const greet = (server: Socket) => {
      client.write("HTTP/1.1 200 Connection established\r\n\r\n");
      if (head.length > 0) server.write(head);
    };
    pass(client, greet, () => client.end("HTTP/1.1 502 Bad Gateway\r\n\r\n"));
  });
  await listening(proxy);
  return { proxy: `http://127.0.0.1:${portOf(proxy)}`, problem, close: () => close(proxy) };
}

/** For what knows no proxy. */
export async function openCountedPort(destination: Destination): Promise<CountedPort> {
  const { keep, pass, isFull, problem, close } = passing(destination);
  const server = createServer((client) => {
    keep(client);
    if (isFull()) return void client.destroy();
    pass(
      client,
      () => undefined,
      () => client.destroy(),
    );
  });
  await listening(server);
  return { port: portOf(server), problem, close: () => close(server) };
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
