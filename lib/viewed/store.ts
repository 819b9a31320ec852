import type { Db } from "../db.ts";

export interface Seen {
  readonly path: string;
  readonly content: string;
}

export async function listSeen(db: Db, runId: string, personId: string): Promise<Seen[]> {
  return db.patchViewed.findMany({ where: { runId, personId }, select: { path: true, content: true } });
}

export async function putSeen(
  db: Db,
  { runId, personId, at }: { runId: string; personId: string; at: Date },
  seen: readonly Seen[],
): Promise<void> {
  await db.$executeRaw`
    insert into patch_viewed (run_id, person_id, path, content, viewed_at)
    select ${runId}, ${personId}, s.path, s.content, ${at}
    from unnest(${seen.map(({ path }) => path)}::text[], ${seen.map(({ content }) => content)}::text[]) as s (path, content)
    on conflict (run_id, person_id, path) do update set content = excluded.content, viewed_at = excluded.viewed_at`;
}

export async function dropSeen(
  db: Db,
  { runId, personId }: { runId: string; personId: string },
  paths: readonly string[],
): Promise<void> {
  await db.patchViewed.deleteMany({ where: { runId, personId, path: { in: [...paths] } } });
}

/** For a redaction: names of files. */
export async function dropAll(db: Db, runId: string): Promise<void> {
  await db.patchViewed.deleteMany({ where: { runId } });
}
