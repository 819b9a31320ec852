// A run that is steered, asks, is paused and resumed, and goes on to a review: by two people in their browsers, with a
// model that waits for its cue and everything else real.
import { scriptedModel } from "#lib/testing/model/responses-script.ts";
import { openUpstream, type ScriptedUpstream } from "../gateway/testing/upstream.ts";
import { latch } from "./fixtures/latch.ts";
import { addModelAgent, addProvider, launchModelRun } from "./fixtures/model-agents.ts";
import { picture } from "./fixtures/picture.ts";
import { arrangePilot } from "./fixtures/pilots.ts";
import { untilStatus } from "./fixtures/runs.ts";
import { scriptedProvider } from "./fixtures/scripted-provider.ts";
import { expect, test } from "./fixtures/test.ts";

const KEY = "sk-steering-0123456789abcdef-WXYZ";
const MODEL = "model-that-is-steered";
const REMOVE = "rm LICENSE";
const EDIT = "sed -i 's/Math.abs(a) + Math.abs(b) + 1/a + b/' src/ledger.js";
const TAKES = 240_000;

const shell = (command: string) => ({ call: "shell", args: { command, timeout_seconds: null } });
const script = scriptedModel([
  { items: [{ think: "First I read what there is." }, shell("cat src/ledger.js")] },
  { items: [shell(REMOVE)] },
  { items: [shell(EDIT)] },
  { items: [shell(EDIT)] },
  { items: [{ say: "add() adds signed amounts again." }] },
]);
const cues = { go: latch(), never: latch() };
const WAITS_FOR = [null, cues.go, null, null, cues.never];
let calls = 0;

const cue = async () => {
  const waits = WAITS_FOR[calls];
  calls += 1;
  await waits?.opened;
};

let upstream: ScriptedUpstream;
test.beforeAll(async () => {
  upstream = await openUpstream(scriptedProvider({ key: KEY, model: MODEL, script, cue }));
});
test.afterAll(async () => {
  cues.never.open();
  await upstream.close();
});

test("two people steer a run, decline and allow what it asks, pause it and let it go on", async ({
  as,
  place,
}) => {
  test.setTimeout(TAKES + 120_000);
  const { pilotId, name } = arrangePilot(place, "steering", {
    controls: { askMode: "unlisted", unattended: "park", askMinutes: 1 },
  });
  const order = { name, url: upstream.url, key: KEY, model: MODEL };
  const security = await as("sam");
  const page = await as("ada");
  await test.step("a run of an agent with a model, in a pilot whose agents ask", async () => {
    await addProvider(security, order);
    const agent = await addModelAgent(page, order);
    await launchModelRun(page, pilotId, {
      ...{ agent, title: "Repair the sums" },
      task: "The tests of add() fail. Find out why, and repair the code.",
    });
    await untilStatus(page, "working", TAKES);
  });

  const words = "Only src/ledger.js is wrong; leave the tests alone.";
  await test.step("a message: whom it disqualifies is said before, nothing typed is lost, and it waits in sight", async () => {
    await expect(page.getByText("First I read what there is.")).toBeVisible({ timeout: 60_000 });
    const composer = page.getByRole("form", { name: "Message the agent" });
    await expect(composer.getByText(/next tool boundary/)).toBeVisible();
    await expect(composer.getByText(/cannot approve/)).toBeVisible();
    await composer.getByLabel("Message to the agent").fill(words);
    await page.reload();
    await expect(composer.getByLabel("Message to the agent")).toHaveValue(words);
    await composer.getByRole("button", { name: "Interrupt" }).click();
    await expect(composer.getByText(/Ends the turn now/)).toBeVisible();
    await composer.getByRole("button", { name: "Steer now" }).click();
    await composer.getByLabel("Message to the agent").press("ControlOrMeta+Enter");
    await expect(page.locator('[data-message="queued"]')).toContainText(words);
    await expect(composer.getByLabel("Message to the agent")).toHaveValue("");
    await picture(page, "queued");
  });

  await test.step("what the other person wrote shows at once, and is taken back before the agent has it", async () => {
    await security.goto(page.url());
    await expect(security.locator('[data-message="queued"]')).toContainText(words);
    const composer = page.getByRole("form", { name: "Message the agent" });
    await composer.getByRole("button", { name: "Queue" }).click();
    await composer.getByLabel("Message to the agent").fill("Then rewrite the tests.");
    await composer.getByLabel("Message to the agent").press("ControlOrMeta+Enter");
    const theirs = security.getByRole("listitem").filter({ hasText: "Then rewrite the tests." });
    await expect(theirs).toContainText("waits for the turn to end");
    await expect(theirs.getByRole("button", { name: "Take back" })).toHaveCount(0);
    await page
      .getByRole("listitem")
      .filter({ hasText: "Then rewrite the tests." })
      .getByRole("button", { name: "Take back" })
      .click();
    for (const each of [page, security])
      await expect(each.getByText("taken back before the agent had it")).toBeVisible({ timeout: 30_000 });
  });

  await test.step("what it asks is declined by another person, whose words reach the agent", async () => {
    cues.go.open();
    const ask = security.getByRole("region", { name: "1 ask open" });
    await expect(ask.getByRole("region", { name: /^The exact command/ })).toHaveText(REMOVE, {
      timeout: 60_000,
    });
    await ask.getByRole("button", { name: "Decline…" }).click();
    await ask.getByLabel("Reason").fill("The licence stays.");
    await ask.getByRole("button", { name: "Not yet" }).click();
    await ask.getByRole("button", { name: "Decline…" }).click();
    await expect(ask.getByLabel("Reason")).toHaveValue("The licence stays.");
    await ask.getByRole("button", { name: "Decline" }).click();
    await expect(page.getByText(/Declined by Sam/)).toBeVisible({ timeout: 30_000 });
    await expect(page.getByText("delivered at a tool boundary")).toBeVisible({ timeout: 30_000 });
    const told = () => upstream.asked.map(({ body }) => body.toString()).join("\n");
    await expect.poll(told, { timeout: 30_000 }).toContain("The licence stays.");
    expect(told()).toContain(words);
    expect(told()).not.toContain("Then rewrite the tests.");
  });

  await test.step("what it asks is shown to the letter, on the run and in the inbox; unanswered, the run is parked until another person allows it", async () => {
    const asks = page.getByRole("region", { name: "1 ask open" });
    await expect(asks.getByRole("region", { name: /^The exact command/ })).toHaveText(EDIT, {
      timeout: 60_000,
    });
    await untilStatus(page, "awaiting_decision", 20_000);
    await picture(page, "asks");
    await security.goto("/inbox");
    await security
      .getByRole("link", { name: /Asked by the agent/ })
      .first()
      .click();
    await expect(security.getByRole("region", { name: "The exact command" })).toHaveText(EDIT);
    await picture(security, "asks-inbox");
    await security.goto(`/pilots/${pilotId}/hosts`);
    await expect(security.getByRole("table", { name: "Hosts that were reached" })).toContainText(
      new URL(upstream.url).host,
    );
    await expect(asks.getByText("The run is parked until somebody decides.")).toBeVisible({
      timeout: 120_000,
    });
    await picture(page, "parked");
    await security.goto(page.url());
    await security.getByRole("region", { name: "1 ask open" }).getByRole("button", { name: "Allow" }).click();
    await expect(page.getByText(/Allowed by Sam/)).toBeVisible({ timeout: 30_000 });
    await expect(page.getByText(/^Attempt 2, agent, on/)).toBeVisible({ timeout: 60_000 });
  });

  await test.step("it is paused with a reason, and no runner holds it", async () => {
    await expect.poll(() => calls, { timeout: 90_000 }).toBe(5);
    await page.getByRole("button", { name: "Pause…" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("button", { name: "Pause run" }).click();
    await expect(dialog.getByRole("alert").first()).toBeVisible(); // why is asked
    await dialog.getByLabel("Reason").fill("The numbers have to be talked about first.");
    await dialog.getByRole("button", { name: "Pause run" }).click();
    await untilStatus(page, "paused", 20_000);
    await expect(page.getByText("parked, no runner holds it", { exact: true })).toBeVisible({
      timeout: 60_000,
    });
    await expect(page.getByText(/^Snapshot /).first()).toBeVisible();
    await picture(page, "paused");
  });

  await test.step("resumed, it goes on from its snapshot to a review", async () => {
    await page.getByRole("button", { name: "Resume" }).click();
    await expect(page.getByText(/goes on from the snapshot/).first()).toBeVisible({ timeout: 60_000 });
    await untilStatus(page, "in_review", TAKES);
    await picture(page, "in-review");
    await security.goto(`/reviews/${page.url().split("/").at(-1)}`);
    await security
      .getByRole("region", { name: "Decision" })
      .getByRole("button", { name: "Approve…" })
      .click();
    await security.getByRole("dialog").getByRole("button", { name: "Approve merge" }).click();
    await untilStatus(page, "merged", 60_000);
  });
});
