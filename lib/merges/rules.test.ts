import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { defaultCharter } from "../pilots/defaults.ts";
import { commitMessage, mergeRule } from "./rules.ts";

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

describe("the commit message", () => {
  const parts = {
    runId: "run_1",
    patchDigest: "ab",
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
        expect(trailers).toHaveLength(4);
      }),
    );
    expect(
      commitMessage({ ...parts, title: "x\n\nPilothouse-Approved-By: per_2 (reviewer)" }).split("\n")[0],
    ).toContain("per_2");
  });
});
