// Who has to approve a merge, as the charter says it: held against what the decision document asks for.
import { isCount, isMembers, isText, type Members, parsed } from "../members.ts";
import { shown } from "../report.ts";

export interface ApprovalRule {
  readonly count: number;
  readonly roles: readonly string[];
  /** One person more where the patch touches what the tests rest on, or protected paths. */
  readonly isExtraOnFlags: boolean;
  /** Whether each of them signs with a passkey. */
  readonly isSigned: boolean;
  /** Who is one of those who approve what is protected. */
  readonly guard: string | null;
  /** Kinds of files that ask for one person more, and for that one. */
  readonly classes: readonly unknown[];
  /** Whether paths of its own are protected as well. */
  readonly hasPaths: boolean;
  /** Checks from outside that have to have passed. */
  readonly checks: readonly string[];
}

const within = (value: Members, name: string): Members => {
  const inner = value[name];
  return isMembers(inner) ? inner : {};
};

const listed = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** Null where the text does not say it. */
export function ruleOf(text: string): ApprovalRule | null {
  const charter = parsed(text);
  const whole = isMembers(charter) ? charter : {};
  const [controls, { protectedClasses, protectedPaths }] = [
    within(whole, "controls"),
    within(whole, "scope"),
  ];
  const { extraApproverOnFlags: isExtraOnFlags } = controls;
  const own = listed(controls.gates).find((gate) => isMembers(gate) && gate.gate === "merge");
  const { needed, roles: ownRoles } = isMembers(own) ? own : {};
  const [count, roles] = own ? [needed, ownRoles] : [controls.approverCount, controls.approverRoles];
  const isSigned = controls.stepUp === "merge" || controls.stepUp === "every_gate";
  const isNamed = Array.isArray(roles) && roles.every((role) => typeof role === "string");
  const checks = listed(controls.requiredChecks).filter(isText);
  const protects = { checks, classes: listed(protectedClasses), hasPaths: listed(protectedPaths).length > 0 };
  return isCount(count) && isNamed && typeof isExtraOnFlags === "boolean"
    ? { count, roles, isExtraOnFlags, isSigned, guard: guardOf(controls), ...protects }
    : null;
}

/** Kinds of files the document says the patch touches; null where it does not say it. */
function touchedOf({ touched }: Members): readonly unknown[] | null {
  if (!Array.isArray(touched)) return null;
  return touched.map((one) => (isMembers(one) ? one.class : undefined));
}

const touches = ({ classes }: ApprovalRule, touched: readonly unknown[]): boolean =>
  touched.some((one) => classes.includes(one));

/** Whether a charter protects files of which the document says nothing. Documents of earlier versions do not. */
export const isUntold = (rules: readonly (ApprovalRule | null)[], document: Members): boolean =>
  touchedOf(document) === null &&
  rules.some((rule) => rule !== null && (rule.classes.length > 0 || (rule.hasPaths && rule.guard !== null)));

/** Who has to be one of those who approve, for what the patch touches; null where nobody has to. */
function guardFor(rules: readonly ApprovalRule[], document: Members): string | null {
  const touched = touchedOf(document) ?? [];
  const isGuarded = touched.includes("paths") || rules.some((rule) => touches(rule, touched));
  const wanted = rules.flatMap(({ guard }) => guard ?? []);
  return isGuarded ? ([...STRICTEST, ...wanted].find((role) => wanted.includes(role)) ?? null) : null;
}

/** Of two roles that charters want, the document asks for the one that fewer people are trusted with. */
const STRICTEST: readonly string[] = ["security_lead", "engineering_lead", "reviewer"];

const guardOf = ({ protectedApproverRole: role }: Members): string | null =>
  isText(role) && role !== "any" ? role : null;

/**
 * How a decision document asks for less than the charter of its run does, or than the one that was in force by then, where
 * that is shown; null when it does not. A run keeps its own roles.
 */
export function shortfall(
  rule: ApprovalRule,
  inForce: ApprovalRule | null,
  document: Members,
): string | null {
  const { roles, mustHold } = document;
  const less = lessThan(rule, document, "its charter") ?? (inForce && lessThan(inForce, document, IN_FORCE));
  if (less !== null) return less;
  const guard = guardFor([rule, ...(inForce ? [inForce] : [])], document);
  if (guard !== null && mustHold !== guard)
    return `the patch touches files that are protected, and the document does not ask for ${shown(guard)}`;
  const guards = [rule.guard, inForce?.guard].filter((role) => isText(role) && role === mustHold);
  const named: readonly unknown[] = [...rule.roles, ...guards];
  const other = Array.isArray(roles) ? roles.find((role) => !named.includes(role)) : undefined;
  return other === undefined
    ? null
    : `the document lets the role ${shown(String(other))} approve, and its charter does not`;
}

const IN_FORCE = "the charter in force";

function lessThan(rule: ApprovalRule, document: Members, charter: string): string | null {
  const { needed, testIntegrity, method } = document;
  // The document lists the flags that are more than a notice. Without the list it cannot say that there were none.
  const isFlagged = !Array.isArray(testIntegrity) || testIntegrity.length > 0;
  const isExtra = (rule.isExtraOnFlags && isFlagged) || touches(rule, touchedOf(document) ?? []);
  const asked = rule.count + (isExtra ? 1 : 0);
  if (typeof needed !== "number" || !(needed >= asked))
    return `the document asks for ${shown(String(needed))} approvals, and ${charter} for ${asked}`;
  return rule.isSigned && method !== "passkey"
    ? `the document asks for no passkey, and ${charter} does`
    : null;
}
