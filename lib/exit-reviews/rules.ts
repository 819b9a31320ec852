// What a pilot's numbers say of its criteria, on which days, and what the second look makes of the first. Pure.

import type { KpiReading } from "../kpis/schema/reading.ts";
import { judgementOf } from "../kpis/verdict-rules.ts";
import { dayIn } from "../pilots/rules.ts";
import type { ExitCriterion } from "../pilots/schema/rollback.ts";
import type { Judged, JudgedCriterion, JudgedTarget } from "./schema.ts";

const DAY = 24 * 60 * 60 * 1000;
const HOUR = 60 * 60 * 1000;

const REVIEW_AFTER = 28;
/** Until what was merged by then has matured. */
const CONFIRMED_AFTER = 14;

const later = (day: string, days: number): string =>
  new Date(Date.parse(`${day}T00:00:00Z`) + days * DAY).toISOString().slice(0, 10);

/** Days as 2030-12-31. A charter that ends before the fourth week is over is reviewed as it ends: the day after its last. */
export function exitDays(activatedOn: string, endsOn: string): { review: string; confirmation: string } {
  const ordinary = later(activatedOn, REVIEW_AFTER);
  const afterEnd = later(endsOn, 1);
  const [review = ordinary] = [ordinary, afterEnd].sort();
  return { review, confirmation: later(review, CONFIRMED_AFTER) };
}

/** The first moment of a day where the pilot is: days there have 23 to 25 hours, and some zones skip midnight. */
export function beginOf(timeZone: string, day: string): Date {
  const near = Date.parse(`${day}T00:00:00Z`);
  let [low, high] = [near - 26 * HOUR, near + 26 * HOUR];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (dayIn(timeZone, middle) >= day) high = middle;
    else low = middle;
  }
  return new Date(high);
}

/** A number beside its target; what can still change decides nothing. */
export function judgedTarget(reading: KpiReading, target: number, isAtLeast: boolean): JudgedTarget {
  const { kpi, value, interval, sample, provisional, maturing } = reading;
  const { verdict, needed } = judgementOf(reading, target);
  const counted = { kpi, target, value, interval, sample, provisional: provisional + maturing };
  if (value === null) return { ...counted, verdict: "cannot_tell", towards: null, needed };
  const points = (isAtLeast ? value >= target : value <= target) ? "met" : "missed";
  if (verdict === "met" || verdict === "missed") {
    const isSettled = provisional + maturing === 0;
    return { ...counted, verdict: isSettled ? verdict : "leaning", towards: verdict, needed: null };
  }
  return { ...counted, verdict: "leaning", towards: points, needed };
}

export interface CriterionFacts {
  readonly asked: readonly ExitCriterion[];
  readonly targets: readonly Judged[];
  /** Runs that have not ended. */
  readonly open: number;
  /** Reports of people who launched and approved nothing, the newest first. */
  readonly reports: readonly { readonly verdict: "fit" | "fit_with_reservations" | "not_fit" }[];
}

const settled = (verdict: "met" | "missed"): Judged => ({ verdict, towards: verdict, needed: null });
const unknown = (needed: number | null): Judged => ({ verdict: "cannot_tell", towards: null, needed });

function allTargets(targets: readonly Judged[]): Judged {
  if (targets.length === 0) return unknown(null);
  if (targets.some(({ verdict }) => verdict === "missed")) return settled("missed");
  const open = targets.filter(({ verdict }) => verdict !== "met");
  if (open.length === 0) return settled("met");
  const lacking = open.map(({ needed }) => needed);
  const needed = lacking.some((one) => one === null) ? null : Math.max(...lacking.map((one) => one ?? 0));
  if (open.some(({ verdict }) => verdict === "cannot_tell")) return unknown(needed);
  const towards = open.some((one) => one.towards === "missed") ? "missed" : "met";
  return { verdict: "leaning", towards, needed };
}

/** All three are told, whether the charter asks for them or not. */
export function judgedCriteria({ asked, targets, open, reports }: CriterionFacts): JudgedCriterion[] {
  const [newest] = reports;
  const verdicts: Readonly<Record<ExitCriterion, Judged>> = {
    independent_review: newest ? settled(newest.verdict === "not_fit" ? "missed" : "met") : unknown(1),
    targets_met: allTargets(targets),
    runs_ended: open === 0 ? settled("met") : unknown(open),
  };
  return (Object.keys(verdicts) as ExitCriterion[]).map((criterion) => ({
    ...{ criterion, isAsked: asked.includes(criterion) },
    ...verdicts[criterion],
  }));
}

export type Outcome = "confirmed" | "reversed" | "settled" | "open";

/** What the confirmation makes of what the review said: `settled`, where that said nothing. */
export function outcomeOf(before: Judged, after: Judged): Outcome {
  if (after.verdict !== "met" && after.verdict !== "missed") return "open";
  if (before.towards === null) return "settled";
  return before.towards === after.towards ? "confirmed" : "reversed";
}

export interface ReporterFacts {
  readonly launched: number;
  readonly approved: number;
}

const times = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? "" : "s"}`;

/** Why somebody states no independent review; null where they may. */
export function refusalToReport({ launched, approved }: ReporterFacts): string | null {
  if (launched > 0)
    return `You launched ${times(launched, "run")} of this pilot; an independent review is stated by somebody who launched none.`;
  if (approved > 0)
    return `You decided at ${times(approved, "gate")} of this pilot; an independent review is stated by somebody who decided at none.`;
  return null;
}

/** Why the pilot does not end like this yet; null where it may. What goes on needs no criterion. */
export function refusalToDecide(
  decision: "scale_up" | "extend" | "end",
  criteria: readonly JudgedCriterion[],
): string | null {
  if (decision === "extend") return null;
  const asked = (criterion: ExitCriterion) =>
    criteria.find((one) => one.criterion === criterion && one.isAsked) ?? null;
  const review = asked("independent_review");
  if (review && review.verdict === "cannot_tell")
    return "The charter wants an independent review, and nobody has stated one.";
  if (decision === "scale_up" && review?.verdict === "missed")
    return "The charter wants an independent review, and the newest found the pilot not fit: end it, or extend it.";
  const ended = asked("runs_ended");
  if (ended && ended.verdict !== "met")
    return `The charter wants every run to have ended; ${times(ended.needed ?? 0, "run")} of the pilot ${ended.needed === 1 ? "has" : "have"} not.`;
  if (decision === "scale_up" && asked("targets_met")?.verdict === "missed")
    return "The charter wants its targets met, and one is missed: end it, or extend it.";
  return null;
}
