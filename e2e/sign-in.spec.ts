// The ways in beside a password: by an identity provider, and with a one-time code as the second step.
import { TOTP } from "otpauth";
import { startProvider } from "#lib/testing/oidc/provider.ts";
import { makePeople, PASSWORD, useLink } from "./fixtures/people.ts";
import { expect, test } from "./fixtures/test.ts";

const IDA = {
  key: "ida",
  name: "Ida Identity",
  email: "ida@example.org",
  role: "viewer",
  pilotId: null,
} as const;
const TOM = {
  key: "tom",
  name: "Tom Twostep",
  email: "tom@example.org",
  role: "reviewer",
  pilotId: null,
} as const;

test("who was invited comes in by the identity provider, and nobody else does", async ({
  browser,
  place,
}) => {
  makePeople(place, [IDA]);
  const redirectUris = [`${place.url}/sign-in/return`];
  const provider = await startProvider({ port: place.providerPort, redirectUris });
  provider.people.set("ida", { name: IDA.name, email: IDA.email, email_verified: true });
  provider.people.set("eve", { name: "Eve Elsewhere", email: "eve@example.org", email_verified: true });
  try {
    const context = await browser.newContext({ baseURL: place.url });
    const ida = await context.newPage();
    await ida.goto("/runs");
    await ida.getByRole("link", { name: "Continue with the provider of the tests" }).click();
    await ida.getByRole("link", { name: IDA.name }).click();
    await ida.waitForURL(({ pathname }) => pathname === "/runs");
    await ida.goto("/settings/sessions");
    const own = ida.getByRole("table", { name: "Your sessions" });
    await expect(own.getByRole("row", { name: /this one.*by single sign-on/ })).toBeVisible();
    await context.close();

    const other = await browser.newContext({ baseURL: place.url });
    const eve = await other.newPage();
    await eve.goto("/sign-in");
    await eve.getByRole("link", { name: "Continue with the provider of the tests" }).click();
    await eve.getByRole("link", { name: "Eve Elsewhere" }).click();
    await expect(eve.getByRole("status")).toContainText("nobody invited you here");
    await other.close();
  } finally {
    await provider.close();
  }
});

test("with one-time codes set up, a password alone lets nobody in", async ({ browser, place }) => {
  const [made] = makePeople(place, [TOM]);
  const context = await browser.newContext({ baseURL: place.url });
  const tom = await context.newPage();
  await useLink(tom, made?.path ?? "");

  await tom.goto("/settings/sign-in");
  await tom.getByRole("link", { name: "Set up one-time codes" }).click();
  await expect(tom.getByRole("img", { name: /^QR code/ })).toBeVisible();
  const secret = (await tom.locator("code").textContent()) ?? "";
  const totp = new TOTP({ secret, digits: 6, period: 30 });
  await tom.getByLabel("Code of the app").fill(totp.generate());
  await tom.getByRole("button", { name: "Confirm" }).click();
  const codes = tom.getByRole("list", { name: "Recovery codes" }).getByRole("listitem");
  await expect(codes).toHaveCount(10);
  const recovery = (await codes.first().textContent()) ?? "";
  await tom.getByRole("link", { name: "I have kept them" }).click();
  await expect(tom.getByText("10 recovery codes left")).toBeVisible();

  const signIn = async () => {
    await context.clearCookies();
    await tom.goto("/sign-in?next=%2Finbox");
    await tom.getByLabel("Email").fill(TOM.email);
    await tom.getByLabel("Password").fill(PASSWORD);
    await tom.getByRole("button", { name: "Sign in" }).click();
    await expect(tom.getByRole("heading", { name: "Your second step" })).toBeVisible();
  };
  await signIn();
  await tom.goto("/inbox");
  await tom.waitForURL(({ pathname }) => pathname === "/sign-in");
  await tom.goto("/sign-in/second-step?next=%2Finbox");
  await tom.getByLabel("One-time code").fill("000000");
  await tom.getByRole("button", { name: "Sign in" }).click();
  await expect(tom.getByText("This code is wrong")).toBeVisible();
  // The step after the one that was taken: an app shows it half a minute later at most.
  await tom.getByLabel("One-time code").fill(totp.generate({ timestamp: Date.now() + 30_000 }));
  await tom.getByRole("button", { name: "Sign in" }).click();
  await tom.waitForURL(({ pathname }) => pathname === "/inbox");

  await signIn();
  await tom.getByLabel("One-time code").fill(recovery);
  await tom.getByRole("button", { name: "Sign in" }).click();
  await tom.waitForURL(({ pathname }) => pathname === "/inbox");
  await context.close();
});
