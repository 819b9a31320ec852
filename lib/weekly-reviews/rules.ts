// Which days a week has, which approvals are looked at again, and what a pack says first. Pure.
import { createHash } from "node:crypto";
import { DAY } from "../clock.ts";
import type { Cadence } from "../pilots/schema/kpis.ts";
import type { PackDocument, SampledApproval, SampleReason, WeekState } from "./schema.ts";

/** Days of a pack: a fortnight where the charter looks every fortnight; null where it asks for no look at all. */
export const packDays = (cadence: Cadence): number | null =>
  cadence === "never" ? null : cadence === "fortnightly" ? 14 : 7;

const dayNumber = (day: string): number => Date.parse(`${day}T00:00:00Z`) / DAY;

/** `2030-12-31` and as many days later. */
export const addDays = (day: string, days: number): string =>
  new Date((dayNumber(day) + days) * DAY).toISOString().slice(0, 10);

export interface WeekDays {
  readonly number: number;
  readonly firstDay: string;
  readonly lastDay: string;
}

/** The next week that is over, following the last that was packed; null while it is not. */
export function dueWeek(
  last: WeekDays | null,
  { activatedOn, today, days }: { activatedOn: string; today: string; days: number },
): WeekDays | null {
  const firstDay = last ? addDays(last.lastDay, 1) : activatedOn;
  const lastDay = addDays(firstDay, days - 1);
  return today > lastDay ? { number: (last?.number ?? 0) + 1, firstDay, lastDay } : null;
}

export const HASTY_MS = 10_000;
export const MANY_FLAGS = 3;
export const LARGE_LINES = 400;
export const SAMPLE_SIZE = 5;

const WEIGHTS: Readonly<Record<SampleReason, number>> = {
  ...{ protected: 4, flags: 2, hasty: 4, unopened: 3, large: 2 },
};

export interface WeighedApproval extends Omit<SampledApproval, "weight" | "why"> {
  readonly isProtected: boolean;
}

/** What speaks for a second look at it. */
export function reasonsFor(approval: WeighedApproval): SampleReason[] {
  const { isProtected, flags, milliseconds, files, opened, lines } = approval;
  return [
    ...(isProtected ? (["protected"] as const) : []),
    ...(flags >= MANY_FLAGS ? (["flags"] as const) : []),
    ...(milliseconds < HASTY_MS ? (["hasty"] as const) : []),
    ...(files > 0 && opened < files ? (["unopened"] as const) : []),
    ...(lines >= LARGE_LINES ? (["large"] as const) : []),
  ];
}

/** From the pilot, the week and every approval of it: nobody who approves can know who else will. */
export const sampleSeed = (pilot: string, number: number, approvals: readonly string[]): string =>
  createHash("sha256")
    .update([pilot, number, ...[...approvals].sort()].join("\n"))
    .digest("hex");

/** In (0, 1): the first 48 bits of a digest. */
const lot = (seed: string, id: string): number =>
  (Number.parseInt(createHash("sha256").update(`${seed}\n${id}`).digest("hex").slice(0, 12), 16) + 1) /
  (2 ** 48 + 1);

/** Drawn without putting back, each as likely as it weighs (Efraimidis and Spirakis 2006): whoever has the rows draws the same. */
export function drawSample(
  approvals: readonly WeighedApproval[],
  seed: string,
  size = SAMPLE_SIZE,
): SampledApproval[] {
  const weighed = approvals.map(({ isProtected, ...row }) => {
    const why = reasonsFor({ isProtected, ...row });
    const weight = why.reduce((sum, reason) => sum + WEIGHTS[reason], 1);
    return { item: { ...row, weight, why }, key: Math.log(lot(seed, row.approval)) / weight };
  });
  return weighed
    .sort((a, b) => b.key - a.key || (a.item.approval < b.item.approval ? -1 : 1))
    .slice(0, size)
    .map(({ item }) => item)
    .sort((a, b) => b.weight - a.weight || (a.approval < b.approval ? -1 : 1));
}

export const stateOf = (
  { number, decision }: { readonly number: number; readonly decision: WeekState | null },
  latest: number,
): WeekState => decision ?? (number < latest ? "overdue" : "waits");

/** By the charter in force: it may name other owners than when the week was packed. */
export const mayPropose = (
  { status, owners }: { readonly status: string; readonly owners: readonly string[] },
  personId: string,
): boolean =>
  (status === "active" || status === "paused") && (owners.length === 0 || owners.includes(personId));

const some = (count: number, one: string, many = `${one}s`) => `${count} ${count === 1 ? one : many}`;

/** The verdict, in one sentence. */
export function headlineOf({ numbers, incidents, trips, findings }: PackDocument): string {
  const aimed = numbers.filter(({ target }) => target !== null);
  const of = (verdict: string) => aimed.filter((each) => each.verdict === verdict).length;
  const targets =
    aimed.length === 0
      ? "The charter sets no target"
      : `${of("met")} of ${some(aimed.length, "target")} met, ${of("missed")} missed, ${of("cannot_tell")} cannot be told yet`;
  return `${targets}; ${some(incidents.count, "incident")}, ${some(trips.count, "trip")}, ${some(findings.count, "open finding")}.`;
}
