// The brief of a day, told once to each person at their time. Looked at by the clock; that a day was told stands in the
// transaction that writes the notice, so whoever starts again finds it.
import { isEmpty, viewsOf } from "../../briefs/rules.ts";
import { readBriefIn, sinceIn } from "../../briefs/service.ts";
import { type Db, read, type Tx, transaction } from "../../db.ts";
import { liveGrants } from "../../people/service.ts";
import type { Scope } from "../../scope.ts";
import { type Subscriber, selectMailChannels, selectSubscribers } from "../follow-store.ts";
import { mayUse } from "../rules.ts";
import type { NoticeEvent } from "../schema.ts";
import { findHours } from "../subscription-store.ts";
import { writeNotices } from "../write-notices.ts";
import { zoneFor } from "./digest-of.ts";
import { type DigestReader, insertDay, isTold, selectReaders } from "./digest-store.ts";
import { dueDay, isOnByRole, USUAL_MINUTE } from "./rules.ts";

/** How many people were told. One who cannot be told keeps nobody else waiting. */
export async function tellDigests(scope: Scope): Promise<number> {
  let told = 0;
  const failures: unknown[] = [];
  for (const reader of await read(scope, selectReaders)) {
    try {
      const day = await read(scope, (db) => dayFor(db, reader, scope.clock.now()));
      if (day !== null) told += await transaction(scope, (tx) => tell(tx, scope, reader, day));
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0)
    throw new AggregateError(failures, "Some people could not be told of their day; the others were.");
  return told;
}

/** Null where nothing is due, it was told, or they are told nothing by their role. */
async function dayFor(db: Db, reader: DigestReader, now: number): Promise<string | null> {
  const { personId, isOn, isAsked, quietZone } = reader;
  const grants = await liveGrants({ db }, personId);
  if (!(isOn ?? (isAsked || isOnByRole(grants))) || grants.length === 0) return null;
  const day = dueDay(
    {
      timeZone: reader.timeZone ?? (await zoneFor(db, grants, quietZone)),
      minute: reader.minute ?? USUAL_MINUTE,
      chosenAt: reader.chosenAt?.getTime() ?? null,
      createdAt: reader.createdAt.getTime(),
    },
    now,
  );
  return day !== null && !(await isTold(db, personId, day)) ? day : null;
}

/** An empty day is not told, and not looked at again. */
async function tell(tx: Tx, scope: Scope, { personId }: DigestReader, day: string): Promise<number> {
  const now = scope.clock.now();
  const grants = await liveGrants(tx, personId);
  const reader = { personId, grants, now };
  const since = await sinceIn(tx.db, reader, "work");
  let isQuiet = true;
  for (const view of viewsOf(grants)) isQuiet &&= isEmpty(await readBriefIn(tx.db, reader, view, since));
  const ways = isQuiet ? [] : await waysFor(tx.db, reader);
  if (!(await insertDay(tx.db, { personId, day, at: new Date(now), told: ways.length }))) return 0;
  if (ways.length === 0) return 0;
  const event: NoticeEvent = {
    ...{ kind: "daily_digest", key: `digest:${personId}:${day}`, pilotId: null, at: now, grave: false },
    facts: { personId, since: since.at },
  };
  await writeNotices(tx, scope, event, ways);
  return 1;
}

type Reading = { readonly personId: string; readonly grants: Parameters<typeof mayUse>[0] };

/** By the channels they asked for it, else to their own address by the first mail channel. */
async function waysFor(db: Db, { personId, grants }: Reading): Promise<Subscriber[]> {
  const asked = (await selectSubscribers(db, "daily_digest", null)).filter(
    (way) => way.personId === personId && mayUse(grants, way.channelKind),
  );
  if (asked.length > 0) return asked;
  const [mail] = await selectMailChannels(db);
  if (mail === undefined) return [];
  const hours = await findHours(db, personId);
  const { timeZone, fromMinute, toMinute } = hours ?? { timeZone: "UTC", fromMinute: 0, toMinute: 0 };
  return [
    {
      ...{ personId, channelId: mail, channelKind: "smtp", hasHours: hours !== null },
      ...{ timeZone, fromMinute, toMinute },
    },
  ];
}
