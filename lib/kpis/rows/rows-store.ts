// One query of rows for each number: what it is told from, and what is shown behind it, are the same rows.
import { Prisma } from "#generated/prisma/client.ts";
import type { Db } from "../../db.ts";
import type { KpiStatistic } from "../definitions/definition.ts";
import { KPIS } from "../definitions/registry.ts";
import { MOST_RESAMPLED, type RowSums } from "../reading-rules.ts";
import type { KpiId } from "../schema/kpi-id.ts";
import type { KpiRow } from "../schema/reading.ts";
import { CONTROL_ROWS } from "./control-store.ts";
import { DELIVERY_ROWS, PEOPLE_ROWS } from "./delivery-store.ts";
import { EFFORT_ROWS } from "./effort-store.ts";
import { MERGE_ROWS } from "./merge-store.ts";
import { RUN_ROWS } from "./run-store.ts";
import type { RowsWindow } from "./window-store.ts";

const ROWS = { ...RUN_ROWS, ...MERGE_ROWS, ...CONTROL_ROWS, ...DELIVERY_ROWS, ...EFFORT_ROWS } as const;

export type CountedKpi = keyof typeof ROWS;

export const isCounted = (kpi: KpiId): kpi is CountedKpi => kpi in ROWS;

type PeopleKpi = keyof typeof PEOPLE_ROWS;

/** Told of changes by people too. */
export const isOfPeople = (kpi: KpiId): kpi is PeopleKpi => kpi in PEOPLE_ROWS;

const rowsOf = (kpi: CountedKpi, window: RowsWindow): Prisma.Sql =>
  window.split.author === "human" && isOfPeople(kpi) ? PEOPLE_ROWS[kpi](window) : ROWS[kpi](window);

/** What each statistic asks of its rows: only a median has to sort them, and only amounts are summed. */
const NEEDS: Readonly<Record<KpiStatistic, "counts" | "amounts" | "ranks">> = {
  ...{ rate: "counts", count_per_week: "counts", sum: "counts", share: "counts" },
  ...{ mean: "amounts", ratio: "amounts", total: "amounts", median: "ranks" },
};

const OVER = Prisma.sql`filter (where not r.censored and not r.maturing)`;
const VALUES = Prisma.sql`filter (where not r.censored and not r.maturing and r.value is not null)`;

const COUNTS = Prisma.sql`count(*) ${OVER}::int as rows,
  count(*) filter (where r.hit and not r.censored and not r.maturing)::int as hits,
  count(*) filter (where r.maturing)::int as maturing,
  count(*) filter (where r.provisional and not r.censored and not r.maturing)::int as provisional,
  count(*) filter (where r.censored)::int as censored`;

/** None at all where they are too many, rather than some that are thrown away; but all of them where some are not over. */
const FEW = Prisma.sql`case when (select are_needed from size)
  then coalesce(array_agg(r.value order by r.value) filter (where not r.censored and not r.maturing
    and r.value is not null and (select are_needed from size)), '{}') end as values`;

const AMOUNTS = Prisma.sql`sum(r.value) ${VALUES}::float8 as total, avg(r.value) ${VALUES}::float8 as mean,
  stddev_samp(r.value) ${VALUES}::float8 as deviation, ${FEW}`;

const ranks = (z: number): Prisma.Sql => Prisma.sql`
  percentile_cont(0.5) within group (order by r.value) ${VALUES} as median,
  percentile_cont(0.9) within group (order by r.value) ${VALUES} as p90, ${FEW},
  coalesce(array_agg(r.value order by r.value) filter (where r.censored and r.value is not null), '{}') as lasting,
  percentile_cont((select greatest(0, 0.5 - ${z}::float8 / 2 / sqrt(greatest(n, 1))) from size))
    within group (order by r.value) ${VALUES} as low,
  percentile_cont((select least(1, 0.5 + ${z}::float8 / 2 / sqrt(greatest(n, 1))) from size))
    within group (order by r.value) ${VALUES} as high`;

export const NOTHING: Omit<RowSums, "rows" | "hits" | "maturing" | "provisional" | "censored"> = {
  ...{ total: null, mean: null, deviation: null, median: null, p90: null },
  ...{ values: null, lasting: [], low: null, high: null },
};

/** Columns that no number needs are left out of the rows, and with them the tables they would be looked up in. */
export async function sumRows(db: Db, kpi: CountedKpi, window: RowsWindow, z: number): Promise<RowSums> {
  const needs = NEEDS[KPIS[kpi].statistic];
  const rows = Prisma.sql`select r.value, r.hit, r.censored, r.maturing, r.provisional from (${rowsOf(kpi, window)}) r`;
  const more = needs === "ranks" ? ranks(z) : AMOUNTS;
  const [sums] = await (needs === "counts"
    ? db.$queryRaw<RowSums[]>`select ${COUNTS} from (${rows}) r`
    : db.$queryRaw<RowSums[]>`
        with r as materialized (${rows}),
        size as (select n, n <= ${MOST_RESAMPLED}::float8 or open > 0 as are_needed from (
          select count(r.value) filter (where not r.censored and not r.maturing)::float8 as n,
            count(r.value) filter (where r.censored) as open from r) counted)
        select ${COUNTS}, ${more} from r`);
  if (!sums) throw new Error("an aggregate gives one row");
  return { ...NOTHING, ...sums };
}

/** Newest first. */
export const selectRows = (db: Db, kpi: CountedKpi, window: RowsWindow, limit: number): Promise<KpiRow[]> =>
  db.$queryRaw<KpiRow[]>`
    select r.id, r.at, r.value, r.hit as "isHit", r.censored as "isCensored", r.maturing as "isMaturing",
      r.provisional as "isProvisional", r.run_id as "runId", n.title
    from (${rowsOf(kpi, window)}) r left join run n on n.id = r.run_id and n.pilot_id = ${window.pilotId}
    order by r.at desc, r.id desc limit ${limit}`;
