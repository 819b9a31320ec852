import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { defaultCharter } from "../pilots/defaults.ts";
import { isEnded, type LaunchFacts, mayBecome, refusalToLaunch, TRANSITIONS } from "./rules.ts";
import { RunStatus } from "./schema.ts";

const statuses = RunStatus.options;

describe("the states of a run", () => {
  it("knows every status and names only known ones", () => {
    expect(Object.keys(TRANSITIONS).sort()).toEqual([...statuses].sort());
    for (const targets of Object.values(TRANSITIONS)) {
      for (const to of targets) expect(statuses).toContain(to);
    }
  });

  it("never leaves an end", () => {
    for (const status of ["merged", "rejected", "failed", "cancelled"] as const) {
      expect(isEnded(status)).toBe(true);
      for (const to of statuses) expect(mayBecome(status, to)).toBe(false);
    }
  });

  it("cannot cancel a merge under way", () => {
    expect(mayBecome("merging", "cancelled")).toBe(false);
    expect(mayBecome("merging", "merged")).toBe(true);
    expect(mayBecome("merging", "in_review")).toBe(true);
  });

  it("reaches merged only through review", () => {
    const before = statuses.filter((from) => mayBecome(from, "merged"));
    expect(before).toEqual(["merging"]);
    expect(statuses.filter((from) => mayBecome(from, "merging"))).toEqual(["in_review"]);
    expect(statuses.filter((from) => mayBecome(from, "in_review"))).toEqual(["verifying", "merging"]);
  });

  it("can always end, from every state that is no end", () => {
    const reaches = (from: RunStatus, seen: readonly RunStatus[] = []): boolean =>
      isEnded(from) || TRANSITIONS[from].some((to) => !seen.includes(to) && reaches(to, [...seen, from]));
    fc.assert(fc.property(fc.constantFrom(...statuses), (status) => reaches(status)));
  });
});

const charter = defaultCharter("rep_000000000aaaaaaaaaaaaa", "main", "2030-01-01");

const good: LaunchFacts = {
  pilotStatus: "active",
  stopReason: null,
  charter: { ...charter, rollback: { ...charter.rollback, maxRuns: 3, endsOn: "2030-12-31" } },
  kinds: ["repair"],
  runsSoFar: 0,
  repositoryState: "ready",
  repositoryProblem: null,
  headCommit: "a".repeat(40),
  repositoryBranch: "main",
  today: "2030-06-01",
};

describe("launching", () => {
  it("is allowed when pilot, charter, repository and stop allow it", () => {
    expect(refusalToLaunch(good)).toBeNull();
  });

  it.each<[string, Partial<LaunchFacts>, string]>([
    ["an emergency stop", { stopReason: "leak" }, "emergency stop"],
    ["a paused pilot", { pilotStatus: "paused" }, "The pilot is paused"],
    ["no charter", { charter: null }, "no active charter"],
    ["another kind of run", { kinds: ["document"] }, "of kind “repair”, and this agent does “document” only"],
    ["too many runs", { runsSoFar: 3 }, "ends after 3 runs"],
    ["a day after the end", { today: "2031-01-01" }, "ended on 2030-12-31"],
    ["a repository read on another branch", { repositoryBranch: "dev" }, "for branch “main”"],
    [
      "a repository that was never read",
      { repositoryState: "queued", headCommit: null },
      "has not been read yet",
    ],
    [
      "an empty repository",
      { repositoryState: "problem", headCommit: null, repositoryProblem: "It has no commits." },
      "It has no commits.",
    ],
  ])("is refused on %s, with the reason", (_name, change, sentence) => {
    expect(refusalToLaunch({ ...good, ...change })).toContain(sentence);
  });

  it("is still allowed on the last day", () => {
    expect(refusalToLaunch({ ...good, today: "2030-12-31" })).toBeNull();
  });
});
