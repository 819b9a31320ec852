// A drill's run: a sandbox with nothing of any repository in it, which sends a byte every few milliseconds through the same
// kind of way out that an agent's model calls take, until the lease is ended. What is learnt is how soon that stops.
import type { Server } from "node:net";
import { MINUTE } from "#lib/clock.ts";
import { refused } from "#lib/errors.ts";
import type { AgentAssignment, Finish } from "#lib/protocol/schema.ts";
import { createSteps } from "../drivers/steps.ts";
import { untilAnswered } from "../plane/retry.ts";
import { RELAY_PORT } from "../relay/relay.ts";
import type { Lease } from "./lease.ts";

/** Nobody stopped it: it ends by itself. */
const LONGEST = 3 * MINUTE;

const INSIDE = `
  const socket = require("node:net").connect(${RELAY_PORT}, "127.0.0.1", () => setInterval(() => socket.write("."), 10));
  socket.on("error", () => process.exit(1)).on("close", () => process.exit(0));`;

const UNSTOPPED = "Nobody stopped the drill; its run ended by itself.";

export async function drill(lease: Lease, { attempt, limits }: AgentAssignment): Promise<Finish> {
  const { sandbox, life, stream, plane, assignment, steady, logger } = lease;
  const step = createSteps((event) => stream.emit(event));
  const begin = async () => {
    const child = await sandbox.start(
      { command: ["node", "-e", INSIDE], listen: RELAY_PORT, limits },
      { signal: life.over },
    );
    if (child.listener === null) throw refused("This sandbox hands no listener out.");
    await firstByte(await child.listener, lease);
    return child;
  };
  const child = await step("Send bytes until the drill's stop", begin, () => ({
    detail: "The first byte came out",
  }));
  const patience = { clock: steady, signal: life.over, logger, what: "saying that the drill's run works" };
  await untilAnswered(() => plane.prepared(assignment, life.over), patience);
  const enough = new AbortController();
  try {
    await Promise.race([child.exited, steady.sleep(LONGEST, AbortSignal.any([life.over, enough.signal]))]);
  } finally {
    enough.abort();
    await child.kill();
  }
  return { outcome: "failed", attempt, reason: UNSTOPPED };
}

/** Takes what is sent, and tells how long ago it was; every connection is cut when the lease is over. */
function firstByte(listener: Server, { life, traffic }: Lease): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const over = () => reject(life.over.reason);
  life.over.addEventListener("abort", over, { once: true });
  listener.on("connection", (socket) => {
    const cut = () => void socket.destroy();
    if (life.over.aborted) return cut();
    life.over.addEventListener("abort", cut, { once: true });
    socket.on("error", () => undefined); // it ends with its sandbox
    socket.on("data", () => {
      traffic.passed();
      resolve();
    });
  });
  return promise.finally(() => life.over.removeEventListener("abort", over));
}
