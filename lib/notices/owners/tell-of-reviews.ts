// A look at a pilot's numbers that is due is told to those who answer for it, once. Looked at by the clock: a day begins
// without an entry.
import { type Db, read, transaction } from "../../db.ts";
import { reviewDays } from "../../kpis/review-days.ts";
import { dayIn } from "../../pilots/rules.ts";
import { findActiveCharter } from "../../pilots/service.ts";
import type { Scope } from "../../scope.ts";
import { addresseesOf } from "../addressees.ts";
import type { NoticeEvent } from "../schema.ts";
import { writeNotices } from "../write-notices.ts";
import { type ReviewedPilot, selectReviewed } from "./review-store.ts";

/** How many notices were new. */
export async function tellOfReviews(scope: Scope): Promise<number> {
  const now = scope.clock.now();
  const events = await read(scope, async (db) => {
    const due: NoticeEvent[] = [];
    for (const pilot of await selectReviewed(db)) {
      const event = await reviewOf(db, pilot, now);
      if (event) due.push(event);
    }
    return due;
  });
  let written = 0;
  for (const event of events)
    written += await transaction(scope, async (tx) =>
      writeNotices(tx, scope, event, await addresseesOf(tx.db, event, now)),
    );
  return written;
}

async function reviewOf(
  db: Db,
  { id, timeZone, activatedAt }: ReviewedPilot,
  now: number,
): Promise<NoticeEvent | null> {
  const inForce = await findActiveCharter(db, id);
  if (!inForce) return null;
  const { kpis, rollback } = inForce.charter;
  const { due } = reviewDays({
    ...{ cadence: kpis.cadence, endsOn: rollback.endsOn, today: dayIn(timeZone, now) },
    activatedOn: dayIn(timeZone, activatedAt.getTime()),
  });
  if (due === null) return null;
  return { kind: "review_due", key: `kpis:${id}:${due}`, pilotId: id, at: now, grave: false, facts: {} };
}
