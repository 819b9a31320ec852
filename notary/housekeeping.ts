// Once a minute, beside the rounds: is there an entry that the snapshots missed, and which old checkpoints may go.
import type pg from "pg";
import { type Clock, HOUR, MINUTE, SECOND } from "#lib/clock.ts";
import type { Logger } from "#lib/logger.ts";
import type { Alarms } from "./alarms.ts";
import { orTell } from "./serve.ts";

const RECENT = 100_000;
const CONFIRM_AFTER = 5 * SECOND;

/** The oldest entry that was visible for half a minute and has no number; `after` bounds how far back is looked. */
async function unnumbered(client: pg.ClientBase, after: number): Promise<string | null> {
  const { rows } = await client.query<{ id: string }>(
    `select id from log_entry e where seq > $1 and at < clock_timestamp() - interval '30 seconds'
       and not exists (select from log_leaf l where l.entry_id = e.id) order by seq limit 1`,
    [after],
  );
  return rows[0]?.id ?? null;
}

async function isUnnumbered(client: pg.ClientBase, id: string): Promise<boolean> {
  const { rowCount } = await client.query("select from log_leaf where entry_id = $1", [id]);
  return rowCount === 0;
}

/** Looks through the newest entries, or through all. A transaction that just ended late is given a moment. */
export async function audit(
  client: pg.ClientBase,
  alarms: Alarms,
  clock: Clock,
  isWhole: boolean,
): Promise<void> {
  const { rows } = await client.query<{ newest: string }>(
    "select coalesce(max(seq), 0)::text as newest from log_entry",
  );
  const after = isWhole ? -1 : Number(rows[0]?.newest) - RECENT;
  const id = await unnumbered(client, after);
  if (id !== null) await clock.sleep(CONFIRM_AFTER);
  if (id !== null && (await isUnnumbered(client, id)))
    await alarms.raise("entry_unnumbered", `The entry ${id} has no number, long after it was written.`);
  else if (isWhole) await alarms.clear("entry_unnumbered");
}

/** Keeps every checkpoint of the last hour, and the last one of each hour before. */
export async function thinCheckpoints(client: pg.ClientBase): Promise<number> {
  const { rowCount } = await client.query(
    `delete from log_checkpoint old using (
       select epoch, date_trunc('hour', signed_at) as hour, max(size) as size from log_checkpoint group by 1, 2
     ) kept
     where old.epoch = kept.epoch and date_trunc('hour', old.signed_at) = kept.hour and old.size < kept.size
       and old.signed_at < clock_timestamp() - interval '1 hour'`,
  );
  return rowCount ?? 0;
}

/** Until the signal. All entries are looked through at the start and every hour, the newest every minute. */
export async function keepHouse(
  client: pg.ClientBase,
  alarms: Alarms,
  clock: Clock,
  logger: Logger,
  signal: AbortSignal,
): Promise<void> {
  let nextWhole = clock.now();
  while (!signal.aborted) {
    const isWhole = clock.now() >= nextWhole;
    if (isWhole) nextWhole = clock.now() + HOUR;
    await orTell(logger, "thinning checkpoints failed", async () => (await thinCheckpoints(client)) >= 0);
    await orTell(logger, "looking for entries without a number failed", async () => {
      await audit(client, alarms, clock, isWhole);
      return true;
    });
    await clock.sleep(MINUTE, signal).catch(() => undefined); // asked to stop
  }
}
