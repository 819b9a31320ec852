import type { RoleKey } from "../authz/schema.ts";
import type { BoundFinding } from "../findings/schema.ts";
import { ownRuleOf } from "../gates/own-rules.ts";
import type { GateRule } from "../gates/rules.ts";
import type { BoundCheck } from "../outside-checks/schema.ts";
import type { PatchFlag } from "../patches/schema.ts";
import { ApproverRole } from "../pilots/schema/controls.ts";
import type { GateRole } from "../pilots/schema/gates.ts";
import type { Charter } from "../pilots/schema.ts";
import { isOfClass, isOwnPath, type Touched } from "./touched.ts";

/** How many approve a merge that nothing is flagged about: by the gate's own rule, where the charter has one. */
export const peopleToMerge = (charter: Charter): number =>
  ownRuleOf(charter, "merge")?.needed ?? charter.controls.approverCount;

export const rolesToMerge = (charter: Charter): readonly GateRole[] =>
  ownRuleOf(charter, "merge")?.roles ?? charter.controls.approverRoles;

const denialsOf = (charter: Charter): number => ownRuleOf(charter, "merge")?.denials ?? 1;

/** The roles whose approvals both charters count, in the order of the run's own; null where there are none. */
export function commonRoles(charter: Charter, inForce: Charter): readonly GateRole[] | null {
  const others = rolesToMerge(inForce);
  const common = rolesToMerge(charter).filter((role) => others.includes(role));
  return common.length > 0 ? common : null;
}

/**
 * Who has to approve a merge of a run launched under `charter`. Flags, and grave findings that nobody dealt with, may ask
 * for one person more. A run keeps the charter it was launched under, but a later one that asks for more is obeyed: the
 * larger number of people, of the roles that both name; where they name none in common, of those of the run's own.
 */
export function mergeRule(
  charter: Charter,
  flags: readonly PatchFlag[],
  barred: readonly string[],
  hasGraveFinding = false,
  inForce: Charter = charter,
): GateRule {
  const touches = ({ scope }: Charter): boolean =>
    flags.some((flag) => scope.protectedClasses.some((one) => isOfClass(flag, one)));
  const isGuarded = flags.some(isOwnPath) || touches(charter) || touches(inForce);
  const roleOf = ({ controls }: Charter) =>
    controls.protectedApproverRole === "any" ? null : controls.protectedApproverRole;
  const mustHold = isGuarded ? strictest([roleOf(charter), roleOf(inForce)]) : null;
  const isFlagged = hasGraveFinding || flags.some((flag) => flag.severity === "extra_approver");
  const neededBy = (one: Charter): number =>
    peopleToMerge(one) + ((one.controls.extraApproverOnFlags && isFlagged) || touches(one) ? 1 : 0);
  const roles: readonly RoleKey[] = commonRoles(charter, inForce) ?? rolesToMerge(charter);
  const denials = Math.min(denialsOf(charter), denialsOf(inForce));
  return {
    needed: Math.max(neededBy(charter), neededBy(inForce)),
    // First, for whoever holds several decides with the first of them.
    roles: mustHold === null ? roles : [mustHold, ...roles.filter((role) => role !== mustHold)],
    barred,
    ...(denials === 1 ? {} : { denials }),
    ...(mustHold === null ? {} : { mustHold }),
  };
}

/** A gate asks for one role at most: of two that charters want, the one that fewer people are trusted with. */
const strictest = (wanted: readonly (RoleKey | null)[]): RoleKey | null =>
  ApproverRole.options
    .toSorted((one, other) => RANK[one] - RANK[other])
    .find((role) => wanted.includes(role)) ?? null;

const RANK: Readonly<Record<ApproverRole, number>> = { security_lead: 0, engineering_lead: 1, reviewer: 2 };

export interface MergeDocument {
  readonly deployment: string;
  readonly goal: string;
  /** What is wrong today, where the charter says it. */
  readonly problem?: string;
  readonly repository: string;
  readonly targetRef: string;
  readonly run: string;
  readonly attempt: number;
  readonly baseCommit: string;
  readonly tree: string;
  readonly patch: string;
  readonly evidence: readonly string[];
  /** Checks from outside: those the charter requires, and others that did not pass. */
  readonly outside?: readonly BoundCheck[];
  /** All of the run, with what has become of each. */
  readonly findings: readonly BoundFinding[];
  readonly testIntegrity: readonly string[];
  /** Files of kinds that a charter may protect; documents from before have none. */
  readonly touched?: readonly Touched[];
  /** What was read in the patch's files, and the commitment of all of it; patches from before have none. */
  readonly changes?: ChangesBound;
  readonly charter: string;
  /** Digest of the charter in force when the gate opened: another one voids it. */
  readonly inForce: string;
  /** The merge that this one undoes, and the commit the branch got of it; left out where it undoes none. */
  readonly reverts?: { readonly run: string; readonly merge: string; readonly commit: string };
  /** The gate of the same run before this one, which is void: what was decided on then. */
  readonly again: Again | null;
  readonly needed: number;
  readonly roles: readonly string[];
  /** A role that one of those who approve has to hold. */
  readonly mustHold?: string;
  readonly method: "session";
  readonly nonce: string;
}

export interface ChangesBound {
  readonly analysis: string;
  /** Worst first; what is beyond these is counted, and stands in the analysis. */
  readonly tests: readonly string[];
  readonly testsLeft: number;
  /** Notes first, then packages by what became of them. */
  readonly dependencies: readonly string[];
  readonly dependenciesLeft: number;
  /** What a decider takes over of other people's work, and what nobody looked for. */
  readonly checklist: readonly string[];
}

export interface Again {
  readonly gate: string;
  readonly digest: string;
  readonly base: string;
  readonly patch: string;
  /** The patch is the same to the byte: paths, modes and contents before and after. */
  readonly identical: boolean;
}

/** What an approval of a merge is bound to. Gate and expiry are added when the gate is opened. */
export function mergeDocument(parts: MergeDocument): Readonly<Record<string, unknown>> {
  return { v: 1, decides: "merge", ...parts };
}

export interface MergeMessage {
  readonly title: string;
  readonly runId: string;
  readonly patchDigest: string;
  readonly charterDigest: string;
  readonly gateId: string;
  readonly gateDigest: string;
  readonly approvers: readonly { readonly personId: string; readonly role: string }[];
  /** Who merged it past the gate; nobody approved it. */
  readonly glass?: { readonly personId: string; readonly role: string } | undefined;
  /** What it undoes: a run, and the commit that the branch got of it. */
  readonly reverts?: { readonly run: string; readonly commit: string } | null | undefined;
}

const oneLine = (text: string): string => text.replaceAll(/[\p{Cc}\p{Cf}]+/gu, " ").trim();

/** Our commit message: the run's title and trailers that lead back to the decision. */
export function commitMessage({
  title,
  runId,
  patchDigest,
  charterDigest,
  gateId,
  gateDigest,
  approvers,
  glass,
  reverts,
}: MergeMessage): string {
  const trailers = [
    `Pilothouse-Run: ${runId}`,
    `Pilothouse-Patch: sha256:${patchDigest}`,
    `Pilothouse-Charter: sha256:${charterDigest}`,
    `Pilothouse-Decision: ${gateId} sha256:${gateDigest}`,
    ...approvers.map(({ personId, role }) => `Pilothouse-Approved-By: ${personId} (${role})`),
    "Pilothouse-Attestation: refs/notes/pilothouse",
    ...(reverts ? [`Pilothouse-Reverts: ${reverts.run}`] : []),
    ...(glass ? [`Pilothouse-Break-Glass: ${glass.personId} (${glass.role})`] : []),
  ];
  // In the words that git itself writes, so that other tools see what is undone.
  const body = reverts ? `This reverts commit ${reverts.commit}.\n\n` : "";
  return `${oneLine(title).slice(0, 120) || "Merge an approved patch"}\n\n${body}${trailers.join("\n")}\n`;
}

/** Whether the trailers of a message of ours name the approver; what stands in the title is anybody's. */
export const isApproverIn = (
  message: string,
  { personId, role }: { readonly personId: string; readonly role: string },
): boolean => message.split("\n").slice(1).includes(`Pilothouse-Approved-By: ${personId} (${role})`);
