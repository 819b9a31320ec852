// What the plane has to say to whoever has a run. A runner asks for it by one long poll; nothing of it is pushed.
import type { Db, Tx } from "../db.ts";
import type { InboxItem, InboxRequest } from "../protocol/steering.ts";
import type { Scope } from "../scope.ts";
import { itemOf } from "./rules.ts";
import { insertItem, pausedSince, selectWaiting, settlePauses, settleRef } from "./store.ts";

type Said =
  | { readonly kind: "message"; readonly messageId: string }
  /** Good for the attempt that asked. */
  | { readonly kind: "answer"; readonly askId: string; readonly attempt: number }
  /** The attempt that may have a message gives it back, unless its agent is getting it. */
  | { readonly kind: "withdraw"; readonly messageId: string; readonly attempt: number }
  | { readonly kind: "pause"; readonly attempt: number; readonly why: "pause" | "ask" };

/** The caller has locked the run and records an entry about it. */
export async function say(tx: Tx, scope: Scope, runId: string, said: Said): Promise<void> {
  const createdAt = new Date(scope.clock.now());
  const row = { runId, kind: said.kind, ref: null, attempt: null, why: null, createdAt };
  switch (said.kind) {
    case "message":
      await insertItem(tx.db, { ...row, ref: said.messageId });
      break;
    case "answer":
      await insertItem(tx.db, { ...row, ref: said.askId, attempt: said.attempt });
      break;
    case "withdraw":
      await insertItem(tx.db, { ...row, ref: said.messageId, attempt: said.attempt });
      break;
    case "pause":
      await insertItem(tx.db, { ...row, attempt: said.attempt, why: said.why });
  }
  tx.ring({ channel: "inbox_grew", payload: runId });
}

/** What waits for whoever holds this attempt, above number `after`; `withdraw` only for those who know it. */
export async function waitingFor(
  db: Db,
  runId: string,
  { attempt, after, givesBack }: Omit<InboxRequest, "waitSeconds">,
): Promise<InboxItem[]> {
  const rows = await selectWaiting(db, runId, attempt, after);
  return rows.filter(({ kind }) => kind !== "withdraw" || givesBack).flatMap((row) => itemOf(row) ?? []);
}

/** A message or an ask that needs saying no more. */
export async function hush(tx: Tx, scope: Scope, runId: string, ref: string): Promise<void> {
  await settleRef(tx.db, runId, ref, new Date(scope.clock.now()));
}

export async function hushPauses(tx: Tx, scope: Scope, runId: string, attempt: number): Promise<void> {
  await settlePauses(tx.db, runId, attempt, new Date(scope.clock.now()));
}

/** Since when this attempt is asked to put the run away; null where nobody asked. */
export const askedToPark = pausedSince;
