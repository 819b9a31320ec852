import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { defaultCharter } from "../pilots/defaults.ts";
import type { Charter } from "../pilots/schema.ts";
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
  labels: [],
  headCommit: "a".repeat(40),
  repositoryBranch: "main",
  ...{ kind: null, roles: ["engineering_lead"], now: Date.parse("2030-06-01T12:00:00Z"), timeZone: "UTC" },
  baselineUntil: null,
  agent: { id: "agt_1", name: "Fixer", model: "gpt-5" },
};

const controlled = (controls: Partial<Charter["controls"]>): Charter => ({
  ...{ ...charter, rollback: { ...charter.rollback, endsOn: "2030-12-31" } },
  controls: { ...charter.controls, ...controls },
});
const DAY = 24 * 60 * 60 * 1000;
const workDays = { workDays: ["mon" as const, "tue" as const], workFrom: "09:00", workTo: "17:00" };

describe("launching", () => {
  it("is allowed when pilot, charter, repository and stop allow it", () => {
    expect(refusalToLaunch(good)).toBeNull();
  });

  it.each<[string, Partial<LaunchFacts>, string]>([
    ["an emergency stop", { stopReason: "leak" }, "emergency stop"],
    ["a paused pilot", { pilotStatus: "paused" }, "The pilot is paused"],
    ["no charter", { charter: null }, "no active charter"],
    [
      "a time without agents",
      { baselineUntil: new Date("2030-06-01T12:00:00.001Z") },
      "Until Saturday 1 June, 12:00 the pilot measures how things are without agents.",
    ],
    ["another kind of run", { kinds: ["document"] }, "of kind “repair”, and this agent does “document” only"],
    ["too many runs", { runsSoFar: 3 }, "ends after 3 runs"],
    ["a day after the end", { now: Date.parse("2031-01-01T00:00:00Z") }, "ended on 2030-12-31"],
    [
      "a role that the charter does not let launch",
      { charter: controlled({ launchers: ["security_lead"] }) },
      "The charter lets only a security lead launch runs.",
    ],
    [
      "an agent the charter does not name",
      { charter: controlled({ agents: ["agt_2"] }) },
      "The charter does not name the agent “Fixer”",
    ],
    [
      "a model the charter does not name",
      { charter: controlled({ models: ["claude-sonnet-4-5"] }) },
      "does not name the model “gpt-5” of this agent; it names claude-sonnet-4-5.",
    ],
    [
      "a Saturday where people work on Mondays and Tuesdays",
      { charter: controlled(workDays), timeZone: "Europe/Berlin" },
      "launched Mon, Tue, 09:00 to 17:00 (Europe/Berlin). It opens Monday 3 June, 09:00.",
    ],
    ["a kind the charter is not for", { kind: "triage" }, "of kind “repair”, not of “triage”"],
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
    expect(refusalToLaunch({ ...good, now: Date.parse("2030-12-31T23:59:00Z") })).toBeNull();
  });

  it("is allowed with what the charter names: role, agent, model, kind and hour", () => {
    const named = controlled({
      ...{ launchers: ["engineering_lead"], agents: ["agt_1"], models: ["gpt-5"], ...workDays },
    });
    const kinds: Charter["scope"]["kinds"] = ["repair", "triage"];
    const facts: LaunchFacts = {
      ...{ ...good, charter: { ...named, scope: { ...named.scope, kinds } }, kinds: ["repair", "triage"] },
      ...{ kind: "triage", now: good.now + 2 * DAY },
    };
    expect(refusalToLaunch(facts)).toBeNull();
    expect(refusalToLaunch({ ...facts, roles: null })).toBeNull();
    // An agent without a model uses none.
    expect(refusalToLaunch({ ...facts, agent: { ...facts.agent, model: null } })).toBeNull();
  });
});
