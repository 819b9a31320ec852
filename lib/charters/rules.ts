// Who decides about an amendment: what loosens the charter takes more than what tightens it.
import type { RoleGrant } from "../authz/schema.ts";
import type { GateRule } from "../gates/rules.ts";
import { secondPersonRoles } from "../pilots/rules.ts";
import type { Charter } from "../pilots/schema.ts";

export interface Asker {
  readonly personId: string;
  readonly grants: readonly RoleGrant[];
}

/**
 * Tightening takes one more lead. Loosening takes a security lead among those who want it, as activation does, and as many
 * people besides the asker as the charter in force wants for a merge: what it protects, it protects itself by.
 */
export function amendRule(inForce: Charter, loosens: boolean, asker: Asker, pilotId: string): GateRule {
  const barred = [asker.personId];
  if (!loosens) return { needed: 1, roles: ["security_lead", "engineering_lead"], barred };
  const roles = secondPersonRoles(asker.grants, pilotId);
  return { needed: inForce.controls.approverCount, roles, barred };
}
