// A deputy decides with the absent person's role: never for somebody who is barred, and never as a second voice of theirs.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { grantOf } from "../authz/rules.ts";
import type { RoleGrant } from "../authz/schema.ts";
import {
  countingApprovals,
  decidingAs,
  type GateFacts,
  type GivenApproval,
  refusalToApprove,
  refusalToDeny,
} from "./rules.ts";

const facts = (more: Partial<GateFacts> = {}): GateFacts => ({
  ...{ status: "open", digest: "d", pilotId: "pil_1", expiresAt: 10, approvedBy: [] },
  rule: { needed: 2, roles: ["reviewer"], barred: ["per_launcher"] },
  ...more,
});
const own: RoleGrant = { role: "reviewer", pilotId: null };
const deputyOf = (absent: string): RoleGrant =>
  grantOf({ role: "reviewer", pilotId: null, permissions: null, how: "deputy", via: absent });
const candidate = (personId: string, ...grants: RoleGrant[]) => ({ personId, grants });
const approval = (personId: string, absent: string | null = null): GivenApproval => ({
  ...{ personId, role: "reviewer", decision: "approve", deputyOf: absent },
});

describe("a deputy", () => {
  test("decides with the absent person's role where they have none, else with their own", () => {
    expect(decidingAs(facts(), candidate("per_b", deputyOf("per_a")))).toEqual({
      ...{ role: "reviewer", deputyOf: "per_a" },
    });
    expect(decidingAs(facts(), candidate("per_b", deputyOf("per_a"), own))).toEqual({
      ...{ role: "reviewer", deputyOf: null },
    });
  });

  test("is refused where they are barred themselves, or whom they stand in for is", () => {
    expect(refusalToApprove(facts(), candidate("per_launcher", deputyOf("per_a")), 0)).toMatch(
      /You launched/,
    );
    const forLauncher = candidate("per_b", deputyOf("per_launcher"));
    expect(refusalToApprove(facts(), forLauncher, 0)).toMatch(/only for somebody who launched/);
    expect(refusalToDeny(facts(), forLauncher, 0)).toMatch(/only for somebody who launched/);
  });

  test("is no second voice of who approved, and neither is who comes back, nor another deputy", () => {
    const heard = facts({ approvedBy: ["per_a"] });
    expect(refusalToApprove(heard, candidate("per_b", deputyOf("per_a")), 0)).toMatch(/decided this already/);
    const stoodFor = facts({ approvedBy: ["per_b"], approvedFor: ["per_a"] });
    expect(refusalToApprove(stoodFor, candidate("per_a", own), 0)).toMatch(/Your deputy has approved/);
    expect(refusalToApprove(stoodFor, candidate("per_c", deputyOf("per_a")), 0)).not.toBeNull();
    expect(refusalToApprove(stoodFor, candidate("per_c", deputyOf("per_d")), 0)).toBeNull();
  });

  test("probe: and the absent person are never of two minds at one gate", () => {
    const mine = candidate("per_a", own);
    const standIn = candidate("per_b", deputyOf("per_a"));
    const approved = facts({ approvedBy: ["per_b"], approvedFor: ["per_a"] });
    expect(refusalToDeny(approved, mine, 0)).toMatch(/Your deputy has approved this for you/);
    const denied = facts({ deniedBy: ["per_b"], deniedFor: ["per_a"] });
    expect(refusalToApprove(denied, mine, 0)).toMatch(/Your deputy has denied this for you/);
    expect(refusalToDeny(denied, mine, 0)).toMatch(/Your deputy has denied this for you/);
    const own1 = facts({ deniedBy: ["per_a"] });
    expect(refusalToApprove(own1, standIn, 0)).toMatch(/decided this already/);
    expect(refusalToDeny(own1, standIn, 0)).toMatch(/decided this already/);
    expect(refusalToApprove(own1, candidate("per_b", own), 0)).toBeNull();
  });

  test("may do nothing else with it", () => {
    const lead = grantOf({
      role: "security_lead",
      pilotId: null,
      permissions: null,
      how: "deputy",
      via: "per_a",
    });
    expect([...(lead.permissions ?? [])].sort()).toEqual([
      ...["agent.view", "finding.view", "gate.decide", "pilot.view", "repository.view", "run.view"],
    ]);
  });
});

describe("what counts", () => {
  const count = (approvals: GivenApproval[], grants: Record<string, RoleGrant[]>) =>
    countingApprovals(facts(), approvals, (personId) => grants[personId] ?? []).map(
      ({ personId }) => personId,
    );

  test("is a deputy's approval while they are one, and not once they are none", () => {
    const given = [approval("per_b", "per_a"), approval("per_c")];
    expect(count(given, { per_b: [deputyOf("per_a")], per_c: [own] })).toEqual(["per_b", "per_c"]);
    expect(count(given, { per_c: [own] })).toEqual(["per_c"]);
    expect(count(given, { per_b: [deputyOf("per_x")], per_c: [own] })).toEqual(["per_c"]);
  });

  test("probe: no order of approvals counts one person's say twice, by themselves or by deputies", () => {
    const people = ["per_a", "per_b", "per_c", "per_launcher"];
    const one = fc.record({
      personId: fc.constantFrom(...people),
      absent: fc.constantFrom(null, ...people),
    });
    fc.assert(
      fc.property(fc.array(one, { maxLength: 8 }), (drawn) => {
        const grants = people.map((each) => deputyOf(each));
        const counting = countingApprovals(
          facts(),
          drawn.map(({ personId, absent }) => approval(personId, absent)),
          () => [own, ...grants],
        );
        const voices = counting.flatMap(({ personId, deputyOf: absent }) => [
          personId,
          ...(absent ? [absent] : []),
        ]);
        for (const { personId, deputyOf: absent } of counting)
          if (personId !== absent) expect(voices.filter((each) => each === personId)).toHaveLength(1);
        expect(voices).not.toContain("per_launcher");
        const behind = counting.map(({ personId, deputyOf: absent }) => absent ?? personId);
        expect(new Set(behind).size).toBe(behind.length);
      }),
    );
  });
});
