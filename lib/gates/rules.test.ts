import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Role } from "../authz/schema.ts";
import { decidingRole, type GateFacts, isSatisfied, refusalToApprove, refusalToDeny } from "./rules.ts";

const gate: GateFacts = {
  status: "open",
  digest: "d",
  pilotId: "pil_1",
  expiresAt: 1000,
  approvedBy: [],
  rule: { needed: 2, roles: ["security_lead", "reviewer"], barred: ["per_launcher"] },
};
const reviewer = { personId: "per_r", grants: [{ role: "reviewer" as const, pilotId: null }] };

describe("who may approve", () => {
  it("lets a person with one of the roles approve", () => {
    expect(refusalToApprove(gate, reviewer, 0)).toBeNull();
    expect(decidingRole(gate, reviewer)).toBe("reviewer");
  });

  it("never lets the launcher approve, whatever their roles", () => {
    const launcher = {
      personId: "per_launcher",
      grants: Role.options.map((role) => ({ role, pilotId: null })),
    };
    expect(refusalToApprove(gate, launcher, 0)).toContain("You launched, steered or asked for this");
    expect(refusalToDeny(gate, launcher, 0)).toBeNull();
  });

  it("counts one person once", () => {
    expect(refusalToApprove({ ...gate, approvedBy: ["per_r"] }, reviewer, 0)).toContain("another person");
  });

  it("does not take a role on another pilot", () => {
    const elsewhere = { personId: "per_e", grants: [{ role: "reviewer" as const, pilotId: "pil_2" }] };
    expect(refusalToApprove(gate, elsewhere, 0)).toBe("Only a security lead or a reviewer may approve this.");
    expect(
      refusalToApprove(gate, { ...elsewhere, grants: [{ role: "reviewer", pilotId: "pil_1" }] }, 0),
    ).toBeNull();
  });

  it("ends with the gate: decided, or out of time", () => {
    expect(refusalToApprove({ ...gate, status: "void" }, reviewer, 0)).toContain("void");
    expect(refusalToApprove(gate, reviewer, 1000)).toContain("expired");
    expect(refusalToDeny(gate, reviewer, 1000)).toContain("expired");
  });

  it("refuses everybody without a role of the rule", () => {
    const others = fc.constantFrom(
      ...Role.options.filter((role) => !["security_lead", "reviewer"].includes(role)),
    );
    fc.assert(
      fc.property(fc.array(others), (roles) => {
        const person = { personId: "per_x", grants: roles.map((role) => ({ role, pilotId: null })) };
        expect(refusalToApprove(gate, person, 0)).not.toBeNull();
        expect(refusalToDeny(gate, person, 0)).not.toBeNull();
      }),
    );
  });

  it("is satisfied by the number the rule asks for, not before", () => {
    expect(isSatisfied(gate.rule, 1)).toBe(false);
    expect(isSatisfied(gate.rule, 2)).toBe(true);
  });
});
