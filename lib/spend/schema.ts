// What a pilot costs, what people say about it, and what it may cost yet.
import { z } from "zod";
import type { Note } from "../boards/schema.ts";
import type { Interval } from "../kpis/schema.ts";

export const RateWhat = z.enum(["fix", "runner_hour", "person_hour"]);
export type RateWhat = z.infer<typeof RateWhat>;

/** What people said. Of those that hold on a day the one said last counts. */
export interface RateView {
  readonly id: string;
  readonly what: RateWhat;
  /** Of runs; empty for an hour. */
  readonly kind: string;
  /** Minutes of a fix, micro-units for an hour. */
  readonly low: number;
  readonly high: number;
  readonly fromDay: string;
  readonly source: string;
  readonly setBy: string;
  readonly setAt: Date;
}

export const SpendBy = z.enum(["agent", "model", "kind"]);
export type SpendBy = z.infer<typeof SpendBy>;

export interface Share {
  readonly key: string;
  readonly title: string;
  readonly micros: number;
  readonly calls: number;
}

export interface BurnDay {
  /** In the pilot's time zone. */
  readonly day: string;
  readonly micros: number;
  /** Of the budget, at the day's end. */
  readonly leftMicros: number;
}

export interface Projection {
  /** A day costs, on average of the last days that are over. */
  readonly perDayMicros: number;
  readonly days: number;
  /** What will be left when the charter ends; less than 0: the budget is used up before. */
  readonly left: { readonly micros: number; readonly interval: Interval };
  /** Null where it lasts. */
  readonly usedUpOn: string | null;
}

/** One kind of money; never added to another in silence. */
export interface CostPart {
  readonly part: "model" | "runner" | "people";
  /** Null where nobody said what an hour costs, or people are too few or not counted. */
  readonly micros: number | null;
  /** Hours it is made of; null for models. */
  readonly hours: number | null;
  /** Hours that no price was said for. */
  readonly unpricedHours: number;
  /** Weeks of which too few people were counted to show them. */
  readonly hiddenWeeks: number;
}

export interface Spend {
  readonly pilotId: string;
  readonly pilotName: string;
  readonly timeZone: string;
  readonly asOf: Date;
  readonly budgetMicros: number;
  /** The last day of the charter. */
  readonly endsOn: string;
  readonly spentMicros: number;
  readonly shares: Readonly<Record<SpendBy, readonly Share[]>>;
  readonly days: readonly BurnDay[];
  /** Null before two days are over. */
  readonly projection: Projection | null;
  readonly fixes: number;
  readonly costs: readonly CostPart[];
  readonly notes: readonly Note[];
  readonly rates: readonly RateView[];
}
