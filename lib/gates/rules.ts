import { anyOfRoles, can, nameOfRole, type RoleNames } from "../authz/rules.ts";
import type { RoleGrant, RoleKey } from "../authz/schema.ts";
import type { GateStatus } from "./schema.ts";

export interface GateRule {
  readonly needed: number;
  readonly roles: readonly RoleKey[];
  /** So many different people have to deny it before it is denied; one where nothing is said. */
  readonly denials?: number;
  /** Ids of people who may never approve: who launched the run, or asked for the gate. */
  readonly barred: readonly string[];
  /** A role that one of those who approve has to hold. */
  readonly mustHold?: RoleKey;
  /** Ids of the people who alone decide; empty or left out: whoever holds one of the roles. */
  readonly people?: readonly string[];
}

const isNamed = ({ people = [] }: GateRule, personId: string): boolean =>
  people.length === 0 || people.includes(personId);

const NOT_NAMED = "Only the people whom this gate names decide here.";

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
  /** Absent people whose deputies approved for them. */
  readonly approvedFor?: readonly string[];
  /** Who denied it already, where that takes more than one. */
  readonly deniedBy?: readonly string[];
  /** Absent people whose deputies denied for them. */
  readonly deniedFor?: readonly string[];
  /** What its roles that were made here are called. */
  readonly roleNames?: RoleNames;
}

/** A grant that was restricted to less than deciding decides nothing. */
const decidesAs = (grant: RoleGrant, role: string, pilotId: string | null): boolean =>
  grant.role === role && covers(grant, pilotId) && can([grant], "gate.decide");

const covers = (grant: RoleGrant, pilotId: string | null): boolean =>
  grant.pilotId === null || grant.pilotId === pilotId;

export interface DecidingAs {
  readonly role: RoleKey;
  /** Whose role it is, where it is not their own. */
  readonly deputyOf: string | null;
}

/**
 * Whether somebody can be stood in for here: who launched, steered or asked is barred by whomever, and who decided, or whose
 * deputy did, has been heard: the two of them are never two, nor of two minds.
 */
function mayBeStoodFor(facts: GateFacts, absent: string): boolean {
  const { rule, approvedBy, approvedFor = [], deniedBy = [], deniedFor = [] } = facts;
  return ![...rule.barred, ...approvedBy, ...approvedFor, ...deniedBy, ...deniedFor].includes(absent);
}

/** With which role a person would decide, and whose it is; their own goes first, then the order of the rule's roles. */
export function decidingAs(facts: GateFacts, { grants }: Candidate): DecidingAs | null {
  const held = facts.rule.roles.flatMap((role) =>
    grants
      .filter((grant) => decidesAs(grant, role, facts.pilotId))
      .map(({ deputyOf = null }) => ({ role, deputyOf })),
  );
  return (
    held.find(({ deputyOf }) => deputyOf === null) ??
    held.find(({ deputyOf }) => deputyOf !== null && mayBeStoodFor(facts, deputyOf)) ??
    null
  );
}

/** The role a person would decide with, or null. */
export const decidingRole = (facts: GateFacts, person: Candidate): RoleKey | null =>
  decidingAs(facts, person)?.role ?? null;

/** Why they decide nothing here. */
function noRole(facts: GateFacts, { grants }: Candidate, verb: "approve" | "deny"): string {
  const isDeputy = facts.rule.roles.some((role) =>
    grants.some((grant) => decidesAs(grant, role, facts.pilotId)),
  );
  if (isDeputy)
    return "You decide here only for somebody who launched, steered, asked for or decided this already, so another person has to.";
  const powerless = facts.rule.roles.find((role) =>
    grants.some((grant) => grant.role === role && covers(grant, facts.pilotId)),
  );
  return powerless === undefined
    ? `Only ${anyOfRoles(facts.rule.roles, facts.roleNames)} may ${verb} this.`
    : `Your role “${nameOfRole(powerless, facts.roleNames)}” is named at this gate, and does not include deciding at gates here.`;
}

/** Null when the person may approve now, else the sentence that says why not. */
export function refusalToApprove(facts: GateFacts, person: Candidate, now: number): string | null {
  if (facts.status !== "open") return `This gate is ${facts.status}; nothing is left to decide.`;
  if (now >= facts.expiresAt) return "This gate has expired, which counts as denied.";
  if (facts.rule.barred.includes(person.personId)) {
    return "You launched, steered, asked for or reported on this, so somebody else has to approve it.";
  }
  if (!isNamed(facts.rule, person.personId)) return NOT_NAMED;
  if (facts.approvedBy.includes(person.personId))
    return "You have approved already; another person is needed.";
  if (facts.deniedBy?.includes(person.personId))
    return "You have denied this already; another person has to approve it.";
  if (facts.approvedFor?.includes(person.personId))
    return "Your deputy has approved for you already; another person is needed.";
  if (facts.deniedFor?.includes(person.personId))
    return "Your deputy has denied this for you already; another person has to approve it.";
  if (decidingRole(facts, person) === null) return noRole(facts, person, "approve");
  return null;
}

/** Anybody whose role may approve may deny, the launcher included. */
export function refusalToDeny(facts: GateFacts, person: Candidate, now: number): string | null {
  if (facts.status !== "open") return `This gate is ${facts.status}; nothing is left to decide.`;
  if (now >= facts.expiresAt) return "This gate has expired, which counts as denied.";
  if (!isNamed(facts.rule, person.personId)) return NOT_NAMED;
  if (facts.approvedBy.includes(person.personId))
    return "You have approved this already; ask another approver to deny it.";
  if (facts.deniedBy?.includes(person.personId))
    return "You have denied this already; another person has to deny it too.";
  if (facts.approvedFor?.includes(person.personId))
    return "Your deputy has approved this for you already; ask another approver to deny it.";
  if (facts.deniedFor?.includes(person.personId))
    return "Your deputy has denied this for you already; another person has to deny it too.";
  if (decidingRole(facts, person) === null) return noRole(facts, person, "deny");
  return null;
}

export interface GivenApproval {
  readonly personId: string;
  readonly role: string;
  readonly decision: string;
  /** Whose role it was given with, where it was a deputy who gave it. */
  readonly deputyOf?: string | null;
  /** Since when it counts no more, because its person was deactivated. */
  readonly withdrawnAt?: Date | null;
}

/**
 * Approvals that count now: of people who hold the role they signed with, and who neither launched the run nor wrote
 * to its agent since. A deputy's counts while they are one, as that of whom they stand in for: each person and each absent
 * person is heard once.
 */
export function countingApprovals<A extends GivenApproval>(
  { pilotId, rule }: Pick<GateFacts, "pilotId" | "rule">,
  approvals: readonly A[],
  grantsOf: (personId: string) => readonly RoleGrant[],
): A[] {
  const heard = new Set<string>();
  return approvals.filter(({ personId, role, decision, deputyOf, withdrawnAt }) => {
    const behind = deputyOf ? [personId, deputyOf] : [personId];
    const holds = grantsOf(personId).some(
      (grant) => decidesAs(grant, role, pilotId) && (grant.deputyOf ?? null) === (deputyOf ?? null),
    );
    const isBarred = behind.some((one) => rule.barred.includes(one) || heard.has(one));
    const isAllowed = rule.roles.some((one) => one === role) && isNamed(rule, personId) && !isBarred;
    if (decision !== "approve" || withdrawnAt || !holds || !isAllowed) return false;
    for (const one of behind) heard.add(one);
    return true;
  });
}

/** Denials that count now: of people who hold the role they denied with, each person and each absent person once. */
export function countingDenials<A extends GivenApproval>(
  { pilotId, rule }: Pick<GateFacts, "pilotId" | "rule">,
  decisions: readonly A[],
  grantsOf: (personId: string) => readonly RoleGrant[],
): A[] {
  const heard = new Set<string>();
  return decisions.filter(({ personId, role, decision, deputyOf, withdrawnAt }) => {
    const behind = deputyOf ? [personId, deputyOf] : [personId];
    const holds = grantsOf(personId).some(
      (grant) => decidesAs(grant, role, pilotId) && (grant.deputyOf ?? null) === (deputyOf ?? null),
    );
    const isAllowed = rule.roles.some((one) => one === role) && isNamed(rule, personId);
    if (decision !== "deny" || withdrawnAt || !holds || !isAllowed || behind.some((one) => heard.has(one)))
      return false;
    for (const one of behind) heard.add(one);
    return true;
  });
}

/** `denials`: those that count. */
export const isDenied = ({ denials = 1 }: GateRule, given: readonly unknown[]): boolean =>
  given.length >= denials;

/** `approvals`: those that count. */
export const isSatisfied = (
  { needed, mustHold }: GateRule,
  approvals: readonly { readonly role: string }[],
): boolean =>
  approvals.length >= needed && (mustHold === undefined || approvals.some(({ role }) => role === mustHold));

/** What entries commit to before and after. */
export const gateState = (gate: { readonly id: string; readonly digest: string }, status: GateStatus) => ({
  gate: gate.id,
  digest: gate.digest,
  status,
});
