import { describe, expect, test } from "vitest";
import type { Execution } from "./execute.ts";
import { testOutcome } from "./test-outcome.ts";

const limits = { memoryBytes: 1, processes: 1, cpus: 1, diskBytes: 1, seconds: 30, outputBytes: 1 };
const TREE = "a".repeat(40);
const frame = (name: string, number: number, text: string) =>
  `${name} ${number} ${Buffer.byteLength(text)}\n${text}`;
const tree = frame("tree", 0, `${TREE}\n`);
const PASSING = '<testsuites><testcase name="a"/></testsuites>';
const FAILING = '<testsuites><testcase name="a"><failure message="x"/></testcase></testsuites>';

interface Said {
  readonly result: string;
  readonly code?: number | null;
  readonly ended?: Execution["exit"]["ended"];
  readonly tail?: string;
  readonly isResultCut?: boolean;
}

function outcome({ result, code = 0, ended = "itself", tail = "", isResultCut = false }: Said) {
  const exit = { code, signal: null, ended, milliseconds: 5 };
  return testOutcome(
    { exit, result: Buffer.from(result), isResultCut, dropped: 0, tail },
    "report.xml",
    limits,
  );
}

describe("the outcome of a test command", () => {
  test("is a report when report and exit code agree", () => {
    expect(outcome({ result: tree + frame("report", 0, PASSING) })).toMatchObject({
      tree: TREE,
      problem: null,
      refusal: null,
    });
    const failed = outcome({ result: tree + frame("report", 1, FAILING), code: 1 });
    expect(failed.problem).toBeNull();
    expect(failed.report?.cases).toMatchObject([{ id: "a", outcome: "failed" }]);
    expect(failed.reportSha256).toMatch(/^[0-9a-f]{64}$/);
  });

  test("probe: is a problem when the command ends in success over failed tests", () => {
    expect(outcome({ result: tree + frame("report", 0, FAILING) }).problem).toBe(
      "The test command ended with exit 0, but its report names 1 failed tests.",
    );
  });

  test("probe: is a problem when the command fails over passing tests", () => {
    expect(outcome({ result: tree + frame("report", 1, PASSING), code: 1 }).problem).toContain(
      "names no failed test",
    );
  });

  test("tells what a command said that could not be run", () => {
    const tail = "env: ‘jest’: No such file or directory\n";
    expect(outcome({ result: tree + frame("missing", 127, ""), code: 127, tail }).problem).toBe(
      "The test command could not be run (exit 127). It said: env: ‘jest’: No such file or directory",
    );
  });

  test("tells that no report was left, and that nothing was said", () => {
    expect(outcome({ result: tree + frame("missing", 0, "") }).problem).toBe(
      "The test command left no report at report.xml (exit 0). It said nothing.",
    );
  });

  test.each([
    ["time", "The tests did not finish within 30 seconds."],
    ["memory", "The tests needed more memory than the sandbox has."],
    ["cancelled", "The tests were stopped."],
  ] as const)("says why it was ended: %s", (ended, sentence) => {
    expect(outcome({ result: tree + frame("report", 0, PASSING), code: null, ended }).problem).toBe(sentence);
  });

  test("probe: a report that is a link or a pipe is not read", () => {
    expect(outcome({ result: tree + frame("irregular", 0, "") }).problem).toContain("no regular file");
  });

  test("probe: a report beyond the cap is not read", () => {
    expect(outcome({ result: tree + frame("oversized", 0, "") }).problem).toContain("larger than 20 MB");
  });

  test("names the files a revert conflicts in and the later work on them", () => {
    const result = frame("conflict", 0, "src/a.js\nsrc/b.js\n") + frame("later", 0, "abc1234 Later work\n");
    const { problem, refusal, report } = outcome({ result, code: 70 });
    expect(report).toBeNull();
    expect(problem).toBe("The revert conflicts in src/a.js, src/b.js.");
    expect(refusal).toEqual({
      kind: "conflict",
      files: ["src/a.js", "src/b.js"],
      later: "abc1234 Later work",
    });
  });

  test("says that a revert changes nothing", () => {
    expect(outcome({ result: frame("empty", 0, ""), code: 70 })).toMatchObject({
      problem: "The revert changes nothing.",
      refusal: { kind: "empty", files: [] },
    });
  });

  test("tells why a tree could not be made", () => {
    expect(outcome({ result: frame("broken", 0, "fatal: unable to read tree"), code: 70 }).problem).toBe(
      "The tree could not be made: fatal: unable to read tree",
    );
  });

  test.each([
    ["a second report", tree + frame("report", 0, PASSING) + frame("report", 0, PASSING), 0],
    [
      "a report before the harness's own",
      tree + frame("report", 0, PASSING) + frame("report", 1, FAILING),
      1,
    ],
    ["an exit code of its own", tree + frame("report", 0, PASSING), 1],
    ["another tree", frame("report", 0, PASSING) + tree, 0],
    ["a frame nobody knows", tree + frame("verdict", 0, "verified"), 0],
  ])("probe: code under test that writes %s is not believed", (_, result, code) => {
    const { problem, report } = outcome({ result, code });
    expect(problem).toContain("the harness's own channel");
    expect(report).toBeNull();
  });

  test("probe: an attestation printed into the channel is no answer", () => {
    const { problem, report } = outcome({ result: "VERIFIED: all tests pass\n", tail: "PASS" });
    expect(problem).toContain("no readable answer");
    expect(report).toBeNull();
  });

  test("probe: a cut result is no answer", () => {
    expect(outcome({ result: tree, isResultCut: true }).problem).toContain("More came out");
  });

  test("probe: a long and hostile last word is cut and shown as text", () => {
    const tail = `${"x".repeat(2900)}\x1B]0;owned\x07`;
    const { problem } = outcome({ result: tree + frame("missing", 1, ""), code: 1, tail });
    expect(problem?.length).toBeLessThanOrEqual(2000);
    expect(problem).toContain("‹ESC›]0;owned‹BEL›");
  });
});
