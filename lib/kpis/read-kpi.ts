// The one way to a number of a pilot, and to the rows behind it.
import { requirePermission } from "../authz/require.ts";
import { type Db, read } from "../db.ts";
import { notFound } from "../errors.ts";
import { budgetsOf } from "../model-calls/rules.ts";
import { dayIn } from "../pilots/rules.ts";
import { findActiveCharter, findLatestVersion, findPilotState } from "../pilots/service.ts";
import type { Scope } from "../scope.ts";
import { burnOf } from "./budget-rules.ts";
import { KPIS } from "./definitions/registry.ts";
import { nothingOf, type RowSums, readingOf } from "./reading-rules.ts";
import { selectSpent } from "./rows/budget-store.ts";
import { DELIVERY_ROWS, type DeliveryKpi, type Fed, selectFed } from "./rows/delivery-store.ts";
import { type EffortFed, type Reclaimed, selectEffortFed, sumReclaimed } from "./rows/effort-store.ts";
import { type CountedKpi, isCounted, isOfPeople, selectRows, sumRows } from "./rows/rows-store.ts";
import { sumTogether } from "./rows/together-store.ts";
import type { RowsWindow } from "./rows/window-store.ts";
import type { KpiId } from "./schema/kpi-id.ts";
import { type KpiReading, type KpiRow, type KpiSplit, type KpiWindow, MOST_ROWS } from "./schema/reading.ts";
import { Z } from "./statistics.ts";

/** What the charter in force says about numbers; read once for many of them. */
export interface KpiContext {
  readonly pilotId: string;
  readonly repositoryId: string;
  readonly timeZone: string;
  readonly minimumSample: number;
  readonly budgetMicros: number;
  /** Day after which the charter is over, as 2030-12-31. */
  readonly endsOn: string;
  readonly fed: Fed & EffortFed;
}

/** What many numbers are read by, asked once. Throws not_found for a pilot that is none. */
export async function kpiContextOf(db: Db, pilotId: string): Promise<KpiContext> {
  const pilot = await findPilotState(db, pilotId);
  const stored = (await findActiveCharter(db, pilotId)) ?? (await findLatestVersion(db, pilotId));
  if (!pilot || !stored) throw notFound("pilot");
  const { charter } = stored;
  return {
    ...{ pilotId, repositoryId: charter.scope.repositoryId, timeZone: pilot.timeZone },
    ...{ minimumSample: charter.kpis.minimumSample, endsOn: charter.rollback.endsOn },
    budgetMicros: budgetsOf(charter).pilotMicros,
    fed: {
      ...(await selectFed(db, charter.scope.repositoryId)),
      ...(await selectEffortFed(db, pilotId)),
    },
  };
}

/** Throws not_found for who does not see the pilot. */
export async function readKpi(scope: Scope, window: KpiWindow): Promise<KpiReading> {
  requirePermission(scope, "kpi.view", window.pilotId);
  return read(scope, async (db) => readKpiIn(db, await kpiContextOf(db, window.pilotId), window));
}

/** Many numbers of one window. `known`: its context, where several windows are read. */
export async function readKpis(
  scope: Scope,
  kpis: readonly KpiId[],
  window: Omit<KpiWindow, "kpi">,
  known?: KpiContext,
): Promise<KpiReading[]> {
  requirePermission(scope, "kpi.view", window.pilotId);
  return read(scope, async (db) => {
    const context = known ?? (await kpiContextOf(db, window.pilotId));
    const [first] = kpis;
    if (first === undefined) return [];
    const sums = sumTogether(db, new Set(kpis), rowsWindow(context, { ...window, kpi: first }), Z);
    return Promise.all(kpis.map((kpi) => readWith(sums, db, context, { ...window, kpi })));
  });
}

/** For services inside their transaction. The caller has checked who asks. */
export async function readKpiIn(db: Db, context: KpiContext, window: KpiWindow): Promise<KpiReading> {
  const rows = rowsWindow(context, window);
  return readWith((kpi) => sumRows(db, kpi, rows, Z), db, context, window);
}

async function readWith(
  sumsOf: (kpi: CountedKpi) => Promise<RowSums>,
  db: Db,
  context: KpiContext,
  window: KpiWindow,
): Promise<KpiReading> {
  const { kpi } = window;
  const rows = rowsWindow(context, window);
  const nothing = nothingOf(kpi, context.minimumSample);
  if (!isConnected(kpi, context, rows)) return nothing;
  if (kpi === "budget_burn") return budgetBurn(db, context, rows);
  if (!isCounted(kpi)) return nothing;
  const passed = Math.min(rows.to.getTime(), rows.asOf.getTime()) - rows.from.getTime();
  const milliseconds = Math.max(0, passed);
  const reading = readingOf(kpi, await sumsOf(kpi), milliseconds, context.minimumSample);
  return kpi === "hours_reclaimed" ? reclaimed(reading, await sumReclaimed(db, rows)) : reading;
}

/** Between what people said at least and at most; a kind they said nothing about reclaims nothing. */
function reclaimed(reading: KpiReading, { low, high, people, fixes, weeks }: Reclaimed): KpiReading {
  const told = { ...reading, sample: fixes, numerator: (low + high) / 2, denominator: people };
  // Without a week of people what they spent is not known, and is not nothing.
  if (reading.value === null || weeks === 0)
    return { ...told, state: "too_few", value: null, denominator: null };
  return { ...told, interval: { low: low - people, high: high - people } };
}

/** The rows behind a number, newest first. */
export async function listKpiRows(scope: Scope, window: KpiWindow, limit = MOST_ROWS): Promise<KpiRow[]> {
  requirePermission(scope, "kpi.view", window.pilotId);
  return read(scope, async (db) => listKpiRowsIn(db, await kpiContextOf(db, window.pilotId), window, limit));
}

/** For services inside their transaction. The caller has checked who asks. */
export async function listKpiRowsIn(
  db: Db,
  context: KpiContext,
  window: KpiWindow,
  limit = MOST_ROWS,
): Promise<KpiRow[]> {
  const { kpi } = window;
  const rows = rowsWindow(context, window);
  if (!isCounted(kpi) || !isConnected(kpi, context, rows)) return [];
  return selectRows(db, kpi, rows, limit);
}

function rowsWindow({ pilotId, repositoryId }: KpiContext, window: KpiWindow): RowsWindow {
  const { from, to, asOf, split = {} } = window;
  return { pilotId, repositoryId, from, to, asOf, split };
}

/** Told of what happens outside, whoever did it. */
export const isOutside = (kpi: KpiId): kpi is DeliveryKpi => kpi in DELIVERY_ROWS;

/** How a number is told of a time without agents: their work's of people, where it can be, and else (null) not at all. */
export const splitWithoutAgents = (kpi: KpiId, split: KpiSplit): KpiSplit | null =>
  isOutside(kpi) ? split : isOfPeople(kpi) ? { author: "human" } : null;

function isConnected(kpi: KpiId, { fed }: KpiContext, { split }: RowsWindow): boolean {
  const { hasSource, splits } = KPIS[kpi];
  const asked = Object.entries(split) as [keyof KpiSplit, string | undefined][];
  const isToldApart = asked.every(([name, by]) => by === undefined || splits.includes(name));
  if (!hasSource || !isToldApart) return false;
  if (kpi in fed) return fed[kpi as keyof typeof fed];
  return split.author !== "human" || fed.changes;
}

/** As of the window's end, or of now where that comes first: as it stood that day, and as it would have gone on. */
async function budgetBurn(db: Db, context: KpiContext, { from, to, asOf }: RowsWindow): Promise<KpiReading> {
  const { pilotId, timeZone, budgetMicros, minimumSample, endsOn } = context;
  // The end is not in the window: a window that ends at midnight ends with the day before.
  const last = Math.min(to.getTime() - 1, asOf.getTime());
  const [fromDay, today] = [dayIn(timeZone, Math.min(from.getTime(), last)), dayIn(timeZone, last)];
  const spent = await selectSpent(db, pilotId, fromDay, today);
  const nothing = nothingOf("budget_burn", minimumSample);
  return budgetMicros === 0
    ? nothing
    : {
        ...nothing,
        ...burnOf(spent, {
          budgetMicros,
          fromDay,
          today,
          endsOn,
          now: Math.min(to.getTime(), asOf.getTime()),
        }),
      };
}
