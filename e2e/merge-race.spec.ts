// Two approvals at the same moment, and an approval for a base that is no longer there.
import { playGit } from "#lib/testing/git/author.ts";
import { arrangePilot, launch } from "./fixtures/pilots.ts";
import { commitElsewhere, headOf } from "./fixtures/repositories.ts";
import { untilStatus } from "./fixtures/runs.ts";
import { expect, test } from "./fixtures/test.ts";

const REPAIR_TAKES = 180_000;

test("two people approve at once: one merge, and nobody sees a failure of ours", async ({ as, place }) => {
  test.setTimeout(REPAIR_TAKES + 60_000);
  const { pilotId, ledger } = arrangePilot(place, "race");
  const ada = await as("ada");
  const runId = await launch(ada, pilotId, "Be approved twice");
  await untilStatus(ada, "in_review", REPAIR_TAKES);

  const pages = [await as("rita"), await as("sam")];
  for (const page of pages) {
    await page.goto(`/reviews/${runId}`);
    await page.getByRole("region", { name: "Decision" }).getByRole("button", { name: "Approve…" }).click();
  }
  await Promise.all(
    pages.map((page) => page.getByRole("dialog").getByRole("button", { name: "Approve merge" }).click()),
  );
  await untilStatus(ada, "merged", 60_000);

  expect(playGit(ledger.path, ["rev-list", "--count", `${ledger.head}..main`])).toBe("1");
  for (const page of pages) {
    const said = page.getByRole("dialog").getByRole("alert");
    if (await said.isVisible()) await expect(said).toContainText(/approved|decided|closed/i);
  }
  await ada.goto(`/reviews/${runId}`);
  await expect(ada.getByRole("region", { name: "Decision" })).toContainText("Approved");
});

test("the base moved after the review was opened: the approval is void, and the same patch is tested anew and approved by one click", async ({
  as,
  place,
}) => {
  test.setTimeout(REPAIR_TAKES * 2);
  const { pilotId, ledger } = arrangePilot(place, "moved");
  const ada = await as("ada");
  const rita = await as("rita");
  const runId = await launch(ada, pilotId, "Lose its base");
  await untilStatus(ada, "in_review", REPAIR_TAKES);
  await rita.goto(`/reviews/${runId}`);
  await rita.getByRole("region", { name: "Decision" }).getByRole("button", { name: "Approve…" }).click();

  const moved = commitElsewhere(place, ledger.path);
  await rita.getByRole("dialog").getByRole("button", { name: "Approve merge" }).click();
  await expect(ada.getByText(/base/i).filter({ hasText: /moved/i }).first()).toBeVisible({ timeout: 60_000 });
  expect(headOf(ledger.path)).toBe(moved);
  await untilStatus(ada, "in_review", REPAIR_TAKES);
  await rita.goto(`/reviews/${runId}`);
  await expect(rita.getByRole("region", { name: "Decision" }).getByText(/^0 of 1/)).toBeVisible();
  await expect(rita.getByText(/^Identical patch, new base \(.+\), evidence rerun/)).toBeVisible();
  await rita.getByRole("button", { name: "Approve again" }).click();
  await untilStatus(ada, "merged", 60_000);
  expect(playGit(ledger.path, ["rev-parse", "main^"])).toBe(moved);
});
