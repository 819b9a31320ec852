// In an emergency a person whom the charter names merges a patch that the gate would not take in time. It takes the same way
// with the same checks of what is merged; only the approvals, and green evidence, are not waited for. Everybody who leads
// is told, and it stays open until another lead has reviewed it.
import { requirePermission } from "../authz/require.ts";
import { anyOfRoles } from "../authz/rules.ts";
import type { Role } from "../authz/schema.ts";
import { DAY } from "../clock.ts";
import { type Db, read, type Tx, transaction } from "../db.ts";
import { conflict, forbidden, notFound, refused } from "../errors.ts";
import { openGate, voidMergeGate } from "../gates/open-gate.ts";
import { findOpenReviews } from "../gates/open-reviews.ts";
import { ruledDeadline } from "../gates/own-rules.ts";
import type { GateRule } from "../gates/rules.ts";
import type { AskSignature } from "../gates/schema.ts";
import type { Method } from "../gates/step-up-rules.ts";
import { intendMerge, recheckMerge } from "../merges/intend-merge.ts";
import { barredFrom, type MergeAsked, mergeAsked } from "../merges/open-merge-gate.ts";
import { askToSign, type SignedApproval, type SigningOptions } from "../passkeys/sign-approval.ts";
import { liveGrants, namesOf } from "../people/service.ts";
import { requirePeople } from "../pilots/second-person.ts";
import { charterOf, findActiveCharter, findPilotState, lockedPilot } from "../pilots/service.ts";
import { reasonDetail } from "../record/reason.ts";
import { findRepositoryState } from "../repositories/service.ts";
import { findRunRow, isBlindFor, lockRun, type RunRow } from "../runs/run-in-tx.ts";
import { actorId, type Scope } from "../scope.ts";
import { holdStops, stopReason } from "../stops/service.ts";
import { glassRole, glassRoles, reviewRule } from "./rules.ts";
import { type BreakGlass, GlassDocument, GlassVerdict, type UnreviewedGlass } from "./schema.ts";
import { glassMethod, glassSignature, takeGlassAnswer } from "./sign-glass.ts";
import { insertSignature } from "./store.ts";

/** By when somebody should have reviewed it; it stays open after that. */
const REVIEW_IN = DAY;

/** Merges at once. Returns the gate at which it is reviewed. */
export async function breakGlass(scope: Scope, input: BreakGlass): Promise<{ gateId: string }> {
  const { actor } = scope;
  if (actor.kind !== "user") throw forbidden("Only a person who signed in can break the glass.");
  const { personId } = actor;
  const answered = await takeGlassAnswer(scope, personId, input);
  return transaction(scope, async (tx) => {
    await holdStops(tx.db);
    const run = await lockRun(tx, input.runId);
    requirePermission(scope, "gate.decide", run.pilotId);
    if (await isBlindFor(tx.db, run.id, personId))
      throw refused("You judge this run blind, so somebody else breaks the glass for it.");
    await lockedPilot(tx, run.pilotId);
    await requireCalm(tx, run);
    const asked = await mergeAsked(tx, run);
    const role = await requireNamed(tx, run, personId, asked);
    if (asked.document.patch !== input.patch)
      throw conflict("The patch is no longer the one that was shown. Reload the page and read it again.");
    const signed = await glassSignature(tx, scope, run, { personId, patch: input.patch, answered });
    const reviewing = asked.inForce ?? asked.charter;
    const rule = reviewRule(reviewing, [personId, ...asked.rule.barred]);
    await requirePeople(tx.db, scope, rule, run.pilotId);
    await voidMergeGate(tx, scope, run.id, "The glass was broken: it was merged without this decision.");
    const document = documentOf(asked, rule, { personId, role, reason: input.reason });
    const now = scope.clock.now();
    const timeZone = (await findPilotState(tx.db, run.pilotId))?.timeZone ?? "UTC";
    const expiresAt = ruledDeadline(reviewing, "break_glass", timeZone, now, new Date(now + REVIEW_IN));
    const about = {
      kind: "break_glass",
      pilotId: run.pilotId,
      runId: run.id,
      document,
      rule,
      expiresAt,
    } as const;
    const gateId = await openGate(tx, scope, about);
    await merge(tx, scope, run, { gateId, personId, role, reason: input.reason, signed });
    return { gateId };
  });
}

/** What no emergency is past. */
async function requireCalm(tx: Tx, run: RunRow): Promise<void> {
  if (run.status !== "in_review")
    throw conflict(`Only a run in review can be merged this way; this one is ${run.status}.`);
  const stopped = await stopReason(tx.db, run.pilotId);
  if (stopped !== null)
    throw refused(`An emergency stop is on (“${stopped}”). The glass is not broken under a stop.`);
  const repository = await findRepositoryState(tx.db, run.repositoryId);
  if (repository?.headCommit !== run.baseCommit)
    throw refused("The branch moved since the run started. It is handed in again on the new base first.");
}

const NOBODY = "The charter names nobody who may break the glass here.";

async function requireNamed(
  tx: Tx,
  run: RunRow,
  personId: string,
  { charter, inForce, rule }: MergeAsked,
): Promise<Role> {
  const roles = inForce === null ? [] : glassRoles(charter, inForce);
  if (roles.length === 0) throw refused(NOBODY);
  const grants = await liveGrants(tx, personId);
  const role = glassRole(roles, { personId, grants }, run.pilotId);
  if (role === null) throw forbidden(`Only ${anyOfRoles(roles)} may break the glass here.`);
  if (rule.barred.includes(personId))
    throw refused("You launched or steered this run, so somebody else has to break the glass for it.");
  return role;
}

interface Breaking {
  readonly personId: string;
  readonly role: Role;
  readonly reason: string;
}

const verdictOf = (verdict: string | null): GlassVerdict => GlassVerdict.catch("missing").parse(verdict);

function documentOf(
  { document, verdict }: MergeAsked,
  rule: GateRule,
  { personId, role, reason }: Breaking,
): GlassDocument {
  const { needed, roles, method: _, ...merged } = document;
  return {
    ...{ v: 1, ...merged, decides: "break_glass", by: personId, as: role, reason },
    ...{ verdict: verdictOf(verdict), ordinary: { needed, roles: [...roles] } },
    ...{ needed: rule.needed, roles: [...rule.roles] },
  };
}

async function merge(
  tx: Tx,
  scope: Scope,
  run: RunRow,
  {
    gateId,
    personId,
    role,
    reason,
    signed,
  }: Breaking & { readonly gateId: string; readonly signed: SignedApproval | null },
): Promise<void> {
  const gate = await tx.db.gate.findUniqueOrThrow({ where: { id: gateId } });
  const ready = await recheckMerge(tx, scope, { ...gate, approvals: [] });
  if (ready === "void")
    throw conflict("What is to be merged changed meanwhile. Reload the page and read it again.");
  const { verdict } = GlassDocument.parse(JSON.parse(gate.document));
  tx.record({
    kind: "break_glass.used",
    about: [
      `run:${run.id}`,
      `gate:${gateId}`,
      `pilot:${run.pilotId}`,
      ...(signed === null ? [] : [`passkey:${signed.passkeyId}` as const]),
    ],
    charter: run.charterDigest,
    detail: {
      ...{ gate: gateId, person: personId, role, decision: gate.digest, patch: ready.patch.digest },
      ...{ evidence: verdict, ...reasonDetail(reason) },
      ...(signed === null ? {} : { passkey: signed.passkeyId, assertion: signed.digest }),
    },
  });
  if (signed !== null) await insertSignature(tx.db, gateId, signed);
  await intendMerge(tx, scope, { ...gate, approvals: [], glass: { personId, role } }, ready);
}

/**
 * How the person looking could break the glass for the run now, by role; null where they could not. What else there is is
 * said on trying.
 */
export async function mayBreakGlass(scope: Scope, runId: string): Promise<Method | null> {
  const { actor } = scope;
  if (actor.kind !== "user") return null;
  return read(scope, async (db) => {
    const run = await findRunRow(db, runId);
    if (run?.status !== "in_review" || (await barredFrom({ db }, run)).includes(actor.personId)) return null;
    const inForce = await findActiveCharter(db, run.pilotId);
    if (!inForce) return null;
    const roles = glassRoles(await charterOf(db, run.charterId), inForce.charter);
    const grants = await liveGrants({ db }, actor.personId);
    const role = glassRole(roles, { personId: actor.personId, grants }, run.pilotId);
    return role === null ? null : glassMethod({ db }, run);
  });
}

/** What the passkey of whoever may break the glass is to sign: `gateId` is the run's id, `digest` the patch's. */
export async function askGlassSignature(
  scope: Scope,
  { gateId: runId, digest }: AskSignature,
): Promise<{ readonly options: SigningOptions }> {
  if ((await mayBreakGlass(scope, runId)) === null) throw notFound("run");
  return { options: await askToSign(scope, { gateId: runId, digest, personId: actorId(scope.actor) }) };
}

/** Of a pilot that the caller has checked may be seen, the oldest first. */
export async function listUnreviewed(scope: Scope, pilotId: string): Promise<UnreviewedGlass[]> {
  return read(scope, (db) => unreviewedOf(db, scope, pilotId));
}

async function unreviewedOf(db: Db, scope: Scope, pilotId: string): Promise<UnreviewedGlass[]> {
  const gates = await findOpenReviews(db, pilotId);
  const names = await namesOf(
    scope,
    gates.map(({ openedBy }) => openedBy),
  );
  const titles = new Map<string, string>();
  for (const { runId } of gates) {
    const run = await findRunRow(db, runId);
    if (!run) throw notFound("run");
    titles.set(runId, run.title);
  }
  return gates.map(({ id, runId, openedBy, createdAt, expiresAt }) => ({
    ...{ gateId: id, runId, runTitle: titles.get(runId) ?? runId, byName: names.get(openedBy) ?? openedBy },
    ...{ at: createdAt, dueAt: expiresAt },
  }));
}
