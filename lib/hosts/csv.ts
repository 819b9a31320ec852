// Hosts of a pilot as a table for other programs (RFC 4180). Pure.
import type { HostRow } from "./schema.ts";

const COLUMNS = [
  ...["way", "host", "port", "verdict", "rule"],
  ...["up_bytes", "down_bytes", "is_least", "times", "first", "last"],
];

/**
 * Programs for tables run a cell that begins with one of these; names of hosts and rules are what others wrote. Where a
 * comma is part of a number, a cell also begins after a semicolon or a tab, whatever is in quotes.
 */
const FORMULA = /(^|[;\t] *)(?=[=+\-@\t\r])/g;

function cell(value: string | number | boolean | Date | null): string {
  if (value === null) return "";
  if (value instanceof Date) return value.toISOString();
  if (typeof value !== "string") return String(value);
  const text = value.replace(FORMULA, "$1'");
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Empty where nobody counts, or nothing happened yet; `is_least`: more may have been sent than is known. */
export function hostsCsv(rows: readonly HostRow[]): string {
  const lines = rows.map(({ way, host, port, verdict, rule, up, down, atLeast, times, first, last }) =>
    [way, host, port, verdict, rule, up, down, atLeast, times, first, last].map(cell).join(","),
  );
  return [COLUMNS.join(","), ...lines].map((line) => `${line}\r\n`).join("");
}
