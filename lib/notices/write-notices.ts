// Writes what is to be told, once for each channel and recipient: a person, or the one place a shared channel leads to.
import type { Tx } from "../db.ts";
import { findWaitingGate } from "../gates/waiting.ts";
import { newId } from "../ids.ts";
import type { Scope } from "../scope.ts";
import { insertNotice, lastDue } from "./delivery-store.ts";
import type { Subscriber } from "./follow-store.ts";
import { dueAt, isShared } from "./rules.ts";
import type { NoticeEvent } from "./schema.ts";

interface Place {
  readonly channelId: string;
  readonly recipient: string;
  readonly readers: readonly Subscriber[];
}

function placesOf(subscribers: readonly Subscriber[]): Place[] {
  const byPlace = Map.groupBy(subscribers, ({ channelId, channelKind, personId }) =>
    JSON.stringify([channelId, isShared(channelKind) ? "" : personId]),
  );
  return [...byPlace].map(([key, readers]) => {
    const [channelId, recipient] = JSON.parse(key) as [string, string];
    return { channelId, recipient, readers };
  });
}

/** How many were new. A shared channel tells as soon as one of those who asked for it would be told. */
export async function writeNotices(
  tx: Tx,
  scope: Scope,
  event: NoticeEvent,
  subscribers: readonly Subscriber[],
): Promise<number> {
  const now = scope.clock.now();
  const gate = event.facts.gateId === undefined ? null : await findWaitingGate(tx.db, event.facts.gateId);
  const uselessAt = gate?.expiresAt.getTime() ?? null;
  let written = 0;
  for (const { channelId, recipient, readers } of placesOf(subscribers)) {
    const toldAt = (await lastDue(tx.db, channelId, recipient, event.kind))?.getTime() ?? null;
    const due = readers.map((reader) =>
      dueAt({ now, grave: event.grave, hours: reader.hasHours ? reader : null, toldAt, uselessAt }),
    );
    const isNew = await insertNotice(tx.db, {
      ...{ id: newId("notice", now), channelId, recipient, kind: event.kind, pilotId: event.pilotId },
      ...{ eventKey: event.key, facts: event.facts, grave: event.grave },
      ...{ at: new Date(event.at), dueAt: new Date(Math.min(...due)) },
    });
    if (isNew) written += 1;
  }
  return written;
}
