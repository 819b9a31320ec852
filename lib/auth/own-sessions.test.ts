import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { DAY, HOUR } from "#lib/clock.ts";
import { AppError } from "#lib/errors.ts";
import { testDatabase } from "#lib/testing/database.ts";
import { PASSWORD, type PasswordPerson, passwordPerson } from "#lib/testing/password-person.ts";
import { systemActor, testClock, testScope } from "#lib/testing/scopes.ts";
import { webTestEnv } from "#lib/testing/web-env.ts";
import { changePassword, hasPassword } from "./change-password.ts";
import { makeOneTimeLink, redeemLink } from "./links.ts";
import { idleWords, listAllSessions, listOwnSessions, revokeOthers, revokeSession } from "./own-sessions.ts";
import { getLiveSession } from "./sessions.ts";
import { signIn } from "./sign-in.ts";

webTestEnv();
const database = await testDatabase("web");
const clock = testClock(Date.UTC(2026, 10, 22, 9));
const anybody = testScope({ actor: systemActor("visitor"), clock });
const administrator = testScope({ roles: ["administrator"], clock });

beforeEach(() => clock.advance(2 * DAY));
afterAll(() => {
  for (const name of ["PILOTHOUSE_SIGN_IN", "PILOTHOUSE_EMERGENCY_ADMIN", "PILOTHOUSE_OIDC_ISSUER"])
    process.env[name] = "";
});

async function refusal(attempt: Promise<unknown>): Promise<AppError> {
  const error = await attempt.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!(error instanceof AppError)) throw new Error(`not refused: ${String(error)}`);
  return error;
}

async function signInAgain({ email }: PasswordPerson, userAgent: string): Promise<string> {
  clock.advance(1000);
  const opened = await signIn(
    anybody,
    { email, password: PASSWORD, next: "/" },
    { address: "203.0.113.7", userAgent },
  );
  if ("ticket" in opened) throw new Error("a second step is asked for");
  return opened.sessionId;
}

async function lastAbout({ personId }: PasswordPerson) {
  const { rows } = await database.owner.query<{ kind: string; body: Buffer }>(
    "select kind, body from log_entry where about @> array[$1] order by seq desc limit 1",
    [`person:${personId}`],
  );
  return { kind: rows[0]?.kind, detail: JSON.parse(rows[0]?.body.toString() ?? "{}").detail };
}

const isLive = async (sessionId: string) => (await getLiveSession(anybody, sessionId)) !== null;

describe("one's own sessions", () => {
  test("are listed with where they came from, the newest first, and only while they live", async () => {
    const person = await passwordPerson(clock);
    const second = await signInAgain(person, "a phone");
    expect(await listOwnSessions(person.scope)).toMatchObject([
      { id: second, userAgent: "a phone", address: "203.0.113.7", method: "password", isThis: false },
      { id: person.session.sessionId, method: "link", isThis: true },
    ]);
    clock.advance(HOUR);
    expect(await listOwnSessions(person.scope)).toEqual([]);
  });

  test("are ended one by one, or all others, each with an entry", async () => {
    const person = await passwordPerson(clock);
    const [one, two, three] = [
      await signInAgain(person, "1"),
      await signInAgain(person, "2"),
      await signInAgain(person, "3"),
    ];
    await revokeSession(person.scope, one);
    expect(await lastAbout(person)).toEqual({
      kind: "person.sessions_ended",
      detail: { sessions: 1, session: one, cause: "own" },
    });
    expect(await revokeOthers(person.scope)).toBe(2);
    expect((await lastAbout(person)).detail).toEqual({ sessions: 2, session: null, cause: "own" });
    expect([await isLive(one), await isLive(two), await isLive(three)]).toEqual([false, false, false]);
    expect(await isLive(person.session.sessionId)).toBe(true);
    expect(await revokeOthers(person.scope)).toBe(0);
  });
});

describe("somebody else's sessions", () => {
  test("are seen and ended by an administrator, which is written down as such", async () => {
    const person = await passwordPerson(clock);
    const listed = await listAllSessions(administrator);
    expect(listed.map(({ id }) => id)).toContain(person.session.sessionId);
    await revokeSession(administrator, person.session.sessionId);
    expect(await isLive(person.session.sessionId)).toBe(false);
    expect((await lastAbout(person)).detail.cause).toBe("by_another");
  });

  test("probe: are nobody else's to see or to end, and a made-up one is not told apart", async () => {
    const [one, two] = [await passwordPerson(clock), await passwordPerson(clock)];
    expect((await refusal(listAllSessions(one.scope))).code).toBe("forbidden");
    const known = await refusal(revokeSession(one.scope, two.session.sessionId));
    const unknown = await refusal(revokeSession(one.scope, "ses_nobody"));
    expect([known.code, known.message]).toEqual([unknown.code, unknown.message]);
    expect(await isLive(two.session.sessionId)).toBe(true);
  });
});

describe("another password", () => {
  const change = (person: PasswordPerson, current: string, password: string) =>
    changePassword(person.scope, { current, password, again: password }, person.visitor);

  test("is set by who shows the present one, and ends the other sessions", async () => {
    const person = await passwordPerson(clock);
    const other = await signInAgain(person, "another");
    expect(await change(person, PASSWORD, "eight lamps over water")).toBe(1);
    expect([await isLive(other), await isLive(person.session.sessionId)]).toEqual([false, true]);
    expect(await lastAbout(person)).toEqual({ kind: "person.password_set", detail: { sessionsEnded: 1 } });
    const input = { email: person.email, next: "/" };
    const old = signIn(anybody, { ...input, password: PASSWORD }, person.visitor);
    expect((await refusal(old)).code).toBe("unauthenticated");
    const now = await signIn(anybody, { ...input, password: "eight lamps over water" }, person.visitor);
    expect(now).toHaveProperty("sessionId");
  });

  test("probe: is not set by guessing the present one, nor a weak one", async () => {
    const person = await passwordPerson(clock);
    expect((await refusal(change(person, PASSWORD, "short"))).fields).toHaveProperty("password");
    for (let at = 0; at < 4; at++)
      expect((await refusal(change(person, "a guess", "eight lamps over water"))).fields).toHaveProperty(
        "current",
      );
    expect((await refusal(change(person, PASSWORD, "eight lamps over water"))).code).toBe("too_many");
  });
});

describe("where single sign-on alone is allowed", () => {
  test("one named person gets in by a password, which is written down; nobody else does, by link or password", async () => {
    const [chosen, other] = [await passwordPerson(clock), await passwordPerson(clock)];
    const { token } = await makeOneTimeLink(anybody, other.personId);
    process.env.PILOTHOUSE_OIDC_ISSUER = "https://id.example.org";
    process.env.PILOTHOUSE_OIDC_CLIENT_ID = "pilothouse";
    process.env.PILOTHOUSE_OIDC_CLIENT_SECRET = "secret";
    process.env.PILOTHOUSE_SIGN_IN = "sso_only";
    process.env.PILOTHOUSE_EMERGENCY_ADMIN = chosen.email;
    const input = { password: PASSWORD, next: "/" };
    const refused = await refusal(signIn(anybody, { ...input, email: other.email }, other.visitor));
    const wrong = { ...input, email: chosen.email, password: "another one entirely" };
    expect(refused.fields).toEqual((await refusal(signIn(anybody, wrong, chosen.visitor))).fields);
    expect((await lastAbout(other)).detail.reason).toBe("sso_only");
    const link = redeemLink(anybody, { token, password: PASSWORD, again: PASSWORD }, other.visitor);
    expect((await refusal(link)).code).toBe("refused");
    expect([await hasPassword(anybody, other.email), await hasPassword(anybody, chosen.email)]).toEqual([
      false,
      true,
    ]);
    await signIn(anybody, { ...input, email: chosen.email }, chosen.visitor);
    expect((await lastAbout(chosen)).kind).toBe("person.emergency_signed_in");
  });
});

test("how long a session may idle is said in words", () => {
  const words = ["45", "60", "120", "90"].map((minutes) => {
    process.env.PILOTHOUSE_IDLE_MINUTES = minutes;
    return idleWords();
  });
  process.env.PILOTHOUSE_IDLE_MINUTES = "";
  expect(words).toEqual(["45 minutes", "1 hour", "2 hours", "90 minutes"]);
});
