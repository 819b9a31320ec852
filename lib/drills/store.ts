import { Prisma } from "#generated/prisma/client.ts";
import type { Db } from "../db.ts";
import type { DrillFault, DrillState, DrillView } from "./schema.ts";

export interface DrillRow {
  readonly id: string;
  readonly pilotId: string;
  readonly askedBy: string;
  readonly askedAt: Date;
  readonly wanted: number;
  readonly state: DrillState;
  readonly pulledAt: Date | null;
}

export async function insertDrill(db: Db, row: Omit<DrillRow, "pulledAt">): Promise<void> {
  await db.drill.create({ data: row });
}

export async function findOpenDrill(db: Db, pilotId: string): Promise<DrillRow | null> {
  const row = await db.drill.findFirst({ where: { pilotId, state: { in: ["gathering", "pulled"] } } });
  return row as DrillRow | null;
}

export async function selectOpenDrills(db: Db): Promise<DrillRow[]> {
  const rows = await db.drill.findMany({
    where: { state: { in: ["gathering", "pulled"] } },
    orderBy: [{ askedAt: "asc" }, { id: "asc" }],
  });
  return rows as unknown as DrillRow[];
}

/** False when somebody else moved it already. */
export async function moveDrill(
  db: Db,
  id: string,
  from: DrillState,
  change: { state: DrillState; fault?: DrillFault | null; pulledAt?: Date | null; endedAt?: Date },
): Promise<boolean> {
  const { count } = await db.drill.updateMany({ where: { id, state: from }, data: change });
  return count === 1;
}

export interface DrillRun {
  readonly id: string;
  readonly status: string;
  readonly isHeld: boolean;
}

/** Runs of a drill that have not ended; in one order, so that they are locked as all others are. */
export async function selectDrillRuns(db: Db, drillId: string): Promise<DrillRun[]> {
  return db.$queryRaw<DrillRun[]>`
    select r.id, r.status, exists (select from lease l where l.run_id = r.id and l.ended_at is null) as "isHeld"
    from run r where r.kind = 'drill' and starts_with(r.request_key, ${`${drillId}-`})
      and r.status not in ('cancelled', 'failed') order by r.id`;
}

/** Runners that may work for agents, were heard of since, and have nothing to do. */
export async function countIdleRunners(db: Db, since: Date): Promise<number> {
  const [row] = await db.$queryRaw<{ idle: number }[]>`
    select count(*)::int as idle from runner r join runner_contact c on c.runner_id = r.id
    where r.revoked_at is null and 'agent' = any(r.phases) and c.at >= ${since}
      and not exists (select from lease l where l.runner_id = r.id and l.ended_at is null)`;
  return row?.idle ?? 0;
}

/** Newest first, of pilots that may be seen. */
export async function selectDrills(
  db: Db,
  visible: "all" | readonly string[],
  limit: number,
): Promise<Omit<DrillView, "reached">[]> {
  const seen = visible === "all" ? Prisma.sql`true` : Prisma.sql`d.pilot_id = any(${[...visible]})`;
  return db.$queryRaw<Omit<DrillView, "reached">[]>`
    select d.id, d.pilot_id as "pilotId", p.name as "pilotName", coalesce(w.name, d.asked_by) as "askedByName",
      d.asked_at as "askedAt", d.wanted, d.state, d.fault, d.pulled_at as "pulledAt", d.ended_at as "endedAt"
    from drill d join pilot p on p.id = d.pilot_id left join person w on w.id = d.asked_by
    where ${seen} order by d.asked_at desc, d.id desc limit ${limit}`;
}

export interface EndedDrill {
  readonly id: string;
  readonly endedAt: Date;
  readonly wanted: number;
  readonly fault: DrillFault | null;
}

export async function findLastEnded(db: Db): Promise<EndedDrill | null> {
  const row = await db.drill.findFirst({
    where: { endedAt: { not: null } },
    orderBy: [{ endedAt: "desc" }, { id: "desc" }],
    select: { id: true, endedAt: true, wanted: true, fault: true },
  });
  return row as EndedDrill | null;
}
