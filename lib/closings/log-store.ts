import type { Db } from "../db.ts";

/** Whether the newest checkpoint is over every step of closing the pilot that was written. */
export async function isUnderCheckpoint(db: Db, pilotId: string): Promise<boolean> {
  const subject = `pilot:${pilotId}`;
  const [row] = await db.$queryRaw<{ open: number; newest: number }[]>`
    select
      (select count(*)::int from log_entry e
        where e.kind = 'pilot.closing_step_done' and e.about @> array[${subject}::text]
          and not exists (select from log_leaf l join log_checkpoint c on c.epoch = l.epoch and c.size > l.index
            where l.entry_id = e.id)) as open,
      (select count(*)::int from log_checkpoint) as newest`;
  return row !== undefined && row.open === 0 && row.newest > 0;
}
