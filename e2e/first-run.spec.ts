// What a newcomer sees: the link of the terminal, a demo run that did real work, and a merge of one's own.
import { join } from "node:path";
import { playGit } from "#lib/testing/git/author.ts";
import { useLink } from "./fixtures/people.ts";
import { untilStatus } from "./fixtures/runs.ts";
import { expect, test } from "./fixtures/test.ts";

const DEMO = "Repair the failing tests of tally";
const FIVE_MINUTES = 300_000;

test("a newcomer follows the link and merges what the demo's run repaired, alone", async ({
  page,
  place,
}) => {
  test.setTimeout(FIVE_MINUTES + 120_000);
  const repository = join(place.data, "repositories/tally.git");
  const before = playGit(repository, ["rev-parse", "main"]);

  await test.step("the link leads to a password and in", async () => {
    await useLink(page, place.links["engineering lead"] ?? "");
    await expect(page.getByRole("button", { name: "Engineering lead, theme and sign-out" })).toBeVisible();
  });

  await test.step("the demo's run reaches review by itself", async () => {
    await page
      .getByRole("navigation", { name: "Main", exact: true })
      .getByRole("link", { name: "Runs" })
      .click();
    await page.waitForURL("**/runs");
    await page.getByRole("link", { name: DEMO, exact: true }).click();
    await untilStatus(page, "in_review", FIVE_MINUTES);
  });

  await test.step("three causes are reverted and seen repaired; one is given up with its reason", async () => {
    await page.getByRole("link", { name: "Review it" }).click();
    const evidence = page.getByRole("complementary", { name: "Evidence" });
    await expect(evidence.getByText("Verified", { exact: true })).toBeVisible();
    await expect(evidence.getByText(/With 3 reverts \d+ tests that failed on the base passed/)).toBeVisible();
    // The flaky test may fail five times in a row; then it is given up too, for a reason of its own.
    await expect(evidence.getByRole("heading", { name: /^Given up [12]$/ })).toBeVisible();
    await expect(evidence.getByText(/^because Reverting .* conflicts in src\/dunning\.js/)).toHaveCount(1);
  });

  await test.step("who did not launch it may approve alone", async () => {
    const decision = page.getByRole("region", { name: "Decision" });
    await expect(decision.getByText("You may approve.")).toBeVisible();
    await decision.getByRole("button", { name: "Approve…" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Approve merge" }).click();
    await page.getByRole("main").getByRole("link", { name: /^run_/ }).click();
    await untilStatus(page, "merged", 60_000);
  });

  await test.step("the branch moved to one commit of ours on top of what was reviewed", async () => {
    const [author, parents, trailers] = playGit(repository, [
      "log",
      "-1",
      "--format=%an <%ae>%x00%P%x00%(trailers:only,unfold)",
      "main",
    ]).split("\0");
    expect(author).toBe("Pilothouse <pilothouse@localhost>");
    expect(parents).toBe(before);
    expect(trailers).toMatch(/^Pilothouse-Run: run_\w+$/m);
    expect(trailers).toMatch(/^Pilothouse-Patch: sha256:[0-9a-f]{64}$/m);
    expect(trailers).toMatch(/^Pilothouse-Decision: gat_\w+ sha256:[0-9a-f]{64}$/m);
    expect(trailers).toMatch(/^Pilothouse-Approved-By: per_\w+ \(engineering_lead\)$/m);
  });
});
