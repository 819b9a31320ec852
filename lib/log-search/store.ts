import { Prisma } from "#generated/prisma/client.ts";
import type { Db } from "../db.ts";
import type { TextField } from "../log/schema.ts";
import type { SearchPlace } from "./rules.ts";

export interface TextConditions {
  /** Text of a tsquery. */
  readonly query: string;
  readonly field: TextField | null;
  readonly runId: string | null;
  /** Texts of other pilots are not there. */
  readonly pilots: "all" | readonly string[];
  readonly after: SearchPlace | null;
}

export interface TextRow {
  readonly runId: string;
  readonly runTitle: string;
  readonly pilotName: string;
  readonly seq: number;
  readonly field: TextField;
  readonly at: Date;
  readonly entryId: string | null;
  readonly text: string;
}

/** Milliseconds after which a search gives up: a word that is in every text has to be narrowed. */
const PATIENCE = 5000;

/** Newest run first, in a run the latest event first. */
export async function selectTexts(
  db: Db,
  { query, field, runId, pilots, after }: TextConditions,
  limit: number,
): Promise<TextRow[]> {
  const conditions = [
    Prisma.sql`t.words @@ ${query}::tsquery`,
    ...(field === null ? [] : [Prisma.sql`t.field = ${field}`]),
    ...(runId === null ? [] : [Prisma.sql`t.run_id = ${runId}`]),
    ...(pilots === "all" ? [] : [Prisma.sql`t.pilot_id = any(${[...pilots]}::text[])`]),
    ...(after === null
      ? []
      : [Prisma.sql`(t.run_id, t.seq, t.field) < (${after.runId}, ${after.seq}::int, ${after.field})`]),
  ];
  await db.$queryRaw`select set_config('statement_timeout', ${String(PATIENCE)}, true)`;
  return db.$queryRaw<TextRow[]>`
    with found as materialized (
      select t.run_id, t.seq, t.field, t.at, t.position, t.text from event_text t
      where ${Prisma.join(conditions, " and ")}
      order by t.run_id desc, t.seq desc, t.field desc limit ${limit}
    )
    select f.run_id as "runId", r.title as "runTitle", p.name as "pilotName", f.seq, f.field, f.at,
      l.entry_id as "entryId", f.text
    from found f join run r on r.id = f.run_id join pilot p on p.id = r.pilot_id
      left join log_leaf l on l.position = f.position
    order by f.run_id desc, f.seq desc, f.field desc`;
}
