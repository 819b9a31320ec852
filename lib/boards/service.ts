// A pilot's numbers side by side: over a range, beside another time, told apart, and each with the rows behind it.
import { requirePermission } from "../authz/require.ts";
import { read } from "../db.ts";
import { conflict, notFound } from "../errors.ts";
import { baselineSpan } from "../kpis/baseline-rules.ts";
import {
  type KpiContext,
  kpiContextOf,
  listKpiRows,
  readKpi,
  readKpis,
  splitWithoutAgents,
} from "../kpis/read-kpi.ts";
import type { KpiReading, KpiRow, KpiSplit, KpiWindow } from "../kpis/schema/reading.ts";
import type { Scope } from "../scope.ts";
import { ALL_KPIS, beforeOf, daysNotice, SPLIT_KPIS, spanOf } from "./rules.ts";
import type { Board, BoardQuery, BoardRowsQuery, BoardSplit, Span } from "./schema.ts";
import { findBoardPilot, instantsOf, selectNotes, selectSplitValues } from "./store.ts";

const MOST_COLUMNS = 12;
const MOST_NOTES = 40;

/** Throws conflict for a pilot that was never active: it has no numbers. */
export async function getBoard(scope: Scope, query: BoardQuery): Promise<Board> {
  const { pilot, span, before, isWithoutAgents, asOf } = await boardSpans(scope, query);
  const { pilotId } = query;
  const window = { pilotId, asOf, split: splitOf(query) };
  const context = await read(scope, (db) => kpiContextOf(db, pilotId));
  const [readings, others, split, notes] = await Promise.all([
    readKpis(scope, ALL_KPIS, { ...window, ...span }, context),
    before ? readBeside(scope, { ...window, ...before }, isWithoutAgents, context) : [],
    splitBy(scope, query, { span, asOf, context }),
    read(scope, (db) => selectNotes(db, pilotId, span, MOST_NOTES)),
  ]);
  return {
    ...{ pilotId, pilotName: pilot.name, timeZone: pilot.timeZone, asOf, query, span, before },
    numbers: readings.map((reading) => ({
      reading,
      before: others.find(({ kpi }) => kpi === reading.kpi) ?? null,
    })),
    ...{ split, notes, notice: daysNotice(query) },
  };
}

/** The rows behind one number of the board, newest first. */
export async function listBoardRows(scope: Scope, query: BoardRowsQuery): Promise<KpiRow[]> {
  const { span, asOf } = await boardSpans(scope, query);
  const { pilotId, kpi } = query;
  return listKpiRows(scope, { pilotId, kpi, ...span, asOf, split: splitOf(query) });
}

export async function boardSpans(scope: Scope, { pilotId, range, first, last, compare }: BoardQuery) {
  requirePermission(scope, "kpi.view", pilotId);
  const pilot = await read(scope, (db) => findBoardPilot(db, pilotId));
  if (!pilot) throw notFound("pilot");
  const { activatedAt, baselineUntil, endedAt, timeZone } = pilot;
  if (!activatedAt) throw conflict("The pilot was never active, so it has no numbers.");
  const lived = { activatedAt, endedAt, now: scope.clock.now() };
  const days =
    first && last && first <= last ? await read(scope, (db) => instantsOf(db, timeZone, first, last)) : null;
  const span = spanOf(range, days, lived);
  const before = beforeOf(compare, span, lived, baselineSpan({ activatedAt, baselineUntil }));
  const isWithoutAgents = compare === "baseline" && baselineUntil !== null;
  return { pilot, span, before, isWithoutAgents, asOf: new Date(lived.now) };
}

/** What the numbers stand beside. Of a time without agents it is what people did. */
async function readBeside(
  scope: Scope,
  window: Span & Pick<KpiWindow, "pilotId" | "asOf"> & { readonly split: KpiSplit },
  isWithoutAgents: boolean,
  context: KpiContext,
): Promise<KpiReading[]> {
  if (!isWithoutAgents) return readKpis(scope, ALL_KPIS, window, context);
  const told = ALL_KPIS.flatMap((kpi) => {
    const split = splitWithoutAgents(kpi, window.split);
    return split ? [{ kpi, split }] : [];
  });
  return Promise.all(told.map(({ kpi, split }) => readKpi(scope, { ...window, kpi, split })));
}

export const splitOf = ({ split, of }: BoardQuery): KpiSplit =>
  split === "none" || of === undefined ? {} : { [split]: of };

async function splitBy(
  scope: Scope,
  { pilotId, split: by, of }: BoardQuery,
  { span, asOf, context }: { readonly span: Span; readonly asOf: Date; readonly context: KpiContext },
): Promise<BoardSplit | null> {
  if (by === "none" || of !== undefined) return null;
  const values = await read(scope, (db) => selectSplitValues(db, pilotId, by, MOST_COLUMNS));
  const columns = [];
  for (const { value, title } of values) {
    const window = { pilotId, ...span, asOf, split: { [by]: value } };
    columns.push({ value, title, readings: await readKpis(scope, SPLIT_KPIS, window, context) });
  }
  return { by, columns };
}
