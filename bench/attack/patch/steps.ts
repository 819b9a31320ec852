// The steps of a branch's way, each taken by whoever takes it: runner, verifier, reviewers, worker.
import { createReadStream, mkdirSync } from "node:fs";
import { Readable } from "node:stream";
import { baseBundlePath } from "#lib/blobs/service.ts";
import { steadyClock, systemClock } from "#lib/clock.ts";
import { decideGate } from "#lib/gates/decide-gate.ts";
import { listGatesOf } from "#lib/gates/service.ts";
import { finishLease, markPrepared } from "#lib/leases/service.ts";
import { takeBundle } from "#lib/leases/transfers.ts";
import { createLogger } from "#lib/logger.ts";
import type { Summary } from "#lib/protocol/schema.ts";
import { cancelRun } from "#lib/runs/cancel-run.ts";
import { getRun } from "#lib/runs/service.ts";
import type { Source } from "#lib/testing/git/story.ts";
import { seen as allWell, asProcess, leaseOf, SUMMARY } from "#lib/testing/journey.ts";
import { planeOf } from "#lib/testing/runner/service-plane.ts";
import { verify } from "#runner/harness/verify.ts";
import { executeLease } from "#runner/lease/execute.ts";
import { createWork } from "#runner/lease/work.ts";
import { publishMerge } from "#worker/jobs/publish-merge.ts";
import type { Attempt } from "./attempt.ts";
import type { World } from "./world.ts";

/** As the agent's runner does. */
export async function handIn(
  { runner }: World,
  runId: string,
  bundle: string,
  repaired: Summary["repaired"],
): Promise<void> {
  const { leaseId, attempt } = await leaseOf(runner, runId, "agent");
  await markPrepared(runner, leaseId, attempt);
  const upload = Readable.toWeb(createReadStream(bundle)) as ReadableStream<Uint8Array>;
  const { blobId } = await takeBundle(runner, leaseId, attempt, upload);
  const summary = { ...SUMMARY, repaired };
  await finishLease(runner, leaseId, { outcome: "patch", attempt, bundleBlobId: blobId, summary });
}

/** By another runner, in a sandbox of the host's. */
export async function verifyPatch(
  { workshop, verifier }: World,
  source: Source,
  runId: string,
): Promise<void> {
  const assignment = await leaseOf(verifier, runId, "verify");
  const folder = workshop.fresh("leases");
  mkdirSync(folder, { mode: 0o755 });
  const sign = (): never => {
    throw new Error("No model is called.");
  };
  const plane = { ...planeOf(verifier, baseBundlePath(source.repositoryId, source.base)), sign };
  await executeLease(
    {
      ...{ plane, sandbox: workshop.sandbox, work: createWork({ drivers: [], verify }) },
      ...{ clock: systemClock, steady: steadyClock, folder, shutdown: new AbortController().signal },
      logger: createLogger("runner", { write: () => undefined }),
    },
    assignment,
  );
}

/** The end of a verification in which all is well, where no tests are run. */
export async function tellVerified({ verifier }: World, _source: Source, runId: string): Promise<void> {
  const verifying = await leaseOf(verifier, runId, "verify");
  if (verifying.phase !== "verify") throw new Error("It is no verification.");
  const { observations, ...finish } = allWell(verifying);
  await finishLease(verifier, verifying.leaseId, {
    ...finish,
    observations: observations.map((each) =>
      each.tree === "base_on_base" ? each : { ...each, commit: verifying.patchCommit },
    ),
  });
}

export const needsHarness = ({ runs, verdict }: Attempt): boolean => runs === true || verdict !== undefined;

const openGateOf = async ({ seed }: World, runId: string) =>
  (await listGatesOf(seed, runId)).find(({ status }) => status === "open") ?? null;

/** Both reviewers approve, one after the other, as long as the gate is open. */
export async function approve(
  world: World,
  runId: string,
): Promise<{ needed: number | null; byOne: boolean }> {
  const gate = await openGateOf(world, runId);
  if (!gate) return { needed: null, byOne: false };
  const [first, second] = world.reviewers;
  const decision = { gateId: gate.id, digest: gate.digest, decision: "approve", reason: "" } as const;
  const { status } = await decideGate(first, decision);
  if (status === "open") await decideGate(second, decision);
  return { needed: gate.needed, byOne: status !== "open" };
}

export async function publish({ database, workplace, seed }: World, runId: string): Promise<void> {
  const { rows } = await database.owner.query<{ id: string }>("select id from merge where run_id = $1", [
    runId,
  ]);
  for (const { id: mergeId } of rows)
    await asProcess(database, "worker", () => publishMerge(workplace, seed, { mergeId }));
}

const WAITING = ["queued", "preparing", "working", "verifying"];

/** A run that would be had anew by the next runner that asks: the next attempt is to find nothing that waits. */
export async function leaveNothingWaiting({ seed }: World, runId: string): Promise<void> {
  const { status } = await getRun(seed, runId);
  if (WAITING.includes(status)) await cancelRun(seed, { runId, reason: "It was tried." });
}
