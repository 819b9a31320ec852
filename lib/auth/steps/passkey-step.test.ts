// A confirmed passkey as the second step, with real signatures of an authenticator in software.
import { afterEach, describe, expect, test } from "vitest";
import { DAY, MINUTE } from "#lib/clock.ts";
import { removePasskey } from "#lib/passkeys/remove-passkey.ts";
import { grantRole } from "#lib/people/service.ts";
import { member } from "#lib/testing/arrange.ts";
import { testDatabase } from "#lib/testing/database.ts";
import { entriesAbout } from "#lib/testing/journey.ts";
import { passkeyOf } from "#lib/testing/passkeys/enrolled.ts";
import { enrolTotp, PASSWORD, type PasswordPerson, passwordPerson } from "#lib/testing/password-person.ts";
import { systemActor, testClock, testScope } from "#lib/testing/scopes.ts";
import { webTestEnv } from "#lib/testing/web-env.ts";
import { signIn } from "../sign-in.ts";
import { secondFactorsOf } from "./open-session.ts";
import { askPasskeyStep, takePasskeyStep } from "./second-step.ts";

webTestEnv();
const database = await testDatabase("web");
const clock = testClock(Date.UTC(2026, 10, 22, 9));
const anybody = testScope({ actor: systemActor("visitor"), clock });
const lead = await member(anybody, "lead", "security_lead");

afterEach(() => clock.advance(2 * DAY)); // no back-off is left

const actingAs = ({ scope }: PasswordPerson) => testScope({ roles: ["reviewer"], actor: scope.actor, clock });

async function withPasskey(confirmed = true) {
  const person = await passwordPerson(clock);
  await grantRole(anybody, { personId: person.personId, role: "reviewer", pilotId: null });
  const own = await passkeyOf(actingAs(person), confirmed ? lead : null);
  return { person, ...own };
}

async function signedIn({ email, visitor }: PasswordPerson) {
  const opened = await signIn(anybody, { email, password: PASSWORD, next: "/" }, visitor);
  return "ticket" in opened ? opened.ticket : null;
}

const take = (
  sealed: string | null,
  answer: Parameters<typeof takePasskeyStep>[1]["answer"],
  person: PasswordPerson,
) => takePasskeyStep(anybody, { sealed, answer, visitor: person.visitor });

describe("a person with a confirmed passkey", () => {
  test("gets no session for the password alone, and one for password and passkey, written down as both", async () => {
    const { person, key } = await withPasskey();
    const ticket = await signedIn(person);
    const { options } = await askPasskeyStep(anybody, ticket);
    expect(options).toMatchObject({ rpId: "localhost", userVerification: "required" });
    const answer = key.get(options);
    expect(await take(ticket, answer, person)).toMatchObject({ personId: person.personId });
    expect((await entriesAbout(database, `person:${person.personId}`)).at(-1)).toMatchObject({
      kind: "person.signed_in",
      detail: { method: "password", factor: "passkey" },
    });
    await expect(take(ticket, answer, person)).rejects.toMatchObject({
      code: "refused",
      message: /used already/,
    });
  });

  test("may use a one-time code as well, where they set codes up", async () => {
    const { person } = await withPasskey();
    await enrolTotp(person, clock);
    expect(await secondFactorsOf(anybody, person.personId)).toEqual({ totp: true, passkey: true });
  });

  test("is asked for nothing once it was removed, nor before somebody confirmed it", async () => {
    const { person, passkeyId } = await withPasskey();
    await removePasskey(lead, passkeyId);
    expect(await signedIn(person)).toBeNull();
    expect(await signedIn((await withPasskey(false)).person)).toBeNull();
  });

  test("probe: another person's passkey, another site, nobody verified, a late answer or one without a ticket opens nothing", async () => {
    const { person, key } = await withPasskey();
    const other = await withPasskey();
    const ticket = await signedIn(person);
    const asked = async () => (await askPasskeyStep(anybody, ticket)).options;
    const refused = async (answer: Parameters<typeof take>[1], message: RegExp) =>
      expect(take(ticket, answer, person)).rejects.toMatchObject({ message: expect.stringMatching(message) });
    await refused(other.key.get(await asked()), /not one of yours/);
    clock.advance(DAY / 24);
    const fresh = await signedIn(person);
    const again = async () => (await askPasskeyStep(anybody, fresh)).options;
    await expect(take(fresh, key.get(await again(), { unverified: true }), person)).rejects.toMatchObject({
      message: /did not check that it is you/,
    });
    const late = key.get(await again());
    clock.advance(MINUTE);
    await expect(take(fresh, late, person)).rejects.toMatchObject({ message: /more than a minute/ });
    await expect(take(null, late, person)).rejects.toMatchObject({ code: "expired" });
    await expect(askPasskeyStep(anybody, null)).rejects.toMatchObject({ code: "expired" });
    expect(await entriesAbout(database, `person:${person.personId}`)).toContainEqual(
      expect.objectContaining({ kind: "person.sign_in_refused" }),
    );
  });
});
