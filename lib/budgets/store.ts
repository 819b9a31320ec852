// Rows of budgets. All writers lock them in the order of `keysOf`, before any other row.
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

async function lockPresent(db: Db, keys: readonly BudgetKey[]): Promise<Map<string, BudgetUse>> {
  const [kinds, subjects, days] = columns(keys);
  const rows = await db.$queryRaw<Row[]>`
    select b.kind, b.subject, b.day, b.reserved_micros as reserved, b.spent_micros as spent
    from unnest(${kinds}::text[], ${subjects}::text[], ${days}::text[]) with ordinality as k (kind, subject, day, place)
      join budget_use b using (kind, subject, day)
    order by k.place for update of b`;
  return byKey(rows);
}

/** What is used, locked until the transaction ends. `keys` in the order of `keysOf`. */
export async function lockUse(db: Db, keys: readonly BudgetKey[]): Promise<ReadonlyMap<string, BudgetUse>> {
  const present = await lockPresent(db, keys);
  if (present.size === keys.length) return present;
  const [kinds, subjects, days] = columns(keys);
  await db.$executeRaw`
    insert into budget_use (kind, subject, day)
    select * from unnest(${kinds}::text[], ${subjects}::text[], ${days}::text[])
    on conflict do nothing`;
  return lockPresent(db, keys);
}

export interface UseChange {
  readonly key: BudgetKey;
  readonly reserved: number;
  readonly spent: number;
}

/**
 * Adds to rows that are there, locked in the order given: that of `keysOf`. A row that would hold back less than nothing
 * refuses: a defect of the caller.
 */
export async function addUse(db: Db, changes: readonly UseChange[]): Promise<void> {
  if (changes.length === 0) return;
  const [kinds, subjects, days] = columns(changes.map(({ key }) => key));
  await db.$executeRaw`
    with held as materialized (
      select kind, subject, day, c.reserved, c.spent
      from unnest(${kinds}::text[], ${subjects}::text[], ${days}::text[],
        ${changes.map(({ reserved }) => reserved)}::bigint[], ${changes.map(({ spent }) => spent)}::bigint[])
        with ordinality as c (kind, subject, day, reserved, spent, place)
        join budget_use b using (kind, subject, day)
      order by c.place for update of b)
    update budget_use b set reserved_micros = b.reserved_micros + h.reserved, spent_micros = b.spent_micros + h.spent
    from held h where b.kind = h.kind and b.subject = h.subject and b.day = h.day`;
}

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
