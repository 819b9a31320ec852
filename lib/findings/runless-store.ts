import type { Db } from "../db.ts";

export interface RunlessFinding {
  readonly id: string;
  readonly rule: string;
  readonly subject: Uint8Array;
  readonly at: Date;
}

/** Findings of these rules that belong to no run and wait for somebody, oldest first. */
export async function selectRunless(db: Db, rules: readonly string[]): Promise<RunlessFinding[]> {
  const rows = await db.finding.findMany({
    where: { runId: null, rule: { in: [...rules] }, state: { in: ["open", "validated"] } },
    select: { id: true, rule: true, subject: true, openedAt: true },
    orderBy: [{ openedAt: "asc" }, { id: "asc" }],
  });
  return rows.map(({ openedAt, ...row }) => ({ ...row, at: openedAt }));
}
