// Requests that were turned away, as entries: a few a minute for each reason and run, the rest as a number.
import { floodGate } from "../auth/tries/flood.ts";
import { type Tx, transaction } from "../db.ts";
import type { NewEntryOf, Subjects } from "../record/schema.ts";
import type { Scope } from "../scope.ts";
import type { RefusalReason } from "./schema.ts";

const PER_MINUTE = 3;
const gate = floodGate(PER_MINUTE);

export interface RefusedCall {
  readonly reason: RefusalReason;
  /** Who asked, as far as that is known. */
  readonly runnerId: string;
  readonly run: {
    readonly runId: string;
    readonly pilotId: string;
    readonly attempt: number;
    readonly charterDigest: string;
  } | null;
}

/** The entry, or null where the record has enough alike. */
export function refusalEntry(
  scope: Scope,
  { reason, runnerId, run }: RefusedCall,
): NewEntryOf<"model.refused"> | null {
  const { write, unwritten } = gate(`${reason} ${run?.runId ?? runnerId}`, scope.clock.now());
  if (!write) return null;
  const about: Subjects = run ? [`run:${run.runId}`, `pilot:${run.pilotId}`] : [`runner:${runnerId}`];
  return {
    kind: "model.refused",
    about,
    charter: run?.charterDigest ?? null,
    detail: { reason, attempt: run?.attempt ?? null, unwritten },
  };
}

/** What the gateway itself turned away. `admit` and `openCalls` write down their own. */
export async function recordRefusal(scope: Scope, refused: RefusedCall): Promise<void> {
  const entry = refusalEntry(scope, refused);
  if (entry) await transaction(scope, async (tx: Tx) => tx.record(entry));
}
