// Codex, added as an operator adds it, with a model that is a script: it repairs a regression of the demo's repository, told
// what to do, steered, asked about, killed and taken up again, reviewed and merged. Everything but the model is real.
import { execFileSync } from "node:child_process";
import type { Locator, Page } from "@playwright/test";
import { scriptedModel } from "#lib/testing/model/responses-script.ts";
import { DEMO_TEST_PLAN } from "../examples/build-demo.ts";
import { openUpstream, type ScriptedUpstream } from "../gateway/testing/upstream.ts";
import type { Place } from "./fixtures/deployment.ts";
import { addModelAgent, addProvider, launchModelRun } from "./fixtures/model-agents.ts";
import { arrangeDemoPilot } from "./fixtures/pilots.ts";
import { childOf, thePlace } from "./fixtures/place.ts";
import { untilStatus } from "./fixtures/runs.ts";
import { scriptedProvider } from "./fixtures/scripted-provider.ts";
import { expect, test } from "./fixtures/test.ts";

const KEY = "sk-codex-run-0123456789abcdef-WXYZ";
const MODEL = "model-of-codex";
const TAKES = 240_000;
const TEST = DEMO_TEST_PLAN.argv.join(" ");
const EDIT =
  "sed -i 's/(customer) => normalise(customer.email) === wanted/({ email: own }) => own \\&\\& normalise(own) === wanted/' src/customers.js";

const shell = (cmd: string) => ({ call: "exec_command", args: { cmd, yield_time_ms: 30_000 } });
const script = scriptedModel([
  { items: [{ think: "A customer without an address has none to compare." }, shell("cat src/customers.js")] },
  { items: [{ saying: "I would rewrite the whole store, beginning with " }], hang: true },
  { items: [{ say: "Only the search, then. " }, shell(EDIT)] },
  { items: [{ say: "Customers without an address are passed over." }] },
  { items: [{ saying: "Running the tests, which take " }], hang: true },
  { items: [shell(TEST)] },
  { items: [{ say: "Customers without an address are passed over. The tests of customers pass." }] },
]);

let upstream: ScriptedUpstream;
test.beforeAll(async () => {
  test.setTimeout(TAKES);
  upstream = await openUpstream(scriptedProvider({ key: KEY, model: MODEL, script }));
  const root = new URL("..", import.meta.url).pathname;
  execFileSync(process.execPath, ["cli/main.ts", "agents", "add", "codex"], {
    cwd: root,
    env: { ...process.env, PILOTHOUSE_DATA: thePlace().data },
  });
});
test.afterAll(() => upstream.close());

async function tell(page: Page, mode: "Steer now" | "Queue", text: string): Promise<void> {
  const form = page.getByRole("form", { name: "Message the agent" });
  await form.getByRole("button", { name: mode, exact: true }).first().click();
  const words = form.getByLabel("Message to the agent");
  await words.fill(text);
  await words.press("ControlOrMeta+Enter");
  await expect(words).toHaveValue("");
}

const calls = (): number => upstream.asked.filter(({ url }) => url === "/v1/responses").length;
const inTimeline = (page: Page, text: string): Locator => page.getByText(text).first();

test("Codex repairs the demo, steered once, asked once, killed once, and is merged", async ({
  as,
  place,
}) => {
  test.setTimeout(TAKES + 180_000);
  const { pilotId, name } = await arrangeDemoPilot(place, "codex");
  const order = { name, url: upstream.url, key: KEY, model: MODEL, program: "Codex" } as const;
  const security = await as("sam");
  const page = await as("ada");

  await test.step("a run of it", async () => {
    await addProvider(security, order);
    const agent = await addModelAgent(page, order);
    await launchModelRun(page, pilotId, {
      ...{ agent, title: "Repair the search" },
      task: "Tests of customers fail. Find out why, and repair the code.",
    });
    await untilStatus(page, "working", 120_000);
    await expect(inTimeline(page, "I would rewrite the whole store")).toBeVisible({ timeout: 60_000 });
  });

  await test.step("is told something for later, and steered: what its model was saying is dropped", async () => {
    await tell(page, "Queue", "Then run the tests.");
    await tell(page, "Steer now", "Change nothing but the search.");
    await expect(inTimeline(page, "Change nothing but the search.")).toBeVisible({ timeout: 30_000 });
    await expect(inTimeline(page, "Only the search, then.")).toBeVisible({ timeout: 30_000 });
  });

  await test.step("asks before it changes a file, and goes on when that is allowed in the browser", async () => {
    await untilStatus(page, "awaiting_decision", 60_000);
    await security.goto(page.url());
    await expect(security.getByText("Live", { exact: true })).toBeVisible();
    const ask = security.getByRole("region", { name: "1 ask open" });
    await expect(ask).toContainText("sed -i");
    await ask.getByRole("button", { name: "Allow" }).click();
    await expect(ask).toBeHidden({ timeout: 30_000 });
    await expect(inTimeline(page, "Running the tests, which take")).toBeVisible({ timeout: 60_000 });
    await untilStatus(page, "working", 30_000);
  });

  await test.step("goes on from its last snapshot after its runner was killed", async () => {
    await expect.poll(calls).toBe(5);
    await expect(page.getByText(/^Snapshot /).first()).toBeVisible({ timeout: 60_000 });
    killRunner(place);
    await expect(page.getByText(/^Attempt 2, agent, on/)).toBeVisible({ timeout: 90_000 });
    await untilStatus(page, "in_review", TAKES);
    // What its agent was told after that snapshot is told again.
    const after = upstream.asked
      .filter(({ url }) => url === "/v1/responses")
      .slice(5)
      .map(({ body }) => body.toString())
      .join("\n");
    const known = [
      "Change nothing but the search.",
      "Customers without an address are passed over.",
      "You were stopped from outside",
    ];
    for (const said of [...known, "Then run the tests."]) expect(after).toContain(said);
  });

  await test.step("its page shows what it was told, said and ran, what that cost, and what it claims", async () => {
    await page.reload();
    await page.getByRole("button", { name: "Expand all" }).click();
    for (const text of [
      "Find out why, and repair the code.",
      "A customer without an address has none to compare.",
      "Change nothing but the search.",
      "Then run the tests.",
      "Customers without an address are passed over. The tests of customers pass.",
    ])
      await expect(inTimeline(page, text)).toBeVisible();
    await expect(page.getByRole("region", { name: "Claims of the agent" })).toContainText(
      "The tests of customers pass.",
    );
    await expect(page.getByRole("region", { name: /^Drift/ })).toBeVisible();
    await page.getByRole("link", { name: /^Model calls/ }).click();
    const rows = page.getByRole("table", { name: "Calls of models" }).getByRole("row");
    await expect.poll(() => rows.count()).toBeGreaterThan(7);
    await expect(page.getByText(/\$0\.0\d/).first()).toBeVisible();
    for (const { body } of upstream.asked) expect(body.toString()).not.toMatch(/phr_|sk-codex-run/);
  });

  await test.step("and is merged by somebody who neither launched nor steered it", async () => {
    await page.goto(page.url().replace(/\/calls\b.*$/, ""));
    await security.goto(`/reviews/${page.url().split("/").at(-1)}`);
    await expect(security.getByText("Verified", { exact: true }).first()).toBeVisible();
    await security
      .getByRole("region", { name: "Decision" })
      .getByRole("button", { name: "Approve…" })
      .click();
    await security.getByRole("dialog").getByRole("button", { name: "Approve merge" }).click();
    await untilStatus(page, "merged", 60_000);
  });
});

const killRunner = (place: Place) => process.kill(childOf(place, "runner-local-1").pid, "SIGKILL");
