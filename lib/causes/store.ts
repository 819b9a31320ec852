import type { Db } from "../db.ts";
import type { EventKind, RunEvent } from "../protocol/events.ts";

/** What is read of a run's events to tell what wrote a line. */
const KINDS = [
  ...["session_bound", "turn_started", "prompt_sent", "item_opened", "tree_recorded"],
  ...["command_started", "cluster_repaired"],
] as const satisfies readonly EventKind[];

export type CauseEvent = Pick<RunEvent, "seq" | "attempt" | "kind" | "body"> & { readonly isTaken: boolean };

const MOST_EVENTS = 20_000;
const MOST_TEXT = 4_000_000;

/** Of attempts up to one, in order. */
export async function listEvents(db: Db, runId: string, attempt: number): Promise<CauseEvent[]> {
  return db.$queryRaw<CauseEvent[]>`
    select seq, attempt, kind, body, body ->> 'redacted' is not distinct from 'true' as "isTaken"
    from run_event where run_id = ${runId} and attempt <= ${attempt} and kind = any(${[...KINDS]}::text[])
    order by seq limit ${MOST_EVENTS}`;
}

export interface ItemText {
  readonly attempt: number;
  readonly item: number;
  readonly text: string;
}

/** What was recorded of the texts of items: `attempt` and `item` of one stand at the same place. */
export async function listTexts(
  db: Db,
  runId: string,
  attempts: readonly number[],
  items: readonly number[],
): Promise<ItemText[]> {
  if (items.length === 0) return [];
  return db.$queryRaw<ItemText[]>`
    select e.attempt, (e.body ->> 'item')::int as item, left(string_agg(e.body ->> 'text', '' order by e.seq), ${MOST_TEXT}) as text
    from run_event e
      join unnest(${[...attempts]}::int[], ${[...items]}::int[]) as w (attempt, item)
        on w.attempt = e.attempt and w.item = (e.body ->> 'item')::int
    where e.run_id = ${runId} and e.kind = 'item_delta'
    group by e.attempt, (e.body ->> 'item')::int`;
}

/** The attempt whose work a patch holds: one that was put on a base that moved came of an earlier attempt than its own. */
export async function findWorked(db: Db, runId: string, attempt: number): Promise<number> {
  const lease = await db.lease.findFirst({
    where: { runId, phase: "agent", attempt: { lte: attempt } },
    orderBy: { attempt: "desc" },
    select: { attempt: true },
  });
  return lease?.attempt ?? attempt;
}
