// A number week by week, for its chart. Each week is a window like all others.
import { requirePermission } from "../authz/require.ts";
import { read } from "../db.ts";
import { kpiContextOf, readKpiIn } from "../kpis/read-kpi.ts";
import type { Scope } from "../scope.ts";
import type { BoardRowsQuery, SeriesWeek } from "./schema.ts";
import { boardSpans, splitOf } from "./service.ts";
import { selectWeekSpans } from "./store.ts";

const MOST_WEEKS = 26;

/** Of the board's range, oldest first; of a longer one its last weeks. */
export async function getSeries(scope: Scope, query: BoardRowsQuery): Promise<SeriesWeek[]> {
  const { pilotId, kpi } = query;
  requirePermission(scope, "kpi.view", pilotId);
  const { pilot, span, asOf } = await boardSpans(scope, query);
  return read(scope, async (db) => {
    const context = await kpiContextOf(db, pilotId);
    const weeks = [];
    for (const { week, from, to, isPartial } of await selectWeekSpans(db, pilot.timeZone, span, MOST_WEEKS)) {
      const reading = await readKpiIn(db, context, { pilotId, kpi, from, to, asOf, split: splitOf(query) });
      weeks.push({ week, isPartial, reading });
    }
    return weeks;
  });
}
