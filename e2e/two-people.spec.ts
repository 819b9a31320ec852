// From a repository nobody here has seen to a counted merge, with two people wherever two are asked for.
import { readFileSync } from "node:fs";
import { charterField, fillCharter, writeCharter } from "./fixtures/charter/steps.ts";
import { approve } from "./fixtures/decisions.ts";
import { launch } from "./fixtures/pilots.ts";
import { headOf, makeLedger } from "./fixtures/repositories.ts";
import { untilStatus } from "./fixtures/runs.ts";
import { expect, test } from "./fixtures/test.ts";

/** Installs nothing, and asks the way out for a host that no charter lists. */
const SETUP = `node -e "require('http').get({host:'127.0.0.1',port:4902,path:'http://packages.example.org/'},r=>{r.resume();require('fs').mkdirSync('node_modules')})"`;

/** What is typed, what it says to that, and what is right. */
const FIELDS = [
  ["An answer is waited for", "0", "Write a whole number from 1 to 1440 (minutes).", "20"],
  ["Denied commands", "git 'push'", /^Write commands, one a line/, "git push"],
  ["Re-anchor after", "often", "Write a whole number from 0 to 1000 (turns).", "5"],
  ["Hosts it may reach", "https://example.com/", /^Write host names in small letters/, "example.com"],
  ["Folders that stay", "", /^Name the folders that setup leaves/, "node_modules"],
  ["Patterns of its own", "(ab)+", /^Line 1: /, "Project-Falcon"],
] as const;

const REPAIR_TAKES = 180_000;

test("an engineering lead and a security lead take a broken repository to a counted merge", async ({
  as,
  place,
}) => {
  test.setTimeout(REPAIR_TAKES + 120_000);
  const ledger = makeLedger(place, "ledger", { installs: true });
  const ada = await as("ada");
  const sam = await as("sam");

  await test.step("ada adds the repository, and the worker reads it", async () => {
    await ada.goto("/repositories/new");
    await ada.getByLabel("Source").fill(ledger.path);
    await ada.getByLabel("Name").fill("ledger");
    await ada.getByRole("button", { name: "Add it" }).click();
    const row = ada.getByRole("row", { name: /ledger\.git/ });
    await expect(row).toBeVisible();
    await expect(async () => {
      await ada.reload();
      await expect(row.getByText("Ready")).toBeVisible({ timeout: 1000 });
    }).toPass({ timeout: 90_000 });
    await expect(row).toContainText("7");
  });

  await test.step("she writes a charter, is told what is wrong in it and loses nothing, and asks for activation", async () => {
    await ada.goto("/pilots/new");
    await fillCharter(ada, "Name of the pilot", "Ledger repairs");
    await fillCharter(ada, "What it is to achieve", "Keep the sums of the ledger right.");
    await (await charterField(ada, "Repository", { exact: true })).selectOption({ label: "ledger" });
    await (await charterField(ada, "Branch", { exact: true })).fill("main");
    await (await charterField(ada, "The agent asks")).selectOption("unlisted");
    await (await charterField(ada, "Without one")).selectOption("park");
    await fillCharter(ada, "Allowed commands", "npm run *");
    await (await charterField(ada, "What they find")).selectOption("mask");
    await fillCharter(ada, "Setup command", SETUP);
    await (await charterField(ada, "One person more for flagged patches")).uncheck();
    const form = ada.locator("form.wz-form");
    for (const [label, wrong] of FIELDS) await fillCharter(ada, label, wrong);
    await writeCharter(ada);
    for (const [label, wrong, sentence] of FIELDS) {
      await expect(await charterField(ada, label)).toHaveValue(wrong);
      await expect(form.getByRole("alert").filter({ hasText: sentence })).toBeVisible();
    }
    for (const [label, , , right] of FIELDS) await fillCharter(ada, label, right);
    await writeCharter(ada);
    await ada.waitForURL(/\/pilots\/pil_\w+$/);
    const pilot = ada.url();
    await ada.goto(`${pilot}?tab=charter`);
    for (const kept of ["git push", "example.com", "node_modules", "Project-Falcon"])
      await expect(ada.getByText(kept).first()).toBeVisible();
    await ada.goto(pilot);
    await ada.getByRole("button", { name: "Ask for activation…" }).click();
    await ada.getByRole("dialog").getByRole("button", { name: "Ask for activation" }).click();
    await expect(ada.locator('[data-status="activating"]').first()).toBeVisible();
  });

  await test.step("sam finds it in his inbox and activates it; ada may not", async () => {
    await ada.goto("/inbox?show=team");
    await ada
      .getByRole("link", { name: /Ledger repairs/ })
      .first()
      .click();
    await expect(ada.getByText(/^May not: /)).toBeVisible();
    await sam.goto("/inbox");
    await sam
      .getByRole("link", { name: /Ledger repairs/ })
      .first()
      .click();
    await approve(sam, "Activate");
  });

  const [runId, pilotId] = await test.step("ada launches a run, which repairs the sum", async () => {
    await ada.goto("/pilots");
    await expect(ada.getByRole("row", { name: /Ledger repairs/ })).toContainText("Active");
    await ada.getByRole("link", { name: "Ledger repairs", exact: true }).click();
    await ada.waitForURL(/\/pilots\/pil_\w+$/);
    const pilotId = ada.url().split("/").at(-1) ?? "";
    const id = await launch(ada, pilotId, "Repair the sums");
    await expect(ada.getByText(/Before it is verified a person decides/).first()).toBeVisible({
      timeout: REPAIR_TAKES,
    });
    return [id, pilotId];
  });
  await test.step("its patch changes what is installed: sam lets it install, ada may not", async () => {
    await ada.goto("/inbox?show=team");
    const asked = /network|install/i;
    await ada.getByRole("link", { name: asked }).first().click();
    await expect(ada.getByText(/^May not: /)).toBeVisible();
    await sam.goto("/inbox");
    await sam.getByRole("link", { name: asked }).first().click();
    await expect(sam.getByText("package.json").first()).toBeVisible();
    await approve(sam, "Let it install");
    await ada.goto(`/runs/${runId}`);
    await untilStatus(ada, "in_review", REPAIR_TAKES);
  });

  await test.step("the host that setup asked for stands on the pilot's page of hosts, and in a file", async () => {
    await sam.goto(`/pilots/${pilotId}/hosts`);
    const kept = sam.getByRole("table", { name: "Hosts that were kept from runs" });
    await expect(kept.getByRole("row", { name: /packages\.example\.org/ })).toContainText(
      "Setup, by its proxy",
    );
    const coming = sam.waitForEvent("download");
    await sam.getByRole("link", { name: "Download CSV" }).click();
    const file = readFileSync(await (await coming).path(), "utf8");
    expect(file).toMatch(/^setup,packages\.example\.org,80,denied,/m);
  });

  await test.step("the monitor made a finding of it: sam finds it, says that it is real, and deals with it", async () => {
    await sam.goto("/findings");
    await sam.getByLabel("Any pilot").selectOption({ label: "Ledger repairs" });
    await sam.getByLabel("Any severity").selectOption("critical");
    await expect(sam.getByText("No finding fits")).toBeVisible();
    await sam.getByLabel("Any severity").selectOption("medium");
    await sam.getByRole("link", { name: /^Setup asked for a host/ }).click();
    await expect(sam.getByRole("region", { name: "Evidence" })).toContainText("packages.example.org");
    const dialog = sam.getByRole("dialog");
    for (const [button, done, reason, state] of [
      ["Validate…", "Validate", "Nothing of ours lies there.", "Validated"],
      ["Mark as mitigated…", "Mark as mitigated", "The command is looked at again.", "Mitigated"],
    ] as const) {
      await sam.getByRole("button", { name: button }).click();
      await dialog.getByRole("button", { name: done }).click();
      await expect(dialog.getByRole("alert").first()).toContainText("Say why");
      await dialog.getByRole("textbox").fill(reason);
      await dialog.getByRole("button", { name: done }).click();
      await expect(sam.locator("header").getByText(state, { exact: true })).toBeVisible();
      await expect(sam.getByText(reason)).toBeVisible();
    }
  });

  await test.step("the merge is asked for anew, bound to the findings as they are", async () => {
    await sam.goto(`/log?subject=run:${runId}`);
    await expect(sam.getByRole("cell", { name: "gate.voided" }).first()).toBeVisible();
    await sam.goto(`/reviews/${runId}?tab=findings`);
    await expect(sam.getByRole("table", { name: "Findings" })).toContainText("Mitigated");
    await sam.goto(`/reviews/${runId}?tab=document`);
    await expect(sam.getByText(/mitigated/).first()).toBeVisible();
  });

  await test.step("she may not approve what she launched, and is told so", async () => {
    await ada.goto(`/reviews/${runId}`);
    const decision = ada.getByRole("region", { name: "Decision" });
    await expect(decision.getByText(/launched/)).toBeVisible();
    await expect(decision.getByRole("button", { name: "Approve…" })).toHaveAttribute("aria-disabled", "true");
  });

  await test.step("sam reads the revert of the one commit that broke it, and approves", async () => {
    await sam.goto(`/reviews/${runId}`);
    await expect(sam.getByRole("region", { name: "Changes" })).toContainText("a + b");
    await expect(sam.getByRole("complementary", { name: "Evidence" })).toContainText(
      ledger.culprit.slice(0, 7),
    );
    await approve(sam, "Approve merge");
    await ada.goto(`/runs/${runId}`);
    await untilStatus(ada, "merged", 60_000);
    expect(headOf(ledger.path)).not.toBe(ledger.head);
  });

  await test.step("it is merged once, and counted", async () => {
    await ada.goto("/kpis");
    await ada.getByRole("combobox", { name: "Pilot" }).selectOption({ label: "Ledger repairs" });
    await ada.getByRole("link", { name: /rows behind Merged patches per week/ }).click();
    const rows = ada.getByRole("table", { name: "Rows behind Merged patches per week" });
    await expect(rows.getByRole("link", { name: "Repair the sums" })).toHaveCount(1);
    await expect(rows.getByRole("cell", { name: /^yes/ })).toHaveCount(1);
  });
});
