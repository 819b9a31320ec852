import { Prisma } from "#generated/prisma/client.ts";
import type { Db } from "../../db.ts";
import { MOST_TRIES } from "../contents/schema.ts";
import type { DeliveriesQuery, DeploymentView, ImportView, IncidentView } from "./schema.ts";

const { sql, empty } = Prisma;

export type DeploymentRow = Omit<DeploymentView, "merges">;

/** Newest first, after `after`. */
export async function selectDeployments(
  db: Db,
  { repositoryId, environment, status, after }: DeliveriesQuery,
  most: number,
): Promise<DeploymentRow[]> {
  return db.$queryRaw`
    select d.id, d.source, d.external_id as "externalId", d.repository_id as "repositoryId", r.name as "repositoryName",
      d.environment, d.production, d.status, d.head_sha as "headSha", d.started_at as "startedAt",
      d.finished_at as "finishedAt", d.rollback_of as "rollbackOf", d.import_id as "importId", c.state as contents,
      coalesce(c.tries >= ${MOST_TRIES}, false) as "contentsOver",
      (select count(*)::int from deployment_carries y where y.deployment_id = d.id and y.kind = 'change') as changes,
      (select count(*)::int from incident_cause k where k.deployment_id = d.id) as incidents
    from deployment d join repository r on r.id = d.repository_id
    left join deployment_contents c on c.deployment_id = d.id
    where true
      ${repositoryId ? sql`and d.repository_id = ${repositoryId}` : empty}
      ${environment ? sql`and d.environment = ${environment}` : empty}
      ${status ? sql`and d.status = ${status}` : empty}
      ${after ? sql`and (d.started_at, d.id) < (select started_at, id from deployment where id = ${after})` : empty}
    order by d.started_at desc, d.id desc limit ${most}`;
}

/** Merges of ours by deployment, at most `most` of each. */
export async function selectMergesIn(
  db: Db,
  deploymentIds: readonly string[],
  most: number,
): Promise<{ readonly deploymentId: string; readonly mergeId: string; readonly runId: string }[]> {
  return db.$queryRaw`
    select deployment_id as "deploymentId", subject_id as "mergeId", run_id as "runId" from (
      select y.deployment_id, y.subject_id, m.run_id,
        row_number() over (partition by y.deployment_id order by y.subject_id desc) as place
      from deployment_carries y join merge m on m.id = y.subject_id
      where y.kind = 'merge' and y.deployment_id = any(${[...deploymentIds]})
    ) placed where place <= ${most} order by deployment_id, subject_id`;
}

export interface IncidentRow
  extends Omit<IncidentView, "cause" | "isNone" | "proposal" | "namesUnknown" | "choices"> {
  readonly deploymentExternalId: string | null;
  readonly causeId: string | null;
  readonly because: "person" | "id" | null;
  readonly isLinked: boolean;
}

export async function selectIncidents(
  db: Db,
  { repositoryId, cause, after }: DeliveriesQuery,
  most: number,
): Promise<IncidentRow[]> {
  const open = sql`and l.incident_id is null and k.deployment_id is null`;
  const causes = { open, linked: sql`and k.deployment_id is not null` };
  const byCause =
    cause === "none"
      ? sql`and l.incident_id is not null and l.deployment_id is null`
      : cause
        ? causes[cause]
        : empty;
  return db.$queryRaw`
    select i.id, i.source, i.external_id as "externalId", i.service, i.repository_id as "repositoryId",
      r.name as "repositoryName", i.severity, i.detected_at as "detectedAt", i.restored_at as "restoredAt",
      i.deployment_external_id as "deploymentExternalId", k.deployment_id as "causeId", k.because,
      l.incident_id is not null as "isLinked"
    from incident i left join repository r on r.id = i.repository_id
    left join incident_link l on l.incident_id = i.id left join incident_cause k on k.incident_id = i.id
    where true
      ${repositoryId ? sql`and i.repository_id = ${repositoryId}` : empty}
      ${byCause}
      ${after ? sql`and (i.detected_at, i.id) < (select detected_at, id from incident where id = ${after})` : empty}
    order by i.detected_at desc, i.id desc limit ${most}`;
}

export interface NamedDeployment {
  readonly id: string;
  readonly externalId: string;
  readonly environment: string;
  readonly status: string;
  readonly finishedAt: Date | null;
}

export async function selectNamed(db: Db, ids: readonly string[]): Promise<NamedDeployment[]> {
  return db.$queryRaw`
    select id, external_id as "externalId", environment, status, finished_at as "finishedAt"
    from deployment where id = any(${[...ids]})`;
}

/** The last ones of its repository that finished before each incident was detected. */
export async function selectChoices(
  db: Db,
  incidentIds: readonly string[],
  most: number,
): Promise<(NamedDeployment & { readonly incidentId: string })[]> {
  return db.$queryRaw`
    select i.id as "incidentId", d.id, d.external_id as "externalId", d.environment, d.status,
      d.finished_at as "finishedAt"
    from incident i cross join lateral (
      select * from deployment d
      where (i.repository_id is null or d.repository_id = i.repository_id) and d.finished_at <= i.detected_at
      order by d.finished_at desc, d.id desc limit ${most}
    ) d
    where i.id = any(${[...incidentIds]}) order by i.id, d.finished_at desc, d.id desc`;
}

export type ImportRow = Omit<ImportView, "recordedByName"> & { readonly recordedBy: string | null };

export async function selectImports(
  db: Db,
  { kind, after }: DeliveriesQuery,
  most: number,
): Promise<ImportRow[]> {
  return db.$queryRaw`
    select id, kind, way, source, digest, rows_new as "rowsNew", rows_changed as "rowsChanged",
      rows_unchanged as "rowsUnchanged", rows_refused as "rowsRefused", recorded_by as "recordedBy", recorded_at as "recordedAt"
    from outside_import where true
      ${kind ? sql`and kind = ${kind}` : empty}
      ${after ? sql`and (recorded_at, id) < (select recorded_at, id from outside_import where id = ${after})` : empty}
    order by recorded_at desc, id desc limit ${most}`;
}

const FIRSTS: Readonly<Record<"deployment" | "incident" | "outside_import", Prisma.Sql>> = {
  deployment: sql`select from deployment limit 1`,
  incident: sql`select from incident limit 1`,
  outside_import: sql`select from outside_import limit 1`,
};

export const isNothing = async (db: Db, table: keyof typeof FIRSTS): Promise<boolean> =>
  (await db.$queryRaw<unknown[]>(FIRSTS[table])).length === 0;

export async function selectEnvironments(db: Db): Promise<string[]> {
  const rows = await db.$queryRaw<{ environment: string }[]>`
    select distinct environment from deployment order by environment limit 100`;
  return rows.map(({ environment }) => environment);
}
