// A board and the rows behind a number, as tables for other programs. Pure.
import { KPIS } from "../kpis/definitions/registry.ts";
import type { KpiId } from "../kpis/schema/kpi-id.ts";
import type { KpiRow } from "../kpis/schema/reading.ts";
import { csvOf } from "../text/csv.ts";
import type { Board } from "./schema.ts";

const COLUMNS = [
  ...["kpi", "title", "unit", "state", "value", "p90", "interval_low", "interval_high", "numerator"],
  ...["denominator", "sample", "minimum_sample", "provisional", "maturing", "not_over", "before"],
  ...["from", "to", "as_of"],
];

/** One line a number; empty where it says nothing. */
export const boardCsv = ({ numbers, span, asOf }: Board): string =>
  csvOf(
    COLUMNS,
    numbers.map(({ reading, before }) => {
      const { kpi, state, value, p90, interval, numerator, denominator } = reading;
      const { sample, minimumSample, provisional, maturing, censored } = reading;
      return [
        ...[kpi, KPIS[kpi].title, KPIS[kpi].unit, state, value, p90, interval?.low ?? null],
        ...[interval?.high ?? null, numerator, denominator, sample, minimumSample, provisional, maturing],
        ...[censored, before?.value ?? null, span.from, span.to, asOf],
      ];
    }),
  );

const ROW_COLUMNS = [
  ...[
    "kpi",
    "id",
    "at",
    "value",
    "unit",
    "counts_as_hit",
    "not_over",
    "maturing",
    "provisional",
    "run",
    "title",
  ],
];

export const rowsCsv = (kpi: KpiId, rows: readonly KpiRow[]): string =>
  csvOf(
    ROW_COLUMNS,
    rows.map(({ id, at, value, isHit, isCensored, isMaturing, isProvisional, runId, title }) => [
      ...[kpi, id, at, value, KPIS[kpi].unit, isHit, isCensored, isMaturing, isProvisional, runId, title],
    ]),
  );
