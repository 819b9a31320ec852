// Whether a charter lets evidence count in which no planted test was reported failed. Pure.
import type { Charter } from "../pilots/schema.ts";
import { type CanaryRule, type CanarySeen, type Checks, NO_FRAMEWORK } from "../protocol/checks.ts";
import type { Judgement, TreeName } from "./rules.ts";

const STRICTNESS = ["never", "known", "always"] as const satisfies readonly CanaryRule[];

/** Of the charter a run was launched under, and of the one in force, which may ask for more. */
export function stricterCanary(charter: Charter, inForce: Charter = charter): CanaryRule {
  const [one, other] = [charter.controls.canary, inForce.controls.canary];
  return STRICTNESS.indexOf(one) >= STRICTNESS.indexOf(other) ? one : other;
}

interface Seen {
  readonly checks?: Pick<Checks, "frameworks" | "canary"> | null | undefined;
  readonly observations: readonly { readonly tree: TreeName; readonly canary?: CanarySeen | undefined }[];
}

/** Why evidence does not count for want of a canary; null where it does. */
export function canaryMissing(rule: CanaryRule, { checks, observations }: Seen): string | null {
  if (rule === "never") return null;
  if (rule === "known" && isUnknown(checks)) return null;
  const crossed = observations.filter(({ tree }) => tree === "base_on_patch");
  if (crossed.length > 0 && crossed.every(({ canary }) => (canary?.failed ?? 0) > 0)) return null;
  const why = !checks
    ? "the runner that verified plants none."
    : (checks.canary.none ?? "none of them was reported with the patch.");
  return `The charter wants a test that must fail reported failed, and there was no canary: ${why} Nothing shows that tests can fail with this patch, so that they pass counts for nothing.`;
}

/**
 * Test files that could not be read name no framework either, and say nothing of whether one is known. Without checks only
 * evidence gets here from before they were owed (`heldToChecks`).
 */
const isUnknown = (checks: Seen["checks"]): boolean =>
  !checks || (checks.frameworks.length === 0 && checks.canary.none === NO_FRAMEWORK);

/** A verdict that rests on tests passing is none where nothing shows that they can fail. */
export function heldToCanary<J extends Pick<Judgement, "verdict" | "sentence">>(
  judgement: J,
  rule: CanaryRule,
  seen: Seen,
): J {
  const missing = judgement.verdict === "verified" ? canaryMissing(rule, seen) : null;
  return missing === null ? judgement : { ...judgement, verdict: "untrustworthy", sentence: missing };
}
