import { expireAsks, forgetDecisions } from "../asks/expire-asks.ts";
import type { Tx } from "../db.ts";
import { dropMessages } from "../messages/settle-messages.ts";
import type { Scope } from "../scope.ts";
import { isEnded } from "./rules.ts";
import type { RunRow } from "./run-in-tx.ts";
import type { RunStatus } from "./schema.ts";

/**
 * What a run's move means for what people and its agent have to say to each other: nobody waits for an answer any more
 * when no runner has the run, and no message reaches an agent whose work is over.
 */
export async function endTalk(tx: Tx, scope: Scope, run: RunRow, to: RunStatus): Promise<void> {
  const isOver = to === "verifying" || isEnded(to);
  if (!isOver && to !== "queued") return;
  const moved = { ...run, status: to };
  const word = to.replaceAll("_", " ");
  await expireAsks(tx, scope, moved, isOver ? `The run is ${word}.` : "The attempt that asked is over.");
  if (!isOver) return;
  await forgetDecisions(tx, scope, run);
  await dropMessages(tx, scope, moved, `The agent's work was over: the run is ${word}.`);
}
