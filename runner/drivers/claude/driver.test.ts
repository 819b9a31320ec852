// How Claude is started, without Claude.
import { afterAll, beforeAll, expect, test } from "vitest";
import { systemClock } from "#lib/clock.ts";
import { runAgent } from "#lib/testing/agents/agent-run.ts";
import { openWorkshop, type TestWorkshop } from "#lib/testing/git/workshop.ts";
import { openHarnessScene, SUM } from "#lib/testing/harness-scene.ts";
import { createClaude } from "./driver.ts";

let workshop: TestWorkshop;
beforeAll(async () => {
  workshop = await openWorkshop();
});
afterAll(() => workshop.close());

const driverAt = (agents: string | null) =>
  createClaude({ agents, stateFolder: workshop.scratch, uid: workshop.sandbox.uid, clock: systemClock });

function scene() {
  const { repository, base } = openHarnessScene(workshop, {
    ...SUM,
    "src/sum.js": "export const sum = (a, b) => a - b;\n",
  });
  return { repository: `${repository}/.git`, base };
}

test("a run without it is refused with what to do", async () => {
  const { result } = await runAgent(workshop, {
    driver: driverAt(null),
    ...scene(),
    api: "messages",
    answer: () => undefined,
  });
  expect(result).toMatchObject({
    outcome: "failed",
    reason: expect.stringContaining("npm run agents:add claude"),
  });
});
