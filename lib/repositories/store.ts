import type { Prisma } from "#generated/prisma/client.ts";
import { type Db, isDuplicate } from "../db.ts";
import { refused } from "../errors.ts";
import type {
  Authority,
  BaseBundle,
  RepositoryProblem,
  RepositoryState,
  RepositoryView,
  SourceKind,
} from "./schema.ts";

export interface RepositoryStateRow {
  readonly id: string;
  readonly name: string;
  readonly source: string;
  readonly sourceKind: SourceKind;
  readonly branch: string | null;
  readonly authority: Authority;
  readonly state: RepositoryState;
  readonly problem: RepositoryProblem | null;
  readonly problemDetail: string | null;
  readonly headCommit: string | null;
  readonly commits: number | null;
  readonly labels: readonly string[];
}

export async function findRepository(db: Db, repositoryId: string): Promise<RepositoryStateRow | null> {
  return (await db.repository.findUnique({ where: { id: repositoryId } })) as RepositoryStateRow | null;
}

/** The row, locked until the transaction ends. */
export async function lockRepository(db: Db, repositoryId: string): Promise<RepositoryStateRow | null> {
  await db.$queryRaw`select from repository where id = ${repositoryId} for update`;
  return findRepository(db, repositoryId);
}

export async function insertRepository(
  db: Db,
  repository: Prisma.RepositoryUncheckedCreateInput,
): Promise<void> {
  try {
    await db.repository.create({ data: repository });
  } catch (error) {
    if (!isDuplicate(error)) throw error;
    throw refused("That name is taken.", {
      name: ["A repository of this name is there already; choose another name."],
    });
  }
}

export type RepositoryChange = Pick<
  Prisma.RepositoryUncheckedUpdateInput,
  "branch" | "state" | "problem" | "problemDetail" | "headCommit" | "commits" | "mirroredAt" | "labels"
>;

export async function updateRepository(
  db: Db,
  repositoryId: string,
  change: RepositoryChange,
): Promise<void> {
  await db.repository.update({ where: { id: repositoryId }, data: change });
}

export async function selectRepositories(db: Db, repositoryId: string | null): Promise<RepositoryView[]> {
  return db.$queryRaw<RepositoryView[]>`
    select r.id, r.name, r.source, r.source_kind as "sourceKind", r.branch, r.authority, r.state, r.problem,
      r.problem_detail as "problemDetail", r.head_commit as "headCommit", r.commits, r.mirrored_at as "mirroredAt", r.labels,
      r.created_by as "createdBy", coalesce(p.name, r.created_by) as "createdByName", r.created_at as "createdAt"
    from repository r left join person p on p.id = r.created_by
    where ${repositoryId}::text is null or r.id = ${repositoryId}
    order by r.name`;
}

export async function findBundle(db: Db, repositoryId: string, commit: string): Promise<BaseBundle | null> {
  const row = await db.baseBundle.findUnique({ where: { repositoryId_commit: { repositoryId, commit } } });
  return row && { repositoryId, commit, sha256: row.sha256, size: Number(row.size) };
}

export async function upsertBundle(
  db: Db,
  { repositoryId, commit, sha256, size }: BaseBundle,
  createdAt: Date,
): Promise<void> {
  const made = { sha256, size: BigInt(size), createdAt };
  await db.baseBundle.upsert({
    where: { repositoryId_commit: { repositoryId, commit } },
    create: { repositoryId, commit, ...made },
    update: made,
  });
}

/** Pilots of the repository whose charter in force names one of the labels: to work where it is, or to stay out of there. */
export async function selectResting(
  db: Db,
  repositoryId: string,
  labels: readonly string[],
): Promise<{ readonly id: string; readonly name: string; readonly label: string }[]> {
  return db.$queryRaw`
    select p.id, p.name, named.label
    from pilot p join charter c on c.id = p.active_charter_id
      cross join lateral (select distinct label from jsonb_array_elements_text(
        coalesce(c.canonical::jsonb #> '{scope,repositoryLabels}', '[]')
        || coalesce(c.canonical::jsonb #> '{scope,forbiddenLabels}', '[]')) as label) named
    where p.status in ('active', 'paused') and c.canonical::jsonb #>> '{scope,repositoryId}' = ${repositoryId}
      and named.label = any(${[...labels]}) order by p.name, p.id, named.label`;
}

/** Repositories whose mirrors were deleted as their pilot was closed, and that no pilot is open on since. */
export async function selectReleasedIds(db: Db): Promise<string[]> {
  const rows = await db.$queryRaw<{ id: string }[]>`
    select m.repository_id as id from mirror_release m
    where not exists (select from charter c join pilot p on p.id = c.pilot_id
      where c.canonical::jsonb #>> '{scope,repositoryId}' = m.repository_id
        and p.status in ('draft', 'activating', 'active', 'paused'))`;
  return rows.map(({ id }) => id);
}
