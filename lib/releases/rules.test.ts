import { describe, expect, test } from "vitest";
import { GateStatus } from "../gates/schema.ts";
import { defaultCharter } from "../pilots/defaults.ts";
import type { Charter } from "../pilots/schema.ts";
import { callbackOf, mayAskAgain, releaseRule, releaseStatus } from "./rules.ts";
import { AskRelease } from "./schema.ts";

const base = defaultCharter("rep_1", "main", "2030-12-31");
const charter = (controls: Partial<Charter["controls"]>): Charter => ({
  ...base,
  controls: { ...base.controls, ...controls },
});

describe("who decides on a release", () => {
  test("leads alone: those whom the charter names, or both where it names none", () => {
    const rule = (approverRoles: Charter["controls"]["approverRoles"]) =>
      releaseRule(charter({ approverRoles, approverCount: 2 }), ["per_1"]);
    expect(rule(["reviewer", "security_lead"])).toEqual({
      needed: 2,
      roles: ["security_lead"],
      barred: ["per_1"],
    });
    expect(rule(["reviewer"]).roles).toEqual(["engineering_lead", "security_lead"]);
  });
});

describe("what a pipeline is told", () => {
  test("yes for what was approved, and for nothing else", () => {
    expect(GateStatus.options.filter((status) => releaseStatus(status) === "approved")).toEqual(["approved"]);
    const states = GateStatus.options.map(
      (status) => callbackOf(releaseStatus(status), "production", "ab")?.state,
    );
    expect(states).toEqual([undefined, "approved", "rejected", "rejected", "rejected"]);
    expect(callbackOf("approved", "production", "ab")).toEqual({
      environment_name: "production",
      state: "approved",
      comment: "Approved in Pilothouse. Decision sha256:ab.",
    });
  });

  test("it asks anew where nobody said no", () => {
    expect(GateStatus.options.filter(mayAskAgain)).toEqual(["expired", "void"]);
  });
});

const sha = "a".repeat(40);
const digest = `sha256:${"b".repeat(64)}`;
const asked = { pilotId: "pil_1", environment: "production", deployment: { sha }, artifact: { digest } };

describe("what it asks", () => {
  test("names a pilot or a repository", () => {
    const { pilotId: _, ...rest } = asked;
    expect(AskRelease.safeParse(asked).success).toBe(true);
    expect(AskRelease.safeParse({ ...rest, repositoryId: "rep_1" }).success).toBe(true);
    expect(AskRelease.safeParse(rest).success).toBe(false);
    expect(AskRelease.safeParse({ ...asked, repositoryId: "rep_1" }).success).toBe(false);
  });

  test.each([
    ["a short commit", { deployment: { sha: "abc1234" } }],
    ["a branch", { deployment: { sha: "main" } }],
    ["a tag of an image", { artifact: { digest: "app:latest" } }],
    ["another hash", { artifact: { digest: `sha1:${"b".repeat(40)}` } }],
    ["an environment of several lines", { environment: "production\nstaging" }],
    ["no environment", { environment: "" }],
    ["something more", { approved: true }],
  ])("probe: %s is refused", (_, more) => {
    expect(AskRelease.safeParse({ ...asked, ...more }).success).toBe(false);
  });
});
