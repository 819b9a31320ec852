import { promoteArtefacts, whyNotPromoted } from "../artefacts/promote.ts";
import { decideAsk } from "../asks/decide-ask.ts";
import { requireShownWhole } from "../asks/shown-whole.ts";
import type { RoleGrant } from "../authz/schema.ts";
import { reviewed } from "../break-glass/review.ts";
import { amend, lockToAmend, whyNotAmended } from "../charters/amend.ts";
import { read, type Tx, transaction } from "../db.ts";
import { conflict, forbidden, notFound, refused } from "../errors.ts";
import { decideExit, whyExitNotDecided } from "../exit-reviews/ask-exit.ts";
import { newId } from "../ids.ts";
import { intendMerge, recheckMerge, rejectAtGate, requireChecks } from "../merges/intend-merge.ts";
import type { SignedApproval } from "../passkeys/sign-approval.ts";
import { liveGrants } from "../people/service.ts";
import { activatePilot, lockedPilot, resumePilot, returnToDraft } from "../pilots/service.ts";
import { changeOf } from "../record/change.ts";
import { reasonDetail } from "../record/reason.ts";
import { approveRelease, whyNotReleased } from "../releases/approve-release.ts";
import { isBlindFor, lockRun } from "../runs/run-in-tx.ts";
import type { Scope } from "../scope.ts";
import { afterNetworkGate } from "../setup/network-gate.ts";
import { holdStops, liftStop } from "../stops/service.ts";
import { armAgain } from "../tripwires/let-go-on.ts";
import { decideWeek, whyWeekNotDecided } from "../weekly-reviews/decide-week.ts";
import { alteredDocument, factsNow } from "./facts-now.ts";
import { charterOfGate, subjectsOf, voidGate } from "./open-gate.ts";
import {
  countingApprovals,
  countingDenials,
  type DecidingAs,
  decidingAs,
  gateState,
  isDenied,
  isSatisfied,
  refusalToApprove,
  refusalToDeny,
} from "./rules.ts";
import type { DecideGate, GateKind, GateStatus } from "./schema.ts";
import { signatureAt, takeAnswer } from "./step-up.ts";
import {
  closeGate,
  factsOf,
  findGate,
  type GateRow,
  insertApproval,
  listExpired,
  lockGate,
} from "./store.ts";

/**
 * One person's decision, bound to the digest of the document they were shown. The decision that completes the
 * rule takes effect in the same transaction. Returns the gate's state afterwards.
 */
export async function decideGate(scope: Scope, input: DecideGate): Promise<{ status: GateStatus }> {
  const { actor } = scope;
  if (actor.kind !== "user") throw forbidden("Only a person can decide at a gate.");
  const answered = await takeAnswer(scope, actor.personId, input);
  return transaction(scope, async (tx) => {
    const gate = await lockToDecide(tx, input.gateId);
    const grants = await liveGrants(tx, actor.personId);
    if (!gate || !grants.some((grant) => grant.pilotId === null || grant.pilotId === gate.pilotId))
      throw notFound("gate");
    if (gate.runId !== null && (await isBlindFor(tx.db, gate.runId, actor.personId)))
      throw refused("You judge this run blind, so somebody else decides here.");
    if (gate.digest !== input.digest)
      throw conflict("What you were shown is not what this gate decides. Reload the page and read it again.");
    const person = { personId: actor.personId, grants };
    const altered = alteredDocument(gate);
    if (altered !== null) return voidAltered(tx, scope, gate, altered);
    const [facts] = await factsNow(tx.db, [gate]);
    if (!facts) throw notFound("gate");
    const refusal = (input.decision === "approve" ? refusalToApprove : refusalToDeny)(
      facts,
      person,
      scope.clock.now(),
    );
    const as = decidingAs(facts, person);
    if (refusal !== null || as === null) throw refused(refusal ?? "Your role does not decide here.");
    const isApproving = input.decision === "approve";
    // Nobody signs what cannot take effect: what comes in opens another gate.
    if (isApproving && gate.kind === "merge") requireChecks(gate.document);
    const signed = isApproving ? await signatureAt(tx, scope, gate, actor.personId, answered) : null;
    await sign(tx, scope, gate, { personId: actor.personId, as, input, signed });
    return input.decision === "deny"
      ? denyWhenEnough(tx, scope, gate, input)
      : approve(tx, scope, gate, input.reason);
  });
}

/** Gates whose decision is written into their run. */
const OF_A_RUN: readonly GateKind[] = ["merge", "command", "network", "artefact"];

/**
 * The gate, locked after what its decision moves: a stop, a cancellation or a moved base takes the run first too, so
 * nobody waits for somebody who waits for them.
 */
async function lockToDecide(tx: Tx, gateId: string): Promise<GateRow | null> {
  const gate = await findGate(tx.db, gateId);
  if (gate?.kind === "merge" || gate?.kind === "release") await holdStops(tx.db);
  if (gate?.kind === "amend" || gate?.kind === "weekly_review") await lockToAmend(tx, gate);
  if (gate && OF_A_RUN.includes(gate.kind)) await lockRun(tx, gate.runId ?? "");
  // No other charter comes into force between its being read and what is decided under it.
  if (gate?.kind === "merge" || gate?.kind === "release" || gate?.kind === "exit_review")
    await lockedPilot(tx, gate.pilotId ?? "");
  return lockGate(tx.db, gateId);
}

interface Signature {
  readonly personId: string;
  readonly as: DecidingAs;
  readonly input: DecideGate;
  /** By a passkey, where the charter asks for it. */
  readonly signed: SignedApproval | null;
}

async function sign(
  tx: Tx,
  scope: Scope,
  gate: GateRow,
  { personId, as: { role, deputyOf }, input, signed }: Signature,
): Promise<void> {
  const { decision, digest } = input;
  const id = newId("approval", scope.clock.now());
  const reason = input.reason === "" ? null : input.reason;
  await insertApproval(tx.db, {
    id,
    gateId: gate.id,
    personId,
    role,
    deputyOf,
    decision,
    reason,
    digest,
    source: input.source ?? "web",
    createdAt: new Date(scope.clock.now()),
    ...(signed === null ? {} : { passkeyId: signed.passkeyId, assertion: signed.text }),
  });
  const open = gateState(gate, "open");
  const decisions = gate.approvals.length;
  tx.record({
    kind: "gate.approval_given",
    about: [
      `gate:${gate.id}`,
      ...subjectsOf(gate),
      ...(signed === null ? [] : [`passkey:${signed.passkeyId}` as const]),
    ],
    charter: await charterOfGate(tx, gate),
    ...changeOf({ ...open, decisions }, { ...open, decisions: decisions + 1 }),
    detail: {
      approval: id,
      person: personId,
      role,
      decision,
      digest,
      ...(deputyOf === null ? {} : { deputy_of: deputyOf }),
      ...(reason === null ? {} : reasonDetail(reason)),
      ...(signed === null ? {} : { passkey: signed.passkeyId, assertion: signed.digest }),
    },
  });
}

/** A merge that nobody can be shown any more is decided no further; of others there is none to void yet. */
async function voidAltered(
  tx: Tx,
  scope: Scope,
  gate: GateRow,
  why: string,
): Promise<{ status: GateStatus }> {
  if (gate.kind !== "merge") throw refused(why);
  await voidGate(tx, scope, gate.id, why);
  return { status: "void" };
}

/** Decisions of a kind that count now. */
async function standing(
  tx: Tx,
  gate: GateRow,
  counting: typeof countingApprovals | typeof countingDenials,
): Promise<GateRow["approvals"]> {
  const [facts = factsOf(gate)] = await factsNow(tx.db, [gate]);
  const grants = new Map<string, readonly RoleGrant[]>();
  for (const { personId } of gate.approvals) grants.set(personId, await liveGrants(tx, personId));
  return counting(facts, gate.approvals, (personId) => grants.get(personId) ?? []);
}

type Denial = Pick<DecideGate, "reason" | "rejectedAs">;

/** Where it takes several to deny, the gate stays open until there are as many. */
async function denyWhenEnough(
  tx: Tx,
  scope: Scope,
  { id }: GateRow,
  said: Denial,
): Promise<{ status: GateStatus }> {
  const gate = await lockGate(tx.db, id);
  if (!gate) throw notFound("gate");
  const denials = await standing(tx, gate, countingDenials);
  return isDenied(factsOf(gate).rule, denials) ? deny(tx, scope, gate, said, "denied") : { status: "open" };
}

async function approve(tx: Tx, scope: Scope, { id }: GateRow, said: string): Promise<{ status: GateStatus }> {
  const gate = await lockGate(tx.db, id);
  const approvals = gate ? await standing(tx, gate, countingApprovals) : [];
  if (!gate || !isSatisfied(factsOf(gate).rule, approvals)) return { status: "open" };
  if (gate.kind === "command") await requireShownWhole(tx.db, gate.id);
  const moot = gate.kind === "amend" ? await whyNotAmended(tx, gate) : null;
  if (moot !== null) {
    await voidGate(tx, scope, gate.id, moot);
    return { status: "void" };
  }
  const changed = await whyChanged(tx, scope, gate);
  if (changed !== null) {
    await voidGate(tx, scope, gate.id, changed);
    return { status: "void" };
  }
  const merging = gate.kind === "merge" ? await recheckMerge(tx, scope, gate) : null;
  if (merging === "void") return { status: "void" };
  await close(tx, scope, gate, "approved", null);
  switch (gate.kind) {
    case "merge":
      if (merging) await intendMerge(tx, scope, { ...gate, approvals }, merging);
      return { status: "approved" };
    case "network":
      await afterNetworkGate(tx, scope, gate.runId ?? "", true);
      return { status: "approved" };
    case "command":
      await decideAsk(tx, scope, gate, { decision: "allowed", by: "person", answer: said });
      return { status: "approved" };
    case "amend":
      await amend(tx, scope, gate);
      return { status: "approved" };
    case "break_glass":
      await reviewed(tx, scope, gate, true);
      return { status: "approved" };
    case "release":
      await approveRelease(tx, gate);
      return { status: "approved" };
    case "artefact":
      await promoteArtefacts(tx, scope, gate);
      return { status: "approved" };
    case "activate":
      await activatePilot(tx, scope, gate.pilotId ?? "", gate.charterId ?? "");
      return { status: "approved" };
    case "resume":
      if (gate.stopId) await liftStop(tx, scope, gate.stopId);
      else {
        await resumePilot(tx, scope, gate.pilotId ?? "");
        await armAgain(tx, scope, gate.pilotId ?? "");
      }
      return { status: "approved" };
    case "exit_review":
      await decideExit(tx, scope, gate);
      return { status: "approved" };
    case "weekly_review":
      await decideWeek(tx, scope, gate);
      return { status: "approved" };
  }
}

/** Why what was asked for is no longer so; null where it is, and of gates that say so otherwise. */
async function whyChanged(tx: Tx, scope: Scope, gate: GateRow): Promise<string | null> {
  if (gate.kind === "release") return whyNotReleased(tx, scope, gate);
  if (gate.kind === "exit_review") return whyExitNotDecided(tx, scope, gate);
  if (gate.kind === "weekly_review") return whyWeekNotDecided(tx, gate);
  return gate.kind === "artefact" ? whyNotPromoted(tx, gate) : null;
}

async function deny(
  tx: Tx,
  scope: Scope,
  gate: GateRow,
  said: Denial,
  status: "denied" | "expired",
): Promise<{ status: GateStatus }> {
  const { reason } = said;
  await close(tx, scope, gate, status, reason);
  if (gate.kind === "merge") await rejectAtGate(tx, scope, gate.runId ?? "", said);
  if (gate.kind === "network") await afterNetworkGate(tx, scope, gate.runId ?? "", false);
  if (gate.kind === "command") {
    const by = status === "denied" ? "person" : "unattended";
    await decideAsk(tx, scope, gate, { decision: "declined", by, answer: reason });
  }
  if (gate.kind === "break_glass") await reviewed(tx, scope, gate, false);
  if (gate.kind === "activate") await returnToDraft(tx, gate.pilotId ?? "", reason);
  return { status };
}

async function close(
  tx: Tx,
  scope: Scope,
  gate: GateRow,
  to: "approved" | "denied" | "expired",
  reason: string | null,
): Promise<void> {
  const closed = await closeGate(tx.db, gate.id, "open", to, new Date(scope.clock.now()), reason);
  if (!closed) throw conflict("Somebody else decided this gate first.");
  tx.record({
    kind: `gate.${to}`,
    about: [`gate:${gate.id}`, ...subjectsOf(gate)],
    charter: await charterOfGate(tx, gate),
    ...changeOf(gateState(gate, "open"), gateState(gate, to)),
    detail: { digest: gate.digest, ...(reason === null ? {} : reasonDetail(reason)) },
  });
}

/** Expired means denied. Returns how many gates ran out. */
export async function expireGates(scope: Scope): Promise<number> {
  const due = await read(scope, (db) => listExpired(db, new Date(scope.clock.now())));
  const failures: unknown[] = [];
  let expired = 0;
  for (const { id } of due) {
    const closing = transaction(scope, async (tx) => {
      const gate = await lockToDecide(tx, id);
      if (gate?.status !== "open") return 0;
      await deny(tx, scope, gate, { reason: "The gate expired before enough people approved." }, "expired");
      return 1;
    });
    expired += await closing.catch((error: unknown) => {
      failures.push(error);
      return 0;
    });
  }
  if (failures.length > 0)
    throw new AggregateError(failures, "Some gates could not be closed; the others were.");
  return expired;
}
