// What is refused where runs are launched: in whose session a form is sent counts, not whose page it stood on.
import { become, OFFENDED } from "./fixtures/denials.ts";
import { sessionFile } from "./fixtures/people.ts";
import { arrangePilot, launch } from "./fixtures/pilots.ts";
import { cancelRun, untilStatus } from "./fixtures/runs.ts";
import { expect, test } from "./fixtures/test.ts";

test("probe: a lead's open forms do nothing in a viewer's session", async ({ as, place }) => {
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
  const dialog = page.getByRole("dialog");
  // A page that is still coming alive takes no click.
  await expect(async () => {
    if (!(await dialog.isVisible())) await page.getByRole("button", { name: "Cancel run…" }).click();
    await expect(dialog).toBeVisible({ timeout: 2000 });
  }).toPass();
  await dialog.getByLabel("Reason").fill("A viewer wants it");
  await become(page.context(), sessionFile(place, "vic"));
  // Meanwhile somebody else ends the run: read anew as the viewer, the page would have no such dialog.
  const other = await as("edda");
  await other.goto(page.url());
  await cancelRun(other, "Was quicker");
  await untilStatus(page, "cancelled", 20_000);
  await dialog.getByRole("button", { name: "Cancel run" }).click();
  await expect(dialog.getByRole("alert").filter({ hasText: OFFENDED })).toBeVisible();
  await expect(dialog.getByLabel("Reason")).toHaveValue("A viewer wants it");

  await become(page.context(), sessionFile(place, "ada"));
  await dialog.getByRole("button", { name: "Cancel run" }).click();
  await expect(dialog.getByRole("alert").filter({ hasText: /cancelled/ })).toBeVisible();
  await expect(dialog.getByLabel("Reason")).toHaveValue("A viewer wants it");
  await dialog.getByRole("button", { name: "Let it go on" }).click();
  await expect(page.getByText("Was quicker").first()).toBeVisible();
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
  const only = page.getByRole("link", { name: "Only once" });
  await expect(only).toHaveCount(1);
  await only.click();
  await cancelRun(page, "Counted, and in nobody's way");
});
