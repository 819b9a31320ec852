// Entries that say payloads were taken away, and that a checkpoint does not cover. What an export leaves out as redacted
// has to be said by an entry in it: without, a verifier cannot tell a redaction from a forgery.
import { Prisma } from "#generated/prisma/client.ts";
import type { Db } from "../../db.ts";

/** What is exported: a pilot, a run, or with two nulls everything. */
export interface Covered {
  readonly pilotId: string | null;
  readonly runId: string | null;
}

/** Where the log stood when it was signed. */
export interface SignedPlace {
  readonly epoch: number;
  readonly size: number;
}

/**
 * An entry is the last statement of its transaction, so one without a number follows close behind those that have one;
 * this many sequence numbers before them are looked at all the same.
 */
const OVERTAKEN = 10_000;

/** Runs of which payloads were taken away, and the entry about it is not under the checkpoint. */
export async function selectRedactedSince(
  db: Db,
  { epoch, size }: SignedPlace,
  { pilotId, runId }: Covered,
): Promise<string[]> {
  const about = [
    ...(pilotId === null ? [] : [`pilot:${pilotId}`]),
    ...(runId === null ? [] : [`run:${runId}`]),
  ];
  const covered = Prisma.sql`e.kind = 'payload.redacted' and e.about @> ${about}::text[]`;
  const rows = await db.$queryRaw<{ about: string[] }[]>`
    with signed as materialized (
      select coalesce(max(position), -1) as position from log_leaf where epoch = ${epoch} and index = ${size - 1}
    ),
    indexed as materialized (select position from log_index_cursor where id = 1),
    numbered as materialized (
      select e.seq from log_leaf l join log_entry e on e.id = l.entry_id order by l.position desc limit 1
    )
    select e.about from log_term t join log_leaf l on l.position = t.position join log_entry e on e.id = l.entry_id
    where t.term = 'kind:payload.redacted' and t.position > (select position from signed) and ${covered}
    union all
    select e.about from log_leaf l join log_entry e on e.id = l.entry_id
    where l.position >= (select position from indexed) and l.position > (select position from signed) and ${covered}
    union all
    select e.about from log_entry e
    where e.seq > coalesce((select seq from numbered), 0) - ${OVERTAKEN} and ${covered}
      and not exists (select from log_leaf l where l.entry_id = e.id)`;
  const runs = rows.flatMap((row) => row.about.filter((subject) => subject.startsWith("run:")));
  return [...new Set(runs)].map((subject) => subject.slice("run:".length));
}
