import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Role } from "../authz/schema.ts";
import {
  countingApprovals,
  countingDenials,
  decidingRole,
  type GateFacts,
  isDenied,
  isSatisfied,
  refusalToApprove,
  refusalToDeny,
} from "./rules.ts";

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
    expect(refusalToApprove(gate, launcher, 0)).toContain(
      "You launched, steered, asked for or reported on this",
    );
    expect(refusalToDeny(gate, launcher, 0)).toBeNull();
  });

  it("lets nobody decide but those whom a gate names, and counts nobody else", () => {
    const named = { ...gate, rule: { ...gate.rule, people: ["per_r"] } };
    const other = { ...reviewer, personId: "per_o" };
    expect([refusalToApprove(named, reviewer, 0), refusalToDeny(named, reviewer, 0)]).toEqual([null, null]);
    for (const refusal of [refusalToApprove(named, other, 0), refusalToDeny(named, other, 0)])
      expect(refusal).toContain("the people whom this gate names");
    const given = (personId: string, decision: string) => ({ personId, role: "reviewer", decision });
    const counted = (facts: GateFacts) =>
      [
        countingApprovals(
          facts,
          [given("per_o", "approve"), given("per_r", "approve")],
          () => reviewer.grants,
        ),
        countingDenials(facts, [given("per_o", "deny"), given("per_r", "deny")], () => reviewer.grants),
      ].map((rows) => rows.map(({ personId }) => personId));
    expect(counted(gate)).toEqual([
      ["per_o", "per_r"],
      ["per_o", "per_r"],
    ]);
    expect(counted(named)).toEqual([["per_r"], ["per_r"]]);
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

  it("takes as many denials as the rule says, each person once, and nobody decides twice", () => {
    const rule = { ...gate.rule, denials: 2 };
    const [bo, cy] = ["per_bo", "per_cy"].map((personId) => ({
      ...{ personId, role: "reviewer", decision: "deny" },
    }));
    const grantsOf = () => [{ role: "reviewer" as const, pilotId: null }];
    const counted = (given: readonly (typeof bo)[]) =>
      countingDenials(
        { pilotId: "pil_1", rule },
        given.flatMap((one) => one ?? []),
        grantsOf,
      );
    expect(isDenied(rule, counted([bo]))).toBe(false);
    expect(isDenied(rule, counted([bo, bo]))).toBe(false);
    expect(isDenied(rule, counted([bo, cy]))).toBe(true);
    expect(isDenied(gate.rule, counted([bo]))).toBe(true);
    // Who lost the role is heard no more.
    expect(countingDenials({ pilotId: "pil_1", rule }, bo ? [bo] : [], () => [])).toEqual([]);
    const denied = { ...gate, rule, deniedBy: ["per_r"] };
    expect(refusalToApprove(denied, reviewer, 0)).toContain("You have denied this already");
    expect(refusalToDeny(denied, reviewer, 0)).toContain("You have denied this already");
  });

  it("lets whoever holds a role made here decide while that includes deciding, and says why where it does not", () => {
    const named = {
      ...gate,
      rule: { ...gate.rule, roles: ["rol_board" as const] },
      roleNames: { rol_board: "Board" },
    };
    const holding = (permissions: ("gate.decide" | "run.view")[]) => ({
      personId: "per_m",
      grants: [{ role: "rol_board" as const, pilotId: null, permissions }],
    });
    expect(refusalToApprove(named, holding(["gate.decide"]), 0)).toBeNull();
    expect(refusalToApprove(named, holding(["run.view"]), 0)).toBe(
      "Your role “Board” is named at this gate, and does not include deciding at gates here.",
    );
    expect(refusalToApprove(named, reviewer, 0)).toBe(
      "Only somebody with the role “Board” may approve this.",
    );
  });

  it("is satisfied by the number the rule asks for, not before", () => {
    const approval = { role: "reviewer" };
    expect(isSatisfied(gate.rule, [approval])).toBe(false);
    expect(isSatisfied(gate.rule, [approval, approval])).toBe(true);
    // However many there are, without the role that one of them has to hold.
    const rule = { ...gate.rule, mustHold: "security_lead" as const };
    expect(isSatisfied(rule, [approval, approval, approval])).toBe(false);
    expect(isSatisfied(rule, [{ role: "security_lead" }])).toBe(false);
    expect(isSatisfied(rule, [approval, { role: "security_lead" }])).toBe(true);
  });
});
