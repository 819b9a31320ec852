// A sandbox has no network but its own loopback. A program inside reaches us through a listening socket that is made
// there, before the program runs, and handed out: nothing stays inside that the program could end, replace or imitate.
import type { ChildProcess } from "node:child_process";
import { Server } from "node:net";
import { unavailable } from "#lib/errors.ts";
import { FD, NODE_INSIDE } from "./box.ts";

/** Closed by its own end: send() lets go of the socket once it is acknowledged. */
const HAND_OUT = `
const server = require("node:net").createServer();
server.listen({ host: "127.0.0.1", port: Number(process.argv[1]), backlog: 511 }, () => {
  process.send("listening", server, (error) => process.exit(error ? 1 : 0));
});
server.on("error", (error) => { console.error(error.message); process.exit(1); });`;

/** In the same shell afterwards, so that the channel is closed in the process that becomes the command. */
const SHELL = `NODE_CHANNEL_FD=${FD.channel} "$1" -e "$2" "$3" </dev/null >&2 && shift 3 && exec ${FD.channel}>&- && exec "$@"`;

/** The command, after it has handed out a listener at this port of its loopback. */
export const handingOut = (port: number, command: readonly string[]): readonly string[] => [
  ...["/bin/sh", "-c", SHELL, "hand-out", NODE_INSIDE, HAND_OUT, String(port)],
  ...command,
];

/** Exactly one message is taken; then our end is closed, whatever the other one does. */
export function receiveListener(child: ChildProcess, exited: Promise<unknown>): Promise<Server> {
  const { promise, resolve, reject } = Promise.withResolvers<Server>();
  child.once("message", (_message, handle) => {
    if (child.connected) child.disconnect();
    if (!(handle instanceof Server)) return reject(unavailable("The sandbox handed out no listener."));
    resolve(handle);
  });
  const over = () => {
    reject(unavailable("The sandbox ended before it handed out a listener."));
    promise.then(
      (server) => server.close(),
      () => undefined, // there is none to close
    );
  };
  exited.then(over, over);
  promise.catch(() => undefined); // whoever awaits it is told; nobody has to
  return promise;
}
