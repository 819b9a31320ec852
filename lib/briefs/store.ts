// The rows behind a brief, and what they come to. Plain SQL over facts; each number is counted from the rows it shows.
import { Prisma } from "#generated/prisma/client.ts";
import type { Db } from "../db.ts";
import type { BriefCount, BriefRow, Counted, HomeView, OddReach, OpenFindings } from "./schema.ts";

export interface BriefWindow {
  readonly pilots: "all" | readonly string[];
  readonly since: Date;
}

const seen = (column: string, { pilots }: BriefWindow): Prisma.Sql =>
  pilots === "all" ? Prisma.sql`true` : Prisma.sql`${Prisma.raw(column)} = any(${[...pilots]})`;

/** Of runs, by when something became of them. */
const runsBy = (column: string, window: BriefWindow, more = Prisma.sql`true`): Prisma.Sql => Prisma.sql`
  select f.run_id as id, f.run_id, f.pilot_id, r.title, r.reason as detail, 1::float8 as weight,
    ${Prisma.raw(column)} as at
  from run_fact f join run r on r.id = f.run_id
  where ${seen("f.pilot_id", window)} and ${Prisma.raw(column)} >= ${window.since} and ${more}`;

/** Events of a kind in runs that were not over by then. */
const eventsOf = (kind: string, { since }: BriefWindow): Prisma.Sql => Prisma.sql`
  run r join run_event e on e.run_id = r.id and e.kind = ${kind} and e.at >= ${since}
    and (r.ended_at is null or r.ended_at >= ${since})`;

const ROWS: Readonly<Record<BriefCount, (window: BriefWindow) => Prisma.Sql>> = {
  causes: (window) => Prisma.sql`
    select r.id || ' ' || (e.body ->> 'cluster') as id, r.id as run_id, r.pilot_id, r.title,
      max(e.body ->> 'signature') as detail, max(jsonb_array_length(e.body -> 'tests'))::float8 as weight,
      max(e.at) as at
    from ${eventsOf("cluster_found", window)} where ${seen("r.pilot_id", window)}
    group by r.id, e.body ->> 'cluster'`,
  launched: (window) => runsBy("f.launched_at", window),
  verified: (window) => runsBy("f.review_opened_at", window),
  merged: (window) => runsBy("f.merged_at", window),
  no_change: (window) => runsBy("f.ended_at", window, Prisma.sql`f.outcome = 'no_change'`),
  failed: (window) => runsBy("f.ended_at", window, Prisma.sql`f.outcome = 'failed'`),
  // By day first, which has an index; a day is the pilot's own, so one to be safe on either side.
  spend: (window) => Prisma.sql`
    select r.id, r.id as run_id, r.pilot_id, r.title, null::text as detail, sum(c.charged_micros)::float8 as weight,
      max(c.settled_at) as at
    from model_call c join run r on r.id = c.run_id
    where ${seen("c.pilot_id", window)} and c.settled_at >= ${window.since}
      and c.day >= to_char(${window.since}::timestamptz - interval '2 days', 'YYYY-MM-DD')
    group by r.id having sum(c.charged_micros) > 0`,
  denied: (window) => Prisma.sql`
    select r.id, r.id as run_id, r.pilot_id, r.title, string_agg(distinct e.body ->> 'host', ', ') as detail,
      sum((e.body ->> 'times')::float8) as weight, max(e.at) as at
    from ${eventsOf("egress", window)} and e.body ->> 'verdict' = 'denied' and e.body ? 'times'
    where ${seen("r.pilot_id", window)} group by r.id`,
  charters: (window) => Prisma.sql`
    select c.id, null::text as run_id, c.pilot_id, p.name || ', version ' || c.version as title,
      null::text as detail, 1::float8 as weight, c.created_at as at
    from charter c join pilot p on p.id = c.pilot_id
    where ${seen("c.pilot_id", window)} and c.created_at >= ${window.since}`,
};

/** All of them in one statement. */
export async function selectCounts(
  db: Db,
  kinds: readonly BriefCount[],
  window: BriefWindow,
): Promise<(Counted & { readonly kind: BriefCount })[]> {
  const each = kinds.map(
    (kind) => Prisma.sql`
      select ${kind}::text as kind, count(*)::int as count, coalesce(sum(weight), 0)::float8 as weight,
        (array_agg(detail order by at desc, id) filter (where detail is not null))[1] as detail
      from (${ROWS[kind](window)}) things`,
  );
  return db.$queryRaw`${Prisma.join(each, " union all ")}`;
}

/** The newest first. */
export async function selectRows(
  db: Db,
  kind: BriefCount,
  window: BriefWindow,
  limit: number,
): Promise<BriefRow[]> {
  return db.$queryRaw<BriefRow[]>`
    select id, run_id as "runId", pilot_id as "pilotId", title, detail, weight, at
    from (${ROWS[kind](window)}) things order by at desc, id limit ${limit}`;
}

/** Those that nobody settled; of no pilot for who sees all. */
export async function selectOpenFindings(db: Db, pilots: BriefWindow["pilots"]): Promise<OpenFindings[]> {
  const mine = pilots === "all" ? Prisma.sql`true` : Prisma.sql`pilot_id = any(${[...pilots]})`;
  return db.$queryRaw<OpenFindings[]>`
    select severity, count(*)::int as count, min(opened_at) as "oldestAt" from finding
    where state in ('open', 'validated') and ${mine}
    group by severity order by array_position(array['critical', 'high', 'medium', 'low'], severity)`;
}

/** Of runs that are not over. */
export async function selectOddReach(
  db: Db,
  pilots: BriefWindow["pilots"],
  limit: number,
): Promise<OddReach[]> {
  const mine = pilots === "all" ? Prisma.sql`true` : Prisma.sql`r.pilot_id = any(${[...pilots]})`;
  return db.$queryRaw<OddReach[]>`
    select * from (
      select r.id as "runId", r.title,
        exists (select from lease l where l.run_id = r.id and l.ended_at is null and l.tier <> 'strong') as "isWeak",
        count(distinct e.body ->> 'host') filter (where e.body ->> 'verdict' = 'allowed')::int as allowed,
        coalesce(sum((e.body ->> 'times')::float8) filter (where e.body ->> 'verdict' = 'denied'), 0)::float8 as denied
      from run r left join run_event e on e.run_id = r.id and e.kind = 'egress'
      where r.ended_at is null and ${mine} group by r.id, r.title
    ) reach
    where "isWeak" or allowed > 0 or denied > 0 order by denied desc, "isWeak" desc, "runId" limit ${limit}`;
}

/** Runs of a person that are paused. */
export const countPaused = (db: Db, personId: string, pilots: BriefWindow["pilots"]): Promise<number> =>
  db.run.count({
    where: {
      status: "paused",
      launchedBy: personId,
      ...(pilots === "all" ? {} : { pilotId: { in: [...pilots] } }),
    },
  });

/** Pilots that go on, the youngest first, with the charter in force. */
export async function selectRunning(
  db: Db,
  pilots: BriefWindow["pilots"],
  limit: number,
): Promise<{ readonly timeZone: string; readonly canonical: string }[]> {
  const mine = pilots === "all" ? Prisma.sql`true` : Prisma.sql`p.id = any(${[...pilots]})`;
  return db.$queryRaw`
    select p.time_zone as "timeZone", c.canonical from pilot p join charter c on c.id = p.active_charter_id
    where p.status in ('active', 'paused') and ${mine} order by p.activated_at desc, p.id limit ${limit}`;
}

export const findHomeView = async (db: Db, personId: string): Promise<HomeView | null> =>
  ((await db.homeView.findUnique({ where: { personId } }))?.view as HomeView | undefined) ?? null;

export async function saveHomeView(db: Db, personId: string, view: HomeView): Promise<void> {
  await db.homeView.upsert({ where: { personId }, create: { personId, view }, update: { view } });
}
