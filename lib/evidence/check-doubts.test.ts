import { describe, expect, test } from "vitest";
import type { Checks } from "../protocol/checks.ts";
import { checkDoubts } from "./check-doubts.ts";
import { environmentDigest } from "./environment.ts";

const CHECKS: Checks = {
  command: null,
  frameworks: [{ name: "vitest", files: 2 }],
  tools: [
    { name: "git", version: "git version 2.39.5" },
    { name: "vitest", version: "vitest/5.1.1" },
  ],
  seed: "canary_1",
  canary: { files: 2, none: null, uncovered: [] },
  unreported: [],
  coverage: { method: "v8", lines: 3, executed: 2, files: [] },
  coverageReason: "",
};
const said = (over: Partial<Checks>, argv = ["vitest", "run"]) =>
  checkDoubts({ ...CHECKS, ...over }, argv).join(" ");

describe("what evidence says it does not prove", () => {
  test("names what a canary leaves possible", () => {
    expect(said({})).toContain("could still let only them fail");
  });

  test("does not say that planted tests failed where one did not", () => {
    const words = checkDoubts(CHECKS, ["vitest"], false).join();
    expect(words).toContain("Not every planted test failed");
    expect(words).not.toContain("failed as they must");
  });

  test("says that there was no canary, and why", () => {
    expect(said({ canary: { files: 0, none: "framework not known.", uncovered: [] } })).toContain(
      "No canary: framework not known. Whether tests can fail at all with the patch was not tried.",
    );
    expect(checkDoubts(undefined, ["vitest"]).join()).toContain("the runner that verified plants none");
  });

  test("names files without a canary, and files of the patch that report nothing", () => {
    const uncovered = ["a.js", "b.js", "c.js", "d.js", "e.js"];
    expect(said({ canary: { files: 2, none: null, uncovered } })).toContain(
      "5 test files carry no canary: a.js, b.js, c.js and 2 more.",
    );
    expect(said({ unreported: ["new.test.js"] })).toContain(
      "1 file holds tests of the patch and reported none: new.test.js.",
    );
  });

  test.each([
    [["npm", "test"], null, true],
    [["npm", "test"], ["sh", "-c", "(vitest run)"], false],
    [["npm", "test"], ["sh", "-c", "(npm run build --if-present && vitest run)"], true],
    [["node", "--test", "npmrc.test.js"], null, false],
  ])("of %j run as %j: a script called by its name %s", (argv, command, isSaid) => {
    expect(said({ command }, argv).includes("those are the patch's own")).toBe(isSaid);
  });

  test.each([
    [["sh", "./check.sh"], null, "check.sh"],
    [["npm", "test"], ["sh", "-c", "(node tools/run.mjs)"], "tools/run.mjs"],
    [["python", "-m", "tools.check"], null, "tools/check.py, tools/check/a.py"],
    [["vitest", "run", "src"], null, null],
  ])(
    "of %j run as %j: of the files of the patch, %s is named by the command and was not tried",
    (argv, command, names) => {
      const paths = ["check.sh", "src/a.ts", "tools/run.mjs", "tools/check.py", "tools/check/a.py"];
      const files = paths.map((path) => ({ path }));
      const words = checkDoubts({ ...CHECKS, command }, argv, true, files).join();
      expect(words.includes("which the command names")).toBe(names !== null);
      expect(words).toContain(names === null ? "" : `The patch changes ${names}, which the command names`);
      const moved = checkDoubts(undefined, ["sh", "a.sh"], true, [
        { path: "b.sh", previousPath: "a.sh" },
      ]).join();
      expect(moved).toContain("The patch changes a.sh, which");
      const unchecked = checkDoubts(undefined, ["sh", "check.sh"], true, files).join();
      expect(unchecked).toContain("The patch changes check.sh, which");
    },
  );

  test("says of what the command's files call which the patch changes, and what was not followed", () => {
    const followed = { files: ["scripts/a.sh"], shared: ["src/b.js"], isCut: false };
    const words = (more: Partial<Checks>) =>
      checkDoubts({ ...CHECKS, ...more }, ["sh", "x.sh"], true, [
        { path: "moved.sh", previousPath: "scripts/a.sh" },
        { path: "src/b.js" },
      ]).join(" ");
    expect(words({ followed })).toContain("scripts/a.sh, which what the command runs calls: the base's ran");
    expect(words({ followed })).toContain(
      "changes src/b.js, which what runs the tests calls and the tests use",
    );
    expect(words({ followed })).not.toContain("were followed");
    expect(words({ followed: { ...followed, isCut: true } })).toContain("more files than were followed");
    expect(words({ followed: null })).toContain("was not read");
    expect(words({})).not.toMatch(/calls|was not read/);
  });

  test("says that lines were not counted, and why, or who counted them", () => {
    expect(said({ coverage: null, coverageReason: "Nothing changed." })).toContain(
      "was not measured. Nothing changed.",
    );
    expect(said({})).toContain("counted by the process that ran them");
  });
});

describe("the digest of the environment", () => {
  const environment = { tier: "strong" as const, node: "24.1.0", platform: "linux x64", kernel: "6.1" };
  const made = { environment, argv: ["vitest"], checks: CHECKS };

  test("is the same for the same, in whatever order and with whatever seed", () => {
    const other = { ...CHECKS, seed: "canary_2", tools: CHECKS.tools.toReversed() };
    expect(environmentDigest({ ...made, checks: other })).toBe(environmentDigest(made));
  });

  test.each([
    ["kernel", { ...made, environment: { ...environment, kernel: "6.2" } }],
    ["tool", { ...made, checks: { ...CHECKS, tools: [] } }],
    ["command", { ...made, argv: ["jest"] }],
    [
      "setup",
      {
        ...made,
        setup: { base: { key: "1", contents: "2", entries: 1, bytes: 1 }, patch: null, changed: [] },
      },
    ],
  ])("is another with another %s", (_, other) => {
    expect(environmentDigest(other)).not.toBe(environmentDigest(made));
  });
});
