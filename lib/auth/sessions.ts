import { read, type Tx, transaction } from "../db.ts";
import { newId } from "../ids.ts";
import { notify } from "../notify.ts";
import type { Scope } from "../scope.ts";
import { SESSION_LENGTH } from "./rules.ts";
import type { OpenedSession, Visitor } from "./schema.ts";
import { findLiveSession, insertSession, type LiveSession, revokeSessions } from "./store.ts";

export type { LiveSession };

/** Opens a session inside the transaction that proved who it is for. */
export async function openNewSession(
  tx: Tx,
  scope: Scope,
  personId: string,
  visitor: Visitor,
): Promise<OpenedSession> {
  const now = scope.clock.now();
  const sessionId = newId("session", now);
  const expiresAt = new Date(now + SESSION_LENGTH);
  await insertSession(tx.db, {
    id: sessionId,
    personId,
    createdAt: new Date(now),
    expiresAt,
    address: visitor.address.slice(0, 100),
    userAgent: visitor.userAgent.slice(0, 300),
  });
  return { sessionId, personId, expiresAt };
}

/** The session with its person and the grants of this moment, or null when it is over. */
export async function getLiveSession(scope: Scope, sessionId: string): Promise<LiveSession | null> {
  return read(scope, (db) => findLiveSession(db, sessionId, new Date(scope.clock.now())));
}

/** Ends sessions in the caller's transaction; their live streams are cut when it commits. */
export async function endSessions(
  tx: Tx,
  scope: Scope,
  personId: string,
  sessionId: string | null,
): Promise<number> {
  const ended = await revokeSessions(tx.db, personId, sessionId, new Date(scope.clock.now()));
  for (const id of ended) await notify(tx, "session_revoked", id);
  return ended.length;
}

/** Ends the acting person's own session. Doing it twice is harmless. */
export async function signOut(scope: Scope): Promise<void> {
  const { actor } = scope;
  if (actor.kind !== "user") return;
  await transaction(scope, async (tx) => {
    if ((await endSessions(tx, scope, actor.personId, actor.sessionId)) === 0) return;
    tx.record({
      kind: "person.signed_out",
      about: [`person:${actor.personId}`],
      detail: { session: actor.sessionId },
    });
  });
}
