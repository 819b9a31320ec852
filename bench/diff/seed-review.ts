// A run in review with a patch of the bench's making. Every step is the product's own; only the jailed import is left
// out, whose result is handed over as it would be.
import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import { storeBytes } from "#lib/blobs/service.ts";
import { transaction } from "#lib/db.ts";
import { grantLease } from "#lib/leases/grant-lease.ts";
import { finishLease, markPrepared } from "#lib/leases/service.ts";
import { takeBundle } from "#lib/leases/transfers.ts";
import { recordPatch } from "#lib/patches/service.ts";
import type { Phase } from "#lib/protocol/schema.ts";
import { lockRun } from "#lib/runs/run-in-tx.ts";
import { CHECKED, observeAll, type Result } from "#lib/testing/observations.ts";
import type { BenchPlane } from "../place/plane.ts";
import type { BenchWork } from "../place/work.ts";
import type { MadePatch } from "./patch-text.ts";

const SUMMARY = {
  text: "The rate is compared as it was meant.",
  claims: [],
  repaired: [],
  givenUp: [],
  flaky: [],
};
/** As the observations of lib/testing name base and patch. */
const [TREE, PATCH] = ["c".repeat(40), "b".repeat(40)];
const CAP = 64 * 1024 * 1024;

async function leased({ runner, request }: BenchWork, phase: Phase, runId: string) {
  const lease = await grantLease(runner.scope, runner.id, request(phase));
  if (lease?.runId !== runId) throw new Error(`The run to ${phase} was not the one that was leased.`);
  return lease;
}

async function handOver(plane: BenchPlane, work: BenchWork, runId: string, patch: MadePatch): Promise<void> {
  const { scope } = work.runner;
  const kept = (text: string) => storeBytes(Readable.from([Buffer.from(text)]), CAP, scope.clock.now());
  const [manifest, diff, bundle] = [await kept("manifest"), await kept(patch.text), await kept("bundle")];
  await plane.asWorker(() =>
    transaction(scope, async (tx) => {
      const run = await lockRun(tx, runId);
      await recordPatch(tx, scope, run, {
        ...{
          attempt: run.attempt,
          baseTree: TREE,
          tree: TREE,
          commit: PATCH,
          flags: [],
          manifest,
          diff,
          bundle,
        },
        digest: createHash("sha256").update(patch.text).digest("hex"),
        files: patch.files,
      });
    }),
  );
}

/** Launches, leases, hands in, verifies: resolves with the run's id when its review is open. */
export async function seedReview(plane: BenchPlane, work: BenchWork, patch: MadePatch): Promise<string> {
  const { scope } = work.runner;
  const { runId } = await work.launch("Compare the rate as it was meant");
  const agent = await leased(work, "agent", runId);
  await markPrepared(scope, agent.leaseId, agent.attempt);
  const upload = new Blob(["bundle"]).stream();
  const { blobId } = await takeBundle(scope, agent.leaseId, agent.attempt, upload);
  await finishLease(scope, agent.leaseId, {
    ...{ outcome: "patch", attempt: agent.attempt, bundleBlobId: blobId, summary: SUMMARY },
  });
  await handOver(plane, work, runId, patch);
  const verify = await leased(work, "verify", runId);
  const { argv, repeats } = verify.test;
  const always = (result: Result) => Array<Result>(repeats).fill(result);
  await finishLease(scope, verify.leaseId, {
    outcome: "observed",
    attempt: verify.attempt,
    environment: { tier: "strong", node: process.version, platform: process.platform, kernel: "bench" },
    observations: observeAll({
      base: { a: always("failed"), b: always("passed") },
      patch: { a: always("passed"), b: always("passed") },
    }).map((observation) => ({ ...observation, argv })),
    checks: CHECKED,
  });
  return runId;
}
