import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { MINUTE } from "../clock.ts";
import { transaction } from "../db.ts";
import { reasonDetail } from "../record/reason.ts";
import { REVERT_KIND } from "../reverts/schema.ts";
import { launchRun } from "../runs/launch-run.ts";
import { moveRun } from "../runs/move-run.ts";
import { lockRun } from "../runs/run-in-tx.ts";
import { activePilot, arrangeWork, charterFor } from "../testing/arrange.ts";
import { testDatabase } from "../testing/database.ts";
import { systemActor, testClock, testScope } from "../testing/scopes.ts";
import type { Charter } from "./schema.ts";
import { getPilot, resumePilot } from "./service.ts";
import { afterEnd, isTripped } from "./tripwires.ts";

await testDatabase("web");
const clock = testClock();
const scope = testScope({ roles: ["engineering_lead"], actor: systemActor("demo"), clock });
let charter: Charter;
let agentId = "";

beforeAll(async () => {
  const work = await arrangeWork(scope);
  agentId = work.agentId;
  const usual = charterFor(scope, work.repositoryId);
  charter = { ...usual, rollback: { ...usual.rollback, pauseAfterFailedRuns: 3 } };
});

let requests = 0;
async function end(pilotId: string, outcome: "failed" | "no_change" | "cancelled"): Promise<void> {
  requests += 1;
  const { runId } = await launchRun(scope, {
    pilotId,
    agentId,
    title: "Repair",
    requestKey: `request-${requests}`,
  });
  clock.advance(MINUTE);
  await transaction(scope, async (tx) => {
    const run = await lockRun(tx, runId);
    const moved =
      outcome === "no_change"
        ? await moveRun(tx, scope, run, "failed", "Nothing fails.", { noChange: true })
        : await moveRun(tx, scope, run, outcome, "It went wrong.");
    tx.record({ kind: "run.rejected", about: [`run:${runId}`], ...moved, detail: reasonDetail("") });
    await afterEnd(tx, scope, run);
  });
}

describe("the tripwire on failed runs", () => {
  test("trips exactly when the newest so many all failed", () => {
    const outcome = fc.constantFrom("failed", "merged", "rejected", "cancelled", "no_change");
    fc.assert(
      fc.property(fc.array(outcome, { maxLength: 10 }), fc.integer({ min: 1, max: 6 }), (outcomes, limit) => {
        const streak = outcomes.findIndex((each) => each !== "failed");
        expect(isTripped(outcomes, limit)).toBe((streak === -1 ? outcomes.length : streak) >= limit);
      }),
    );
  });

  test("pauses the pilot with the charter's own number, and nothing is launched any more", async () => {
    const pilotId = await activePilot(scope, charter);
    await end(pilotId, "failed");
    await end(pilotId, "failed");
    expect((await getPilot(scope, pilotId)).status).toBe("active");
    await end(pilotId, "failed");
    expect(await getPilot(scope, pilotId)).toMatchObject({
      status: "paused",
      statusReason: "3 runs in a row failed; the charter pauses the pilot then.",
    });
    await expect(end(pilotId, "failed")).rejects.toMatchObject({
      code: "refused",
      message: expect.stringContaining("paused"),
    });
  });

  test("is not tripped by runs that honestly found nothing, nor by cancelled ones", async () => {
    const pilotId = await activePilot(scope, charter);
    for (const outcome of [
      "failed",
      "failed",
      "no_change",
      "failed",
      "failed",
      "cancelled",
      "no_change",
    ] as const)
      await end(pilotId, outcome);
    expect((await getPilot(scope, pilotId)).status).toBe("active");
  });

  test("probe: is not got around by cancelling a run now and then", async () => {
    const pilotId = await activePilot(scope, charter);
    for (const outcome of ["failed", "failed", "cancelled", "failed"] as const) await end(pilotId, outcome);
    expect((await getPilot(scope, pilotId)).status).toBe("paused");
  });

  test("stays tight after people let the pilot go on: the next failure pauses it again", async () => {
    const pilotId = await activePilot(scope, charter);
    for (let i = 0; i < 3; i++) await end(pilotId, "failed");
    await transaction(scope, (tx) => resumePilot(tx, scope, pilotId));
    await transaction(scope, (tx) => afterEnd(tx, scope, { pilotId, kind: REVERT_KIND }));
    expect((await getPilot(scope, pilotId)).status).toBe("active"); // no agent failed
    await end(pilotId, "failed");
    expect((await getPilot(scope, pilotId)).status).toBe("paused");
  });
});
