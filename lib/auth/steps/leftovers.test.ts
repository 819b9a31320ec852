// What somebody keeps of an earlier state of things: a session of before the second step, a way in begun before they left.
import { afterAll, afterEach, expect, test } from "vitest";
import { makeToken } from "#lib/api-tokens/service.ts";
import { DAY } from "#lib/clock.ts";
import { deactivatePerson, reactivatePerson } from "#lib/people/deactivate.ts";
import { grantRole } from "#lib/people/service.ts";
import { member } from "#lib/testing/arrange.ts";
import { testDatabase } from "#lib/testing/database.ts";
import { passkeyOf } from "#lib/testing/passkeys/enrolled.ts";
import { enrolTotp, PASSWORD, type PasswordPerson, passwordPerson } from "#lib/testing/password-person.ts";
import { systemActor, testClock, testScope } from "#lib/testing/scopes.ts";
import { webTestEnv } from "#lib/testing/web-env.ts";
import { getLiveSession } from "../sessions.ts";
import { signIn } from "../sign-in.ts";
import { askPasskeyStep, takePasskeyStep, takeSecondStep } from "./second-step.ts";

webTestEnv();
const database = await testDatabase("web");
const clock = testClock(Date.UTC(2026, 10, 22, 9));
const anybody = testScope({ actor: systemActor("visitor"), clock });
const administrator = testScope({ roles: ["administrator"], clock });

const set = (sso: boolean, admin: string) => {
  process.env.PILOTHOUSE_SIGN_IN = sso ? "sso_only" : "";
  process.env.PILOTHOUSE_EMERGENCY_ADMIN = admin;
  process.env.PILOTHOUSE_OIDC_ISSUER = sso ? "https://id.example.org" : "";
  process.env.PILOTHOUSE_OIDC_CLIENT_ID = process.env.PILOTHOUSE_OIDC_CLIENT_SECRET = sso ? "x" : "";
};
afterEach(() => {
  set(false, "");
  process.env.PILOTHOUSE_SECOND_FACTOR = "";
  clock.advance(2 * DAY);
});
afterAll(() => set(false, ""));

const signedIn = ({ email, visitor }: PasswordPerson) =>
  signIn(anybody, { email, password: PASSWORD, next: "/" }, visitor);
const isLive = async (sessionId: string) => (await getLiveSession(anybody, sessionId)) !== null;
const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => "done",
    (error: { code?: string }) => error.code,
  );

async function keepsAnAdministrator(): Promise<void> {
  const { personId } = await passwordPerson(clock);
  await grantRole(anybody, { personId, role: "administrator", pilotId: null });
}

test("probe: a thief of the password who came first is out once its owner has a second step", async () => {
  process.env.PILOTHOUSE_SECOND_FACTOR = "required";
  const person = await passwordPerson(clock);
  await grantRole(anybody, { personId: person.personId, role: "reviewer", pilotId: null });
  const stolen = await signedIn(person);
  if ("ticket" in stolen) throw new Error("a second step is asked for");
  expect(await getLiveSession(anybody, stolen.sessionId)).toMatchObject({ mustEnrol: true, grants: [] });
  await enrolTotp(person, clock);
  expect(await isLive(stolen.sessionId)).toBe(false);
  expect(await isLive(person.session.sessionId)).toBe(true);
});

test("probe: a thief of the password who has a passkey of theirs confirmed waits on in the session they opened before", async () => {
  process.env.PILOTHOUSE_SECOND_FACTOR = "required";
  const person = await passwordPerson(clock);
  await grantRole(anybody, { personId: person.personId, role: "reviewer", pilotId: null });
  const stolen = await signedIn(person);
  if ("ticket" in stolen) throw new Error("a second step is asked for");
  clock.advance(1000);
  const lead = await member(anybody, "lead", "security_lead");
  const own = testScope({ roles: ["reviewer"], actor: person.scope.actor, clock });
  const { key } = await passkeyOf(own, lead);
  expect(await getLiveSession(anybody, stolen.sessionId)).toMatchObject({ mustEnrol: true, grants: [] });
  const opened = await signedIn(person);
  const sealed = "ticket" in opened ? opened.ticket : null;
  const answer = key.get((await askPasskeyStep(anybody, sealed)).options);
  const session = await takePasskeyStep(anybody, { sealed, answer, visitor: person.visitor });
  expect(await getLiveSession(anybody, session.sessionId)).toMatchObject({
    ...{ mustEnrol: false, grants: [{ role: "reviewer" }] },
  });
});

test("probe: a second step that was begun before its person was deactivated opens no session, then or later", async () => {
  await keepsAnAdministrator();
  const person = await passwordPerson(clock);
  const { code } = await enrolTotp(person, clock);
  const opened = await signedIn(person);
  const sealed = "ticket" in opened ? opened.ticket : null;
  await deactivatePerson(administrator, person.personId);
  const step = takeSecondStep(anybody, { sealed, code: code(), visitor: person.visitor });
  expect(await codeOf(step)).toBe("unauthenticated");
  await reactivatePerson(administrator, person.personId);
  const { rows } = await database.owner.query(
    "select id from session where person_id = $1 and revoked_at is null",
    [person.personId],
  );
  expect(rows).toEqual([]);
});

test("probe: whoever is deactivated makes no token by a request that was on its way", async () => {
  await keepsAnAdministrator();
  const person = await passwordPerson(clock);
  await deactivatePerson(administrator, person.personId);
  const asked = { label: "Late", accountId: null, permissions: ["pilot.view" as const], pilotIds: null };
  const late = testScope({ roles: ["viewer"], actor: person.scope.actor, clock });
  expect(await codeOf(makeToken(late, { ...asked, days: 1 }))).toBe("forbidden");
});

test("probe: where single sign-on alone is allowed, a password's session of before is over; the emergency's is not", async () => {
  const [person, admin] = [await passwordPerson(clock), await passwordPerson(clock)];
  set(true, admin.email);
  expect(await isLive(person.session.sessionId)).toBe(false);
  expect(await isLive(admin.session.sessionId)).toBe(true);
});

test("probe: whoever guesses codes of somebody, with their password, does not keep them out: a recovery code opens", async () => {
  const person = await passwordPerson(clock);
  const { code, recoveryCodes } = await enrolTotp(person, clock);
  const opened = await signedIn(person);
  const sealed = "ticket" in opened ? opened.ticket : null;
  const take = (typed: string) => takeSecondStep(anybody, { sealed, code: typed, visitor: person.visitor });
  const wrong = code() === "000000" ? "000001" : "000000";
  for (let tries = 0; tries < 5; tries++) expect(await codeOf(take(wrong))).toBe("unauthenticated");
  expect(await codeOf(take(code()))).toBe("too_many");
  const [recovery = ""] = recoveryCodes;
  expect(await take(recovery.replaceAll("-", ""))).toMatchObject({ personId: person.personId });
});
