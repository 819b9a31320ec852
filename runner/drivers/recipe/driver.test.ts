import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { fenced } from "#lib/errors.ts";
import { commitFiles, createRepository, type FileTree, playGit } from "#lib/testing/git/author.ts";
import { openWorkshop, type TestWorkshop } from "#lib/testing/git/workshop.ts";
import { SUM } from "#lib/testing/harness-scene.ts";
import {
  type Change,
  note,
  ofKind,
  type RecipeChoices,
  repairHistory,
  runRecipe,
  suite,
  sum,
  summaryOf,
} from "#lib/testing/recipe-scene.ts";

let workshop: TestWorkshop;
beforeAll(async () => {
  workshop = await openWorkshop();
});
afterAll(() => workshop.close());

const repair = (changes: readonly Change[], choices?: Partial<RecipeChoices>) =>
  repairHistory(workshop, changes, choices);
const ADDS = "test/sum.test.js › adds";

describe("a repository with one regression", () => {
  test("gets its revert, with the first good and the first bad commit as witnesses", async () => {
    const { run, work, commits } = await repair([
      note(1),
      ["Subtract instead", sum("a - b")],
      note(2),
      note(3),
    ]);
    expect(run.result.outcome).toBe("patch");
    expect(summaryOf(run)).toMatchObject({
      repaired: [{ tests: [ADDS], culprit: commits[1], subject: "Subtract instead" }],
      givenUp: [],
      flaky: [],
    });
    expect(ofKind(run.events, "culprit_found")).toMatchObject([
      { cluster: 1, commit: commits[1], author: "Ada Author" },
    ]);
    if (run.result.outcome === "patch")
      playGit(work, ["fetch", "--quiet", run.result.bundle, "refs/heads/patch:patch"]);
    expect(playGit(work, ["show", "patch:src/sum.js"])).toContain("a + b");
    expect(playGit(work, ["show", "patch:notes.txt"])).toBe("3");
  });

  test("comes with a report of every run of the tests, where the charter lets files be handed in", async () => {
    const artefacts = { paths: ["out.txt", "reports"], count: 3, bytes: 100_000 };
    const { run } = await repair([note(1), ["Subtract instead", sum("a - b")]], { artefacts });
    expect([...run.handed.keys()]).toEqual(["reports/recipe-report.json"]);
    const bytes = run.handed.get("reports/recipe-report.json") ?? Buffer.alloc(0);
    const { runs, ...report } = JSON.parse(bytes.toString());
    expect(runs).toHaveLength(ofKind(run.events, "tests_reported").length);
    expect(runs[0]).toMatchObject({ purpose: "Test the base", command: 1, failed: 1, failing: [ADDS] });
    expect(report).toMatchObject({ repaired: summaryOf(run).repaired, text: summaryOf(run).text });
    expect(ofKind(run.events, "artefact_handed_in")).toEqual([
      { artefact: "art_1", path: "reports/recipe-report.json", bytes: bytes.length },
    ]);
  });

  test("finds a merge as the culprit and goes back to its first parent", async () => {
    const { path: work } = createRepository(workshop.fresh("work"), SUM);
    playGit(work, ["checkout", "--quiet", "-b", "side"]);
    commitFiles(work, { "side.txt": "1\n" }, "Prepare");
    commitFiles(work, sum("a - b"), "Subtract on the side");
    playGit(work, ["checkout", "--quiet", "main"]);
    commitFiles(work, { "notes.txt": "1\n" }, "Note");
    playGit(work, ["merge", "--quiet", "--no-ff", "-m", "Merge the side", "side"]);
    commitFiles(work, { "notes.txt": "2\n" }, "Note again");
    const base = playGit(work, ["rev-parse", "HEAD"]);
    const run = await runRecipe(workshop, { repository: `${work}/.git`, base });
    expect(summaryOf(run)).toMatchObject({ repaired: [{ tests: [ADDS], subject: "Merge the side" }] });
  });

  test("repairs a file that could no longer be loaded", async () => {
    const { run, commits } = await repair([
      ["Rename the export", { "src/sum.js": "export const total = (a, b) => a + b;\n" }],
      note(1),
    ]);
    expect(summaryOf(run)).toMatchObject({
      repaired: [{ tests: ["test/sum.test.js"], culprit: commits[0] }],
    });
  });

  test("two causes behind one signature are told apart by their commits", async () => {
    const twice = suite(
      "sum",
      'import { sum, twice } from "../src/all.js";\ntest("adds", () => assert.equal(sum(1, 2), 3));\ntest("doubles", () => assert.equal(twice(2), 4));',
    );
    const all = (a: string, b: string): FileTree => ({
      "src/all.js": `export const sum = (a, b) => ${a};\n\n\n\n\n\n\n\nexport const twice = (a) => ${b};\n`,
    });
    const { run } = await repair([
      ["Start", { ...twice, ...all("a + b", "2 * a") }],
      ["Break doubling", all("a + b", "3 * a")],
      note(1),
      ["Break adding", all("a - b", "3 * a")],
    ]);
    expect(summaryOf(run).repaired.map(({ subject, tests }) => [subject, tests])).toEqual([
      ["Break adding", [ADDS]],
      ["Break doubling", ["test/sum.test.js › doubles"]],
    ]);
    expect(ofKind(run.events, "cluster_found")).toMatchObject([
      { cluster: 1, tests: [ADDS, "test/sum.test.js › doubles"] },
      { cluster: 2 },
    ]);
  });
});

describe("a repository with nothing to repair", () => {
  test("is left alone and told to be green", async () => {
    const { run } = await repair([]);
    expect(run.result.outcome).toBe("no_change");
    expect(summaryOf(run).text).toBe("Nothing to repair: no test fails in 3 runs.");
    expect(summaryOf(run).claims).toEqual([
      { text: "No test fails in 3 runs of the base.", commands: [1, 2, 3] },
    ]);
  });

  test("but flaky tests is left alone and the flaky ones named", async () => {
    const coin = suite(
      "coin",
      Array.from(
        { length: 12 },
        (_, index) => `test("coin ${index}", () => assert.ok(Math.random() < 0.5));`,
      ).join("\n"),
    );
    const { run } = await repair([["Add coins", coin]], { test: { repeats: 12 } });
    const { flaky, repaired } = summaryOf(run);
    expect(flaky.length).toBeGreaterThan(6);
    expect(repaired).toEqual([]);
    expect(summaryOf(run).text).toContain("Left alone because flaky: test/coin.test.js › coin");
    expect(ofKind(run.events, "cluster_found")).toContainEqual(
      expect.objectContaining({ steadiness: "flaky" }),
    );
  });
});

describe("a base that cannot be tested", () => {
  test("fails in the command's own words before preparation is over", async () => {
    const { run } = await repair([], { test: { argv: ["jest", "--ci"] } });
    expect(run.result).toMatchObject({
      outcome: "failed",
      reason: expect.stringMatching(/could not be run \(exit 127\)\. It said: env: .jest.: No such file/),
    });
    expect(run.prepared).toEqual([]);
    expect(ofKind(run.events, "step_finished")).toMatchObject([{ step: 1, outcome: "failed" }]);
  });

  test("probe: a suite that contradicts its exit code is not believed", async () => {
    const { run } = await repair([
      [
        "Lie",
        suite("lie", 'test("x", () => assert.fail());\nprocess.on("exit", () => { process.exitCode = 0; });'),
      ],
    ]);
    expect(run.result).toMatchObject({
      outcome: "failed",
      reason: expect.stringContaining("exit 0, but its report names 1 failed tests"),
    });
  });

  test("that is not there fails in a sentence", async () => {
    const { run } = await repair([], { base: "d".repeat(40) });
    expect(run.result).toMatchObject({
      outcome: "failed",
      reason: expect.stringContaining("The tree could not be made"),
    });
  });
});

describe("the end of the lease", () => {
  test("ends the work with its reason, wherever it is", async () => {
    const lease = new AbortController();
    const onEvent = ({ kind, body }: { kind: string; body: object }) => {
      if (kind === "command_started" && "command" in body && body.command === 3)
        lease.abort(new Error("The lease is over."));
    };
    await expect(repair([["Subtract", sum("a - b")]], { signal: lease.signal, onEvent })).rejects.toThrow(
      "The lease is over.",
    );
  });
});

describe("a control plane that says no", () => {
  test("is not mistaken for a fault of the repository", async () => {
    const onPrepared = () => Promise.reject(fenced("This lease is over."));
    await expect(repair([], { onPrepared })).rejects.toMatchObject({ code: "fenced" });
  });
});

describe("a hostile history", () => {
  test("probe: subjects and names with escapes and overrides become visible text", async () => {
    const { path: work } = createRepository(workshop.fresh("work"), SUM);
    playGit(work, ["config", "user.name", "x"]);
    commitFiles(work, sum("a - b"), "Approve\u202E this\u001B[2J");
    const base = playGit(work, ["rev-parse", "HEAD"]);
    const run = await runRecipe(workshop, { repository: `${work}/.git`, base });
    expect(summaryOf(run).repaired[0]?.subject).toBe("Approve‹U+202E› this‹ESC›[2J");
    expect(JSON.stringify(run.events)).not.toMatch(/\u202E/);
  });

  test("probe: tests that look at where they run cannot keep anything between runs", async () => {
    const keeping = suite(
      "keep",
      'import { existsSync, writeFileSync } from "node:fs";\ntest("fresh", () => { assert.ok(!existsSync("/tmp/seen")); writeFileSync("/tmp/seen", ""); });',
    );
    const { run } = await repair([["Keep", keeping]]);
    expect(run.result.outcome).toBe("no_change");
    expect(summaryOf(run).text).toContain("no test fails");
  });
});
