// Merges by broken glass that nobody has reviewed yet.
import type { Db } from "../db.ts";

export interface OpenReview {
  readonly id: string;
  readonly pilotId: string;
  readonly runId: string;
  readonly openedBy: string;
  readonly createdAt: Date;
  readonly expiresAt: Date;
}

/** Of one pilot, or with null of all; the oldest first. */
export async function findOpenReviews(db: Db, pilotId: string | null): Promise<OpenReview[]> {
  const rows = await db.gate.findMany({
    where: { kind: "break_glass", status: "open", ...(pilotId === null ? {} : { pilotId }) },
    orderBy: { createdAt: "asc" },
    take: 200,
  });
  return rows.flatMap(({ id, pilotId: of, runId, openedBy, createdAt, expiresAt }) =>
    of === null || runId === null ? [] : [{ id, pilotId: of, runId, openedBy, createdAt, expiresAt }],
  );
}
