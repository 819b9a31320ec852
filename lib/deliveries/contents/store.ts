import type { Db } from "../../db.ts";
import { MOST_TRIES } from "./schema.ts";

export interface DueDeployment {
  readonly deploymentId: string;
  readonly repositoryId: string;
  readonly headSha: string;
  /** Head of the successful deployment before it of its source in its environment; null where none is known. */
  readonly previousSha: string | null;
  readonly tries: number;
}

/**
 * Successful deployments that were never looked at as they are now, or that something was merged or told of since that no
 * deployment of their source and environment brought: of what was known two days before the last look all was looked for. What
 * could not be found is asked for again at growing distances, and at last no more. Those never looked at come first, then those
 * looked at longest ago, so that none keeps another waiting for ever.
 */
export async function selectDueDeployments(db: Db, now: Date, most: number): Promise<DueDeployment[]> {
  return db.$queryRaw`
    with placed as (
      select d.id, d.repository_id, d.source, d.environment, d.head_sha, d.finished_at,
        lag(d.head_sha) over (
          partition by d.repository_id, d.source, d.environment order by d.finished_at, d.id) as previous_sha
      from deployment d where d.status = 'succeeded'
    ), candidate as (
      select r.repository_id, 'merge' as kind, m.id, m.settled_at as at, m.settled_at as known_at
      from merge m join run r on r.id = m.run_id where m.state = 'moved' and m.settled_at is not null
      union all
      select c.repository_id, 'change', c.id, c.merged_at, i.recorded_at
      from outside_change c join outside_import i on i.id = c.import_id
      where c.merged_at is not null and c.merge_sha is not null
    ), looked as (
      select p.repository_id, max(c.looked_at) as at
      from deployment_contents c join placed p on p.id = c.deployment_id group by p.repository_id
    ), fresh as (
      select k.* from candidate k join looked l on l.repository_id = k.repository_id
      where k.known_at > l.at - interval '2 days'
    )
    select p.id as "deploymentId", p.repository_id as "repositoryId", p.head_sha as "headSha",
      p.previous_sha as "previousSha",
      case when c.head_sha = p.head_sha and c.previous_sha is not distinct from p.previous_sha and c.state <> 'found'
        then c.tries else 0 end as tries
    from placed p left join deployment_contents c on c.deployment_id = p.id
    where c.deployment_id is null
      or c.head_sha <> p.head_sha or c.previous_sha is distinct from p.previous_sha
      or c.state <> 'found' and c.tries < ${MOST_TRIES}
        and c.looked_at + least(power(2, c.tries - 1), 1440) * interval '1 minute' <= ${now}
      or c.state = 'found' and exists (
        select from fresh k
        where k.repository_id = p.repository_id and k.known_at > c.looked_at and k.at <= p.finished_at
          and not exists (
            select from deployment_carries y join deployment o on o.id = y.deployment_id
            where y.kind = k.kind and y.subject_id = k.id
              and o.source = p.source and o.environment = p.environment))
    order by c.looked_at nulls first, p.finished_at, p.id limit ${most}`;
}

export interface Candidate {
  readonly kind: "merge" | "change";
  readonly id: string;
  readonly commit: string;
}

/** What may have been deployed: merges as their branch got them, and what people merged. */
export async function selectCandidates(db: Db, repositoryId: string): Promise<Candidate[]> {
  return db.$queryRaw`
    select 'merge' as kind, m.id, m.new_commit as commit
    from merge m join run r on r.id = m.run_id
    where r.repository_id = ${repositoryId} and m.state = 'moved' and m.new_commit is not null
    union all
    select 'change', c.id, c.merge_sha from outside_change c
    where c.repository_id = ${repositoryId} and c.merged_at is not null and c.merge_sha is not null`;
}

export interface Contents {
  readonly deployment: DueDeployment;
  readonly state: "found" | "not_here" | "failed";
  readonly carries: readonly Candidate[];
  readonly lookedAt: Date;
}

export async function replaceContents(
  db: Db,
  { deployment, state, carries, lookedAt }: Contents,
): Promise<void> {
  const { deploymentId, headSha, previousSha, tries } = deployment;
  await db.$executeRaw`
    insert into deployment_contents (deployment_id, head_sha, previous_sha, state, tries, looked_at)
    values (${deploymentId}, ${headSha}, ${previousSha}, ${state}, ${tries + 1}, ${lookedAt})
    on conflict (deployment_id) do update set head_sha = excluded.head_sha, previous_sha = excluded.previous_sha,
      state = excluded.state, tries = excluded.tries, looked_at = excluded.looked_at`;
  if (state !== "found") return; // what was found before stands until it is found anew
  await db.$executeRaw`delete from deployment_carries where deployment_id = ${deploymentId}`;
  await db.$executeRaw`
    insert into deployment_carries (deployment_id, kind, subject_id)
    select ${deploymentId}, k, s from unnest(
      ${carries.map(({ kind }) => kind)}::text[], ${carries.map(({ id }) => id)}::text[]) as row (k, s)
    on conflict do nothing`;
}
