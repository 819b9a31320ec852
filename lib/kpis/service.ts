import { requirePermission } from "../authz/require.ts";
import { HOUR } from "../clock.ts";
import { type Db, read } from "../db.ts";
import { dayIn } from "../pilots/rules.ts";
import type { Charter, PilotDetail } from "../pilots/schema.ts";
import { getPilot } from "../pilots/service.ts";
import type { Scope } from "../scope.ts";
import { baselineSpan } from "./baseline-rules.ts";
import { type KpiContext, kpiContextOf, readKpiIn, splitWithoutAgents } from "./read-kpi.ts";
import { type ReviewDays, reviewDays } from "./review-days.ts";
import { isProvisional, outcomes } from "./rules.ts";
import type { MetricKpi } from "./schema/kpi-id.ts";
import type { KpiReading, KpiSplit } from "./schema/reading.ts";
import type { DurationKpi, FactRow, KpiQuery, KpiReport, KpiRowsQuery, ThroughputKpi } from "./schema.ts";
import { selectFacts, selectOutcomes, selectWeeks } from "./store.ts";
import { type MetricReadings, metricReports, paceOf } from "./success.ts";
import { judgementOf } from "./verdict-rules.ts";

/** The KPIs of a pilot against its charter's targets, for all agents or one. */
export async function getKpis(scope: Scope, { pilotId, agentId }: KpiQuery): Promise<KpiReport> {
  requirePermission(scope, "kpi.view", pilotId);
  const pilot = await getPilot(scope, pilotId);
  const { goal }: Charter = pilot.charter.charter;
  const span = spanOf(pilot, scope.clock.now());
  return read(scope, async (db) => {
    const context = await kpiContextOf(db, pilotId);
    const reading = (kpi: MetricKpi) => readingNow(db, context, kpi, span, { agentId });
    const targetOf = (kpi: MetricKpi) => goal.metrics.find((metric) => metric.kpi === kpi)?.target ?? null;
    const [pace, lead, review, counts, weeks] = await Promise.all([
      reading("throughput"),
      reading("agent_lead_time"),
      reading("review_to_merge"),
      selectOutcomes(db, pilotId, agentId ?? null),
      selectWeeks(db, pilotId, agentId ?? null, span.from, span.to),
    ]);
    const launched = counts.reduce((sum, { count }) => sum + count, 0);
    return {
      ...{ pilotId, pilotName: pilot.name, timeZone: pilot.timeZone, asOf: span.asOf, weeks },
      throughput: throughputOf(pace, targetOf("throughput")),
      agentLeadTime: durationOf(lead, targetOf("agent_lead_time")),
      reviewToMerge: durationOf(review, targetOf("review_to_merge")),
      outcomes: outcomes(counts, context.minimumSample),
      metrics: metricReports(
        goal.metrics,
        await metricReadings(
          db,
          context,
          goal.metrics.map(({ kpi }) => kpi),
          span,
          { agentId },
        ),
      ),
      pace: paceOf(launched, goal.runsPerWeek, span.to.getTime() - span.from.getTime()),
    };
  });
}

/** As long as the pilot was measured with agents, and the time it is held against. */
interface MeasuredSpan {
  readonly from: Date;
  readonly to: Date;
  readonly asOf: Date;
  readonly before: { readonly from: Date; readonly to: Date };
  /** That time was without agents: what people did is what there was. */
  readonly isWithoutAgents: boolean;
}

/**
 * From activation, or from when agents were let in, to now or to the end; a pilot that never ran has been observed for no time.
 * Held against what was measured without agents, else against its own first week.
 */
function spanOf({ activatedAt, baselineUntil, endedAt }: PilotDetail, now: number): MeasuredSpan {
  const to = endedAt ?? new Date(now);
  const begun = activatedAt ?? to;
  const from = baselineUntil && baselineUntil < to ? baselineUntil : baselineUntil ? to : begun;
  const before = baselineSpan({ activatedAt: begun, baselineUntil });
  return { from, to, asOf: new Date(now), before, isWithoutAgents: baselineUntil !== null };
}

const after = (moment: Date): Date => new Date(moment.getTime() + 1);

/** What happens as it ends belongs to it. */
const readingNow = (
  db: Db,
  context: KpiContext,
  kpi: MetricKpi,
  { from, to, asOf }: Pick<MeasuredSpan, "from" | "to" | "asOf">,
  split: KpiSplit,
): Promise<KpiReading> =>
  readKpiIn(db, context, { pilotId: context.pilotId, kpi, from, to: after(to), asOf, split });

/** Held against rows that may be fewer than any verdict needs: they are still what there was. */
async function metricReadings(
  db: Db,
  context: KpiContext,
  kpis: readonly MetricKpi[],
  span: MeasuredSpan,
  split: KpiSplit,
): Promise<ReadonlyMap<MetricKpi, MetricReadings>> {
  const pairs = kpis.map(async (kpi) => {
    const now = await readingNow(db, context, kpi, span, split);
    const before = await readingBefore(db, context, kpi, span, split);
    return [kpi, { now, before, isWithoutAgents: span.isWithoutAgents }] as const;
  });
  return new Map(await Promise.all(pairs));
}

/** Without agents a number of their work is told of people's, where it can be, and else not at all. */
async function readingBefore(
  db: Db,
  context: KpiContext,
  kpi: MetricKpi,
  { asOf, before, isWithoutAgents }: MeasuredSpan,
  split: KpiSplit,
): Promise<KpiReading | null> {
  if (before.to > asOf) return null;
  const any = { ...context, minimumSample: 1 };
  const window = { pilotId: context.pilotId, kpi, ...before, asOf };
  const by = isWithoutAgents ? splitWithoutAgents(kpi, split) : split;
  return by && readKpiIn(db, any, { ...window, split: by });
}

function throughputOf(reading: KpiReading, target: number | null): ThroughputKpi {
  const { value: perWeek, interval, sample, minimumSample, provisional, denominator } = reading;
  const counted = { sample, minimumSample, provisional, weeks: denominator ?? 0 };
  return { ...counted, perWeek, interval, target, ...judgementOf(reading, target) };
}

/** In milliseconds, as pages show it. */
function durationOf(reading: KpiReading, target: number | null): DurationKpi {
  const { value, p90, interval, sample, minimumSample, provisional } = reading;
  const milliseconds = (hours: number) => Math.round(hours * HOUR);
  return {
    ...{ sample, minimumSample, provisional, ...judgementOf(reading, target) },
    median: value === null ? null : milliseconds(value),
    p90: p90 === null ? null : milliseconds(p90),
    interval: interval && { low: milliseconds(interval.low), high: milliseconds(interval.high) },
    target: target === null ? null : milliseconds(target),
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

/** The runs behind a number of the page, newest first. */
export async function listRunFacts(scope: Scope, query: KpiRowsQuery): Promise<FactRow[]> {
  requirePermission(scope, "kpi.view", query.pilotId);
  const { pilotId, kpi, agentId = null, outcome = null, week = null } = query;
  const facts = await read(scope, (db) => selectFacts(db, { pilotId, agentId, kpi, outcome, week }));
  const now = scope.clock.now();
  return facts.map((fact) => ({ ...fact, provisional: isProvisional(fact.mergedAt, now) }));
}
