// What became of a gate, for who asked for it and waits.
import type { Db } from "../db.ts";
import type { GateStatus } from "./schema.ts";
import { findGate } from "./store.ts";

export interface GateOutcome {
  readonly status: GateStatus;
  readonly digest: string;
  readonly expiresAt: Date;
  readonly decidedAt: Date | null;
  /** Approvals given and not withdrawn, of people alone. */
  readonly approvals: readonly {
    readonly personId: string;
    readonly role: string;
    readonly createdAt: Date;
  }[];
}

export async function outcomeOf(db: Db, gateId: string): Promise<GateOutcome | null> {
  const gate = await findGate(db, gateId);
  if (!gate) return null;
  const { status, digest, expiresAt, decidedAt, approvals } = gate;
  return {
    ...{ status, digest, expiresAt, decidedAt },
    approvals: approvals.filter(
      ({ decision, withdrawnAt }) => decision === "approve" && withdrawnAt === null,
    ),
  };
}
