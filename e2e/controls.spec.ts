// Somebody loosens the record's grants behind everybody's back: the self-test notices, and the security lead sees it.
import type { Page } from "@playwright/test";
import { asOwner } from "./fixtures/owner/loosen.ts";
import { picture } from "./fixtures/picture.ts";
import { expect, test } from "./fixtures/test.ts";

const control = (page: Page, id: string) => page.locator(`[data-control="${id}"]`);

async function testNow(page: Page): Promise<void> {
  await page.goto("/controls");
  // A round that began with the deployment may be under way.
  await expect(async () => {
    await page.reload();
    await page.getByRole("button", { name: "Test now" }).click({ timeout: 2000 });
    await expect(page.getByText("The worker begins in a moment.")).toBeVisible({ timeout: 5000 });
  }).toPass({ timeout: 120_000 });
}

/** What the worker found stands on the page once it is looked at again. */
const untilState = (page: Page, id: string, state: string) =>
  expect(async () => {
    await page.reload();
    await expect(control(page, id).locator("[data-status]").first()).toHaveAttribute("data-status", state, {
      timeout: 2000,
    });
  }).toPass({ timeout: 120_000 });

test("a grant that lets the web process change the record turns its control red, and a finding says so", async ({
  as,
  place,
}) => {
  const sam = await as("sam");
  await test.step("the deployment proves its controls by itself", async () => {
    await sam.goto("/controls");
    await untilState(sam, "log_append_only", "holds");
    for (const id of ["sandbox_egress", "gateway_token", "runner_revoked", "session_dead", "log_edited"])
      await expect(control(sam, id).locator("[data-status]").first()).toHaveAttribute("data-status", "holds");
    await expect(control(sam, "backup_age").getByText("Not tried here")).toBeVisible();
    await picture(sam, "controls");
  });

  await asOwner(place, "grant update on log_entry to ph_web");
  try {
    await test.step("loosened, it is red after the next test, with its finding", async () => {
      await testNow(sam);
      await untilState(sam, "log_append_only", "failed");
      await expect(control(sam, "log_append_only")).toContainText("ph_web UPDATE on log_entry");
      await picture(sam, "controls-red");
      await control(sam, "log_append_only")
        .getByRole("link", { name: /^Finding/ })
        .click();
      await expect(sam.getByText("A control did not hold when it was tested").first()).toBeVisible();
    });
  } finally {
    await asOwner(place, "revoke update on log_entry from ph_web");
  }

  await test.step("mended, it holds again and the finding is settled", async () => {
    await testNow(sam);
    await untilState(sam, "log_append_only", "holds");
    await expect(control(sam, "log_append_only").getByRole("link", { name: /^Finding/ })).toHaveCount(0);
  });

  await test.step("on a phone nothing is scrolled sideways", async () => {
    const wide = sam.viewportSize() ?? { width: 1280, height: 800 };
    await sam.setViewportSize({ width: 390, height: 844 });
    const list = sam.locator(".control-list .scroll");
    await expect.poll(() => list.evaluate((own) => own.scrollWidth - own.clientWidth)).toBeLessThanOrEqual(0);
    await sam.setViewportSize(wide);
  });

  await test.step("by framework, and as a file", async () => {
    await sam.getByRole("combobox", { name: "Any framework" }).selectOption("dora");
    await expect(sam).toHaveURL(/framework=dora/);
    await expect(control(sam, "secret_masked")).not.toContainText("CC6.7");
    const answer = await sam.request.get("/api/controls?framework=dora");
    expect(answer.headers()["content-type"]).toContain("text/csv");
    expect(await answer.text()).toContain("\r\nlog_append_only,");
  });
});
