// What rows come to, in SQL: counts, means, medians; and medians where some are not over, by Kaplan and Meier.
import type pg from "pg";
import { KPIS } from "../../../kpis/definitions/registry.ts";
import type { KpiId } from "../../../kpis/schema/kpi-id.ts";

/** What is compared. Intervals are not: they are drawn, and tested beside their statistics. */
export interface Told {
  readonly value: number | null;
  readonly p90: number | null;
  readonly numerator: number | null;
  readonly denominator: number | null;
  readonly sample: number;
  readonly provisional: number;
  readonly maturing: number;
  readonly censored: number;
}

interface Sums {
  readonly n: number;
  readonly hits: number;
  readonly maturing: number;
  readonly provisional: number;
  readonly censored: number;
  readonly total: number | null;
  readonly mean: number | null;
  readonly p50: number | null;
  readonly p90: number | null;
  readonly km50: number | null;
  readonly km90: number | null;
}

/** The least duration by which the share is over; on the stroke half-way to the next that ends. */
const kaplanMeier = (share: number): string => `(
  select case when s.left_over < ${1 - share} - 1e-9 then s.value
    else (s.value + coalesce((select min(t.value) from steps t where t.value > s.value and t.ends > 0), s.value)) / 2 end
  from steps s where s.left_over <= ${1 - share} + 1e-9 and s.ends > 0 order by s.value limit 1)`;

const sumsOf = (rows: string): string => `
  with rows as materialized (${rows}),
  counted as (select * from rows where not maturing),
  whole as (select count(*)::float8 as n from counted where value is not null),
  tied as (
    select value, count(*) filter (where not censored)::float8 as ends, count(*)::float8 as together
    from counted where value is not null group by value
  ),
  risky as (select *, sum(together) over (order by value desc) as at_risk from tied),
  steps as (
    select value, ends, case when bool_or(ends = at_risk) over (order by value) then 0
      else exp(sum(ln(case when ends = at_risk then 1 else 1 - ends / at_risk end)) over (order by value)) end as left_over
    from risky
  )
  select count(*) filter (where not maturing and not censored)::int as n,
    count(*) filter (where hit and not maturing and not censored)::int as hits,
    count(*) filter (where maturing)::int as maturing,
    count(*) filter (where provisional and not maturing and not censored)::int as provisional,
    count(*) filter (where censored)::int as censored,
    (sum(value) filter (where not censored and not maturing))::float8 as total,
    (avg(value) filter (where not censored and not maturing))::float8 as mean,
    percentile_cont(0.5) within group (order by value) filter (where not censored and not maturing) as p50,
    percentile_cont(0.9) within group (order by value) filter (where not censored and not maturing) as p90,
    ${kaplanMeier(0.5)} as km50, ${kaplanMeier(0.9)} as km90
  from rows`;

const WEEK = 7 * 24 * 60 * 60 * 1000;

/** `rows` gives value, hit, censored, maturing and provisional. */
export async function toldBy(
  owner: pg.Pool,
  kpi: KpiId,
  rows: string,
  parameters: readonly unknown[],
  { passed, minimum }: { readonly passed: number; readonly minimum: number },
): Promise<Told> {
  const { rows: found } = await owner.query<Sums>(sumsOf(rows), [...parameters]);
  const [sums] = found;
  if (!sums) throw new Error("an aggregate gives one row");
  const { n, hits, maturing, provisional, censored } = sums;
  const nothing = { value: null, p90: null, numerator: null, denominator: null };
  const counts = { ...nothing, sample: n, provisional, maturing, censored };
  const isEnough = n > 0 && n >= minimum;
  switch (KPIS[kpi].statistic) {
    case "median": {
      if (n === 0 || n + censored < minimum) return counts;
      const [value, p90] = censored > 0 ? [sums.km50, sums.km90] : [sums.p50, sums.p90];
      return { ...counts, value, p90 };
    }
    case "rate":
      return { ...counts, numerator: hits, denominator: n, value: isEnough ? (100 * hits) / n : null };
    case "count_per_week": {
      const weeks = passed / WEEK;
      return { ...counts, numerator: n, denominator: weeks, value: weeks < 1 ? null : n / weeks };
    }
    case "sum":
      return { ...counts, value: hits, numerator: hits, denominator: n };
    case "mean":
      return { ...counts, numerator: sums.total, denominator: n, value: isEnough ? sums.mean : null };
    case "ratio": {
      const spent = sums.total ?? 0;
      const value = hits > 0 && hits >= minimum ? spent / hits : null;
      return { ...counts, sample: hits, numerator: spent, denominator: hits, value };
    }
    case "share":
    case "total":
      throw new Error("a share and a sum of minutes are told by themselves");
  }
}
