// What a charter's own rule for a gate makes of the ordinary one of its kind. Pure.
import type { RoleGrant, RoleKey } from "../authz/schema.ts";
import { HOUR } from "../clock.ts";
import { workingDeadline } from "../hours/rules.ts";
import { secondPersonRoles, workingHoursOf } from "../pilots/rules.ts";
import type { OwnGateRule, RuledGate } from "../pilots/schema/gates.ts";
import type { Charter } from "../pilots/schema.ts";
import type { GateRule } from "./rules.ts";

export const ownRuleOf = ({ controls }: Charter, gate: RuledGate): OwnGateRule | null =>
  controls.gates.find((rule) => rule.gate === gate) ?? null;

/**
 * The charter's own people, roles and denials in place of the ordinary ones. Who may never approve stays barred, and
 * `mustHold`, a role that one of those who approve has to hold, is asked for beside them.
 */
export function ruledBy(own: OwnGateRule | null, ordinary: GateRule, mustHold?: RoleKey): GateRule {
  if (own === null) return ordinary;
  const { needed, denials } = own;
  if (mustHold === undefined) return { ...ordinary, needed, denials, roles: own.roles };
  // First, for whoever holds several decides with the first of them.
  const roles = [mustHold, ...own.roles.filter((role) => role !== mustHold)];
  return { ...ordinary, needed, denials, roles, mustHold };
}

/** Until when it may be decided: by the gate's own hours, else as it ordinarily would. */
export function ruledDeadline(
  charter: Charter,
  gate: RuledGate,
  timeZone: string,
  opened: number,
  ordinary: Date,
): Date {
  const own = ownRuleOf(charter, gate);
  if (own === null) return ordinary;
  if (own.clock === "always") return new Date(opened + own.hours * HOUR);
  return new Date(workingDeadline(opened, own.hours * HOUR, workingHoursOf(charter, timeZone)));
}

/** Of what two people have to want, one of them a security lead: who asks is the first of them, and the gate is for the others. */
export function secondPersonRule(
  own: OwnGateRule | null,
  asker: readonly RoleGrant[],
  pilotId: string,
  askerId: string,
): GateRule {
  const roles = secondPersonRoles(asker, pilotId);
  const isSecurityLead = roles.length > 1;
  return ruledBy(own, { needed: 1, roles, barred: [askerId] }, isSecurityLead ? undefined : "security_lead");
}
