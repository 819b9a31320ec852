// Bring your own key: a provider, a key, a price and an agent by the pages; then a run whose model is a script, and
// everything else real, from the form to the merge.
import { scriptedModel } from "#lib/testing/model/responses-script.ts";
import { openUpstream, type ScriptedUpstream } from "../gateway/testing/upstream.ts";
import { arrangePilot } from "./fixtures/pilots.ts";
import { untilStatus } from "./fixtures/runs.ts";
import { scriptedProvider } from "./fixtures/scripted-provider.ts";
import { expect, test } from "./fixtures/test.ts";

const KEY = "sk-model-run-0123456789abcdef-WXYZ";
const MODEL = "model-of-the-story";
const EDIT = "sed -i 's/Math.abs(a) + Math.abs(b) + 1/a + b/' src/ledger.js";
const REPAIR_TAKES = 240_000;

const shell = (command: string) => ({ call: "shell", args: { command, timeout_seconds: null } });
const script = scriptedModel([
  { items: [{ think: "The sum counts a carry that nobody asked for." }, shell(EDIT)] },
  { items: [shell("node --test --test-isolation=none")] },
  { items: [{ say: "add() adds signed amounts again. All tests pass." }] },
]);

let upstream: ScriptedUpstream;
test.beforeAll(async () => {
  upstream = await openUpstream(scriptedProvider({ key: KEY, model: MODEL, script }));
});
test.afterAll(() => upstream.close());

test("a newcomer with a key has a model repair a repository, sees what it said and cost, and merges it", async ({
  as,
  place,
}) => {
  test.setTimeout(REPAIR_TAKES + 120_000);
  const { pilotId, name } = arrangePilot(place, "model");
  const security = await as("sam");

  await test.step("a key that does not work is said to, in the provider's name", async () => {
    await security.goto("/providers");
    await security.getByRole("button", { name: "Add a provider…" }).first().click();
    const dialog = security.getByRole("dialog");
    await dialog.getByRole("radio", { name: /OpenAI-compatible/ }).check();
    await dialog.getByRole("textbox", { name: "Name" }).fill(`Models of ${name}`);
    await dialog.getByRole("textbox", { name: "Address" }).fill(`${upstream.url}/v1`);
    await dialog.getByRole("button", { name: "Add it" }).click();
    await security.waitForURL(/\/providers\/prv_\w+$/);
    await security.getByRole("button", { name: "Set a key…" }).click();
    await security
      .getByRole("dialog")
      .getByLabel("Key", { exact: true })
      .fill("sk-not-the-key-0123456789abcd");
    await security.getByRole("dialog").getByRole("button", { name: "Seal and keep it" }).click();
    await expect(security.getByText("Does not work")).toBeVisible({ timeout: 30_000 });
  });

  await test.step("the right one works, and nobody sees more of it than its end", async () => {
    await security.getByRole("button", { name: "Set a new key…" }).click();
    await security.getByRole("dialog").getByLabel("Key", { exact: true }).fill(KEY);
    await security.getByRole("dialog").getByRole("button", { name: "Seal and keep it" }).click();
    await expect(security.getByText("offers 1 model")).toBeVisible({ timeout: 30_000 });
    await expect(security.getByText("ends with WXYZ")).toBeVisible();
    expect(await security.content()).not.toContain(KEY);
  });

  await test.step("a price: what is not one is refused and kept as typed", async () => {
    await security.getByRole("button", { name: "Set a price…" }).click();
    const dialog = security.getByRole("dialog");
    await dialog.getByLabel("Model", { exact: true }).fill(MODEL);
    await dialog.getByLabel("Input", { exact: true }).fill("1,25");
    await dialog.getByLabel("Output", { exact: true }).fill("10");
    await dialog.getByRole("button", { name: "Set the price" }).click();
    await expect(dialog.getByText(/Write dollars for a million tokens/)).toBeVisible();
    await expect(dialog.getByLabel("Output", { exact: true })).toHaveValue("10");
    await dialog.getByLabel("Input", { exact: true }).fill("1.25");
    await dialog.getByRole("button", { name: "Set the price" }).click();
    await expect(
      security.getByRole("table", { name: "Prices" }).getByText(MODEL, { exact: true }),
    ).toBeVisible();
  });

  const page = await as("ada");
  const agent = `Loop ${name}`;
  await test.step("an agent of that model, and a run of it", async () => {
    await page.goto("/agents");
    await page.getByRole("button", { name: "Add an agent…" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("textbox", { name: "Name" }).fill(agent);
    await dialog.getByLabel("Provider", { exact: true }).selectOption({ label: `Models of ${name}` });
    await dialog.getByLabel("Model", { exact: true }).fill(MODEL);
    await dialog.getByRole("button", { name: "Add it" }).click();
    await expect(page.getByRole("table", { name: "Agents" }).getByText(agent, { exact: true })).toBeVisible();

    await page.goto(`/runs/new?pilot=${pilotId}`);
    await page.getByLabel("Agent").selectOption({ label: `${agent} (${MODEL})` });
    await page.getByLabel("What for").fill("Repair the sums");
    await page.getByRole("button", { name: "Launch" }).click();
    await expect(page.getByRole("alert").first()).toBeVisible(); // a task is missing
    await page.getByLabel("Task").fill("The tests of add() fail. Find out why, and repair the code.");
    await page.getByRole("button", { name: "Launch" }).click();
    await page.waitForURL(/\/runs\/run_\w+$/);
  });

  await test.step("the timeline shows what it was told, thought, ran and said", async () => {
    await untilStatus(page, "in_review", REPAIR_TAKES);
    await page.getByRole("button", { name: "Expand all" }).click();
    await expect(page.getByText("The sum counts a carry that nobody asked for.")).toBeVisible();
    await expect(page.getByText("add() adds signed amounts again. All tests pass.").first()).toBeVisible();
    await expect(page.getByText("Find out why, and repair the code.").first()).toBeVisible();
  });

  await test.step("its calls: what was sent, the answer as it came, what it cost", async () => {
    await page.getByRole("link", { name: /^Model calls/ }).click();
    await expect(page.getByRole("table", { name: "Calls of models" }).getByRole("row")).toHaveCount(4);
    await page.getByRole("table", { name: "Calls of models" }).getByRole("link").first().click();
    await page.waitForURL(/\/calls\/mcl_\w+$/);
    await expect(page.getByRole("region", { name: "Reasoning", exact: true })).toContainText("carry");
    await expect(page.getByText(/Find out why, and repair the code/).first()).toBeVisible();
    expect(await page.content()).not.toContain(KEY);
  });

  await test.step("no key and no token of the run ever stood in what the sandbox sent", () => {
    const calls = upstream.asked.filter(({ url }) => url === "/v1/responses");
    expect(calls).toHaveLength(3);
    for (const { body } of calls) expect(body.toString()).not.toMatch(/phr_|sk-model-run/);
  });

  await test.step("who did not launch it reviews and approves, and it is merged", async () => {
    await page.goto(page.url().replace(/\/calls\/.*$/, ""));
    const id = page.url().split("/").at(-1);
    await security.goto(`/reviews/${id}`);
    await expect(security.getByText("Verified", { exact: true }).first()).toBeVisible();
    await security
      .getByRole("region", { name: "Decision" })
      .getByRole("button", { name: "Approve…" })
      .click();
    await security.getByRole("dialog").getByRole("button", { name: "Approve merge" }).click();
    await untilStatus(page, "merged", 60_000);
  });
});
