// Rows of all five kinds, written at once and found by where they come from.
import { Prisma } from "#generated/prisma/client.ts";
import type { Db } from "../../db.ts";
import type { Kept, RowKind } from "./schema.ts";

/** Our name of a column → the database's. */
const COLUMNS = {
  deployment: {
    ...{ repositoryId: "repository_id", environment: "environment", production: "production" },
    ...{ status: "status", headSha: "head_sha", startedAt: "started_at", finishedAt: "finished_at" },
    rollbackOf: "rollback_of",
  },
  incident: {
    ...{ service: "service", repositoryId: "repository_id", severity: "severity" },
    ...{ detectedAt: "detected_at", restoredAt: "restored_at" },
    ...{ deploymentSource: "deployment_source", deploymentExternalId: "deployment_external_id" },
  },
  outside_change: {
    ...{ repositoryId: "repository_id", author: "author", openedAt: "opened_at" },
    ...{ firstCommitAt: "first_commit_at", mergedAt: "merged_at", closedAt: "closed_at" },
    ...{ headSha: "head_sha", mergeSha: "merge_sha", reverts: "reverts" },
  },
  outside_ci_run: {
    ...{ repositoryId: "repository_id", workflow: "workflow", startedAt: "started_at" },
    ...{ finishedAt: "finished_at", conclusion: "conclusion", headSha: "head_sha" },
  },
  page_call: {
    ...{ service: "service", repositoryId: "repository_id", about: "about", calledAt: "called_at" },
    incidentExternalId: "incident_external_id",
  },
} as const satisfies { readonly [K in RowKind]: Readonly<Record<string, string>> };

const columnsOf = (kind: RowKind): readonly (readonly [ours: string, theirs: string])[] => [
  ["externalId", "external_id"],
  ["asOf", "as_of"],
  ...Object.entries(COLUMNS[kind]),
];

/** Two imports of one source wait for each other: each settles against what the other wrote. */
export async function lockSource(db: Db, kind: RowKind, source: string): Promise<void> {
  await db.$executeRaw`select pg_advisory_xact_lock(hashtextextended(${`deliveries ${kind} ${source}`}, 0))`;
}

/** By external id. */
export async function selectKept<K extends RowKind>(
  db: Db,
  kind: K,
  source: string,
  externalIds: readonly string[],
): Promise<Map<string, Kept[K]>> {
  const columns = columnsOf(kind).map(([ours, theirs]) => `${theirs} as "${ours}"`);
  const rows = await db.$queryRaw<Kept[K][]>`
    select ${Prisma.raw(columns.join(", "))} from ${Prisma.raw(kind)}
    where source = ${source} and external_id = any(${[...externalIds]})`;
  return new Map(rows.map((row) => [row.externalId, row]));
}

interface Written<K extends RowKind> {
  readonly source: string;
  readonly importId: string;
  readonly rows: readonly { readonly id: string; readonly row: Kept[K] }[];
}

/** A row that is there keeps its id, and gets everything else. */
export async function upsertRows<K extends RowKind>(
  db: Db,
  kind: K,
  { source, importId, rows }: Written<K>,
): Promise<void> {
  const columns = columnsOf(kind);
  const written = rows.map(({ id, row }) => {
    const values: Readonly<Record<string, unknown>> = { ...row };
    const own = Object.fromEntries(columns.map(([ours, theirs]) => [theirs, values[ours]]));
    return { id, source, import_id: importId, ...own };
  });
  const names = ["id", "source", "import_id", ...columns.map(([, theirs]) => theirs)];
  const changed = names.slice(2).map((name) => `${name} = excluded.${name}`);
  await db.$executeRaw`
    insert into ${Prisma.raw(kind)} (${Prisma.raw(names.join(", "))})
    select ${Prisma.raw(names.join(", "))}
    from jsonb_populate_recordset(null::${Prisma.raw(kind)}, ${JSON.stringify(written)}::jsonb)
    on conflict (source, external_id) do update set ${Prisma.raw(changed.join(", "))}`;
}
