// What a person asked to be told, and when not to. Everybody changes their own.
import { maySee, requirePermission } from "../authz/require.ts";
import { type Db, read, type Tx, transaction } from "../db.ts";
import { badInput, conflict, notFound, refused } from "../errors.ts";
import { changeOf } from "../record/change.ts";
import { actorId, type Scope } from "../scope.ts";
import { findChannel } from "./channel-store.ts";
import { digestOf } from "./digests/digest-of.ts";
import { findDigest } from "./digests/digest-store.ts";
import { clockOf, isTimeZone, mayUse, minuteOf } from "./rules.ts";
import { type Hours, NoticeKind, type OwnNotices, type QuietHours, type Subscription } from "./schema.ts";
import {
  deleteHours,
  deleteSubscription,
  findHours,
  insertSubscription,
  lockOwn,
  selectOwn,
  upsertHours,
} from "./subscription-store.ts";

/** A role anywhere is enough: what they are told is their own. */
export function requireOwn(scope: Scope): void {
  requirePermission(scope, "notice.subscribe", scope.grants[0]?.pilotId ?? null);
}

const quietOf = (hours: Hours | null): QuietHours | null =>
  hours && { timeZone: hours.timeZone, from: clockOf(hours.fromMinute), to: clockOf(hours.toMinute) };

export async function getOwnNotices(scope: Scope): Promise<OwnNotices> {
  requireOwn(scope);
  const me = actorId(scope.actor);
  return read(scope, async (db) => ({
    subscriptions: await selectOwn(db, me),
    quiet: quietOf(await findHours(db, me)),
    digest: await digestOf(db, me, scope.grants),
  }));
}

/** What entries commit to: which channels, pilots and kinds, and the hours. */
async function stateOf(db: Db, personId: string) {
  const own = await selectOwn(db, personId);
  const hours = await findHours(db, personId);
  const digest = await findDigest(db, personId);
  return {
    count: own.length,
    hasHours: hours !== null,
    state: {
      person: personId,
      subscriptions: own.map(({ channelId, pilotId, kind }) => `${channelId} ${pilotId} ${kind}`).sort(),
      quiet: hours ? `${hours.timeZone} ${hours.fromMinute} ${hours.toMinute}` : null,
      ...(digest ? { digest: `${digest.isOn} ${digest.timeZone} ${digest.minute}` } : {}),
    },
  };
}

/** One change of their own, with its entry. */
export async function changeOwn(scope: Scope, change: (tx: Tx, me: string) => Promise<void>): Promise<void> {
  requireOwn(scope);
  const me = actorId(scope.actor);
  await transaction(scope, async (tx) => {
    await lockOwn(tx.db, me);
    const before = await stateOf(tx.db, me);
    await change(tx, me);
    const { state, count, hasHours } = await stateOf(tx.db, me);
    tx.record({
      kind: "person.notices_set",
      about: [`person:${me}`],
      ...changeOf(before.state, state),
      detail: { subscriptions: count, quiet: hasHours },
    });
  });
}

/** More than this nobody reads. */
const MOST = 200;
const OF_ALL = "The daily digest is of all pilots you may see.";
const SHARED =
  "All readers of this channel would see what you may see. Ask whoever looks after it, or take mail.";

/** A pilot the person may not see is not there for them. */
export async function subscribe(scope: Scope, wanted: Subscription): Promise<void> {
  if (wanted.kind === "daily_digest" && wanted.pilotId !== "") throw badInput(OF_ALL, { pilotId: [OF_ALL] });
  await changeOwn(scope, async (tx, me) => {
    if (wanted.pilotId !== "" && !maySee(scope, wanted.pilotId)) throw notFound("pilot");
    const channel = await findChannel(tx.db, wanted.channelId);
    if (!channel || channel.removedAt !== null) throw notFound("channel");
    if (!mayUse(scope.grants, channel.kind)) throw refused(SHARED);
    if ((await selectOwn(tx.db, me)).length >= MOST)
      throw conflict(`There are ${MOST} already. Take some away first.`);
    if (!(await insertSubscription(tx.db, me, wanted))) throw conflict("You are told this already.");
  });
}

/** Of every kind that is not told yet. */
export async function subscribeToAll(scope: Scope, wanted: Omit<Subscription, "kind">): Promise<void> {
  const { subscriptions } = await getOwnNotices(scope);
  const isThere = (kind: NoticeKind) =>
    subscriptions.some(
      (own) => own.kind === kind && own.channelId === wanted.channelId && own.pilotId === wanted.pilotId,
    );
  const kinds = NoticeKind.options.filter((kind) => kind !== "daily_digest" || wanted.pilotId === "");
  for (const kind of kinds) if (!isThere(kind)) await subscribe(scope, { ...wanted, kind });
}

export async function unsubscribe(scope: Scope, unwanted: Subscription): Promise<void> {
  await changeOwn(scope, async (tx, me) => {
    if (!(await deleteSubscription(tx.db, me, unwanted))) throw notFound("subscription");
  });
}

export async function setQuietHours(scope: Scope, { timeZone, from, to }: QuietHours): Promise<void> {
  if (!isTimeZone(timeZone))
    throw badInput("There is no such time zone.", { timeZone: ["Choose one such as Europe/Berlin."] });
  if (from === to) throw badInput("The hours must end at another time.", { to: ["Not when they begin."] });
  const hours = { timeZone, fromMinute: minuteOf(from), toMinute: minuteOf(to) };
  await changeOwn(scope, (tx, me) => upsertHours(tx.db, me, hours));
}

export async function clearQuietHours(scope: Scope): Promise<void> {
  await changeOwn(scope, async (tx, me) => {
    if (!(await deleteHours(tx.db, me))) throw conflict("There are no hours of quiet.");
  });
}
