// How long a pilot's payloads are kept after a run's end, and the legal hold that keeps all of them.
import { maySee, requirePermission } from "../authz/require.ts";
import { read, transaction } from "../db.ts";
import { notFound, refused } from "../errors.ts";
import { namesOf } from "../people/service.ts";
import { charterInForce, lockedPilot } from "../pilots/service.ts";
import { changeOf, made } from "../record/change.ts";
import { reasonDetail } from "../record/reason.ts";
import { actorId, type Scope } from "../scope.ts";
import { askBefore, cutoff, retentionState } from "./rules.ts";
import type { RetentionView, SetRetention } from "./schema.ts";
import { countEnded, findRetention, saveRetention, waitForHolds } from "./store.ts";

const dated = (instant: number | null) => (instant === null ? null : new Date(instant));

export async function getRetention(scope: Scope, pilotId: string): Promise<RetentionView> {
  if (!maySee(scope, pilotId)) throw notFound("pilot");
  const { row, endedRuns, dueRuns } = await read(scope, async (db) => {
    const row = await findRetention(db, pilotId);
    const before = row && dated(cutoff(row, scope.clock.now()));
    return {
      row,
      endedRuns: await countEnded(db, pilotId, null),
      dueRuns: before ? await countEnded(db, pilotId, before) : 0,
    };
  });
  const names = await namesOf(scope, row ? [row.setBy] : []);
  return {
    days: row?.days ?? null,
    isHeld: row?.isHeld ?? false,
    holdReason: row?.isHeld ? row.holdReason : null,
    setByName: row ? (names.get(row.setBy) ?? row.setBy) : null,
    setAt: row?.setAt ?? null,
    ...{ endedRuns, dueRuns },
  };
}

/** Refuses first, with the number of runs, where saving would take payloads away that nobody agreed to. */
export async function setRetention(scope: Scope, input: SetRetention): Promise<void> {
  const { pilotId, days, isHeld, reason, agreedRuns } = input;
  requirePermission(scope, "retention.set", pilotId);
  await transaction(scope, async (tx) => {
    await waitForHolds(tx.db);
    await lockedPilot(tx, pilotId);
    const now = scope.clock.now();
    const before = dated(cutoff({ days, isHeld }, now));
    const due = before ? await countEnded(tx.db, pilotId, before) : 0;
    const question = askBefore(due, agreedRuns, days);
    if (question !== null) throw refused(question, { agreedRuns: [String(due)] });
    const replaced = await findRetention(tx.db, pilotId);
    const set = retentionState(pilotId, { days, isHeld });
    await saveRetention(tx.db, {
      ...{ pilotId, days, isHeld },
      holdReason: isHeld ? reason : null,
      setBy: actorId(scope.actor),
      setAt: new Date(now),
    });
    tx.record({
      kind: "retention.set",
      about: [`pilot:${pilotId}`],
      charter: await charterInForce(tx.db, pilotId),
      ...(replaced ? changeOf(retentionState(pilotId, replaced), set) : made(set)),
      detail: { days, is_held: isHeld, ...reasonDetail(reason) },
    });
  });
}
