// A run in review, walked there through the services: patches with real diffs, and a second attempt after the first.
import { Readable } from "node:stream";
import { storeBytes } from "../blobs/service.ts";
import { transaction } from "../db.ts";
import { listGatesOf } from "../gates/service.ts";
import { finishLease } from "../leases/service.ts";
import type { PatchFile } from "../patches/schema.ts";
import { findPatch, recordPatch } from "../patches/service.ts";
import type { Assignment } from "../protocol/schema.ts";
import { lockRun } from "../runs/run-in-tx.ts";
import type { Scope } from "../scope.ts";
import type { TestDatabase } from "./database.ts";
import { asProcess, handIn, leaseOf, PATCH, seen } from "./journey.ts";
import type { TestClock } from "./scopes.ts";

export interface ShownChange {
  readonly files: readonly PatchFile[];
  readonly diff: string;
  /** Makes digest and tree of their own. */
  readonly letter?: string;
}

export interface Reviewing {
  readonly database: TestDatabase;
  readonly worker: Scope;
  readonly runner: Scope;
  readonly clock: TestClock;
}

/** The agent hands in, the worker takes in, and somebody verifies. Returns the patch's id and its open gate. */
export async function reviewOf(
  { database, worker, runner, clock }: Reviewing,
  assignment: Assignment,
  { files, diff, letter = "2" }: ShownChange,
): Promise<{ readonly patchId: string; readonly gateId: string; readonly digest: string }> {
  clock.advance(1000); // of two patches, one is the newer
  await handIn(runner, assignment);
  const { runId } = assignment;
  const stored = (text: string) =>
    storeBytes(Readable.from([Buffer.from(text)]), 10_000_000, worker.clock.now());
  const [manifest, blob, bundle] = [
    await stored(`manifest ${letter}`),
    await stored(diff),
    await stored("b"),
  ];
  await asProcess(database, "worker", () =>
    transaction(worker, async (tx) => {
      const run = await lockRun(tx, runId);
      await recordPatch(tx, worker, run, {
        ...{ attempt: run.attempt, baseTree: "1".repeat(40), tree: letter.repeat(40), commit: PATCH },
        ...{ digest: letter.repeat(64), files, flags: [], manifest, diff: blob, bundle },
      });
    }),
  );
  const verify = await leaseOf(runner, runId, "verify");
  await finishLease(runner, verify.leaseId, seen(verify, true));
  const gate = (await listGatesOf(worker, runId)).find(({ status }) => status === "open");
  const patch = await findPatch(worker, runId);
  if (!gate || !patch) throw new Error("the run came into no review");
  return { patchId: patch.id, gateId: gate.id, digest: gate.digest };
}
