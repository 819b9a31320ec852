// Setup within a lease: before the driver is asked, in the lease's own sandbox, told as the lease's events.
import { mkdirSync } from "node:fs";
import { beforeEach, describe, expect, test } from "vitest";
import { run } from "#lib/jail/run.ts";
import type { SetupPlan } from "#lib/setup/schema.ts";
import { testWorkshop } from "#lib/testing/git/workshop.ts";
import { ofKind } from "#lib/testing/recipe-scene.ts";
import { SUMMARY, verifyAssignment } from "#lib/testing/runner/parts.ts";
import { type LeaseRig, type Script, startLeaseRig } from "#lib/testing/runner/rig.ts";
import { TEST_LIMITS } from "#lib/testing/sandbox.ts";
import { quietLogger } from "#lib/testing/setup/setup-scene.ts";
import { createSetupCache } from "../setup/cache.ts";
import { createWork, type Verify } from "./work.ts";

const workshop = await testWorkshop();
const plan = (line: string): SetupPlan => ({
  ...{ argv: ["sh", "-c", line], hosts: [], paths: ["node_modules"], scripts: "off" },
});
const LEAVES = plan("mkdir node_modules; echo ours >node_modules/x");

let rig: LeaseRig;
beforeEach(async () => {
  rig = await startLeaseRig();
});

function choices(script: Script, hasSetup = true) {
  const folder = workshop.fresh("leases");
  mkdirSync(folder);
  const cache = createSetupCache({ folder: workshop.fresh("cache"), logger: quietLogger });
  const caps = { steer: "none", approvals: false, resume: false, interrupt: false, deltas: false } as const;
  const drivers = [{ name: "scripted", caps, run: script }];
  const verify: Verify = () => Promise.reject(new Error("No verification in this test."));
  const work = createWork({ drivers, verify, ...(hasSetup ? { setup: { cache } } : {}) });
  return { sandbox: workshop.sandbox, folder, work };
}

const never: Script = () => Promise.reject(new Error("The driver was asked."));

describe("a lease whose charter has a setup phase", () => {
  test("sets the base up before the driver is asked, which finds what was left and numbers on", async () => {
    const seen: string[] = [];
    const script: Script = async ({ workspace, sandbox }) => {
      const look = {
        command: ["cat", "/work/tree/node_modules/x"],
        readOnly: workspace.mounts,
        limits: TEST_LIMITS,
      };
      seen.push((await run(sandbox, look)).stdout.toString(), String(workspace.nextCommand?.()));
      return { outcome: "no_change", summary: SUMMARY };
    };
    await rig.begin(script, choices(script), { setup: LEAVES, limits: TEST_LIMITS }).done;
    expect(seen).toEqual(["ours\n", "2"]);
    expect(rig.finish()).toMatchObject({ outcome: "no_change" });
    const stored = rig.plane.stored.get("lse_1") ?? [];
    expect(ofKind(stored, "command_started")).toMatchObject([
      { command: 1, argv: LEAVES.argv, tree: "manifests of the base" },
    ]);
    expect(ofKind(stored, "setup_done")).toMatchObject([{ from: "base", cached: false, entries: 2 }]);
  });

  test("fails with setup's sentence, and no driver is asked, when setup fails", async () => {
    await rig.begin(never, choices(never), { setup: plan("exit 4"), limits: TEST_LIMITS }).done;
    expect(rig.finish()).toMatchObject({
      outcome: "failed",
      reason: "The setup command ended with exit code 4.",
    });
  });

  test("ends with the lease while it still sets up", async () => {
    const begun = rig.begin(never, choices(never), { setup: plan("sleep 1000"), limits: TEST_LIMITS });
    await expect.poll(() => ofKind(rig.plane.stored.get("lse_1") ?? [], "command_started").length).toBe(1);
    rig.plane.cancelled.set("lse_1", "somebody stopped it");
    await begun.done;
    expect(rig.finish()).toMatchObject({ outcome: "failed", reason: "somebody stopped it" });
  });

  test("is not worked on by a runner that sets nothing up", async () => {
    await rig.begin(never, choices(never, false), { setup: LEAVES, limits: TEST_LIMITS }).done;
    expect(rig.finish()).toMatchObject({
      outcome: "failed",
      reason: expect.stringContaining("sets nothing up"),
    });
  });

  test("and verifies, hands the harness the way to set each tree up", async () => {
    const { base, patch } = rig.repository;
    const asked: unknown[] = [];
    const own = choices(never);
    const cache = createSetupCache({ folder: workshop.fresh("cache"), logger: quietLogger });
    const verify: Verify = async ({ setUp, nextCommand }) => {
      asked.push(typeof setUp, nextCommand?.());
      throw new Error("enough");
    };
    const work = createWork({ drivers: [], verify, setup: { cache } });
    const assignment = verifyAssignment({ baseCommit: base, patchCommit: patch, setup: LEAVES });
    await rig.begin(never, { ...own, work }, assignment).done;
    expect(asked).toEqual(["function", 1]);
  });
});
