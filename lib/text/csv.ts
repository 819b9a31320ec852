// Tables for other programs (RFC 4180). Pure.

export type Cell = string | number | boolean | Date | null;

/**
 * Programs for tables run a cell that begins with one of these; texts in it are what others wrote. Where a comma is part
 * of a number, a cell also begins after a semicolon or a tab, whatever is in quotes.
 */
const FORMULA = /(^|[;\t] *)(?=[=+\-@\t\r])/g;

function cellText(value: Cell): string {
  if (value === null) return "";
  if (value instanceof Date) return value.toISOString();
  if (typeof value !== "string") return String(value);
  const text = value.replace(FORMULA, "$1'");
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Instants in UTC; empty where there is nothing. */
export function csvOf(columns: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const lines = [columns, ...rows].map((cells) => cells.map(cellText).join(","));
  return lines.map((line) => `${line}\r\n`).join("");
}

/** Headers of an answer that is kept as a file. */
export const csvHeaders = (name: string): Record<string, string> => ({
  "content-type": "text/csv; charset=utf-8",
  "content-disposition": `attachment; filename="${name.replaceAll(/[^\w.-]/g, "")}"`,
  "cache-control": "no-store",
});
