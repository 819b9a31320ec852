// Beside the rounds: is there an entry that the notary passed over, and which old checkpoints may go.
import type pg from "pg";
import { type Clock, HOUR, MINUTE } from "#lib/clock.ts";
import type { Logger } from "#lib/logger.ts";
import type { Alarms } from "./alarms.ts";
import { orTell } from "./serve.ts";

const RECENT = 100_000;
const PIECE = 5000;
const PAUSE = 20;
/** Of its time an audit rests four fifths: rounds and the product's own queries go first. */
const REST = 4;
const BEFORE_ALL = "-1";

/** Entries one by one in the order of their sequence numbers, and of those that must have a number one that has none. */
export const AUDITED = `with piece as materialized (
    select id, seq, xid from log_entry
    where seq > $1 and seq <= (select floor from notary_state where id = 1) order by seq limit $2
  )
  select (select count(*) from piece)::int as looked, (select max(seq) from piece)::text as reached,
    (select p.id from piece p where p.xid <> all ((select open from notary_state where id = 1)::xid8[])
       and (select l.entry_id from log_leaf l where l.entry_id = p.id) is null order by p.seq limit 1) as lost`;

interface Piece {
  readonly looked: number;
  readonly reached: string | null;
  readonly lost: string | null;
}

/** How far an audit has come; one that is interrupted goes on from there. */
export interface Walk {
  after: string;
}

const fromTheStart = (): Walk => ({ after: BEFORE_ALL });

export interface Audit {
  readonly client: pg.ClientBase;
  readonly alarms: Alarms;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** Looks through the entries after `walk`, in short statements with rests between them. */
export async function audit({ client, alarms, clock, signal }: Audit, walk: Walk): Promise<void> {
  const isWhole = walk.after === BEFORE_ALL;
  let isClean = true;
  while (!signal.aborted) {
    const began = clock.now();
    const { rows } = await client.query<Piece>(AUDITED, [walk.after, PIECE]);
    const { looked = 0, reached = null, lost = null } = rows[0] ?? {};
    if (lost !== null && isClean) {
      isClean = false;
      await alarms.raise("entry_unnumbered", `The entry ${lost} was passed over and has no number.`);
    }
    if (reached === null || looked < PIECE) break;
    walk.after = reached;
    await clock.sleep(Math.max(PAUSE, REST * (clock.now() - began)), signal).catch(() => undefined); // asked to stop
  }
  if (isWhole && isClean && !signal.aborted) await alarms.clear("entry_unnumbered");
}

/** From where on the newest entries lie. */
async function recent(client: pg.ClientBase): Promise<Walk> {
  const { rows } = await client.query<{ after: string }>(
    "select greatest(floor - $1, -1)::text as after from notary_state where id = 1",
    [RECENT],
  );
  return { after: rows[0]?.after ?? BEFORE_ALL };
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

const AUDIT_FAILED = "looking for entries without a number failed";

async function everyMinute(given: Audit, logger: Logger): Promise<void> {
  const { client, clock, signal } = given;
  while (!signal.aborted) {
    await orTell(logger, "thinning checkpoints failed", async () => (await thinCheckpoints(client)) >= 0);
    await orTell(logger, AUDIT_FAILED, async () => {
      await audit(given, await recent(client));
      return true;
    });
    await clock.sleep(MINUTE, signal).catch(() => undefined); // asked to stop
  }
}

async function everyHour(given: Audit, logger: Logger): Promise<void> {
  const { clock, signal } = given;
  let walk = fromTheStart();
  while (!signal.aborted) {
    const isDone = await orTell(logger, AUDIT_FAILED, async () => {
      await audit(given, walk);
      return true;
    });
    if (isDone) walk = fromTheStart();
    await clock.sleep(isDone ? HOUR : MINUTE, signal).catch(() => undefined); // asked to stop
  }
}

/** Until the signal. All entries are looked through at the start and an hour after each time, the newest every minute. */
export async function keepHouse(given: Audit, logger: Logger): Promise<void> {
  await Promise.all([everyMinute(given, logger), everyHour(given, logger)]);
}
