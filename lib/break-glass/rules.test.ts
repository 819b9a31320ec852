import { describe, expect, test } from "vitest";
import { defaultCharter } from "../pilots/defaults.ts";
import type { Charter } from "../pilots/schema.ts";
import { glassRole, glassRoles, reviewRule } from "./rules.ts";
import { BreakGlass } from "./schema.ts";

const base = defaultCharter("rep_1", "main", "2030-12-31");
const naming = (...breakGlass: Charter["controls"]["breakGlass"]): Charter => ({
  ...base,
  controls: { ...base.controls, breakGlass },
});

describe("who may break the glass", () => {
  test("nobody where no charter says it; only whom both charters name", () => {
    expect(base.controls.breakGlass).toEqual([]);
    expect(glassRoles(naming("security_lead", "engineering_lead"), naming("security_lead"))).toEqual([
      "security_lead",
    ]);
    expect(glassRoles(naming("security_lead"), naming())).toEqual([]);
    expect(glassRoles(naming(), naming("security_lead"))).toEqual([]);
  });

  test("probe: a role on another pilot, another role, a deputy's or a token's is none of them", () => {
    const by = (grant: Parameters<typeof glassRole>[1]["grants"][number]) =>
      glassRole(["security_lead"], { personId: "per_1", grants: [grant] }, "pil_1");
    expect(by({ role: "security_lead", pilotId: null })).toBe("security_lead");
    expect(by({ role: "security_lead", pilotId: "pil_1" })).toBe("security_lead");
    expect(by({ role: "security_lead", pilotId: "pil_2" })).toBeNull();
    expect(by({ role: "engineering_lead", pilotId: null })).toBeNull();
    expect(by({ role: "security_lead", pilotId: null, permissions: ["gate.decide"] })).toBeNull();
  });

  test("says why, in a sentence", () => {
    const wanted = { runId: "run_1", patch: "a".repeat(64) };
    expect(BreakGlass.safeParse({ ...wanted, reason: "x".repeat(20) }).success).toBe(true);
    expect(BreakGlass.safeParse({ ...wanted, reason: `${"x".repeat(19)}   ` }).success).toBe(false);
  });

  test("is reviewed by one lead", () => {
    expect(reviewRule(base, ["per_1"])).toEqual({
      needed: 1,
      roles: ["engineering_lead", "security_lead"],
      barred: ["per_1"],
    });
  });
});
