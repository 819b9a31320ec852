// A week after a pilot began, its owners read the pack: one proposes to stop, the other signs it.
import { approve } from "./fixtures/decisions.ts";
import { asOwner } from "./fixtures/owner/loosen.ts";
import { picture } from "./fixtures/picture.ts";
import { arrangePilot } from "./fixtures/pilots.ts";
import { expect, test } from "./fixtures/test.ts";

/** The pilot began eight days ago; nobody here can wait a week. What guards its row is off for that one change. */
const aWeekOlder = (pilotId: string) => `begin;
  alter table pilot disable trigger governed;
  update pilot set activated_at = activated_at - interval '8 days' where id = '${pilotId}';
  alter table pilot enable trigger governed;
  commit`;

test("a lead reads the weekly pack and decides, and it takes effect once the second owner has signed", async ({
  as,
  place,
}) => {
  test.setTimeout(300_000);
  const { pilotId, name } = arrangePilot(place, "weekly", { owned: true });
  const [ada, sam, edda] = [await as("ada"), await as("sam"), await as("edda")];

  await test.step("before a week is over the page says when the first pack comes", async () => {
    await ada.goto(`/pilots/${pilotId}`);
    await ada.getByRole("link", { name: "Weekly", exact: true }).click();
    await expect(ada.getByText("No pack yet")).toBeVisible();
    await expect(ada.getByText(/written once 7 days are over/)).toBeVisible();
    await picture(ada, "weekly-empty");
  });

  await asOwner(place, aWeekOlder(pilotId));

  await test.step("ada reads the week that the worker packed, and takes it along as Markdown and PDF", async () => {
    const week = ada.getByRole("link", { name: "Week 1", exact: true });
    await expect(async () => {
      await ada.reload();
      await expect(week).toBeVisible({ timeout: 1000 });
    }).toPass({ timeout: 150_000 });
    await picture(ada, "weekly-list");
    await week.click();
    await expect(ada.getByRole("heading", { level: 1 })).toContainText("week 1");
    await expect(ada.locator('[data-week-state="waits"]')).toBeVisible();
    for (const section of ["Numbers against targets", "Incidents", "Controls", "Who signed"])
      await expect(ada.getByRole("region", { name: section, exact: true })).toBeVisible();
    await picture(ada, "weekly-pack");
    const markdown = await ada.request.get(`/api/pilots/${pilotId}/weekly/1`);
    expect(await markdown.text()).toContain("## Numbers against targets");
    const pdf = await ada.request.get(`/api/pilots/${pilotId}/weekly/1?format=pdf`);
    expect((await pdf.body()).subarray(0, 5).toString()).toBe("%PDF-");
  });

  await test.step("she proposes to stop and signs; another lead may not decide", async () => {
    await ada.getByRole("button", { name: "Decide…" }).click();
    const dialog = ada.getByRole("dialog");
    await dialog.getByRole("button", { name: "Sign it" }).click();
    await expect(dialog.getByText(/Say why, in three characters/)).toBeVisible();
    await dialog.getByRole("radio", { name: /^Stop/ }).check();
    await dialog.getByLabel("Reason").fill("It finds nothing that our own tests do not.");
    await dialog.getByRole("button", { name: "Sign it" }).click();
    await expect(ada.getByText(/Ada Engineer signed “stop”/)).toBeVisible();
    await edda.goto(`/pilots/${pilotId}/weekly/1`);
    await expect(edda.getByText(/signed “stop”/)).toBeVisible();
    await expect(edda.getByRole("button", { name: /^(Decide|Propose)/ })).toHaveCount(0);
    await edda.getByRole("link", { name: "Sign or deny it in the inbox" }).click();
    await expect(edda.getByText(/^May not: /)).toBeVisible();
  });

  await test.step("sam finds it in his inbox and signs it: the pilot is paused, and the pack says who did", async () => {
    await sam.goto("/inbox");
    await sam
      .getByRole("link", { name: new RegExp(`Weekly review: ${name}`) })
      .first()
      .click();
    await expect(sam.getByText("It finds nothing that our own tests do not.").first()).toBeVisible();
    await approve(sam, "Sign");
    await sam.goto(`/pilots/${pilotId}/weekly/1`);
    await expect(sam.locator('[data-week-state="stop"]')).toBeVisible();
    await expect(sam.getByText(/Signed by Ada Engineer and Sam Security/)).toBeVisible();
    await picture(sam, "weekly-decided");
    await sam.goto(`/pilots/${pilotId}`);
    await expect(sam.locator('[data-status="paused"]').first()).toBeVisible();
    await expect(sam.getByText(/Stopped by the review of week 1/)).toBeVisible();
  });
});
