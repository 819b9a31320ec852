import type { Db } from "../../db.ts";
import type { ReasonRow, TextRow } from "./cited.ts";

export interface HeldText {
  readonly text: string;
  /** The run whose redactions may have taken the text away; null where none can. */
  readonly redactedIn: string | null;
}

const lasting = (text: string | undefined): HeldText | null =>
  text === undefined ? null : { text, redactedIn: null };

/** The text as it stands in its row; null where there is no such row. */
export async function findText(db: Db, row: TextRow): Promise<HeldText | null> {
  switch (row.table) {
    case "charter":
      return lasting((await db.charter.findUnique({ where: { id: row.id } }))?.canonical);
    case "charter_of": {
      const { pilotId, digest } = row;
      return lasting((await db.charter.findFirst({ where: { pilotId, digest } }))?.canonical);
    }
    case "approval":
      return lasting((await db.approval.findUnique({ where: { id: row.id } }))?.assertion ?? undefined);
    case "glass":
      return lasting((await db.glassSignature.findUnique({ where: { gateId: row.id } }))?.assertion);
    case "gate":
      return lasting((await db.gate.findUnique({ where: { id: row.id } }))?.document);
    case "evidence": {
      const evidence = await db.evidence.findUnique({ where: { id: row.id } });
      return evidence ? { text: evidence.canonical, redactedIn: evidence.runId } : null;
    }
  }
}

export async function findReason(db: Db, { table, id }: ReasonRow): Promise<string | null> {
  const where = { id };
  switch (table) {
    case "approval":
      return (await db.approval.findUnique({ where }))?.reason ?? null;
    case "gate":
      return (await db.gate.findUnique({ where }))?.reason ?? null;
    case "run":
      return (await db.run.findUnique({ where }))?.reason ?? null;
    case "pilot":
      return (await db.pilot.findUnique({ where }))?.statusReason ?? null;
    case "stop":
      return (await db.stop.findUnique({ where }))?.reason ?? null;
    case "redaction":
      return (await db.redaction.findUnique({ where }))?.reason ?? null;
    case "message":
      return (await db.runMessage.findUnique({ where }))?.reason ?? null;
    case "merge":
      return (await db.merge.findUnique({ where }))?.detail ?? null;
  }
}

export interface CitedBlob {
  readonly id: string;
  readonly size: number;
  /** Null once the bytes were taken away. */
  readonly salt: Uint8Array | null;
}

/** The run's blob with a commitment; null where there is no such row. */
export async function findCitedBlob(db: Db, runId: string, commitment: string): Promise<CitedBlob | null> {
  const row = await db.blob.findFirst({ where: { runId, commitment }, orderBy: { createdAt: "asc" } });
  return row ? { id: row.id, size: Number(row.size), salt: row.deletedAt === null ? row.salt : null } : null;
}
