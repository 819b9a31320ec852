// From a repository nobody here has seen to a counted merge, with two people wherever two are asked for.
import { approve } from "./fixtures/decisions.ts";
import { launch } from "./fixtures/pilots.ts";
import { headOf, makeLedger } from "./fixtures/repositories.ts";
import { untilStatus } from "./fixtures/runs.ts";
import { expect, test } from "./fixtures/test.ts";

const REPAIR_TAKES = 180_000;

test("an engineering lead and a security lead take a broken repository to a counted merge", async ({
  as,
  place,
}) => {
  test.setTimeout(REPAIR_TAKES + 120_000);
  const ledger = makeLedger(place, "ledger");
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
    }).toPass({ timeout: 30_000 });
    await expect(row).toContainText("7");
  });

  await test.step("she writes a charter and asks for activation", async () => {
    await ada.goto("/pilots/new");
    await ada.getByLabel("Name of the pilot").fill("Ledger repairs");
    await ada.getByLabel("What it is to achieve").fill("Keep the sums of the ledger right.");
    await ada.getByLabel("Repository").selectOption({ label: "ledger" });
    await ada.getByLabel("Branch", { exact: true }).fill("main");
    await ada.getByRole("button", { name: "Write the charter" }).click();
    await ada.waitForURL(/\/pilots\/pil_\w+$/);
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

  const runId = await test.step("ada launches a run, which repairs the sum", async () => {
    await ada.goto("/pilots");
    await expect(ada.getByRole("row", { name: /Ledger repairs/ })).toContainText("Active");
    await ada.getByRole("link", { name: "Ledger repairs", exact: true }).click();
    await ada.waitForURL(/\/pilots\/pil_\w+$/);
    const pilotId = ada.url().split("/").at(-1) ?? "";
    const id = await launch(ada, pilotId, "Repair the sums");
    await untilStatus(ada, "in_review", REPAIR_TAKES);
    return id;
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
    const rows = ada.getByRole("table", { name: "Rows behind the number" });
    await expect(rows.getByRole("link", { name: "Repair the sums" })).toHaveCount(1);
    await expect(rows.getByRole("cell", { name: /^merged/ })).toHaveCount(1);
  });
});
