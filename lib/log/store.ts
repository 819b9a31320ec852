import { Prisma } from "#generated/prisma/client.ts";
import type { Db } from "../db.ts";
import type { EntryKind, Subject } from "../record/schema.ts";
import type { EntryConditions } from "./schema.ts";

export interface EntryRow {
  readonly id: string;
  readonly kind: EntryKind;
  readonly at: Date;
  readonly about: readonly Subject[];
  readonly body: Uint8Array;
}

const COLUMNS = Prisma.sql`e.id, e.kind, e.at, e.about, e.body`;
const BODY = Prisma.sql`convert_from(e.body, 'UTF8')::jsonb`;

/** What belongs to some pilots, as subjects. */
const subjectsOf = (pilots: readonly string[]) => Prisma.sql`(
  select coalesce(array_agg(subject), '{}') from (
    select 'pilot:' || p.id from pilot p where p.id = any(${[...pilots]})
    union all select 'run:' || r.id from run r where r.pilot_id = any(${[...pilots]})
    union all select 'gate:' || g.id from gate g where g.pilot_id = any(${[...pilots]})
    union all select 'stop:' || s.id from stop s where s.pilot_id = any(${[...pilots]})
  ) as owned (subject))`;

function where(conditions: EntryConditions): Prisma.Sql[] {
  const { kind, actor, subjects, pilotId, from, before, visible } = conditions;
  return [
    ...(kind === null ? [] : [Prisma.sql`e.kind = ${kind}`]),
    ...(subjects === null ? [] : [Prisma.sql`e.about && ${[...subjects]}`]),
    ...(pilotId === null ? [] : [Prisma.sql`e.about && ${subjectsOf([pilotId])}`]),
    ...(visible === "all" ? [] : [Prisma.sql`e.about && ${subjectsOf(visible)}`]),
    ...(from === null ? [] : [Prisma.sql`e.at >= ${from}`]),
    ...(before === null ? [] : [Prisma.sql`e.at < ${before}`]),
    ...(actor === null
      ? []
      : [
          Prisma.sql`${actor} in (${BODY} #>> '{actor,personId}', ${BODY} #>> '{actor,runnerId}', 'system:' || (${BODY} #>> '{actor,name}'))`,
        ]),
  ];
}

/** Newest first; after the entry with the id `after`, if one is given. */
export async function selectEntries(
  db: Db,
  conditions: EntryConditions,
  after: string | null,
  limit: number,
): Promise<EntryRow[]> {
  const all = where(conditions);
  // The order is that of writing. The number itself stays here: it has gaps, and it is not the log's index.
  if (after !== null) all.push(Prisma.sql`e.seq < (select seq from log_entry where id = ${after})`);
  const filter = all.length === 0 ? Prisma.sql`true` : Prisma.join(all, " and ");
  return db.$queryRaw<
    EntryRow[]
  >`select ${COLUMNS} from log_entry e where ${filter} order by e.seq desc limit ${limit}`;
}

export async function findEntry(
  db: Db,
  entryId: string,
  visible: "all" | readonly string[],
): Promise<EntryRow | null> {
  const seen = visible === "all" ? Prisma.sql`true` : Prisma.sql`e.about && ${subjectsOf(visible)}`;
  const [row] = await db.$queryRaw<
    EntryRow[]
  >`select ${COLUMNS} from log_entry e where e.id = ${entryId} and ${seen}`;
  return row ?? null;
}

/** Id → name, of people and runners. */
export async function selectActorNames(db: Db, ids: readonly string[]): Promise<Map<string, string>> {
  const rows = await db.$queryRaw<{ id: string; name: string }[]>`
    select id, name from person where id = any(${[...ids]}) union all select id, name from runner where id = any(${[...ids]})`;
  return new Map(rows.map((row) => [row.id, row.name]));
}

/** The planner's estimate, kept by autovacuum; counted where the table is still small. */
export async function countAll(db: Db, countedUpTo: number): Promise<number> {
  const [estimate] = await db.$queryRaw<{ rows: number }[]>`
    select greatest(reltuples, 0)::float8 as rows from pg_class where oid = 'public.log_entry'::regclass`;
  if (estimate && estimate.rows > countedUpTo) return Math.round(estimate.rows);
  const [row] = await db.$queryRaw<{ count: bigint }[]>`select count(*) from log_entry`;
  return Number(row?.count ?? 0);
}

export async function countAboutSubject(db: Db, subject: Subject): Promise<number> {
  return db.logEntry.count({ where: { about: { has: subject } } });
}

export async function countKind(db: Db, kind: EntryKind, since: Date): Promise<number> {
  return db.logEntry.count({ where: { kind, at: { gte: since } } });
}
