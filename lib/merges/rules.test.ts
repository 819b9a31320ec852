import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { PatchFlag } from "../patches/schema.ts";
import { defaultCharter } from "../pilots/defaults.ts";
import type { Charter } from "../pilots/schema.ts";
import { commitMessage, isApproverIn, mergeRule } from "./rules.ts";

const charter = defaultCharter("rep_000000000aaaaaaaaaaaaa", "main", "2030-01-01");
const flag = {
  rule: "protected_path",
  severity: "extra_approver" as const,
  path: "ci.yml",
  sentence: "ci.yml is protected.",
};

describe("the rule of a merge", () => {
  it("asks for the charter's approvers and bars who launched", () => {
    const rule = mergeRule(charter, [], ["per_1"]);
    expect(rule.needed).toBe(charter.controls.approverCount);
    expect(rule.barred).toEqual(["per_1"]);
  });

  it("asks for one person more when a flag says so and the charter agrees", () => {
    const strict = { ...charter, controls: { ...charter.controls, extraApproverOnFlags: true } };
    const lax = { ...charter, controls: { ...charter.controls, extraApproverOnFlags: false } };
    expect(mergeRule(strict, [flag, flag], []).needed).toBe(charter.controls.approverCount + 1);
    expect(mergeRule(strict, [{ ...flag, severity: "notice" }], []).needed).toBe(
      charter.controls.approverCount,
    );
    expect(mergeRule(lax, [flag], []).needed).toBe(charter.controls.approverCount);
  });
});

describe("protected kinds of files", () => {
  const having = (
    protectedClasses: Charter["scope"]["protectedClasses"],
    controls: Partial<Charter["controls"]>,
  ): Charter => ({
    ...{ ...charter, scope: { ...charter.scope, protectedClasses } },
    controls: { ...charter.controls, extraApproverOnFlags: false, ...controls },
  });
  const flagged = (rule: string, severity: PatchFlag["severity"] = "extra_approver") => [
    { ...flag, rule, severity },
  ];
  const approverRoles: Charter["controls"]["approverRoles"] = ["reviewer", "engineering_lead"];

  it.each([
    ["ci", "ci_config"],
    ["lockfiles", "lockfile_change"],
    ["lockfiles", "package_manager_config"],
    ["agent_rules", "agent_rules"],
    ["code_owners", "code_owners"],
    ["tests", "test_integrity"],
    ["tests", "test_added"],
  ] as const)(
    "of class %s ask for one person more where the patch has %s, whatever else is off",
    (one, rule) => {
      expect(mergeRule(having([one], {}), flagged(rule, "notice"), []).needed).toBe(2);
      expect(mergeRule(having([], {}), flagged(rule), []).needed).toBe(1);
      expect(mergeRule(having([one], {}), flagged("mode_change"), []).needed).toBe(1);
    },
  );

  it("ask for one who holds the charter's role, who decides with it though others are named first", () => {
    const strict = having(["ci"], { approverRoles, protectedApproverRole: "security_lead" });
    expect(mergeRule(strict, flagged("ci_config"), [])).toMatchObject({
      ...{ needed: 2, mustHold: "security_lead" },
      roles: ["security_lead", "reviewer", "engineering_lead"],
    });
    expect(mergeRule(strict, flagged("protected_path"), []).mustHold).toBe("security_lead");
    expect(mergeRule(strict, flagged("mode_change"), [])).toEqual({
      needed: 1,
      roles: approverRoles,
      barred: [],
    });
  });

  it("ask for what a later charter in force wants of them, and keep what the run's own wanted", () => {
    const lax = having([], { approverRoles });
    const strict = having(["ci"], { approverRoles, protectedApproverRole: "security_lead" });
    for (const [own, inForce] of [
      [lax, strict],
      [strict, lax],
    ] as const)
      expect(mergeRule(own, flagged("ci_config"), [], false, inForce)).toMatchObject({
        ...{ needed: 2, mustHold: "security_lead" },
      });
  });

  it("probe: are not approved by less than one of both charters wants, whichever came first", () => {
    const lesser = having(["ci"], { approverRoles, protectedApproverRole: "reviewer" });
    const strict = having(["ci"], { approverRoles, protectedApproverRole: "security_lead" });
    for (const [own, inForce] of [
      [lesser, strict],
      [strict, lesser],
    ] as const)
      expect(mergeRule(own, flagged("ci_config"), [], false, inForce).mustHold).toBe("security_lead");
  });
});

describe("the commit message", () => {
  const parts = {
    runId: "run_1",
    patchDigest: "ab",
    charterDigest: "ef",
    gateId: "gat_1",
    gateDigest: "cd",
    approvers: [{ personId: "per_1", role: "reviewer" }],
  };

  it("leads back to run, patch, decision and approvers", () => {
    const message = commitMessage({ ...parts, title: "Repair rounding" });
    expect(message.split("\n")[0]).toBe("Repair rounding");
    expect(message).toContain("Pilothouse-Run: run_1\n");
    expect(message).toContain("Pilothouse-Decision: gat_1 sha256:cd\n");
    expect(message).toContain("Pilothouse-Approved-By: per_1 (reviewer)\n");
    expect(message).toContain("Pilothouse-Charter: sha256:ef\n");
    expect(message).toContain("Pilothouse-Attestation: refs/notes/pilothouse\n");
  });

  it("probe: names who approved in its trailers, and nobody by its title", () => {
    const named = { personId: "per_1", role: "reviewer" };
    const other = { personId: "per_2", role: "reviewer" };
    for (const title of [
      "Repair",
      "Pilothouse-Approved-By: per_2 (reviewer)",
      "x\nApproved-By: per_2 (reviewer)",
    ]) {
      const message = commitMessage({ ...parts, title });
      expect([isApproverIn(message, named), isApproverIn(message, other)]).toEqual([true, false]);
    }
    expect(isApproverIn(commitMessage({ ...parts, title: "x" }), { personId: "per_1", role: "review" })).toBe(
      false,
    );
  });

  it("probe: a title cannot forge a trailer or hide characters", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (title) => {
        const [subject = "", blank, ...trailers] = commitMessage({ ...parts, title })
          .trimEnd()
          .split("\n");
        expect(subject).not.toMatch(/[\p{Cc}\p{Cf}]/u);
        expect(subject).not.toBe("");
        expect(blank).toBe("");
        expect(trailers).toHaveLength(6);
      }),
    );
    expect(
      commitMessage({ ...parts, title: "x\n\nPilothouse-Approved-By: per_2 (reviewer)" }).split("\n")[0],
    ).toContain("per_2");
  });
});
