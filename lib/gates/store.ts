import type { Prisma } from "#generated/prisma/client.ts";
import type { RoleKey } from "../authz/schema.ts";
import type { Db } from "../db.ts";
import type { GateFacts } from "./rules.ts";
import type { GateKind, GateStatus } from "./schema.ts";

export type GateRow = Prisma.GateGetPayload<{ include: { approvals: true } }> & {
  kind: GateKind;
  status: GateStatus;
};

export type NewGate = Prisma.GateUncheckedCreateInput;

export async function insertGate(db: Db, gate: NewGate): Promise<void> {
  await db.gate.create({ data: gate });
}

export async function findGate(db: Db, gateId: string): Promise<GateRow | null> {
  return (await db.gate.findUnique({
    where: { id: gateId },
    include: { approvals: { orderBy: [{ createdAt: "asc" }, { id: "asc" }] } },
  })) as GateRow | null;
}

/** The gate, locked until the transaction ends: two deciders follow each other. */
export async function lockGate(db: Db, gateId: string): Promise<GateRow | null> {
  await db.$queryRaw`select from gate where id = ${gateId} for update`;
  return findGate(db, gateId);
}

/** Ids that were not barred from the open gate before, and are now. */
export async function addBarred(db: Db, gateId: string, people: readonly string[]): Promise<string[]> {
  const [row] = await db.$queryRaw<{ barred: string[] }[]>`
    select barred from gate where id = ${gateId} and status = 'open' for update`;
  const added = row ? people.filter((id) => !row.barred.includes(id)) : [];
  if (added.length > 0)
    await db.$executeRaw`update gate set barred = barred || ${added}::text[] where id = ${gateId}`;
  return added;
}

export async function insertApproval(db: Db, approval: Prisma.ApprovalUncheckedCreateInput): Promise<void> {
  await db.approval.create({ data: approval });
}

/** Closes an open gate; false when it was closed already. */
export async function closeGate(
  db: Db,
  gateId: string,
  from: GateStatus,
  to: GateStatus,
  at: Date,
  reason: string | null,
): Promise<boolean> {
  const { count } = await db.gate.updateMany({
    where: { id: gateId, status: from },
    data: { status: to, decidedAt: at, reason },
  });
  return count === 1;
}

export async function findOpenOf(db: Db, runId: string, kind: GateKind): Promise<GateRow | null> {
  const where = { runId, kind, status: "open" };
  return (await db.gate.findFirst({ where, include: { approvals: true } })) as GateRow | null;
}

export async function findNewestOf(db: Db, runId: string, kind: GateKind): Promise<GateRow | null> {
  return (await db.gate.findFirst({
    where: { runId, kind },
    include: { approvals: true },
    orderBy: [{ createdAt: "desc" }, { id: "desc" }],
  })) as GateRow | null;
}

export async function listDecided(db: Db, pilotIds: "all" | readonly string[]): Promise<GateRow[]> {
  const visible = pilotIds === "all" ? {} : { pilotId: { in: [...pilotIds] } };
  const gates = await db.gate.findMany({
    where: { status: { not: "open" }, ...visible },
    include: { approvals: { orderBy: [{ createdAt: "asc" }, { id: "asc" }] } },
    orderBy: { decidedAt: "desc" },
    take: 100,
  });
  return gates as GateRow[];
}

export async function listOfRun(db: Db, runId: string): Promise<GateRow[]> {
  const gates = await db.gate.findMany({
    where: { runId },
    include: { approvals: { orderBy: [{ createdAt: "asc" }, { id: "asc" }] } },
    orderBy: { createdAt: "desc" },
  });
  return gates as GateRow[];
}

/** A merge by broken glass is to be reviewed, however long it takes: nobody reviewing it is no review. */
const NEVER_OVER: readonly GateKind[] = ["break_glass"];

export async function listExpired(db: Db, now: Date): Promise<{ id: string }[]> {
  return db.gate.findMany({
    where: { status: "open", kind: { notIn: [...NEVER_OVER] }, expiresAt: { lte: now } },
    select: { id: true },
  });
}

/** Who wrote to the agent of a run or put code forward in its review, for several runs. */
export async function selectSteerers(
  db: Db,
  runIds: readonly string[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  if (runIds.length === 0) return new Map();
  const rows = await db.$queryRaw<{ runId: string; people: string[] }[]>`
    select run_id as "runId", array_agg(person_id) as people from run_steerer
    where run_id = any(${[...runIds]}) group by run_id`;
  return new Map(rows.map(({ runId, people }) => [runId, people]));
}

/** For whom deputies decided so. */
const absentIn = (decisions: GateRow["approvals"], decided: "approve" | "deny"): string[] =>
  decisions.flatMap(({ decision, deputyOf }) =>
    decision === decided && deputyOf !== null ? [deputyOf] : [],
  );

/** `steerers`: who wrote to the agent by now; of a merge they are barred, whenever they did. What was withdrawn was never said. */
export function factsOf(gate: GateRow, steerers: readonly string[] = []): GateFacts {
  const standing = gate.approvals.filter(({ withdrawnAt }) => withdrawnAt === null);
  return {
    status: gate.status,
    digest: gate.digest,
    pilotId: gate.pilotId,
    expiresAt: NEVER_OVER.includes(gate.kind) ? Number.POSITIVE_INFINITY : gate.expiresAt.getTime(),
    rule: {
      ...{ needed: gate.needed, denials: gate.denials, barred: [...gate.barred, ...steerers] },
      roles: gate.roles as RoleKey[],
      ...(gate.people.length === 0 ? {} : { people: gate.people }),
      ...(gate.mustHold === null ? {} : { mustHold: gate.mustHold as RoleKey }),
    },
    approvedBy: standing.flatMap(({ decision, personId }) => (decision === "approve" ? [personId] : [])),
    deniedBy: standing.flatMap(({ decision, personId }) => (decision === "deny" ? [personId] : [])),
    approvedFor: absentIn(standing, "approve"),
    deniedFor: absentIn(standing, "deny"),
  };
}
