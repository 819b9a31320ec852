// A runner that dies in the middle of its work costs an attempt, not the run.
import { arrangePilot, launch } from "./fixtures/pilots.ts";
import { childOf } from "./fixtures/place.ts";
import { eventsOf, untilStatus } from "./fixtures/runs.ts";
import { expect, test } from "./fixtures/test.ts";

const REPAIR_TAKES = 240_000;

test("kill -9 of the runner in mid-run: the run goes on as a new attempt and reaches review", async ({
  as,
  place,
}) => {
  test.setTimeout(REPAIR_TAKES + 60_000);
  const { pilotId } = arrangePilot(place, "killed", { milliseconds: 300 });
  const page = await as("ada");
  const runId = await launch(page, pilotId, "Survive a kill");
  await untilStatus(page, "working", 60_000);

  const runner = childOf(place, "runner-local-1").pid;
  process.kill(runner, "SIGKILL");
  await expect
    .poll(() => pidOrNone(() => childOf(place, "runner-local-1").pid, runner), { timeout: 30_000 })
    .not.toBeNull();

  await expect(page.getByText(/^Attempt 1 over:/)).toBeVisible({ timeout: 60_000 });
  await expect(page.getByText(/^Attempt 2, agent, on/)).toBeVisible({ timeout: 60_000 });
  await untilStatus(page, "in_review", REPAIR_TAKES);

  await test.step("what was watched live is what a fresh page shows", async () => {
    const live = await page.locator(".mk, .turn").allTextContents();
    await page.reload();
    expect(await page.locator(".mk, .turn").count()).toBe(live.length);
  });

  await test.step("the stream holds every number once", async () => {
    const numbers = (await eventsOf(page, runId, "in_review")).map(({ seq }) => seq);
    expect(numbers.length).toBeGreaterThan(10);
    expect(numbers).toEqual(numbers.map((_, index) => index + 1));
  });
});

/** A runner that was started anew; null while there is none. */
function pidOrNone(read: () => number, old: number): number | null {
  try {
    const pid = read();
    return pid === old ? null : pid;
  } catch (error) {
    if (error instanceof Error && error.message.endsWith("is not running.")) return null;
    throw error;
  }
}
