// Who has to approve a merge, as the charter says it: held against what the decision document asks for.
import { isCount, isMembers, type Members, parsed } from "./members.ts";
import { shown } from "./report.ts";

export interface ApprovalRule {
  readonly count: number;
  readonly roles: readonly string[];
  /** One person more where the patch touches what the tests rest on, or protected paths. */
  readonly isExtraOnFlags: boolean;
}

/** Null where the text does not say it. */
export function ruleOf(text: string): ApprovalRule | null {
  const charter = parsed(text);
  const controls = isMembers(charter) && isMembers(charter.controls) ? charter.controls : {};
  const { approverCount: count, approverRoles: roles, extraApproverOnFlags: isExtraOnFlags } = controls;
  const isNamed = Array.isArray(roles) && roles.every((role) => typeof role === "string");
  return isCount(count) && isNamed && typeof isExtraOnFlags === "boolean"
    ? { count, roles, isExtraOnFlags }
    : null;
}

/** How a decision document asks for less than the charter does; null when it does not. */
export function shortfall(rule: ApprovalRule, { needed, roles, testIntegrity }: Members): string | null {
  // The document lists the flags that are more than a notice. Without the list it cannot say that there were none.
  const isFlagged = !Array.isArray(testIntegrity) || testIntegrity.length > 0;
  const asked = rule.count + (rule.isExtraOnFlags && isFlagged ? 1 : 0);
  if (typeof needed !== "number" || !(needed >= asked))
    return `the document asks for ${shown(String(needed))} approvals, and its charter for ${asked}`;
  const other = Array.isArray(roles) ? roles.find((role) => !rule.roles.includes(role)) : undefined;
  return other === undefined
    ? null
    : `the document lets the role ${shown(String(other))} approve, and its charter does not`;
}
