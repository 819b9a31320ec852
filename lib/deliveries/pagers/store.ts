import type { Db } from "../../db.ts";
import type { Kept } from "../rows/schema.ts";

type About = Kept["page_call"]["about"];

export interface PagerRow {
  readonly id: string;
  readonly repositoryId: string;
  readonly about: About;
  readonly hookSecret: Uint8Array<ArrayBuffer>;
  readonly connectedBy: string;
  readonly connectedAt: Date;
}

export async function insertPager(db: Db, row: PagerRow): Promise<void> {
  await db.pagerConnection.create({ data: { ...row, kind: "pagerduty" } });
}

/** Its repository; null where there is none that is not ended. */
export async function endPagerRow(db: Db, pagerId: string, at: Date): Promise<string | null> {
  const [row] = await db.$queryRaw<{ repositoryId: string }[]>`
    update pager_connection set hook_secret = null, ended_at = ${at}
    where id = ${pagerId} and ended_at is null returning repository_id as "repositoryId"`;
  return row?.repositoryId ?? null;
}

export interface PagerHook {
  readonly repositoryId: string;
  readonly about: About;
  readonly hookSecret: Uint8Array;
}

/** Of a connection that is not ended. */
export async function findPagerHook(db: Db, pagerId: string): Promise<PagerHook | null> {
  const [row] = await db.$queryRaw<PagerHook[]>`
    select repository_id as "repositoryId", about, hook_secret as "hookSecret" from pager_connection
    where id = ${pagerId} and ended_at is null`;
  return row ?? null;
}

export interface ListedPager {
  readonly id: string;
  readonly repositoryId: string;
  readonly repositoryName: string;
  readonly about: About;
  readonly connectedBy: string;
  readonly connectedAt: Date;
}

export async function selectPagers(db: Db): Promise<ListedPager[]> {
  return db.$queryRaw`
    select p.id, p.repository_id as "repositoryId", r.name as "repositoryName", p.about,
      p.connected_by as "connectedBy", p.connected_at as "connectedAt"
    from pager_connection p join repository r on r.id = p.repository_id
    where p.ended_at is null order by p.connected_at, p.id`;
}
