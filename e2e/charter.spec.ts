// A charter from a template or a file, and another version of it for a pilot that runs already.
import { readFileSync } from "node:fs";
import { approve } from "./fixtures/decisions.ts";
import { arrangePilot } from "./fixtures/pilots.ts";
import { expect, test } from "./fixtures/test.ts";

test("a new charter starts from a template and from a file, and what was typed stays", async ({ as }) => {
  const ada = await as("ada");
  await ada.goto("/pilots/new");
  await ada.getByLabel("Name of the pilot").fill("From a template");
  await ada.getByRole("button", { name: "From a template…" }).click();
  await ada.getByRole("button", { name: "Use Security fuzz triage" }).click();
  await expect(ada.getByLabel("Name of the pilot")).toHaveValue("From a template");
  await expect(ada.getByLabel("How many different people")).toHaveValue("2");
  await expect(ada.getByText("2 different people who did not launch it must approve")).toBeVisible();

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
  await expect(ada.getByLabel("Attempts per run")).toHaveValue("many");
  await expect(ada.getByLabel("How many different people")).toHaveValue("2");
});

test("a pilot that runs gets another version once others agreed, and its file is read again", async ({
  as,
  place,
}) => {
  const { pilotId, name } = arrangePilot(place, "amended");
  const [ada, sam] = [await as("ada"), await as("sam")];
  await ada.goto(`/pilots/${pilotId}`);
  await ada.getByRole("link", { name: "New version" }).click();
  await ada.getByLabel("Time per attempt").fill("20");
  await ada.getByLabel("Models, per run").fill("900");
  await ada.getByRole("button", { name: "Write the version" }).click();
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
  await expect(ada.getByLabel("Models, per run")).toHaveValue("900");
  await expect(ada.getByLabel("Name of the pilot")).toHaveValue(name);
});
