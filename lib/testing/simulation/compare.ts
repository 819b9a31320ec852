// Every number of the product beside the same told by other SQL from other rows: over the whole time, each week, by agent and
// of people; and the calendar weeks of the pilot's page.
import { KPIS } from "../../kpis/definitions/registry.ts";
import { readKpi } from "../../kpis/read-kpi.ts";
import { KpiId } from "../../kpis/schema/kpi-id.ts";
import type { KpiReading, KpiSplit } from "../../kpis/schema/reading.ts";
import { getKpis } from "../../kpis/service.ts";
import { budgetsOf } from "../../model-calls/rules.ts";
import { getPilot } from "../../pilots/service.ts";
import { AGENTS_WORK } from "./expected/agents-work.ts";
import { BURN, CONTROL } from "./expected/control.ts";
import { ARE_PEOPLE_TOLD_OF, DELIVERY, IS_TOLD_OF, PEOPLE } from "./expected/delivery.ts";
import { type Told, toldBy } from "./expected/sums.ts";
import { MINIMUM_SAMPLE, type Stage } from "./stage.ts";

export interface Span {
  readonly name: string;
  readonly from: Date;
  readonly to: Date;
  /** What was known then. */
  readonly asOf: Date;
}

export interface Compared {
  /** Readings that were compared. */
  readonly readings: number;
  /** Of them, how many said a number. */
  readonly withValue: number;
  /** Numbers of the registry with at least one value. */
  readonly kpis: ReadonlySet<KpiId>;
  readonly differences: readonly string[];
}

const CONNECTED: readonly KpiId[] = KpiId.options.filter((kpi) => KPIS[kpi].hasSource);

/** Nobody's minutes are counted in the six weeks, and no document is written: what these have to say of that. */
const NOT_PLAYED: Readonly<Partial<Record<KpiId, KpiReading["state"]>>> = {
  ...{ hours_reclaimed: "not_connected", rework_minutes: "not_connected" },
  ...{ content_quality: "not_connected", time_to_content: "too_few" },
};

/** Numbers that the six weeks hold rows of. */
export const PLAYED: readonly KpiId[] = CONNECTED.filter((kpi) => !(kpi in NOT_PLAYED));
const FIELDS = [
  "value",
  "p90",
  "numerator",
  "denominator",
  "sample",
  "provisional",
  "maturing",
  "censored",
] as const;
const MOST_OFF = 1e-9;

const isNear = (one: number | null, other: number | null): boolean =>
  one === null || other === null
    ? one === other
    : Math.abs(one - other) <= MOST_OFF * Math.max(1, Math.abs(one));

/** What other SQL says of a number. Null: nobody can tell it like this. */
async function expected(
  stage: Stage,
  kpi: KpiId,
  { from, to, asOf }: Span,
  split: KpiSplit,
  minimum: number,
): Promise<Told | null> {
  const { database, pilotId, repositoryId } = stage;
  const passed = Math.max(0, Math.min(to.getTime(), asOf.getTime()) - from.getTime());
  const of = (rows: string, parameters: readonly unknown[]) =>
    toldBy(database.owner, kpi, rows, parameters, { passed, minimum });
  const window = [from, to, asOf];
  const agent = split.agentId ?? null;
  const told =
    kpi in DELIVERY ? IS_TOLD_OF[kpi as keyof typeof DELIVERY] : split.author && ARE_PEOPLE_TOLD_OF;
  if (told && !(await holds(stage, told))) return NOTHING;
  if (kpi in DELIVERY) return of(DELIVERY[kpi as keyof typeof DELIVERY], [repositoryId, ...window]);
  if (split.author === "human") return of(PEOPLE[kpi as keyof typeof PEOPLE], [repositoryId, ...window]);
  if (kpi in CONTROL) return of(CONTROL[kpi as keyof typeof CONTROL], [pilotId, ...window, agent]);
  if (kpi in AGENTS_WORK)
    return of(AGENTS_WORK[kpi as keyof typeof AGENTS_WORK], [pilotId, ...window, agent]);
  if (kpi === "budget_burn") return burn(stage, window);
  const state = NOT_PLAYED[kpi];
  if (state === undefined) return null;
  return state === "not_connected" ? NOTHING : { ...NOTHING };
}

const NOTHING: Told = {
  ...{ value: null, p90: null, numerator: null, denominator: null },
  ...{ sample: 0, provisional: 0, maturing: 0, censored: 0 },
};

async function holds({ database, repositoryId }: Stage, condition: string): Promise<boolean> {
  const { rows } = await database.owner.query<{ holds: boolean }>(`select ${condition} as holds`, [
    repositoryId,
  ]);
  return rows[0]?.holds ?? false;
}

/** What the reading has to call itself. */
const stateOf = (told: Told): KpiReading["state"] =>
  told === NOTHING ? "not_connected" : told.value === null ? "too_few" : "value";

async function burn({ database, pilotId, lead }: Stage, window: readonly Date[]): Promise<Told> {
  const budget = budgetsOf((await getPilot(lead, pilotId)).charter.charter).pilotMicros;
  const { rows } = await database.owner.query<{ value: number | null; numerator: number | null }>(BURN, [
    ...[pilotId, ...window, budget],
  ]);
  const none = { p90: null, provisional: 0, maturing: 0, censored: 0 };
  return {
    ...none,
    value: rows[0]?.value ?? 0,
    numerator: rows[0]?.numerator ?? 0,
    denominator: budget / 1e6,
    sample: 1,
  };
}

/** How a number is told apart here. */
const splitsOf = (kpi: KpiId, { agents }: Stage): KpiSplit[] => [
  {},
  ...(KPIS[kpi].splits.includes("agentId") ? agents.map((agentId) => ({ agentId })) : []),
  ...(kpi in PEOPLE ? [{ author: "human" as const }] : []),
];

export async function compare(stage: Stage, spans: readonly Span[]): Promise<Compared> {
  const differences: string[] = [];
  const kpis = new Set<KpiId>();
  let [readings, withValue] = [0, 0];
  for (const span of spans)
    for (const kpi of CONNECTED)
      for (const split of splitsOf(kpi, stage)) {
        const { name, ...window } = span;
        const told = await expected(stage, kpi, span, split, MINIMUM_SAMPLE);
        const reading = await readKpi(stage.lead, { ...window, pilotId: stage.pilotId, kpi, split });
        readings += 1;
        if (reading.value !== null) withValue += 1;
        if (reading.value !== null) kpis.add(kpi);
        const off = told
          ? FIELDS.filter((field) => !isNear(reading[field], told[field]))
          : ["is told by nobody else"];
        if (told && reading.state !== stateOf(told))
          differences.push(
            `${kpi} ${name} ${JSON.stringify(split)} is ${reading.state}, by other SQL ${stateOf(told)}`,
          );
        for (const field of off)
          differences.push(
            `${kpi} ${name} ${JSON.stringify(split)}: ${field} is ${reading[field as "value"]}, by other SQL ${told?.[field as "value"]}`,
          );
      }
  return { readings, withValue, kpis, differences };
}

/** Calendar weeks as the pilot's page shows them, counted again by the moments at which each begins. */
export async function compareWeeks(
  { lead, database, pilotId, timeZone }: Stage,
  mondays: readonly Date[],
): Promise<string[]> {
  const { weeks } = await getKpis(lead, { pilotId });
  const differences: string[] = [];
  for (const [index, from] of mondays.slice(0, -1).entries()) {
    const { rows } = await database.owner.query<Record<string, number | string>>(WEEK_OF, [
      ...[pilotId, from, mondays[index + 1], timeZone],
    ]);
    const { week, ...counts } = rows[0] ?? {};
    const shown = weeks.find((each) => each.week === week);
    for (const [field, count] of Object.entries(counts))
      if ((shown?.[field as "launched"] ?? 0) !== count)
        differences.push(
          `week of ${week}: ${field} is ${shown?.[field as "launched"]}, by other SQL ${count}`,
        );
  }
  return differences;
}

const endedAs = (status: string, as: string): string =>
  `count(*) filter (where ${status} and ended_at >= $2 and ended_at < $3)::int as ${as}`;
const WEEK_OF = `
  select to_char($2::timestamptz at time zone $4, 'YYYY-MM-DD') as week,
    count(*) filter (where launched_at >= $2 and launched_at < $3)::int as launched,
    ${endedAs("status = 'merged'", "merged")}, ${endedAs("status = 'rejected'", "rejected")},
    ${endedAs("status = 'failed' and not no_change", "failed")}, ${endedAs("no_change", '"noChange"')},
    ${endedAs("status = 'cancelled'", "cancelled")}
  from run where pilot_id = $1`;
