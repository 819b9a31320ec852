import { decideAsk } from "../asks/decide-ask.ts";
import { requireShownWhole } from "../asks/shown-whole.ts";
import type { Role } from "../authz/schema.ts";
import { amend, lockToAmend, whyNotAmended } from "../charters/amend.ts";
import { read, type Tx, transaction } from "../db.ts";
import { conflict, forbidden, notFound, refused } from "../errors.ts";
import { newId } from "../ids.ts";
import { intendMerge, recheckMerge, rejectAtGate } from "../merges/intend-merge.ts";
import { liveGrants } from "../people/service.ts";
import { activatePilot, resumePilot, returnToDraft } from "../pilots/service.ts";
import { changeOf } from "../record/change.ts";
import { reasonDetail } from "../record/reason.ts";
import { lockRun } from "../runs/run-in-tx.ts";
import type { Scope } from "../scope.ts";
import { afterNetworkGate } from "../setup/network-gate.ts";
import { holdStops, liftStop } from "../stops/service.ts";
import { charterOfGate, subjectsOf, voidGate } from "./open-gate.ts";
import { decidingRole, gateState, isSatisfied, refusalToApprove, refusalToDeny } from "./rules.ts";
import type { DecideGate, GateKind, GateStatus } from "./schema.ts";
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
  return transaction(scope, async (tx) => {
    const gate = await lockToDecide(tx, input.gateId);
    const grants = await liveGrants(tx, actor.personId);
    if (!gate || !grants.some((grant) => grant.pilotId === null || grant.pilotId === gate.pilotId))
      throw notFound("gate");
    if (gate.digest !== input.digest)
      throw conflict("What you were shown is not what this gate decides. Reload the page and read it again.");
    const person = { personId: actor.personId, grants };
    const facts = factsOf(gate);
    const refusal = (input.decision === "approve" ? refusalToApprove : refusalToDeny)(
      facts,
      person,
      scope.clock.now(),
    );
    const role = decidingRole(facts, person);
    if (refusal !== null || role === null) throw refused(refusal ?? "Your role does not decide here.");
    await sign(tx, scope, gate, { personId: actor.personId, role, input });
    return input.decision === "deny"
      ? deny(tx, scope, gate, input.reason, "denied")
      : approve(tx, scope, gate, input.reason);
  });
}

/** Gates whose decision is written into their run. */
const OF_A_RUN: readonly GateKind[] = ["merge", "command", "network"];

/**
 * The gate, locked after what its decision moves: a stop, a cancellation or a moved base takes the run first too, so
 * nobody waits for somebody who waits for them.
 */
async function lockToDecide(tx: Tx, gateId: string): Promise<GateRow | null> {
  const gate = await findGate(tx.db, gateId);
  if (gate?.kind === "merge") await holdStops(tx.db);
  if (gate?.kind === "amend") await lockToAmend(tx, gate);
  if (gate && OF_A_RUN.includes(gate.kind)) await lockRun(tx, gate.runId ?? "");
  return lockGate(tx.db, gateId);
}

interface Signature {
  readonly personId: string;
  readonly role: Role;
  readonly input: DecideGate;
}

async function sign(
  tx: Tx,
  scope: Scope,
  gate: GateRow,
  { personId, role, input }: Signature,
): Promise<void> {
  const { decision, digest } = input;
  const id = newId("approval", scope.clock.now());
  const reason = input.reason === "" ? null : input.reason;
  await insertApproval(tx.db, {
    id,
    gateId: gate.id,
    personId,
    role,
    decision,
    reason,
    digest,
    createdAt: new Date(scope.clock.now()),
  });
  const open = gateState(gate, "open");
  const decisions = gate.approvals.length;
  tx.record({
    kind: "gate.approval_given",
    about: [`gate:${gate.id}`, ...subjectsOf(gate)],
    charter: await charterOfGate(tx, gate),
    ...changeOf({ ...open, decisions }, { ...open, decisions: decisions + 1 }),
    detail: {
      approval: id,
      person: personId,
      role,
      decision,
      digest,
      ...(reason === null ? {} : reasonDetail(reason)),
    },
  });
}

/** Approvals that still count: of people who hold the role they signed with now. */
async function standing(tx: Tx, gate: GateRow): Promise<GateRow["approvals"]> {
  const counting: GateRow["approvals"] = [];
  for (const approval of gate.approvals) {
    const { personId, role, decision } = approval;
    const grants = await liveGrants(tx, personId);
    const holds = grants.some(
      (grant) => grant.role === role && (grant.pilotId === null || grant.pilotId === gate.pilotId),
    );
    if (decision === "approve" && holds) counting.push(approval);
  }
  return counting;
}

async function approve(tx: Tx, scope: Scope, { id }: GateRow, said: string): Promise<{ status: GateStatus }> {
  const gate = await lockGate(tx.db, id);
  const approvals = gate ? await standing(tx, gate) : [];
  if (!gate || !isSatisfied(factsOf(gate).rule, approvals.length)) return { status: "open" };
  if (gate.kind === "command") await requireShownWhole(tx.db, gate.id);
  const moot = gate.kind === "amend" ? await whyNotAmended(tx, gate) : null;
  if (moot !== null) {
    await voidGate(tx, scope, gate.id, moot);
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
    case "activate":
      await activatePilot(tx, scope, gate.pilotId ?? "", gate.charterId ?? "");
      return { status: "approved" };
    case "resume":
      if (gate.stopId) await liftStop(tx, scope, gate.stopId);
      else await resumePilot(tx, scope, gate.pilotId ?? "");
      return { status: "approved" };
  }
}

async function deny(
  tx: Tx,
  scope: Scope,
  gate: GateRow,
  reason: string,
  status: "denied" | "expired",
): Promise<{ status: GateStatus }> {
  await close(tx, scope, gate, status, reason);
  if (gate.kind === "merge") await rejectAtGate(tx, scope, gate.runId ?? "", reason);
  if (gate.kind === "network") await afterNetworkGate(tx, scope, gate.runId ?? "", false);
  if (gate.kind === "command") {
    const by = status === "denied" ? "person" : "unattended";
    await decideAsk(tx, scope, gate, { decision: "declined", by, answer: reason });
  }
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
      await deny(tx, scope, gate, "The gate expired before enough people approved.", "expired");
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
