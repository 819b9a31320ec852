// From a hit of the search to the very event: in a run with far more events than its page begins with, in an attempt that
// was lost, and where the event's content was taken away.
import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import type { NewEvent } from "#lib/protocol/events.ts";
import type { Place } from "./fixtures/deployment.ts";
import { personOf } from "./fixtures/people.ts";
import { arrangePilot, launch } from "./fixtures/pilots.ts";
import { runScript } from "./fixtures/place.ts";
import { cancelRun } from "./fixtures/runs.ts";
import type { Telling } from "./fixtures/tell-run.ts";
import { expect, test } from "./fixtures/test.ts";

const WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

/** An ended run of two attempts; its events are far more than a page begins with. Returns where the told ones begin. */
async function longRun(
  as: (who: "ada") => Promise<Page>,
  place: Place,
): Promise<{ runId: string; first: number }> {
  const { pilotId } = arrangePilot(place, "long");
  const ada = await as("ada");
  const runId = await launch(ada, pilotId, "Print very much");
  await cancelRun(ada, "It is told below");
  const tell = (batches: Telling["batches"]) =>
    (runScript(place, "tell-run.ts", { runId, batches }) as { last: number }).last;
  const first = tell([]) + 1;
  const step = (title: string): NewEvent => ({ kind: "step_started", body: { step: 1, title } });
  const command: NewEvent = {
    kind: "command_started",
    body: { command: 1, argv: ["make", "noise"], tree: "base", purpose: "" },
  };
  const told: Telling["batches"] = [
    { attempt: 1, events: [step("Early step"), command], prints: { from: 1, count: 20 } },
    { attempt: 2, events: [step("Late step"), command] },
    ...[21, 481, 941, 1401, 1861].map((from) => ({ attempt: 2, events: [], prints: { from, count: 460 } })),
  ];
  const steps = ["One more", "And one more", "The last"].map(
    (title, n): NewEvent => ({
      kind: "step_started",
      body: { step: n + 2, title },
    }),
  );
  tell([...told, { attempt: 2, events: steps }]);
  return { runId, first };
}

test("a hit of the search opens the very event, far down a long run, and each event has a link of its own", async ({
  as,
  place,
}) => {
  test.setTimeout(300_000);
  const { runId, first } = await longRun(as, place);
  const seqOf = (needle: number) => first + (needle <= 20 ? 1 + needle : 3 + needle);
  const otto = await as("otto");
  await otto.context().grantPermissions(["clipboard-read", "clipboard-write"], { origin: place.url });
  const marked = (seq: number) => otto.getByRole("region", { name: `Event ${seq}`, exact: true });

  await test.step("from the hit to the event, which is read, in view and focused", async () => {
    await otto.goto(`/log/search?run=${runId}`);
    await otto.getByLabel("Words").fill("needle2111");
    const hit = otto
      .getByRole("list", { name: "Results" })
      .getByRole("link", { name: /Print very much, event/ });
    await expect(async () => {
      await otto.getByRole("button", { name: "Search", exact: true }).click();
      await expect(hit).toHaveCount(1, { timeout: 2000 });
    }).toPass({ timeout: 30_000 });
    await hit.click();
    await otto.waitForURL(`**/runs/${runId}?event=${seqOf(2111)}`);
    const event = marked(seqOf(2111));
    await expect(event).toContainText("needle2111 in the hay", { timeout: 60_000 });
    await expect(event).toBeInViewport();
    await expect(event).toBeFocused();
    await expect(otto.locator('[aria-current="location"]')).toHaveCount(1);
  });

  await test.step("its link is copied, opens the same again, and the next event is a key away", async () => {
    await marked(seqOf(2111)).getByRole("button", { name: "Copy link" }).click();
    const link = await otto.evaluate(() => navigator.clipboard.readText());
    expect(link).toBe(`${place.url}/runs/${runId}?event=${seqOf(2111)}`);
    await otto.goto(link);
    await expect(marked(seqOf(2111))).toBeFocused({ timeout: 60_000 });
    await otto.keyboard.press("Tab");
    await otto.keyboard.press("Tab");
    await otto.keyboard.press("Enter");
    await expect(marked(seqOf(2112))).toBeFocused();
    expect(otto.url()).toContain(`event=${seqOf(2112)}`);
    await otto.goBack();
    await expect(marked(seqOf(2111))).toBeFocused();
  });

  await test.step("it leads to the entry that binds it, with its proof", async () => {
    await marked(seqOf(2111)).getByRole("link", { name: "Entry and proof" }).click();
    await otto.waitForURL(/\/log\/ent_\w+/);
    const entry = otto.getByRole("region", { name: /^Entry ent_/ });
    await expect(entry).toContainText("run.events_appended");
    await expect(entry.getByRole("region", { name: "Inclusion proof" })).toBeVisible();
  });

  await test.step("an event of the attempt before is opened in its own command", async () => {
    await otto.goto(`/runs/${runId}?event=${seqOf(7)}`);
    await expect(marked(seqOf(7))).toContainText("needle7 in the hay");
    await expect(marked(seqOf(7))).toContainText("attempt 1");
    await expect(otto.getByRole("button", { name: /Early step/ })).toHaveAttribute("aria-expanded", "true");
  });

  await test.step("one that was taken away is still there, with its entry", async () => {
    const takeAway = { by: personOf(place, "sam").personId, seqs: [seqOf(7)] };
    runScript(place, "tell-run.ts", { runId, batches: [], takeAway });
    await expect(async () => {
      await otto.reload();
      await expect(marked(seqOf(7))).toContainText("Its content was taken away.", { timeout: 2000 });
    }).toPass({ timeout: 60_000 });
    await expect(marked(seqOf(7))).not.toContainText("needle7");
    // The page scrolls to the event as its parts arrive; half below the header, a tab would be too small a target.
    await expect(async () => {
      await otto.evaluate(() => window.scrollTo(0, 0));
      const { violations } = await new AxeBuilder({ page: otto }).withTags(WCAG).analyze();
      expect(violations.map(({ id, nodes }) => [id, nodes.map(({ target }) => target)])).toEqual([]);
    }).toPass({ timeout: 60_000 });
    await otto.setViewportSize({ width: 390, height: 844 });
    expect(await otto.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBe(0);
    await otto.setViewportSize({ width: 1440, height: 900 });
    await marked(seqOf(7)).getByRole("link", { name: "Entry and proof" }).click();
    await otto.waitForURL(/\/log\/ent_\w+/);
  });

  await test.step("a number that no event has is said to be none", async () => {
    await otto.goto(`/runs/${runId}?event=99999`);
    await expect(otto.getByRole("status").filter({ hasText: "There is no event 99,999" })).toBeVisible();
  });
});
