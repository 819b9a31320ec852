// A number of a pilot over a window, and the rows it was told from.
import type { Interval } from "../schema.ts";
import type { KpiId } from "./kpi-id.ts";

/** By what a number may be told apart. */
export interface KpiSplit {
  readonly agentId?: string | undefined;
  readonly model?: string | undefined;
  readonly repositoryId?: string | undefined;
  /** Of runs. */
  readonly kind?: string | undefined;
  /** Of what was deployed: changes that agents made, or people. */
  readonly author?: "agent" | "human" | undefined;
}

export interface KpiWindow {
  readonly pilotId: string;
  readonly kpi: KpiId;
  readonly from: Date;
  /** A row at this very moment is not in the window: to have those of `asOf` too, it has to be later. */
  readonly to: Date;
  readonly split?: KpiSplit | undefined;
  /** What happened later is not known. */
  readonly asOf: Date;
}

/** `not_connected`: nothing feeds it, or it is not told apart like this. */
export type KpiState = "value" | "too_few" | "not_connected";

export interface KpiReading {
  readonly kpi: KpiId;
  readonly state: KpiState;
  /** In the unit of the definition; null unless `state` is `value`. */
  readonly value: number | null;
  /** Of a median. */
  readonly p90: number | null;
  /** 95 %, of the value. */
  readonly interval: Interval | null;
  /** Hits of a rate, rows that were counted, what was spent; null where there is no such thing. */
  readonly numerator: number | null;
  /** Rows of a rate, weeks of a pace, fixes of a cost; null where there is no such thing. */
  readonly denominator: number | null;
  /** Rows the value rests on. */
  readonly sample: number;
  readonly minimumSample: number;
  /** Of the sample: merges younger than 14 days, which can still be reverted. */
  readonly provisional: number;
  /** Merges left out of a rate because what becomes of them is not known yet. */
  readonly maturing: number;
  /** Begun and not over: counted as lasting at least as long as they have so far. */
  readonly censored: number;
  /** Where a budget is spent: what share of it will be at the end, and the day it is used up; null where nothing says. */
  readonly projection: { readonly atEnd: number; readonly usedUpAt: Date | null } | null;
}

/** A row behind a number. */
export interface KpiRow {
  /** Of what the definition calls its noun. */
  readonly id: string;
  readonly at: Date;
  /** In the unit of the definition; null where the row is only counted. */
  readonly value: number | null;
  /** Whether it counts in the numerator of a rate; null where there is none. */
  readonly isHit: boolean | null;
  readonly isCensored: boolean;
  readonly isMaturing: boolean;
  readonly isProvisional: boolean;
  readonly runId: string | null;
  /** Of the run; null where there is none. */
  readonly title: string | null;
}

/** Rows behind a number that are given at most, the newest. */
export const MOST_ROWS = 10_000;
