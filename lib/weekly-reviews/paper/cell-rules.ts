// What cells of a week's sections are made of. Pure.
import { amountOf } from "../../kpis/metric-rules.ts";
import type { KpiId } from "../../kpis/schema/kpi-id.ts";
import type { PackedNumber, PackedReading } from "../schema.ts";

export interface Cell {
  readonly text: string;
  readonly href?: string;
  readonly tone?: "good" | "bad" | "need" | "wait";
}

export interface Section {
  readonly id: string;
  readonly title: string;
  readonly fact: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
  /** What stands there where there is no row. */
  readonly empty: string;
}

export const cell = (text: string | number): Cell => ({ text: String(text) });
export const link = (text: string, href: string): Cell => ({ text, href });
export const minute = (iso: string | null): string =>
  iso ? `${iso.slice(0, 16).replace("T", " ")} UTC` : "–";
export const usd = (micros: number): string => `$${(micros / 1e6).toFixed(2)}`;
export const plural = (count: number, one: string): string => `${count} ${count === 1 ? one : `${one}s`}`;
export const words = (text: string): string => text.replaceAll("_", " ");

export const amountIn = (kpi: KpiId, reading: PackedReading | null): string => {
  if (reading === null) return "–";
  if (reading.state === "not_connected") return "not connected";
  return reading.value === null ? `too few (${reading.sample})` : amountOf(kpi, reading.value);
};

export function intervalOf({ kpi, whole: { low, high, value } }: PackedNumber): string {
  if (value === null || low === null || high === null) return "–";
  return `${amountOf(kpi, low)} to ${amountOf(kpi, high)}`;
}

/** How old it was when the week was packed. */
export function age(iso: string, packedAt: string): string {
  const hours = Math.max(0, Math.floor((Date.parse(packedAt) - Date.parse(iso)) / 3_600_000));
  return hours < 48 ? `${hours} h` : `${Math.floor(hours / 24)} d`;
}

export const rest = (count: number, shown: number): string =>
  count > shown ? `${count}, the first ${shown} shown` : String(count);
