import type { Role } from "../authz/schema.ts";
import { ownRuleOf, ruledBy } from "../gates/own-rules.ts";
import type { Candidate, GateRule } from "../gates/rules.ts";
import type { Charter } from "../pilots/schema.ts";

const LEADS: readonly Role[] = ["engineering_lead", "security_lead"];

/** The roles that both the run's charter and the one in force name; where either names none, there are none. */
export function glassRoles(charter: Charter, inForce: Charter): readonly Role[] {
  return charter.controls.breakGlass.filter((role) => inForce.controls.breakGlass.includes(role));
}

/** The named role somebody breaks the glass with, or null. A grant that was restricted to less names nobody. */
export function glassRole(roles: readonly Role[], { grants }: Candidate, pilotId: string): Role | null {
  const holds = (role: Role) =>
    grants.some(
      (grant) =>
        grant.role === role &&
        grant.permissions === undefined &&
        (grant.pilotId === null || grant.pilotId === pilotId),
    );
  return roles.find(holds) ?? null;
}

/** Afterwards one lead reviews it who neither did it nor launched or steered the run; or whom the charter in force names for it. */
export const reviewRule = (charter: Charter, barred: readonly string[]): GateRule =>
  ruledBy(ownRuleOf(charter, "break_glass"), { needed: 1, roles: LEADS, barred });
