import { read, transaction } from "../db.ts";
import { badInput, forbidden } from "../errors.ts";
import { getPerson } from "../people/service.ts";
import type { Scope } from "../scope.ts";
import { hashPassword, passwordMatches } from "./password.ts";
import { passwordProblems, wrongPresent } from "./rules.ts";
import type { ChangePassword, Visitor } from "./schema.ts";
import { endOtherSessions } from "./sessions.ts";
import { emergencyAdmin } from "./settings.ts";
import { findCredentials, updatePassword } from "./store.ts";
import { writeRefusal } from "./tries/refusals.ts";
import { countTry, forgetTries, throttleKey } from "./tries/throttle.ts";

/** Whether the acting person signs in by a password at all. */
export async function hasPassword(scope: Scope, email: string): Promise<boolean> {
  const only = emergencyAdmin();
  if (only !== null && only !== email) return false;
  return (await read(scope, (db) => findCredentials(db, email)))?.passwordHash != null;
}

/** Sets another password for the acting person, who shows the present one; their other sessions end. */
export async function changePassword(scope: Scope, input: ChangePassword, visitor: Visitor): Promise<number> {
  const { actor } = scope;
  if (actor.kind !== "user") throw forbidden("Only somebody who is signed in has a password.");
  const person = await getPerson(scope, actor.personId);
  if (!(await hasPassword(scope, person.email))) throw forbidden("You do not sign in by a password.");
  const key = throttleKey(person.email, visitor.address);
  const failures = await countTry(scope, key, () => writeRefusal(scope, visitor, person.id, "waiting"));
  const known = await read(scope, (db) => findCredentials(db, person.email));
  if (!(await passwordMatches(known?.passwordHash ?? null, input.current))) {
    await writeRefusal(scope, visitor, person.id, "wrong_password");
    throw badInput("The password is as it was.", { current: [wrongPresent(failures)] });
  }
  const problems = passwordProblems(input.password, person);
  if (problems.length > 0) throw badInput("This password cannot be used.", { password: problems });
  const passwordHash = await hashPassword(input.password);
  return transaction(scope, async (tx) => {
    await forgetTries(tx, scope, key);
    await updatePassword(tx.db, person.id, passwordHash);
    const ended = await endOtherSessions(tx, scope, actor);
    tx.record({
      kind: "person.password_set",
      about: [`person:${person.id}`],
      detail: { sessionsEnded: ended },
    });
    return ended;
  });
}
