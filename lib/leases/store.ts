import type { Db } from "../db.ts";
import type { Tier } from "../jail/schema.ts";
import type { Phase } from "../protocol/schema.ts";
import { type Beacon, LOST } from "./rules.ts";

export interface LeaseRow {
  readonly id: string;
  readonly runId: string;
  readonly attempt: number;
  readonly phase: Phase;
  readonly runnerId: string;
  readonly tier: Tier;
  readonly grantedAt: Date;
  readonly endedAt: Date | null;
  readonly endReason: string | null;
  readonly acknowledged: number;
}

/** The lease, locked until the transaction ends. */
export async function lockLease(db: Db, leaseId: string): Promise<LeaseRow | null> {
  await db.$queryRaw`select from lease where id = ${leaseId} for update`;
  return (await db.lease.findUnique({ where: { id: leaseId } })) as LeaseRow | null;
}

export async function findLease(db: Db, leaseId: string): Promise<LeaseRow | null> {
  return (await db.lease.findUnique({ where: { id: leaseId } })) as LeaseRow | null;
}

export async function liveLeaseOf(db: Db, runId: string): Promise<LeaseRow | null> {
  return (await db.lease.findFirst({ where: { runId, endedAt: null } })) as LeaseRow | null;
}

export interface NewLease {
  readonly id: string;
  readonly runId: string;
  readonly attempt: number;
  readonly phase: Phase;
  readonly runnerId: string;
  readonly tier: string;
  readonly grantedAt: Date;
}

export async function insertLease(db: Db, lease: NewLease): Promise<void> {
  await db.lease.create({ data: lease });
  await db.leaseHeartbeat.create({ data: { leaseId: lease.id, at: lease.grantedAt } });
}

/** Ends a live lease; false when it had ended already. */
export async function closeLease(db: Db, leaseId: string, at: Date, reason: string): Promise<boolean> {
  const { count } = await db.lease.updateMany({
    where: { id: leaseId, endedAt: null },
    data: { endedAt: at, endReason: reason },
  });
  return count === 1;
}

export async function setAcknowledged(db: Db, leaseId: string, acknowledged: number): Promise<void> {
  await db.lease.update({ where: { id: leaseId }, data: { acknowledged } });
}

export async function touchHeartbeat(db: Db, leaseId: string, at: Date): Promise<void> {
  await db.leaseHeartbeat.update({ where: { leaseId }, data: { at } });
}

export interface Candidate {
  readonly id: string;
  readonly pilotId: string;
  readonly charterId: string;
  readonly phase: Phase;
  /** Runs of its pilot that runners work on now. */
  readonly held: number;
  /** The runner whose work waits for verification; null before the first lease. */
  readonly author: string | null;
  /** Whether its agent calls a model. */
  readonly usesModel: boolean;
}

/**
 * Runs that wait for a runner in one of these phases, verifications first and then the oldest, whose pilot runs and
 * is not stopped. What undoes a merge has no agent phase, and is verified while its pilot is paused or over too; a patch whose base
 * moved is looked at by the worker before an agent has it again. None is locked.
 */
export async function listWaiting(db: Db, phases: readonly Phase[], limit: number): Promise<Candidate[]> {
  return db.$queryRaw<Candidate[]>`
    select r.id, r.pilot_id as "pilotId", r.charter_id as "charterId",
      case r.status when 'queued' then 'agent' else 'verify' end as phase,
      (select count(*)::int from lease l join run h on h.id = l.run_id
        where h.pilot_id = r.pilot_id and l.phase = 'agent' and l.ended_at is null) as held,
      (select l.runner_id from lease l where l.run_id = r.id and l.phase = 'agent' order by l.attempt desc limit 1) as author,
      a.model is not null as "usesModel"
    from run r join pilot p on p.id = r.pilot_id join agent a on a.id = r.agent_id
    where (p.status = 'active' or r.kind = 'revert')
      and not exists (select from stop s where s.lifted_at is null and (s.pilot_id is null or s.pilot_id = r.pilot_id))
      and not exists (select from lease l where l.run_id = r.id and l.ended_at is null)
      and (
        (r.status = 'queued' and r.kind <> 'revert' and 'agent' = any(${[...phases]})
          and not exists (select from patch_rebase p where p.run_id = r.id)
          and exists (select from base_bundle b where b.repository_id = r.repository_id and b.commit = r.base_commit))
        or (r.status = 'verifying' and 'verify' = any(${[...phases]})
          and not exists (select from gate g where g.run_id = r.id and g.kind = 'network' and g.status = 'open')
          and exists (select from patch x where x.run_id = r.id and x.base_commit = r.base_commit
            and not exists (select from evidence e where e.patch_id = x.id)))
      )
    order by r.status = 'queued', r.launched_at, r.id
    limit ${limit}`;
}

/** What the run is to do, in the words of whoever launched it; empty where nobody said anything. */
export async function taskOf(db: Db, runId: string): Promise<string> {
  const run = await db.run.findUnique({ where: { id: runId }, select: { task: true } });
  return run?.task ?? "";
}

/** Locks a run that still waits for this phase; false when it moved on or somebody holds it. */
export async function lockWaiting(db: Db, runId: string, phase: Phase): Promise<boolean> {
  const status = phase === "agent" ? "queued" : "verifying";
  const rows = await db.$queryRaw<unknown[]>`
    select id from run r where id = ${runId} and status = ${status}
      and not exists (select from patch_rebase p where p.run_id = r.id) for update skip locked`;
  // Asked by a second statement, which sees the lease that was committed just before the row was locked.
  return rows.length === 1 && (await liveLeaseOf(db, runId)) === null;
}

/** Runs whose agents a runner holds; one that was put away takes nobody's place. */
export async function countHeld(db: Db, pilotId: string): Promise<number> {
  const [row] = await db.$queryRaw<{ held: number }[]>`
    select count(*)::int as held from lease l join run r on r.id = l.run_id
    where r.pilot_id = ${pilotId} and l.phase = 'agent' and l.ended_at is null`;
  return row?.held ?? 0;
}

interface Silent {
  readonly id: string;
  readonly runId: string;
  readonly at: Date;
}

/** Live leases with their last heartbeat. */
export async function liveHeartbeats(db: Db): Promise<Silent[]> {
  return db.$queryRaw<Silent[]>`
    select l.id, l.run_id as "runId", h.at from lease l join lease_heartbeat h on h.lease_id = l.id where l.ended_at is null`;
}

/** A process says that it works. `since` moves when it had been silent for longer than `staleMs`. */
export async function beat(db: Db, process: string, at: Date, staleMs: number): Promise<void> {
  const stale = new Date(at.getTime() - staleMs);
  await db.$executeRaw`
    insert into process_beacon (process, since, at) values (${process}, ${at}, ${at})
    on conflict (process) do update
      set since = case when process_beacon.at < ${stale} then excluded.since else process_beacon.since end, at = excluded.at`;
}

export async function beaconsOf(db: Db, processes: readonly string[]): Promise<Beacon[]> {
  const rows = await db.processBeacon.findMany({ where: { process: { in: [...processes] } } });
  return rows.map((row) => ({ since: row.since.getTime(), at: row.at.getTime() }));
}

export async function countLost(db: Db, runId: string, phase: Phase): Promise<number> {
  return db.lease.count({ where: { runId, phase, endReason: LOST } });
}

/** Whether another runner, heard of since and in one of these tiers, takes verifications. */
export async function hasOtherVerifier(
  db: Db,
  runnerId: string,
  tiers: readonly string[],
  since: Date,
): Promise<boolean> {
  const contacts = await db.runnerContact.findMany({
    where: { at: { gte: since }, tier: { in: [...tiers] }, runnerId: { not: runnerId } },
    select: { runnerId: true },
  });
  const ids = contacts.map((contact) => contact.runnerId);
  return (
    (await db.runner.count({ where: { id: { in: ids }, revokedAt: null, phases: { has: "verify" } } })) > 0
  );
}

/** How leases end whose runs were put away. */
export const PARKED = "parked";
/** How leases end with which an agent's work was handed in. */
const HANDED_IN = ["patch", "no_change"];

export async function countParked(db: Db, runId: string): Promise<number> {
  return db.lease.count({ where: { runId, endReason: PARKED } });
}

/** How long runners worked on what is not handed in yet and was put away, milliseconds. */
export async function parkedTime(db: Db, runId: string): Promise<number> {
  const [row] = await db.$queryRaw<{ used: number }[]>`
    select coalesce(sum(extract(epoch from l.ended_at - l.granted_at) * 1000), 0)::float8 as used
    from lease l where l.run_id = ${runId} and l.phase = 'agent' and l.end_reason = ${PARKED}
      and l.attempt > coalesce((select max(x.attempt) from lease x
        where x.run_id = ${runId} and x.end_reason = any(${HANDED_IN})), 0)`;
  return row?.used ?? 0;
}

export async function selectHeldRuns(db: Db, pilotId: string | null): Promise<string[]> {
  const rows = await db.$queryRaw<{ id: string }[]>`
    select r.id from lease l join run r on r.id = l.run_id
    where l.ended_at is null and (${pilotId}::text is null or r.pilot_id = ${pilotId})`;
  return rows.map(({ id }) => id);
}

export interface Unparked {
  readonly leaseId: string;
  readonly runId: string;
}

/** Leases of paused runs that were told to let go before a time. */
export async function selectUnparked(db: Db, before: Date): Promise<Unparked[]> {
  return db.$queryRaw<Unparked[]>`
    select l.id as "leaseId", l.run_id as "runId" from lease l join run_inbox i on i.run_id = l.run_id and i.attempt = l.attempt
    where l.ended_at is null and i.kind = 'pause' and i.settled_at is null and i.created_at < ${before}
    group by l.id, l.run_id order by l.id limit 100`;
}
