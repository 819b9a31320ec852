import type { Db } from "../db.ts";

export interface Scored {
  readonly isApproved: boolean;
  readonly isGiven: boolean;
  readonly scores: number;
  readonly mean: number | null;
}

/** Approved: merged, or one of its files let out of quarantine. */
export async function findScored(db: Db, runId: string, personId: string): Promise<Scored> {
  const [row] = await db.$queryRaw<Scored[]>`
    select exists (select from run_fact f where f.run_id = ${runId} and f.merged_at is not null)
        or exists (select from artefact a where a.run_id = ${runId} and a.promoted_at is not null) as "isApproved",
      coalesce(bool_or(s.person_id = ${personId}), false) as "isGiven", count(*)::int as scores,
      avg((s.accuracy + s.completeness + s.clarity)::float8 / 3) as mean
    from document_score s where s.run_id = ${runId}`;
  if (!row) throw new Error("an aggregate gives one row");
  return row;
}

export interface NewScore {
  readonly runId: string;
  readonly personId: string;
  readonly accuracy: number;
  readonly completeness: number;
  readonly clarity: number;
  readonly at: Date;
}

export async function insertScore(db: Db, score: NewScore): Promise<void> {
  await db.documentScore.create({ data: score });
}
