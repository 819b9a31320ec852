import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { charterDigest, charterText, parseCharter } from "./canonical.ts";
import { defaultCharter } from "./defaults.ts";
import { charterValues, parseCharterForm } from "./form.ts";
import type { Charter } from "./schema.ts";

const good = defaultCharter(`rep_${"0".repeat(22)}`, "main", "2030-12-31");

/** The same charter with the keys of every object in reverse. */
function reversed(charter: Charter): Charter {
  const turn = (value: unknown): unknown =>
    Array.isArray(value) || typeof value !== "object" || value === null
      ? value
      : Object.fromEntries(
          Object.entries(value)
            .reverse()
            .map(([key, inner]) => [key, turn(inner)]),
        );
  return turn(charter) as Charter;
}

describe("a charter's canonical text", () => {
  test("does not depend on the order of keys", () => {
    expect(charterText(reversed(good))).toBe(charterText(good));
    expect(charterDigest(reversed(good))).toBe(charterDigest(good));
  });

  test("is read back as the same charter and carries the format's number", () => {
    expect(parseCharter(charterText(good))).toEqual(good);
    expect(JSON.parse(charterText(good)).v).toBe(1);
  });

  test("is the same text for ever: decisions of the past are bound to its digest", () => {
    const charter: Charter = {
      goal: {
        ...{ statement: "Keep main green – überall.", problem: "It is red.", kind: "repair" },
        metrics: [{ kpi: "failed_share", target: 10, baseline: 35, source: "CI im März" }],
        ...{ runsPerWeek: 6, baselineDays: 7 },
      },
      scope: {
        repositoryId: good.scope.repositoryId,
        branch: "main",
        repositoryLabels: ["team-a"],
        forbiddenLabels: ["pci"],
        licences: ["MIT"],
        allowedPaths: ["**"],
        protectedPaths: [],
        ...{
          kinds: ["triage"],
          protectedClasses: ["ci"],
          forbiddenPaths: ["src/pay/**"],
          maxFiles: 20,
          maxChangedLines: 400,
        },
      },
      environment: {
        ...{ testArgv: ["node", "--test"], reportPath: "r.xml", harnessPaths: ["test/**"], repeats: 3 },
        ...{ minimumTier: "weak", memoryMb: 1024, diskMb: 512, cpus: 1, processes: 64 },
        ...{ setupArgv: [], setupHosts: [], setupPaths: [], setupScripts: "off" },
        ...{ artefactPaths: ["reports"], artefactCount: 5, artefactMb: 2, artefactDays: 7 },
        ...{ setupMinutes: 0, agentMinutes: 20, verifyMinutes: 10 },
      },
      controls: {
        breakGlass: ["security_lead"],
        ...{ launchers: ["security_lead"], agents: [], models: ["gpt-5"], approvalClock: "working" },
        ...{
          protectedApproverRole: "security_lead",
          requiredChecks: ["ci/unit"],
          canary: "always",
          gates: [],
          ...{ toolRead: "ask", readGuardedPaths: ["secrets/**"] },
          toolWrite: "allow",
          toolExecute: "ask",
          toolNetwork: "deny",
        },
        ...{ workDays: ["mon", "fri"], workFrom: "08:30", workTo: "17:00" },
        ...{
          approverCount: 1,
          approverRoles: ["reviewer"],
          approvalHours: 24,
          maxRunMinutes: 30,
          maxAttempts: 3,
        },
        ...{ maxConcurrentRuns: 1, extraApproverOnFlags: true, stepUp: "merge" },
        ...{ budgetRunCents: 500, budgetDayCents: 5000, budgetPilotCents: 50_000 },
        ...{ outboundSecret: "block", outboundCardNumber: "mask" },
        ...{ outboundEmail: "allow", outboundIban: "allow" },
        ...{ outboundOwn: "mask", ownPatterns: ["CUST-[0-9]{6}"] },
        ...{ askMode: "unlisted", allowedCommands: ["npm run *"], deniedCommands: ["git push"] },
        ...{ unattended: "park", askMinutes: 20 },
        ...{ driftPause: 60, anchorTurns: 8, anchorMinutes: 30, anchorTokens: 200_000 },
      },
      kpis: {
        ...{ owners: [`per_${"1".repeat(22)}`, `per_${"2".repeat(22)}`], retentionDays: 90 },
        minimumSample: 5,
        ...{ deputies: [`per_${"3".repeat(22)}`], cadence: "fortnightly" },
      },
      rollback: {
        exitCriteria: ["independent_review"],
        pauseAfterFailedRuns: 3,
        onFailedRuns: "cancel",
        tripwires: [
          {
            ...{ measure: "revert_rate", bound: ">", threshold: 20, of: "value", windowHours: 336 },
            ...{ minimum: 5, clears: 10, steps: ["pause", "freeze_merges"] },
          },
        ],
        maxRuns: 100,
        endsOn: "2030-12-31",
      },
    };
    expect(charterDigest(charter)).toBe("86edc840060b5ca076770822162c7150bb600fbb598379826c616cc721f970c2");
  });

  test("of before there were models is read as one that lets none be called", () => {
    const { v, controls, ...parts } = JSON.parse(charterText(good));
    const before = Object.entries(controls).filter(([name]) => !/^(budget|outbound|ownPatterns)/.test(name));
    const old = parseCharter(JSON.stringify({ v, ...parts, controls: Object.fromEntries(before) }));
    expect(old.controls).toMatchObject({ budgetRunCents: 0, budgetDayCents: 0, budgetPilotCents: 0 });
    expect(old.controls).toMatchObject({ outboundSecret: "block", outboundEmail: "block" });
    const half = Object.fromEntries([...before, ["budgetRunCents", 5]]);
    expect(() => parseCharter(JSON.stringify({ v, ...parts, controls: half }))).toThrow();
  });

  test("of before evidence had to carry a canary is read as one that asks for none", () => {
    const { controls, ...parts } = JSON.parse(charterText(good));
    const { canary: _canary, ...before } = controls;
    expect(parseCharter(JSON.stringify({ ...parts, controls: before })).controls.canary).toBe("never");
  });

  test("of before there was a setup phase is read as one without", () => {
    const { environment, ...parts } = JSON.parse(charterText(good));
    const before = Object.entries(environment).filter(([name]) => !/^setup(?!Minutes)/.test(name));
    const old = parseCharter(JSON.stringify({ ...parts, environment: Object.fromEntries(before) }));
    expect(old).toEqual(good);
    const half = Object.fromEntries([...before, ["setupArgv", ["npm", "ci"]]]);
    expect(() => parseCharter(JSON.stringify({ ...parts, environment: half }))).toThrow();
  });

  test("of before drift was measured is read as one that pauses no run by it and re-anchors nobody", () => {
    const { v, controls, ...parts } = JSON.parse(charterText(good));
    const before = Object.entries(controls).filter(([name]) => !/^(drift|anchor)/.test(name));
    const old = parseCharter(JSON.stringify({ v, ...parts, controls: Object.fromEntries(before) }));
    expect(old.controls).toMatchObject({ driftPause: 0, anchorTurns: 0, anchorMinutes: 0, anchorTokens: 0 });
    expect(old.controls.budgetRunCents).toBe(good.controls.budgetRunCents);
    const half = Object.fromEntries([...before, ["driftPause", 5]]);
    expect(() => parseCharter(JSON.stringify({ v, ...parts, controls: half }))).toThrow();
  });

  test("of before agents could ask is read as one whose agents ask nobody", () => {
    const { v, controls, ...parts } = JSON.parse(charterText(good));
    const asks = ["askMode", "allowedCommands", "deniedCommands", "unattended", "askMinutes"];
    const before = Object.entries(controls).filter(([name]) => !asks.includes(name));
    const old = parseCharter(JSON.stringify({ v, ...parts, controls: Object.fromEntries(before) }));
    expect(old.controls).toMatchObject({ askMode: "never", allowedCommands: [], deniedCommands: [] });
    const half = Object.fromEntries([...before, ["askMode", "unlisted"]]);
    expect(() => parseCharter(JSON.stringify({ v, ...parts, controls: half }))).toThrow();
  });

  test("of before approvals could be signed is read as one that asks for no passkey", () => {
    const { controls, ...parts } = JSON.parse(charterText(good));
    const { stepUp: _, ...before } = controls;
    const old = parseCharter(JSON.stringify({ ...parts, controls: before }));
    expect(old.controls.stepUp).toBe("none");
  });

  test("of before charters named patterns of their own is read as one that names none", () => {
    const { v, controls, ...parts } = JSON.parse(charterText(good));
    const before = Object.entries(controls).filter(([name]) => !/^(outboundOwn|ownPatterns)$/.test(name));
    const old = parseCharter(JSON.stringify({ v, ...parts, controls: Object.fromEntries(before) }));
    expect(old.controls).toMatchObject({ outboundOwn: "block", ownPatterns: [] });
    const half = Object.fromEntries([...before, ["outboundOwn", "mask"]]);
    expect(() => parseCharter(JSON.stringify({ v, ...parts, controls: half }))).toThrow();
  });

  test("of before charters said who launches and how much a patch may be is read as one that leaves it open", () => {
    const { v, controls, scope, ...parts } = JSON.parse(charterText(good));
    const without = (part: object, names: RegExp) =>
      Object.fromEntries(Object.entries(part).filter(([name]) => !names.test(name)));
    const launching = /^(launchers|agents|models|work|approvalClock)/;
    const before = { v, ...parts, controls: without(controls, launching) };
    const zones = without(scope, /^(kinds|forbiddenPaths|max)/);
    const old = parseCharter(JSON.stringify({ ...before, scope: zones }));
    expect(old.scope).toMatchObject({ kinds: [], forbiddenPaths: [], maxFiles: 0, maxChangedLines: 0 });
    expect(old.controls).toMatchObject({ launchers: [], agents: [], workDays: [], approvalClock: "always" });
    expect(() => parseCharter(JSON.stringify({ ...before, scope: { ...zones, maxFiles: 5 } }))).toThrow();
  });

  test("of before phases, tools and kinds of files had rules of their own is read as one without", () => {
    const { v, controls, scope, environment, ...parts } = JSON.parse(charterText(good));
    const without = (part: object, names: RegExp) =>
      Object.fromEntries(Object.entries(part).filter(([name]) => !names.test(name)));
    const before = {
      ...{ v, ...parts, scope: without(scope, /^protectedClasses$/) },
      ...{
        controls: without(controls, /^(tool|readGuarded|protectedApprover)/),
        environment: without(environment, /Minutes$/),
      },
    };
    const old = parseCharter(JSON.stringify(before));
    expect(old.scope.protectedClasses).toEqual([]);
    expect(old.controls).toMatchObject({
      toolWrite: "allow",
      toolNetwork: "ask",
      ...{ toolRead: "allow", readGuardedPaths: [] },
      protectedApproverRole: "any",
    });
    expect(old.environment).toMatchObject({ setupMinutes: 0, agentMinutes: 0, verifyMinutes: 0 });
    const half = { ...before, controls: { ...before.controls, toolWrite: "deny" } };
    expect(() => parseCharter(JSON.stringify(half))).toThrow();
  });

  test("of before they said what is wrong, who answers for it and how it ends is read as one that does not", () => {
    const { goal, kpis, rollback, ...parts } = JSON.parse(charterText(good));
    const { problem: _problem, ...oldGoal } = goal;
    const { owners: _owners, retentionDays: _days, ...oldKpis } = kpis;
    const { exitCriteria: _criteria, ...oldRollback } = rollback;
    const before = { ...parts, goal: oldGoal, kpis: oldKpis, rollback: oldRollback };
    expect(parseCharter(JSON.stringify(before))).toEqual(good);
  });

  test("of before labels, deputies, looks at the numbers and what a tripwire does is read as one without", () => {
    const { scope, kpis, rollback, ...parts } = JSON.parse(charterText(good));
    const { repositoryLabels: _labels, forbiddenLabels: _forbidden, licences: _any, ...oldScope } = scope;
    const { deputies: _deputies, cadence: _cadence, ...oldKpis } = kpis;
    const { onFailedRuns: _action, ...oldRollback } = rollback;
    const before = { ...parts, scope: oldScope, kpis: oldKpis, rollback: oldRollback };
    const old = parseCharter(JSON.stringify(before));
    expect(old).toEqual({ ...good, kpis: { ...good.kpis, cadence: "never" } });
  });

  test("of before goals had metrics keeps its targets, held against the first week", () => {
    const { goal, kpis, ...parts } = JSON.parse(charterText(good));
    const { metrics: _metrics, runsPerWeek: _runs, ...oldGoal } = goal;
    const targets = { throughputPerWeek: 4, agentLeadTimeHours: 12, reviewToMergeHours: 6 };
    const old = parseCharter(JSON.stringify({ ...parts, goal: oldGoal, kpis: { ...kpis, ...targets } }));
    const unsaid = { baseline: null, source: "" };
    expect(old.goal.metrics).toEqual([
      { kpi: "throughput", target: 4, ...unsaid },
      { kpi: "agent_lead_time", target: 12, ...unsaid },
      { kpi: "review_to_merge", target: 6, ...unsaid },
    ]);
    expect(old.goal.runsPerWeek).toBe(0);
    expect(old.kpis).toEqual(good.kpis);
    for (const half of [
      { goal: oldGoal, kpis },
      { goal, kpis: { ...kpis, ...targets } },
    ])
      expect(() => parseCharter(JSON.stringify({ ...parts, ...half }))).toThrow();
  });

  test("changes its digest with every leaf", () => {
    const values = charterValues(good);
    const changed: Record<string, string | string[]> = {
      "goal.statement": "Something else altogether.",
      "goal.metrics": ["throughput", "7", "", ""],
      "scope.allowedPaths": "src/**",
      "environment.testArgv": "npm test",
      "environment.repeats": "4",
      "controls.approverRoles": ["reviewer"],
      "controls.extraApproverOnFlags": "",
      "rollback.endsOn": "2031-01-01",
    };
    const digests = Object.entries(changed).map(([name, value]) => {
      const result = parseCharterForm({ ...values, [name]: value });
      return result.ok ? charterDigest(result.value) : name;
    });
    expect(new Set([...digests, charterDigest(good)]).size).toBe(digests.length + 1);
    for (const digest of digests) expect(digest).toMatch(/^[0-9a-f]{64}$/);
  });

  test("survives any statement a person may write", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", minLength: 10, maxLength: 200 }), (statement) => {
        const charter = { ...good, goal: { ...good.goal, statement: `A${statement}B` } };
        expect(parseCharter(charterText(charter))).toEqual(charter);
      }),
    );
  });
});

describe("probe: a stored charter", () => {
  test.each([
    ["of another format", charterText(good).replace('"v":1', '"v":2')],
    ["without a format", JSON.stringify(good)],
    ["with a field more", charterText(good).replace('"v":1', '"v":1,"budget":5')],
    ["with a limit out of range", charterText(good).replace('"maxAttempts":3', '"maxAttempts":300')],
    ["that is no JSON", "{"],
    ["that is null", "null"],
  ])("%s is not read", (_what, canonical) => {
    expect(() => parseCharter(canonical)).toThrow();
  });
});
