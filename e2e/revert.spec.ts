// A merge that is taken back by one click, decided on by somebody else; and the file that its run handed in beside the patch.
import { readFileSync } from "node:fs";
import type { Page } from "@playwright/test";
import { playGit } from "#lib/testing/git/author.ts";
import { approve } from "./fixtures/decisions.ts";
import { arrangePilot, launch } from "./fixtures/pilots.ts";
import { headOf } from "./fixtures/repositories.ts";
import { untilStatus } from "./fixtures/runs.ts";
import { expect, test } from "./fixtures/test.ts";

const REPAIR_TAKES = 180_000;

/** Opens the page anew until the worker has looked into what was handed in. */
async function untilLookedInto(page: Page, runId: string): Promise<void> {
  await expect(async () => {
    await page.goto(`/runs/${runId}/artefacts`);
    await expect(page.locator('[data-state="scanned"]')).toHaveCount(1, { timeout: 2000 });
  }).toPass({ timeout: 60_000 });
}

test("a merge is reverted by a click: tested, decided on by somebody else, merged; its run's report leaves quarantine by a gate", async ({
  as,
  place,
}) => {
  test.setTimeout(REPAIR_TAKES * 3);
  const { pilotId, ledger } = arrangePilot(place, "revert", { environment: { artefactPaths: ["reports"] } });
  const [ada, rita, sam] = [await as("ada"), await as("rita"), await as("sam")];
  const runId = await launch(ada, pilotId, "Repair the sums");
  await untilStatus(ada, "in_review", REPAIR_TAKES);

  await test.step("what the run handed in is downloaded from quarantine by a press of its own, then let out", async () => {
    await untilLookedInto(sam, runId);
    await expect(sam.getByRole("cell", { name: /^reports\/recipe-report\.json attempt 1/ })).toBeVisible();
    await sam.getByRole("button", { name: /^From quarantine/ }).click();
    const saved = sam.waitForEvent("download");
    await sam.getByRole("dialog").getByRole("button", { name: "Record and download" }).click();
    const download = await saved;
    expect(download.suggestedFilename()).toBe("recipe-report.json.quarantined");
    const report = JSON.parse(readFileSync(await download.path(), "utf8"));
    expect(report.runs.length).toBeGreaterThan(3);
    await expect(sam.getByRole("dialog")).toBeHidden();

    await ada.goto(`/runs/${runId}/artefacts`);
    await ada.getByLabel("Promote reports/recipe-report.json").check();
    await ada.getByLabel("Why they should leave the quarantine").fill("It belongs to the ticket.");
    await ada.getByRole("button", { name: "Ask to promote what is ticked" }).click();
    const waits = ada.getByRole("link", { name: "waits for a decision" });
    await rita.goto((await waits.getAttribute("href")) ?? "");
    await approve(rita, "Promote");
    await sam.goto(`/runs/${runId}/artefacts`);
    const taken = sam.waitForEvent("download");
    await sam.getByRole("link", { name: /^Download/ }).click();
    expect((await taken).suggestedFilename()).toBe("recipe-report.json");
  });

  await test.step("it is merged, and the merge is reverted by a click", async () => {
    await rita.goto(`/reviews/${runId}`);
    await approve(rita, "Approve merge");
    await ada.goto(`/runs/${runId}`);
    await untilStatus(ada, "merged", 60_000);
    await rita.goto(`/runs/${runId}`);
    await rita.getByRole("button", { name: "Revert this merge…" }).click();
    await rita.getByRole("dialog").getByRole("button", { name: "Revert it" }).click();
    await rita.waitForURL((url) => /\/runs\/run_\w+$/.test(url.pathname) && !url.pathname.endsWith(runId));
  });
  const merge = headOf(ledger.path);
  const revertId = rita.url().split("/").at(-1) ?? "";

  await test.step("it is tested, and who asked for it decides nothing", async () => {
    await untilStatus(rita, "in_review", REPAIR_TAKES);
    await rita.goto(`/reviews/${revertId}`);
    await expect(rita.getByText(/as they were before the merge/).first()).toBeVisible();
    await expect(
      rita
        .getByRole("region", { name: "Decision" })
        .getByText(/You launched, steered, asked for/)
        .first(),
    ).toBeVisible();
    expect(headOf(ledger.path)).toBe(merge);
  });

  await test.step("somebody else approves, and the branch is as it was", async () => {
    await sam.goto(`/reviews/${revertId}`);
    await approve(sam, "Approve merge");
    await rita.goto(`/runs/${revertId}`);
    await untilStatus(rita, "merged", 60_000);
    const treeOf = (commit: string) => playGit(ledger.path, ["rev-parse", `${commit}^{tree}`]);
    expect(treeOf("main")).toBe(treeOf(ledger.head));
    expect(playGit(ledger.path, ["rev-parse", "main^"])).toBe(merge);
    await ada.goto(`/runs/${runId}`);
    await expect(ada.getByText("Reverted by").first()).toBeVisible();
  });
});
