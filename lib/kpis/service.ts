import { requirePermission } from "../authz/require.ts";
import { HOUR } from "../clock.ts";
import { read } from "../db.ts";
import type { Charter, PilotDetail } from "../pilots/schema.ts";
import { getPilot } from "../pilots/service.ts";
import type { Scope } from "../scope.ts";
import { duration, isProvisional, outcomes, throughput } from "./rules.ts";
import type { FactRow, KpiQuery, KpiReport, KpiRowsQuery } from "./schema.ts";
import { type FactFilter, selectFacts, selectWeeks } from "./store.ts";

/** The KPIs of a pilot against its charter's targets, for all agents or one. */
export async function getKpis(scope: Scope, { pilotId, agentId }: KpiQuery): Promise<KpiReport> {
  requirePermission(scope, "kpi.view", pilotId);
  const pilot = await getPilot(scope, pilotId);
  const now = scope.clock.now();
  const { from, to } = observedSpan(pilot, now);
  const agent = agentId ?? null;
  const facts = await factsOf(scope, { pilotId, agentId: agent, kpi: null, outcome: null, week: null });
  const weeks = await read(scope, (db) => selectWeeks(db, pilotId, agent, from, to));
  const { kpis }: Charter = pilot.charter.charter;
  const minimum = kpis.minimumSample;
  return {
    pilotId,
    pilotName: pilot.name,
    timeZone: pilot.timeZone,
    asOf: new Date(now),
    throughput: throughput(facts, kpis.throughputPerWeek, minimum, {
      milliseconds: to.getTime() - from.getTime(),
      now,
    }),
    agentLeadTime: duration(facts, "leadTime", kpis.agentLeadTimeHours * HOUR, minimum, now),
    reviewToMerge: duration(facts, "reviewToMerge", kpis.reviewToMergeHours * HOUR, minimum, now),
    outcomes: outcomes(facts, minimum),
    weeks,
  };
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
