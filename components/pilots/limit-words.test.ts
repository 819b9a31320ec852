import { describe, expect, test } from "vitest";
import { defaultCharter } from "#lib/pilots/defaults.ts";
import type { Charter } from "#lib/pilots/schema.ts";
import { policyOf } from "./charter-words.ts";

const base = defaultCharter("rep_0123456789abcdefghjkmn", "main", "2030-12-31");
type Parts = { readonly [K in keyof Charter]?: Partial<Charter[K]> };
const words = (kind: string, { scope, environment, controls, kpis, rollback }: Parts = {}) =>
  policyOf(
    {
      ...{ goal: base.goal, scope: { ...base.scope, ...scope }, controls: { ...base.controls, ...controls } },
      ...{ environment: { ...base.environment, ...environment }, kpis: { ...base.kpis, ...kpis } },
      rollback: { ...base.rollback, ...rollback },
    },
    "ledger",
  ).find((one) => one.kind === kind)?.sentences ?? [];

describe("a charter's limits in words", () => {
  test.each<[string, Parts, string]>([
    ["may", { controls: { launchers: ["security_lead"] } }, "Be launched by security lead."],
    ["may", { controls: { agents: ["a", "b"] } }, "Be done by 2 agents that the charter names."],
    ["may", { controls: { models: ["gpt-5"] } }, "Use this model: gpt-5."],
    [
      "may",
      { controls: { workDays: ["mon", "tue", "wed"], workFrom: "08:00" } },
      "Be launched Mon–Wed, 08:00 to 17:00, in the pilot's time zone.",
    ],
    ["may", { scope: { kinds: ["repair", "triage"] } }, "Be of these kinds: repair, triage."],
    ["never", { scope: { forbiddenPaths: ["src/pay/**"] } }, "Change these, wherever they lie: src/pay/**."],
    [
      "never",
      { scope: { maxFiles: 1, maxChangedLines: 2000 } },
      "Change more than 1 file or 2,000 lines: such a patch is refused.",
    ],
    ["never", { controls: { toolNetwork: "deny" } }, "Ask for a network."],
    [
      "never",
      { controls: { toolRead: "deny", readGuardedPaths: ["secrets/**"] } },
      "Read these, or run what may: secrets/**.",
    ],
    [
      "asks",
      { controls: { toolRead: "ask", readGuardedPaths: ["secrets/**"] } },
      "Before it reads these, or runs what may: secrets/**.",
    ],
    ["asks", { controls: { toolExecute: "ask" } }, "Before a command that does more than read."],
    [
      "merge",
      { scope: { protectedClasses: ["ci", "tests"] } },
      "One more, always, where it touches: CI and builds, Tests.",
    ],
    [
      "merge",
      { controls: { requiredChecks: ["ci/unit", "ci/lint"] } },
      "Nobody, before these were reported as passed from outside: ci/unit, ci/lint.",
    ],
    [
      "merge",
      { controls: { canary: "always" } },
      "Nobody, unless a test planted to fail was reported failed with the patch.",
    ],
    [
      "merge",
      { controls: { protectedApproverRole: "security_lead" } },
      "One of those who approve protected files is security lead.",
    ],
    ["merge", { controls: { approvalClock: "working" } }, "No answer in 72 hours of work means no."],
    ["stops", { environment: { verifyMinutes: 10 } }, "Of an attempt, verification after 10 minutes."],
    [
      "may",
      { scope: { repositoryLabels: ["team-a"] } },
      "Work while the repository is labelled team-a, and no longer.",
    ],
    [
      "never",
      { scope: { licences: ["MIT", "ISC"] } },
      "Add a package under another licence than MIT, ISC: such a patch is refused.",
    ],
    ["never", { scope: { forbiddenLabels: ["pci"] } }, "Work on a repository labelled pci."],
    [
      "stops",
      { rollback: { onFailedRuns: "cancel", pauseAfterFailedRuns: 2 } },
      "The pilot pauses and all of its runs are cancelled after 2 failed runs in a row.",
    ],
    [
      "stops",
      { kpis: { cadence: "daily", deputies: ["c"] } },
      "Every day its owners are told to look at its numbers, or their deputies while one is away.",
    ],
    ["success", {}, "Merged patches per week: at least 3 a week, against the first week."],
    ["success", {}, "No verdict is given below 5 rows; runs expected: 6 a week."],
    ["stops", { kpis: { owners: ["a", "b"] } }, "Its two owners alone complete it."],
    [
      "stops",
      { rollback: { exitCriteria: ["independent_review"] } },
      "Whoever completes it states: independent review.",
    ],
  ])("%s, with %j: %s", (kind, parts, sentence) => {
    expect(words(kind, parts)).toContain(sentence);
    expect(words(kind)).not.toContain(
      sentence === "No answer in 72 hours of work means no." ? sentence : `${sentence} `,
    );
  });

  test("nothing is said of what is not limited", () => {
    const zones = { maxFiles: 0, maxChangedLines: 0, protectedClasses: [] };
    const open: Parts = { scope: zones, kpis: { cadence: "never" } };
    for (const kind of ["may", "never", "merge", "stops"]) {
      const said = words(kind, open).join(" ");
      expect(said).not.toMatch(
        /Be launched|Be done|Change more than|wherever they lie|always, where|owners|states:/,
      );
    }
    expect(words("asks")).toEqual([]);
  });
});
