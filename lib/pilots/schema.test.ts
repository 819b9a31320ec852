import { describe, expect, test } from "vitest";
import { defaultCharter } from "./defaults.ts";
import { fieldErrors } from "./form.ts";
import { PathGlob } from "./schema/words.ts";
import { Charter, PilotName, TimeZone } from "./schema.ts";

const REPOSITORY = `rep_${"0".repeat(22)}`;
const good = defaultCharter(REPOSITORY, "main", "2030-12-31");

/** The default charter with one leaf replaced. */
function withLeaf(path: string, value: unknown): unknown {
  const [part = "", key = ""] = path.split(".");
  const copy = structuredClone(good) as Record<string, Record<string, unknown>>;
  const target = copy[part];
  if (target) target[key] = value;
  return copy;
}

const faultsOf = (value: unknown): Record<string, string[]> => {
  const parsed = Charter.safeParse(value);
  return parsed.success ? {} : fieldErrors(parsed.error);
};

describe("the charter's schema", () => {
  test("accepts what a new charter starts from", () => {
    expect(Charter.parse(good)).toEqual(good);
  });

  test.each<[string, unknown[]]>([
    ["goal.statement", ["", "too short", "x".repeat(2001), 7, null]],
    ["goal.kind", ["", "merge", "Repair", null]],
    ["scope.repositoryId", ["", "rep_1", "pil_0000000000000000000000", `${REPOSITORY}0`]],
    ["scope.branch", ["", "-x", "a..b", "HEAD", "a b"]],
    ["scope.allowedPaths", [[], ["/etc/**"], ["../x"], ["a/../b"], ["**", "**"], "**"]],
    ["scope.protectedPaths", [["a\\b"], ["a\u0000b"], [":(exclude)a"], ["!a"]]],
    ["scope.forbiddenPaths", [["/etc"], ["../x"], ["a", "a"], "src"]],
    ["scope.repositoryLabels", [["PCI"], [""], ["a b"], ["x".repeat(41)], ["a", "a"], "pci", null]],
    ["scope.forbiddenLabels", [Array.from({ length: 21 }, (_, at) => `l${at}`), ["-a"]]],
    ["kpis.deputies", [["per_1"], ["ada"], null]],
    ["kpis.cadence", ["", "monthly", null]],
    ["rollback.onFailedRuns", ["", "revoke", null]],
    ["scope.kinds", [["merge"], ["repair", "repair"], "repair"]],
    ["scope.protectedClasses", [["ci_config"], ["ci", "ci"]]],
    ["scope.licences", [["MIT OR ISC"], ["(MIT)"], [""], ["MIT", "MIT"], "MIT", null]],
    ["scope.maxFiles", [-1, 10_001, 1.5, "3"]],
    ["scope.maxChangedLines", [-1, 1_000_001]],
    ["environment.setupMinutes", [-1, 1441]],
    ["environment.agentMinutes", [-1, 1441]],
    ["environment.verifyMinutes", [-1, 1441]],
    ["controls.launchers", [["reviewer"], ["security_lead", "security_lead"]]],
    ["controls.agents", [["agt_1"], ["per_0000000000000000000000"], "agt_0000000000000000000000"]],
    ["controls.models", [["a b"], ["-x"], [""], ["gpt-5", "gpt-5"]]],
    ["controls.workDays", [["monday"], ["mon", "mon"]]],
    ["controls.workFrom", ["9:00", "24:01", "25:00", "09:60", "", null]],
    ["controls.workTo", ["17", "17:0"]],
    ["controls.approvalClock", ["", "office"]],
    ["controls.requiredChecks", [["ci", "ci"], [""], [" ci"], ["ci\n"], ["<ci>"], "ci", null]],
    ["controls.canary", ["", "sometimes", null]],
    ["controls.protectedApproverRole", ["viewer", "", null]],
    ["controls.toolRead", ["", "mask", null]],
    ["controls.readGuardedPaths", [["/etc"], ["../x"], ["a", "a"], "secrets"]],
    ["controls.toolWrite", ["", "mask"]],
    ["controls.toolExecute", ["never"]],
    ["controls.toolNetwork", ["allow", ""]],
    ["goal.problem", ["x".repeat(2001), null]],
    ["kpis.owners", [["per_1"], ["ada"], Array.from({ length: 2 }, () => `per_${"0".repeat(22)}`)]],
    ["kpis.retentionDays", [-1, 36_501, 1.5]],
    ["rollback.exitCriteria", [["done"], ["targets_met", "targets_met"]]],
    ["environment.testArgv", [[], [""], ["a\nb"], Array.from({ length: 51 }, () => "x"), "node --test"]],
    [
      "environment.reportPath",
      ["", "/tmp/x.xml", "../x.xml", "a/../x.xml", "-x", ".git/x", "a//b", "a/", ".GIT/x", "a\\b"],
    ],
    ["environment.harnessPaths", [[], ["/x"]]],
    ["environment.repeats", [0, 21, 1.5, "3", Number.NaN, Number.POSITIVE_INFINITY]],
    ["environment.minimumTier", ["none", "", null]],
    ["environment.memoryMb", [255, 65_537, 512.5]],
    ["environment.diskMb", [63, 32_769]],
    ["environment.cpus", [0, 65, 0.5]],
    ["environment.processes", [15, 4097]],
    ["environment.setupArgv", [[""], ["a\nb"], Array.from({ length: 51 }, () => "x"), "npm ci", undefined]],
    [
      "environment.setupHosts",
      [
        ...[
          ["127.0.0.1"],
          ["0x7f.1"],
          ["[::1]"],
          ["localhost"],
          ["*"],
          ["*.org:0"],
          ["a.*.org"],
          ["a.org:65536"],
        ],
        ...[
          ["https://a.org"],
          ["a.org/x"],
          ["A.org"],
          ["a.org", "a.org"],
          ["u@a.org"],
          ["a..org"],
          ["1.2.3.4:80"],
        ],
      ],
    ],
    [
      "environment.setupPaths",
      [
        ["/a"],
        ["../a"],
        ["a/../b"],
        ["."],
        [".git"],
        ["a/.GIT"],
        ["a*"],
        ["a/"],
        ["-a"],
        ["a", "a/b"],
        ["a", "a"],
      ],
    ],
    ["environment.setupScripts", ["", "yes", null]],
    ["environment.artefactPaths", [["/a"], ["../a"], [".git"], ["a*"], ["a/"], ["a", "a"], "a", null]],
    ["environment.artefactCount", [0, 201, 1.5]],
    ["environment.artefactMb", [0, 65]],
    ["environment.artefactDays", [0, 3651]],
    ["controls.approverCount", [0, 4]],
    ["controls.approverRoles", [[], ["viewer"], ["administrator"], ["reviewer", "reviewer"]]],
    ["controls.approvalHours", [0, 721]],
    ["controls.maxRunMinutes", [0, 1441]],
    ["controls.maxAttempts", [0, 11]],
    ["controls.maxConcurrentRuns", [0, 21]],
    ["controls.extraApproverOnFlags", ["on", 1, null]],
    ["controls.stepUp", ["", "always", true, null]],
    ["controls.budgetRunCents", [-1, 0.5, "5", 100_000_001]],
    ["controls.budgetDayCents", [-1, Number.NaN]],
    ["controls.budgetPilotCents", [-1, null]],
    ["controls.outboundSecret", ["", "ask", null]],
    ["controls.outboundCardNumber", ["Block"]],
    ["controls.outboundEmail", [true]],
    ["controls.outboundIban", [undefined]],
    ["controls.outboundOwn", ["", "ask"]],
    ["controls.ownPatterns", [["a*bcd"], ["abc"], ["abcd", "abcd"], "abcd", undefined]],
    ["controls.askMode", ["", "always", null]],
    ["controls.allowedCommands", [["'open"], ["*"], ["a\nb"], ["ls", "ls"], [""], ["a  b"], "ls"]],
    ["controls.deniedCommands", [["* x"], [" "], Array.from({ length: 101 }, (_, n) => `x${n}`)]],
    ["controls.unattended", ["allow", ""]],
    ["controls.askMinutes", [0, 1441]],
    ["controls.driftPause", [-1, 101, 0.5, "70"]],
    ["controls.anchorTurns", [-1, 1001]],
    ["controls.anchorMinutes", [-1, 1441]],
    ["controls.anchorTokens", [-1, 100_000_001, null]],
    [
      "goal.metrics",
      [
        ...[{ target: -1 }, { target: 2.5 }, { kpi: "velocity" }, { baseline: 3 }, { source: "x" }],
        ...[
          { baseline: 3, source: "x".repeat(161) },
          { kpi: "failed_share", target: 101 },
          { kpi: "revert_rate", target: 101 },
        ],
        ...[
          { baseline: 3, source: "a\u0007b" },
          { kpi: "failed_share", baseline: 101, source: "CI" },
        ],
      ].map((change) => [{ kpi: "throughput", target: 3, baseline: null, source: "", ...change }]),
    ],
    ["goal.metrics", [[...good.goal.metrics, ...good.goal.metrics], "throughput", null]],
    ["goal.runsPerWeek", [-1, 1001, 0.5]],
    ["goal.baselineDays", [-1, 6, 29, 7.5]],
    ["kpis.minimumSample", [1, 1001]],
    ["rollback.pauseAfterFailedRuns", [0, 51]],
    ["rollback.maxRuns", [0, 10_001]],
    ["rollback.endsOn", ["", "tomorrow", "2030-02-30", "2030-12-31T00:00:00Z", "31.12.2030"]],
  ])("refuses bad values of %s beside that field, in a sentence", (path, values) => {
    for (const value of values) {
      const faults = faultsOf(withLeaf(path, value));
      expect(Object.keys(faults), `${path} = ${JSON.stringify(value)}`).toContain(path);
      // A memory out of range is also told where it is too small for the disk.
      // A setup command that cannot be read is one, and asks for its folders.
      if (path !== "environment.memoryMb" && path !== "environment.setupArgv")
        expect(Object.keys(faults)).toHaveLength(1);
      for (const sentence of faults[path] ?? []) expect(sentence).toMatch(/[.]$|^Invalid/);
    }
  });

  test("refuses a missing leaf and a missing part", () => {
    const { goal: _goal, ...rest } = good;
    expect(Charter.safeParse(rest).success).toBe(false);
    expect(Object.keys(faultsOf(withLeaf("controls.maxAttempts", undefined)))).toEqual([
      "controls.maxAttempts",
    ]);
  });

  test("probe: a leaf nothing enforces is refused, at the top and inside a part", () => {
    expect(Charter.safeParse({ ...good, budget: { usd: 5 } }).success).toBe(false);
    expect(Charter.safeParse({ ...good, controls: { ...good.controls, network: "open" } }).success).toBe(
      false,
    );
    expect(
      Charter.safeParse(
        JSON.parse(JSON.stringify(good).replace('"goal":{', '"goal":{"__proto__":{"kind":"triage"},')),
      ).success,
    ).toBe(false);
  });

  test("the working tree must be smaller than the memory it lies in", () => {
    const charter = structuredClone(good);
    charter.environment.diskMb = charter.environment.memoryMb;
    expect(faultsOf(charter)).toEqual({
      "environment.diskMb": ["The working tree lies in memory: give it less than the memory."],
    });
  });

  test("a statement is trimmed before it is measured", () => {
    expect(faultsOf(withLeaf("goal.statement", `   short${" ".repeat(50)}`))).toHaveProperty([
      "goal.statement",
    ]);
  });
});

describe("a path pattern", () => {
  test.each(["**", "src/**", "**/*.test.*", ".github/**", "a b/c", "src/?.ts", "ä/ö", "-x", "package.json"])(
    "%j is one",
    (glob) => {
      expect(PathGlob.safeParse(glob).success).toBe(true);
    },
  );

  test.each([
    "",
    "/",
    "/a",
    "a/",
    "a//b",
    ".",
    "..",
    "./a",
    "a/./b",
    "a/..",
    "a**",
    "**a",
    "a/**b/c",
    "[ab]",
    "{a,b}",
    "a\\*",
    ":/a",
    ":(glob)a",
    "!a",
    "a\tb",
    "a\nb",
    "x".repeat(301),
  ])("probe: %j is refused", (glob) => {
    expect(PathGlob.safeParse(glob).success).toBe(false);
  });
});

describe("a time zone", () => {
  test.each(["UTC", "Europe/Berlin", "America/Argentina/Buenos_Aires", "Etc/GMT+5", "Asia/Kolkata"])(
    "%s is one",
    (zone) => {
      expect(TimeZone.safeParse(zone).success).toBe(true);
    },
  );

  test.each([
    "",
    "+01:00",
    "-05",
    "Mars/Base",
    "Europe/Berlin'; drop table pilot; --",
    "Europe",
    "../etc/passwd",
    "x".repeat(61),
  ])("probe: %j is refused", (zone) => {
    expect(TimeZone.safeParse(zone).success).toBe(false);
  });
});

describe("a pilot's name", () => {
  test("is trimmed and holds no control characters", () => {
    expect(PilotName.parse("  Nightly  ")).toBe("Nightly");
    for (const name of ["", "ab", "x".repeat(81), "a\u0007bc", "a\nbc"])
      expect(PilotName.safeParse(name).success).toBe(false);
  });
});
