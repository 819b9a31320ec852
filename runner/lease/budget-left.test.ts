// What is left to spend, from the heartbeat's answer to the driver.
import { expect, test } from "vitest";
import { NEVER_ANCHORS } from "#lib/protocol/anchoring.ts";
import { agentAssignment, until } from "#lib/testing/runner/parts.ts";
import { noChange, startLeaseRig } from "#lib/testing/runner/rig.ts";

const model = {
  token: `phr_${"a".repeat(43)}`,
  gatewayUrl: "http://127.0.0.1:1",
  model: "model-1",
  api: "responses" as const,
};

test.each([
  ["reaches a driver whose agent is re-anchored, each time as it was heard last", { turns: 1 }, [500, 20]],
  ["is looked up for nobody else", {}, [null]],
])("what is left of the budget %s", async (_, plan, expected) => {
  const rig = await startLeaseRig();
  rig.plane.microsLeft.set("lse_1", 500);
  const seen: (number | null | undefined)[] = [];
  const anchor = { ...NEVER_ANCHORS, ...plan };
  const { baseCommit: _base, ...assignment } = agentAssignment({ model, anchor });
  await rig.begin(
    async (context) => {
      const beats = () => rig.plane.requests.filter(({ path }) => path.endsWith("/heartbeat")).length;
      for (const left of expected) {
        await until(() => beats() > 0 && context.model?.microsLeft() === left);
        seen.push(context.model?.microsLeft());
        rig.plane.microsLeft.set("lse_1", 20);
      }
      return noChange;
    },
    {},
    { ...assignment, baseCommit: rig.repository.base },
  ).done;
  expect(seen).toEqual(expected);
});
