// Rows of drafts. Each is its writer's alone: every statement names the person.
import type { Db } from "../db.ts";
import type { Draft, DraftValues, DraftView, SaveDraft } from "./schema.ts";

interface Row extends SaveDraft {
  readonly personId: string;
  readonly at: Date;
}

/** Its version; null where it is there already, or the person has as many as they may. */
export async function insertDraft(db: Db, row: Row, most: number): Promise<number | null> {
  const { id, personId, pilotId, step, values, at } = row;
  const rows = await db.$queryRaw<{ version: number }[]>`
    insert into charter_draft (id, person_id, pilot_id, step, form, version, created_at, updated_at)
    select ${id}, ${personId}, ${pilotId}, ${step}, ${JSON.stringify(values)}::jsonb, 1, ${at}, ${at}
    where (select count(*) from charter_draft where person_id = ${personId}) < ${most}
    on conflict (id) do nothing returning version`;
  return rows[0]?.version ?? null;
}

/** Its version; null where it is gone, or another version than the one expected. */
export async function updateDraft(db: Db, row: Row): Promise<number | null> {
  const { id, personId, pilotId, step, values, at, version } = row;
  const rows = await db.$queryRaw<{ version: number }[]>`
    update charter_draft set step = ${step}, form = ${JSON.stringify(values)}::jsonb, updated_at = ${at},
      version = version + 1
    where id = ${id} and person_id = ${personId} and pilot_id is not distinct from ${pilotId}
      and version = ${version}
    returning version`;
  return rows[0]?.version ?? null;
}

export async function selectDraft(db: Db, personId: string, id: string): Promise<Draft | null> {
  const row = await db.charterDraft.findFirst({ where: { id, personId } });
  return row && { ...row, values: row.form as DraftValues };
}

/** Newest first. */
export async function selectDrafts(db: Db, personId: string): Promise<DraftView[]> {
  return db.$queryRaw<DraftView[]>`
    select d.id, d.pilot_id as "pilotId", p.name as "pilotName", coalesce(d.form ->> 'name', '') as name,
      d.updated_at as "updatedAt"
    from charter_draft d left join pilot p on p.id = d.pilot_id
    where d.person_id = ${personId} order by d.updated_at desc, d.id`;
}

export async function deleteDraft(db: Db, personId: string, id: string): Promise<boolean> {
  return (await db.charterDraft.deleteMany({ where: { id, personId } })).count === 1;
}
