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
  "branch" | "state" | "problem" | "problemDetail" | "headCommit" | "commits" | "mirroredAt"
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
      r.problem_detail as "problemDetail", r.head_commit as "headCommit", r.commits, r.mirrored_at as "mirroredAt",
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
