import type { Db } from "../db.ts";
import type { LookView, WeekDecision } from "./schema.ts";

export interface PackRow {
  readonly id: string;
  readonly pilotId: string;
  readonly number: number;
  readonly firstDay: string;
  readonly lastDay: string;
  readonly document: string;
  readonly digest: string;
  readonly packedAt: Date;
  readonly decision: WeekDecision | null;
  readonly reason: string | null;
  readonly decidedAt: Date | null;
  readonly gateId: string | null;
}

type NewPack = Omit<PackRow, "decision" | "reason" | "decidedAt" | "gateId">;

/** Pilots that go on, or are held. */
export const selectPacked = (db: Db): Promise<{ id: string; timeZone: string; activatedAt: Date | null }[]> =>
  db.pilot.findMany({
    where: { status: { in: ["active", "paused"] }, activatedAt: { not: null } },
    select: { id: true, timeZone: true, activatedAt: true },
    orderBy: { id: "asc" },
  });

export async function insertPack(db: Db, pack: NewPack): Promise<void> {
  await db.weeklyPack.create({ data: pack });
}

export const findLatestPack = (db: Db, pilotId: string): Promise<PackRow | null> =>
  db.weeklyPack.findFirst({ where: { pilotId }, orderBy: { number: "desc" } }) as Promise<PackRow | null>;

export const findPack = (db: Db, pilotId: string, number: number): Promise<PackRow | null> =>
  db.weeklyPack.findUnique({
    where: { pilotId_number: { pilotId, number } },
  }) as Promise<PackRow | null>;

/** Newest first. */
export const selectPacks = (db: Db, pilotId: string): Promise<PackRow[]> =>
  db.weeklyPack.findMany({ where: { pilotId }, orderBy: { number: "desc" } }) as Promise<PackRow[]>;

/** False where it was decided already. */
export async function setDecision(
  db: Db,
  id: string,
  decided: { decision: WeekDecision; reason: string; decidedAt: Date; gateId: string },
): Promise<boolean> {
  const { count } = await db.weeklyPack.updateMany({ where: { id, decision: null }, data: decided });
  return count === 1;
}

/** Gates at which a week of the pilot waits; one at most. */
export const selectOpenGates = (db: Db, pilotId: string): Promise<{ id: string; document: string }[]> =>
  db.gate.findMany({
    where: { kind: "weekly_review", status: "open", pilotId },
    select: { id: true, document: true },
    orderBy: { id: "asc" },
  });

export const selectSignatures = (
  db: Db,
  gateId: string,
): Promise<{ personId: string; createdAt: Date; assertion: string | null }[]> =>
  db.approval.findMany({
    where: { gateId, decision: "approve", withdrawnAt: null },
    select: { personId: true, createdAt: true, assertion: true },
    orderBy: [{ createdAt: "asc" }, { id: "asc" }],
  });

export const selectLooks = (db: Db, packId: string): Promise<LookView[]> =>
  db.weeklySecondLook.findMany({
    where: { packId },
    select: { approvalId: true, personId: true, verdict: true, note: true, at: true },
    orderBy: [{ at: "asc" }, { approvalId: "asc" }],
  }) as Promise<LookView[]>;

/** Whether they approved there, withdrawn since or not. */
export async function hasApproved(db: Db, gateId: string, personId: string): Promise<boolean> {
  return (await db.approval.count({ where: { gateId, personId, decision: "approve" } })) > 0;
}

/** False where somebody looked at it already. */
export async function insertLook(
  db: Db,
  look: LookView & { readonly packId: string; readonly pilotId: string },
): Promise<boolean> {
  const { count } = await db.weeklySecondLook.createMany({ data: [look], skipDuplicates: true });
  return count === 1;
}

export interface Texts {
  readonly id: string;
  readonly text: string;
}

/** What people, runs, agents and incidents of a pack are called. */
export const selectTexts = (db: Db, ids: readonly string[]): Promise<Texts[]> =>
  db.$queryRaw<Texts[]>`
    select id, name as text from person where id = any(${[...ids]}::text[])
    union all select id, title from run where id = any(${[...ids]}::text[])
    union all select id, name from agent where id = any(${[...ids]}::text[])
    union all select id, service from incident where id = any(${[...ids]}::text[])`;
