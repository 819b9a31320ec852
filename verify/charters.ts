// Who has to approve a merge, as the charter says it: held against what the decision document asks for.
import { shown } from "./report.ts";

export interface ApprovalRule {
  readonly count: number;
  readonly roles: readonly string[];
  /** One person more where the patch touches what the tests rest on, or protected paths. */
  readonly isExtraOnFlags: boolean;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Null where the text does not say it. */
export function ruleOf(text: string): ApprovalRule | null {
  let charter: unknown;
  try {
    charter = JSON.parse(text);
  } catch {
    return null;
  }
  const controls = isObject(charter) ? charter.controls : null;
  if (!isObject(controls)) return null;
  const { approverCount: count, approverRoles: roles, extraApproverOnFlags: isExtraOnFlags } = controls;
  const isRule =
    typeof count === "number" &&
    Number.isSafeInteger(count) &&
    Array.isArray(roles) &&
    roles.every((role) => typeof role === "string") &&
    typeof isExtraOnFlags === "boolean";
  return isRule ? { count, roles, isExtraOnFlags } : null;
}

/** How a decision document asks for less than the charter does; null when it does not. */
export function shortfall(rule: ApprovalRule, document: Readonly<Record<string, unknown>>): string | null {
  const { needed, roles, testIntegrity } = document;
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
