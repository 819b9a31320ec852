import { mkdirSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { systemClock } from "#lib/clock.ts";
import { judge } from "#lib/evidence/rules.ts";
import type { NewEvent } from "#lib/protocol/events.ts";
import { Finish, type VerifyAssignment } from "#lib/protocol/schema.ts";
import {
  commitFiles,
  createRepository,
  type FileTree,
  makeBundle,
  playGit,
} from "#lib/testing/git/author.ts";
import { openWorkshop, type TestWorkshop } from "#lib/testing/git/workshop.ts";
import { NODE_PLAN, SUM, TEST_LIMITS } from "#lib/testing/harness-scene.ts";
import { verify } from "./verify.ts";

let workshop: TestWorkshop;
beforeAll(async () => {
  workshop = await openWorkshop();
});
afterAll(() => workshop.close());

const BROKEN: FileTree = { "src/sum.js": "export const sum = (a, b) => a - b;\n" };
const MENDED: FileTree = { "src/sum.js": SUM["src/sum.js"] ?? "" };
const ADDS = "test/sum.test.js › adds";

/** Verifies `patch` on a base whose one test fails. */
async function verifyPatch(patch: FileTree, argv = NODE_PLAN.argv) {
  const { path: work } = createRepository(workshop.fresh("work"), SUM);
  const baseCommit = commitFiles(work, BROKEN, "Break it");
  const base = workshop.fresh("base.bundle");
  playGit(work, ["bundle", "create", "--quiet", base, "main"]);
  const patchCommit = commitFiles(work, patch, "Mend it");
  const bundles = { base, patch: makeBundle(work, workshop.fresh("patch.bundle"), baseCommit, patchCommit) };

  const directory = workshop.fresh("lease");
  mkdirSync(directory);
  const assignment: VerifyAssignment = {
    phase: "verify",
    leaseId: "lse_1",
    runId: "run_1",
    attempt: 1,
    title: "Mend it",
    baseCommit,
    patchCommit,
    patchDigest: "0".repeat(64),
    test: { ...NODE_PLAN, argv },
    limits: TEST_LIMITS,
    maxSeconds: 60,
    pauseAfterSeconds: 60,
    heartbeatSeconds: 5,
  };
  const events: NewEvent[] = [];
  const observed = await verify({
    assignment,
    sandbox: workshop.sandbox,
    clock: systemClock,
    signal: new AbortController().signal,
    directory,
    bundles,
    emit: async (event) => void events.push(event),
  });
  return { observed, events, assignment, judgement: judge(observed.observations, [ADDS]) };
}

describe("verification", () => {
  test("observes three trees as often as the plan says", async () => {
    const { observed, events, assignment } = await verifyPatch(MENDED);
    expect(
      observed.observations.map(({ tree, repeat, exit, failed }) => ({ tree, repeat, exit, failed })),
    ).toEqual([
      { tree: "base_on_base", repeat: 1, exit: 1, failed: [ADDS] },
      { tree: "base_on_base", repeat: 2, exit: 1, failed: [ADDS] },
      { tree: "patch_on_patch", repeat: 1, exit: 0, failed: [] },
      { tree: "patch_on_patch", repeat: 2, exit: 0, failed: [] },
      { tree: "base_on_patch", repeat: 1, exit: 0, failed: [] },
      { tree: "base_on_patch", repeat: 2, exit: 0, failed: [] },
    ]);
    expect(observed.observations.map(({ commit }) => commit)).toEqual([
      ...Array(2).fill(assignment.baseCommit),
      ...Array(4).fill(assignment.patchCommit),
    ]);
    expect(Finish.parse({ ...observed, attempt: 1 })).toMatchObject({ outcome: "observed" });
    expect(observed.environment).toMatchObject({ tier: workshop.sandbox.tier, node: process.versions.node });
    const steps = events.filter(({ kind }) => kind === "step_finished").map(({ body }) => body);
    expect(steps).toMatchObject([
      { outcome: "done", detail: "2 runs, failed tests: 1, 1" },
      { outcome: "done", detail: "2 runs, failed tests: 0, 0" },
      { outcome: "done", detail: "2 runs, failed tests: 0, 0" },
    ]);
  });

  test("a mended base is verified", async () => {
    const { judgement } = await verifyPatch(MENDED);
    expect(judgement).toMatchObject({ verdict: "verified", repaired: [ADDS] });
  });

  test("probe: a patch that edits the test instead repairs nothing", async () => {
    const { judgement } = await verifyPatch({
      "test/sum.test.js":
        'import { test } from "node:test";\ntest("adds", () => {});\ntest("adds nothing", () => {});\n',
    });
    expect(judgement).toMatchObject({ verdict: "not_repaired", notRepaired: [ADDS] });
  });

  test("probe: a patch that deletes the failing test repairs nothing", async () => {
    const { judgement } = await verifyPatch({
      "test/sum.test.js": null,
      "test/easy.test.js": 'import { test } from "node:test";\ntest("easy", () => {});\n',
    });
    expect(judgement.verdict).toBe("not_repaired");
    expect(judgement.removed).toContain(ADDS);
  });

  test("probe: a patch that ends the test process in success is caught by the tests that no longer ran", async () => {
    const { judgement } = await verifyPatch({ "src/sum.js": "process.exit(0);\n" });
    expect(judgement).toMatchObject({
      verdict: "regressed",
      noLongerRun: ["test/sum.test.js › adds nothing"],
    });
  });

  test("probe: a patch that breaks another test has regressed", async () => {
    const { judgement } = await verifyPatch({ "src/sum.js": "export const sum = () => 3;\n" });
    expect(judgement).toMatchObject({
      verdict: "regressed",
      newlyFailing: ["test/sum.test.js › adds nothing"],
    });
  });

  test("a base that cannot be tested makes the evidence incomplete", async () => {
    const { judgement, events } = await verifyPatch(MENDED, ["jest"]);
    expect(judgement.verdict).toBe("incomplete");
    expect(judgement.sentence).toContain("could not be run (exit 127)");
    expect(events.find(({ kind }) => kind === "step_finished")?.body).toMatchObject({ outcome: "failed" });
  });
});
