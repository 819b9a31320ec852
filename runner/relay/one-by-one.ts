// Bounds what one connection asks for before it was answered. Connections are counted; requests that are sent behind each
// other on one of them would not be.
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";

/** A client asks for the next thing when it has the last one; some may not have been ended here yet. */
const MOST = 4;

/** False where the connection was cut because of too many. */
export function createOneByOne(): (request: IncomingMessage, response: ServerResponse) => boolean {
  const asked = new WeakMap<Socket, number>();
  const add = (socket: Socket, by: number) => asked.set(socket, (asked.get(socket) ?? 0) + by);
  return ({ socket }, response) => {
    if ((asked.get(socket) ?? 0) >= MOST) {
      socket.destroy();
      return false;
    }
    add(socket, 1);
    response.once("close", () => add(socket, -1));
    return true;
  };
}
