// What is refused, as people meet it: each refusal says what to do, keeps what was typed and changes nothing.
import type { Page } from "@playwright/test";
import { demoPages } from "./fixtures/demo.ts";
import { become, OFFENDED } from "./fixtures/denials.ts";
import { PASSWORD, personOf, sessionFile } from "./fixtures/people.ts";
import { expect, test } from "./fixtures/test.ts";

async function signIn(page: Page, email: string, password: string): Promise<void> {
  await page.getByLabel("Email").fill(email);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
}

test.describe("nobody", () => {
  test("is led to sign in, and from there to where they were going", async ({ page, as, place }) => {
    await as("vic");
    await page.goto("/runs?status=failed");
    await expect(page).toHaveURL(/\/sign-in\?next=/);
    await signIn(page, personOf(place, "vic").email, PASSWORD);
    await expect(page).toHaveURL(/\/runs\?status=failed$/);
  });

  test("hears the same of a wrong password and of an account that is not there", async ({ page, place }) => {
    const said: string[] = [];
    for (const email of [personOf(place, "otto").email, "nobody@example.org"]) {
      await page.goto("/sign-in");
      await signIn(page, email, "not the password at all");
      const error = page.getByRole("alert").filter({ hasText: "wrong" });
      await expect(error).toBeVisible();
      await expect(page.getByLabel("Email")).toHaveValue(email);
      said.push((await error.textContent()) ?? "");
    }
    expect(said[0]).toMatch(/^E-mail or password is wrong\./);
    expect(said[1]).toBe(said[0]);
  });

  test("cannot use a link twice, or one that never was", async ({ page, as, place }) => {
    await as("vic");
    for (const path of [personOf(place, "vic").path, "/link/never-made"]) {
      await page.goto(path);
      await expect(page.getByRole("heading", { name: "This link does not work" })).toBeVisible();
    }
  });
});

test.describe("a viewer", () => {
  test("reads a run and is offered nothing that would change it", async ({ as }) => {
    const page = await as("vic");
    await page.goto("/runs");
    await page.getByRole("link", { name: "Repair the failing tests of tally" }).first().click();
    await expect(page.getByRole("heading", { level: 1, name: /Repair the failing tests/ })).toBeVisible();
    for (const name of [/^Cancel run/, /emergency stop/, /^Launch/]) {
      await expect(page.getByRole("button", { name })).toHaveCount(0);
    }
  });

  test("is told at the door of a page whom to ask", async ({ as }) => {
    const page = await as("vic");
    const answer = await page.goto("/runs/new");
    expect(answer?.status()).toBe(403);
    await expect(page.getByText(OFFENDED)).toBeVisible();
  });

  test("probe: cannot approve, neither by the page nor with a lead's open dialog", async ({ as, place }) => {
    const vic = await as("vic");
    const { run } = await demoPages(vic);
    await vic.goto(`/reviews/${run}`);
    const decision = vic.getByRole("region", { name: "Decision" });
    await expect(decision.getByRole("button", { name: "Approve…" })).toHaveAttribute("aria-disabled", "true");
    await expect(decision.getByRole("button", { name: "Deny…" })).toHaveAttribute("aria-disabled", "true");

    const page = await as("rita");
    await page.goto(`/reviews/${run}`);
    await page.getByRole("region", { name: "Decision" }).getByRole("button", { name: "Approve…" }).click();
    await become(page.context(), sessionFile(place, "vic"));
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("button", { name: "Approve merge" }).click();
    await expect(dialog.getByRole("alert").filter({ hasText: OFFENDED })).toBeVisible();
    await vic.goto(`/runs/${run}`);
    await expect(vic.locator('[data-run-status="in_review"]')).toBeVisible();
  });
});

test("a stranger finds nothing, not even that there is something", async ({ as }) => {
  const vic = await as("vic");
  await vic.goto("/runs");
  const run = await vic
    .getByRole("link", { name: "Repair the failing tests of tally" })
    .first()
    .getAttribute("href");
  const page = await as("stan");
  for (const path of ["/runs", "/log", "/kpis", run ?? "", run?.replace("runs", "reviews") ?? ""]) {
    const answer = await page.goto(path);
    expect(answer?.status(), path).toBe(404);
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("Not found");
  }
});

test("an id that nobody has is a 404 on every kind of page", async ({ as }) => {
  const page = await as("ada");
  const id = "0123456789abcdefghjkmn";
  for (const path of [`/runs/run_${id}`, `/reviews/run_${id}`, `/pilots/pil_${id}`, "/no-such-page"]) {
    const answer = await page.goto(path);
    expect(answer?.status(), path).toBe(404);
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("Not found");
  }
});

test("probe: an id that no database can hold is refused as input, not as a fault of ours", async ({ as }) => {
  const page = await as("ada");
  const answer = await page.goto("/runs/%00");
  expect(answer?.status()).toBe(400);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("That input is not usable");
});

test("a mistake in a form stands beside its field, and what was typed is kept", async ({ as }) => {
  const page = await as("ada");
  await page.goto("/repositories/new");
  await page.getByLabel("Source").fill("ext::sh -c id");
  await page.getByLabel("Name").fill("not a name!");
  await page.getByLabel("Branch", { exact: true }).fill("..");
  await page.getByRole("button", { name: "Add it" }).click();
  await expect(page.getByLabel("Name")).toHaveAccessibleDescription(/short name of letters, digits/);
  await expect(page.getByLabel("Branch", { exact: true })).toHaveAccessibleDescription(
    /branch name as git has it/,
  );
  await expect(page.getByLabel("Name")).toHaveValue("not a name!");
  await expect(page.getByLabel("Branch", { exact: true })).toHaveValue("..");

  await page.getByLabel("Name").fill("a-name");
  await page.getByLabel("Branch", { exact: true }).fill("main");
  await page.getByRole("button", { name: "Add it" }).click();
  await expect(page.getByLabel("Source")).toHaveAttribute("aria-invalid", "true");
  await expect(page.getByLabel("Source")).toHaveValue("ext::sh -c id");
  await expect(page).toHaveURL(/\/repositories\/new$/);
});
