// A session of single sign-on is believed for an hour after its provider last said yes. Past half of it, whoever comes to
// a door with it has the provider asked again; a no ends it there, and with it what its person has by the provider.
import { recheckStreams } from "../auth/recheck-streams.ts";
import { endSessions, getLiveSession, type LiveSession } from "../auth/sessions.ts";
import { authSettings } from "../auth/settings.ts";
import { type Tx, transaction } from "../db.ts";
import { messageOf } from "../errors.ts";
import { createLogger } from "../logger.ts";
import type { Scope } from "../scope.ts";
import { openHere, sealHere } from "../sealing/kept-here.ts";
import { keptToken } from "./open-sso.ts";
import { askAgain, ProviderError } from "./provider.ts";
import { ASK_AGAIN, checkTimes } from "./rules.ts";
import type { Known } from "./schema.ts";
import { ssoSettings } from "./settings.ts";
import { claimCheck, type DueSession, markRefused, saveChecked } from "./store.ts";
import { syncGroups } from "./sync-groups.ts";

// Several requests of one browser come at once; one asks, the others wait for what it hears.
const asking = new Map<string, Promise<void>>();

/** The live session, after its provider was asked where that is due. Null: it is over. */
export async function checkedSession(scope: Scope, sessionId: string): Promise<LiveSession | null> {
  const session = await getLiveSession(scope, sessionId);
  if (session && (session.checkDueAt === null || session.checkDueAt.getTime() > scope.clock.now()))
    return session;
  const known = asking.get(sessionId);
  const check = known ?? checkNow(scope, sessionId).finally(() => asking.delete(sessionId));
  if (!known) asking.set(sessionId, check);
  await check;
  return getLiveSession(scope, sessionId);
}

async function checkNow(scope: Scope, sessionId: string): Promise<void> {
  const now = scope.clock.now();
  const again = new Date(now + ASK_AGAIN);
  const due = await transaction(scope, (tx) => claimCheck(tx.db, sessionId, new Date(now), again));
  if (!due) return;
  const answer = await ask(sessionId, due);
  if (answer === "no" || answer === "unaskable") await end(scope, sessionId, due, answer);
  else if (answer !== "silence") await keep(scope, sessionId, due, answer);
}

type Answer = Known | "no" | "silence" | "unaskable";

/**
 * Silence changes nothing: the session goes on being believed until its hour is over, and no longer. Where nobody can be asked
 * with what we hold (another secret than it was sealed by, no provider set up any more) nobody said no either: the session
 * alone ends.
 */
async function ask(sessionId: string, due: DueSession): Promise<Answer> {
  const token = openHere(authSettings().secret, keptToken(sessionId), due.refreshSealed);
  const settings = ssoSettings();
  if (token === null || settings === null) return "unaskable";
  try {
    return await askAgain(settings, token, due);
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error;
    if (error.outcome === "refused") return "no";
    createLogger("sign-in").warn(
      { reason: messageOf(error.cause), sessionId },
      "the identity provider could not be asked",
    );
    return "silence";
  }
}

async function end(
  scope: Scope,
  sessionId: string,
  due: DueSession,
  answer: "no" | "unaskable",
): Promise<void> {
  const { personId } = due;
  await transaction(scope, async (tx) => {
    if (answer === "no") await refuse(tx, scope, due);
    const sessions = await endSessions(tx, scope, personId, sessionId);
    if (sessions === 0) return;
    tx.record({
      kind: "person.sessions_ended",
      about: [`person:${personId}`],
      detail: { sessions, session: sessionId, cause: "provider" },
    });
  });
}

/** Whoever may have left: out of what the provider put them into, and no program acts for them until they were back. */
async function refuse(tx: Tx, scope: Scope, { personId, identityId }: DueSession): Promise<void> {
  await syncGroups(tx, scope, personId, []);
  await markRefused(tx.db, identityId, new Date(scope.clock.now()));
  await recheckStreams(tx, scope, [personId]);
  tx.record({
    kind: "person.identity_refused",
    about: [`person:${personId}`],
    detail: { identity: identityId },
  });
}

async function keep(
  scope: Scope,
  sessionId: string,
  due: DueSession,
  { refreshToken, groups }: Known,
): Promise<void> {
  if (refreshToken === null) throw new Error("an answer to a refresh keeps its token");
  const sealed = sealHere(authSettings().secret, keptToken(sessionId), refreshToken);
  await transaction(scope, async (tx) => {
    await syncGroups(tx, scope, due.personId, groups);
    await saveChecked(tx.db, sessionId, {
      identityId: due.identityId,
      refreshSealed: new Uint8Array(sealed),
      ...checkTimes(scope.clock.now()),
    });
  });
}
