import type { Db } from "../db.ts";
import { Seen, SeenBy, type Sighting, WatchState, type WatchView } from "./schema.ts";

export interface NewWatch {
  readonly mergeId: string;
  readonly runId: string;
  readonly repositoryId: string;
  readonly targetRef: string;
  readonly commit: string;
  readonly mergedAt: Date;
  readonly until: Date;
}

export async function insertWatch(db: Db, watch: NewWatch): Promise<void> {
  await db.mergeWatch.create({ data: { ...watch, state: "watching" } });
}

export interface DueWatch {
  readonly mergeId: string;
  readonly runId: string;
  readonly repositoryId: string;
  readonly commit: string;
  readonly mergedTree: string;
  readonly beforeTree: string;
  /** Where the branch stands by what the mirror saw. */
  readonly head: string;
  readonly headRead: boolean;
  /** The head was written down after the merge was; an older one says nothing of it. */
  readonly headIsNewer: boolean;
  /** Head that was looked at last; null before the first look. */
  readonly lookedAtHead: string | null;
  readonly until: Date;
}

/**
 * Watches whose branch moved since it was looked at, or whose time is over, or of whose patch a check failed since; those
 * looked at longest ago first. Only a repository that is read on the branch of the merge says anything of it.
 */
export const selectDue = (db: Db, now: Date, limit: number): Promise<DueWatch[]> =>
  db.$queryRaw<DueWatch[]>`
    select w.merge_id as "mergeId", w.run_id as "runId", w.repository_id as "repositoryId", w.commit,
      x.tree as "mergedTree", x.base_tree as "beforeTree", o.head_commit as head, w.until,
      c.head is not distinct from o.head_commit as "headRead", nullif(c.head, '') as "lookedAtHead",
      coalesce(o.mirrored_at > w.merged_at, false) as "headIsNewer"
    from merge_watch w
      join repository o on o.id = w.repository_id
      join merge m on m.id = w.merge_id
      join patch x on x.id = m.patch_id
      left join merge_watch_cursor c on c.merge_id = w.merge_id
    where w.state = 'watching' and o.head_commit is not null and o.state = 'ready'
      and w.target_ref = 'refs/heads/' || o.branch
      and (
        c.head is distinct from o.head_commit or w.until <= ${now}
        or exists (select from outside_check k where k.patch_id = m.patch_id and k.verdict = 'failed'
          and k.reported_at > w.merged_at
          and not exists (select from merge_sighting s where s.merge_id = w.merge_id and s.kind = 'check_failed'))
      )
    order by c.looked_at nulls first, w.merge_id limit ${limit}`;

/** The first check from outside that failed of what was merged, after it was. */
export async function failedCheckSince(db: Db, mergeId: string): Promise<string | null> {
  const [row] = await db.$queryRaw<{ id: string }[]>`
    select k.id from outside_check k join merge m on m.patch_id = k.patch_id join merge_watch w on w.merge_id = m.id
    where m.id = ${mergeId} and k.verdict = 'failed' and k.reported_at > w.merged_at and k.reported_at <= w.until
    order by k.reported_at, k.id limit 1`;
  return row?.id ?? null;
}

/** The merged run of ours that undoes this merge, and what the branch got of it. */
export async function mergedRevertOf(
  db: Db,
  mergeId: string,
): Promise<{ runId: string; commit: string } | null> {
  const [row] = await db.$queryRaw<{ runId: string; commit: string }[]>`
    select v.run_id as "runId", w.commit from revert v join merge_watch w on w.run_id = v.run_id
    where v.merge_id = ${mergeId} order by w.merged_at limit 1`;
  return row ?? null;
}

/** The watch, locked until the transaction ends; null once it is over. */
export async function lockWatching(db: Db, mergeId: string): Promise<NewWatch | null> {
  await db.$queryRaw`select from merge_watch where merge_id = ${mergeId} for update`;
  return db.mergeWatch.findFirst({ where: { mergeId, state: "watching" } });
}

export async function settleWatch(db: Db, mergeId: string, state: WatchState, at: Date): Promise<void> {
  await db.mergeWatch.update({ where: { mergeId }, data: { state, settledAt: at } });
}

export async function setCursor(db: Db, mergeId: string, head: string, lookedAt: Date): Promise<void> {
  await db.mergeWatchCursor.upsert({
    where: { mergeId },
    create: { mergeId, head, lookedAt },
    update: { head, lookedAt },
  });
}

/** The most lines that were seen changed so far. */
export async function linesSeen(db: Db, mergeId: string): Promise<number> {
  const { _max } = await db.mergeSighting.aggregate({
    where: { mergeId, kind: "changed_again" },
    _max: { lines: true },
  });
  return _max.lines ?? 0;
}

export interface NewSighting extends Sighting {
  readonly id: string;
  readonly mergeId: string;
  readonly runId: string;
}

export async function hasSighting(db: Db, mergeId: string, { seen, commit }: Sighting): Promise<boolean> {
  return (await db.mergeSighting.count({ where: { mergeId, kind: seen, commit } })) > 0;
}

export async function insertSighting(db: Db, { seen, ...sighting }: NewSighting): Promise<void> {
  await db.mergeSighting.create({ data: { ...sighting, kind: seen } });
}

/** The run's newest merge that is watched, or was. */
export async function findWatchOf(db: Db, runId: string): Promise<WatchView | null> {
  const watch = await db.mergeWatch.findFirst({ where: { runId }, orderBy: { mergedAt: "desc" } });
  if (!watch) return null;
  const rows = await db.mergeSighting.findMany({
    where: { mergeId: watch.mergeId },
    orderBy: [{ at: "asc" }, { id: "asc" }],
  });
  return {
    ...{ commit: watch.commit, until: watch.until, settledAt: watch.settledAt },
    state: WatchState.parse(watch.state),
    sightings: rows.map(({ kind, source, commit, lines, ofLines, subject, at }) => ({
      ...{ seen: Seen.parse(kind), source: SeenBy.parse(source) },
      ...{ commit, lines, ofLines, subject, at },
    })),
  };
}
