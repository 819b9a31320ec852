import { afterAll, afterEach, describe, expect, test } from "vitest";
import { DAY, MINUTE } from "#lib/clock.ts";
import { AppError } from "#lib/errors.ts";
import { grantRole } from "#lib/people/service.ts";
import { testDatabase } from "#lib/testing/database.ts";
import { enrolTotp, PASSWORD, type PasswordPerson, passwordPerson } from "#lib/testing/password-person.ts";
import { systemActor, testClock, testScope } from "#lib/testing/scopes.ts";
import { webTestEnv } from "#lib/testing/web-env.ts";
import { confirmTotp, getOwnTotp, listOthersTotp, offerTotp, takeTotpFrom } from "#lib/totp/service.ts";
import { makeOneTimeLink, redeemLink } from "../links.ts";
import { getLiveSession } from "../sessions.ts";
import { signIn } from "../sign-in.ts";
import { giveUpTotp, stepAfterSso, takeSecondStep } from "./second-step.ts";
import { TICKET_LENGTH } from "./tickets.ts";

webTestEnv();
const database = await testDatabase("web");
const clock = testClock(Date.UTC(2026, 10, 22, 9));
const anybody = testScope({ actor: systemActor("visitor"), clock });

afterEach(() => clock.advance(2 * DAY)); // no back-off is left
afterAll(() => {
  process.env.PILOTHOUSE_SECOND_FACTOR = "";
});

async function refusal(attempt: Promise<unknown>): Promise<AppError> {
  const error = await attempt.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!(error instanceof AppError)) throw new Error(`not refused: ${String(error)}`);
  return error;
}

async function ticketOf({ email, visitor }: PasswordPerson): Promise<string> {
  const opened = await signIn(anybody, { email, password: PASSWORD, next: "/" }, visitor);
  if (!("ticket" in opened)) throw new Error("no second step was asked for");
  return opened.ticket;
}

const step = (sealed: string | null, code: string, { visitor }: PasswordPerson) =>
  takeSecondStep(anybody, { sealed, code, visitor });

async function entriesAbout(personId: string) {
  const { rows } = await database.owner.query<{ kind: string; body: Buffer }>(
    "select kind, body from log_entry where about @> array[$1] order by seq",
    [`person:${personId}`],
  );
  return rows.map(({ kind, body }) => ({ kind, detail: JSON.parse(body.toString()).detail }));
}

const sessionsOf = async (personId: string): Promise<number> => {
  const { rows } = await database.owner.query(
    "select count(*)::int as n from session where person_id = $1 and revoked_at is null",
    [personId],
  );
  return rows[0].n;
};

describe("a person with one-time codes", () => {
  test("gets no session for the password alone, and one for password and code, written down as both", async () => {
    const person = await passwordPerson(clock);
    const { code } = await enrolTotp(person, clock);
    const before = await sessionsOf(person.personId);
    const ticket = await ticketOf(person);
    expect(await sessionsOf(person.personId)).toBe(before);
    const opened = await step(ticket, code(), person);
    expect(await getLiveSession(anybody, opened.sessionId)).toMatchObject({
      person: { id: person.personId },
    });
    expect((await entriesAbout(person.personId)).at(-1)).toMatchObject({
      kind: "person.signed_in",
      detail: { method: "password", factor: "totp" },
    });
  });

  test("probe: coming by single sign-on has the provider asked again an hour after its word, not after the code", async () => {
    const person = await passwordPerson(clock);
    const { code } = await enrolTotp(person, clock);
    const saidAt = clock.now();
    const came = { personId: person.personId, identityId: "sid_1", refreshToken: null, saidAt };
    const { ticket } = stepAfterSso(anybody, came);
    clock.advance(9 * MINUTE);
    const opened = await step(ticket, code(), person);
    const { rows } = await database.owner.query("select check_by from session where id = $1", [
      opened.sessionId,
    ]);
    expect(rows[0].check_by.getTime() - saidAt).toBe(60 * MINUTE);
  });

  test("is asked for it after a one-time link too: a new password alone lets nobody in", async () => {
    const person = await passwordPerson(clock);
    const { code } = await enrolTotp(person, clock);
    const { token } = await makeOneTimeLink(anybody, person.personId);
    const opened = await redeemLink(
      anybody,
      { token, password: `${PASSWORD}!`, again: `${PASSWORD}!` },
      person.visitor,
    );
    expect(await sessionsOf(person.personId)).toBe(0);
    if (!("ticket" in opened)) throw new Error("no second step was asked for");
    expect((await step(opened.ticket, code(), person)).personId).toBe(person.personId);
  });

  test("signs in by each recovery code once, and is told how many are left", async () => {
    const person = await passwordPerson(clock);
    const { recoveryCodes } = await enrolTotp(person, clock);
    expect(new Set(recoveryCodes).size).toBe(10);
    const [first = ""] = recoveryCodes;
    const plain = first.replaceAll("-", "");
    await step(await ticketOf(person), plain, person);
    const entries = (await entriesAbout(person.personId)).slice(-2);
    expect(entries.map(({ kind }) => kind)).toEqual(["person.recovery_code_used", "person.signed_in"]);
    expect(entries[0]?.detail).toEqual({ left: 9 });
    expect(await getOwnTotp(person.scope)).toMatchObject({ codesLeft: 9 });
    expect((await refusal(step(await ticketOf(person), plain, person))).code).toBe("unauthenticated");
  });

  test("takes the codes away by a fresh one, and by no other", async () => {
    const person = await passwordPerson(clock);
    const { code } = await enrolTotp(person, clock);
    const wrong = await refusal(giveUpTotp(person.scope, "000000", person.visitor));
    expect([wrong.code, Object.keys(wrong.fields ?? {})]).toEqual(["bad_input", ["code"]]);
    await giveUpTotp(person.scope, code(), person.visitor);
    expect(await getOwnTotp(person.scope)).toBeNull();
    expect((await entriesAbout(person.personId)).at(-1)?.kind).toBe("person.totp_removed");
    expect(
      await signIn(anybody, { email: person.email, password: PASSWORD, next: "/" }, person.visitor),
    ).toHaveProperty("sessionId");
  });

  test("sets them up once, by a code that is right, within a quarter of an hour", async () => {
    const person = await passwordPerson(clock);
    const offer = offerTotp(person.scope, person.email);
    expect(
      (await refusal(confirmTotp(person.scope, { ticket: offer.ticket, code: "000000" }))).fields,
    ).toHaveProperty("code");
    clock.advance(16 * MINUTE);
    expect((await refusal(confirmTotp(person.scope, { ticket: offer.ticket, code: "000000" }))).code).toBe(
      "expired",
    );
    await enrolTotp(person, clock);
    expect((await refusal(enrolTotp(person, clock))).code).toBe("conflict");
  });
});

describe("somebody who lost device and recovery codes", () => {
  const admin = testScope({ roles: ["administrator"], clock });

  test("is helped by an administrator, which is written down", async () => {
    const person = await passwordPerson(clock);
    await enrolTotp(person, clock);
    const holders = await listOthersTotp(admin);
    expect(holders.map(({ personId }) => personId)).toContain(person.personId);
    await takeTotpFrom(admin, person.personId);
    expect(await entriesAbout(person.personId)).toContainEqual({
      kind: "person.totp_removed",
      detail: { cause: "by_another" },
    });
    expect((await refusal(takeTotpFrom(admin, person.personId))).code).toBe("not_found");
  });

  test("probe: and by nobody else, themselves included", async () => {
    const person = await passwordPerson(clock);
    await enrolTotp(person, clock);
    expect((await refusal(takeTotpFrom(person.scope, person.personId))).code).toBe("forbidden");
    expect((await refusal(listOthersTotp(person.scope))).code).toBe("forbidden");
    expect((await refusal(takeTotpFrom(admin, "per_test"))).code).toBe("refused");
  });
});

describe("probe: the second step", () => {
  test("takes a code once, whoever brings it, and none from before the last", async () => {
    const person = await passwordPerson(clock);
    const { code } = await enrolTotp(person, clock);
    const [one, two] = [await ticketOf(person), await ticketOf(person)];
    const tries = await Promise.allSettled([step(one, code(), person), step(two, code(), person)]);
    expect(tries.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    expect((await refusal(step(await ticketOf(person), code(-1), person))).code).toBe("unauthenticated");
  });

  test("takes a ticket once, for its time, and only a whole one", async () => {
    const person = await passwordPerson(clock);
    const { code } = await enrolTotp(person, clock);
    const ticket = await ticketOf(person);
    await step(ticket, code(), person);
    clock.advance(MINUTE);
    expect((await refusal(step(ticket, code(), person))).code).toBe("expired");
    const late = await ticketOf(person);
    clock.advance(TICKET_LENGTH);
    expect((await refusal(step(late, code(), person))).code).toBe("expired");
    const whole = await ticketOf(person);
    for (const bad of [null, "", "x", whole.slice(2), `${whole.slice(0, -2)}AA`])
      expect((await refusal(step(bad, code(), person))).code).toBe("expired");
  });

  test("lets five codes be guessed, from however many addresses, and touches no session", async () => {
    const person = await passwordPerson(clock);
    const { code } = await enrolTotp(person, clock);
    const ticket = await ticketOf(person);
    for (let at = 1; at <= 5; at++) {
      const visitor = { address: `203.0.113.${at}`, userAgent: "guess" };
      const wrong = await refusal(takeSecondStep(anybody, { sealed: ticket, code: "000000", visitor }));
      expect(wrong.code).toBe("unauthenticated");
    }
    expect((await refusal(step(ticket, code(), person))).code).toBe("too_many");
    expect(await getLiveSession(anybody, person.session.sessionId)).not.toBeNull();
    clock.advance(2 * MINUTE);
    expect((await step(ticket, code(), person)).personId).toBe(person.personId);
  });

  test("keeps the secret sealed, bound to its person, and its codes as hashes", async () => {
    const person = await passwordPerson(clock);
    const other = await passwordPerson(clock);
    const { secret, recoveryCodes } = await enrolTotp(person, clock);
    const { code } = await enrolTotp(other, clock);
    const { rows } = await database.owner.query(
      `select to_jsonb(t)::text || coalesce((select string_agg(hash, ' ') from recovery_code r where r.person_id = t.person_id), '')
       || (select string_agg(convert_from(body, 'UTF8'), ' ') from log_entry) as text from totp t where person_id = $1`,
      [person.personId],
    );
    for (const each of [secret, ...recoveryCodes, ...recoveryCodes.map((one) => one.replaceAll("-", ""))])
      expect(rows[0].text).not.toContain(each);
    await database.owner.query("alter table totp disable trigger governed");
    await database.owner.query(
      "update totp set sealed = (select sealed from totp where person_id = $1) where person_id = $2",
      [other.personId, person.personId],
    );
    await database.owner.query("alter table totp enable trigger governed");
    expect((await refusal(step(await ticketOf(person), code(), person))).code).toBe("unauthenticated");
  });
});

describe("where whoever decides needs a second step", () => {
  test("a reviewer's roles count for nothing before it is set up, and at once after; a viewer needs none", async () => {
    process.env.PILOTHOUSE_SECOND_FACTOR = "required";
    const person = await passwordPerson(clock);
    const look = () => getLiveSession(anybody, person.session.sessionId);
    await grantRole(anybody, { personId: person.personId, role: "viewer", pilotId: null });
    expect(await look()).toMatchObject({ mustEnrol: false, grants: [{ role: "viewer" }] });
    await grantRole(anybody, { personId: person.personId, role: "reviewer", pilotId: "pil_1" });
    expect(await look()).toMatchObject({ mustEnrol: true, grants: [] });
    await enrolTotp(person, clock);
    expect(await look()).toMatchObject({ mustEnrol: false });
    expect((await look())?.grants).toHaveLength(2);
    process.env.PILOTHOUSE_SECOND_FACTOR = "";
  });
});
