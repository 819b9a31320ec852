// A passkey is enrolled, confirmed by another, and signs a decision; Chromium's virtual authenticator holds it.
import type { Page } from "@playwright/test";
import { charterField, fillCharter, writeCharter } from "./fixtures/charter/steps.ts";
import { approve } from "./fixtures/decisions.ts";
import { arrangePilot } from "./fixtures/pilots.ts";
import { expect, test } from "./fixtures/test.ts";

interface VirtualAuthenticator {
  /** Whether it finds that the person is who they are: by a PIN, a fingerprint, a face. */
  verifies(person: boolean): Promise<void>;
}

/** Chromium's own, by the DevTools protocol, until the page is closed. */
async function virtualAuthenticator(page: Page): Promise<VirtualAuthenticator> {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send("WebAuthn.enable");
  const { authenticatorId } = await devtools.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      ...{ protocol: "ctap2", transport: "internal", automaticPresenceSimulation: true },
      ...{ hasResidentKey: true, hasUserVerification: true, isUserVerified: true },
    },
  });
  return {
    verifies: async (isUserVerified) => {
      await devtools.send("WebAuthn.setUserVerified", { authenticatorId, isUserVerified });
    },
  };
}

/** Writes another version of the charter and asks for it. */
async function amend(page: Page, pilotId: string, change: () => Promise<unknown>): Promise<void> {
  await page.goto(`/pilots/${pilotId}`);
  await page.getByRole("link", { name: "New version" }).click();
  await change();
  await writeCharter(page, "Write the version");
  await page.waitForURL(/tab=charter/);
  await page.getByRole("button", { name: "Ask for it…" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Ask for it" }).click();
  await expect(page.getByRole("link", { name: "It waits in the inbox" })).toBeVisible();
}

async function openGate(page: Page, name: string): Promise<void> {
  await page.goto("/inbox");
  await page
    .getByRole("link", { name: new RegExp(name) })
    .first()
    .click();
  await expect(page.getByRole("region", { name: "Decision", exact: true })).toBeVisible();
}

test("a passkey signs a decision once somebody else has confirmed it", async ({ as, place }) => {
  const { pilotId, name } = arrangePilot(place, "signed");
  const [ada, sam] = [await as("ada"), await as("sam")];
  const device = await virtualAuthenticator(sam);

  await test.step("a charter comes into force under which every approval is signed", async () => {
    await amend(ada, pilotId, async () =>
      (await charterField(ada, "Signed with a passkey")).selectOption("every_gate"),
    );
    await openGate(sam, name);
    await approve(sam, "Amend");
    await amend(ada, pilotId, () => fillCharter(ada, "Time per attempt", "20"));
  });

  await test.step("sam enrols a passkey, and it does not count yet", async () => {
    await sam.goto("/settings/passkeys");
    await expect(sam.getByText("They are bound to http://localhost")).toBeVisible();
    await sam.getByLabel("Name").fill("Laptop");
    await sam.getByRole("button", { name: "Add a passkey" }).click();
    const own = sam.getByRole("table", { name: "Your passkeys" }).getByRole("row", { name: /Laptop/ });
    await expect(own).toContainText("Waits to be confirmed");
    await openGate(sam, name);
    await sam.getByRole("button", { name: "Approve…" }).click();
    const dialog = sam.getByRole("dialog");
    await expect(dialog).toContainText("you have none that counts");
    await expect(dialog.getByRole("button", { name: "Amend" })).toHaveAttribute("aria-disabled", "true");
  });

  await test.step("ada confirms it", async () => {
    await ada.goto("/settings/passkeys");
    const row = ada
      .getByRole("table", { name: "Passkeys of others" })
      .getByRole("row", { name: /Sam Security/ })
      .filter({ hasText: "Waits to be confirmed" });
    await row.getByRole("button", { name: "Confirm" }).click();
    await expect(row).toHaveCount(0);
    await sam.goto("/settings/passkeys");
    await expect(sam.getByRole("row", { name: /Laptop/ })).toContainText("Confirmed by Ada Engineer");
  });

  await test.step("what nobody verified decides nothing, and what sam signed does", async () => {
    await openGate(sam, name);
    await device.verifies(false);
    await sam.getByRole("button", { name: "Approve…" }).click();
    const dialog = sam.getByRole("dialog");
    await expect(dialog).toContainText("Your passkey signs this");
    await dialog.getByRole("button", { name: "Amend" }).click();
    await expect(dialog.getByRole("alert")).toContainText("Nothing was decided");
    await device.verifies(true);
    await dialog.getByRole("button", { name: "Amend" }).click();
    await dialog.waitFor({ state: "hidden" });
    await ada.goto(`/pilots/${pilotId}?tab=charter`);
    await expect(ada.getByRole("heading", { name: "What charter v3 does" })).toBeVisible();
    await sam.goto("/settings/passkeys");
    await expect(sam.getByRole("row", { name: /Laptop/ })).not.toContainText("never");
  });

  await test.step("it is removed", async () => {
    await sam
      .getByRole("row", { name: /Laptop/ })
      .getByRole("button", { name: "Remove" })
      .click();
    await expect(sam.getByRole("row", { name: /Laptop/ })).toHaveCount(0);
  });
});
