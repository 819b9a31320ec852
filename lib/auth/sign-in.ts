import { createHash } from "node:crypto";
import { read, transaction } from "../db.ts";
import { AppError } from "../errors.ts";
import type { Subject } from "../record/schema.ts";
import type { Scope } from "../scope.ts";
import { floodGate } from "./flood.ts";
import { passwordMatches } from "./password.ts";
import { blockedSentence, FORGET_AFTER, takeTry, wrongSentence } from "./rules.ts";
import type { OpenedSession, SignIn, Visitor } from "./schema.ts";
import { openNewSession } from "./sessions.ts";
import { deleteThrottles, findCredentials, lockThrottle, saveThrottle } from "./store.ts";

// An account has five tries an address anyway; this bounds made-up accounts and knocking at a closed account.
const written = floodGate(20);

type Reason = "wrong_password" | "unknown_account" | "disabled" | "no_password" | "waiting";

const keyOf = (email: string, { address }: Visitor) =>
  createHash("sha256").update(`${email}\n${address}`).digest("hex");

/**
 * Opens a session for the right e-mail and password. Every other outcome looks and costs the same, whether
 * or not there is such an account. Back-off is per account and address and never touches a live session.
 */
export async function signIn(scope: Scope, input: SignIn, visitor: Visitor): Promise<OpenedSession> {
  const key = keyOf(input.email, visitor);
  const failures = await countTry(scope, key, visitor);
  const person = await read(scope, (db) => findCredentials(db, input.email));
  const matches = await passwordMatches(person?.passwordHash ?? null, input.password);
  if (!person || !matches || person.disabled) {
    await writeRefusal(scope, visitor, person?.personId ?? "unknown", reasonOf(person));
    throw new AppError("unauthenticated", "You are not signed in.", {
      fields: { password: [wrongSentence(failures)] },
    });
  }
  return transaction(scope, async (tx) => {
    await deleteThrottles(tx.db, key, new Date(scope.clock.now() - FORGET_AFTER));
    const session = await openNewSession(tx, scope, person.personId, visitor);
    tx.record({
      kind: "person.signed_in",
      about: [`person:${person.personId}`],
      detail: { session: session.sessionId, address: visitor.address, method: "password" },
    });
    return session;
  });
}

/** Counts the try before the password is looked at, so that parallel guesses cannot outrun the count. */
async function countTry(scope: Scope, key: string, visitor: Visitor): Promise<number> {
  const now = scope.clock.now();
  const outcome = await transaction(scope, async (tx) => {
    const before = await lockThrottle(tx.db, key);
    const after = takeTry(before, now);
    if (after) await saveThrottle(tx.db, key, after);
    return { before, after };
  });
  if (outcome.after) return outcome.after.failures;
  const wait = (outcome.before?.blockedUntil ?? now) - now;
  await writeRefusal(scope, visitor, "unknown", "waiting");
  throw new AppError("too_many", blockedSentence(wait), { retryAfter: Math.ceil(wait / 1000) });
}

function reasonOf(person: { disabled: boolean; passwordHash: string | null } | null): Reason {
  if (!person) return "unknown_account";
  if (person.disabled) return "disabled";
  return person.passwordHash === null ? "no_password" : "wrong_password";
}

async function writeRefusal(
  scope: Scope,
  { address }: Visitor,
  personId: string,
  reason: Reason,
): Promise<void> {
  const { write, unwritten } = written(address, scope.clock.now());
  if (!write) return;
  const about: Subject = `person:${personId}`;
  await transaction(scope, async (tx) => {
    tx.record({ kind: "person.sign_in_refused", about: [about], detail: { address, reason, unwritten } });
  });
}
