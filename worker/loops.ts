// What the worker does by the clock. A loop that fails says so and goes on at its next turn.
import { sweepAsks } from "#lib/asks/sweep-asks.ts";
import { DAY, HOUR, MINUTE, SECOND, systemClock } from "#lib/clock.ts";
import { diskAlarms } from "#lib/disk/service.ts";
import { ensurePartitions } from "#lib/events/service.ts";
import { bringBackFindings } from "#lib/findings/decide-finding.ts";
import { followLog, followSkipped } from "#lib/findings/follow-log.ts";
import { listFollowerAlarms } from "#lib/followers/service.ts";
import { expireGates } from "#lib/gates/decide-gate.ts";
import { beatProcess, sweepLeases, sweepUnparked } from "#lib/leases/sweep-leases.ts";
import { indexLog } from "#lib/log-index/service.ts";
import { listUnsettled } from "#lib/merges/service.ts";
import { createKeyWatch } from "#lib/model-calls/refused-keys.ts";
import { escalateGates } from "#lib/notices/escalate-gates.ts";
import { followNotices } from "#lib/notices/follow-notices.ts";
import { watchBudgets } from "#lib/notices/watch-budgets.ts";
import { requestMirrors } from "#lib/repositories/service.ts";
import { expirePayloads } from "#lib/retention/expire-payloads.ts";
import { pauseRun } from "#lib/runs/pause-run.ts";
import type { Scope } from "#lib/scope.ts";
import { dropSnapshots } from "#lib/snapshots/drop-snapshots.ts";
import { anchorLatest } from "./anchor/anchor-latest.ts";
import { createDriftFollower } from "./drift/follow-drift.ts";
import { publishMerge } from "./jobs/publish-merge.ts";
import { createNoticeSender } from "./notices/notice-sender.ts";
import { carryOutRedactions } from "./redaction/carry-out-redactions.ts";
import { workerScope } from "./scope.ts";
import type { Workplace } from "./workplace.ts";

interface Loop {
  readonly name: string;
  readonly every: number;
  run(scope: Scope): Promise<unknown>;
}

/** Merges whose outcome nobody wrote down: the ref is asked, and the intent settled by what it shows. */
async function reconcileMerges(workplace: Workplace, scope: Scope): Promise<void> {
  await eachByItself(
    await listUnsettled(scope, RECONCILE_AFTER),
    (mergeId) => publishMerge(workplace, scope, { mergeId }),
    (err, mergeId) =>
      workplace.logger.warn({ err, mergeId }, "a merge is not settled yet; the others are tried"),
  );
}

/** Pages ask the file system themselves; this is for whoever reads the processes' logs. */
async function tellOfDisks({ logger }: Workplace): Promise<void> {
  for (const { state, path, sentence, space } of await diskAlarms()) {
    logger.error({ state, path, free: space.free }, sentence);
  }
}

/** Pages say the same. */
async function tellOfFollowers({ logger }: Workplace, scope: Scope): Promise<void> {
  for (const { kind, title, detail, since } of await listFollowerAlarms(scope)) {
    logger.warn({ kind, detail, since }, title);
  }
}

/** One upstream that does not answer keeps nobody else's merge waiting. */
export async function eachByItself<T>(
  items: readonly T[],
  work: (item: T) => Promise<void>,
  onError: (error: unknown, item: T) => void,
): Promise<void> {
  for (const item of items) await work(item).catch((error: unknown) => onError(error, item));
}

/** A merge job settles in well under this; older intents were left by a crash. */
const RECONCILE_AFTER = 15 * SECOND;

function loops(workplace: Workplace): Loop[] {
  const drift = createDriftFollower({
    pause: (scope, runId, reason) => pauseRun(scope, { runId, reason }),
    failed: (err, runId) => workplace.logger.error({ err, runId }, "a run's drift could not be counted"),
  });
  return [
    { name: "beat", every: SECOND, run: (scope) => beatProcess(scope, "worker") },
    { name: "watch_keys", every: SECOND, run: createKeyWatch() },
    { name: "sweep_leases", every: SECOND, run: sweepLeases },
    { name: "sweep_unparked", every: 10 * SECOND, run: sweepUnparked },
    { name: "sweep_asks", every: 5 * SECOND, run: sweepAsks },
    { name: "drop_snapshots", every: 5 * SECOND, run: dropSnapshots },
    { name: "expire_gates", every: 10 * SECOND, run: expireGates },
    { name: "reconcile_merges", every: 5 * SECOND, run: (scope) => reconcileMerges(workplace, scope) },
    { name: "mirror_repositories", every: MINUTE, run: requestMirrors },
    { name: "follow_drift", every: SECOND / 2, run: (scope) => drift.follow(scope) },
    { name: "index_log", every: SECOND / 4, run: indexLog },
    { name: "find", every: SECOND / 4, run: followLog },
    { name: "find_skipped", every: HOUR, run: followSkipped },
    { name: "look_at_followers", every: MINUTE, run: (scope) => tellOfFollowers(workplace, scope) },
    { name: "follow_notices", every: SECOND, run: followNotices },
    { name: "escalate_gates", every: 10 * SECOND, run: escalateGates },
    { name: "watch_budgets", every: MINUTE, run: watchBudgets },
    { name: "send_notices", every: SECOND, run: createNoticeSender(workplace) },
    { name: "bring_back_findings", every: 10 * SECOND, run: bringBackFindings },
    { name: "look_at_disks", every: MINUTE, run: () => tellOfDisks(workplace) },
    { name: "redact", every: 5 * SECOND, run: (scope) => carryOutRedactions(workplace, scope) },
    { name: "expire_payloads", every: HOUR, run: () => expirePayloads(workerScope("retention")) },
    {
      name: "anchor_checkpoint",
      every: MINUTE,
      run: (scope) => anchorLatest(workplace.env.PILOTHOUSE_ANCHOR, scope),
    },
    { name: "ensure_partitions", every: DAY / 4, run: ensurePartitions },
  ];
}

async function turn(loop: Loop, workplace: Workplace, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      await loop.run(workerScope());
    } catch (err) {
      workplace.logger.error({ err, loop: loop.name }, "a loop failed and goes on");
    }
    await systemClock.sleep(loop.every, signal).catch(() => undefined); // aborted: the loop's condition ends it
  }
}

/** Resolves when every loop has ended after `signal`. */
export async function runLoops(workplace: Workplace, signal: AbortSignal): Promise<void> {
  await Promise.all(loops(workplace).map((loop) => turn(loop, workplace, signal)));
}
