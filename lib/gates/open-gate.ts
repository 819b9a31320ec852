import type { Tx } from "../db.ts";
import { newId } from "../ids.ts";
import { charterInForce } from "../pilots/service.ts";
import { sha256Hex } from "../protocol/signing.ts";
import { changeOf, made } from "../record/change.ts";
import { reasonDetail } from "../record/reason.ts";
import { canonicalText } from "../record/rules.ts";
import type { Subject } from "../record/schema.ts";
import { decidingRoles } from "../roles/deciding.ts";
import { charterDigestOf } from "../runs/run-in-tx.ts";
import { actorId, type Scope } from "../scope.ts";
import { type GateRule, gateState } from "./rules.ts";
import type { GateKind } from "./schema.ts";
import { methodFor } from "./step-up.ts";
import { addBarred, closeGate, findOpenOf, type GateRow, insertGate, lockGate } from "./store.ts";

export interface OpenGate {
  readonly kind: GateKind;
  readonly pilotId: string | null;
  readonly runId?: string;
  readonly charterId?: string;
  readonly stopId?: string;
  /** What approvals are bound to; stored as RFC 8785 text, known by its SHA-256. */
  readonly document: Readonly<Record<string, unknown>>;
  readonly rule: GateRule;
  readonly expiresAt: Date;
}

/** Opens a gate and returns its id. The document must name everything the decision depends on. */
export async function openGate(tx: Tx, scope: Scope, gate: OpenGate): Promise<string> {
  const id = newId("gate", scope.clock.now());
  const method = await methodFor(tx, gate);
  const names = await decidingRoles(tx.db, gate.rule.roles);
  const bound = {
    ...{ gate: id, expires: gate.expiresAt.toISOString(), method },
    ...(gate.rule.denials === undefined || gate.rule.denials === 1 ? {} : { denials: gate.rule.denials }),
    // As they were called when it was opened: what somebody decides on names nobody otherwise afterwards.
    ...(names.length === 0 ? {} : { roleNames: Object.fromEntries(names.map(({ id, name }) => [id, name])) }),
  };
  const document = canonicalText({ ...gate.document, ...bound });
  const digest = sha256Hex(Buffer.from(document, "utf8"));
  const { kind, pilotId, runId = null, charterId = null, stopId = null, rule, expiresAt } = gate;
  await insertGate(tx.db, {
    ...{ id, kind, pilotId, runId, charterId, stopId, status: "open", document, digest, expiresAt },
    needed: rule.needed,
    denials: rule.denials ?? 1,
    mustHold: rule.mustHold ?? null,
    roles: [...rule.roles],
    barred: [...rule.barred],
    people: [...(rule.people ?? [])],
    openedBy: actorId(scope.actor),
    createdAt: new Date(scope.clock.now()),
  });
  tx.record({
    kind: "gate.opened",
    about: [`gate:${id}`, ...subjectsOf(gate)],
    charter: await charterOfGate(tx, { runId, pilotId }),
    ...made(gateState({ id, digest }, "open")),
    detail: { gate: kind, digest, needed: rule.needed },
  });
  return id;
}

/** Bars more people from an open gate: they ask for what it decides too. Its document, and so its digest, stays as it is. */
export async function barFromGate(
  tx: Tx,
  gate: { readonly id: string; readonly pilotId: string },
  people: readonly string[],
): Promise<void> {
  const added = await addBarred(tx.db, gate.id, people);
  if (added.length === 0) return;
  tx.record({
    kind: "gate.barred",
    about: [`gate:${gate.id}`, `pilot:${gate.pilotId}`],
    charter: await charterOfGate(tx, { runId: null, pilotId: gate.pilotId }),
    detail: { people: added },
  });
}

/** The gate's other subjects: what it is about. */
export function subjectsOf(gate: {
  runId?: string | null;
  pilotId: string | null;
  stopId?: string | null;
}): Subject[] {
  return [
    ...(gate.runId ? [`run:${gate.runId}` as const] : []),
    ...(gate.pilotId ? [`pilot:${gate.pilotId}` as const] : []),
    ...(gate.stopId ? [`stop:${gate.stopId}` as const] : []),
  ];
}

/** The charter a gate stands under: that of its run, else the one its pilot runs by. */
export async function charterOfGate(
  tx: Tx,
  { runId, pilotId }: { runId: string | null; pilotId: string | null },
): Promise<string | null> {
  return runId === null ? charterInForce(tx.db, pilotId) : charterDigestOf(tx.db, runId);
}

/** Voids a run's open merge gate, if there is one. */
export async function voidMergeGate(tx: Tx, scope: Scope, runId: string, reason: string): Promise<void> {
  await voidRow(tx, scope, await findOpenOf(tx.db, runId, "merge"), reason);
}

/** Voids a run's open question about a network for its patch, if there is one. */
export async function voidNetworkGate(tx: Tx, scope: Scope, runId: string, reason: string): Promise<void> {
  await voidRow(tx, scope, await findOpenOf(tx.db, runId, "network"), reason);
}

/** Voids a gate that is still open. */
export async function voidGate(tx: Tx, scope: Scope, gateId: string, reason: string): Promise<void> {
  await voidRow(tx, scope, await lockGate(tx.db, gateId), reason);
}

async function voidRow(tx: Tx, scope: Scope, gate: GateRow | null, reason: string): Promise<void> {
  if (!gate || !(await closeGate(tx.db, gate.id, "open", "void", new Date(scope.clock.now()), reason)))
    return;
  tx.record({
    kind: "gate.voided",
    about: [`gate:${gate.id}`, ...subjectsOf(gate)],
    charter: await charterOfGate(tx, gate),
    ...changeOf(gateState(gate, "open"), gateState(gate, "void")),
    detail: { digest: gate.digest, ...reasonDetail(reason) },
  });
}

/** The id of a run's open merge gate, or null. */
export async function findOpenGateOf(tx: Tx, runId: string): Promise<string | null> {
  return (await findOpenOf(tx.db, runId, "merge"))?.id ?? null;
}
