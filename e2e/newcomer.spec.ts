// A newcomer's pilot from a template, agreed to by somebody else; and what its rules say where they bite.
import { randomUUID } from "node:crypto";
import type { Page } from "@playwright/test";
import { MINUTE } from "#lib/clock.ts";
import { WeekDay } from "#lib/hours/schema.ts";
import { scriptedModel } from "#lib/testing/model/responses-script.ts";
import { openUpstream, type ScriptedUpstream } from "../gateway/testing/upstream.ts";
import { charterField, toStep, writeCharter } from "./fixtures/charter/steps.ts";
import { approve } from "./fixtures/decisions.ts";
import { addModelAgent, addProvider, launchModelRun } from "./fixtures/model-agents.ts";
import { makePeople, useLink } from "./fixtures/people.ts";
import { arrangePilot, launch } from "./fixtures/pilots.ts";
import { untilStatus } from "./fixtures/runs.ts";
import { scriptedProvider } from "./fixtures/scripted-provider.ts";
import { expect, test } from "./fixtures/test.ts";

const KEY = "sk-newcomer-0123456789abcdef-WXYZ";
const MODEL = "model-of-the-newcomer";
const RUN_ENDS = 120_000;

let upstream: ScriptedUpstream;
test.beforeAll(async () => {
  const script = scriptedModel([{ items: [{ say: "Nothing is to be done." }] }]);
  upstream = await openUpstream(scriptedProvider({ key: KEY, model: MODEL, script }));
});
test.afterAll(() => upstream.close());

/** A day of the week that it is not now, wherever in the world. */
function anotherDay(): WeekDay {
  const today = new Date().getUTCDay();
  return WeekDay.options[(today + 2) % 7] ?? "mon";
}

/** The charter's own rule for its activation: two leads beside whoever wrote it. */
async function activatedByTwo(page: Page): Promise<void> {
  await toStep(page, "controls");
  await page.locator("summary").filter({ hasText: "Activation" }).click();
  const rule = page.getByRole("group", { name: "Activation", exact: true });
  await rule.getByLabel("Engineering lead").check();
  await rule.getByLabel("Security lead").check();
  await rule.getByLabel("People who approve").fill("2");
}

test("a newcomer has a pilot from a template in three minutes, and its paths bite", async ({
  as,
  page,
  place,
}) => {
  test.setTimeout(RUN_ENDS + 120_000);
  const name = `First of ${randomUUID().slice(0, 8)}`;
  const other = arrangePilot(place, "newcomer");
  const [made] = makePeople(place, [
    {
      key: name,
      name: "Nia Newcomer",
      email: `${randomUUID()}@example.org`,
      role: "engineering_lead",
      pilotId: null,
    },
  ]);
  await useLink(page, made?.path ?? "");

  await test.step("from the list of pilots to a charter that waits for two others", async () => {
    const began = performance.now();
    await page.goto("/pilots");
    await page.getByRole("link", { name: "Write a charter" }).first().click();
    await page.getByRole("button", { name: "From a template…" }).click();
    await page.getByRole("button", { name: "Use Flaky-test repair" }).click();
    await page.getByLabel("Name of the pilot").fill(name);
    const repository = await charterField(page, "Repository", { exact: true });
    await repository.selectOption(other.repositoryId);
    await page.getByLabel("Allowed paths").fill("docs/**");
    await activatedByTwo(page);
    await writeCharter(page);
    await page.waitForURL(/\/pilots\/pil_\w+$/);
    await page.getByRole("button", { name: "Ask for activation…" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Ask for activation" }).click();
    await expect(page.locator('[data-status="activating"]').first()).toBeVisible();
    expect(performance.now() - began).toBeLessThan(3 * MINUTE);
  });
  const pilotId = page.url().split("/").at(-1)?.split("?")[0] ?? "";

  await test.step("nothing of it is left as a draft, and two others activate it", async () => {
    for (const who of ["sam", "ada"] as const) {
      const lead = await as(who);
      await lead.goto("/inbox");
      await lead
        .getByRole("link", { name: new RegExp(name) })
        .first()
        .click();
      await expect(lead.getByText(`${who === "sam" ? 0 : 1} of 2 `).first()).toBeVisible();
      await approve(lead, "Activate");
    }
    await page.goto("/pilots");
    await expect(page.getByRole("list", { name: "Your drafts" })).toBeHidden();
  });

  await test.step("its run repairs a file outside the paths, and says so where it ended", async () => {
    await launch(page, pilotId, "Outside of what it may change");
    await untilStatus(page, "failed", RUN_ENDS);
    await expect(
      page.getByText(/src\/ledger\.js.* is outside the paths this charter allows/).first(),
    ).toBeVisible();
  });
});

test("out of hours, with another agent or model, over budget and too big: each is said", async ({
  as,
  place,
}) => {
  test.setTimeout(2 * RUN_ENDS + 120_000);
  const [ada, sam] = [await as("ada"), await as("sam")];
  const closed = arrangePilot(place, "closed", { controls: { workDays: [anotherDay()] } });
  const wrong = arrangePilot(place, "wrong-model", { controls: { models: ["another-model"] } });
  const poor = arrangePilot(place, "poor", { controls: { budgetRunCents: 0 } });
  const big = arrangePilot(place, "big", { scope: { maxChangedLines: 1 } });
  const order = { name: poor.name, url: upstream.url, key: KEY, model: MODEL };
  await addProvider(sam, order);
  const agent = await addModelAgent(ada, order);

  await test.step("out of hours nothing is launched, and it says when it opens", async () => {
    await ada.goto(`/runs/new?pilot=${closed.pilotId}`);
    await ada.getByLabel("What for").fill("On another day");
    await ada.getByRole("button", { name: "Launch" }).click();
    await expect(
      ada.getByRole("alert").filter({ hasText: /The charter has runs launched .* It opens / }),
    ).toBeVisible();
  });

  await test.step("a model that the charter does not name is not launched", async () => {
    await ada.goto(`/runs/new?pilot=${wrong.pilotId}`);
    await ada.getByLabel("Agent").selectOption({ label: agent });
    await ada.getByLabel("What for").fill("By another model");
    await ada.getByLabel("Task").fill("Repair the sums.");
    await ada.getByRole("button", { name: "Launch" }).click();
    await expect(ada.getByRole("alert").filter({ hasText: "it names another-model" })).toBeVisible();
  });

  await test.step("an agent that the charter does not name is not launched, and who looks later finds it", async () => {
    await ada.goto(`/runs/new?pilot=${wrong.pilotId}`);
    const other = await ada.getByLabel("Agent").locator("option", { hasText: agent }).getAttribute("value");
    const only = arrangePilot(place, "other-agent", { controls: { agents: [other ?? ""] } });
    await ada.goto(`/runs/new?pilot=${only.pilotId}`);
    await ada.getByLabel("What for").fill("By another agent");
    await ada.getByRole("button", { name: "Launch" }).click();
    const sentence = /The charter does not name the agent/;
    await expect(ada.getByRole("alert").filter({ hasText: sentence })).toBeVisible();
    await sam.goto(`/pilots/${only.pilotId}?tab=runs`);
    await expect(sam.getByRole("list", { name: "Refused launches" }).getByText(sentence)).toBeVisible();
  });

  await test.step("a call that could cost more than there is is not sent, and the run says so", async () => {
    await launchModelRun(ada, poor.pilotId, { agent, title: "Without money", task: "Repair the sums." });
    await expect(ada.getByText(/The budget of this run is used up: of \$0\.00/).first()).toBeVisible({
      timeout: RUN_ENDS,
    });
  });

  await test.step("a patch that is too large ends the run", async () => {
    await launch(ada, big.pilotId, "More than a line");
    await untilStatus(ada, "failed", RUN_ENDS);
    await expect(ada.getByText(/The patch changes 2 lines; the charter allows 1\./).first()).toBeVisible();
  });
});
