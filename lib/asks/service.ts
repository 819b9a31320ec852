import { type Db, read } from "../db.ts";
import type { Decided } from "../protocol/steering.ts";
import type { Scope } from "../scope.ts";
import { type AskView, MAX_ASKS } from "./schema.ts";
import { askText } from "./state.ts";
import {
  carryUnheard,
  clearTexts,
  findById,
  listCarried,
  markAllParked,
  selectViewOfGate,
  selectViews,
} from "./store.ts";

/** What the agent of a run asked, the oldest first. The caller has checked the run's visibility. */
export async function listAsks(scope: Scope, runId: string): Promise<AskView[]> {
  return read(scope, (db) => selectViews(db, runId, MAX_ASKS));
}

/** What is decided at a gate, however much was asked since; null where that was never kept. Visibility as above. */
export async function findAskOfGate(scope: Scope, gateId: string): Promise<AskView | null> {
  return read(scope, (db) => selectViewOfGate(db, gateId));
}

/** Decisions for an attempt that begins, each good for the same ask, once. */
export async function decidedFor(db: Db, runId: string): Promise<Decided[]> {
  const rows = await listCarried(db, runId);
  return rows.flatMap(({ digest, status, answer }) =>
    digest !== null && (status === "allowed" || status === "declined")
      ? [{ digest, decision: status, reason: (answer ?? "").slice(0, 2000) }]
      : [],
  );
}

/** A runner puts the run away without having heard what was decided: the next attempt gets it. */
export const carryOver = (db: Db, runId: string, attempt: number): Promise<void> =>
  carryUnheard(db, runId, attempt);

/** A runner put the run away for its asks: by itself, too, where nobody answered in their time. */
export const putAway = (db: Db, runId: string, attempt: number, at: Date): Promise<void> =>
  markAllParked(db, runId, attempt, at);

/** For a redaction. Returns how many lost their words. */
export const takeAsks = (db: Db, runId: string, text: string): Promise<number> => clearTexts(db, runId, text);

/** What a person was shown, as its commitment is made of it; null for one that never was. */
export async function saidInAsk(
  db: Db,
  askId: string,
): Promise<{ readonly text: string; readonly salt: Uint8Array | null } | null> {
  const ask = await findById(db, askId);
  return ask ? { text: askText(ask), salt: ask.salt } : null;
}
