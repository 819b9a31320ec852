import { beforeEach, describe, expect, test } from "vitest";
import { type Clock, DAY, HOUR, MINUTE } from "#lib/clock.ts";
import { AppError } from "#lib/errors.ts";
import { createPerson } from "#lib/people/service.ts";
import { makeScope } from "#lib/scope.ts";
import { testDatabase } from "#lib/testing/database.ts";
import { webTestEnv } from "#lib/testing/web-env.ts";
import { makeOneTimeLink, redeemLink as redeemOrAsk } from "./links.ts";
import { LINK_LENGTH, SESSION_LENGTH } from "./rules.ts";
import type { Visitor } from "./schema.ts";
import { getLiveSession, noteSeen, signOut } from "./sessions.ts";
import { signIn as signInOrAsk } from "./sign-in.ts";

webTestEnv();
const database = await testDatabase("web");

let now = Date.UTC(2026, 10, 22, 9);
const clock: Clock = { now: () => now, sleep: () => Promise.resolve() };
const scope = makeScope({
  actor: { kind: "system", name: "visitor" },
  grants: [],
  requestId: "req_test",
  clock,
});
const PASSWORD = "seven lamps over water";
const HERE: Visitor = { address: "192.0.2.10", userAgent: "test" };
let people = 0;
let visitors = 0;

function sessionOf<T extends object>(opened: T): Exclude<T, { ticket: string }> {
  if ("ticket" in opened) throw new Error("a second step is asked for");
  return opened as Exclude<T, { ticket: string }>;
}
const signIn = async (...given: Parameters<typeof signInOrAsk>) => sessionOf(await signInOrAsk(...given));
const redeemLink = async (...given: Parameters<typeof redeemOrAsk>) => sessionOf(await redeemOrAsk(...given));

/** A person who has set a password, and an address nobody used before. */
async function somebody() {
  const email = `person${++people}@example.org`;
  const personId = await createPerson(scope, { email, name: "Zoë Tester" });
  const { token } = await makeOneTimeLink(scope, personId);
  const opened = await redeemLink(scope, { token, password: PASSWORD, again: PASSWORD }, HERE);
  const visitor: Visitor = { address: `198.51.100.${++visitors}`, userAgent: "test" };
  return { email, personId, token, opened, visitor };
}

async function refusal(attempt: Promise<unknown>): Promise<AppError> {
  const error = await attempt.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!(error instanceof AppError)) throw new Error(`not refused: ${String(error)}`);
  return error;
}

async function entriesAbout(
  personId: string,
): Promise<{ kind: string; detail: Record<string, unknown>; text: string }[]> {
  const { rows } = await database.owner.query<{ kind: string; body: Buffer }>(
    "select kind, body from log_entry where about @> array[$1] order by seq",
    [`person:${personId}`],
  );
  return rows.map(({ kind, body }) => ({
    kind,
    detail: JSON.parse(body.toString()).detail,
    text: body.toString(),
  }));
}

const wrong = (email: string, visitor: Visitor) =>
  refusal(signIn(scope, { email, password: "not the password", next: "/" }, visitor));

beforeEach(() => {
  now += 2 * DAY; // every test starts with no back-off left
});

describe("signing in", () => {
  test("opens a session that lasts half a day and is written down", async () => {
    const { email, personId, visitor } = await somebody();
    const session = await signIn(scope, { email, password: PASSWORD, next: "/" }, visitor);
    expect(session.personId).toBe(personId);
    expect(session.expiresAt.getTime()).toBe(now + SESSION_LENGTH);
    expect(await getLiveSession(scope, session.sessionId)).toMatchObject({ person: { id: personId, email } });
    const last = (await entriesAbout(personId)).at(-1);
    expect(last).toMatchObject({
      kind: "person.signed_in",
      detail: { session: session.sessionId, address: visitor.address, method: "password" },
    });
  });

  test("a wrong password and an unknown account get the same answer", async () => {
    const { email, visitor } = await somebody();
    const known = await wrong(email, visitor);
    const unknown = await wrong("nobody@example.org", visitor);
    expect([unknown.code, unknown.message, unknown.fields]).toEqual([
      known.code,
      known.message,
      known.fields,
    ]);
    expect(known.status).toBe(401);
    expect(known.fields?.password?.[0]).toBe(
      "E-mail or password is wrong. 4 tries left, then a wait of 1 minute.",
    );
  });

  test("a failed try is written with its reason and without what was typed", async () => {
    const { email, personId, visitor } = await somebody();
    await wrong(email, visitor);
    const last = (await entriesAbout(personId)).at(-1);
    expect(last).toMatchObject({
      kind: "person.sign_in_refused",
      detail: { reason: "wrong_password", address: visitor.address, unwritten: 0 },
    });
    expect(last?.text).not.toContain("not the password");
    expect(last?.text).not.toContain(email);
  });

  test("a disabled person is refused like a wrong password, and every session is over", async () => {
    const { email, personId, opened, visitor } = await somebody();
    await database.owner.query("alter table person disable trigger governed");
    await database.owner.query("update person set disabled_at = now() where id = $1", [personId]);
    await database.owner.query("alter table person enable trigger governed");
    const error = await refusal(signIn(scope, { email, password: PASSWORD, next: "/" }, visitor));
    expect(error.fields?.password?.[0]).toContain("E-mail or password is wrong");
    expect(await getLiveSession(scope, opened.sessionId)).toBeNull();
  });

  test("a person who has not used their link yet cannot sign in", async () => {
    const personId = await createPerson(scope, { email: "fresh@example.org", name: "Fresh" });
    await wrong("fresh@example.org", { address: "203.0.113.9", userAgent: "" });
    expect((await entriesAbout(personId)).at(-1)?.detail.reason).toBe("no_password");
  });
});

describe("back-off", () => {
  test("five failures close the account for that address for a minute, with the right password too", async () => {
    const { email, visitor } = await somebody();
    for (let i = 0; i < 5; i++) await wrong(email, visitor);
    const closed = await refusal(signIn(scope, { email, password: PASSWORD, next: "/" }, visitor));
    expect(closed.code).toBe("too_many");
    expect(closed.retryAfter).toBe(60);
    now += MINUTE;
    expect(await signIn(scope, { email, password: PASSWORD, next: "/" }, visitor)).toMatchObject({});
  });

  test("the wait doubles and a success forgets it", async () => {
    const { email, visitor } = await somebody();
    for (let i = 0; i < 5; i++) await wrong(email, visitor);
    now += MINUTE;
    await wrong(email, visitor);
    expect((await wrong(email, visitor)).retryAfter).toBe(120);
    now += 2 * MINUTE;
    await signIn(scope, { email, password: PASSWORD, next: "/" }, visitor);
    expect((await wrong(email, visitor)).fields?.password?.[0]).toContain("4 tries left");
  });

  test("probe: an attacker who fails on purpose locks neither a live session nor the person's own address", async () => {
    const { email, personId, opened, visitor } = await somebody();
    const attacker: Visitor = { address: "203.0.113.66", userAgent: "curl" };
    for (let i = 0; i < 8; i++) await wrong(email, attacker);
    expect(await getLiveSession(scope, opened.sessionId)).toMatchObject({ person: { id: personId } });
    expect(await signIn(scope, { email, password: PASSWORD, next: "/" }, visitor)).toMatchObject({
      personId,
    });
  });

  test("probe: parallel guesses cannot outrun the count", async () => {
    const { email, visitor } = await somebody();
    const outcomes = await Promise.all(Array.from({ length: 12 }, () => wrong(email, visitor)));
    expect(outcomes.filter(({ code }) => code === "unauthenticated")).toHaveLength(5);
    expect(outcomes.filter(({ code }) => code === "too_many")).toHaveLength(7);
  });

  test("probe: a flood of made-up accounts does not fill the log, and the next entry counts what was left out", async () => {
    const visitor: Visitor = { address: "203.0.113.77", userAgent: "" };
    const written = async () =>
      (await entriesAbout("unknown")).filter(({ detail }) => detail.address === visitor.address);
    for (let i = 0; i < 23; i++) await wrong(`made-up-${i}@example.org`, visitor);
    expect(await written()).toHaveLength(20);
    now += 2 * MINUTE;
    await wrong("made-up-again@example.org", visitor);
    expect((await written()).at(-1)?.detail.unwritten).toBe(3);
  });
});

describe("one-time links", () => {
  test("a link lets its person in once, sets the password and is used up", async () => {
    const { personId, token, opened } = await somebody();
    expect(await getLiveSession(scope, opened.sessionId)).toMatchObject({ person: { id: personId } });
    const again = await refusal(redeemLink(scope, { token, password: PASSWORD, again: PASSWORD }, HERE));
    expect([again.code, again.message]).toEqual([
      "expired",
      "This link was used already. Ask for a new one.",
    ]);
    const kinds = (await entriesAbout(personId)).map(({ kind }) => kind);
    expect(kinds).toEqual([
      "person.created",
      "person.link_made",
      "person.link_used",
      "person.password_set",
      "person.signed_in",
    ]);
  });

  test("only the hash of the token is kept", async () => {
    const { token, personId } = await somebody();
    const { rows } = await database.owner.query("select * from one_time_link where person_id = $1", [
      personId,
    ]);
    expect(JSON.stringify(rows)).not.toContain(token);
    expect(JSON.stringify(await entriesAbout(personId))).not.toContain(token);
  });

  test("a link ends after 24 hours, and when a newer one is made", async () => {
    const personId = await createPerson(scope, { email: "links@example.org", name: "Links" });
    const first = await makeOneTimeLink(scope, personId);
    now += MINUTE;
    const second = await makeOneTimeLink(scope, personId);
    const redeem = (token: string) => redeemLink(scope, { token, password: PASSWORD, again: PASSWORD }, HERE);
    expect((await refusal(redeem(first.token))).code).toBe("expired");
    now += LINK_LENGTH;
    expect((await refusal(redeem(second.token))).message).toContain("has expired");
  });

  test("a weak password is refused beside its field and leaves the link usable", async () => {
    const personId = await createPerson(scope, { email: "weak@example.org", name: "Weak" });
    const { token } = await makeOneTimeLink(scope, personId);
    const error = await refusal(redeemLink(scope, { token, password: "short", again: "short" }, HERE));
    expect(error.fields?.password).toEqual(["Use 12 characters or more; this has 5."]);
    expect(await redeemLink(scope, { token, password: PASSWORD, again: PASSWORD }, HERE)).toMatchObject({
      personId,
    });
  });

  test("probe: two browsers with the same link get one session between them", async () => {
    const personId = await createPerson(scope, { email: "race@example.org", name: "Race" });
    const { token } = await makeOneTimeLink(scope, personId);
    const redeem = () => redeemLink(scope, { token, password: PASSWORD, again: PASSWORD }, HERE);
    const outcomes = await Promise.allSettled([redeem(), redeem(), redeem()]);
    expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  });

  test("a new password by link ends the person's other sessions", async () => {
    const { personId, opened } = await somebody();
    const { token } = await makeOneTimeLink(scope, personId);
    await redeemLink(scope, { token, password: `${PASSWORD} again`, again: `${PASSWORD} again` }, HERE);
    expect(await getLiveSession(scope, opened.sessionId)).toBeNull();
  });

  test("probe: a made-up token is a link that is not there", async () => {
    const input = { token: "../../etc/passwd", password: PASSWORD, again: PASSWORD };
    expect((await refusal(redeemLink(scope, input, HERE))).code).toBe("not_found");
  });
});

describe("a session", () => {
  test("is over at its hour and not before, however much it is used", async () => {
    const { opened } = await somebody();
    const end = now + SESSION_LENGTH;
    while (end - now > 1) {
      const live = await getLiveSession(scope, opened.sessionId);
      if (live) await noteSeen(scope, live);
      const until = (await getLiveSession(scope, opened.sessionId))?.expiresAt.getTime();
      expect(until).toBe(Math.min(end, now + HOUR));
      now = Math.min(now + 50 * MINUTE, end - 1);
    }
    expect(await getLiveSession(scope, opened.sessionId)).not.toBeNull();
    now = end;
    expect(await getLiveSession(scope, opened.sessionId)).toBeNull();
  });

  test("is over when nobody used it for an hour, and its use is written once a minute at most", async () => {
    const { opened } = await somebody();
    const seenAt = async () => {
      const { rows } = await database.owner.query("select last_seen_at from session where id = $1", [
        opened.sessionId,
      ]);
      return rows[0].last_seen_at?.getTime() ?? null;
    };
    const use = async () => {
      const live = await getLiveSession(scope, opened.sessionId);
      if (live) await noteSeen(scope, live);
      return live !== null;
    };
    const start = now;
    now = start + MINUTE - 1;
    expect([await use(), await seenAt()]).toEqual([true, null]);
    now = start + MINUTE;
    expect([await use(), await seenAt()]).toEqual([true, now]);
    now = start + MINUTE + HOUR;
    expect(await use()).toBe(false);
    expect(await seenAt()).toBe(start + MINUTE);
  });

  test("ends at sign-out, once and for this session alone", async () => {
    const { email, personId, opened, visitor } = await somebody();
    const other = await signIn(scope, { email, password: PASSWORD, next: "/" }, visitor);
    const actor = { kind: "user", personId, sessionId: opened.sessionId } as const;
    const own = makeScope({ actor, grants: [], requestId: "req_test", clock });
    await signOut(own);
    await signOut(own);
    expect(await getLiveSession(scope, opened.sessionId)).toBeNull();
    expect(await getLiveSession(scope, other.sessionId)).not.toBeNull();
    const kinds = (await entriesAbout(personId)).map(({ kind }) => kind);
    expect(kinds.filter((kind) => kind === "person.signed_out")).toHaveLength(1);
  });
});
