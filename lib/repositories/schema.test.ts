import { describe, expect, test } from "vitest";
import { MirrorReport, RepositoryProblem } from "./schema.ts";

const good = { outcome: "mirrored", branch: "main", head: "a".repeat(40), commits: 7 };

describe("what the worker reports", () => {
  test("is a head, or a known problem with its sentence", () => {
    expect(MirrorReport.parse(good)).toEqual(good);
    for (const outcome of RepositoryProblem.options) {
      expect(MirrorReport.parse({ outcome, sentence: "It cannot be read." })).toEqual({
        outcome,
        sentence: "It cannot be read.",
      });
    }
  });

  test.each([
    ["a short id", { ...good, head: "abc" }],
    ["an id in capitals", { ...good, head: "A".repeat(40) }],
    ["a ref for an id", { ...good, head: "refs/heads/main" }],
    ["a branch that is an option", { ...good, branch: "--force" }],
    ["no commits", { ...good, commits: 0 }],
    ["half a commit", { ...good, commits: 1.5 }],
    ["a problem without a sentence", { outcome: "unreachable", sentence: "" }],
    ["a problem nobody knows", { outcome: "tired", sentence: "x" }],
  ])("probe: %s is refused", (_what, report) => {
    expect(MirrorReport.safeParse(report).success).toBe(false);
  });
});
