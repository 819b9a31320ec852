// Both ends of a tunnel joined, once what begins in it is TLS to the host it was asked for.
import { type Duplex, Transform } from "node:stream";
import { HelloRefused, watchHello } from "./hello-watch.ts";

/** Fatal `unrecognized_name` (RFC 8446 6.2): whoever asked is told in words of TLS. */
const UNRECOGNIZED_NAME = Buffer.from([21, 3, 3, 0, 2, 2, 112]);

export interface Tunnel {
  readonly host: string;
  readonly client: Duplex;
  /** What the client sent already. */
  readonly head: Buffer;
  readonly server: Duplex;
  /** Told before both are cut. */
  refused(why: HelloRefused): void;
}

export function joinTunnel({ host, client, head, server, refused }: Tunnel): void {
  const watch = watchHello(host);
  const gate = new Transform({
    transform(piece: Buffer, _encoding, done) {
      try {
        const passed = watch.fromClient(piece);
        done(null, passed.length === 0 ? undefined : passed);
      } catch (error) {
        done(error as Error);
      }
    },
  });
  gate.on("error", (error) => {
    server.destroy();
    if (error instanceof HelloRefused) refused(error);
    client.unpipe();
    client.end(UNRECOGNIZED_NAME, () => client.destroy());
  });
  server.on("data", (piece: Buffer) => watch.fromServer(piece));
  if (head.length > 0) gate.write(head);
  client.pipe(gate).pipe(server).pipe(client);
  client.once("close", () => {
    gate.destroy();
    server.destroy();
  });
  server.once("close", () => {
    if (gate.errored === null) client.destroy();
  });
}
