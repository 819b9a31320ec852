import { describe, expect, test } from "vitest";
import { systemClock } from "../clock.ts";
import { AppError } from "../errors.ts";
import { makeScope } from "../scope.ts";
import { may, requirePermission } from "./require.ts";
import { PERMISSIONS, type Permission } from "./rules.ts";
import { Role, type RoleGrant } from "./schema.ts";

const scopeWith = (...grants: RoleGrant[]) =>
  makeScope({ actor: { kind: "system", name: "test" }, grants, requestId: "req_test", clock: systemClock });

function refusal(grants: RoleGrant[], permission: Permission, pilotId: string | null): string | null {
  try {
    requirePermission(scopeWith(...grants), permission, pilotId);
    return null;
  } catch (error) {
    if (error instanceof AppError) return error.code;
    throw error;
  }
}

describe("a permission on a pilot", () => {
  test("comes from a grant on that pilot or on the organisation, and from no other", () => {
    for (const permission of Object.keys(PERMISSIONS) as Permission[]) {
      for (const role of Role.options) {
        const roles: readonly Role[] = PERMISSIONS[permission];
        const expected = roles.includes(role) ? null : "forbidden";
        expect(refusal([{ role, pilotId: "pil_1" }], permission, "pil_1")).toBe(expected);
        expect(refusal([{ role, pilotId: null }], permission, "pil_1")).toBe(expected);
        expect(refusal([{ role, pilotId: "pil_2" }], permission, "pil_1")).toBe("not_found");
      }
    }
  });

  test("is not there for somebody without any grant: the pilot does not exist for them", () => {
    expect(refusal([], "pilot.view", "pil_1")).toBe("not_found");
  });

  test("the refusal says whom to ask", () => {
    expect(() =>
      requirePermission(scopeWith({ role: "viewer", pilotId: "pil_1" }), "pilot.amend", "pil_1"),
    ).toThrow("Ask an engineering lead or a security lead of this pilot.");
  });
});

describe("a permission on the organisation", () => {
  test("is never given by a grant on one pilot", () => {
    expect(refusal([{ role: "security_lead", pilotId: "pil_1" }], "runner.enrol", null)).toBe("forbidden");
    expect(refusal([{ role: "security_lead", pilotId: null }], "runner.enrol", null)).toBeNull();
  });

  test("can be asked for without a refusal, so that a page offers only what is taken", () => {
    const onPilot = scopeWith({ role: "engineering_lead", pilotId: "pil_1" });
    expect(may(onPilot, "pilot.create", null)).toBe(false);
    expect(may(onPilot, "run.launch", "pil_1")).toBe(true);
    expect(may(onPilot, "run.launch", "pil_2")).toBe(false);
    expect(may(scopeWith({ role: "engineering_lead", pilotId: null }), "pilot.create", null)).toBe(true);
  });

  test("probe: a permission that is in no table is refused to everybody", () => {
    const unknown = ["constructor", "toString", "__proto__", "pilot.rule"] as unknown as Permission[];
    for (const permission of unknown) {
      for (const role of Role.options) {
        expect(() => requirePermission(scopeWith({ role, pilotId: null }), permission, null)).toThrow();
      }
    }
  });
});
