// One row per run for the KPIs, moved in the transaction that moves the run.
import type { Tx } from "../db.ts";
import type { RunStatus } from "../runs/schema.ts";

export interface RunMove {
  readonly runId: string;
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

export async function moveFact(tx: Tx, { runId, to, attempt, at, outcome: told }: RunMove): Promise<void> {
  const outcome = told ?? ENDED[to];
  await tx.db.runFact.update({
    where: { runId },
    data: {
      attempts: attempt,
      ...(to === "in_review" ? { reviewOpenedAt: at } : {}),
      ...(to === "merged" ? { mergedAt: at } : {}),
      ...(outcome ? { outcome, endedAt: at } : {}),
    },
  });
}
