// Where connections out of a sandbox come in: listeners that were handed out of it, served by one server, until it is over.
import type { Server as HttpServer } from "node:http";
import type { Server, Socket } from "node:net";
import type { Duplex } from "node:stream";

export interface DoorwayOptions {
  readonly server: HttpServer;
  /** Once it has aborted, nothing comes in and nothing stays open. */
  readonly over: AbortSignal;
  /** Connections that are open at once, with those of `keep`. */
  readonly most: number;
  /** Sets a connection up before it is served. */
  accepted?(socket: Socket): void;
}

export interface Doorway {
  /** Serves the connections of a listener that was handed out. */
  take(listener: Server): void;
  /** A connection that ends with the others. */
  keep<T extends Duplex>(socket: T): T;
  /** Cuts everything that is open. */
  cutAll(): void;
}

export function createDoorway({ server, over, most, accepted }: DoorwayOptions): Doorway {
  const sockets = new Set<Duplex>();
  const listeners = new Set<Server>();

  function keep<T extends Duplex>(socket: T): T {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
    socket.on("error", () => undefined); // told as a close
    if (over.aborted) socket.destroy();
    return socket;
  }

  function accept(socket: Socket): void {
    if (over.aborted || sockets.size >= most) return void socket.destroy();
    keep(socket);
    accepted?.(socket);
    socket.setNoDelay(true);
    server.emit("connection", socket);
  }

  function cutAll(): void {
    for (const socket of sockets) socket.destroy();
  }

  const end = () => {
    for (const listener of listeners) listener.close();
    listeners.clear();
    cutAll();
  };
  over.addEventListener("abort", end, { once: true });

  return {
    take(listener) {
      if (over.aborted) return void listener.close();
      listeners.add(listener);
      listener.on("connection", accept);
    },
    keep,
    cutAll,
  };
}
