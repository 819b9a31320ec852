// Hosts of a pilot as a table for other programs. Pure.
import { csvOf } from "../text/csv.ts";
import type { HostRow } from "./schema.ts";

const COLUMNS = [
  ...["way", "host", "port", "verdict", "rule"],
  ...["up_bytes", "down_bytes", "is_least", "times", "first", "last"],
];

/** Empty where nobody counts, or nothing happened yet; `is_least`: more may have been sent than is known. */
export const hostsCsv = (rows: readonly HostRow[]): string =>
  csvOf(
    COLUMNS,
    rows.map(({ way, host, port, verdict, rule, up, down, atLeast, times, first, last }) => [
      ...[way, host, port, verdict, rule, up, down, atLeast, times, first, last],
    ]),
  );
