// What is refused where runs are launched: in whose session a form is sent counts, not whose page it stood on.
import { become, OFFENDED } from "./fixtures/denials.ts";
import { sessionFile } from "./fixtures/people.ts";
import { arrangePilot, launch } from "./fixtures/pilots.ts";
import { untilStatus } from "./fixtures/runs.ts";
import { expect, test } from "./fixtures/test.ts";

test("probe: a lead's open forms do nothing in a viewer's session", async ({ as, place }) => {
  test.setTimeout(240_000);
  const { pilotId } = arrangePilot(place, "denied-forms");
  await as("vic");
  const page = await as("ada");
  await page.goto(`/runs/new?pilot=${pilotId}`);
  await page.getByLabel("What for").fill("Not by a viewer");
  await become(page.context(), sessionFile(place, "vic"));
  await page.getByRole("button", { name: "Launch" }).click();
  await expect(page.getByRole("alert").filter({ hasText: OFFENDED })).toBeVisible();
  await expect(page.getByLabel("What for")).toHaveValue("Not by a viewer");

  await become(page.context(), sessionFile(place, "ada"));
  await launch(page, pilotId, "To be cancelled");
  // Nothing happens any more: a page that is read anew as the viewer would take the dialog away.
  await untilStatus(page, "in_review", 120_000);
  await page.getByRole("button", { name: "Cancel run…" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Reason").fill("A viewer wants it");
  await become(page.context(), sessionFile(place, "vic"));
  await dialog.getByRole("button", { name: "Cancel run" }).click();
  await expect(dialog.getByRole("alert").filter({ hasText: OFFENDED })).toBeVisible();

  await become(page.context(), sessionFile(place, "ada"));
  await dialog.getByRole("button", { name: "Cancel run" }).click();
  await expect(page.locator('[data-run-status="cancelled"]')).toBeVisible();
});

test("the same launch sent twice is one run", async ({ as, place }) => {
  const { pilotId } = arrangePilot(place, "denied-twice");
  const page = await as("ada");
  await page.goto(`/runs/new?pilot=${pilotId}`);
  await page.getByLabel("What for").fill("Only once");
  const sent = page.waitForRequest((request) => request.method() === "POST");
  await page.getByRole("button", { name: "Launch" }).dblclick();
  const first = await sent;
  await page.waitForURL(/\/runs\/run_\w+$/);
  await page.request.post(first.url(), {
    headers: await first.allHeaders(),
    data: first.postDataBuffer() ?? "",
  });
  await page.goto(`/runs?pilot=${pilotId}`);
  await expect(page.getByRole("link", { name: "Only once" })).toHaveCount(1);
});
