// A merge by broken glass that no other lead has reviewed is told to every lead again, once a day, until one has.
import { DAY } from "../clock.ts";
import { read, transaction } from "../db.ts";
import { findOpenReviews, type OpenReview } from "../gates/open-reviews.ts";
import type { Scope } from "../scope.ts";
import { addresseesOf } from "./addressees.ts";
import type { NoticeEvent } from "./schema.ts";
import { writeNotices } from "./write-notices.ts";

/** The day it is in, counted from when the glass was broken; of the first one the entry itself tells. */
function reminderOf({ id, pilotId, runId, createdAt }: OpenReview, now: number): NoticeEvent | null {
  const day = Math.floor((now - createdAt.getTime()) / DAY);
  if (day < 1) return null;
  const facts = { gateId: id, runId, escalated: true } as const;
  return { kind: "glass_broken", key: `review:${id}:${day}`, pilotId, at: now, grave: true, facts };
}

/** How many notices were new. */
export async function remindReviews(scope: Scope): Promise<number> {
  const now = scope.clock.now();
  const open = await read(scope, (db) => findOpenReviews(db, null));
  let written = 0;
  for (const review of open) {
    const event = reminderOf(review, now);
    if (!event) continue;
    written += await transaction(scope, async (tx) =>
      writeNotices(tx, scope, event, await addresseesOf(tx.db, event, now)),
    );
  }
  return written;
}
