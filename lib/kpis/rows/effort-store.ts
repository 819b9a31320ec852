// Rows of numbers that are told of minutes of people and of documents. Minutes come as weeks that name nobody.
import { Prisma } from "#generated/prisma/client.ts";
import type { Db } from "../../db.ts";
import { MERGE_ROWS } from "./merge-store.ts";
import {
  hours,
  IS_OVER,
  IS_SETTLED,
  inWindow,
  NO_HIT,
  ofRun,
  type RowsQuery,
  type RowsWindow,
} from "./window-store.ts";

/** Weeks by their end. One with too few people in it has no value, and is a row all the same: what is left out is said. */
const weeks =
  (milliseconds: Prisma.Sql, factor: number, hit: Prisma.Sql): RowsQuery =>
  (window) =>
    Prisma.sql`
    select w.week as id, w.ends_at as at, (${milliseconds})::float8 * ${factor}::float8 as value, ${hit},
      ${milliseconds} is null as censored, ${IS_SETTLED}, null::text as run_id
    from human_week w where w.pilot_id = ${window.pilotId} and ${inWindow(Prisma.sql`w.ends_at`, window)}`;

/** All minutes of people, as hours that are taken away. */
const spent = weeks(Prisma.sql`w.milliseconds`, -1 / 3_600_000, Prisma.sql`false as hit`);

/** Of a row `r` of a merge: what people said that a fix of its kind took, by what held on the day of the merge. */
const baselineOf = ({ asOf }: RowsWindow): Prisma.Sql => Prisma.sql`
  join merge_fact m on m.merge_id = r.id
  join pilot p on p.id = m.pilot_id
  left join lateral (
    select x.low, x.high from pilot_rate x
    where x.pilot_id = m.pilot_id and x.what = 'fix' and x.kind = m.kind and x.set_at <= ${asOf}
      and x.from_day <= (m.merged_at at time zone p.time_zone)::date::text
    order by x.from_day desc, x.set_at desc, x.id desc limit 1
  ) b on true`;

/** By the baseline of the kind of its run that held on the day of the merge; a merge that matures has no value yet. */
const fixes: RowsQuery = (window) => Prisma.sql`
  select r.id, r.at, case when not r.maturing then (b.low + b.high)::float8 / 120 end as value, true as hit, ${IS_OVER},
    r.maturing, r.provisional, r.run_id
  from (${MERGE_ROWS.validated_fixes(window)}) r
    ${baselineOf(window)}
  where r.hit or r.maturing`;

/** Approved: merged, or the first of its files let out of quarantine. */
const documents =
  (columns: (asOf: Date) => Prisma.Sql, condition: (asOf: Date) => Prisma.Sql): RowsQuery =>
  (window) =>
    Prisma.sql`
    select f.run_id as id, f.approved_at as at, ${columns(window.asOf)}, ${IS_OVER}, ${IS_SETTLED}, f.run_id
    from (
      select f.*, least(f.merged_at, (select min(a.promoted_at) from artefact a where a.run_id = f.run_id)) as approved_at
      from run_fact f where f.pilot_id = ${window.pilotId} and f.kind = 'document' and ${ofRun(window.split)}
    ) f
    where ${inWindow(Prisma.sql`f.approved_at`, window)} and ${condition(window.asOf)}`;

const scores = (asOf: Date) =>
  Prisma.sql`from document_score s where s.run_id = f.run_id and s.at <= ${asOf}`;

export const EFFORT_ROWS = {
  rework_minutes: weeks(Prisma.sql`w.after_merge_milliseconds`, 1 / 60_000, NO_HIT),
  hours_reclaimed: (window) => Prisma.sql`
    ${fixes(window)} union all ${spent(window)}`,
  time_to_content: documents(
    () => Prisma.sql`${hours(Prisma.sql`f.launched_at`, Prisma.sql`f.approved_at`)} as value, ${NO_HIT}`,
    () => Prisma.sql`true`,
  ),
  /** The mean of what each reviewer gave. */
  content_quality: documents(
    (asOf) =>
      Prisma.sql`(select avg((s.accuracy + s.completeness + s.clarity)::float8 / 3) ${scores(asOf)}) as value, ${NO_HIT}`,
    (asOf) => Prisma.sql`exists (select ${scores(asOf)})`,
  ),
} as const satisfies Record<string, RowsQuery>;

export type EffortKpi = keyof typeof EFFORT_ROWS;

/** Whether anything that feeds each has come: a week of people, what a fix took, a score. */
export type EffortFed = Readonly<Record<EffortKpi, boolean>>;

export async function selectEffortFed(db: Db, pilotId: string): Promise<EffortFed> {
  const [fed] = await db.$queryRaw<{ weeks: boolean; fixes: boolean; scores: boolean }[]>`
    select exists (select from human_week where pilot_id = ${pilotId}) as weeks,
      exists (select from pilot_rate where pilot_id = ${pilotId} and what = 'fix') as fixes,
      exists (select from document_score s join run_fact f on f.run_id = s.run_id where f.pilot_id = ${pilotId}) as scores`;
  if (!fed) throw new Error("a row without a table was not there");
  const { weeks: areCounted, fixes: areSaid, scores: content_quality } = fed;
  return {
    ...{ rework_minutes: areCounted, hours_reclaimed: areCounted && areSaid },
    ...{ content_quality, time_to_content: true },
  };
}

export interface Reclaimed {
  /** By what people said that fixes took, in hours. */
  readonly low: number;
  readonly high: number;
  /** Hours of people, as far as they may be shown. */
  readonly people: number;
  readonly fixes: number;
  /** That are over, hidden ones too. */
  readonly weeks: number;
}

/** The same rows, with the two figures that each fix stands between. */
export async function sumReclaimed(db: Db, window: RowsWindow): Promise<Reclaimed> {
  const [row] = await db.$queryRaw<Reclaimed[]>`
    select coalesce(sum(b.low), 0)::float8 / 60 as low, coalesce(sum(b.high), 0)::float8 / 60 as high,
      count(*)::int as fixes, (select count(*)::int from (${spent(window)}) w) as weeks,
      (select coalesce(-sum(w.value), 0)::float8 from (${spent(window)}) w) as people
    from (${fixes(window)}) r
      ${baselineOf(window)}
    where not r.maturing`;
  if (!row) throw new Error("an aggregate gives one row");
  return row;
}
