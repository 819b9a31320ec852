import { createHash } from "node:crypto";
import type { Db } from "../db.ts";
import type { GateStatus } from "../gates/schema.ts";
import type { ContainedRun, OpenFinding, ReleaseView } from "./schema.ts";

export interface ReleaseRow {
  readonly id: string;
  readonly pilotId: string;
  readonly repositoryId: string;
  readonly commit: string;
  readonly artifact: string;
  readonly environment: string;
  readonly gateId: string;
  readonly askedBy: string;
  readonly askedAt: Date;
}

export interface AskedRelease extends ReleaseRow {
  readonly status: GateStatus;
}

export async function insertRelease(db: Db, release: ReleaseRow): Promise<void> {
  const { id, pilotId, repositoryId, commit, artifact, environment, gateId, askedBy, askedAt } = release;
  await db.$executeRaw`
    insert into release (id, pilot_id, repository_id, commit, artifact, environment, gate_id, asked_by, asked_at)
    values (${id}, ${pilotId}, ${repositoryId}, ${commit}, ${artifact}, ${environment}, ${gateId}, ${askedBy}, ${askedAt})`;
}

type Words = Pick<ReleaseRow, "pilotId" | "commit" | "artifact" | "environment">;

/** The newest that was asked in the same words. */
export async function findSame(db: Db, words: Words): Promise<AskedRelease | null> {
  const { pilotId, commit, artifact, environment } = words;
  const [row] = await db.$queryRaw<AskedRelease[]>`
    select r.id, r.pilot_id as "pilotId", r.repository_id as "repositoryId", r.commit, r.artifact, r.environment,
      r.gate_id as "gateId", r.asked_by as "askedBy", r.asked_at as "askedAt", g.status
    from release r join gate g on g.id = r.gate_id
    where r.pilot_id = ${pilotId} and r.commit = ${commit} and r.artifact = ${artifact}
      and r.environment = ${environment}
    order by r.asked_at desc, r.id desc limit 1`;
  return row ?? null;
}

export async function findByGate(db: Db, gateId: string): Promise<ReleaseRow | null> {
  const [row] = await db.$queryRaw<ReleaseRow[]>`
    select id, pilot_id as "pilotId", repository_id as "repositoryId", commit, artifact, environment,
      gate_id as "gateId", asked_by as "askedBy", asked_at as "askedAt"
    from release where gate_id = ${gateId}`;
  return row ?? null;
}

/** What a release is decided on, as it is stored. */
export async function findDocument(db: Db, gateId: string): Promise<string> {
  const [row] = await db.$queryRaw<{ document: string }[]>`select document from gate where id = ${gateId}`;
  return row?.document ?? "";
}

/**
 * Since when the repository's branch had the commit: now for its head, else when it was merged, or just before the first
 * run that started from it. Null for a commit that our records do not have.
 */
export async function knownSince(
  db: Db,
  repositoryId: string,
  commit: string,
  now: Date,
): Promise<Date | null> {
  const [row] = await db.$queryRaw<{ since: Date | null }[]>`
    select coalesce(
      (select ${now}::timestamptz from repository where id = ${repositoryId} and head_commit = ${commit}),
      (select max(m.settled_at) from merge m join run on run.id = m.run_id
        where run.repository_id = ${repositoryId} and m.new_commit = ${commit} and m.state = 'moved'),
      (select min(launched_at) - interval '1 millisecond' from run where repository_id = ${repositoryId} and base_commit = ${commit})
    ) as since`;
  return row?.since ?? null;
}

/** Merges the branch had by then, the newest first. */
export async function selectContained(
  db: Db,
  repositoryId: string,
  since: Date,
  limit: number,
): Promise<{ runs: ContainedRun[]; count: number }> {
  const rows = await db.$queryRaw<(ContainedRun & { count: number })[]>`
    select run.id as run, case when g.kind = 'break_glass' then 'break_glass' else 'merge' end as how,
      m.new_commit as commit, p.digest as patch, g.id as gate, g.digest as decision,
      coalesce((select jsonb_agg(jsonb_build_object('digest', e.digest, 'verdict', e.verdict) order by e.created_at, e.id)
        from evidence e where e.patch_id = p.id), '[]') as evidence,
      coalesce((select jsonb_agg(jsonb_build_object('person', a.person_id, 'role', a.role) order by a.created_at, a.id)
        from approval a where a.gate_id = g.id and a.decision = 'approve' and a.withdrawn_at is null), '[]') as approvals,
      (count(*) over ())::int as count
    from merge m join run on run.id = m.run_id join patch p on p.id = m.patch_id join gate g on g.id = m.gate_id
    where run.repository_id = ${repositoryId} and m.state = 'moved' and m.settled_at <= ${since}
    order by m.settled_at desc, m.id desc limit ${limit}`;
  return { runs: rows.map(({ count: _, ...row }) => row), count: rows[0]?.count ?? 0 };
}

export interface OpenFindings {
  /** The oldest of them. */
  readonly findings: OpenFinding[];
  readonly count: number;
  /** Over the ids of all. */
  readonly digest: string;
}

/** SHA-256 of nothing. */
const NONE = createHash("sha256").digest("hex");

/** Of the runs that were merged by then, what nobody has dealt with. */
export async function selectOpenFindings(
  db: Db,
  repositoryId: string,
  since: Date,
  limit: number,
): Promise<OpenFindings> {
  const rows = await db.$queryRaw<(OpenFinding & { count: number; ids: string })[]>`
    select f.id as finding, f.run_id as run, f.rule, f.severity, f.state, (count(*) over ())::int as count,
      encode(sha256(convert_to(string_agg(f.id, E'\n') over (order by f.id
        rows between unbounded preceding and unbounded following), 'UTF8')), 'hex') as ids
    from finding f where f.state in ('open', 'validated') and exists (
      select from merge m join run on run.id = m.run_id
      where run.id = f.run_id and run.repository_id = ${repositoryId} and m.state = 'moved'
        and m.settled_at <= ${since})
    order by f.id limit ${limit}`;
  const [first] = rows;
  const findings = rows.map(({ count: _, ids: __, ...row }) => row);
  return { findings, count: first?.count ?? 0, digest: first?.ids ?? NONE };
}

/** Pilots that work on the repository under a charter in force. */
export async function pilotsOn(db: Db, repositoryId: string): Promise<string[]> {
  const rows = await db.$queryRaw<{ id: string }[]>`
    select pilot.id from pilot join charter c on c.id = pilot.active_charter_id
    where pilot.status in ('active', 'paused')
      and (c.canonical::jsonb -> 'scope' ->> 'repositoryId') = ${repositoryId} order by pilot.id limit 10`;
  return rows.map(({ id }) => id);
}

/** Newest first. */
export async function selectReleases(
  db: Db,
  pilotId: string,
  limit: number,
): Promise<Omit<ReleaseView, "callbacks">[]> {
  return db.$queryRaw`
    select r.id, r.gate_id as "gateId", r.commit, r.artifact, r.environment, g.status,
      coalesce(p.name, r.asked_by) as "askedByName", r.asked_at as "askedAt", g.decided_at as "decidedAt"
    from release r join gate g on g.id = r.gate_id left join person p on p.id = r.asked_by
    where r.pilot_id = ${pilotId} order by r.asked_at desc, r.id desc limit ${limit}`;
}
