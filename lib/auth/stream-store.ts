import type { Db } from "../db.ts";

/** Has the live streams of these people look at their sessions again, once this is committed. */
export async function callStreams(db: Db, people: readonly string[], at: Date): Promise<void> {
  await db.$queryRaw`
    select pg_notify('session_revoked', id)::text from session
    where person_id = any(${[...people]}) and revoked_at is null and expires_at > ${at}`;
}
