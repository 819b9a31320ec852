// Within the hour the provider is asked again, through the doors everybody comes by.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { GET as back } from "#app/(auth)/sign-in/return/route.ts";
import { GET as out } from "#app/(auth)/sign-in/sso/route.ts";
import { makeAccount } from "#lib/api-tokens/accounts.ts";
import { openToken } from "#lib/api-tokens/open-token.ts";
import { listTokens, makeToken } from "#lib/api-tokens/service.ts";
import { openSession, sessionCookie } from "#lib/auth/session-token.ts";
import { mayComeBack } from "#lib/auth/sessions.ts";
import { HOUR, MINUTE } from "#lib/clock.ts";
import { grantGroupRole } from "#lib/groups/grant-group-role.ts";
import { createGroup } from "#lib/groups/service.ts";
import { createPerson, grantRole } from "#lib/people/service.ts";
import { checkedSession } from "#lib/sso/check.ts";
import { testDatabase } from "#lib/testing/database.ts";
import { smallBrowser } from "#lib/testing/oidc/browser.ts";
import { startProvider, type TestProvider } from "#lib/testing/oidc/provider.ts";
import { person, systemActor, testClock, testScope } from "#lib/testing/scopes.ts";
import { TEST_URL, webTestEnv } from "#lib/testing/web-env.ts";

webTestEnv();
const database = await testDatabase("web");
const admin = testScope({ roles: ["administrator"] });
let provider: TestProvider;
let count = 0;

beforeAll(async () => {
  provider = await startProvider({ redirectUris: [`${TEST_URL}/sign-in/return`] });
  process.env.PILOTHOUSE_OIDC_ISSUER = provider.issuer;
  process.env.PILOTHOUSE_OIDC_CLIENT_ID = provider.clientId;
  process.env.PILOTHOUSE_OIDC_CLIENT_SECRET = provider.clientSecret;
  process.env.PILOTHOUSE_IDLE_MINUTES = "720"; // idling is another matter
});
afterAll(async () => {
  for (const name of ["ISSUER", "CLIENT_ID", "CLIENT_SECRET"]) process.env[`PILOTHOUSE_OIDC_${name}`] = "";
  process.env.PILOTHOUSE_IDLE_MINUTES = "";
  await provider.close();
});

/** Somebody who just signed in, with a clock of their own. */
async function signedIn(groups: string[] = []) {
  const sub = `subject-${++count}`;
  const email = `recheck${count}@example.org`;
  const set = (more: string[]) => provider.people.set(sub, { email, email_verified: true, groups: more });
  set(groups);
  provider.signingIn = sub;
  provider.down = false;
  const personId = await createPerson(admin, { email, name: "Grace" });
  const browser = smallBrowser({ "/sign-in/sso": out, "/sign-in/return": back });
  await browser.go("/sign-in/sso");
  const token = browser.cookies(TEST_URL).get(sessionCookie(new URL(TEST_URL)).name) ?? "";
  const sessionId = (await openSession(token)) ?? "";
  const clock = testClock(Date.now());
  const scope = testScope({ actor: systemActor("visitor"), clock });
  return { sub, email, personId, sessionId, clock, set, look: () => checkedSession(scope, sessionId) };
}

const kindsAbout = async (personId: string): Promise<string[]> => {
  const about = [`person:${personId}`];
  const sql = "select kind from log_entry where about @> array[$1] order by seq";
  return (await database.owner.query<{ kind: string }>(sql, about)).rows.map(({ kind }) => kind);
};

const stateOf = async (sessionId: string) => {
  const { rows } = await database.owner.query(
    "select revoked_at is not null as revoked, refresh_sealed, check_by from session where id = $1",
    [sessionId],
  );
  return rows[0];
};

describe("a session of single sign-on", () => {
  test("is believed for half an hour without asking, then asked about once, whoever comes", async () => {
    const { clock, look } = await signedIn();
    const before = provider.asked();
    clock.advance(29 * MINUTE);
    expect(await look()).not.toBeNull();
    expect(provider.asked()).toBe(before);
    clock.advance(2 * MINUTE);
    expect((await Promise.all([look(), look(), look()])).every((each) => each !== null)).toBe(true);
    expect(provider.asked()).toBe(before + 1);
    clock.advance(40 * MINUTE); // past the first hour, and the token was another one by then
    expect(await look()).not.toBeNull();
    expect(provider.asked()).toBe(before + 2);
  });

  test("ends at the check of somebody who left, with an entry and without their token", async () => {
    const { sub, personId, sessionId, clock, look } = await signedIn();
    provider.people.delete(sub);
    clock.advance(29 * MINUTE);
    expect(await look()).not.toBeNull();
    clock.advance(2 * MINUTE);
    expect(await look()).toBeNull();
    expect(await stateOf(sessionId)).toMatchObject({ revoked: true, refresh_sealed: null });
    expect(await mayComeBack(testScope({ clock }), sessionId)).toBe(false);
    const { rows } = await database.owner.query(
      "select body from log_entry where kind = 'person.sessions_ended' and about @> array[$1]",
      [`person:${personId}`],
    );
    expect(rows.map(({ body }) => JSON.parse(body.toString()).detail)).toEqual([
      { sessions: 1, session: sessionId, cause: "provider" },
    ]);
  });

  test("of somebody who left takes their groups of single sign-on along, and no token opens anything for them or their accounts until they are back", async () => {
    const groupId = await createGroup(admin, { name: "Launchers", description: "", fromSso: true });
    await grantGroupRole(admin, { groupId, role: "engineering_lead", pilotId: null });
    const { sub, email, personId, set, clock, look } = await signedIn(["launchers"]);
    const me = testScope({ roles: ["engineering_lead"], actor: person(personId) });
    const accountId = await makeAccount(admin, { name: "Nightly", ownerId: personId });
    await grantRole(admin, { personId: accountId, role: "engineering_lead", pilotId: null });
    const LAUNCH = { label: "The pipeline", permissions: ["run.launch" as const], pilotIds: null, days: 1 };
    const made = [
      await makeToken(me, { ...LAUNCH, accountId: null }),
      await makeToken(me, { ...LAUNCH, accountId }),
    ];
    const opened = () =>
      Promise.all(made.map(async ({ token }) => (await openToken(admin, token))?.grants.length));
    expect(await opened()).toEqual([1, 1]);
    provider.people.delete(sub);
    clock.advance(31 * MINUTE);
    expect(await look()).toBeNull();
    expect(await opened()).toEqual([undefined, undefined]);
    expect((await listTokens(me)).map(({ state }) => state)).toEqual(["refused", "refused"]);
    const members = "select from group_member where person_id = $1";
    expect((await database.owner.query(members, [personId])).rowCount).toBe(0);
    expect(await kindsAbout(personId)).toEqual(
      expect.arrayContaining(["group.member_removed", "person.identity_refused", "person.sessions_ended"]),
    );
    set(["launchers"]);
    provider.signingIn = sub;
    await smallBrowser({ "/sign-in/sso": out, "/sign-in/return": back }).go("/sign-in/sso");
    expect(await opened(), email).toEqual([1, 1]);
  });

  test("that nobody uses any more: tokens of its person and their accounts stop when the provider's last yes is too old, until there is another", async () => {
    const { personId, sub, clock, look } = await signedIn();
    const me = testScope({ roles: ["engineering_lead"], actor: person(personId) });
    await grantRole(admin, { personId, role: "engineering_lead", pilotId: null });
    const accountId = await makeAccount(admin, { name: "Weekly", ownerId: personId });
    await grantRole(admin, { personId: accountId, role: "engineering_lead", pilotId: null });
    const LAUNCH = { label: "Weekly", permissions: ["run.launch" as const], pilotIds: null, days: 90 };
    const made = [
      await makeToken(me, { ...LAUNCH, accountId: null }),
      await makeToken(me, { ...LAUNCH, accountId }),
    ];
    const at = testScope({ actor: systemActor("visitor"), clock });
    const opened = () => Promise.all(made.map(async ({ token }) => (await openToken(at, token)) !== null));
    clock.advance(31 * MINUTE);
    expect(await look()).not.toBeNull(); // asked, and it said yes
    clock.advance(72 * HOUR - MINUTE);
    expect(await opened()).toEqual([true, true]);
    clock.advance(2 * MINUTE);
    provider.people.delete(sub);
    expect(await opened()).toEqual([false, false]);
    expect(
      (await listTokens(testScope({ roles: ["engineering_lead"], actor: person(personId), clock }))).map(
        ({ state }) => state,
      ),
    ).toEqual(["unconfirmed", "unconfirmed"]);
    process.env.PILOTHOUSE_OIDC_CONFIRM_HOURS = "100";
    expect(await opened()).toEqual([true, true]);
    process.env.PILOTHOUSE_OIDC_CONFIRM_HOURS = "";
    const { ISSUER } = { ISSUER: process.env.PILOTHOUSE_OIDC_ISSUER };
    process.env.PILOTHOUSE_OIDC_ISSUER = ""; // nobody comes by a provider any more
    expect(await opened()).toEqual([true, true]);
    process.env.PILOTHOUSE_OIDC_ISSUER = ISSUER;
  });

  test("that nobody can be asked about with what is kept here ends alone: no provider said no", async () => {
    const { personId, sessionId, clock, look } = await signedIn();
    await database.owner.query("update session set refresh_sealed = '\\x00' where id = $1", [sessionId]);
    clock.advance(31 * MINUTE);
    expect(await look()).toBeNull();
    expect(await kindsAbout(personId)).not.toContain("person.identity_refused");
  });

  test("outlives a provider that is silent, to the end of its hour and not a moment longer", async () => {
    const { sessionId, clock, look } = await signedIn();
    const end = (await stateOf(sessionId)).check_by.getTime();
    provider.down = true;
    clock.advance(31 * MINUTE);
    expect((await look())?.expiresAt.getTime()).toBe(end);
    clock.advance(end - 1 - clock.now());
    expect(await look()).not.toBeNull();
    clock.advance(1);
    expect(await look()).toBeNull();
    expect((await stateOf(sessionId)).revoked).toBe(false);
    clock.advance(2 * MINUTE);
    provider.down = false; // it answers again: whoever comes is asked about, and goes on
    expect(await look()).not.toBeNull();
  });

  test("has the groups its provider names: given at sign-in, changed at the check", async () => {
    const groupId = await createGroup(admin, { name: "Reviewers", description: "", fromSso: true });
    await grantGroupRole(admin, { groupId, role: "reviewer", pilotId: null });
    const { clock, look, set } = await signedIn(["reviewers", "unknown here"]);
    expect((await look())?.grants).toMatchObject([{ role: "reviewer", pilotId: null }]);
    set([]);
    clock.advance(31 * MINUTE);
    expect((await look())?.grants).toEqual([]);
    set(["REVIEWERS"]);
    clock.advance(31 * MINUTE);
    expect((await look())?.grants).toMatchObject([{ role: "reviewer" }]);
  });

  test("probe: its token is no plain text, opens at no other session, and goes to no other provider", async () => {
    const { sessionId, clock, look } = await signedIn();
    const other = await signedIn();
    const sealed = (await stateOf(sessionId)).refresh_sealed as Buffer;
    expect(sealed.length).toBeGreaterThan(28);
    await database.owner.query("update session set refresh_sealed = $1 where id = $2", [
      sealed,
      other.sessionId,
    ]);
    other.clock.advance(31 * MINUTE);
    expect(await other.look()).toBeNull();
    const elsewhere = await startProvider({ redirectUris: [] });
    process.env.PILOTHOUSE_OIDC_ISSUER = elsewhere.issuer;
    clock.advance(31 * MINUTE);
    try {
      expect(await look()).not.toBeNull(); // not asked: believed to the end of its hour
      expect(elsewhere.asked()).toBe(0);
    } finally {
      process.env.PILOTHOUSE_OIDC_ISSUER = provider.issuer;
      await elsewhere.close();
    }
  });
});

test("where the provider gives no token to ask by, the browser goes there itself each hour, and is asked nothing", async () => {
  const plain = await startProvider({ redirectUris: [`${TEST_URL}/sign-in/return`], refreshTokens: false });
  process.env.PILOTHOUSE_OIDC_ISSUER = plain.issuer;
  try {
    const email = `silent${++count}@example.org`;
    plain.people.set("silent", { email, email_verified: true });
    plain.signingIn = "silent";
    await createPerson(admin, { email, name: "Silent" });
    const browser = smallBrowser({ "/sign-in/sso": out, "/sign-in/return": back });
    await browser.go("/sign-in/sso");
    const name = sessionCookie(new URL(TEST_URL)).name;
    const first = (await openSession(browser.cookies(TEST_URL).get(name) ?? "")) ?? "";
    expect(await stateOf(first)).toMatchObject({ refresh_sealed: null });
    const clock = testClock(Date.now() + 61 * MINUTE);
    expect(await checkedSession(testScope({ clock }), first)).toBeNull();
    expect(await mayComeBack(testScope({ clock }), first)).toBe(true);
    plain.signingIn = null; // a page would ask
    await browser.go("/sign-in/sso?silent=1");
    const second = (await openSession(browser.cookies(TEST_URL).get(name) ?? "")) ?? "";
    expect(second).not.toBe(first);
    // Somebody the provider would have to ask is led to our own page, without a reproach.
    const stranger = smallBrowser({ "/sign-in/sso": out, "/sign-in/return": back });
    const { url } = await stranger.go("/sign-in/sso?silent=1&next=%2Fruns");
    expect(`${url.pathname}${url.search}`).toBe("/sign-in?next=%2Fruns&asked=1");
  } finally {
    process.env.PILOTHOUSE_OIDC_ISSUER = provider.issuer;
    await plain.close();
  }
});
