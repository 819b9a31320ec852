import type { Db } from "../db.ts";
import type { Note, Span, SplitBy } from "./schema.ts";

/** What the days of a pilot's board are counted by. */
export const findBoardPilot = (db: Db, id: string) =>
  db.pilot.findUnique({
    where: { id },
    select: { name: true, timeZone: true, activatedAt: true, baselineUntil: true, endedAt: true },
  });

/** From the first day's first instant to the end of the last one, where the time zone is. */
export async function instantsOf(db: Db, timeZone: string, first: string, last: string): Promise<Span> {
  const [span] = await db.$queryRaw<Span[]>`
    select ${first}::date::timestamp at time zone ${timeZone} as from,
      (${last}::date + 1)::timestamp at time zone ${timeZone} as to`;
  if (!span) throw new Error("a row without a table was not there");
  return span;
}

export interface WeekSpan extends Span {
  readonly week: string;
  readonly isPartial: boolean;
}

/** Calendar weeks of a span where the time zone is, oldest first; the first and the last may be cut by the span. */
export const selectWeekSpans = async (
  db: Db,
  timeZone: string,
  { from, to }: Span,
  most: number,
): Promise<WeekSpan[]> =>
  db.$queryRaw<WeekSpan[]>`
    select week, greatest(begun, ${from}::timestamptz) as from, least(ended, ${to}::timestamptz) as to,
      begun < ${from}::timestamptz or ended > ${to}::timestamptz as "isPartial"
    from (
      select monday::date::text as week, monday at time zone ${timeZone} as begun,
        (monday + interval '7 days') at time zone ${timeZone} as ended
      from generate_series(date_trunc('week', ${from}::timestamptz at time zone ${timeZone}),
        ${to}::timestamptz at time zone ${timeZone}, interval '7 days') monday
      order by monday desc limit ${most}
    ) w where begun < ${to}::timestamptz order by week`;

export interface SplitValue {
  readonly value: string;
  readonly title: string;
}

/** What runs of the pilot are told apart by, the most frequent first. */
export async function selectSplitValues(
  db: Db,
  pilotId: string,
  by: Exclude<SplitBy, "none">,
  most: number,
): Promise<SplitValue[]> {
  switch (by) {
    case "agentId":
      return db.$queryRaw<SplitValue[]>`
        select f.agent_id as value, a.name as title from run_fact f join agent a on a.id = f.agent_id
        where f.pilot_id = ${pilotId} group by 1, 2 order by count(*) desc, 1 limit ${most}`;
    case "repositoryId":
      return db.$queryRaw<SplitValue[]>`
        select f.repository_id as value, r.name as title from run_fact f join repository r on r.id = f.repository_id
        where f.pilot_id = ${pilotId} group by 1, 2 order by count(*) desc, 1 limit ${most}`;
    case "kind":
      return db.$queryRaw<SplitValue[]>`
        select kind as value, kind as title from run_fact
        where pilot_id = ${pilotId} group by 1 order by count(*) desc, 1 limit ${most}`;
    case "model":
      return db.$queryRaw<SplitValue[]>`
        select a.model as value, a.model as title from run_fact f join agent a on a.id = f.agent_id
        where f.pilot_id = ${pilotId} and a.model <> '' group by 1 order by count(*) desc, 1 limit ${most}`;
  }
}

/** What may explain a change of the numbers, oldest first. */
export const selectNotes = (db: Db, pilotId: string, { from, to }: Span, most: number): Promise<Note[]> =>
  db.$queryRaw<Note[]>`
    with recursive model (name) as (
      (select min(requested_model) from model_call where pilot_id = ${pilotId})
      union all
      select (select min(c.requested_model) from model_call c where c.pilot_id = ${pilotId} and c.requested_model > m.name)
      from model m where m.name is not null)
    select at, text from (
      select e.at, case e.kind
        when 'pilot.amended' then 'Another charter came into force'
        when 'pilot.paused' then 'The pilot was paused'
        when 'pilot.resumed' then 'The pilot was resumed'
        when 'pilot.tripped' then 'A tripwire tripped'
        when 'pilot.wire_tripped' then 'A tripwire tripped'
        when 'stop.pulled' then 'An emergency stop was pulled' end as text
      from log_entry e
      where e.about @> array['pilot:' || ${pilotId}] and e.at >= ${from} and e.at < ${to}
        and e.kind in ('pilot.amended', 'pilot.paused', 'pilot.resumed', 'pilot.tripped', 'pilot.wire_tripped', 'stop.pulled')
      union all
      -- Model by model along the index: a pilot has few of them and many calls.
      select f.at, 'First call of the model ' || m.name
      from model m cross join lateral (select min(c.opened_at) as at from model_call c
        where c.pilot_id = ${pilotId} and c.requested_model = m.name) f
      where f.at >= ${from} and f.at < ${to}
    ) noted order by at, text limit ${most}`;
