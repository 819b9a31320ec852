import { requirePermission } from "../authz/require.ts";
import { HOUR } from "../clock.ts";
import { read } from "../db.ts";
import { dayIn } from "../pilots/rules.ts";
import type { Charter, PilotDetail } from "../pilots/schema.ts";
import { getPilot } from "../pilots/service.ts";
import type { Scope } from "../scope.ts";
import { type ReviewDays, reviewDays } from "./review-days.ts";
import { duration, isProvisional, outcomes, throughput } from "./rules.ts";
import type { FactRow, KpiQuery, KpiReport, KpiRowsQuery, MetricKpi } from "./schema.ts";
import { type FactFilter, selectFacts, selectWeeks } from "./store.ts";
import { metricReports, paceOf } from "./success.ts";

/** The KPIs of a pilot against its charter's targets, for all agents or one. */
export async function getKpis(scope: Scope, { pilotId, agentId }: KpiQuery): Promise<KpiReport> {
  requirePermission(scope, "kpi.view", pilotId);
  const pilot = await getPilot(scope, pilotId);
  const now = scope.clock.now();
  const { from, to } = observedSpan(pilot, now);
  const agent = agentId ?? null;
  const facts = await factsOf(scope, { pilotId, agentId: agent, kpi: null, outcome: null, week: null });
  const weeks = await read(scope, (db) => selectWeeks(db, pilotId, agent, from, to));
  const { goal, kpis }: Charter = pilot.charter.charter;
  const minimum = kpis.minimumSample;
  const span = { milliseconds: to.getTime() - from.getTime(), now, activatedAt: from.getTime() };
  const targetOf = (kpi: MetricKpi) => goal.metrics.find((metric) => metric.kpi === kpi)?.target ?? null;
  const hours = (kpi: MetricKpi) => {
    const target = targetOf(kpi);
    return target === null ? null : target * HOUR;
  };
  return {
    pilotId,
    pilotName: pilot.name,
    timeZone: pilot.timeZone,
    asOf: new Date(now),
    throughput: throughput(facts, targetOf("throughput"), minimum, span),
    agentLeadTime: duration(facts, "leadTime", hours("agent_lead_time"), minimum, now),
    reviewToMerge: duration(facts, "reviewToMerge", hours("review_to_merge"), minimum, now),
    outcomes: outcomes(facts, minimum),
    metrics: metricReports(facts, goal.metrics, minimum, span),
    pace: paceOf(facts, goal.runsPerWeek, span),
    weeks,
  };
}

/** When its numbers are to be looked at; null where nothing is looked at, or not any more. */
export function reviewDaysOf(scope: Scope, pilot: PilotDetail): ReviewDays | null {
  const { activatedAt, endedAt, timeZone } = pilot;
  const { kpis, rollback } = pilot.charter.charter;
  if (activatedAt === null || endedAt !== null || kpis.cadence === "never") return null;
  return reviewDays({
    ...{ cadence: kpis.cadence, endsOn: rollback.endsOn, today: dayIn(timeZone, scope.clock.now()) },
    activatedOn: dayIn(timeZone, activatedAt.getTime()),
  });
}

/** From activation to now or to the end; a pilot that never ran has been observed for no time. */
function observedSpan(pilot: PilotDetail, now: number): { from: Date; to: Date } {
  const to = pilot.endedAt ?? new Date(now);
  return { from: pilot.activatedAt ?? to, to };
}

/** The runs behind a number, newest first. */
export async function listKpiRows(scope: Scope, query: KpiRowsQuery): Promise<FactRow[]> {
  requirePermission(scope, "kpi.view", query.pilotId);
  const { pilotId, kpi, agentId = null, outcome = null, week = null } = query;
  return factsOf(scope, { pilotId, agentId, kpi, outcome, week });
}

async function factsOf(scope: Scope, filter: FactFilter): Promise<FactRow[]> {
  const facts = await read(scope, (db) => selectFacts(db, filter));
  const now = scope.clock.now();
  return facts.map((fact) => ({ ...fact, provisional: isProvisional(fact.mergedAt, now) }));
}
