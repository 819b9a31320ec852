import type { Db } from "../../db.ts";

export interface Spent {
  /** Up to the last day of the window. */
  readonly spentMicros: number;
  /** Of that, by calls charged on days of the window. */
  readonly inWindowMicros: number;
}

/** What the pilot spent up to a day, by the rollup of the ledger; its days are days of the pilot. */
export async function selectSpent(db: Db, pilotId: string, fromDay: string, toDay: string): Promise<Spent> {
  const [row] = await db.$queryRaw<Spent[]>`
    select coalesce(sum(spent_micros), 0)::float8 as "spentMicros",
      coalesce(sum(spent_micros) filter (where day >= ${fromDay}), 0)::float8 as "inWindowMicros"
    from budget_use where subject = ${pilotId} and kind = 'day' and day <= ${toDay}`;
  return row ?? { spentMicros: 0, inWindowMicros: 0 };
}
