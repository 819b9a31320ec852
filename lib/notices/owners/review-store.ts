import type { Db } from "../../db.ts";

export interface ReviewedPilot {
  readonly id: string;
  readonly timeZone: string;
  readonly activatedAt: Date;
}

/** Pilots that were activated and are not over. */
export async function selectReviewed(db: Db): Promise<ReviewedPilot[]> {
  const running = await db.pilot.findMany({
    where: { status: { in: ["active", "paused"] }, activatedAt: { not: null } },
    select: { id: true, timeZone: true, activatedAt: true },
    orderBy: { id: "asc" },
  });
  return running.flatMap(({ id, timeZone, activatedAt }) =>
    activatedAt === null ? [] : [{ id, timeZone, activatedAt }],
  );
}
