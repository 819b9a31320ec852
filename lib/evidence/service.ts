import type { z } from "zod";
import { keyIdOf } from "../attestations/envelope.ts";
import { isHeldForJudging } from "../comparisons/held-runs.ts";
import { type Db, read, type Tx } from "../db.ts";
import { refused } from "../errors.ts";
import { appendOwnEvent } from "../events/service.ts";
import { newId } from "../ids.ts";
import type { Tier } from "../jail/schema.ts";
import { openMergeGate } from "../merges/open-merge-gate.ts";
import type { PatchView } from "../patches/schema.ts";
import { findPatchToVerify } from "../patches/service.ts";
import { setupPlanOf, testPlanOf } from "../pilots/rules.ts";
import { charterOf, findActiveCharter } from "../pilots/service.ts";
import type { Finish, NewTests, Observation, TestPlan } from "../protocol/schema.ts";
import { PROTOCOL_VERSION, Summary } from "../protocol/schema.ts";
import { sha256Hex } from "../protocol/signing.ts";
import { canonicalText } from "../record/rules.ts";
import { moveRun } from "../runs/move-run.ts";
import type { RunRow } from "../runs/run-in-tx.ts";
import type { Scope } from "../scope.ts";
import { changedManifests, networkDecision } from "../setup/network-gate.ts";
import { revertToJudge } from "./before-merge.ts";
import { heldToCanary, stricterCanary } from "./canary-rule.ts";
import { checkDoubts } from "./check-doubts.ts";
import { EvidenceDocument, type EvidenceView, type ObservedRun } from "./document.ts";
import { environmentDigest } from "./environment.ts";
import { heldToChecks } from "./owed-checks.ts";
import { judgeRevert } from "./revert-rules.ts";
import { isSound, judge, TREES } from "./rules.ts";
import { setupDoubts } from "./setup-doubts.ts";

export interface VerifyLease {
  readonly attempt: number;
  readonly runnerId: string;
  /** What the lease was granted on; a runner that says something else at the end is not heard. */
  readonly tier: Tier;
}

type Observed = Extract<z.infer<typeof Finish>, { outcome: "observed" }>;

/** Judges what a verification saw, stores it, and opens the review. Red evidence opens no merge gate. */
export async function recordEvidence(
  tx: Tx,
  scope: Scope,
  run: RunRow,
  lease: VerifyLease,
  seen: Observed,
): Promise<void> {
  const patch = await findPatchToVerify(tx.db, run.id, run.baseCommit);
  refuseOtherCommits(run, patch, seen);
  const plan = testPlanOf(await charterOf(tx.db, run.charterId));
  refuseOtherCommands(plan, seen);
  const document = await documentOf(tx.db, run, lease, patch, seen);
  const canonical = canonicalText(document);
  const digest = sha256Hex(Buffer.from(canonical, "utf8"));
  await refuseOtherSetup(tx.db, run, patch, seen);
  const { verdict, sentence } = document.judgement;
  if (verdict === "verified") refuseOtherRepeats(plan, seen.observations);
  const id = newId("evidence", scope.clock.now());
  await tx.db.evidence.create({
    data: {
      ...{
        id,
        runId: run.id,
        patchId: patch.id,
        attempt: lease.attempt,
        runnerId: lease.runnerId,
        verdict,
        canonical,
        digest,
      },
      sameHost: document.sameHost,
      createdAt: new Date(scope.clock.now()),
    },
  });
  await appendOwnEvent(tx, scope, run.id, lease.attempt, {
    kind: "evidence_recorded",
    body: { digest, verdict, detail: sentence.slice(0, 1000) },
  });
  const why = verdict === "verified" ? "" : sentence.slice(0, 2000);
  const moved = await moveRun(tx, scope, run, "in_review", why);
  tx.record({
    kind: "run.evidence_recorded",
    about: [`run:${run.id}`],
    ...moved,
    detail: { evidence: id, digest, verdict, patch: patch.digest, attempt: lease.attempt },
  });
  if (verdict === "verified" && !(await isHeldForJudging(tx.db, run.id)))
    await openMergeGate(tx, scope, { ...run, attempt: lease.attempt });
}

/** A runner may not say that it looked at something else than it was given. */
function refuseOtherCommits(run: RunRow, patch: PatchView, { observations, newTests }: Observed): void {
  if (newTests && newTests.commit !== run.baseCommit)
    throw refused(`The new tests were tried on commit ${newTests.commit}, which is not the run's base.`);
  const other = observations.find(
    ({ tree, commit }) => commit !== (tree === "base_on_base" ? run.baseCommit : patch.commit),
  );
  if (other)
    throw refused(
      `The observation of ${other.tree} names commit ${other.commit}, which was not what this lease verifies.`,
    );
}

/** What the charter says is run, and nothing else proves anything. */
function refuseOtherCommands({ argv }: TestPlan, { observations, newTests }: Observed): void {
  const asked = JSON.stringify(argv);
  const all = [...observations, ...(newTests ? [newTests] : [])];
  if (all.some((observation) => JSON.stringify(observation.argv) !== asked))
    throw refused("An observation names another command than the charter's.");
}

/** What the patch's own manifests ask for is installed only where a person allowed it, and never left out then. */
async function refuseOtherSetup(db: Db, run: RunRow, patch: PatchView, { setup }: Observed): Promise<void> {
  const hasSetup = setupPlanOf(await charterOf(db, run.charterId)) !== null;
  if (hasSetup !== Boolean(setup))
    throw refused("The verification says something else of setup than the charter.");
  if (!setup) return;
  const isAllowed = (await networkDecision(db, run.id, patch.digest)) === "approved";
  if (isAllowed !== (setup.patch !== null))
    throw refused("The patched tree was set up from other manifests than was decided.");
}

/** A runner may not spare itself the repeats that would show a flaky test. What is not verified opens no gate anyway. */
function refuseOtherRepeats({ repeats }: TestPlan, observations: readonly Observation[]): void {
  for (const tree of TREES) {
    const numbers = new Set(observations.flatMap((seen) => (seen.tree === tree ? [seen.repeat] : [])));
    if (numbers.size !== repeats || Math.max(...numbers) !== repeats)
      throw refused(`The charter asks for ${repeats} runs of ${tree}; ${numbers.size} were reported.`);
  }
}

async function documentOf(
  db: Db,
  run: RunRow,
  lease: VerifyLease,
  patch: PatchView,
  seen: Observed,
): Promise<EvidenceDocument> {
  const setup = setupSeen(patch, seen);
  const summary = run.summary === null ? null : Summary.parse(run.summary);
  const claimed = summary?.repaired.flatMap((repair) => repair.tests) ?? [];
  const made = {
    argv: seen.observations[0]?.argv ?? [],
    environment: { ...seen.environment, tier: lease.tier },
    ...(setup ? { setup } : {}),
    ...(seen.checks ? { checks: seen.checks } : {}),
  };
  const reverts = await revertToJudge(db, run.id);
  const inForce = await findActiveCharter(db, run.pilotId);
  const canaryRule = stricterCanary(await charterOf(db, run.charterId), inForce?.charter);
  const protocol = await protocolOf(db, lease.runnerId);
  const further = [
    ...checkDoubts(seen.checks, made.argv, isSound(seen.observations), patch.files),
    ...(setup ? setupDoubts(setup) : []),
  ];
  return {
    v: 2,
    ...made,
    run: run.id,
    attempt: lease.attempt,
    patch: patch.digest,
    baseCommit: run.baseCommit,
    tree: patch.tree,
    runner: lease.runnerId,
    sameHost: await isSameHost(db, run.id, lease.runnerId),
    environmentDigest: environmentDigest(made),
    observations: seen.observations.map(observedRun),
    ...(seen.newTests ? { newTests: shortened(seen.newTests) } : {}),
    ...(reverts ? { reverts } : {}),
    canaryRule,
    protocol,
    judgement: heldToCanary(
      heldToChecks(
        reverts
          ? judgeRevert(seen.observations, reverts, further)
          : judge(seen.observations, claimed, further, seen.newTests ?? null),
        { protocol, checks: seen.checks },
      ),
      canaryRule,
      seen,
    ),
  };
}

/** What the runner said it speaks when it last asked for work; one nobody heard of is held to the current version. */
async function protocolOf(db: Db, runnerId: string): Promise<number> {
  const contact = await db.runnerContact.findUnique({ where: { runnerId }, select: { version: true } });
  return contact?.version ?? PROTOCOL_VERSION;
}

const MOST_NAMED = 200;

function setupSeen({ files }: PatchView, { setup }: Observed): EvidenceDocument["setup"] | null {
  return setup ? { ...setup, changed: changedManifests(files).slice(0, MOST_NAMED) } : null;
}

function observedRun({ tree, repeat, canary, ...seen }: Observation): ObservedRun {
  return { tree, repeat, ...shortened(seen), ...(canary ? { canary } : {}) };
}

/** Failing tests by name, the others by number. */
function shortened({
  commit,
  exit,
  ended,
  milliseconds,
  reportSha256,
  passed,
  failed,
  skipped,
  problem,
}: NewTests) {
  return {
    ...{ commit, exit, ended, milliseconds, report: reportSha256, failed, problem },
    ...{ passed: passed.length, skipped: skipped.length },
  };
}

/** True when the verifier shares its host with the runner whose patch it judges. */
async function isSameHost(db: Db, runId: string, verifierId: string): Promise<boolean> {
  const author = await db.lease.findFirst({ where: { runId, phase: "agent" }, orderBy: { attempt: "desc" } });
  const ids = [verifierId, author?.runnerId ?? verifierId];
  const hosts = await db.runner.findMany({ where: { id: { in: ids } }, select: { hostId: true } });
  return new Set(hosts.map((runner) => runner.hostId)).size === 1;
}

/** Evidence of a run, newest first. The caller has checked the run's visibility. */
export async function listEvidence(scope: Scope, runId: string): Promise<EvidenceView[]> {
  return read(scope, async (db) => {
    const rows = await db.evidence.findMany({ where: { runId }, orderBy: { createdAt: "desc" } });
    const runners = await db.runner.findMany({
      where: { id: { in: rows.map((row) => row.runnerId) } },
      select: { id: true, name: true },
    });
    const statements = await db.evidenceStatement.findMany({ where: { runId } });
    const signed = new Map(statements.map(({ evidenceId, publicKey }) => [evidenceId, signedBy(publicKey)]));
    const names = new Map(runners.map((runner) => [runner.id, runner.name]));
    return rows.map(({ id, digest, attempt, runnerId, createdAt, canonical }) => ({
      ...{ id, digest, attempt, createdAt },
      runnerName: names.get(runnerId) ?? runnerId,
      signed: signed.get(id) ?? null,
      document: EvidenceDocument.parse(JSON.parse(canonical)),
    }));
  });
}

const signedBy = (publicKey: Uint8Array) => ({
  keyId: keyIdOf(publicKey),
  publicKey: Buffer.from(publicKey).toString("base64"),
});
