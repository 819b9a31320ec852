// Sessions as their owner sees them, and as whoever looks after people does.
import { requirePermission } from "../authz/require.ts";
import { MINUTE } from "../clock.ts";
import { read, type Tx, transaction } from "../db.ts";
import { forbidden, notFound } from "../errors.ts";
import type { Scope } from "../scope.ts";
import { findOwner, type ListedSession, selectSessions } from "./liveness-store.ts";
import { endOf } from "./rules.ts";
import type { SessionView } from "./schema.ts";
import { endOtherSessions, endSessions } from "./sessions.ts";
import { idleLength } from "./settings.ts";

function own(scope: Scope): { readonly personId: string; readonly sessionId: string } {
  if (scope.actor.kind !== "user") throw forbidden("Only somebody who is signed in has sessions.");
  return scope.actor;
}

async function liveOnes(scope: Scope, personId: string | null): Promise<SessionView[]> {
  const now = scope.clock.now();
  const current = own(scope).sessionId;
  const rows = await read(scope, (db) => selectSessions(db, personId, new Date(now)));
  // What only waits for its provider to be asked again is still a session.
  const isLive = (row: ListedSession) => endOf({ ...row, checkBy: null }, idleLength()) > now;
  return rows.filter(isLive).map(({ checkBy: _, ...row }) => ({ ...row, isThis: row.id === current }));
}

/** The acting person's, the newest first. */
export const listOwnSessions = (scope: Scope): Promise<SessionView[]> => liveOnes(scope, own(scope).personId);

export async function listAllSessions(scope: Scope): Promise<SessionView[]> {
  requirePermission(scope, "person.manage", null);
  return liveOnes(scope, null);
}

/** One's own, or with the permission somebody else's. Its live streams are cut. */
export async function revokeSession(scope: Scope, sessionId: string): Promise<void> {
  const me = own(scope).personId;
  await transaction(scope, async (tx) => {
    const owner = await findOwner(tx.db, sessionId);
    if (owner !== me) requirePermission(scope, "person.manage", null);
    if (owner === null) throw notFound("session");
    await end(tx, scope, { personId: owner, sessionId, cause: owner === me ? "own" : "by_another" });
  });
}

/** All of one's own but this one; returns how many. */
export const revokeOthers = (scope: Scope): Promise<number> =>
  transaction(scope, (tx) => endOwnOthers(tx, scope));

/** The same in the transaction of the caller. */
export async function endOwnOthers(tx: Tx, scope: Scope): Promise<number> {
  const me = own(scope);
  const sessions = await endOtherSessions(tx, scope, me);
  if (sessions > 0)
    tx.record({
      kind: "person.sessions_ended",
      about: [`person:${me.personId}`],
      detail: { sessions, session: null, cause: "own" },
    });
  return sessions;
}

interface Ending {
  readonly personId: string;
  readonly sessionId: string;
  readonly cause: "own" | "by_another";
}

async function end(tx: Tx, scope: Scope, { personId, sessionId, cause }: Ending): Promise<void> {
  const sessions = await endSessions(tx, scope, personId, sessionId);
  if (sessions === 0) return; // it was over already: what was asked for is so
  tx.record({
    kind: "person.sessions_ended",
    about: [`person:${personId}`],
    detail: { sessions, session: sessionId, cause },
  });
}

/** "1 hour", "45 minutes" */
export function idleWords(): string {
  const minutes = idleLength() / MINUTE;
  if (minutes % 60 !== 0) return `${minutes} minutes`;
  return minutes === 60 ? "1 hour" : `${minutes / 60} hours`;
}
