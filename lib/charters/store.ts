import type { Db } from "../db.ts";

const PAST_ITS_GATE = ["merging", "merged", "rejected", "failed", "cancelled"];

/** Charters that runs of the pilot which have not ended were launched under, with how many each. */
export async function openChartersOf(
  db: Db,
  pilotId: string,
): Promise<{ readonly charterId: string; readonly runs: number }[]> {
  const rows = await db.run.groupBy({
    by: ["charterId"],
    where: { pilotId, status: { notIn: PAST_ITS_GATE } },
    _count: { _all: true },
    orderBy: { charterId: "asc" },
  });
  return rows.map(({ charterId, _count }) => ({ charterId, runs: _count._all }));
}
