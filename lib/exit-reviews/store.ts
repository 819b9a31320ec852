import type { Db } from "../db.ts";
import type { ExitStage } from "./schema.ts";

export interface ReviewRow {
  readonly id: string;
  readonly pilotId: string;
  readonly stage: ExitStage;
  readonly dueOn: string;
  readonly document: string;
  readonly digest: string;
  readonly writtenAt: Date;
}

export async function selectReviews(db: Db, pilotId: string): Promise<ReviewRow[]> {
  return (await db.exitReview.findMany({
    where: { pilotId },
    orderBy: { dueOn: "asc" },
  })) as ReviewRow[];
}

export async function insertReview(db: Db, row: ReviewRow): Promise<void> {
  await db.exitReview.create({ data: row });
}

export interface Reviewable {
  readonly id: string;
  readonly timeZone: string;
  readonly activatedAt: Date;
}

/** Pilots that go on and lack a review, and those with one that lack its confirmation, whatever became of them. */
export async function selectReviewable(db: Db): Promise<Reviewable[]> {
  return db.$queryRaw<Reviewable[]>`
    select p.id, p.time_zone as "timeZone", p.activated_at as "activatedAt" from pilot p
      left join exit_review first on first.pilot_id = p.id and first.stage = 'review'
      left join exit_review second on second.pilot_id = p.id and second.stage = 'confirmation'
    where p.activated_at is not null and second.id is null
      and (first.id is not null or p.status in ('active', 'paused'))
    order by p.activated_at, p.id`;
}

/** Held by whoever writes a review of the pilot; the row keeps a second one out. */
export async function lockPilotRow(db: Db, pilotId: string): Promise<void> {
  await db.$queryRaw`select from pilot where id = ${pilotId} for no key update`;
}

/** Gates of the pilot at which a person decided, with their own name or as a deputy; and runs they launched, or their accounts. */
export async function selectPart(
  db: Db,
  pilotId: string,
  personId: string,
): Promise<{ launched: number; approved: number }> {
  const [row] = await db.$queryRaw<{ launched: number; approved: number }[]>`
    select
      (select count(*)::int from run r left join person a on a.id = r.launched_by
        where r.pilot_id = ${pilotId} and (r.launched_by = ${personId} or a.owner_id = ${personId})) as launched,
      (select count(distinct g.id)::int from gate g join approval a on a.gate_id = g.id
        where g.pilot_id = ${pilotId} and (a.person_id = ${personId} or a.deputy_of = ${personId})) as approved`;
  return row ?? { launched: 0, approved: 0 };
}

/** Runs that had been launched and had not ended by then. */
export async function countOpenRuns(db: Db, pilotId: string, asOf: Date): Promise<number> {
  return db.run.count({
    where: { pilotId, launchedAt: { lte: asOf }, OR: [{ endedAt: null }, { endedAt: { gt: asOf } }] },
  });
}

export interface ReportRow {
  readonly id: string;
  readonly pilotId: string;
  readonly personId: string;
  readonly verdict: string;
  readonly statement: string;
  readonly name: string;
  readonly sha256: string;
  readonly keptAt: string | null;
  readonly statedAt: Date;
}

export async function insertReport(
  db: Db,
  row: ReportRow & { readonly contents: Uint8Array<ArrayBuffer> | null },
): Promise<void> {
  await db.exitReport.create({ data: row });
}

export const countReports = (db: Db, pilotId: string, personId: string): Promise<number> =>
  db.exitReport.count({ where: { pilotId, personId } });

/** Newest first, without their bytes. */
export async function selectReports(
  db: Db,
  pilotId: string,
  asOf: Date,
): Promise<(ReportRow & { personName: string })[]> {
  return db.$queryRaw<(ReportRow & { personName: string })[]>`
    select r.id, r.pilot_id as "pilotId", r.person_id as "personId", coalesce(p.name, r.person_id) as "personName",
      r.verdict, r.statement, r.name, r.sha256, r.kept_at as "keptAt", r.stated_at as "statedAt"
    from exit_report r left join person p on p.id = r.person_id
    where r.pilot_id = ${pilotId} and r.stated_at <= ${asOf} order by r.stated_at desc, r.id desc limit 20`;
}

export async function findReportBytes(
  db: Db,
  pilotId: string,
  reportId: string,
): Promise<{ contents: Uint8Array | null; sha256: string } | null> {
  return db.exitReport.findFirst({
    where: { id: reportId, pilotId },
    select: { contents: true, sha256: true },
  });
}

export interface DecisionRow {
  readonly gateId: string;
  readonly pilotId: string;
  readonly decision: string;
  readonly reason: string;
  readonly reviewDigest: string;
  readonly decidedAt: Date;
}

export async function insertDecision(db: Db, row: DecisionRow): Promise<void> {
  await db.exitDecision.create({ data: row });
}

export async function selectDecisions(db: Db, pilotId: string): Promise<DecisionRow[]> {
  return db.exitDecision.findMany({ where: { pilotId }, orderBy: { decidedAt: "desc" } });
}

export async function findOpenExitGate(db: Db, pilotId: string): Promise<string | null> {
  const gate = await db.gate.findFirst({
    where: { pilotId, kind: "exit_review", status: "open" },
    select: { id: true },
  });
  return gate?.id ?? null;
}
