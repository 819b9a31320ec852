import { expect, test } from "vitest";
import { faultsOf, type TripRecord } from "./judge.ts";

const RIGHT: TripRecord = {
  ...{ status: "paused", tripped: 1, paused: 1, trips: 1, waitingSteps: 0, queuedRuns: 0, leases: 0 },
  steps: ["cancel_runs", "escalate", "freeze_merges"],
};

test("a trip that was acted on once is right", () => {
  expect(faultsOf("pil_1", RIGHT)).toEqual([]);
});

test.each<[Partial<TripRecord>, string]>([
  [{ status: "active" }, "it is active"],
  [{ tripped: 2 }, "it tripped 2 times in the log and 1 in its rows"],
  [{ trips: 0, tripped: 0 }, "it tripped 0 times"],
  [{ paused: 2 }, "it was paused 2 times"],
  [{ waitingSteps: 1 }, "1 steps still wait"],
  [
    { steps: ["cancel_runs", "cancel_runs", "escalate", "freeze_merges"] },
    "its steps were cancel_runs, cancel_runs",
  ],
  [{ steps: [] }, "its steps were none"],
  [{ queuedRuns: 1 }, "1 runs still wait for a runner"],
  [{ leases: 1 }, "1 runs were leased"],
])("probe: one with %j is told", (change, sentence) => {
  expect(faultsOf("pil_1", { ...RIGHT, ...change }).join()).toContain(sentence);
});
