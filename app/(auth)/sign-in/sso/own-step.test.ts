// Single sign-on is as sure as it is asked to be: by the provider's own word, or by a second step of our own.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { GET as back } from "#app/(auth)/sign-in/return/route.ts";
import { GET as out } from "#app/(auth)/sign-in/sso/route.ts";
import { openSession, sessionCookie } from "#lib/auth/session-token.ts";
import { getLiveSession } from "#lib/auth/sessions.ts";
import { peekStep, takeSecondStep } from "#lib/auth/steps/second-step.ts";
import { ticketCookie } from "#lib/auth/steps/tickets.ts";
import { createPerson, grantRole } from "#lib/people/service.ts";
import { isSureEnough } from "#lib/sso/rules.ts";
import { testDatabase } from "#lib/testing/database.ts";
import { entriesAbout } from "#lib/testing/journey.ts";
import { smallBrowser } from "#lib/testing/oidc/browser.ts";
import { startProvider, type TestProvider } from "#lib/testing/oidc/provider.ts";
import { person, systemActor, testScope } from "#lib/testing/scopes.ts";
import { TEST_URL, webTestEnv } from "#lib/testing/web-env.ts";
import { totpOf } from "#lib/totp/rules.ts";
import { confirmTotp, offerTotp } from "#lib/totp/service.ts";

webTestEnv();
const database = await testDatabase("web");
const scope = testScope({ actor: systemActor("test") });
let provider: TestProvider;
let count = 0;
const visitor = { address: "192.0.2.1", userAgent: "test" };

beforeAll(async () => {
  provider = await startProvider({ redirectUris: [`${TEST_URL}/sign-in/return`] });
});
const NAMES = ["ISSUER", "CLIENT_ID", "CLIENT_SECRET", "ACR", "AMR", "SECOND_STEP"] as const;
const set = (values: Partial<Record<(typeof NAMES)[number], string>>) => {
  for (const name of NAMES) process.env[`PILOTHOUSE_OIDC_${name}`] = values[name] ?? "";
};
const ours = () => ({
  ISSUER: provider.issuer,
  CLIENT_ID: provider.clientId,
  CLIENT_SECRET: provider.clientSecret,
});
afterAll(async () => {
  set({});
  await provider.close();
});
beforeEach(() => {
  provider.forge = null;
  set(ours());
});

async function comes() {
  const sub = `step-${++count}`;
  const email = `step${count}@example.org`;
  provider.people.set(sub, { email, email_verified: true, name: "Ada" });
  provider.signingIn = sub;
  const personId = await createPerson(scope, { email, name: "Ada" });
  const go = async () => {
    const browser = smallBrowser({ "/sign-in/sso": out, "/sign-in/return": back });
    const { url } = await browser.go("/sign-in/sso?next=%2Fruns");
    const jar = browser.cookies(TEST_URL);
    const token = jar.get(sessionCookie(new URL(TEST_URL)).name);
    const sessionId = token ? await openSession(token) : null;
    return { url, sessionId, ticket: jar.get(ticketCookie(new URL(TEST_URL), "second_step").name) ?? null };
  };
  return { personId, go };
}
const saying = (more: object) => {
  provider.forge = (claims, sign) => sign({ ...claims, ...more });
};

describe("what the provider has to say of how it made sure", () => {
  test("is one of the words and one of the ways that are asked for, and nothing said is nothing done", () => {
    const asked = { acr: ["phr", "phrh"], amr: ["mfa", "hwk"] };
    expect(isSureEnough({ acr: "phr", amr: ["pwd", "hwk"] }, asked)).toBe(true);
    expect(isSureEnough({}, { acr: [], amr: [] })).toBe(true);
    for (const said of [
      {},
      { acr: "phr" },
      { amr: ["mfa"] },
      { acr: "0", amr: ["mfa"] },
      { acr: "phr", amr: ["pwd"] },
    ])
      expect(isSureEnough(said, asked), JSON.stringify(said)).toBe(false);
  });

  test("probe: without it nobody comes in, with an entry; with it they do", async () => {
    const { personId, go } = await comes();
    set({ ...ours(), AMR: "mfa,hwk" });
    const refused = await go();
    expect([refused.url.searchParams.get("refused"), refused.sessionId]).toEqual(["too_weak", null]);
    saying({ amr: ["pwd"] });
    expect((await go()).sessionId).toBeNull();
    saying({ amr: ["pwd", "mfa"] });
    expect((await go()).sessionId).not.toBeNull();
    const kinds = await entriesAbout(database, `person:${personId}`);
    expect(kinds.filter(({ kind }) => kind === "person.signed_in")).toHaveLength(1);
  });

  test("is asked for on the way out", async () => {
    set({ ...ours(), ACR: "phr phrh" });
    const { url } = await smallBrowser({ "/sign-in/sso": out }).go(
      "/sign-in/sso",
      ({ origin }) => origin === provider.issuer,
    );
    expect(url.searchParams.get("acr_values")).toBe("phr phrh");
  });
});

describe("a second step of our own after single sign-on", () => {
  test("opens the session by the code alone, and the provider is asked about it later", async () => {
    const { personId, go } = await comes();
    await grantRole(scope, { personId, role: "reviewer", pilotId: null });
    const me = testScope({ roles: ["reviewer"], actor: person(personId) });
    const { ticket: offered, secret } = offerTotp(me, "step@example.org");
    const code = totpOf(secret, "").generate({ timestamp: me.clock.now() });
    const [recovery = ""] = await confirmTotp(me, { ticket: offered, code });
    set({ ...ours(), SECOND_STEP: "own" });
    const { url, sessionId, ticket } = await go();
    expect([url.pathname, url.searchParams.get("next"), sessionId]).toEqual([
      "/sign-in/second-step",
      "/runs",
      null,
    ]);
    expect(peekStep(scope, ticket)?.carried).toMatchObject({ personId, method: "sso" });
    await expect(takeSecondStep(scope, { sealed: ticket, code: "000000", visitor })).rejects.toMatchObject({
      code: "unauthenticated",
    });
    const opened = await takeSecondStep(scope, {
      sealed: ticket,
      code: recovery.replaceAll("-", ""),
      visitor,
    });
    expect(await getLiveSession(scope, opened.sessionId)).toMatchObject({ mustEnrol: false, method: "sso" });
    const entries = await entriesAbout(database, `person:${personId}`);
    expect(entries.findLast(({ kind }) => kind === "person.signed_in")).toMatchObject({
      detail: { method: "sso", factor: "recovery_code", session: opened.sessionId },
    });
    const { rows } = await database.owner.query(
      "select refresh_sealed is not null as asks, check_by is not null as ends from session where id = $1",
      [opened.sessionId],
    );
    expect(rows).toEqual([{ asks: true, ends: true }]);
  });

  test("is set up first by whoever decides and has none: until then no role counts", async () => {
    const { personId, go } = await comes();
    await grantRole(scope, { personId, role: "reviewer", pilotId: null });
    set({ ...ours(), SECOND_STEP: "own" });
    const { sessionId } = await go();
    expect(await getLiveSession(scope, sessionId ?? "")).toMatchObject({ mustEnrol: true, grants: [] });
    set(ours());
    expect(await getLiveSession(scope, sessionId ?? "")).toMatchObject({ mustEnrol: false });
  });
});
