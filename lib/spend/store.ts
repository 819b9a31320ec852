import type { Db } from "../db.ts";
import type { RateView, RateWhat } from "./schema.ts";

export interface CallSums {
  readonly agentId: string;
  readonly agentName: string;
  readonly model: string;
  readonly kind: string;
  readonly day: string;
  readonly micros: number;
  readonly calls: number;
}

/** What was charged for calls of models, told apart; one reading, so that every table comes to the same sum. */
export const selectCharges = (db: Db, pilotId: string): Promise<CallSums[]> =>
  db.$queryRaw<CallSums[]>`
    select c.agent_id as "agentId", coalesce(a.name, c.agent_id) as "agentName", c.requested_model as model,
      r.kind, c.day, sum(c.charged_micros)::float8 as micros, count(*)::int as calls
    from model_call c join run r on r.id = c.run_id left join agent a on a.id = c.agent_id
    where c.pilot_id = ${pilotId} and c.charged_micros is not null
    group by c.agent_id, 2, c.requested_model, r.kind, c.day order by c.day, 1, 3, 4`;

export interface Hours {
  readonly hours: number;
  /** Of those with a price. */
  readonly priced: number;
  readonly micros: number;
}

const NO_HOURS: Hours = { hours: 0, priced: 0, micros: 0 };

/** Of leases that are over, by the price of the day each began on. */
export async function sumRunnerHours(db: Db, pilotId: string, timeZone: string, now: Date): Promise<Hours> {
  const [row] = await db.$queryRaw<Hours[]>`
    select coalesce(sum(l.hours), 0)::float8 as hours, coalesce(sum(l.hours) filter (where p.high is not null), 0)::float8 as priced,
      coalesce(sum(l.hours * p.high), 0)::float8 as micros
    from (
      select extract(epoch from e.ended_at - e.granted_at) / 3600 as hours,
        (e.granted_at at time zone ${timeZone})::date::text as day
      from lease e join run r on r.id = e.run_id where r.pilot_id = ${pilotId} and e.ended_at <= ${now}
    ) l left join lateral (
      select x.high from pilot_rate x
      where x.pilot_id = ${pilotId} and x.what = 'runner_hour' and x.from_day <= l.day and x.set_at <= ${now}
      order by x.from_day desc, x.set_at desc, x.id desc limit 1
    ) p on true`;
  return row ?? NO_HOURS;
}

export interface PeopleHours extends Hours {
  readonly weeks: number;
  readonly hiddenWeeks: number;
}

/** Of weeks that are over and name nobody, by the price of their last day. */
export async function sumPeopleHours(db: Db, pilotId: string, now: Date): Promise<PeopleHours> {
  const [row] = await db.$queryRaw<PeopleHours[]>`
    select coalesce(sum(w.hours), 0)::float8 as hours, coalesce(sum(w.hours) filter (where p.high is not null), 0)::float8 as priced,
      coalesce(sum(w.hours * p.high), 0)::float8 as micros, count(*)::int as weeks,
      (count(*) filter (where w.hours is null))::int as "hiddenWeeks"
    from (
      select milliseconds::float8 / 3600000 as hours, (week::date + 6)::text as day
      from human_week where pilot_id = ${pilotId} and ends_at <= ${now}
    ) w left join lateral (
      select x.high from pilot_rate x
      where x.pilot_id = ${pilotId} and x.what = 'person_hour' and x.from_day <= w.day and x.set_at <= ${now}
      order by x.from_day desc, x.set_at desc, x.id desc limit 1
    ) p on true`;
  return row ?? { ...NO_HOURS, weeks: 0, hiddenWeeks: 0 };
}

export interface RateRow extends Omit<RateView, "setAt"> {
  readonly pilotId: string;
  readonly setAt: Date;
}

export async function insertRate(db: Db, { low, high, ...rate }: RateRow): Promise<void> {
  await db.pilotRate.create({ data: { ...rate, low: BigInt(low), high: BigInt(high) } });
}

/** The last one said first. */
export async function selectRates(db: Db, pilotId: string): Promise<RateView[]> {
  const rows = await db.pilotRate.findMany({
    where: { pilotId },
    orderBy: [{ setAt: "desc" }, { id: "desc" }],
    take: 100,
    omit: { pilotId: true },
  });
  return rows.map(({ what, low, high, ...row }) => ({
    ...row,
    ...{ what: what as RateWhat, low: Number(low), high: Number(high) },
  }));
}
