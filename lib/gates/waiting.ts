// A gate as whoever tells people of it needs it: is it still open, and who may decide it now.
import type { RoleGrant } from "../authz/schema.ts";
import type { Db } from "../db.ts";
import { factsNow } from "./facts-now.ts";
import { refusalToApprove, refusalToDeny } from "./rules.ts";
import type { GateKind } from "./schema.ts";
import { factsOf, findGate } from "./store.ts";

export interface WaitingGate {
  readonly id: string;
  readonly kind: GateKind;
  readonly pilotId: string | null;
  readonly runId: string | null;
  readonly stopId: string | null;
  readonly createdAt: Date;
  readonly expiresAt: Date;
  /** Whether the gate waits for this person: they may approve it, or could deny it. */
  mayDecide(personId: string, grants: readonly RoleGrant[], now: number): boolean;
}

/** Null where it is decided, or was never there. */
export async function findWaitingGate(db: Db, gateId: string): Promise<WaitingGate | null> {
  const gate = await findGate(db, gateId);
  if (gate?.status !== "open") return null;
  const { id, kind, pilotId, runId, stopId, createdAt, expiresAt } = gate;
  const [facts = factsOf(gate)] = await factsNow(db, [gate]);
  return {
    ...{ id, kind, pilotId, runId, stopId, createdAt, expiresAt },
    mayDecide: (personId, grants, now) =>
      refusalToApprove(facts, { personId, grants }, now) === null &&
      refusalToDeny(facts, { personId, grants }, now) === null,
  };
}
