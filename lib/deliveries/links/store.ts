import type { Db } from "../../db.ts";
import type { ProposedBecause } from "./schema.ts";

export interface IncidentPlace {
  readonly id: string;
  readonly repositoryId: string | null;
  readonly linkedTo: string | null;
  readonly isLinked: boolean;
}

/** The row, locked until the transaction ends. What it is linked to is read only then: whoever waited sees what others said. */
export async function lockIncident(db: Db, incidentId: string): Promise<IncidentPlace | null> {
  const [row] = await db.$queryRaw<Pick<IncidentPlace, "id" | "repositoryId">[]>`
    select id, repository_id as "repositoryId" from incident where id = ${incidentId} for update`;
  if (!row) return null;
  const link = await db.incidentLink.findUnique({ where: { incidentId }, select: { deploymentId: true } });
  return { ...row, linkedTo: link?.deploymentId ?? null, isLinked: link !== null };
}

export async function findDeploymentPlace(
  db: Db,
  deploymentId: string,
): Promise<{ readonly repositoryId: string; readonly externalId: string } | null> {
  return db.deployment.findUnique({
    where: { id: deploymentId },
    select: { repositoryId: true, externalId: true },
  });
}

export interface LinkRow {
  readonly incidentId: string;
  readonly deploymentId: string | null;
  readonly decidedBy: string;
  readonly decidedAt: Date;
}

export async function upsertLink(db: Db, { incidentId, ...link }: LinkRow): Promise<void> {
  await db.incidentLink.upsert({
    where: { incidentId },
    create: { incidentId, ...link },
    update: link,
  });
}

export interface ProposedRow {
  readonly incidentId: string;
  readonly deploymentId: string;
  readonly because: ProposedBecause;
}

/**
 * For incidents that nobody decided on and that name no deployment themselves: what was taken back while it lasted (or up to
 * `seconds` after it was detected, where nobody restored it), else the last one that went to production before it, by `seconds`
 * at most.
 */
export async function selectProposals(
  db: Db,
  incidentIds: readonly string[],
  seconds: number,
): Promise<ProposedRow[]> {
  return db.$queryRaw`
    select i.id as "incidentId", coalesce(rolled.id, last.id) as "deploymentId",
      case when rolled.id is not null then 'rollback' else 'window' end as because
    from incident i
    left join lateral (
      select d.id from deployment r join deployment d on d.source = r.source and d.external_id = r.rollback_of
      where r.repository_id = i.repository_id and r.started_at >= i.detected_at
        and r.started_at <= coalesce(i.restored_at, i.detected_at + ${seconds} * interval '1 second')
        and d.finished_at <= i.detected_at and d.production
      order by r.started_at, r.id limit 1
    ) rolled on true
    left join lateral (
      select d.id from deployment d
      where d.repository_id = i.repository_id and d.production and d.status in ('succeeded', 'failed')
        and d.finished_at <= i.detected_at and d.finished_at > i.detected_at - ${seconds} * interval '1 second'
      order by d.finished_at desc, d.id desc limit 1
    ) last on true
    where i.id = any(${[...incidentIds]}) and coalesce(rolled.id, last.id) is not null
      and not exists (select from incident_link l where l.incident_id = i.id)
      and not exists (select from incident_cause c where c.incident_id = i.id)`;
}
