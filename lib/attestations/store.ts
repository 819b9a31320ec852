import type { Db } from "../db.ts";
import type { AttestationRow } from "./schema.ts";

/** Merges that took place and nothing was signed about yet, the oldest first. */
export async function listUnattested(db: Db): Promise<string[]> {
  const rows = await db.$queryRaw<{ id: string }[]>`
    select m.id from merge m where m.state = 'moved' and m.new_commit is not null
      and not exists (select from attestation a where a.merge_id = m.id)
    order by m.settled_at, m.id limit 20`;
  return rows.map(({ id }) => id);
}

export async function insertAttestation(
  db: Db,
  row: Omit<AttestationRow, "noteReason" | "notedAt">,
): Promise<void> {
  await db.attestation.create({ data: row });
}

export async function findByMerge(db: Db, mergeId: string): Promise<AttestationRow | null> {
  return (await db.attestation.findUnique({ where: { mergeId } })) as AttestationRow | null;
}

export async function findOfRun(db: Db, runId: string): Promise<AttestationRow | null> {
  return (await db.attestation.findFirst({
    where: { runId },
    orderBy: { madeAt: "desc" },
  })) as AttestationRow | null;
}

/** Those whose note was not taken or refused yet, the oldest first. */
export async function listWaiting(db: Db): Promise<AttestationRow[]> {
  return (await db.attestation.findMany({
    where: { noteState: "waiting" },
    orderBy: { madeAt: "asc" },
    take: 100,
  })) as AttestationRow[];
}

/** False when it was settled before. */
export async function settleNote(
  db: Db,
  mergeId: string,
  noteState: "written" | "refused",
  noteReason: string | null,
  notedAt: Date,
): Promise<boolean> {
  const { count } = await db.attestation.updateMany({
    where: { mergeId, noteState: "waiting" },
    data: { noteState, noteReason, notedAt },
  });
  return count === 1;
}
