import { z } from "zod";
import type { Db } from "../db.ts";
import type { RunStatus } from "../runs/schema.ts";
import type { RevertNode } from "./rules.ts";
import { REVERT_KIND, RevertFault } from "./schema.ts";

export interface RevertRow {
  readonly runId: string;
  readonly ofRunId: string;
  readonly mergeId: string;
  readonly commit: string;
  readonly fault: RevertFault | null;
  readonly conflicts: readonly string[];
}

const Paths = z.array(z.string());

export async function findRevert(db: Db, runId: string): Promise<RevertRow | null> {
  const row = await db.revert.findUnique({ where: { runId } });
  return (
    row && {
      ...row,
      fault: row.fault === null ? null : RevertFault.parse(row.fault),
      conflicts: Paths.parse(row.conflicts),
    }
  );
}

export async function insertRevert(
  db: Db,
  row: Pick<RevertRow, "runId" | "ofRunId" | "mergeId" | "commit">,
): Promise<void> {
  await db.revert.create({ data: row });
}

export async function setFault(
  db: Db,
  runId: string,
  fault: RevertFault,
  conflicts: readonly string[],
): Promise<void> {
  await db.revert.update({ where: { runId }, data: { fault, conflicts: [...conflicts] } });
}

/** A chain is a revert of a revert of a revert; nobody goes on longer by clicking. */
const MAX_CHAIN = 50;

export interface RevertAbout extends RevertNode {
  readonly title: string;
}

/** Runs that undo this one, those that undo them, and so on; the newest first. */
export const selectReverts = (db: Db, runId: string): Promise<RevertAbout[]> =>
  db.$queryRaw<(RevertAbout & { readonly status: RunStatus })[]>`
    with recursive chain (run_id, of_run_id, depth) as (
      select run_id, of_run_id, 1 from revert where of_run_id = ${runId}
      union all
      select v.run_id, v.of_run_id, c.depth + 1 from revert v join chain c on v.of_run_id = c.run_id where c.depth < ${MAX_CHAIN}
    )
    select c.run_id as "runId", c.of_run_id as "ofRunId", r.status, r.title
    from chain c join run r on r.id = c.run_id order by r.launched_at desc, r.id desc`;

/**
 * Reverts that the worker has yet to make, the least tried first, then the oldest; not those whose next try is not due, that a stop
 * holds, or whose base our copy may not hold yet: a forge names its merge commit before we have fetched it.
 */
export async function selectToBuild(db: Db, now: Date, limit: number): Promise<string[]> {
  const rows = await db.$queryRaw<{ id: string }[]>`
    select r.id from run r left join making_try t on t.run_id = r.id where r.kind = 'revert' and r.status = 'queued'
      and (t.not_before is null or t.not_before <= ${now})
      and exists (select from base_bundle b where b.repository_id = r.repository_id and b.commit = r.base_commit)
      and not exists (select from stop s where s.lifted_at is null and (s.pilot_id is null or s.pilot_id = r.pilot_id))
    order by coalesce(t.tries, 0), r.launched_at, r.id limit ${limit}`;
  return rows.map(({ id }) => id);
}

/** How many reverts somebody asked for in a pilot since. */
export const countAsked = (
  db: Db,
  { pilotId, launchedBy }: { readonly pilotId: string; readonly launchedBy: string },
  since: Date,
): Promise<number> =>
  db.run.count({ where: { kind: REVERT_KIND, pilotId, launchedBy, launchedAt: { gt: since } } });

/** What this run undoes, what that undid, and so on to the run that an agent made; the nearest first. */
export async function selectUndone(db: Db, runId: string): Promise<string[]> {
  const rows = await db.$queryRaw<{ id: string }[]>`
    with recursive chain (id, depth) as (
      select of_run_id, 1 from revert where run_id = ${runId}
      union all
      select v.of_run_id, c.depth + 1 from revert v join chain c on v.run_id = c.id where c.depth < ${MAX_CHAIN}
    )
    select id from chain order by depth`;
  return rows.map(({ id }) => id);
}
