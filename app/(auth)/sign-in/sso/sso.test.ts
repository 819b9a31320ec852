// Signing in by a real provider over HTTP, through our own routes.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { GET as back } from "#app/(auth)/sign-in/return/route.ts";
import { GET as out } from "#app/(auth)/sign-in/sso/route.ts";
import { openSession, sessionCookie } from "#lib/auth/session-token.ts";
import { getLiveSession } from "#lib/auth/sessions.ts";
import { ticketCookie } from "#lib/auth/steps/tickets.ts";
import { createPerson } from "#lib/people/service.ts";
import { testDatabase } from "#lib/testing/database.ts";
import { smallBrowser } from "#lib/testing/oidc/browser.ts";
import { startProvider, type TestProvider } from "#lib/testing/oidc/provider.ts";
import { systemActor, testScope } from "#lib/testing/scopes.ts";
import { TEST_URL, webTestEnv } from "#lib/testing/web-env.ts";

webTestEnv();
const database = await testDatabase("web");
const scope = testScope({ actor: systemActor("test") });
const RETURN = `${TEST_URL}/sign-in/return`;
let provider: TestProvider;
let count = 0;

const SETTINGS = ["ISSUER", "CLIENT_ID", "CLIENT_SECRET", "JOIN_GROUPS"] as const;
const set = (values: Partial<Record<(typeof SETTINGS)[number], string>>) => {
  for (const name of SETTINGS) process.env[`PILOTHOUSE_OIDC_${name}`] = values[name] ?? "";
};
const ours = () => ({
  ISSUER: provider.issuer,
  CLIENT_ID: provider.clientId,
  CLIENT_SECRET: provider.clientSecret,
});

beforeAll(async () => {
  provider = await startProvider({ redirectUris: [RETURN] });
});
afterAll(async () => {
  set({}); // the process is shared
  await provider.close();
});
beforeEach(() => {
  provider.down = false;
  provider.forge = null;
  set(ours());
});

const browser = () => smallBrowser({ "/sign-in/sso": out, "/sign-in/return": back });
type Browser = ReturnType<typeof browser>;

/** Somebody the provider knows, and, unless told otherwise, somebody invited here under the same address. */
async function somebody({ verified = true, invited = true, groups = [] as string[] } = {}) {
  const sub = `subject-${++count}`;
  const email = `sso${count}@example.org`;
  provider.people.set(sub, { email, email_verified: verified, name: "Ada", groups });
  provider.signingIn = sub;
  const personId = invited ? await createPerson(scope, { email, name: "Ada" }) : "unknown";
  return { sub, email, personId };
}

async function sessionOf(each: Browser) {
  const token = each.cookies(TEST_URL).get(sessionCookie(new URL(TEST_URL)).name);
  const sessionId = token ? await openSession(token) : null;
  return sessionId === null ? null : getLiveSession(scope, sessionId);
}

/** Where the browser ends, as a path of ours, and whether it is signed in. */
async function endOf(each: Browser, start: string) {
  const { url } = await each.go(start);
  expect(url.origin).toBe(TEST_URL);
  return {
    path: url.pathname,
    refused: url.searchParams.get("refused"),
    in: (await sessionOf(each)) !== null,
  };
}
const refusedFor = (word: string) => ({ path: "/sign-in", refused: word, in: false });

/** Goes out, and stops on the way back, before our own route is asked. */
async function wayBackOf(each: Browser, start = "/sign-in/sso"): Promise<URL> {
  const { url } = await each.go(start, ({ href }) => href.startsWith(`${RETURN}?`));
  return url;
}

async function kindsAbout(personId: string): Promise<string[]> {
  const { rows } = await database.owner.query<{ kind: string }>(
    "select kind from log_entry where about @> array[$1] order by seq",
    [`person:${personId}`],
  );
  return rows.map(({ kind }) => kind);
}

describe("signing in by the identity provider", () => {
  test("opens a session for whoever was invited under the verified address, and leads on", async () => {
    const { personId } = await somebody();
    const one = browser();
    const { url } = await one.go("/sign-in/sso?next=%2Fruns%3Fstatus%3Dworking");
    expect(url.href).toBe(`${TEST_URL}/runs?status=working`);
    expect(await sessionOf(one)).toMatchObject({ person: { id: personId } });
    const first = ["person.created", "person.identity_linked", "person.signed_in"];
    expect(await kindsAbout(personId)).toEqual(first);
    expect(await endOf(browser(), "/sign-in/sso")).toEqual({ path: "/", refused: null, in: true });
    expect(await kindsAbout(personId)).toEqual([...first, "person.signed_in"]);
  });

  test("goes out with PKCE, state and nonce, and asks to come back to one address", async () => {
    const { url } = await browser().go("/sign-in/sso", ({ origin }) => origin === provider.issuer);
    const asked = Object.fromEntries(url.searchParams);
    expect(asked).toMatchObject({
      redirect_uri: RETURN,
      response_type: "code",
      code_challenge_method: "S256",
      scope: "openid email profile",
    });
    for (const name of ["state", "nonce", "code_challenge"]) expect(asked[name]).toMatch(/^[\w-]{43}$/);
  });

  test("knows a person by issuer and subject: a changed address is still they", async () => {
    const { sub, personId } = await somebody();
    await browser().go("/sign-in/sso");
    provider.people.set(sub, { email: "renamed@example.org", email_verified: false });
    const again = browser();
    await again.go("/sign-in/sso");
    expect(await sessionOf(again)).toMatchObject({ person: { id: personId } });
  });

  test("is refused, with a sentence, to who was not invited, and nobody is made", async () => {
    const { email } = await somebody({ invited: false });
    expect(await endOf(browser(), "/sign-in/sso")).toEqual(refusedFor("not_invited"));
    const { rowCount } = await database.owner.query("select from person where email = $1", [email]);
    expect(rowCount).toBe(0);
  });

  test("lets in by a group that may come, with no role", async () => {
    set({ ...ours(), JOIN_GROUPS: "visitors, engineering" });
    await somebody({ invited: false, groups: ["engineering"] });
    const one = browser();
    await one.go("/sign-in/sso");
    expect(await sessionOf(one)).toMatchObject({ person: { name: "Ada" }, grants: [] });
    await somebody({ invited: false, groups: ["sales"] });
    expect(await endOf(browser(), "/sign-in/sso")).toEqual(refusedFor("not_invited"));
  });
});

describe("probe: what does not belong to this sign-in is refused", () => {
  test("an address the provider has not verified", async () => {
    const { personId } = await somebody({ verified: false });
    expect(await endOf(browser(), "/sign-in/sso")).toEqual(refusedFor("unverified_email"));
    expect((await kindsAbout(personId)).at(-1)).toBe("person.sign_in_refused");
  });

  test("the address of somebody known by another account of the provider", async () => {
    const { email } = await somebody();
    await browser().go("/sign-in/sso");
    provider.people.set("newcomer", { email, email_verified: true });
    provider.signingIn = "newcomer";
    expect(await endOf(browser(), "/sign-in/sso")).toEqual(refusedFor("other_subject"));
  });

  test("another state than the browser's, and another browser than began", async () => {
    await somebody();
    const one = browser();
    const url = await wayBackOf(one);
    expect(await endOf(browser(), url.href)).toEqual(refusedFor("no_ticket"));
    url.searchParams.set("state", "x".repeat(43));
    expect(await endOf(one, url.href)).toEqual(refusedFor("not_ours"));
  });

  test("a code that was traded already, and a ticket that was used", async () => {
    await somebody();
    const one = browser();
    const url = await wayBackOf(one);
    const name = ticketCookie(new URL(TEST_URL), "sso").name;
    const ticket = one.cookies(TEST_URL).get(name) ?? "";
    expect(await endOf(one, url.href)).toEqual({ path: "/", refused: null, in: true });
    const thief = browser();
    thief.cookies(TEST_URL).set(name, ticket);
    expect(await endOf(thief, url.href)).toEqual(refusedFor("used"));
    // With a ticket of their own, the code of somebody else is nothing.
    const other = await wayBackOf(thief);
    other.searchParams.set("code", url.searchParams.get("code") ?? "");
    expect(await endOf(thief, other.href)).toEqual(refusedFor("declined"));
  });

  test("an answer that names another issuer", async () => {
    await somebody();
    const one = browser();
    const url = await wayBackOf(one);
    url.searchParams.set("iss", "https://elsewhere.example");
    expect(await endOf(one, url.href)).toEqual(refusedFor("not_ours"));
  });

  const forgeries: [string, NonNullable<TestProvider["forge"]>][] = [
    ["has another nonce", (claims, sign) => sign({ ...claims, nonce: "another" })],
    ["has no nonce", ({ nonce: _, ...claims }, sign) => sign(claims)],
    ["is for another client", (claims, sign) => sign({ ...claims, aud: "another" })],
    ["is of another issuer", (claims, sign) => sign({ ...claims, iss: "https://elsewhere.example" })],
    ["is over", (claims, sign) => sign({ ...claims, exp: 1_000_000_000 })],
    ["is signed by a stranger", (claims, sign) => sign(claims, "stranger")],
    ["is signed by nobody", (claims, sign) => sign(claims, "nobody")],
  ];
  test.each(forgeries)("an ID token that %s", async (_, forge) => {
    await somebody();
    provider.forge = forge;
    expect(await endOf(browser(), "/sign-in/sso")).toEqual(refusedFor("not_ours"));
  });

  test("an ID token of another person than the access token is for", async () => {
    const victim = await somebody();
    await somebody();
    provider.forge = (claims, sign) => sign({ ...claims, sub: victim.sub });
    const end = await endOf(browser(), "/sign-in/sso");
    expect([end.in, end.path]).toEqual([false, "/sign-in"]);
  });

  test("a person who was deactivated here", async () => {
    const { personId } = await somebody();
    await browser().go("/sign-in/sso");
    await database.owner.query("alter table person disable trigger governed");
    await database.owner.query("update person set disabled_at = now() where id = $1", [personId]);
    await database.owner.query("alter table person enable trigger governed");
    expect(await endOf(browser(), "/sign-in/sso")).toEqual(refusedFor("disabled"));
  });

  test.each(["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"])(
    "a way on that leads elsewhere: %s",
    async (next) => {
      await somebody();
      const end = await endOf(browser(), `/sign-in/sso?next=${encodeURIComponent(next)}`);
      expect(end).toEqual({ path: "/", refused: null, in: true });
    },
  );

  test("a provider that does not answer lets nobody in, and says so", async () => {
    await somebody();
    const one = browser();
    const url = await wayBackOf(one);
    provider.down = true;
    expect(await endOf(one, url.href)).toEqual(refusedFor("provider_down"));
    set({ ...ours(), ISSUER: "http://127.0.0.1:9" });
    expect(await endOf(browser(), "/sign-in/sso")).toEqual(refusedFor("provider_down"));
    set({});
    expect(await endOf(browser(), "/sign-in/sso")).toEqual(refusedFor("not_set_up"));
  });
});
