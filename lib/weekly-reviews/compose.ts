// What a week's pack holds, as it stands when it is packed.
import { ALL_KPIS, SPLIT_KPIS } from "../boards/rules.ts";
import type { Db } from "../db.ts";
import { baselineSpan } from "../kpis/baseline-rules.ts";
import { type KpiContext, kpiContextOf, readKpiIn, splitWithoutAgents } from "../kpis/read-kpi.ts";
import type { KpiId } from "../kpis/schema/kpi-id.ts";
import type { KpiReading, KpiSplit } from "../kpis/schema/reading.ts";
import { judgementOf } from "../kpis/verdict-rules.ts";
import type { StoredCharter } from "../pilots/schema.ts";
import {
  type Span,
  selectAgents,
  selectApprovals,
  selectCharters,
  selectControls,
  selectFindings,
  selectGates,
  selectIncidents,
  selectSigned,
  selectSpend,
  selectTrips,
  weekSpan,
} from "./compose-store.ts";
import { drawSample, sampleSeed, type WeekDays } from "./rules.ts";
import type { PackDocument, PackedNumber, PackedReading } from "./schema.ts";

export interface PackedPilot {
  readonly id: string;
  readonly status: string;
  readonly timeZone: string;
  readonly activatedAt: Date;
  readonly baselineUntil: Date | null;
}

interface Asked {
  readonly packId: string;
  readonly pilot: PackedPilot;
  readonly inForce: StoredCharter;
  readonly week: WeekDays;
  /** The last that was packed; its time is the week before. */
  readonly before: WeekDays | null;
  readonly now: number;
}

export async function composePack(db: Db, asked: Asked): Promise<PackDocument> {
  const { packId, pilot, inForce, week, now } = asked;
  const { number, firstDay, lastDay } = week;
  const span = await weekSpan(db, pilot.timeZone, firstDay, lastDay);
  const before = asked.before
    ? await weekSpan(db, pilot.timeZone, asked.before.firstDay, asked.before.lastDay)
    : null;
  const whole = { from: pilot.activatedAt, to: span.to };
  const context = await kpiContextOf(db, pilot.id);
  const spans = { span, before, whole, asOf: new Date(now) };
  const approvals = await selectApprovals(db, pilot.id, span);
  const seed = sampleSeed(
    pilot.id,
    number,
    approvals.map(({ approval }) => approval),
  );
  return {
    ...{ v: 1, id: packId, pilot: pilot.id, number, firstDay, lastDay },
    ...{ from: span.from.toISOString(), to: span.to.toISOString(), packedAt: spans.asOf.toISOString() },
    ...{ timeZone: pilot.timeZone, status: pilot.status },
    charter: { digest: inForce.digest, version: inForce.version },
    owners: [...inForce.charter.kpis.owners],
    numbers: await numbersOf(db, context, asked, spans),
    incidents: await selectIncidents(db, context.repositoryId, span),
    trips: await selectTrips(db, pilot.id, span),
    sample: { of: approvals.length, seed, items: drawSample(approvals, seed) },
    spend: await spendOf(db, context, spans),
    agents: await agentsOf(db, context, spans),
    findings: await selectFindings(db, pilot.id),
    gates: await selectGates(db, pilot.id),
    controls: await selectControls(db),
    charters: await selectCharters(db, pilot.id, span),
    signed: await selectSigned(db, pilot.id, span),
  };
}

interface Spans {
  readonly span: Span;
  readonly before: Span | null;
  readonly whole: Span;
  readonly asOf: Date;
}

const rounded = (value: number | null): number | null =>
  value === null ? null : Math.round(value * 1e4) / 1e4;

function packed({ state, value, interval, sample, provisional }: KpiReading): PackedReading {
  const [low, high] = interval ? [rounded(interval.low), rounded(interval.high)] : [null, null];
  return { state, value: rounded(value), low, high, sample, provisional };
}

/** What the charter aims at, in its order; then whatever else the week has a number of. */
async function numbersOf(
  db: Db,
  context: KpiContext,
  { pilot, inForce }: Asked,
  { span, before, whole, asOf }: Spans,
): Promise<PackedNumber[]> {
  const { metrics } = inForce.charter.goal;
  const { pilotId } = context;
  const { activatedAt, baselineUntil } = pilot;
  const baseline = baselineSpan({ activatedAt, baselineUntil });
  const read = (kpi: KpiId, window: Span, split: KpiSplit = {}) =>
    readKpiIn(db, context, { pilotId, kpi, ...window, asOf, split });
  const readBaseline = async (kpi: KpiId): Promise<PackedReading | null> => {
    const split = baselineUntil === null ? {} : splitWithoutAgents(kpi, {});
    if (baseline.to > asOf || split === null) return null;
    const window = { pilotId, kpi, ...baseline, asOf, split };
    return packed(await readKpiIn(db, { ...context, minimumSample: 1 }, window));
  };
  const numbers: PackedNumber[] = [];
  const aimed = metrics.map(({ kpi }): KpiId => kpi);
  for (const kpi of [...aimed, ...ALL_KPIS.filter((each) => !aimed.includes(each))]) {
    const target = metrics.find((metric) => metric.kpi === kpi)?.target ?? null;
    const week = await read(kpi, span);
    if (target === null && week.value === null) continue;
    const sofar = await read(kpi, whole);
    const { verdict, needed } = judgementOf(sofar, target);
    numbers.push({
      ...{ kpi, target, verdict, needed, whole: packed(sofar), week: packed(week) },
      before: before ? packed(await read(kpi, before)) : null,
      baseline: await readBaseline(kpi),
    });
  }
  return numbers;
}

async function spendOf(
  db: Db,
  context: KpiContext,
  { span, before, whole, asOf }: Spans,
): Promise<PackDocument["spend"]> {
  const { pilotId, budgetMicros } = context;
  const of = async (window: Span | null) =>
    window ? Math.round((await selectSpend(db, pilotId, window)).micros) : 0;
  const burn = await readKpiIn(db, context, { pilotId, kpi: "budget_burn", ...whole, asOf });
  return {
    ...{ weekMicros: await of(span), beforeMicros: await of(before), wholeMicros: await of(whole) },
    ...{ budgetMicros, atEnd: rounded(burn.projection?.atEnd ?? null) },
  };
}

async function agentsOf(
  db: Db,
  context: KpiContext,
  { span, whole, asOf }: Spans,
): Promise<PackDocument["agents"]> {
  const { pilotId } = context;
  const { byAgent } = await selectSpend(db, pilotId, span);
  const agents: PackDocument["agents"] = [];
  for (const { id, runs } of await selectAgents(db, pilotId, span)) {
    const numbers = [];
    for (const kpi of SPLIT_KPIS) {
      const reading = await readKpiIn(db, context, { pilotId, kpi, ...whole, asOf, split: { agentId: id } });
      numbers.push({ kpi, ...packed(reading) });
    }
    agents.push({ id, runs, weekMicros: Math.round(byAgent.get(id) ?? 0), numbers });
  }
  return agents;
}
