// Gates that a charter opens and nobody could close, for want of people. Pure: who holds what is given.
import { can } from "../authz/rules.ts";
import type { RoleGrant } from "../authz/schema.ts";
import { ownRuleOf } from "../gates/own-rules.ts";
import type { Candidate } from "../gates/rules.ts";
import { peopleToMerge, rolesToMerge } from "../merges/rules.ts";
import type { OwnGateRule, RuledGate } from "../pilots/schema/gates.ts";
import type { Charter } from "../pilots/schema.ts";

export interface ImpossibleGate {
  /** Dotted, as in the form. */
  readonly field: string;
  readonly sentence: string;
  /** No merge could ever be approved; else only that of a flagged patch. */
  readonly isEvery: boolean;
}

const covers = (grant: RoleGrant, pilotId: string | null): boolean =>
  grant.pilotId === null || grant.pilotId === pilotId;

const decidesAs = ({ grants }: Candidate, roles: readonly string[], pilotId: string | null): boolean =>
  grants.some((grant) => covers(grant, pilotId) && roles.includes(grant.role) && can([grant], "gate.decide"));

function launches({ grants }: Candidate, { controls }: Charter, pilotId: string | null): boolean {
  const here = grants.filter((grant) => covers(grant, pilotId));
  const isNamed =
    controls.launchers.length === 0 ||
    here.some(({ role }) => controls.launchers.some((launcher) => launcher === role));
  return isNamed && can(here, "run.launch");
}

const people = (count: number): string => (count === 1 ? "one person" : `${count} people`);

/**
 * `holders`: everybody with a live grant that covers the pilot, or the organisation where there is no pilot yet. Who
 * launches is never among those who approve, so one possible launcher who leaves enough others is enough.
 */
export function impossibleGates(
  charter: Charter,
  holders: readonly Candidate[],
  pilotId: string | null,
): ImpossibleGate[] {
  const launchers = holders.filter((holder) => launches(holder, charter, pilotId));
  if (launchers.length === 0)
    return [{ field: "controls.launchers", sentence: "Nobody here may launch a run of it.", isEvery: true }];
  const { extraApproverOnFlags, protectedApproverRole } = charter.controls;
  const [approverCount, approverRoles] = [peopleToMerge(charter), rolesToMerge(charter)];
  /** The most people of these roles that a launch can leave. */
  const left = (roles: readonly string[]): number => {
    const able = holders.filter((holder) => decidesAs(holder, roles, pilotId));
    const isLeft = launchers.some((launcher) => !able.some(({ personId }) => personId === launcher.personId));
    return isLeft ? able.length : able.length - 1;
  };
  const could = left(approverRoles);
  if (could < approverCount)
    return [
      {
        ...{
          field: ownRuleOf(charter, "merge") ? "controls.gates" : "controls.approverCount",
          isEvery: true,
        },
        sentence: `${approverCount === 1 ? "One person has" : `${approverCount} people have`} to approve who did not launch the run, and ${could === 0 ? "nobody" : `only ${people(could)}`} could. Name more roles, or give more people one.`,
      },
    ];
  const own = impossibleRules(charter, holders, pilotId);
  if (own.length > 0) return own;
  const special = protectedApproverRole === "any" ? [] : [protectedApproverRole];
  const couldFlagged = left([...approverRoles, ...special]);
  const isExtra = extraApproverOnFlags || charter.scope.protectedClasses.length > 0;
  const flagged: ImpossibleGate[] = [];
  if (isExtra && couldFlagged < approverCount + 1)
    flagged.push({
      field: extraApproverOnFlags ? "controls.extraApproverOnFlags" : "scope.protectedClasses",
      sentence: `A flagged patch needs ${people(approverCount + 1)} who did not launch the run, and only ${people(couldFlagged)} could approve it.`,
      isEvery: false,
    });
  if (special.length > 0 && left(special) < 1)
    flagged.push({
      field: "controls.protectedApproverRole",
      sentence:
        "Nobody but who launches holds this role; a patch that touches protected files could never be merged.",
      isEvery: false,
    });
  return flagged;
}

const WORDS: Readonly<Record<RuledGate, string>> = {
  activate: "activation",
  amend: "an amendment",
  resume: "going on",
  command: "a command",
  network: "a network",
  merge: "a merge",
  artefact: "a file that leaves the quarantine",
  release: "a release",
  break_glass: "the review of a broken glass",
};

/** What is decided beside who asks for it, or launched it; at the others whoever holds a role decides. */
const ASKED: readonly RuledGate[] = [
  "activate",
  "amend",
  "resume",
  "network",
  "merge",
  "artefact",
  "release",
  "break_glass",
];
/** Who asks for these holds one of the roles that amend. */
const BY_LEADS: readonly RuledGate[] = ["activate", "amend", "resume"];

/** How many could approve what this person asks for; none where they may not ask. */
function leftBy(
  asker: Candidate,
  charter: Charter,
  { gate, roles }: Pick<OwnGateRule, "gate" | "roles">,
  holders: readonly Candidate[],
  pilotId: string | null,
): number {
  const own = asker.grants.filter((grant) => covers(grant, pilotId));
  const isByLeads = BY_LEADS.includes(gate);
  if (isByLeads ? !can(own, "pilot.amend") : !launches(asker, charter, pilotId)) return 0;
  // One of those who want it is a security lead: where who asks is none, one of those who approve is.
  const isSecurityLead = own.some(({ role }) => role === "security_lead");
  const named = isByLeads && !isSecurityLead ? [...roles, "security_lead"] : roles;
  return holders.filter((holder) => holder.personId !== asker.personId && decidesAs(holder, named, pilotId))
    .length;
}

/** Gates that could never be approved, or never be denied, by the charter's own rules for them. */
function impossibleRules(
  charter: Charter,
  holders: readonly Candidate[],
  pilotId: string | null,
): ImpossibleGate[] {
  return charter.controls.gates.flatMap(({ gate, roles, needed, denials }): ImpossibleGate[] => {
    const able = holders.filter((holder) => decidesAs(holder, roles, pilotId));
    /** The most people that somebody who asks leaves, where who asks for it decides nothing of it. */
    const left = ASKED.includes(gate)
      ? Math.max(0, ...holders.map((asker) => leftBy(asker, charter, { gate, roles }, holders, pilotId)))
      : able.length;
    const of = (count: number) => (count <= 0 ? "nobody" : `only ${people(count)}`);
    const fault = (sentence: string): ImpossibleGate => ({
      field: "controls.gates",
      sentence,
      isEvery: true,
    });
    if (left < needed)
      return [
        fault(
          `${needed === 1 ? "One person has" : `${needed} people have`} to approve ${WORDS[gate]} beside who asks for it, and ${of(left)} could. Name more roles, or give more people one.`,
        ),
      ];
    if (able.length >= denials) return [];
    return [
      fault(
        `${people(denials)[0]?.toUpperCase()}${people(denials).slice(1)} have to deny ${WORDS[gate]} before it is denied, and ${of(able.length)} could. Let fewer denials be enough.`,
      ),
    ];
  });
}

/** Owners alone complete a pilot: each of them has to be able to. */
export function unableOwners(
  { kpis }: Charter,
  holders: readonly Candidate[],
  pilotId: string | null,
): Pick<ImpossibleGate, "field" | "sentence">[] {
  const able = holders.filter(({ grants }) =>
    can(
      grants.filter((grant) => covers(grant, pilotId)),
      "pilot.amend",
    ),
  );
  const lacking = kpis.owners.filter((owner) => !able.some(({ personId }) => personId === owner)).length;
  if (lacking === 0) return [];
  const sentence = `${lacking === 1 ? "One of the owners holds" : "The owners hold"} no role here that may complete the pilot.`;
  return [{ field: "kpis.owners", sentence }];
}
