// An address and its being verified are told in two places, and only together they say anything.
import { afterAll, beforeAll, expect, test } from "vitest";
import { GET as back } from "#app/(auth)/sign-in/return/route.ts";
import { GET as out } from "#app/(auth)/sign-in/sso/route.ts";
import { createPerson } from "#lib/people/service.ts";
import { testDatabase } from "#lib/testing/database.ts";
import { smallBrowser } from "#lib/testing/oidc/browser.ts";
import { startProvider, type TestProvider } from "#lib/testing/oidc/provider.ts";
import { systemActor, testScope } from "#lib/testing/scopes.ts";
import { TEST_URL, webTestEnv } from "#lib/testing/web-env.ts";

webTestEnv();
await testDatabase("web");
const scope = testScope({ actor: systemActor("test") });
let provider: TestProvider;

const set = (issuer: string, id: string, secret: string) => {
  process.env.PILOTHOUSE_OIDC_ISSUER = issuer;
  process.env.PILOTHOUSE_OIDC_CLIENT_ID = id;
  process.env.PILOTHOUSE_OIDC_CLIENT_SECRET = secret;
};
beforeAll(async () => {
  provider = await startProvider({ redirectUris: [`${TEST_URL}/sign-in/return`] });
  set(provider.issuer, provider.clientId, provider.clientSecret);
});
afterAll(async () => {
  set("", "", ""); // the process is shared
  await provider.close();
});

/** A thief of an account of their own at the provider, verified there, as the provider tells of them. */
type Told = Parameters<TestProvider["people"]["set"]>[1];
async function refusedOf(told: Told, inIdToken: Record<string, unknown>) {
  provider.people.set("thief", told);
  provider.signingIn = "thief";
  provider.forge = (claims, sign) => sign({ ...claims, ...inIdToken });
  const { url } = await smallBrowser({ "/sign-in/sso": out, "/sign-in/return": back }).go("/sign-in/sso");
  return url.searchParams.get("refused");
}

test("probe: an address in the ID token is not verified by what the userinfo endpoint says of another, nor the other way round", async () => {
  const victim = { email: "victim@example.org", name: "Vi" };
  await createPerson(scope, victim);
  const own = { email: "thief@example.org", email_verified: true };
  expect(await refusedOf(own, { email: victim.email })).toBe("unverified_email");
  const unverified = { email: victim.email, email_verified: false };
  expect(await refusedOf(unverified, { email_verified: true })).toBe("unverified_email");
});

test("probe: a letter that only looks like another when it is made small leads into nobody's account", async () => {
  await createPerson(scope, { email: "kim@example.org", name: "Kim" });
  const kelvin = { email: "\u212Aim@example.org", email_verified: true };
  expect(await refusedOf(kelvin, {})).toBe("unverified_email");
});
