import { read, transaction } from "../db.ts";
import { AppError } from "../errors.ts";
import type { Scope } from "../scope.ts";
import { passwordMatches } from "./password.ts";
import { wrongSentence } from "./rules.ts";
import type { OpenedSession, SignIn, Visitor } from "./schema.ts";
import { emergencyAdmin } from "./settings.ts";
import { hasAny, openSignedIn, type StepDue, secondFactorsOf } from "./steps/open-session.ts";
import { stepDue } from "./steps/second-step.ts";
import { type Credentials, findCredentials } from "./store.ts";
import { type RefusalReason, writeRefusal } from "./tries/refusals.ts";
import { countTry, forgetTries, throttleKey } from "./tries/throttle.ts";

/**
 * Opens a session for the right e-mail and password, or asks for the second step of whoever has one. Every other outcome
 * looks and costs the same, whether or not there is such an account, and whether or not it may use a password. Back-off is
 * per account and address and never touches a live session.
 */
export async function signIn(
  scope: Scope,
  input: SignIn,
  visitor: Visitor,
): Promise<OpenedSession | StepDue> {
  const key = throttleKey(input.email, visitor.address);
  const failures = await countTry(scope, key, () => writeRefusal(scope, visitor, "unknown", "waiting"));
  const person = await read(scope, (db) => findCredentials(db, input.email));
  const matches = await passwordMatches(person?.passwordHash ?? null, input.password);
  const reason = refusalOf(person, matches, input.email);
  if (!person || reason) {
    await writeRefusal(scope, visitor, person?.personId ?? "unknown", reason ?? "unknown_account");
    throw new AppError("unauthenticated", "You are not signed in.", {
      fields: { password: [wrongSentence(failures)] },
    });
  }
  const shown = { personId: person.personId, method: "password", visitor } as const;
  const due = hasAny(await secondFactorsOf(scope, person.personId));
  return transaction(scope, async (tx) => {
    await forgetTries(tx, scope, key);
    return due ? stepDue(scope, shown) : openSignedIn(tx, scope, shown);
  });
}

function refusalOf(person: Credentials | null, matches: boolean, email: string): RefusalReason | null {
  if (!person) return "unknown_account";
  if (person.disabled) return "disabled";
  if (person.passwordHash === null) return "no_password";
  if (!matches) return "wrong_password";
  const only = emergencyAdmin();
  return only !== null && only !== email ? "sso_only" : null;
}
