// What keeps the notary from its work, for as long as it does: said in the database, where the pages read it, and once
// in the process's own diagnostics.
import type pg from "pg";
import type { Logger } from "#lib/logger.ts";

export type AlarmKind =
  /** Size, leaf or entry differ from what was signed: restored or edited. Nothing is numbered or signed. */
  | "database_disagrees"
  /** Files of the log are lost or were changed. Nothing is signed. */
  | "tiles_disagree"
  /** The notary's own state is lost or unreadable. */
  | "state_lost"
  /** A key that signed before is not there. */
  | "key_missing"
  /** The log's files cannot be written. */
  | "disk"
  /** A witness knows another log of this name. */
  | "witness_refused"
  /** An entry that was visible for long has no number. */
  | "entry_unnumbered"
  /** The database refuses statements it should not. */
  | "database_refuses";

export interface Alarms {
  raise(kind: AlarmKind, detail: string): Promise<void>;
  clear(...kinds: AlarmKind[]): Promise<void>;
}

/** `since` is when it began; the sentence may change while it lasts. */
export function createAlarms(client: pg.ClientBase, logger: Logger): Alarms {
  const standing = new Map<AlarmKind, string | null>();
  return {
    async raise(kind, detail) {
      if (standing.get(kind) === detail) return;
      logger.error({ alarm: kind }, detail);
      await client.query(
        `with raised as (insert into notary_alarm (kind, detail, since) values ($1, $2, clock_timestamp())
           on conflict (kind) do update set detail = excluded.detail returning kind)
         select pg_notify('log_grew', '') from raised`,
        [kind, detail],
      );
      standing.set(kind, detail);
    },
    async clear(...kinds) {
      const now = kinds.filter((kind) => standing.get(kind) !== null); // undefined: an earlier process may have said it
      if (now.length === 0) return;
      const { rowCount } = await client.query(
        `with cleared as (delete from notary_alarm where kind = any ($1) returning kind)
         select pg_notify('log_grew', '') from cleared`,
        [now],
      );
      for (const kind of now) standing.set(kind, null);
      if (rowCount) logger.info({ alarms: now }, "an alarm is over");
    },
  };
}
