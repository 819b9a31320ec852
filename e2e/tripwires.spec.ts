// A tripwire from its rehearsal to the trip and to the gate at which two people let the pilot go on.
import type { Page } from "@playwright/test";
import { approve } from "./fixtures/decisions.ts";
import { picture } from "./fixtures/picture.ts";
import { arrangePilot, launch } from "./fixtures/pilots.ts";
import { cancelRun } from "./fixtures/runs.ts";
import { expect, test } from "./fixtures/test.ts";

const wire = (page: Page) => page.locator('[data-wire="launched_runs"]');

/** The worker looks every second; the page is looked at again until it stands there. */
const untilWire = (page: Page, state: string) =>
  expect(async () => {
    await page.reload();
    await expect(wire(page)).toHaveAttribute("data-state", state, { timeout: 2000 });
  }).toPass({ timeout: 60_000 });

test("a tripwire is rehearsed, trips once and pauses the pilot, and two people let it go on", async ({
  as,
  place,
}) => {
  const { pilotId, name } = arrangePilot(place, "tripwire", {
    rollback: {
      tripwires: [
        {
          ...{ measure: "launched_runs", bound: ">=", threshold: 1, of: "value", windowHours: 24 },
          ...{ minimum: 1, clears: 0, steps: ["pause"] },
        },
      ],
    },
  });
  const ada = await as("ada");

  await test.step("armed, and a rehearsal says that nothing would have happened", async () => {
    await ada.goto(`/pilots/${pilotId}/tripwires`);
    await expect(wire(ada)).toHaveAttribute("data-state", "armed");
    await ada
      .getByLabel("A tripwire, as a charter would have it")
      .fill("launched_runs >= 1 over 24 hours; warn");
    await ada.getByRole("button", { name: "Rehearse" }).click();
    await expect(ada.getByText("It would not have tripped.")).toBeVisible();
  });

  const runId = await launch(ada, pilotId, "One too many");
  // It was launched, which is what counts; nobody else waits for the runner meanwhile.
  await cancelRun(ada, "Launched, and in nobody's way");
  const sam = await as("sam");

  await test.step("a run too many trips it, and the page says which", async () => {
    await ada.goto(
      `/pilots/${pilotId}/tripwires?line=${encodeURIComponent("launched_runs >= 1 over 24 hours; warn")}`,
    );
    await untilWire(ada, "tripped");
    await expect(ada.getByText(/^It would have tripped once: on /)).toBeVisible();
    const trips = ada.getByRole("table", { name: "Trips" }).locator("[data-trip]");
    await expect(trips).toHaveCount(1);
    await expect(trips.getByRole("link", { name: runId.slice(-8) })).toBeVisible();
    await picture(ada, "tripwires-tripped");
  });

  await test.step("lists say what holds the pilot", async () => {
    await ada.goto("/pilots");
    const row = ada.getByRole("row").filter({ has: ada.getByRole("link", { name, exact: true }) });
    await expect(row.locator('[data-status="paused"]')).toBeVisible();
    await expect(row.locator('[data-wire-state="tripped"]').first()).toContainText("Runs launched: tripped");
  });

  await test.step("to go on takes another lead, at a gate", async () => {
    await ada.goto(`/pilots/${pilotId}`);
    await ada.getByRole("button", { name: "Ask to resume…" }).click();
    const dialog = ada.getByRole("dialog");
    await dialog.getByLabel("Reason").fill("It was the one run we wanted.");
    await dialog.getByRole("button", { name: "Ask to resume" }).click();
    await dialog.waitFor({ state: "hidden" });
    await ada.goto(`/pilots/${pilotId}/tripwires`);
    await expect(wire(ada)).toHaveAttribute("data-state", "tripped");
    await sam.goto("/inbox?show=mine");
    await sam
      .getByRole("link", { name: new RegExp(name) })
      .first()
      .click();
    await approve(sam, "Resume", "Seen, and agreed.");
  });

  await test.step("armed again, and what was before counts no more", async () => {
    await untilWire(ada, "armed");
    await expect(wire(ada)).toContainText("0 of at least 1 run in its window.");
  });
});
