import type { Db } from "../db.ts";
import type { GateKind } from "./schema.ts";
import { findNewestOf, type GateRow } from "./store.ts";

/** The newest gate of a kind that a run ever had, whatever became of it; null where it had none. */
export const newestGate = (db: Db, runId: string, kind: GateKind): Promise<GateRow | null> =>
  findNewestOf(db, runId, kind);
