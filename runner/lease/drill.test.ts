// A drill's run in a real sandbox: it sends bytes until it is stopped, and then says how long ago the last one was.
import { expect, test } from "vitest";
import type { Assignment } from "#lib/protocol/schema.ts";
import { until } from "#lib/testing/runner/parts.ts";
import { sleeper, startLeaseRig } from "#lib/testing/runner/rig.ts";
import { testSandbox } from "#lib/testing/sandbox.ts";

const { sandbox } = await testSandbox();

test("a drill's run works once its first byte is out, needs no repository, and ends when it is stopped", async () => {
  const rig = await startLeaseRig();
  rig.plane.bundles.clear();
  const begun = rig.begin(sleeper, { sandbox }, { driver: "drill" } as Partial<Assignment>);
  await until(() => rig.plane.prepared.length === 1);
  rig.plane.cancelled.set("lse_1", "stopped: drill of the emergency stop");
  await begun.done;
  const [stopped] = rig.plane.stopped;
  expect(stopped).toEqual({ leaseId: "lse_1", silentMs: expect.any(Number) });
  expect(rig.finish()).toMatchObject({ outcome: "failed", reason: "stopped: drill of the emergency stop" });
});
