// A charter from a template or a file, and another version of it for a pilot that runs already.
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { charterField, fillCharter, toStep, writeCharter } from "./fixtures/charter/steps.ts";
import { approve } from "./fixtures/decisions.ts";
import { makePeople, PASSWORD, useLink } from "./fixtures/people.ts";
import { arrangePilot } from "./fixtures/pilots.ts";
import { expect, test } from "./fixtures/test.ts";

test("a new charter starts from a template and from a file, and what was typed stays", async ({ as }) => {
  const ada = await as("ada");
  await ada.goto("/pilots/new");
  await ada.getByLabel("Name of the pilot").fill("From a template");
  await ada.getByRole("button", { name: "From a template…" }).click();
  await ada.getByRole("button", { name: "Use Security fuzz triage" }).click();
  await expect(ada.getByLabel("Name of the pilot")).toHaveValue("From a template");
  await expect(ada.getByText("2 different people who did not launch it must approve")).toBeVisible();
  await expect(await charterField(ada, "How many different people")).toHaveValue("2");

  await toStep(ada, "goal");
  await ada.getByRole("button", { name: "From a file…" }).click();
  const text = ada.getByLabel("Or its text");
  await text.fill(
    "format: pilothouse-charter/1\nname: From a file\ncontrols:\n  maxAttempts: many\n  autoMerge: true\n",
  );
  await ada.getByRole("button", { name: "Read it" }).click();
  await expect(ada.getByText("Line 5: controls.autoMerge: There is no such field.")).toBeVisible();
  await expect(ada.getByText(/^Line 4: controls\.maxAttempts: Write a whole number/)).toBeVisible();
  await expect(text).toHaveValue(/autoMerge/);
  await ada.getByRole("button", { name: "Fill in 2 fields that can be read" }).click();
  await expect(ada.getByLabel("Name of the pilot")).toHaveValue("From a file");
  await expect(await charterField(ada, "Attempts per run")).toHaveValue("many");
  await expect(await charterField(ada, "How many different people")).toHaveValue("2");
});

test("the address carries the step, back and forward lose nothing, and a refusal leads to its field", async ({
  as,
}) => {
  const ada = await as("ada");
  await ada.goto("/pilots/new");
  await ada.getByLabel("Name of the pilot").fill("x");
  await ada.getByRole("button", { name: "Next" }).click();
  await expect(ada).toHaveURL(/step=scope/);
  await expect(ada.getByRole("heading", { name: "Scope" })).toBeFocused();
  const steps = ada.getByRole("navigation", { name: "Steps of the charter" });
  await expect(steps.getByRole("link", { name: "Goal" })).toHaveAttribute("data-state", "wrong");
  await expect(steps.getByRole("link", { name: "Controls" })).toHaveAttribute("data-state", "unseen");
  await fillCharter(ada, "Allowed paths", "src/**");
  await expect(ada.getByText(/^Change src\/\*\* of/)).toBeVisible();
  await ada.goBack();
  await expect(ada.getByLabel("Name of the pilot")).toHaveValue("x");
  await expect(ada.getByText("Give the pilot a name of 3 to 80 characters.").first()).toBeVisible();
  await ada.goForward();
  await expect(ada.getByLabel("Allowed paths")).toHaveValue("src/**");
  await writeCharter(ada);
  await expect(ada).toHaveURL(/step=goal/);
  await expect(ada.getByLabel("Name of the pilot")).toBeFocused();
});

test("what was typed is there again after leaving, and the older of two tabs writes over nothing", async ({
  as,
}) => {
  const ada = await as("ada");
  const name = `Left half done ${Date.now().toString(36)}`;
  await ada.goto("/pilots/new");
  await ada.getByLabel("Name of the pilot").fill(name);
  await ada.getByRole("button", { name: "Next" }).click();
  await expect(ada.getByText(/^Draft saved/)).toBeVisible();
  await ada.goto("/pilots");
  await ada.getByRole("link", { name: `Continue ${name}` }).click();
  await expect(ada.getByLabel("Name of the pilot")).toHaveValue(name);
  const older = await ada.context().newPage();
  await older.goto(ada.url());
  await fillCharter(ada, "What it is to achieve", "Said in the newer tab, and kept.");
  await expect(ada.getByText(/^Draft saved/)).toBeVisible();
  await fillCharter(older, "What it is to achieve", "Said in the older tab.");
  await expect(older.getByText(/saved in another tab/)).toBeVisible();
  await older.getByRole("link", { name: "Read it anew" }).click();
  await expect(older.getByLabel("What it is to achieve")).toHaveValue("Said in the newer tab, and kept.");
  await ada.goto("/pilots");
  await ada.getByRole("button", { name: `Discard ${name}` }).click();
  await expect(ada.getByRole("link", { name: `Continue ${name}` })).toBeHidden();
});

test("a pilot that runs gets another version once others agreed, and its file is read again", async ({
  as,
  place,
}) => {
  const { pilotId, name } = arrangePilot(place, "amended");
  const [ada, sam] = [await as("ada"), await as("sam")];
  await ada.goto(`/pilots/${pilotId}`);
  await ada.getByRole("link", { name: "New version" }).click();
  await fillCharter(ada, "Time per attempt", "20");
  await fillCharter(ada, "Models, per run", "900");
  await writeCharter(ada, "Write the version");
  await ada.waitForURL(/tab=charter/);
  const change = ada.getByRole("table", { name: "What changes" });
  await expect(change.getByRole("row", { name: /Minutes per attempt/ })).toContainText("tighter");
  await expect(change.getByRole("row", { name: /Models per run/ })).toContainText("looser");
  await ada.getByRole("button", { name: "Ask for it…" }).click();
  await ada.getByRole("dialog").getByRole("button", { name: "Ask for it" }).click();
  await expect(ada.getByRole("link", { name: "It waits in the inbox" })).toBeVisible();

  await sam.goto("/inbox");
  await sam
    .getByRole("link", { name: new RegExp(name) })
    .first()
    .click();
  await expect(sam.getByRole("table", { name: "What changes" })).toContainText("900");
  await approve(sam, "Amend");
  await ada.goto(`/pilots/${pilotId}?tab=charter`);
  await expect(ada.getByRole("heading", { name: "What charter v2 does" })).toBeVisible();

  const [download] = await Promise.all([
    ada.waitForEvent("download"),
    ada.getByRole("link", { name: "Version 2 as YAML" }).click(),
  ]);
  const yaml = readFileSync(await download.path(), "utf8");
  expect(yaml).toContain("budgetRunCents: 900");
  await ada.goto("/pilots/new");
  await ada.getByRole("button", { name: "From a file…" }).click();
  await ada.getByLabel("Or its text").fill(yaml);
  await ada.getByRole("button", { name: "Read it" }).click();
  await expect(ada.getByLabel("Name of the pilot")).toHaveValue(name);
  await expect(await charterField(ada, "Models, per run")).toHaveValue("900");
});

test("a session that ends while somebody writes takes nothing with it: signed in again, the draft is whole", async ({
  page,
  place,
}) => {
  const email = `${randomUUID()}@example.org`;
  const person = {
    key: email,
    name: "Wanda Writer",
    email,
    role: "engineering_lead",
    pilotId: null,
  } as const;
  const [made] = makePeople(place, [person]);
  await useLink(page, made?.path ?? "");
  const name = `Signed out of ${randomUUID().slice(0, 8)}`;
  await page.goto("/pilots/new");
  const steps = page.getByRole("navigation", { name: "Steps of the charter" });
  await expect(steps.getByRole("link", { name: "Goal" })).toHaveAttribute("data-state", "unseen");
  await page.getByLabel("Name of the pilot").fill(name);
  await expect(page.getByText(/^Draft saved/)).toBeVisible();

  await page.context().clearCookies();
  await page.getByLabel("What is wrong today").fill("Typed after the session had ended.");
  const told = page.getByRole("alert").filter({ hasText: "Draft not saved" });
  await expect(told).toBeVisible();
  const [beside] = await Promise.all([
    page.context().waitForEvent("page"),
    told.getByRole("link", { name: "Sign in beside it" }).click(),
  ]);
  await beside.getByLabel("Email").fill(email);
  await beside.getByLabel("Password").fill(PASSWORD);
  await beside.getByRole("button", { name: "Sign in", exact: true }).click();
  await beside.waitForURL(({ pathname }) => pathname === "/");
  await page.bringToFront();
  await page.evaluate(() => window.dispatchEvent(new Event("focus")));
  await expect(page.getByText(/^Draft saved/)).toBeVisible();

  await beside.goto("/pilots");
  await beside.getByRole("link", { name: `Continue ${name}` }).click();
  await expect(beside.getByLabel("What is wrong today")).toHaveValue("Typed after the session had ended.");
});
