import { describe, expect, test } from "vitest";
import { Finish } from "#lib/protocol/schema.ts";
import type { FileTree } from "#lib/testing/git/author.ts";
import { testWorkshop } from "#lib/testing/git/workshop.ts";
import { NODE_PLAN } from "#lib/testing/harness-scene.ts";
import { ADDS, MENDED, verifyPatch as verifyIn } from "#lib/testing/verify-scene.ts";

const workshop = await testWorkshop();
const verifyPatch = (patch: FileTree, argv?: string[]) =>
  verifyIn(workshop, { patch, plan: argv ? { argv } : {} });

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
      // What failed there are the tests planted to fail.
      { tree: "base_on_patch", repeat: 1, exit: 1, failed: [] },
      { tree: "base_on_patch", repeat: 2, exit: 1, failed: [] },
    ]);
    expect(observed.observations.map(({ commit }) => commit)).toEqual([
      ...Array(2).fill(assignment.baseCommit),
      ...Array(4).fill(assignment.patchCommit),
    ]);
    expect(Finish.parse({ ...observed, attempt: 1 })).toMatchObject({ outcome: "observed" });
    expect(observed.environment).toMatchObject({ tier: workshop.sandbox.tier, node: process.versions.node });
    expect(observed.checks).toMatchObject({
      command: null,
      frameworks: [{ name: "node_test", files: 1 }],
      tools: [{ name: "git", version: expect.stringMatching(/^git version 2/) }],
      canary: { files: 1, none: null, uncovered: [] },
      unreported: [],
      coverage: { method: "v8", lines: 1, executed: 1 },
    });
    expect(observed.newTests).toBeUndefined();
    const crossed = observed.observations.at(-1);
    expect(crossed?.canary).toEqual({ files: 1, planted: 4, failed: 4, silent: [] });
    const steps = events.filter(({ kind }) => kind === "step_finished").map(({ body }) => body);
    expect(steps).toMatchObject([
      { outcome: "done", detail: "2 runs, failed tests: 1, 1" },
      { outcome: "done", detail: "canaries in 1 files" },
      { outcome: "done", detail: "2 runs, failed tests: 0, 0" },
      { outcome: "done", detail: "2 runs, failed tests: 0, 0" },
    ]);
  });

  test("tries the tests that a patch adds on the base, counts which changed lines run, and names what reports nothing", async () => {
    const { observed, judgement } = await verifyIn(workshop, {
      patch: {
        "src/sum.js":
          "export const sum = (a, b) => {\n  if (a > 99) {\n    return -1;\n  }\n  // adds\n  return a + b;\n};\n",
        "test/more.test.js": `import assert from "node:assert/strict";
import { test } from "node:test";
import { sum } from "../src/sum.js";

test("adds three", () => assert.equal(sum(3, 4), 7));
test("is easy", () => assert.equal(sum(0, 0), 0));
`,
        "test/never/away.js": 'import { test } from "node:test";\ntest("never runs", () => {});\n',
      },
      plan: { argv: [...NODE_PLAN.argv, "test/*.test.js"], repeats: 1 },
    });
    expect(judgement).toMatchObject({
      verdict: "verified",
      newTests: {
        failing: ["test/more.test.js › adds three"],
        passing: ["test/more.test.js › is easy"],
        unseen: [],
      },
      inventory: { base: 2, patch: 4, same: 2 },
    });
    expect(observed.checks).toMatchObject({
      unreported: ["test/never/away.js"],
      coverage: { lines: 4, executed: 3, files: [{ path: "src/sum.js", lines: 4, executed: 3 }] },
    });
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
