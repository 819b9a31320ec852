import type { Prisma } from "#generated/prisma/client.ts";
import type { Db } from "../db.ts";
import { PartScore, type StoredPoint } from "./schema.ts";

/** A run whose events have not all been taken in. */
export interface Followed {
  readonly runId: string;
  readonly charterId: string;
}

/**
 * Runs of agents with a model with events that were not taken in, or with a pause that is still to be made. Those that ended
 * before `since` are left alone: whoever was away for so long draws no more of them.
 */
export async function selectFollowed(db: Db, since: Date, limit: number): Promise<Followed[]> {
  return db.$queryRaw<Followed[]>`
    select r.id as "runId", r.charter_id as "charterId"
    from run r
      join agent a on a.id = r.agent_id
      join run_cursor c on c.run_id = r.id
      left join drift_cursor d on d.run_id = r.id
    where a.model is not null and not coalesce(d.is_over, false)
      and (c.seq > coalesce(d.seq, 0) or d.pausing is not null)
      and (r.ended_at is null or r.ended_at >= ${since})
    order by r.id limit ${limit}`;
}

export interface Cursor {
  readonly seq: number;
  readonly seen: number | null;
  readonly pausing: number | null;
}

/** Locked until the transaction ends; made where it is missing. */
export async function lockCursor(db: Db, runId: string): Promise<Cursor> {
  await db.$executeRaw`insert into drift_cursor (run_id, seq) values (${runId}, 0) on conflict do nothing`;
  const [row] = await db.$queryRaw<Cursor[]>`
    select seq, seen, pausing from drift_cursor where run_id = ${runId} for update`;
  if (!row) throw new Error(`run ${runId} has no cursor of its drift`);
  return row;
}

export async function moveCursor(db: Db, runId: string, to: Cursor & { isOver: boolean }): Promise<void> {
  await db.driftCursor.update({ where: { runId }, data: to });
}

export async function insertPoints(db: Db, runId: string, points: readonly StoredPoint[]): Promise<void> {
  await db.runDrift.createMany({
    data: points.map(({ seq, at, score, parts, paused }) => ({
      runId,
      seq,
      at: new Date(at),
      score,
      paused,
      parts: parts as unknown as Prisma.InputJsonValue,
    })),
  });
}

const Parts = PartScore.array();

/** Points above `after`, oldest first. */
export async function selectPoints(db: Db, runId: string, after: number): Promise<StoredPoint[]> {
  const rows = await db.runDrift.findMany({
    where: { runId, seq: { gt: after } },
    orderBy: { seq: "asc" },
  });
  return rows.map(({ seq, at, score, parts, paused }) => ({
    seq,
    at: at.toISOString(),
    score,
    paused,
    parts: Parts.parse(parts),
  }));
}
