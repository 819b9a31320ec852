// What a wire's number is at an instant, and which rows stand behind it.
import { DAY, HOUR } from "../clock.ts";
import type { Db } from "../db.ts";
import { kpiContextOf, listKpiRowsIn, readKpiIn } from "../kpis/read-kpi.ts";
import type { Charter } from "../pilots/schema.ts";
import { countThings } from "./counts-store.ts";
import { isKpi } from "./measures.ts";
import type { Reading } from "./rules.ts";
import type { Tripwire } from "./schema.ts";

const BASELINE_WINDOW = 7 * DAY;
const MOST_ROWS = 1000;

type Counting = Pick<Tripwire, "measure" | "minimum">;

export interface WatchedPilot {
  readonly id: string;
  readonly activatedAt: Date;
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
  const from = new Date(Math.max(begins, countsFrom?.getTime() ?? begins));
  const { value, sample } = await numberOf(db, pilot.id, wire, from, at);
  const baseline = wire.of === "baseline" ? await baselineOf(db, pilot, wire, at) : null;
  return { value, sample, baseline, from };
}

async function numberOf(db: Db, pilotId: string, { measure, minimum }: Counting, from: Date, to: Date) {
  if (!isKpi(measure)) return countThings(db, measure, { pilotId, from, to });
  const context = { ...(await kpiContextOf(db, pilotId)), minimumSample: minimum };
  const { value, sample } = await readKpiIn(db, context, { pilotId, kpi: measure, from, to, asOf: to });
  return { value, sample };
}

/** Ids of what stands behind a number, the newest first. */
export async function rowsBehind(
  db: Db,
  pilotId: string,
  { measure }: Pick<Tripwire, "measure">,
  { from, to }: { readonly from: Date; readonly to: Date },
): Promise<string[]> {
  if (!isKpi(measure)) return (await countThings(db, measure, { pilotId, from, to })).rows;
  const window = { pilotId, kpi: measure, from, to, asOf: to };
  const rows = await listKpiRowsIn(db, await kpiContextOf(db, pilotId), window, MOST_ROWS);
  return rows.map(({ id }) => id);
}

/**
 * What the charter says the number was before, else what the first week measured, once it is over. A count of the first
 * week is taken in proportion to the wire's window.
 */
async function baselineOf(db: Db, pilot: WatchedPilot, wire: Tripwire, at: Date): Promise<number | null> {
  const said = pilot.charter.goal.metrics.find(({ kpi }) => kpi === wire.measure)?.baseline ?? null;
  if (said !== null) return said;
  const ends = new Date(pilot.activatedAt.getTime() + BASELINE_WINDOW);
  if (at < ends) return null;
  const { value } = await numberOf(db, pilot.id, { ...wire, minimum: 1 }, pilot.activatedAt, ends);
  if (value === null || isKpi(wire.measure)) return value;
  return (value * wire.windowHours * HOUR) / BASELINE_WINDOW;
}
