// A lead reviews a patch of sixty files by the keyboard alone: views, comments, sends back, reads what changed since, approves.
// The model is a script; everything else is real, from the form to the merge.
import type { Page } from "@playwright/test";
import { scriptedModel } from "#lib/testing/model/responses-script.ts";
import { openUpstream, type ScriptedUpstream } from "../gateway/testing/upstream.ts";
import { addModelAgent, addProvider, launchModelRun } from "./fixtures/model-agents.ts";
import { picture } from "./fixtures/picture.ts";
import { arrangePilot } from "./fixtures/pilots.ts";
import { untilStatus } from "./fixtures/runs.ts";
import { scriptedProvider } from "./fixtures/scripted-provider.ts";
import { expect, test } from "./fixtures/test.ts";

const KEY = "sk-review-0123456789abcdef-WXYZ";
const MODEL = "model-that-is-reviewed";
const FILES = 60;
const TAKES = 300_000;

const EDIT = "sed -i 's/Math.abs(a) + Math.abs(b) + 1/a + b/' src/ledger.js";
const PARTS = `mkdir -p src/rates; for n in $(seq 10 ${FILES + 8}); do printf 'export const rate%s = %s;\\nexport const name%s = "rate %s";\\n' $n $n $n $n > src/rates/rate-$n.js; done`;
const AGAIN =
  "for f in src/ledger.js src/rates/*.js; do sed -i '1s/^/\\/\\/ Reviewed.\\n/; s/^export const rate10 = 10;/export const rate10 = 10.5;/' $f; done";
const shell = (command: string) => ({ call: "shell", args: { command, timeout_seconds: null } });
const script = scriptedModel([
  { items: [shell(EDIT)] },
  { items: [shell(PARTS)] },
  { items: [{ say: "add() adds signed amounts again, and the rates have files of their own." }] },
  { items: [shell(AGAIN)] },
  { items: [{ say: "Comment 1: done." }] },
]);

let upstream: ScriptedUpstream;
test.beforeAll(async () => {
  upstream = await openUpstream(scriptedProvider({ key: KEY, model: MODEL, script }));
});
test.afterAll(() => upstream.close());

/** Tab until the button of this name has the focus, then Enter. */
async function press(page: Page, name: RegExp): Promise<void> {
  const button = page.getByRole("dialog").getByRole("button", { name });
  await expect(async () => {
    await page.keyboard.press("Tab");
    await expect(button).toBeFocused({ timeout: 100 });
  }).toPass();
  await page.keyboard.press("Enter");
}

/** What each row or file says that a form stands over; what it stands in is none. Runs in the page. */
function covered(form: Element): (string | null)[] {
  const own = form.getBoundingClientRect();
  const isOver = (each: Element) => {
    const { top, bottom } = each.getBoundingClientRect();
    return !each.contains(form) && !form.contains(each) && top < own.bottom - 1 && bottom > own.top + 1;
  };
  return [...document.querySelectorAll(".diff .dr, .diff .df")]
    .filter(isOver)
    .map(({ textContent }) => textContent);
}

test("a lead reviews sixty files by the keyboard, has the agent change something, and approves", async ({
  as,
  place,
}) => {
  test.setTimeout(2 * TAKES + 120_000);
  const { pilotId, name } = arrangePilot(place, "review", {
    scope: { maxFiles: 200, maxChangedLines: 5000 },
  });
  const order = { name, url: upstream.url, key: KEY, model: MODEL };
  const page = await as("sam");
  await addProvider(page, order);
  const ada = await as("ada");
  const agent = await addModelAgent(ada, order);
  await launchModelRun(ada, pilotId, { agent, title: "Repair the sums", task: "Repair add()." });
  const id = ada.url().split("/").at(-1) ?? "";
  await untilStatus(ada, "in_review", TAKES);
  const files = page.getByRole("complementary", { name: "Files" });

  await test.step("the sheet lists the keys of a review", async () => {
    await page.goto(`/reviews/${id}`);
    await expect(files.getByText(`0 of ${FILES} viewed`)).toBeVisible();
    await page.keyboard.press("?");
    await expect(page.getByRole("dialog").getByText("Send open comments to the agent")).toBeVisible();
    await page.keyboard.press("Escape");
    await expect(page.getByRole("dialog")).toBeHidden();
  });

  await test.step("each file is viewed by one key, and stays so on the server", async () => {
    const all = `${FILES} of ${FILES} viewed`;
    // A key that finds nothing new in sight goes on and marks nothing, so one too many is harmless.
    await expect(async () => {
      await page.keyboard.press("v");
      await expect(files.getByText(all)).toBeVisible({ timeout: 50 });
    }).toPass({ timeout: 120_000 });
    const elsewhere = await as("sam");
    await expect(async () => {
      await elsewhere.goto(`/reviews/${id}`);
      await expect(elsewhere.getByText(all)).toBeVisible({ timeout: 3000 });
    }).toPass({ timeout: 60_000 });
    await elsewhere.close();
    await page.reload();
    await expect(files.getByText(all)).toBeVisible();
  });

  await test.step("what wrote a line is one key away", async () => {
    await page.keyboard.press("j");
    await page.keyboard.press("n");
    await page.keyboard.press("w");
    const cause = page.getByRole("region", { name: "What wrote this line" });
    await expect(cause.getByRole("link").first()).toBeVisible();
    await picture(page, "review-cause");
  });

  await test.step("a comment is written where the reader is, and what a suggestion costs is said before", async () => {
    await page.keyboard.press("c");
    const form = page.getByRole("form", { name: /^Comment on line/ });
    await expect(form.getByRole("textbox")).toBeFocused();
    await page.keyboard.type("Say in each file that it was reviewed.");
    await expect(form.getByText("Words bar nobody from approving.")).toBeVisible();
    await expect.poll(() => form.evaluate(covered)).toEqual([]);
    await page.keyboard.press("Tab");
    await page.keyboard.press("Space");
    await expect(form.getByText(/after this you cannot approve/)).toBeVisible();
    // It has grown: what is below gives way.
    await expect.poll(() => form.evaluate(covered)).toEqual([]);
    await picture(page, "review-composer");
    await form.getByRole("checkbox").focus(); // a picture of a phone's width may have moved it
    await page.keyboard.press("Space");
    await page.keyboard.press("Control+Enter");
    await expect(page.getByRole("article", { name: /^Thread on line/ })).toBeVisible();
    await picture(page, "review-thread");
  });

  await test.step("it goes to the agent, whose next attempt comes back", async () => {
    await page.keyboard.press("s");
    await expect(page.getByRole("dialog").getByText("Say in each file")).toBeVisible();
    await picture(page, "review-send");
    await press(page, /^Send 1 comment$/);
    await expect(page.getByRole("dialog")).toBeHidden();
    await expect(ada.locator("[data-run-status]")).not.toHaveAttribute("data-run-status", "in_review");
    await untilStatus(ada, "in_review", TAKES);
    const asked = upstream.asked.filter(({ url }) => url === "/v1/responses");
    expect(asked).toHaveLength(5);
    expect(asked[3]?.body.toString()).toContain("Say in each file that it was reviewed.");
  });

  await test.step("the next review says what became of the lines, and shows what changed since", async () => {
    await page.goto(`/reviews/${id}?tab=comments`);
    await expect(page.getByText(/These lines (were changed|are as they were)/)).toBeVisible({
      timeout: 30_000,
    });
    await picture(page, "review-comments");
    await page.getByRole("link", { name: /^Since attempt/ }).press("Enter");
    await expect(page.getByText(/^What changed from attempt 1 to attempt/)).toBeVisible();
    await expect(page.getByText("// Reviewed.").first()).toBeVisible();
    await picture(page, "review-interdiff");
    await page.getByRole("link", { name: /^Changes/ }).press("Enter");
    await expect(files.getByText(`0 of ${FILES} viewed`)).toBeVisible();
  });

  await test.step("the one who commented may approve, by the keyboard too, and it is merged", async () => {
    await page.keyboard.press("a");
    await expect(page.getByRole("dialog").getByRole("button", { name: "Approve merge" })).toBeVisible();
    await press(page, /^Approve merge$/);
    await untilStatus(ada, "merged", 60_000);
  });
});
