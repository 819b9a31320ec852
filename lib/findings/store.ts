import { Prisma } from "#generated/prisma/client.ts";
import type { Db } from "../db.ts";
import type { KindBound, SuppressionFacts } from "./rules.ts";
import type {
  BoundFinding,
  FindingEvidence,
  FindingFilter,
  FindingState,
  FindingStepView,
  Severity,
  SuppressionScope,
} from "./schema.ts";

export type FindingRow = Omit<Prisma.FindingGetPayload<object>, "state" | "severity"> & {
  readonly state: FindingState;
  readonly severity: Severity;
};
export type SuppressionRow = Omit<Prisma.SuppressionGetPayload<object>, "scope"> & {
  readonly scope: SuppressionScope;
};

export async function findFinding(db: Db, id: string): Promise<FindingRow | null> {
  return (await db.finding.findUnique({ where: { id } })) as FindingRow | null;
}

/** Findings of no run have no row to be ordered by. */
export async function lockRunless(db: Db): Promise<void> {
  await db.$executeRaw`select pg_advisory_xact_lock(hashtext('findings'))`;
}

export async function lockFinding(db: Db, id: string): Promise<FindingRow | null> {
  await db.$queryRaw`select from finding where id = ${id} for update`;
  return findFinding(db, id);
}

export async function findSame(
  db: Db,
  runId: string | null,
  rule: string,
  subject: Uint8Array<ArrayBuffer>,
): Promise<FindingRow | null> {
  return (await db.finding.findFirst({ where: { runId, rule, subject } })) as FindingRow | null;
}

export async function countOfKind(
  db: Db,
  runId: string | null,
  { severity, rule, since }: Pick<KindBound, "severity" | "rule" | "since">,
): Promise<number> {
  const where = { runId, severity, ...(rule === null ? {} : { rule }) };
  return db.finding.count({ where: { ...where, ...(since === null ? {} : { openedAt: { gte: since } }) } });
}

export type NewFinding = Omit<Prisma.FindingUncheckedCreateInput, "evidence"> & {
  readonly evidence: FindingEvidence | null;
};

export async function insertFinding(db: Db, { evidence, ...finding }: NewFinding): Promise<void> {
  await db.finding.create({ data: { ...finding, ...(evidence === null ? {} : { evidence }) } });
}

export interface Seen {
  readonly findingId: string;
  readonly times: number;
  readonly at: Date;
  readonly seq: number | null;
}

/** A count stays below what an integer holds: an agent decides how often. */
export async function countSeen(db: Db, { findingId, times, at, seq }: Seen): Promise<void> {
  await db.$executeRaw`
    insert into finding_count as c (finding_id, times, first_at, last_at, last_seq)
    values (${findingId}, ${Math.min(times, 1_000_000)}, ${at}, ${at}, ${seq})
    on conflict (finding_id) do update set times = least(c.times::bigint + excluded.times, 1000000000),
      last_at = greatest(c.last_at, excluded.last_at), last_seq = coalesce(excluded.last_seq, c.last_seq)`;
}

/** False when somebody moved it first. */
export async function moveState(
  db: Db,
  id: string,
  from: FindingState,
  to: FindingState,
  suppressionId: string | null = null,
): Promise<boolean> {
  const { count } = await db.finding.updateMany({
    where: { id, state: from },
    data: { state: to, suppressionId },
  });
  return count === 1;
}

export interface NewStep {
  readonly findingId: string;
  readonly at: Date;
  readonly actor: string;
  readonly from: FindingState;
  readonly to: FindingState;
  readonly reason: string;
  readonly suppressionId: string | null;
}

/** The caller holds the finding. */
export async function insertStep(db: Db, { from, to, ...step }: NewStep): Promise<void> {
  const number = (await db.findingStep.count({ where: { findingId: step.findingId } })) + 1;
  await db.findingStep.create({ data: { ...step, number, fromState: from, toState: to } });
}

export async function insertSuppression(db: Db, row: SuppressionRow): Promise<void> {
  await db.suppression.create({ data: row });
}

export async function findSuppression(db: Db, id: string): Promise<SuppressionRow | null> {
  return (await db.suppression.findUnique({ where: { id } })) as SuppressionRow | null;
}

/** False when it had ended. */
export async function endSuppression(db: Db, id: string, at: Date): Promise<boolean> {
  const { count } = await db.suppression.updateMany({ where: { id, endedAt: null }, data: { endedAt: at } });
  return count === 1;
}

export type LiveSuppression = SuppressionFacts & { readonly id: string; readonly madeBy: string };

export async function liveSuppressions(db: Db, rule: string, now: Date): Promise<LiveSuppression[]> {
  const rows = await db.suppression.findMany({
    where: { rule, endedAt: null, expiresAt: { gt: now }, scope: { not: "finding" } },
    orderBy: { createdAt: "asc" },
  });
  return rows as SuppressionRow[];
}

/** Dismissed by what has ended or run out; the oldest first. */
export async function selectComingBack(
  db: Db,
  now: Date,
  limit: number,
): Promise<{ id: string; runId: string | null }[]> {
  return db.$queryRaw`
    select f.id, f.run_id as "runId" from finding f join suppression s on s.id = f.suppression_id
    where f.state = 'dismissed' and (s.ended_at is not null or s.expires_at <= ${now})
    order by f.id limit ${limit}`;
}

export interface ViewRow extends FindingRow {
  readonly runTitle: string | null;
  readonly launchedBy: string | null;
  readonly pilotName: string | null;
  readonly times: number;
  readonly firstAt: Date;
  readonly lastAt: Date;
  readonly lastSeq: number | null;
  readonly scope: SuppressionScope | null;
  readonly suppressedPath: string | null;
  readonly suppressedFrom: string | null;
  readonly ownerName: string | null;
  readonly suppressedBecause: string | null;
  readonly expiresAt: Date | null;
  readonly endedAt: Date | null;
}

export interface ListFindings extends FindingFilter {
  readonly pilotIds: "all" | readonly string[];
  readonly ids?: readonly string[];
  /** Older than this one. */
  readonly after?: string | undefined;
  readonly isWaiting?: boolean;
  readonly severities?: readonly Severity[];
}

/** Newest first, at most `limit`. Findings of no pilot are for those who see all. */
export async function selectViews(db: Db, filter: ListFindings, limit: number): Promise<ViewRow[]> {
  const conditions = [Prisma.sql`true`];
  if (filter.pilotIds !== "all") conditions.push(Prisma.sql`f.pilot_id = any(${[...filter.pilotIds]})`);
  if (filter.ids) conditions.push(Prisma.sql`f.id = any(${[...filter.ids]})`);
  if (filter.state) conditions.push(Prisma.sql`f.state = ${filter.state}`);
  if (filter.isWaiting) conditions.push(Prisma.sql`f.state in ('open', 'validated')`);
  if (filter.severity) conditions.push(Prisma.sql`f.severity = ${filter.severity}`);
  if (filter.severities) conditions.push(Prisma.sql`f.severity = any(${[...filter.severities]})`);
  if (filter.pilotId) conditions.push(Prisma.sql`f.pilot_id = ${filter.pilotId}`);
  if (filter.rule) conditions.push(Prisma.sql`f.rule = ${filter.rule}`);
  if (filter.runId) conditions.push(Prisma.sql`f.run_id = ${filter.runId}`);
  if (filter.after) conditions.push(Prisma.sql`f.id < ${filter.after}`);
  return db.$queryRaw<ViewRow[]>`
    select f.id, f.run_id as "runId", f.pilot_id as "pilotId", f.repository_id as "repositoryId", f.rule, f.source,
      f.severity, f.state, f.subject, f.attempt, f.seq, f.call_id as "callId", f.patch_id as "patchId",
      f.lease_id as "leaseId", f.evidence, f.salt, f.commitment, f.suppression_id as "suppressionId",
      f.opened_at as "openedAt", r.title as "runTitle", r.launched_by as "launchedBy", p.name as "pilotName",
      c.times, c.first_at as "firstAt", c.last_at as "lastAt", c.last_seq as "lastSeq", s.scope,
      s.path as "suppressedPath", s.finding_id as "suppressedFrom", coalesce(o.name, s.owner_id) as "ownerName",
      s.reason as "suppressedBecause", s.expires_at as "expiresAt", s.ended_at as "endedAt"
    from finding f join finding_count c on c.finding_id = f.id
      left join run r on r.id = f.run_id left join pilot p on p.id = f.pilot_id
      left join suppression s on s.id = f.suppression_id left join person o on o.id = s.owner_id
    where ${Prisma.join(conditions, " and ")}
    order by f.id desc limit ${limit}`;
}

export async function selectSteps(db: Db, findingId: string): Promise<FindingStepView[]> {
  return db.$queryRaw<FindingStepView[]>`
    select s.number, s.at, coalesce(w.name, s.actor) as "actorName", s.from_state as "from", s.to_state as "to", s.reason
    from finding_step s left join person w on w.id = s.actor
    where s.finding_id = ${findingId} order by s.number`;
}

/** Findings of a run in the order they were opened in: what a decision about its merge is bound to. */
export async function selectBound(db: Db, runId: string): Promise<BoundFinding[]> {
  const rows = await db.finding.findMany({
    where: { runId },
    orderBy: { id: "asc" },
    select: { id: true, rule: true, severity: true, state: true },
  });
  return rows.map(({ id, rule, severity, state }) => ({
    ...{ finding: id, rule },
    severity: severity as Severity,
    state: state as FindingState,
  }));
}

/** Whether something of the run was ordered away: what was read of it before that is not kept. */
export async function isTakenAway(db: Db, runId: string): Promise<boolean> {
  return (await db.redaction.findFirst({ where: { runId }, select: { id: true } })) !== null;
}

/** Ids of the findings that still had their evidence. */
export async function clearEvidence(db: Db, runId: string): Promise<string[]> {
  const rows = await db.$queryRaw<{ id: string }[]>`
    update finding set evidence = null, salt = null, subject = sha256(convert_to(gen_random_uuid()::text, 'UTF8'))
    where run_id = ${runId} and evidence is not null returning id`;
  return rows.map(({ id }) => id);
}
