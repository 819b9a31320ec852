import { randomBytes } from "node:crypto";
import { boundChanges } from "../changes/rules.ts";
import { changesOf } from "../changes/service.ts";
import type { Tx } from "../db.ts";
import { hasGraveFinding } from "../findings/rules.ts";
import { findingsOf } from "../findings/run-findings.ts";
import { openGate } from "../gates/open-gate.ts";
import { ruledDeadline } from "../gates/own-rules.ts";
import type { GateRule } from "../gates/rules.ts";
import { newestGate } from "../gates/run-gates.ts";
import { handsIn } from "../messages/service.ts";
import { requiredChecks } from "../outside-checks/rules.ts";
import { checksBound, reportersOf } from "../outside-checks/service.ts";
import { findPatchToVerify } from "../patches/service.ts";
import { approvalDeadline } from "../pilots/rules.ts";
import type { Charter } from "../pilots/schema.ts";
import { charterOf, findActiveCharter, findPilotState } from "../pilots/service.ts";
import { broughtAgain, revertedBy } from "../reverts/reverted-by.ts";
import { findRunRow, type RunRow } from "../runs/run-in-tx.ts";
import type { Scope } from "../scope.ts";
import { heldTo } from "./held-to.ts";
import { type Again, type MergeDocument, mergeDocument, mergeRule } from "./rules.ts";
import { BoundMerge } from "./still-bound.ts";
import { firstEntryId } from "./store.ts";
import { touchedBy } from "./touched.ts";

export interface MergeAsked {
  readonly charter: Charter;
  /** The one the pilot runs by now; null where it runs no more. */
  readonly inForce: Charter | null;
  readonly rule: GateRule;
  readonly document: MergeDocument;
  /** Of the newest evidence about the patch; null where there is none. */
  readonly verdict: string | null;
}

/**
 * Who launched it, had a hand in it or reported about it, and who answers for a program that did; of a revert of a revert also who
 * launched or steered what that brings again.
 */
export async function barredFrom(tx: Pick<Tx, "db">, run: RunRow): Promise<string[]> {
  const all = [...((await reportersOf(tx.db, [run.id])).get(run.id) ?? []), ...(await handsIn(tx.db, run))];
  for (const id of await broughtAgain(tx.db, run.id)) {
    const earlier = await findRunRow(tx.db, id);
    if (earlier) all.push(...(await handsIn(tx.db, earlier)));
  }
  return [...new Set(all)];
}

/** What there is to decide about a run's newest patch: all evidence about it, and the run's findings. */
export async function mergeAsked(tx: Tx, run: RunRow): Promise<MergeAsked> {
  const charter = await charterOf(tx.db, run.charterId);
  const patch = await findPatchToVerify(tx.db, run.id, run.baseCommit);
  const evidence = await tx.db.evidence.findMany({
    where: { patchId: patch.id },
    orderBy: [{ createdAt: "asc" }, { id: "asc" }],
    select: { digest: true, verdict: true },
  });
  const findings = await findingsOf(tx.db, run.id);
  const changes = await changesOf(tx, patch, charter.scope.licences);
  const inForce = await findActiveCharter(tx.db, run.pilotId);
  const outside = await checksBound(tx.db, patch.id, requiredChecks(charter, inForce?.charter));
  const flags = heldTo(inForce?.charter ?? null, charter, patch);
  const rule = mergeRule(
    charter,
    flags,
    await barredFrom(tx, run),
    hasGraveFinding(findings),
    inForce?.charter,
  );
  const integrity = flags.filter((flag) => flag.severity !== "notice").map((flag) => flag.sentence);
  const reverts = await revertedBy(tx.db, run.id);
  const document: MergeDocument = {
    deployment: await firstEntryId(tx.db),
    goal: charter.goal.statement,
    ...(charter.goal.problem === "" ? {} : { problem: charter.goal.problem }),
    repository: run.repositoryId,
    targetRef: `refs/heads/${charter.scope.branch}`,
    run: run.id,
    attempt: run.attempt,
    baseCommit: run.baseCommit,
    tree: patch.tree,
    patch: patch.digest,
    evidence: evidence.map((row) => row.digest),
    ...(outside.length > 0 ? { outside } : {}),
    findings,
    testIntegrity: integrity,
    touched: touchedBy(flags),
    ...(changes ? { changes: boundChanges(changes) } : {}),
    charter: run.charterDigest,
    inForce: inForce?.digest ?? run.charterDigest,
    ...(reverts ? { reverts } : {}),
    again: await againOf(tx, run, patch.digest),
    needed: rule.needed,
    roles: rule.roles,
    ...(rule.mustHold ? { mustHold: rule.mustHold } : {}),
    method: "session",
    nonce: randomBytes(16).toString("hex"),
  };
  const verdict = evidence.at(-1)?.verdict ?? null;
  return { charter, inForce: inForce?.charter ?? null, rule, document, verdict };
}

/** Opens the merge gate of a run in review. */
export async function openMergeGate(tx: Tx, scope: Scope, run: RunRow): Promise<string> {
  const { charter, rule, document } = await mergeAsked(tx, run);
  const pilot = await findPilotState(tx.db, run.pilotId);
  const [timeZone, now] = [pilot?.timeZone ?? "UTC", scope.clock.now()];
  const ordinary = approvalDeadline(charter, timeZone, now);
  const expiresAt = ruledDeadline(charter, "merge", timeZone, now, ordinary);
  return openGate(tx, scope, {
    kind: "merge",
    pilotId: run.pilotId,
    runId: run.id,
    document: mergeDocument(document),
    rule,
    expiresAt,
  });
}

/** What the run's gate before this one was about, where it is void, or was approved for a base that moved before the merge; else null. */
async function againOf(tx: Tx, run: RunRow, patch: string): Promise<Again | null> {
  const before = await newestGate(tx.db, run.id, "merge");
  if (before?.status !== "void" && before?.status !== "approved") return null;
  const bound = BoundMerge.parse(JSON.parse(before.document));
  if (before.status === "approved" && bound.baseCommit === run.baseCommit) return null;
  const { id: gate, digest } = before;
  return { gate, digest, base: bound.baseCommit, patch: bound.patch, identical: bound.patch === patch };
}
