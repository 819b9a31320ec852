import type { BoundFinding } from "../findings/schema.ts";
import type { GateRule } from "../gates/rules.ts";
import type { PatchFlag } from "../patches/schema.ts";
import type { Charter } from "../pilots/schema.ts";

/** Who has to approve a merge under the charter. Flags, and grave findings that nobody dealt with, may ask for one person more. */
export function mergeRule(
  charter: Charter,
  flags: readonly PatchFlag[],
  barred: readonly string[],
  hasGraveFinding = false,
): GateRule {
  const { approverCount, approverRoles, extraApproverOnFlags } = charter.controls;
  const isFlagged = hasGraveFinding || flags.some((flag) => flag.severity === "extra_approver");
  const extra = extraApproverOnFlags && isFlagged ? 1 : 0;
  return { needed: approverCount + extra, roles: approverRoles, barred };
}

export interface MergeDocument {
  readonly deployment: string;
  readonly goal: string;
  readonly repository: string;
  readonly targetRef: string;
  readonly run: string;
  readonly attempt: number;
  readonly baseCommit: string;
  readonly tree: string;
  readonly patch: string;
  readonly evidence: readonly string[];
  /** All of the run, with what has become of each. */
  readonly findings: readonly BoundFinding[];
  readonly testIntegrity: readonly string[];
  readonly charter: string;
  readonly needed: number;
  readonly roles: readonly string[];
  readonly method: "session";
  readonly nonce: string;
}

/** What an approval of a merge is bound to. Gate and expiry are added when the gate is opened. */
export function mergeDocument(parts: MergeDocument): Readonly<Record<string, unknown>> {
  return { v: 1, decides: "merge", ...parts };
}

export interface MergeMessage {
  readonly title: string;
  readonly runId: string;
  readonly patchDigest: string;
  readonly gateId: string;
  readonly gateDigest: string;
  readonly approvers: readonly { readonly personId: string; readonly role: string }[];
}

const oneLine = (text: string): string => text.replaceAll(/[\p{Cc}\p{Cf}]+/gu, " ").trim();

/** Our commit message: the run's title and trailers that lead back to the decision. */
export function commitMessage({
  title,
  runId,
  patchDigest,
  gateId,
  gateDigest,
  approvers,
}: MergeMessage): string {
  const trailers = [
    `Pilothouse-Run: ${runId}`,
    `Pilothouse-Patch: sha256:${patchDigest}`,
    `Pilothouse-Decision: ${gateId} sha256:${gateDigest}`,
    ...approvers.map(({ personId, role }) => `Pilothouse-Approved-By: ${personId} (${role})`),
  ];
  return `${oneLine(title).slice(0, 120) || "Merge an approved patch"}\n\n${trailers.join("\n")}\n`;
}
