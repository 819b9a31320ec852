// What a provider's models did in the last 30 days, by the newest calls. Calls that we cut, that are open or whose end nobody saw do not
// count, nor do those the provider rightly refused (4xx but 408 and 429).
import { requirePermission } from "../authz/require.ts";
import { visiblePilots } from "../authz/rules.ts";
import { DAY } from "../clock.ts";
import { read } from "../db.ts";
import type { Scope } from "../scope.ts";
import { type FigureRow, type Figures, MINIMUM_SAMPLE, NEWEST_CALLS, type Times } from "./figures-schema.ts";
import { selectFigures } from "./figures-store.ts";

const timesOf = (n: number, p50: number | null, p95: number | null): Times | null =>
  n < MINIMUM_SAMPLE || p50 === null || p95 === null ? null : { p50, p95, n };

export function figuresOf(row: FigureRow): Figures {
  const { model, age, context, n } = row;
  const rate = (count: number) => (n < MINIMUM_SAMPLE ? null : count / n);
  return {
    ...{ model, age, context, n, errorRate: rate(row.errors), retryRate: rate(row.retried) },
    firstByte: timesOf(row.timed, row.firstByteP50, row.firstByteP95),
    firstToken: timesOf(row.tokenTimed, row.firstTokenP50, row.firstTokenP95),
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
