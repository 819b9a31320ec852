import { anyOfRoles } from "../authz/rules.ts";
import type { Role, RoleGrant } from "../authz/schema.ts";
import type { GateStatus } from "./schema.ts";

export interface GateRule {
  readonly needed: number;
  readonly roles: readonly Role[];
  /** Ids of people who may never approve: who launched the run, or asked for the gate. */
  readonly barred: readonly string[];
}

export interface Candidate {
  readonly personId: string;
  readonly grants: readonly RoleGrant[];
}

export interface GateFacts {
  readonly status: string;
  readonly digest: string;
  readonly rule: GateRule;
  readonly pilotId: string | null;
  readonly expiresAt: number;
  readonly approvedBy: readonly string[];
}

/** The role a person would decide with, or null. The order of the rule's roles decides. */
export function decidingRole(facts: GateFacts, person: Candidate): Role | null {
  return (
    facts.rule.roles.find((role) =>
      person.grants.some(
        (grant) => grant.role === role && (grant.pilotId === null || grant.pilotId === facts.pilotId),
      ),
    ) ?? null
  );
}

/** Null when the person may approve now, else the sentence that says why not. */
export function refusalToApprove(facts: GateFacts, person: Candidate, now: number): string | null {
  if (facts.status !== "open") return `This gate is ${facts.status}; nothing is left to decide.`;
  if (now >= facts.expiresAt) return "This gate has expired, which counts as denied.";
  if (facts.rule.barred.includes(person.personId)) {
    return "You launched, steered or asked for this, so somebody else has to approve it.";
  }
  if (facts.approvedBy.includes(person.personId))
    return "You have approved already; another person is needed.";
  if (decidingRole(facts, person) === null) return `Only ${anyOfRoles(facts.rule.roles)} may approve this.`;
  return null;
}

/** Anybody whose role may approve may deny, the launcher included. */
export function refusalToDeny(facts: GateFacts, person: Candidate, now: number): string | null {
  if (facts.status !== "open") return `This gate is ${facts.status}; nothing is left to decide.`;
  if (now >= facts.expiresAt) return "This gate has expired, which counts as denied.";
  if (facts.approvedBy.includes(person.personId))
    return "You have approved this already; ask another approver to deny it.";
  if (decidingRole(facts, person) === null) return `Only ${anyOfRoles(facts.rule.roles)} may deny this.`;
  return null;
}

export const isSatisfied = (rule: GateRule, approvals: number): boolean => approvals >= rule.needed;

/** What entries commit to before and after. */
export const gateState = (gate: { readonly id: string; readonly digest: string }, status: GateStatus) => ({
  gate: gate.id,
  digest: gate.digest,
  status,
});
