import type { Db } from "../db.ts";
import type { EventKind, RunEvent } from "../protocol/events.ts";
import type { StoredEvent } from "./proof.ts";
import { SALT_BYTES } from "./rules.ts";

/**
 * Draws `count` numbers of a run; gives the first, and the charter the run stands under. The row lock orders all
 * writers of the run.
 */
export async function drawNumbers(
  db: Db,
  runId: string,
  count: number,
): Promise<{ first: number; charter: string }> {
  const [row] = await db.$queryRaw<{ seq: number; charter: string }[]>`
    update run_cursor as c set seq = c.seq + ${count} from run r
    where c.run_id = ${runId} and r.id = c.run_id returning c.seq, r.charter_digest as charter`;
  if (!row) throw new Error(`run ${runId} has no cursor`);
  return { first: row.seq - count + 1, charter: row.charter };
}

/** 0 before the first event. */
export async function findLastNumber(db: Db, runId: string): Promise<number> {
  return (await db.runCursor.findUnique({ where: { runId } }))?.seq ?? 0;
}

/**
 * One statement for the whole batch: `unnest` is three times as quick as createMany here. The salts of all events
 * come in one piece, in their order.
 */
export async function insertEvents(
  db: Db,
  runId: string,
  events: readonly RunEvent[],
  salts: Uint8Array<ArrayBuffer>,
): Promise<void> {
  await db.$executeRaw`
    insert into run_event (run_id, seq, attempt, at, observed_by, kind, body, salt)
    select ${runId}, seq, attempt, at, observed_by, kind, body,
      substr(${salts}::bytea, (place::int - 1) * ${SALT_BYTES}::int + 1, ${SALT_BYTES}::int)
    from unnest(
      ${events.map((event) => event.seq)}::int[],
      ${events.map((event) => event.attempt)}::int[],
      ${events.map((event) => event.at)}::timestamptz[],
      ${events.map((event) => event.observedBy)}::text[],
      ${events.map((event) => event.kind)}::text[],
      ${events.map((event) => JSON.stringify(event.body))}::jsonb[])
      with ordinality as event (seq, attempt, at, observed_by, kind, body, place)`;
}

interface EventRow {
  seq: number;
  attempt: number;
  at: Date;
  observed_by: RunEvent["observedBy"];
  kind: EventKind;
  body: unknown;
}

/** Events numbered above `after`, in order. */
export async function selectEvents(db: Db, runId: string, after: number, limit: number): Promise<RunEvent[]> {
  const rows = await db.$queryRaw<EventRow[]>`
    select seq, attempt, at, observed_by, kind, body from run_event
    where run_id = ${runId} and seq > ${after} order by seq limit ${limit}`;
  return rows.map(
    ({ seq, attempt, at, observed_by, kind, body }) =>
      ({ seq, attempt, at: at.toISOString(), observedBy: observed_by, kind, body }) as RunEvent,
  );
}

/** Events `from` to `to` with what they are proved by, in order. */
export async function selectStored(db: Db, runId: string, from: number, to: number): Promise<StoredEvent[]> {
  const rows = await db.$queryRaw<(EventRow & Pick<StoredEvent, "salt" | "commitment">)[]>`
    select seq, attempt, at, observed_by, kind, body, salt, commitment from run_event
    where run_id = ${runId} and seq between ${from} and ${to} order by seq`;
  return rows.map(({ at, observed_by, ...row }) => ({
    ...row,
    at: at.toISOString(),
    observedBy: observed_by,
  }));
}

/** Numbers of the commands that ran to an end in an attempt. */
export async function selectCommands(db: Db, runId: string, attempt: number): Promise<number[]> {
  const rows = await db.$queryRaw<{ command: number }[]>`
    select distinct (body ->> 'command')::int as command from run_event
    where run_id = ${runId} and attempt = ${attempt} and kind = 'command_finished'`;
  return rows.map(({ command }) => command);
}

/** Makes the monthly partitions ahead; what is there already is left alone. */
export async function makePartitions(db: Db): Promise<void> {
  await db.$queryRaw`select ensure_run_event_partitions()`;
}
