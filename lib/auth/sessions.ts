import { can } from "../authz/rules.ts";
import { read, type Tx, transaction } from "../db.ts";
import { AppError } from "../errors.ts";
import { newId } from "../ids.ts";
import { notify } from "../notify.ts";
import type { Scope } from "../scope.ts";
import { ownStepAfterSso } from "../sso/settings.ts";
import { findLiveness, isRenewable, type Liveness, selectSessions, touchSession } from "./liveness-store.ts";
import { endOf, SEEN_EVERY, SESSION_LENGTH } from "./rules.ts";
import type { OpenedSession, Visitor } from "./schema.ts";
import { emergencyAdmin, idleLength, secondStepRequired } from "./settings.ts";
import {
  type LiveSession as Found,
  findLiveSession,
  holdActive,
  insertSession,
  revokeSessions,
} from "./store.ts";

/** `expiresAt`: when it ends if nothing more happens: absolutely, unused, or unchecked. */
export interface LiveSession extends Found, Liveness {
  /** Their roles decide and need a second step they do not have: until it is set up they count for nothing. */
  readonly mustEnrol: boolean;
}

/**
 * Opens a session inside the transaction that proved who it is for. Whoever was deactivated since they began to sign in gets
 * none: it would live again with them.
 */
export async function openNewSession(
  tx: Tx,
  scope: Scope,
  personId: string,
  visitor: Visitor,
  method: "password" | "link" = "password",
): Promise<OpenedSession> {
  if (!(await holdActive(tx.db, personId)))
    throw new AppError("unauthenticated", "This person was deactivated here. Ask who runs Pilothouse.");
  const now = scope.clock.now();
  const sessionId = newId("session", now);
  const expiresAt = new Date(now + SESSION_LENGTH);
  await insertSession(tx.db, {
    id: sessionId,
    personId,
    createdAt: new Date(now),
    expiresAt,
    method,
    address: visitor.address.slice(0, 100),
    userAgent: visitor.userAgent.slice(0, 300),
  });
  return { sessionId, personId, expiresAt };
}

/** The session with its person and the grants of this moment, or null when it is over. */
export async function getLiveSession(scope: Scope, sessionId: string): Promise<LiveSession | null> {
  const now = scope.clock.now();
  const found = await read(scope, async (db) => {
    const session = await findLiveSession(db, sessionId, new Date(now));
    const liveness = session && (await findLiveness(db, sessionId));
    return session && liveness && { ...session, ...liveness };
  });
  const end = found && endOf(found, idleLength());
  if (!found || !end || end <= now || !isStillAWay(found)) return null;
  const mustEnrol = needsSecondStep(found);
  return { ...found, ...(mustEnrol ? { grants: [] } : {}), expiresAt: new Date(end), mustEnrol };
}

/** Where only single sign-on is allowed, sessions of before that are over too. */
function isStillAWay({ method, person }: Found & Liveness): boolean {
  const only = emergencyAdmin();
  return method === "sso" || only === null || only === person.email;
}

/** Of single sign-on the provider asks for as much as it wants to, unless it is said that we ask, too. */
function needsSecondStep({ method, hasSecondStep, grants }: Found & Liveness): boolean {
  const isAsked = method === "sso" ? ownStepAfterSso() : secondStepRequired();
  return isAsked && !hasSecondStep && can(grants, "gate.decide");
}

/** A session of single sign-on whose hour is over, and whose provider gave no token to ask by: the browser may ask it. */
export async function mayComeBack(scope: Scope, sessionId: string | null): Promise<boolean> {
  if (sessionId === null) return false;
  return read(scope, (db) => isRenewable(db, sessionId, new Date(scope.clock.now())));
}

/** Somebody uses the session; written at most once a minute. */
export async function noteSeen(scope: Scope, { sessionId, lastSeenAt }: LiveSession): Promise<void> {
  const now = scope.clock.now();
  if (now - lastSeenAt.getTime() < SEEN_EVERY) return;
  await transaction(scope, (tx) => touchSession(tx.db, sessionId, new Date(now)));
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

/** Ends all of a person's sessions but the one that acts. */
export async function endOtherSessions(
  tx: Tx,
  scope: Scope,
  { personId, sessionId }: { readonly personId: string; readonly sessionId: string },
): Promise<number> {
  const live = await selectSessions(tx.db, personId, new Date(scope.clock.now()));
  const others = live.filter(({ id }) => id !== sessionId);
  for (const { id } of others) await endSessions(tx, scope, personId, id);
  return others.length;
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
