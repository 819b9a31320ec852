import { readdirSync } from "node:fs";
import { stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import type { Observation } from "#lib/protocol/schema.ts";
import { agentAssignment, SUMMARY, verifyAssignment } from "#lib/testing/runner/parts.ts";
import { type LeaseRig, noChange, note, sleeper, startLeaseRig } from "#lib/testing/runner/rig.ts";
import { createWork, type Verify } from "./work.ts";

const OBSERVATION: Observation = {
  tree: "base_on_base",
  repeat: 1,
  commit: "a".repeat(40),
  argv: ["true"],
  exit: 0,
  ended: "itself",
  milliseconds: 1,
  reportSha256: null,
  passed: [],
  failed: [],
  skipped: [],
  problem: "There is no report.",
};

let rig: LeaseRig;

beforeEach(async () => {
  rig = await startLeaseRig();
});

describe("a lease", () => {
  test("brings the base, runs the driver, sends its events in order and hands the patch in", async () => {
    const begun = rig.begin(async ({ workspace, emit, prepared, sandbox, assignment }) => {
      await emit(note("first"));
      const started = await sandbox.start({
        command: ["git", "-C", "/repository", "cat-file", "-t", assignment.baseCommit],
        readOnly: { [workspace.repository]: "/repository" },
        limits: assignment.limits,
      });
      const exit = await started.exited;
      await prepared();
      await emit(note(`git ended with ${exit.code}`));
      const bundle = join(workspace.scratch, "patch.bundle");
      await writeFile(bundle, rig.repository.patchBundle);
      return { outcome: "patch", bundle, summary: SUMMARY };
    });
    await begun.done;
    expect(rig.plane.stored.get("lse_1")).toEqual([note("first"), note("git ended with 0")]);
    expect(rig.plane.prepared).toEqual(["lse_1"]);
    expect(rig.plane.uploads).toMatchObject([{ leaseId: "lse_1", bytes: rig.repository.patchBundle.length }]);
    expect(rig.finish()).toEqual({ outcome: "patch", attempt: 1, bundleBlobId: "blb_1", summary: SUMMARY });
    expect(readdirSync(begun.folder)).toEqual([]);
  });

  test("gives the harness both bundles of a verification", async () => {
    const observed: Awaited<ReturnType<Verify>> = {
      outcome: "observed",
      environment: { tier: "weak", node: "v24", platform: "linux", kernel: "6" },
      observations: [OBSERVATION],
    };
    const sizes: number[] = [];
    const verify: Verify = async ({ bundles, emit }) => {
      for (const file of [bundles.base, bundles.patch]) sizes.push((await stat(file)).size);
      await emit(note("observing"));
      return observed;
    };
    const { base, patch, baseBundle, patchBundle } = rig.repository;
    const assignment = verifyAssignment({ baseCommit: base, patchCommit: patch });
    await rig.begin(sleeper, { work: createWork({ drivers: [], verify }) }, assignment).done;
    expect(sizes).toEqual([baseBundle.length, patchBundle.length]);
    expect(rig.notes()).toEqual(["observing"]);
    expect(rig.finish()).toEqual({ attempt: 1, ...observed });
  });

  test("whose driver is unknown here fails with a sentence", async () => {
    await rig.begin(sleeper, {}, agentAssignment({ driver: "codex" })).done;
    expect(rig.finish()).toMatchObject({
      outcome: "failed",
      reason: 'This runner has no driver named "codex".',
    });
  });

  test("whose base commit is not in the bundle fails with a sentence", async () => {
    await rig.begin(sleeper, {}, { baseCommit: "d".repeat(40) }).done;
    expect(rig.finish()).toMatchObject({
      outcome: "failed",
      reason: expect.stringContaining(`commit ${"d".repeat(40)} is not in the bundles`),
    });
  });

  test("whose driver throws fails with what it threw, and nothing stays running", async () => {
    const begun = rig.begin(async ({ sandbox, assignment }) => {
      await sandbox.start({ command: ["sleep", "1000"], limits: assignment.limits });
      throw new Error("no such file");
    });
    await begun.done;
    expect(rig.finish()).toMatchObject({
      outcome: "failed",
      reason: "The runner met something unexpected: no such file",
    });
    expect(begun.sandbox.live.size).toBe(0);
  });

  test("leaves no process behind when the driver forgets one", async () => {
    const begun = rig.begin(async ({ sandbox, assignment }) => {
      await sandbox.start({ command: ["sleep", "1000"], limits: assignment.limits });
      return noChange;
    });
    await begun.done;
    expect(rig.finish()).toMatchObject({ outcome: "no_change" });
    expect(begun.sandbox.live.size).toBe(0);
  });

  test("that cannot be given a folder is given back with the reason", async () => {
    await rig.begin(sleeper, { folder: "/nowhere/at/all" }).done;
    expect(rig.finish()).toMatchObject({
      outcome: "failed",
      reason: expect.stringContaining("The runner has no room for the run"),
    });
  });
});
