// Rows of budgets, read. They are written where calls are opened and settled, in the order of `keysOf`.
import type { Db } from "../db.ts";
import { keyText } from "./rules.ts";
import type { BudgetKey, BudgetUse } from "./schema.ts";

interface Row extends BudgetKey {
  readonly reserved: bigint;
  readonly spent: bigint;
}

const columns = (keys: readonly BudgetKey[]) =>
  [keys.map(({ kind }) => kind), keys.map(({ subject }) => subject), keys.map(({ day }) => day)] as const;

const byKey = (rows: readonly Row[]): Map<string, BudgetUse> =>
  new Map(
    rows.map(({ reserved, spent, ...key }) => [
      keyText(key),
      { reservedMicros: Number(reserved), spentMicros: Number(spent) },
    ]),
  );

/** What is used, for reading. */
export async function selectUse(db: Db, keys: readonly BudgetKey[]): Promise<ReadonlyMap<string, BudgetUse>> {
  const [kinds, subjects, days] = columns(keys);
  const rows = await db.$queryRaw<Row[]>`
    select b.kind, b.subject, b.day, b.reserved_micros as reserved, b.spent_micros as spent
    from unnest(${kinds}::text[], ${subjects}::text[], ${days}::text[]) as k (kind, subject, day)
      join budget_use b using (kind, subject, day)`;
  return byKey(rows);
}

const PAST_RUNS = 20;

/** What the last runs of an agent cost that are over; null where there is none. */
export async function selectPastRuns(
  db: Db,
  pilotId: string,
  agentId: string,
): Promise<{ runs: number; medianMicros: number; mostMicros: number } | null> {
  const [row] = await db.$queryRaw<{ runs: number; median: bigint | null; most: bigint | null }[]>`
    select count(*)::int as runs, percentile_disc(0.5) within group (order by spent) as median, max(spent) as most
    from (
      select coalesce(b.spent_micros, 0) as spent
      from run r left join budget_use b on b.kind = 'run' and b.subject = r.id and b.day = ''
      where r.pilot_id = ${pilotId} and r.agent_id = ${agentId} and r.ended_at is not null
      order by r.ended_at desc limit ${PAST_RUNS}) as past`;
  if (!row || row.runs === 0) return null;
  return { runs: row.runs, medianMicros: Number(row.median), mostMicros: Number(row.most) };
}
