import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { MAX_TASK, type RunStatus } from "../runs/schema.ts";
import { faultSentence, handOverTask, liveRevert, refusalToRevert, revertTitle, stands } from "./rules.ts";

const node = (runId: string, ofRunId: string, status: RunStatus) => ({ runId, ofRunId, status });

describe("what a second click leads to", () => {
  test("is the revert under way, and none that was given up", () => {
    for (const status of ["queued", "verifying", "in_review", "merging", "merged"] as const)
      expect(liveRevert("x", [node("r", "x", status)])?.runId).toBe("r");
    for (const status of ["failed", "rejected", "cancelled"] as const)
      expect(liveRevert("x", [node("r", "x", status)])).toBeNull();
  });

  test("is a new one once the merged revert was reverted itself", () => {
    const chain = [node("r", "x", "merged"), node("rr", "r", "merged")];
    expect(stands("x", chain)).toBe(true);
    expect(liveRevert("x", chain)).toBeNull();
    expect(liveRevert("r", chain)?.runId).toBe("rr");
    expect(liveRevert("x", [...chain, node("rrr", "rr", "merged")])?.runId).toBe("r");
  });

  test("of a chain of merged reverts it stands where their number is even", () => {
    fc.assert(
      fc.property(fc.nat(30), (length) => {
        const chain = Array.from({ length }, (_, at) => node(`${at + 1}`, `${at}`, "merged"));
        expect(stands("0", chain)).toBe(length % 2 === 0);
        expect(liveRevert("0", chain) === null).toBe(length % 2 === 0);
      }),
    );
  });
});

describe("asking for a revert", () => {
  const facts = {
    ...{ status: "merged" as RunStatus, stopReason: null, repositoryState: "ready", repositoryProblem: null },
    ...{ headCommit: "a".repeat(40), repositoryBranch: "main", targetRef: "refs/heads/main", askedToday: 0 },
  };

  test.each([
    [{}, null],
    [{ status: "in_review" as RunStatus }, "Only a merge can be reverted; this run is in review."],
    [{ targetRef: null }, "Only a merge can be reverted"],
    [{ stopReason: "fire" }, "An emergency stop is on (“fire”)"],
    [{ repositoryState: "unreachable", repositoryProblem: "It cannot be read." }, "It cannot be read."],
    [{ headCommit: null }, "wait until it is ready"],
    [{ askedToday: 19 }, null],
    [{ askedToday: 20 }, "You asked for 20 reverts in this pilot within a day"],
    [{ repositoryBranch: "next" }, "It was merged into main, but the repository is read on “next”."],
  ])("with %j is answered by %j", (over, wanted) => {
    const refusal = refusalToRevert({ ...facts, ...over });
    if (wanted === null) expect(refusal).toBeNull();
    else expect(refusal).toContain(wanted);
  });
});

describe("what is said", () => {
  test("a title stays within what titles may be, however often it is reverted", () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 200 }), (title) => {
        expect(revertTitle(title).length).toBeLessThanOrEqual(200);
      }),
    );
    expect(revertTitle(revertTitle("Repair"))).toBe("Revert “Revert “Repair””");
  });

  test("names conflicts, the first of many, and hands all that an agent can use over", () => {
    const paths = Array.from({ length: 30 }, (_, n) => `f${n}.js`);
    expect(faultSentence("conflict", "a".repeat(40), paths)).toContain("f19.js and 10 more");
    expect(faultSentence("nothing_left", "a".repeat(40), [])).toContain("nothing to undo");
    expect(faultSentence("not_there", "a".repeat(40), [])).toContain("cannot be undone from here");
    expect(faultSentence("not_made", "a".repeat(40), [])).toContain("Ask for it again");
    expect(handOverTask("a".repeat(40), "Repair", paths)).toContain("- f29.js");
  });

  test("probe: what is handed over fits into a task, however many files and however long their names", () => {
    const task = handOverTask("a".repeat(40), "t".repeat(200), Array(500).fill("deep/".repeat(800)));
    expect(task.length).toBeLessThanOrEqual(MAX_TASK);
    expect(task).toContain("- and 499 more");
    fc.assert(
      fc.property(fc.array(fc.string({ maxLength: 4096 }), { maxLength: 500 }), (names) => {
        expect(handOverTask("a".repeat(40), "t".repeat(200), names).length).toBeLessThanOrEqual(MAX_TASK);
      }),
    );
  });
});
