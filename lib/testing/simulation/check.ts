// Plays six weeks, and gives what is not as other SQL has it: numbers while they were played and afterwards, trips, and facts.
import { compareFacts, linesOf } from "../../facts/recompute.ts";
import type { KpiId } from "../../kpis/schema/kpi-id.ts";
import type { TestDatabase } from "../database.ts";
import { type Compared, compare, compareWeeks, type Span } from "./compare.ts";
import { playSixWeeks, type SixWeeks } from "./six-weeks.ts";
import type { Stage } from "./stage.ts";
import { judgeTrips } from "./trips.ts";

export interface Checked {
  readonly runs: number;
  readonly merges: number;
  readonly readings: number;
  readonly withValue: number;
  /** Numbers that said something at least once. */
  readonly kpis: ReadonlySet<KpiId>;
  readonly faults: readonly string[];
}

/** Time zones whose clocks change within the six weeks; in the last one by half an hour. */
export const SPRINGS: readonly Pick<SixWeeks, "timeZone" | "begins">[] = [
  { timeZone: "Europe/Berlin", begins: Date.parse("2026-03-02T08:00:00Z") },
  { timeZone: "America/New_York", begins: Date.parse("2026-10-05T13:00:00Z") },
  { timeZone: "Australia/Lord_Howe", begins: Date.parse("2026-03-08T22:00:00Z") },
];

export async function checkSixWeeks(
  database: TestDatabase,
  asked: Pick<SixWeeks, "seed" | "timeZone" | "begins" | "runs">,
): Promise<Checked> {
  const seen: Compared[] = [];
  const spans: Span[] = [];
  const { stage, faults, mondays } = await playSixWeeks(database, {
    ...asked,
    async onWeek(at, week, from, to) {
      const span = { name: `week ${week}, as it was over`, from, to, asOf: new Date(at.clock.now()) };
      spans.push({ ...span, name: `${span.name}, looked at afterwards` });
      seen.push(await compare(at, [span]));
    },
  });
  const asOf = new Date(stage.clock.now());
  const after = new Date(asOf.getTime() + 1);
  const weeks = mondays.slice(0, -1).map((from, week) => {
    return { name: `week ${week}`, from, to: mondays[week + 1] ?? after, asOf };
  });
  const whole = { name: "all of it", from: new Date(0), to: after, asOf };
  seen.push(await compare(stage, [whole, ...weeks, ...spans, ...(await strokes(stage))]));
  const told = [
    ...faults,
    ...seen.flatMap(({ differences }) => differences),
    ...(await compareWeeks(stage, mondays)),
    ...(await judgeTrips(stage)),
    ...linesOf(await compareFacts(stage.worker)).map((line) => `fact of ${line}`),
  ];
  const sum = (of: (one: Compared) => number) => seen.reduce((total, one) => total + of(one), 0);
  return {
    ...{ ...(await sizeOf(stage)), faults: told },
    readings: sum(({ readings }) => readings),
    withValue: sum((one) => one.withValue),
    kpis: new Set(seen.flatMap(({ kpis }) => [...kpis])),
  };
}

const MATURING = 336 * 60 * 60 * 1000;

/** Windows that begin, end and mature on the very millisecond of a merge, and next to it. */
async function strokes({ database, pilotId }: Stage): Promise<Span[]> {
  const { rows } = await database.owner.query<{ at: Date }>(
    `select w.merged_at as at from merge_watch w join run r on r.id = w.run_id where r.pilot_id = $1 order by w.merged_at limit 2`,
    [pilotId],
  );
  const [first, second] = rows.map(({ at }) => at.getTime());
  if (first === undefined || second === undefined) throw new Error("fewer than two merges");
  const span = (name: string, to: number, asOf: number): Span => ({
    ...{ name, from: new Date(first), to: new Date(to), asOf: new Date(asOf) },
  });
  return [
    span("from a merge to the next", second, second + MATURING),
    span("from a merge to just after the next", second + 1, second + MATURING),
    span("a millisecond before it matures", second + 1, second + MATURING - 1),
    span("up to what is known", second + 1, second),
  ];
}

async function sizeOf({ database, pilotId }: Stage): Promise<{ runs: number; merges: number }> {
  const { rows } = await database.owner.query<{ runs: number; merges: number }>(
    "select count(*)::int as runs, count(*) filter (where status = 'merged')::int as merges from run where pilot_id = $1",
    [pilotId],
  );
  return rows[0] ?? { runs: 0, merges: 0 };
}
