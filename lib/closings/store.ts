import type { Db } from "../db.ts";
import { CLOSING_STEPS, type StepRow } from "./schema.ts";

export async function insertClosing(db: Db, pilotId: string, begunAt: Date): Promise<boolean> {
  const { count } = await db.pilotClosing.createMany({ data: { pilotId, begunAt }, skipDuplicates: true });
  return count === 1;
}

export async function selectOpenClosings(db: Db): Promise<{ pilotId: string; begunAt: Date }[]> {
  return db.pilotClosing.findMany({
    where: { closedAt: null },
    orderBy: [{ begunAt: "asc" }, { pilotId: "asc" }],
    select: { pilotId: true, begunAt: true },
  });
}

/** Held until the transaction ends: two workers do no step twice. False when it was closed meanwhile. */
export async function lockClosing(db: Db, pilotId: string): Promise<boolean> {
  const rows = await db.$queryRaw<unknown[]>`
    select from pilot_closing where pilot_id = ${pilotId} and closed_at is null for no key update`;
  return rows.length === 1;
}

export async function findClosing(db: Db, pilotId: string) {
  return db.pilotClosing.findUnique({ where: { pilotId } });
}

/** In the order in which they are done, whatever the clock said: a receipt with another order does not hold. */
export async function selectSteps(db: Db, pilotId: string): Promise<StepRow[]> {
  const rows = (await db.pilotClosingStep.findMany({ where: { pilotId } })) as StepRow[];
  return rows.sort((a, b) => CLOSING_STEPS.indexOf(a.step) - CLOSING_STEPS.indexOf(b.step));
}

export async function insertStep(db: Db, row: StepRow & { readonly pilotId: string }): Promise<void> {
  await db.pilotClosingStep.create({ data: row });
}

export async function sealClosing(
  db: Db,
  pilotId: string,
  sealed: { closedAt: Date; receipt: string; publicKey: Uint8Array<ArrayBuffer> },
): Promise<void> {
  await db.pilotClosing.update({ where: { pilotId }, data: sealed });
}

/** Runs that are merging end by themselves, and so do calls of models whose answers are on their way. */
export async function countUnsettled(db: Db, pilotId: string): Promise<{ merging: number; calls: number }> {
  const [row] = await db.$queryRaw<{ merging: number; calls: number }[]>`
    select (select count(*)::int from run where pilot_id = ${pilotId} and ended_at is null) as merging,
      (select count(*)::int from model_call where pilot_id = ${pilotId} and state = 'open') as calls`;
  return row ?? { merging: 0, calls: 0 };
}

export interface LedgerSums {
  readonly calls: number;
  readonly runs: number;
  readonly spentMicros: string;
  readonly reservedMicros: string;
}

/** From the calls themselves, beside what the counters say is still held back. */
export async function sumLedger(db: Db, pilotId: string): Promise<LedgerSums> {
  const [row] = await db.$queryRaw<LedgerSums[]>`
    select count(*)::int as calls, count(distinct run_id)::int as runs,
      coalesce(sum(charged_micros), 0)::text as "spentMicros",
      (select coalesce(sum(reserved_micros), 0)::text from budget_use
        where (kind = 'pilot' and subject = ${pilotId})) as "reservedMicros"
    from model_call where pilot_id = ${pilotId}`;
  return row ?? { calls: 0, runs: 0, spentMicros: "0", reservedMicros: "0" };
}

/** Merges of the pilot whose branches are looked at still. */
export async function watchedUntil(db: Db, pilotId: string): Promise<{ count: number; until: Date | null }> {
  const [row] = await db.$queryRaw<{ count: number; until: Date | null }[]>`
    select count(*)::int as count, max(w.until) as until from merge_watch w join run r on r.id = w.run_id
    where r.pilot_id = ${pilotId} and w.state = 'watching'`;
  return row ?? { count: 0, until: null };
}

/**
 * Repositories of the pilot's charters that no other pilot needs: one that is open names them in no version, and one that is
 * being closed has no run there that may still merge. Where our own branch is the authority the mirror holds the only copy of
 * what was merged, so it stays.
 */
export async function selectOwnRepositories(db: Db, pilotId: string): Promise<string[]> {
  const rows = await db.$queryRaw<{ id: string }[]>`
    select distinct r.id from repository r join charter c on c.canonical::jsonb #>> '{scope,repositoryId}' = r.id
    where c.pilot_id = ${pilotId} and r.authority <> 'own'
      and not exists (select from charter o join pilot p on p.id = o.pilot_id
        where o.canonical::jsonb #>> '{scope,repositoryId}' = r.id and p.id <> ${pilotId}
          and (p.status in ('draft', 'activating', 'active', 'paused')
            or exists (select from run x where x.pilot_id = p.id and x.ended_at is null)))
      and not exists (select from merge_watch w where w.repository_id = r.id and w.state = 'watching')
    order by r.id`;
  return rows.map(({ id }) => id);
}

export interface Released {
  readonly repositoryId: string;
  readonly pilotId: string;
  readonly bytes: bigint;
  readonly files: number;
  readonly releasedAt: Date;
}

/** What was there is written down before it is deleted; whoever deletes it a second time writes nothing. */
export async function insertRelease(db: Db, row: Released): Promise<void> {
  await db.$executeRaw`
    insert into mirror_release (repository_id, pilot_id, bytes, files, released_at)
    values (${row.repositoryId}, ${row.pilotId}, ${row.bytes}, ${row.files}, ${row.releasedAt})
    on conflict (repository_id) do update set pilot_id = excluded.pilot_id, bytes = excluded.bytes,
      files = excluded.files, released_at = excluded.released_at
    where mirror_release.pilot_id <> excluded.pilot_id`;
}

export async function selectReleased(db: Db, pilotId: string): Promise<Released[]> {
  return db.mirrorRelease.findMany({ where: { pilotId }, orderBy: { repositoryId: "asc" } });
}

/** Whose mirrors hold the only copy of what the pilot merged. */
export async function selectKept(db: Db, pilotId: string): Promise<string[]> {
  const rows = await db.$queryRaw<{ id: string }[]>`
    select distinct r.id from repository r join charter c on c.canonical::jsonb #>> '{scope,repositoryId}' = r.id
    where c.pilot_id = ${pilotId} and r.authority = 'own' order by r.id`;
  return rows.map(({ id }) => id);
}

export async function deleteBundles(db: Db, repositoryId: string): Promise<void> {
  await db.baseBundle.deleteMany({ where: { repositoryId } });
}

/** Tokens for pilots that are all over, this one among them. */
export async function lockBoundTokens(db: Db, pilotId: string): Promise<{ id: string; personId: string }[]> {
  return db.$queryRaw<{ id: string; personId: string }[]>`
    select t.id, t.person_id as "personId" from api_token t
    where ${pilotId} = any(t.pilot_ids) and t.revoked_at is null
      and not exists (select from pilot p where p.id = any(t.pilot_ids)
        and p.status in ('draft', 'activating', 'active', 'paused'))
    order by t.id for update of t`;
}
