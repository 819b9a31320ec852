// How the plane is asked whether a lease goes on.
import { expect, onTestFinished, test } from "vitest";
import { agentAssignment, fastClock, testLogger, until } from "#lib/testing/runner/parts.ts";
import { createPlainSandbox } from "#lib/testing/runner/plain-sandbox.ts";
import { guardSandbox } from "./guarded-sandbox.ts";
import { type LifeOptions, startLife } from "./life.ts";
import { createTraffic } from "./traffic.ts";

test("a heartbeat after a lost one is held open by nobody, so that two of them fit into a lease of ten seconds", async () => {
  const asked: { waitSeconds: number | undefined; deadline: number }[] = [];
  const LOST = [2, 3];
  const plane: LifeOptions["plane"] = {
    heartbeat: async ({ waitSeconds }, deadline) => {
      asked.push({ waitSeconds, deadline });
      if (LOST.includes(asked.length)) throw new Error("No answer came.");
      return { directive: "go_on", reason: "" };
    },
    stopped: async () => undefined,
  };
  const steady = fastClock(50);
  const life = startLife({
    ...{ plane, steady, traffic: createTraffic(steady), logger: testLogger().logger },
    ...{ assignment: agentAssignment({ heartbeatSeconds: 2, maxSeconds: 86_400, pauseAfterSeconds: 3600 }) },
    ...{ sandbox: guardSandbox(createPlainSandbox()), shutdown: new AbortController().signal },
  });
  onTestFinished(() => life.close());
  await until(() => asked.length >= 5);
  expect(asked.slice(0, 5)).toEqual([
    { waitSeconds: 2, deadline: 4000 },
    { waitSeconds: 2, deadline: 4000 },
    { waitSeconds: 0, deadline: 2000 },
    { waitSeconds: 0, deadline: 2000 },
    { waitSeconds: 2, deadline: 4000 },
  ]);
});
