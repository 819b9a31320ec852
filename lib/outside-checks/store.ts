import type { Prisma } from "#generated/prisma/client.ts";
import type { Db } from "../db.ts";
import type { CheckVerdict, Reported } from "./schema.ts";

export type CheckRow = Prisma.OutsideCheckGetPayload<object> & { readonly verdict: CheckVerdict };

export interface Tested {
  readonly patchId: string;
  readonly runId: string;
  readonly pilotId: string;
}

/** Patches that hold exactly this, the newest first; of a run where it is named. A commit is the patch's own, or the one it was published as. */
export async function selectTested(
  db: Db,
  {
    commit = null,
    tree = null,
    runId = null,
  }: {
    readonly commit?: string | undefined | null;
    readonly tree?: string | undefined | null;
    readonly runId?: string | undefined | null;
  },
): Promise<Tested[]> {
  return db.$queryRaw<Tested[]>`
    select p.id as "patchId", p.run_id as "runId", run.pilot_id as "pilotId"
    from patch p join run on run.id = p.run_id
    where (p.commit = ${commit} or p.tree = ${tree}
      or p.id in (select m.patch_id from merge m where m.new_commit = ${commit}))
      and (${runId}::text is null or p.run_id = ${runId})
    order by p.created_at desc, p.id desc limit 200`;
}

/** Whether what the patch was made of has been taken away. */
export async function isTaken(db: Db, patchId: string): Promise<boolean> {
  const [row] = await db.$queryRaw<{ isTaken: boolean }[]>`
    select b.deleted_at is not null as "isTaken" from patch p join blob b on b.id = p.diff_blob_id where p.id = ${patchId}`;
  return row?.isTaken ?? true;
}

export async function insertCheck(db: Db, row: Prisma.OutsideCheckUncheckedCreateInput): Promise<void> {
  await db.outsideCheck.create({ data: row });
}

/** How many were reported about a run's patches. The caller holds the run. */
export async function countChecks(db: Db, runId: string): Promise<number> {
  return db.outsideCheck.count({ where: { runId } });
}

export async function findNewest(db: Db, patchId: string, source: string): Promise<CheckRow | null> {
  const where = { patchId, source };
  return (await db.outsideCheck.findFirst({ where, orderBy: { number: "desc" } })) as CheckRow | null;
}

/** The newest of each source. */
export async function selectNewest(db: Db, patchId: string): Promise<(Reported & { readonly id: string })[]> {
  return db.$queryRaw<(Reported & { readonly id: string })[]>`
    select distinct on (source) id, source, verdict, commitment, reported_by as "reportedBy"
    from outside_check where patch_id = ${patchId} order by source, number desc`;
}

/** Newest first. */
export async function selectLatest(db: Db, patchId: string, limit: number): Promise<CheckRow[]> {
  const rows = await db.outsideCheck.findMany({
    where: { patchId },
    orderBy: { number: "desc" },
    take: limit,
  });
  return rows as CheckRow[];
}

/** Who reported about the patches of runs, and who answers for them. */
export async function selectReporters(
  db: Db,
  runIds: readonly string[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  if (runIds.length === 0) return new Map();
  const rows = await db.$queryRaw<{ runId: string; people: string[] }[]>`
    select run_id as "runId", array_agg(person_id order by person_id) as people from run_reporter
    where run_id = any(${[...runIds]}) group by run_id`;
  return new Map(rows.map(({ runId, people }) => [runId, people]));
}

/** What was said, as it is kept; with its salt while there is one. */
export async function selectTexts(db: Db, runId: string): Promise<{ id: string; canonical: string }[]> {
  return db.outsideCheck.findMany({
    where: { runId, salt: { not: null } },
    select: { id: true, canonical: true },
  });
}

export async function takeText(db: Db, id: string, canonical: string): Promise<void> {
  await db.outsideCheck.updateMany({ where: { id }, data: { canonical, salt: null } });
}
