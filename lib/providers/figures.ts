// What a provider's models did in the last 30 days, by the newest calls. Calls that we cut, that are open or whose end nobody saw do not
// count, nor do those the provider rightly refused (4xx but 408 and 429).
import { requirePermission } from "../authz/require.ts";
import { visiblePilots } from "../authz/rules.ts";
import { DAY } from "../clock.ts";
import { read } from "../db.ts";
import type { Scope } from "../scope.ts";
import { type FigureRow, type Figures, MINIMUM_SAMPLE, NEWEST_CALLS } from "./figures-schema.ts";
import { selectFigures } from "./figures-store.ts";

export function figuresOf(row: FigureRow): Figures {
  const { model, age, context, n, firstByteP50: p50, firstByteP95: p95 } = row;
  const rate = (count: number) => (n < MINIMUM_SAMPLE ? null : count / n);
  return {
    ...{ model, age, context, n, errorRate: rate(row.errors), retryRate: rate(row.retried) },
    firstByte: row.timed < MINIMUM_SAMPLE || p50 === null || p95 === null ? null : { p50, p95 },
    tokensPerSecond: row.paced < MINIMUM_SAMPLE ? null : row.tokensPerSecond,
  };
}

export async function listFigures(
  scope: Scope,
  providerId: string,
  newest: number = NEWEST_CALLS,
): Promise<Figures[]> {
  requirePermission(scope, "provider.view", null);
  const since = new Date(scope.clock.now() - 30 * DAY);
  const pilotIds = visiblePilots(scope.grants);
  return (await read(scope, (db) => selectFigures(db, { providerId, pilotIds, since, newest }))).map(
    figuresOf,
  );
}
