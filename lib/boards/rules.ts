// Which time a board is about, and what it stands beside. Pure.
import { DAY } from "../clock.ts";
import { CONTROL } from "../kpis/definitions/control.ts";
import { DELIVERY } from "../kpis/definitions/delivery.ts";
import { EFFORT } from "../kpis/definitions/effort.ts";
import { FLOW } from "../kpis/definitions/flow.ts";
import { QUALITY } from "../kpis/definitions/quality.ts";
import { KPIS } from "../kpis/definitions/registry.ts";
import type { KpiId } from "../kpis/schema/kpi-id.ts";
import type { KpiReading } from "../kpis/schema/reading.ts";
import type { BoardQuery, Compare, Range, Span } from "./schema.ts";

const idsOf = (group: object) => Object.keys(group) as KpiId[];

export const GROUPS: readonly { readonly title: string; readonly kpis: readonly KpiId[] }[] = [
  { title: "Flow", kpis: idsOf(FLOW) },
  { title: "Quality", kpis: idsOf(QUALITY) },
  { title: "Effort", kpis: idsOf(EFFORT) },
  { title: "Control", kpis: idsOf(CONTROL) },
  { title: "Delivery", kpis: idsOf(DELIVERY) },
];

export const ALL_KPIS: readonly KpiId[] = GROUPS.flatMap(({ kpis }) => kpis);

/** What a table by agent, model, repository or kind shows. */
export const SPLIT_KPIS: readonly KpiId[] = [
  ...(["throughput", "agent_lead_time", "review_to_merge", "caught_rate", "rejected_rate"] as const),
  ...(["escaped_rate", "revert_rate", "cost_per_run", "cost_per_fix"] as const),
];

const LENGTH: Readonly<Record<"7d" | "28d", number>> = { "7d": 7 * DAY, "28d": 28 * DAY };

export interface Lived {
  readonly activatedAt: Date;
  /** Null while it goes on. */
  readonly endedAt: Date | null;
  readonly now: number;
}

/** Never before the pilot began, never after it ended; `days`: what was asked for, in instants. */
export function spanOf(range: Range, days: Span | null, { activatedAt, endedAt, now }: Lived): Span {
  const begun = activatedAt.getTime();
  const end = endedAt?.getTime() ?? now;
  const clamp = (at: number) => new Date(Math.min(Math.max(at, begun), end));
  if (range === "days" && days) return { from: clamp(days.from.getTime()), to: clamp(days.to.getTime()) };
  if (range === "7d" || range === "28d") return { from: clamp(end - LENGTH[range]), to: new Date(end) };
  return { from: activatedAt, to: new Date(end) };
}

/** Why the whole time is shown to somebody who asked for days; null where nothing is to be said. */
export function daysNotice({
  range,
  first,
  last,
}: Pick<BoardQuery, "range" | "first" | "last">): string | null {
  if (range !== "days") return null;
  if (!first || !last)
    return "Give a first and a last day of the years 1970 to 2200. Until then the whole time is shown.";
  return first > last ? "The first day is after the last one, so the whole time is shown." : null;
}

/** Null where there was no such time: the pilot had not begun, or its baseline is not over. */
export function beforeOf(
  compare: Compare,
  { from, to }: Span,
  { activatedAt, now }: Lived,
  baseline: Span,
): Span | null {
  if (compare === "none") return null;
  if (compare === "baseline") return baseline.to.getTime() <= now ? baseline : null;
  const begins = from.getTime() - (to.getTime() - from.getTime());
  return begins >= activatedAt.getTime() ? { from: new Date(begins), to: from } : null;
}

export interface Change {
  /** Of the value before, in percent; of a share in points. */
  readonly by: number;
  readonly unit: "%" | "points";
  readonly isBetter: boolean | null;
}

/** Null where one of the two says nothing, or what it was is nothing to divide by. */
export function changeBetween(now: KpiReading, before: KpiReading | null): Change | null {
  if (now.value === null || before === null || before.value === null) return null;
  const { unit, better } = KPIS[now.kpi];
  const delta = now.value - before.value;
  const isBetter = delta === 0 ? null : delta > 0 === (better === "more");
  if (unit === "%") return { by: delta, unit: "points", isBetter };
  if (before.value === 0) return null;
  return { by: (100 * delta) / before.value, unit: "%", isBetter };
}
