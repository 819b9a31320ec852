// One row per run of an agent for the KPIs, moved in the transaction that moves the run. A run that undoes a merge has
// none: it is no work of an agent, and what it says about one is counted where merges are watched.
import type { Tx } from "../db.ts";
import type { RejectedAs, RunStatus } from "../runs/schema.ts";

export interface RunMove {
  readonly runId: string;
  readonly from: RunStatus;
  readonly to: RunStatus;
  readonly attempt: number;
  readonly at: Date;
  readonly outcome?: "no_change" | undefined;
}

const ENDED: Partial<Record<RunStatus, string>> = {
  merged: "merged",
  rejected: "rejected",
  failed: "failed",
  cancelled: "cancelled",
};

export async function startFact(
  tx: Tx,
  run: { id: string; pilotId: string; agentId: string; launchedAt: Date },
): Promise<void> {
  const { id: runId, pilotId, agentId, launchedAt } = run;
  await tx.db.runFact.create({ data: { runId, pilotId, agentId, launchedAt, attempts: 0 } });
}

/** A new verdict opens a review. A refused merge goes on with the one that led to it. */
export const opensReview = (from: RunStatus, to: RunStatus): boolean =>
  to === "in_review" && from !== "merging";

/** Another lease was taken without the run moving. */
export async function countAttempt(tx: Tx, runId: string, attempt: number): Promise<void> {
  await tx.db.runFact.updateMany({ where: { runId }, data: { attempts: attempt } });
}

/** What was the matter with a patch that was rejected, where somebody said so in a closed word. */
export async function noteRejection(tx: Tx, runId: string, as: RejectedAs | undefined): Promise<void> {
  if (as !== undefined) await tx.db.runFact.updateMany({ where: { runId }, data: { rejectedAs: as } });
}

export async function moveFact(
  tx: Tx,
  { runId, from, to, attempt, at, outcome: told }: RunMove,
): Promise<void> {
  const outcome = told ?? ENDED[to];
  await tx.db.runFact.updateMany({
    where: { runId },
    data: {
      attempts: attempt,
      ...(opensReview(from, to) ? { reviewOpenedAt: at } : {}),
      ...(to === "merged" ? { mergedAt: at } : {}),
      ...(outcome ? { outcome, endedAt: at } : {}),
    },
  });
}
