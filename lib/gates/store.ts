import type { Prisma } from "#generated/prisma/client.ts";
import type { Role } from "../authz/schema.ts";
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
    include: { approvals: { orderBy: { createdAt: "asc" } } },
  })) as GateRow | null;
}

/** The gate, locked until the transaction ends: two deciders follow each other. */
export async function lockGate(db: Db, gateId: string): Promise<GateRow | null> {
  await db.$queryRaw`select from gate where id = ${gateId} for update`;
  return findGate(db, gateId);
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

export async function listOpen(db: Db, pilotIds: "all" | readonly string[]): Promise<GateRow[]> {
  const visible = pilotIds === "all" ? {} : { pilotId: { in: [...pilotIds] } };
  const gates = await db.gate.findMany({
    where: { status: "open", ...visible },
    include: { approvals: { orderBy: { createdAt: "asc" } } },
    orderBy: { expiresAt: "asc" },
    take: 200,
  });
  return gates as GateRow[];
}

export async function listDecided(db: Db, pilotIds: "all" | readonly string[]): Promise<GateRow[]> {
  const visible = pilotIds === "all" ? {} : { pilotId: { in: [...pilotIds] } };
  const gates = await db.gate.findMany({
    where: { status: { not: "open" }, ...visible },
    include: { approvals: { orderBy: { createdAt: "asc" } } },
    orderBy: { decidedAt: "desc" },
    take: 100,
  });
  return gates as GateRow[];
}

export async function listOfRun(db: Db, runId: string): Promise<GateRow[]> {
  const gates = await db.gate.findMany({
    where: { runId },
    include: { approvals: { orderBy: { createdAt: "asc" } } },
    orderBy: { createdAt: "desc" },
  });
  return gates as GateRow[];
}

export async function listExpired(db: Db, now: Date): Promise<{ id: string }[]> {
  return db.gate.findMany({ where: { status: "open", expiresAt: { lte: now } }, select: { id: true } });
}

export function factsOf(gate: GateRow): GateFacts {
  return {
    status: gate.status,
    digest: gate.digest,
    pilotId: gate.pilotId,
    expiresAt: gate.expiresAt.getTime(),
    rule: { needed: gate.needed, roles: gate.roles as Role[], barred: gate.barred },
    approvedBy: gate.approvals
      .filter((approval) => approval.decision === "approve")
      .map((approval) => approval.personId),
  };
}
