import { describe, expect, test } from "vitest";
import { defaultCharter } from "../pilots/defaults.ts";
import type { Charter } from "../pilots/schema.ts";
import { replay, shortened } from "./rules.ts";
import type { GivenApproval, ReplayedRun } from "./schema.ts";

const charter = defaultCharter(`rep_${"1".repeat(22)}`, "main", "2030-12-31");
const controlled = (controls: Partial<Charter["controls"]>): Charter => ({
  ...charter,
  controls: { ...charter.controls, ...controls },
});
const run: ReplayedRun = {
  ...{
    runId: "run_1",
    title: "Repair",
    status: "merged",
    lost: 1,
    minutes: 12,
    chargedMicros: 1_500_000,
  },
  ...{ paths: ["src/a.js", "docs/b.md"], files: 2, lines: 40, canary: null },
  commands: [
    ["npm", "run", "build"],
    ["git", "push"],
    ["ls", "-la"],
  ],
  hosts: [{ host: "packages.example.org", port: 443 }],
};
const stopped = (other: Charter, runs: readonly ReplayedRun[] = [run]) =>
  replay(runs, 0, charter, other).stopped.map(({ sentence }) => sentence);

test("evidence without a canary that failed opens no gate under one that wants it, where it wants it", () => {
  const sentence = "Its evidence opens no merge gate: no canary failed";
  const never = controlled({ canary: "never" });
  const under = (canary: "known" | "always", seen: ReplayedRun["canary"]) =>
    replay([{ ...run, canary: seen }], 0, never, controlled({ canary })).stopped.map((row) => row.sentence);
  expect(under("known", { isKnown: true, hasFailed: false })).toEqual([sentence]);
  expect(under("known", { isKnown: false, hasFailed: false })).toEqual([]);
  expect(under("always", { isKnown: false, hasFailed: false })).toEqual([sentence]);
  expect(under("always", { isKnown: true, hasFailed: true })).toEqual([]);
  expect(under("always", null)).toEqual([]);
});

describe("another charter", () => {
  test("that is the same stops nothing and frees nothing; every action is counted", () => {
    expect(replay([run], 3, charter, charter)).toEqual({
      ...{
        runs: 1,
        older: 3,
        actions: 9,
        stopped: [],
        stoppedCount: 0,
        stoppedMerged: 0,
        freed: [],
        freedCount: 0,
        unsigned: 0,
        approvals: 0,
        shortGates: 0,
        approvedGates: 0,
      },
    });
  });

  test.each([
    [
      "scope",
      { ...charter, scope: { ...charter.scope, allowedPaths: ["src/**"] } },
      "The patch is refused for docs/b.md",
    ],
    [
      "forbidden zone",
      { ...charter, scope: { ...charter.scope, forbiddenPaths: ["docs/**"] } },
      "The patch is refused: forbidden are docs/b.md",
    ],
    [
      "size",
      { ...charter, scope: { ...charter.scope, maxChangedLines: 39 } },
      "The patch is refused for 40 lines; 39 may change",
    ],
    [
      "protection",
      { ...charter, scope: { ...charter.scope, protectedPaths: ["docs/**"] } },
      "The patch needs one approver more for docs/b.md",
    ],
    ["denied commands", controlled({ deniedCommands: ["git push"] }), "A command is refused: git push"],
    ["time", controlled({ maxRunMinutes: 10 }), "It is ended after 10 minutes; it took 12"],
    ["attempts", controlled({ maxAttempts: 1 }), "It fails when its runner was lost 1 time"],
    ["budget", controlled({ budgetRunCents: 100 }), "Its model stops at $1.00; it cost $1.50"],
  ])("with a tighter %s would have stopped it", (_name, other, sentence) => {
    expect(stopped(other)).toEqual([sentence]);
    expect(replay([run], 0, charter, other)).toMatchObject({
      stoppedCount: 1,
      stoppedMerged: 1,
      freedCount: 0,
    });
    expect(replay([run], 0, other, charter)).toMatchObject({
      stoppedCount: 0,
      freedCount: 1,
      freed: [{ sentence }],
    });
  });

  test("that has the agent ask would have asked about what neither reads nor is listed", () => {
    expect(stopped(controlled({ askMode: "unlisted", allowedCommands: ["npm run *"] }))).toEqual([
      "A command is asked about: git push",
    ]);
  });

  test("that lists a host frees what the other did not reach", () => {
    const open = {
      ...charter,
      environment: { ...charter.environment, setupHosts: ["packages.example.org"] },
    };
    expect(replay([run], 0, open, charter).stopped).toMatchObject([
      { sentence: "Setup does not reach packages.example.org:443" },
    ]);
    expect(replay([run], 0, charter, open).freedCount).toBe(1);
  });

  test("shows the first rows and counts all; a long command is cut", () => {
    const many = Array.from({ length: 80 }, (_, n) => ({
      ...run,
      runId: `run_${n}`,
      commands: [["x".repeat(500)]],
    }));
    const view = replay(many, 0, charter, controlled({ askMode: "unlisted" }));
    expect(view).toMatchObject({ stoppedCount: 80, stoppedMerged: 80 });
    expect(view.stopped).toHaveLength(50);
    expect(view.stopped[0]?.sentence.length).toBeGreaterThan(500);
    expect(shortened(view).stopped[0]?.sentence.length).toBeLessThan(200);
  });

  test("of a run without a patch says nothing of one", () => {
    const other = { ...charter, scope: { ...charter.scope, allowedPaths: ["src/**"] } };
    expect(stopped(other, [{ ...run, paths: null }])).toEqual([]);
  });
});

const givenAt = (gate: string, kind: string, more: Partial<GivenApproval> = {}): GivenApproval => ({
  ...{ gate, kind, isApproved: true, role: "reviewer", isSigned: false },
  ...more,
});

test("gates that people of other roles, or more of them, would have had to approve are counted", () => {
  const rule = {
    gate: "merge",
    roles: ["reviewer", "rol_1"],
    denials: 1,
    hours: 72,
    clock: "always",
  } as const;
  const of = (needed: number, given: readonly GivenApproval[]) =>
    replay([run], 0, charter, controlled({ gates: [{ ...rule, roles: [...rule.roles], needed }] }), given);
  const two = [givenAt("gat_1", "merge"), givenAt("gat_1", "merge", { role: "rol_1" })];
  expect(of(2, two)).toMatchObject({ shortGates: 0, approvedGates: 1 });
  expect(of(3, two)).toMatchObject({ shortGates: 1, approvedGates: 1 });
  const lead = givenAt("gat_1", "merge", { role: "security_lead" });
  expect(of(1, [lead, givenAt("gat_2", "amend")])).toMatchObject({ shortGates: 1, approvedGates: 2 });
  expect(of(1, [{ ...lead, isApproved: false }])).toMatchObject({ shortGates: 0, approvedGates: 0 });
});

test("approvals that would have been signed are counted among those that were given", () => {
  const given = [
    givenAt("gat_1", "merge", { isSigned: false }),
    givenAt("gat_1", "merge", { isSigned: true }),
    givenAt("gat_2", "command", { isSigned: false }),
  ];
  const of = (stepUp: Charter["controls"]["stepUp"]) =>
    replay([run], 0, charter, controlled({ stepUp }), given);
  expect(of("none")).toMatchObject({ unsigned: 0, approvals: 3 });
  expect(of("merge")).toMatchObject({ unsigned: 1, approvals: 3 });
  expect(of("every_gate")).toMatchObject({ unsigned: 2, approvals: 3 });
});
