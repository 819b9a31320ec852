// Follows the numbered log by a cursor that moves in the transaction which writes what is to be told: stopped anywhere
// it goes on where it was, and nothing is written twice. What is written and due is then put into deliveries.
import { read, transaction } from "../db.ts";
import { newId } from "../ids.ts";
import { readableEntry } from "../log/rules.ts";
import type { Scope } from "../scope.ts";
import { addresseesOf } from "./addressees.ts";
import { bindNotices, insertDelivery, selectDue } from "./delivery-store.ts";
import { detectNotice, WATCHED_KINDS } from "./detect.ts";
import { findNoticeCursor, moveNoticeCursor, selectNumbered } from "./follow-store.ts";
import type { NoticeEvent } from "./schema.ts";
import { writeNotices } from "./write-notices.ts";

/** Entries of one turn. */
const LEAVES = 400;
const DUE_AT_ONCE = 500;

/** What was numbered since the last call, and what is due by now. */
export async function followNotices(scope: Scope): Promise<void> {
  while (await followSome(scope)) {}
  await gatherDue(scope);
}

/** False when there is nothing left, or another worker is at it. */
async function followSome(scope: Scope): Promise<boolean> {
  const { from, next, events } = await read(scope, async (db) => {
    const position = await findNoticeCursor(db);
    const numbered = await selectNumbered(db, position, WATCHED_KINDS, LEAVES);
    return { from: position, next: numbered.next, events: numbered.entries.flatMap(noticeOf) };
  });
  if (next === from) return false;
  return transaction(scope, async (tx) => {
    if (!(await moveNoticeCursor(tx.db, from, next))) return false;
    const now = scope.clock.now();
    for (const event of events) await writeNotices(tx, scope, event, await addresseesOf(tx.db, event, now));
    return true;
  });
}

function noticeOf({ at, body }: { at: Date; body: Uint8Array }): NoticeEvent[] {
  const entry = readableEntry(body);
  const event = entry ? detectNotice(entry, at.getTime()) : null;
  return event ? [event] : [];
}

/** What is due for the same place goes out as one; grave things apart from others. */
export async function gatherDue(scope: Scope): Promise<void> {
  await transaction(scope, async (tx) => {
    const now = scope.clock.now();
    for (const { channelId, recipient, ids } of await selectDue(tx.db, new Date(now), DUE_AT_ONCE)) {
      const id = newId("delivery", now);
      const at = new Date(now);
      await insertDelivery(tx.db, { id, channelId, recipient, purpose: "notice", madeAt: at, nextAt: at });
      await bindNotices(tx.db, ids, id);
    }
  });
}
