import { transaction } from "../db.ts";
import { moveRun } from "../runs/move-run.ts";
import { lockRun } from "../runs/run-in-tx.ts";
import type { Scope } from "../scope.ts";

/** Ends a run as something that broke down would. One that failed already stays as it is. */
export const failRun = (scope: Scope, runId: string): Promise<void> =>
  transaction(scope, async (tx) => {
    const run = await lockRun(tx, runId);
    if (run.status === "failed") return;
    const moved = await moveRun(tx, scope, run, "failed", "It went wrong.");
    tx.record({
      ...{ kind: "run.failed", about: [`run:${runId}`], ...moved },
      detail: { attempt: 1, reason_sha256: "0".repeat(64) },
    });
  });
