// What a person makes of a finding.
import { launcherFor } from "../api-tokens/account-owners.ts";
import { requirePermission } from "../authz/require.ts";
import { isMember } from "../authz/rules.ts";
import { DAY } from "../clock.ts";
import { read, type Tx, transaction } from "../db.ts";
import { conflict, notFound, refused } from "../errors.ts";
import { newId } from "../ids.ts";
import { rebindMergeGate } from "../merges/rebind-merge-gate.ts";
import { steerersOf } from "../messages/service.ts";
import { liveGrants } from "../people/service.ts";
import { changeOf } from "../record/change.ts";
import { reasonDetail } from "../record/reason.ts";
import { lockRun } from "../runs/run-in-tx.ts";
import { actorId, type Scope } from "../scope.ts";
import { charterOfFinding, reopen, subjectsOf } from "./open-findings.ts";
import {
  type DismissFacts,
  findingState,
  mayAnswer,
  mayBecome,
  refusalToDismiss,
  refusalToSettle,
} from "./rules.ts";
import { type DismissFinding, FindingEvidence, type MoveFinding } from "./schema.ts";
import {
  endSuppression,
  type FindingRow,
  findFinding,
  findSuppression,
  insertStep,
  insertSuppression,
  lockFinding,
  moveState,
  selectComingBack,
} from "./store.ts";

/** Findings of one turn; the next one goes on. */
const AT_ONCE = 200;

/** Says that it is real, that it was dealt with, or that it has to be looked at again. */
export async function moveFinding(scope: Scope, { findingId, to, reason }: MoveFinding): Promise<void> {
  await decided(scope, findingId, async (tx, finding, had) => {
    if (!mayBecome(finding.state, to))
      throw refused(`This finding is ${finding.state}; it cannot become ${to}.`);
    const refusal = to === "mitigated" ? refusalToSettle({ ...finding, ...had }, actorId(scope.actor)) : null;
    if (refusal !== null) throw refused(refusal);
    if (to === "open") return reopenByPerson(tx, scope, finding, reason);
    await move(tx, scope, finding, to, reason);
    tx.record({
      kind: `finding.${to}`,
      about: subjectsOf(finding),
      charter: await charterOfFinding(tx, finding),
      ...changeOf(findingState(finding, finding.state), findingState(finding, to)),
      detail: { rule: finding.rule, severity: finding.severity, ...reasonDetail(reason) },
    });
  });
}

/** Dismisses it, and those like it that come, until the day named; somebody answers for that. */
export async function dismissFinding(scope: Scope, input: DismissFinding): Promise<void> {
  const { findingId, reason, ownerId } = input;
  await decided(scope, findingId, async (tx, finding, had) => {
    const place = pathOf(finding);
    const facts = { ...finding, path: place, ...had };
    const refusal = refusalToDismiss(facts, { ...input, personId: actorId(scope.actor) });
    if (refusal !== null) throw refused(refusal);
    await requireOwner(tx, finding, ownerId);
    const now = scope.clock.now();
    const id = newId("suppression", now);
    const expiresAt = new Date(now + input.days * DAY);
    await insertSuppression(tx.db, {
      ...{
        id,
        findingId,
        scope: input.scope,
        rule: finding.rule,
        runId: finding.runId,
        pilotId: finding.pilotId,
      },
      ...{
        repositoryId: finding.repositoryId,
        path: input.scope === "path" ? input.path : null,
        ownerId,
        reason,
      },
      ...{ madeBy: actorId(scope.actor), createdAt: new Date(now), expiresAt, endedAt: null },
    });
    await move(tx, scope, finding, "dismissed", reason, id);
    tx.record({
      kind: "finding.dismissed",
      about: subjectsOf(finding),
      charter: await charterOfFinding(tx, finding),
      ...changeOf(findingState(finding, finding.state), findingState(finding, "dismissed", id)),
      detail: {
        ...{ rule: finding.rule, severity: finding.severity, suppression: id, scope: input.scope },
        ...{ owner: ownerId, expires_at: expiresAt.getTime(), ...reasonDetail(reason) },
      },
    });
  });
}

/** By the clock: what was dismissed for a while waits again when that while is over. Returns how many. */
export async function bringBackFindings(scope: Scope): Promise<number> {
  const due = await read(scope, (db) => selectComingBack(db, new Date(scope.clock.now()), AT_ONCE));
  let back = 0;
  for (const { id, runId } of due) if (await bringBack(scope, id, runId)) back += 1;
  return back;
}

async function bringBack(scope: Scope, id: string, runId: string | null): Promise<boolean> {
  return transaction(scope, async (tx) => {
    const run = runId === null ? null : await lockRun(tx, runId);
    const finding = await lockFinding(tx.db, id);
    const suppression = finding?.suppressionId ? await findSuppression(tx.db, finding.suppressionId) : null;
    if (!finding || !suppression) return false; // somebody opened it meanwhile
    const isBack = await reopen(tx, scope, finding, suppression.endedAt === null ? "expired" : "person");
    if (run) await rebindMergeGate(tx, scope, run);
    return isBack;
  });
}

/** Who had a hand in the run. */
type Had = Pick<DismissFacts, "launchedBy" | "steeredBy">;

/** Locks the run before the finding, as whoever opens one does. */
async function decided(
  scope: Scope,
  findingId: string,
  decide: (tx: Tx, finding: FindingRow, had: Had) => Promise<void>,
): Promise<void> {
  await transaction(scope, async (tx) => {
    const seen = await findFinding(tx.db, findingId);
    if (!seen || !isMember(scope.grants, seen.pilotId ?? undefined)) throw notFound("finding");
    requirePermission(scope, "finding.decide", seen.pilotId);
    const run = seen.runId === null ? null : await lockRun(tx, seen.runId);
    const finding = await lockFinding(tx.db, findingId);
    if (!finding) throw notFound("finding");
    const steeredBy = run === null ? [] : await steerersOf(tx.db, run.id);
    const launchedBy = run && (await launcherFor(tx.db, run.launchedBy, actorId(scope.actor)));
    await decide(tx, finding, { launchedBy, steeredBy });
    if (run) await rebindMergeGate(tx, scope, run);
  });
}

function pathOf({ evidence }: FindingRow): string | null {
  const parsed = FindingEvidence.safeParse(evidence);
  return parsed.success ? parsed.data.path : null;
}

async function move(
  tx: Tx,
  scope: Scope,
  finding: FindingRow,
  to: FindingRow["state"],
  reason: string,
  suppressionId: string | null = null,
): Promise<void> {
  if (!(await moveState(tx.db, finding.id, finding.state, to, suppressionId)))
    throw conflict("Somebody else decided this finding first.");
  const at = new Date(scope.clock.now());
  const actor = actorId(scope.actor);
  await insertStep(tx.db, {
    findingId: finding.id,
    at,
    actor,
    from: finding.state,
    to,
    reason,
    suppressionId,
  });
}

/** What dismissed it ends for everything it held. */
async function reopenByPerson(tx: Tx, scope: Scope, finding: FindingRow, reason: string): Promise<void> {
  const { suppressionId } = finding;
  await reopen(tx, scope, finding, "person", reason);
  if (suppressionId === null) return;
  const suppression = await findSuppression(tx.db, suppressionId);
  if (!suppression || !(await endSuppression(tx.db, suppressionId, new Date(scope.clock.now())))) return;
  if (suppression.findingId !== finding.id) {
    const from = await findFinding(tx.db, suppression.findingId);
    if (from) await reopenOther(tx, scope, from);
  }
}

/** The one it was made from is what the entry of its end is about. */
async function reopenOther(tx: Tx, scope: Scope, finding: FindingRow): Promise<void> {
  if (finding.state === "dismissed") await reopen(tx, scope, finding, "person");
}

async function requireOwner(tx: Tx, { pilotId }: FindingRow, ownerId: string): Promise<void> {
  if (!mayAnswer(await liveGrants(tx, ownerId), pilotId))
    throw refused("Only somebody who may decide about findings here can answer for it.", {
      ownerId: ["Choose somebody who may decide about findings of this pilot."],
    });
}
