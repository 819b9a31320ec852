// What a wire's number is at an instant, and which rows stand behind it.
import { HOUR } from "../clock.ts";
import type { Db } from "../db.ts";
import { baselineSpan } from "../kpis/baseline-rules.ts";
import { kpiContextOf, listKpiRowsIn, readKpiIn } from "../kpis/read-kpi.ts";
import type { KpiRow } from "../kpis/schema/reading.ts";
import type { Charter } from "../pilots/schema.ts";
import { countThings, shareOfMerges } from "./counts-store.ts";
import { isCount, isShare } from "./measures.ts";
import type { Reading } from "./rules.ts";
import type { Tripwire } from "./schema.ts";

const MOST_ROWS = 1000;

type Counting = Pick<Tripwire, "measure" | "minimum">;

export interface WatchedPilot {
  readonly id: string;
  readonly activatedAt: Date;
  readonly baselineUntil: Date | null;
  readonly charter: Charter;
}

export interface WireReading extends Reading {
  readonly from: Date;
}

/** Of the window that ends at `at`; nothing before `countsFrom` counts. What came to be known after `at` is not used. */
export async function readWireAt(
  db: Db,
  pilot: WatchedPilot,
  wire: Tripwire,
  { at, countsFrom }: { readonly at: Date; readonly countsFrom: Date | null },
): Promise<WireReading> {
  const begins = at.getTime() - wire.windowHours * HOUR;
  const earliest = Math.max(pilot.activatedAt.getTime(), countsFrom?.getTime() ?? 0);
  const from = new Date(Math.max(begins, earliest));
  const { value, sample } = await numberOf(db, pilot.id, wire, from, at);
  const baseline = wire.of === "baseline" ? await baselineOf(db, pilot, wire, at) : null;
  return { value, sample, baseline, from, isWhole: begins >= earliest };
}

interface Number {
  readonly value: number | null;
  readonly sample: number;
}

async function numberOf(
  db: Db,
  pilotId: string,
  { measure, minimum }: Counting,
  from: Date,
  to: Date,
): Promise<Number> {
  if (isCount(measure)) return countThings(db, measure, { pilotId, from, to });
  if (isShare(measure)) return shareOfMerges(db, measure, { pilotId, from, to });
  const context = { ...(await kpiContextOf(db, pilotId)), minimumSample: minimum };
  const window = { pilotId, kpi: measure, from, to, asOf: to };
  const { value, sample, censored } = await readKpiIn(db, context, window);
  const all = sample + censored;
  if (value !== null || censored === 0 || all < minimum) return { value, sample: all };
  return { value: leastMedian(await listKpiRowsIn(db, context, window, MOST_ROWS)), sample: all };
}

/** Where most is not over yet the median is at least what it would be if all of it ended now. */
function leastMedian(rows: readonly KpiRow[]): number | null {
  const lasted = rows.flatMap(({ value }) => value ?? []).sort((one, other) => one - other);
  return lasted[Math.floor((lasted.length - 1) / 2)] ?? null;
}

/** Ids of what stands behind a number, the newest first. */
export async function rowsBehind(
  db: Db,
  pilotId: string,
  { measure }: Pick<Tripwire, "measure">,
  { from, to }: { readonly from: Date; readonly to: Date },
): Promise<string[]> {
  if (isCount(measure)) return (await countThings(db, measure, { pilotId, from, to })).rows;
  if (isShare(measure)) return (await shareOfMerges(db, measure, { pilotId, from, to })).rows;
  const window = { pilotId, kpi: measure, from, to, asOf: to };
  const rows = await listKpiRowsIn(db, await kpiContextOf(db, pilotId), window, MOST_ROWS);
  return rows.map(({ id }) => id);
}

/**
 * What the charter says the number was before, else what was measured in the pilot's baseline, once that is over. A count is
 * taken in proportion to the wire's window.
 */
async function baselineOf(db: Db, pilot: WatchedPilot, wire: Tripwire, at: Date): Promise<number | null> {
  const said = pilot.charter.goal.metrics.find(({ kpi }) => kpi === wire.measure)?.baseline ?? null;
  if (said !== null) return said;
  const { from, to } = baselineSpan(pilot);
  if (at < to) return null;
  const { value } = await numberOf(db, pilot.id, { ...wire, minimum: 1 }, from, to);
  if (value === null || !isCount(wire.measure)) return value;
  return (value * wire.windowHours * HOUR) / (to.getTime() - from.getTime());
}
