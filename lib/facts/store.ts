import type { Db } from "../db.ts";
import type { FactDifference } from "./schema.ts";

export const selectDifferences = (db: Db): Promise<FactDifference[]> =>
  db.$queryRaw<FactDifference[]>`select fact, id, what from fact_differences()`;

/** What it mended. */
export const mendAll = (db: Db): Promise<FactDifference[]> =>
  db.$queryRaw<FactDifference[]>`select fact, id, what from mend_facts()`;
