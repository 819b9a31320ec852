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
      goal: { statement: "Keep main green – überall.", kind: "repair" },
      scope: {
        repositoryId: good.scope.repositoryId,
        branch: "main",
        allowedPaths: ["**"],
        protectedPaths: [],
      },
      environment: {
        ...{ testArgv: ["node", "--test"], reportPath: "r.xml", harnessPaths: ["test/**"], repeats: 3 },
        ...{ minimumTier: "weak", memoryMb: 1024, diskMb: 512, cpus: 1, processes: 64 },
        ...{ setupArgv: [], setupHosts: [], setupPaths: [], setupScripts: "off" },
      },
      controls: {
        ...{
          approverCount: 1,
          approverRoles: ["reviewer"],
          approvalHours: 24,
          maxRunMinutes: 30,
          maxAttempts: 3,
        },
        ...{ maxConcurrentRuns: 1, extraApproverOnFlags: true },
        ...{ budgetRunCents: 500, budgetDayCents: 5000, budgetPilotCents: 50_000 },
        ...{ outboundSecret: "block", outboundCardNumber: "mask" },
        ...{ outboundEmail: "allow", outboundIban: "allow" },
        ...{ outboundOwn: "mask", ownPatterns: ["CUST-[0-9]{6}"] },
        ...{ askMode: "unlisted", allowedCommands: ["npm run *"], deniedCommands: ["git push"] },
        ...{ unattended: "park", askMinutes: 20 },
        ...{ driftPause: 60, anchorTurns: 8, anchorMinutes: 30, anchorTokens: 200_000 },
      },
      kpis: { throughputPerWeek: 3, agentLeadTimeHours: 24, reviewToMergeHours: 8, minimumSample: 5 },
      rollback: { pauseAfterFailedRuns: 3, maxRuns: 100, endsOn: "2030-12-31" },
    };
    expect(charterDigest(charter)).toBe("db21e6ec5c57b4ec4f9b7f680e9530066679f36713c51e9f017a18730e708046");
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

  test("of before there was a setup phase is read as one without", () => {
    const { environment, ...parts } = JSON.parse(charterText(good));
    const before = Object.entries(environment).filter(([name]) => !name.startsWith("setup"));
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

  test("of before charters named patterns of their own is read as one that names none", () => {
    const { v, controls, ...parts } = JSON.parse(charterText(good));
    const before = Object.entries(controls).filter(([name]) => !/^(outboundOwn|ownPatterns)$/.test(name));
    const old = parseCharter(JSON.stringify({ v, ...parts, controls: Object.fromEntries(before) }));
    expect(old.controls).toMatchObject({ outboundOwn: "block", ownPatterns: [] });
    const half = Object.fromEntries([...before, ["outboundOwn", "mask"]]);
    expect(() => parseCharter(JSON.stringify({ v, ...parts, controls: half }))).toThrow();
  });

  test("changes its digest with every leaf", () => {
    const values = charterValues(good);
    const changed: Record<string, string | string[]> = {
      "goal.statement": "Something else altogether.",
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
