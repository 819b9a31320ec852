// Spend as a table for other programs. Pure; no person is in it.
import { type Cell, csvOf } from "../text/csv.ts";
import type { Spend } from "./schema.ts";

const dollars = (micros: number | null): number | null => (micros === null ? null : micros / 1_000_000);

export function spendCsv({ shares, days, costs, fixes, budgetMicros }: Spend): string {
  const rows: Cell[][] = [
    ["budget", "", "", dollars(budgetMicros), null],
    ...Object.entries(shares).flatMap(([by, list]) =>
      list.map(({ key, title, micros, calls }): Cell[] => [by, key, title, dollars(micros), calls]),
    ),
    ...days.map(({ day, micros }): Cell[] => ["day", day, "", dollars(micros), null]),
    ...costs.map(({ part, micros, hours }): Cell[] => ["cost", part, "", dollars(micros), hours]),
    ["fixes", "", "", null, fixes],
  ];
  return csvOf(["section", "key", "title", "usd", "count_or_hours"], rows);
}
