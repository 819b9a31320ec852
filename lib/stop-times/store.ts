import { Prisma } from "#generated/prisma/client.ts";
import type { Db } from "../db.ts";
import type { ReachFacts, Settled } from "./rules.ts";
import type { ReachOutcome, ReachView } from "./schema.ts";

export interface NewReach {
  readonly leaseId: string;
  readonly stopId: string | null;
  readonly drillId: string | null;
  readonly runId: string;
  readonly attempt: number;
  readonly pilotId: string;
  readonly runnerId: string;
  readonly phase: string;
  readonly pulledAt: Date;
}

export async function insertReach(db: Db, row: NewReach): Promise<void> {
  await db.stopReach.create({ data: row });
}

/** Of a lease that a stop ended; the first time counts. */
export async function insertTold(db: Db, leaseId: string, at: Date): Promise<void> {
  await db.$executeRaw`
    insert into stop_echo (lease_id, told_at) select r.lease_id, ${at} from stop_reach r where r.lease_id = ${leaseId}
    on conflict (lease_id) do update set told_at = excluded.told_at where stop_echo.told_at is null`;
}

/** The same of what its runner says. */
export async function insertConfirmed(
  db: Db,
  leaseId: string,
  { at, networkAt }: { readonly at: Date; readonly networkAt: Date | null },
): Promise<void> {
  await db.$executeRaw`
    insert into stop_echo (lease_id, told_at, confirmed_at, network_at)
    select r.lease_id, ${at}, ${at}, ${networkAt} from stop_reach r where r.lease_id = ${leaseId}
    on conflict (lease_id) do update set told_at = coalesce(stop_echo.told_at, excluded.told_at),
      confirmed_at = excluded.confirmed_at, network_at = excluded.network_at where stop_echo.confirmed_at is null`;
}

export interface WaitingReach extends ReachFacts {
  readonly leaseId: string;
  readonly stopId: string | null;
  readonly drillId: string | null;
  readonly runId: string;
  readonly attempt: number;
  readonly pilotId: string;
  readonly charterDigest: string;
}

/** Those that are not settled, oldest first. A call's last byte is its opening and the last instant of its answer. */
export async function selectWaitingReaches(db: Db, limit: number): Promise<WaitingReach[]> {
  return db.$queryRaw<WaitingReach[]>`
    select r.lease_id as "leaseId", r.stop_id as "stopId", r.drill_id as "drillId", r.run_id as "runId", r.attempt,
      r.pilot_id as "pilotId", r.pulled_at as "pulledAt", run.charter_digest as "charterDigest", e.told_at as "toldAt",
      e.confirmed_at as "confirmedAt", e.network_at as "networkAt",
      (select max(c.opened_at + make_interval(secs => coalesce(o.chunk_ms[array_upper(o.chunk_ms, 1)], 0) / 1000.0))
        from model_call c join model_output o on o.call_id = c.id where c.lease_id = r.lease_id) as "modelAt",
      exists (select from model_call c where c.lease_id = r.lease_id and c.settled_at is null) as "hasOpenCall"
    from stop_reach r join run on run.id = r.run_id left join stop_echo e on e.lease_id = r.lease_id
    where r.outcome = 'waiting' order by r.pulled_at, r.lease_id limit ${limit}`;
}

/** False when it was settled already. */
export async function markSettled(
  db: Db,
  leaseId: string,
  { outcome, moments, stop }: Settled,
  settledAt: Date,
): Promise<boolean> {
  const { count } = await db.stopReach.updateMany({
    where: { leaseId, outcome: "waiting" },
    data: {
      ...{ outcome, settledAt, stopMs: stop, toldMs: moments.told },
      ...{ endedMs: moments.ended, networkMs: moments.network, modelMs: moments.model },
    },
  });
  return count === 1;
}

/** Newest first, of the pilots that may be seen; of one stop or drill where it is given. */
export async function selectReaches(
  db: Db,
  visible: "all" | readonly string[],
  of: { readonly drillId?: string; readonly stopId?: string },
  limit: number,
): Promise<ReachView[]> {
  const seen = visible === "all" ? Prisma.sql`true` : Prisma.sql`r.pilot_id = any(${[...visible]})`;
  return db.$queryRaw<ReachView[]>`
    select r.lease_id as "leaseId", r.stop_id as "stopId", r.drill_id as "drillId", r.run_id as "runId",
      run.title as "runTitle", r.pilot_id as "pilotId", coalesce(w.name, r.runner_id) as "runnerName", r.phase,
      r.pulled_at as "pulledAt", r.outcome, r.told_ms as told, r.ended_ms as ended, r.network_ms as network,
      r.model_ms as model, r.stop_ms as stop, e.confirmed_at as "confirmedAt"
    from stop_reach r join run on run.id = r.run_id left join runner w on w.id = r.runner_id
      left join stop_echo e on e.lease_id = r.lease_id
    where ${seen} and (${of.drillId ?? null}::text is null or r.drill_id = ${of.drillId ?? null})
      and (${of.stopId ?? null}::text is null or r.stop_id = ${of.stopId ?? null})
    order by r.pulled_at desc, r.lease_id limit ${limit}`;
}

export async function selectOutcomes(
  db: Db,
  drillId: string,
): Promise<{ readonly outcome: ReachOutcome; readonly stop: number | null }[]> {
  const rows = await db.stopReach.findMany({ where: { drillId }, select: { outcome: true, stopMs: true } });
  return rows.map(({ outcome, stopMs }) => ({ outcome: outcome as ReachOutcome, stop: stopMs }));
}
