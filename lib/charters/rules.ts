// Who decides about an amendment: what loosens the charter takes more than what tightens it.
import type { RoleGrant } from "../authz/schema.ts";
import { ownRuleOf, ruledBy, secondPersonRule } from "../gates/own-rules.ts";
import type { GateRule } from "../gates/rules.ts";
import { peopleToMerge } from "../merges/rules.ts";
import { secondPersonRoles } from "../pilots/rules.ts";
import type { Charter } from "../pilots/schema.ts";

export interface Asker {
  readonly personId: string;
  readonly grants: readonly RoleGrant[];
}

/**
 * Tightening takes one more lead. Loosening takes a security lead among those who want it, as activation does, and as many
 * people besides the asker as the charter in force wants for a merge: what it protects, it protects itself by. Where the charter
 * in force has a rule of its own for amendments, that is how many and who; tightening takes one of these.
 */
export function amendRule(inForce: Charter, loosens: boolean, asker: Asker, pilotId: string): GateRule {
  const barred = [asker.personId];
  const own = ownRuleOf(inForce, "amend");
  if (!loosens)
    return {
      ...ruledBy(own, { needed: 1, roles: ["security_lead", "engineering_lead"], barred }),
      needed: 1,
    };
  if (own !== null) return secondPersonRule(own, asker.grants, pilotId, asker.personId);
  const roles = secondPersonRoles(asker.grants, pilotId);
  return { needed: peopleToMerge(inForce), roles, barred };
}
