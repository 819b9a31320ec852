// Somebody asks to be told, a gate opens, and a receiver on this host gets it; then the receiver is down, and comes back.
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Page } from "@playwright/test";
import { fillCharter, writeCharter } from "./fixtures/charter/steps.ts";
import { arrangePilot } from "./fixtures/pilots.ts";
import { expect, test } from "./fixtures/test.ts";

interface Receiver {
  readonly url: string;
  /** Types of what arrived and was taken. */
  readonly taken: string[];
  /** How it answers from now on. */
  answer(status: number): void;
  close(): void;
}

/** Takes webhooks on this host, which the deployment of the stories allows. */
async function startReceiver(): Promise<Receiver> {
  const taken: string[] = [];
  let status = 200;
  const server = createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on("data", (piece: Buffer) => pieces.push(piece));
    request.on("end", () => {
      if (status === 200) taken.push(Buffer.concat(pieces).toString("utf8"));
      response.writeHead(status).end();
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/hook`,
    taken,
    answer: (next) => {
      status = next;
    },
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** What the worker does stands on the page once it is looked at again. */
const untilShown = (page: Page, text: string | RegExp) =>
  expect(async () => {
    await page.reload();
    await expect(page.getByText(text).first()).toBeVisible({ timeout: 2000 });
  }).toPass({ timeout: 90_000 });

async function sendTest(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Send a test" }).click();
  await expect(page.getByText(/^The worker sends it/)).toBeVisible();
}

test("a gate that opens is told by a webhook; a channel that is down says so, and works when it is back", async ({
  as,
  place,
}) => {
  test.setTimeout(420_000);
  const { pilotId, name } = arrangePilot(place, "told");
  const [ada, sam] = [await as("ada"), await as("sam")];
  const receiver = await startReceiver();
  const channel = `Hook of ${name}`.slice(0, 60);
  try {
    await test.step("sam adds a webhook and asks to be told of this pilot's gates", async () => {
      await sam.goto("/notices");
      await sam.getByRole("button", { name: "Add a channel…" }).click();
      const dialog = sam.getByRole("dialog");
      await dialog.getByRole("radio", { name: /Webhook/ }).check();
      await dialog.getByLabel("Name", { exact: true }).fill(channel);
      await dialog.getByLabel("Address", { exact: true }).fill(receiver.url);
      await dialog.getByRole("button", { name: "Add it" }).click();
      await expect(dialog.getByText(/^The channel is added/)).toBeVisible();
      await dialog.getByRole("button", { name: "Close" }).click();

      await sam
        .getByRole("combobox", { name: "When", exact: true })
        .selectOption({ label: "A decision waits for me" });
      await sam.getByRole("combobox", { name: "Of", exact: true }).selectOption({ label: name });
      await sam
        .getByRole("combobox", { name: "By", exact: true })
        .selectOption({ label: `${channel} (Webhook)` });
      await sam.getByRole("button", { name: "Tell me" }).click();
      await expect(sam.getByText("You are told from now on.")).toBeVisible();
    });

    await test.step("ada asks for another version of the charter, and the receiver is told of the gate", async () => {
      await ada.goto(`/pilots/${pilotId}`);
      await ada.getByRole("link", { name: "New version" }).click();
      await fillCharter(ada, "Time per attempt", "20");
      await writeCharter(ada, "Write the version");
      await ada.waitForURL(/tab=charter/);
      await ada.getByRole("button", { name: "Ask for it…" }).click();
      await ada.getByRole("dialog").getByRole("button", { name: "Ask for it" }).click();
      await expect(ada.getByRole("link", { name: "It waits in the inbox" })).toBeVisible();
      await expect.poll(() => receiver.taken.length, { timeout: 120_000 }).toBe(1);
      expect(receiver.taken[0]).toContain("pilothouse.gate_waiting");
      expect(receiver.taken[0]).toContain(pilotId);
    });

    await test.step("the receiver is down: the page says that it failed, and why", async () => {
      await sam.goto("/notices");
      await sam.getByRole("link", { name: channel }).click();
      await sam.waitForURL(/\/notices\/\w+$/);
      await untilShown(sam, /^Sent$/);
      receiver.answer(503);
      await sendTest(sam);
      await untilShown(sam, "It answered 503.");
      await expect(sam.getByRole("row", { name: /A test.*Failed/ })).toBeVisible();
      await expect(sam.getByText("Does not get through").first()).toBeVisible();
      expect(receiver.taken).toHaveLength(1);
    });

    await test.step("it is back: sent again, it arrives, and the channel works", async () => {
      receiver.answer(200);
      await sendTest(sam);
      await expect.poll(() => receiver.taken.length, { timeout: 60_000 }).toBe(2);
      await untilShown(sam, /^Works$/);
      await expect(sam.getByRole("row", { name: /A test.*Sent/ })).toBeVisible();
      await sam.getByRole("button", { name: "Remove", exact: true }).click();
      await sam.waitForURL(({ pathname }) => pathname === "/notices");
    });
  } finally {
    receiver.close();
  }
});
