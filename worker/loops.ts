// What the worker does by the clock. A loop that fails says so and goes on at its next turn.
import { expireArtefacts } from "#lib/artefacts/expire-artefacts.ts";
import { sweepAsks } from "#lib/asks/sweep-asks.ts";
import { findGone } from "#lib/blobs/find-gone.ts";
import { sweepStrays } from "#lib/blobs/sweep-strays.ts";
import { DAY, HOUR, MINUTE, SECOND, systemClock } from "#lib/clock.ts";
import { watchProofs } from "#lib/controls/service.ts";
import { diskAlarms } from "#lib/disk/service.ts";
import { carryOutDrills } from "#lib/drills/service.ts";
import { ensurePartitions } from "#lib/events/service.ts";
import { writeReviews } from "#lib/exit-reviews/write-reviews.ts";
import { bringBackFindings } from "#lib/findings/decide-finding.ts";
import { followLog, followSkipped } from "#lib/findings/follow-log.ts";
import { listFollowerAlarms } from "#lib/followers/service.ts";
import { requestRulesReads } from "#lib/forges/holding/note-rules.ts";
import { mergesToTryLater } from "#lib/forges/pulls/service.ts";
import { dropOldDeliveries } from "#lib/forges/upkeep/drop-old-deliveries.ts";
import { warnOfTokens } from "#lib/forges/upkeep/warn-of-tokens.ts";
import { expireGates } from "#lib/gates/decide-gate.ts";
import { settleWeeks } from "#lib/human-minutes/service.ts";
import { beatProcess, sweepLeases, sweepUnparked } from "#lib/leases/sweep-leases.ts";
import { indexLog } from "#lib/log-index/service.ts";
import { listUnsettled } from "#lib/merges/service.ts";
import { createKeyWatch } from "#lib/model-calls/refused-keys.ts";
import { tellDigests } from "#lib/notices/digests/tell-digests.ts";
import { escalateGates } from "#lib/notices/escalate-gates.ts";
import { followNotices } from "#lib/notices/follow-notices.ts";
import { tellOfReviews } from "#lib/notices/owners/tell-of-reviews.ts";
import { remindReviews } from "#lib/notices/remind-reviews.ts";
import { dropOldNotices } from "#lib/notices/upkeep/drop-old.ts";
import { resolveOver } from "#lib/notices/upkeep/resolve-over.ts";
import { watchBudgets } from "#lib/notices/watch-budgets.ts";
import { carryOutTrips } from "#lib/pilots/trips/carry-out-trips.ts";
import { requestMirrors } from "#lib/repositories/service.ts";
import { expirePayloads } from "#lib/retention/expire-payloads.ts";
import { pauseRun } from "#lib/runs/pause-run.ts";
import type { Scope } from "#lib/scope.ts";
import { dropSnapshots } from "#lib/snapshots/drop-snapshots.ts";
import { settleStops } from "#lib/stop-times/service.ts";
import { carryOutSteps } from "#lib/tripwires/carry-out-steps.ts";
import { watchWires } from "#lib/tripwires/watch-wires.ts";
import { packWeeks } from "#lib/weekly-reviews/pack-weeks.ts";
import { anchorLatest } from "./anchor/anchor-latest.ts";
import { scanArtefacts } from "./artefacts/scan-artefacts.ts";
import { createAttester } from "./attestation/attest-merges.ts";
import { createEvidenceSigner } from "./attestation/sign-evidence.ts";
import { createCloser } from "./closings/close-pilots.ts";
import { createControlTester } from "./controls/test-controls.ts";
import { fetchHistory } from "./deliveries/fetch-history.ts";
import { findContents } from "./deliveries/find-contents.ts";
import { createDriftFollower } from "./drift/follow-drift.ts";
import { publishMerge } from "./jobs/publish-merge.ts";
import { watchMerges } from "./merge-watches/watch-merges.ts";
import { createNoticeSender } from "./notices/notice-sender.ts";
import { rebasePatches } from "./rebases/rebase-patches.ts";
import { carryOutRedactions } from "./redaction/carry-out-redactions.ts";
import { createCaller } from "./releases/call-back.ts";
import { buildReverts } from "./reverts/build-reverts.ts";
import { workerScope } from "./scope.ts";
import type { Workplace } from "./workplace.ts";

interface Loop {
  readonly name: string;
  readonly every: number;
  run(scope: Scope): Promise<unknown>;
}

/** Merges whose outcome nobody wrote down: the ref is asked, and the intent settled by what it shows. */
async function reconcileMerges(workplace: Workplace, scope: Scope): Promise<void> {
  const later = await mergesToTryLater(scope);
  await eachByItself(
    (await listUnsettled(scope, RECONCILE_AFTER)).filter((mergeId) => !later.has(mergeId)),
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
    { name: "build_reverts", every: SECOND, run: (scope) => buildReverts(workplace, scope) },
    { name: "rebase_patches", every: SECOND, run: (scope) => rebasePatches(workplace, scope) },
    { name: "watch_merges", every: 10 * SECOND, run: (scope) => watchMerges(workplace, scope) },
    { name: "fetch_history", every: 2 * SECOND, run: (scope) => fetchHistory(workplace, scope) },
    { name: "find_contents", every: 10 * SECOND, run: (scope) => findContents(workplace, scope) },
    { name: "attest_merges", every: 5 * SECOND, run: createAttester(workplace) },
    { name: "sign_evidence", every: 5 * SECOND, run: createEvidenceSigner(workplace) },
    { name: "mirror_repositories", every: MINUTE, run: requestMirrors },
    { name: "read_forge_rules", every: MINUTE / 4, run: requestRulesReads },
    { name: "follow_drift", every: SECOND / 2, run: (scope) => drift.follow(scope) },
    { name: "index_log", every: SECOND / 4, run: indexLog },
    { name: "find", every: SECOND / 4, run: followLog },
    { name: "find_skipped", every: HOUR, run: followSkipped },
    { name: "look_at_followers", every: MINUTE, run: (scope) => tellOfFollowers(workplace, scope) },
    { name: "follow_notices", every: SECOND, run: followNotices },
    { name: "escalate_gates", every: 10 * SECOND, run: escalateGates },
    { name: "remind_reviews", every: MINUTE, run: remindReviews },
    { name: "tell_of_reviews", every: MINUTE, run: tellOfReviews },
    { name: "tell_digests", every: MINUTE / 2, run: tellDigests },
    { name: "carry_out_trips", every: 2 * SECOND, run: carryOutTrips },
    { name: "watch_wires", every: SECOND, run: watchWires },
    { name: "carry_out_steps", every: SECOND, run: carryOutSteps },
    { name: "settle_stops", every: SECOND, run: settleStops },
    { name: "carry_out_drills", every: SECOND / 2, run: carryOutDrills },
    { name: "pack_weeks", every: MINUTE, run: packWeeks },
    { name: "watch_budgets", every: MINUTE, run: watchBudgets },
    { name: "resolve_over", every: 5 * SECOND, run: resolveOver },
    { name: "warn_of_tokens", every: HOUR, run: warnOfTokens },
    { name: "drop_old_deliveries", every: HOUR, run: dropOldDeliveries },
    { name: "drop_old_notices", every: HOUR, run: dropOldNotices },
    { name: "send_notices", every: SECOND, run: createNoticeSender(workplace) },
    { name: "call_back", every: 2 * SECOND, run: createCaller(workplace) },
    { name: "bring_back_findings", every: 10 * SECOND, run: bringBackFindings },
    { name: "look_at_disks", every: MINUTE, run: () => tellOfDisks(workplace) },
    { name: "redact", every: 5 * SECOND, run: (scope) => carryOutRedactions(workplace, scope) },
    { name: "scan_artefacts", every: 2 * SECOND, run: (scope) => scanArtefacts(workplace, scope) },
    { name: "sweep_strays", every: 6 * HOUR, run: sweepStrays },
    { name: "find_gone", every: 6 * HOUR, run: findGone },
    { name: "expire_artefacts", every: HOUR, run: expireArtefacts },
    { name: "expire_payloads", every: HOUR, run: () => expirePayloads(workerScope("retention")) },
    { name: "test_controls", every: 2 * SECOND, run: createControlTester(workplace) },
    { name: "watch_proofs", every: HOUR, run: watchProofs },
    { name: "write_exit_reviews", every: MINUTE, run: writeReviews },
    { name: "close_pilots", every: 2 * SECOND, run: createCloser(workplace) },
    { name: "settle_human_weeks", every: HOUR, run: settleWeeks },
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
