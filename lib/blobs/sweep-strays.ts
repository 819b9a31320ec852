// Files and rows that do not meet. A file whose row says that it was deleted goes after a day: a process was killed between the
// two. Of one that no row knows nobody can tell whether an upload broke off or the database is older than the folder, as after a
// restore: it goes after thirty days, long enough to bring the right backup back. A row whose file is gone becomes a finding.
import { DAY } from "../clock.ts";
import { type Db, read } from "../db.ts";
import { refused } from "../errors.ts";
import type { Scope } from "../scope.ts";
import type { StoredFile } from "./port.ts";
import { blobStore } from "./service.ts";

/** Longer than anything takes between its bytes and its row, and than a clock of the file system is off. */
export const SAFE_AGE = DAY;
/** Of files that no row knows. */
export const UNKNOWN_AGE = 30 * DAY;
const AT_ONCE = 500;
/** More strays than these, and than one file in ten, are no crash: the database is not this folder's. */
const FEW = 20;
const SHARE = 10;

/** How many were removed. Files younger than a day are left alone, whatever names them. */
export async function sweepStrays(scope: Scope): Promise<number> {
  const store = blobStore();
  const now = scope.clock.now();
  const [over, unknown]: [string[], StoredFile[]] = [[], []];
  let [files, named, batch]: [number, number, StoredFile[]] = [0, 0, []];
  const take = async () => {
    const rows = await read(scope, (db) => rowsOf(db, batch));
    for (const file of batch) {
      const row = rows.get(file.id);
      if (row === undefined) unknown.push(file);
      else if (row.isOver) over.push(file.id);
      else named += 1;
    }
    batch = [];
  };
  for await (const file of store.list()) {
    files += 1;
    if (file.modifiedAt >= now - SAFE_AGE) continue;
    batch.push(file);
    if (batch.length >= AT_ONCE) await take();
  }
  if (batch.length > 0) await take();
  if (unknown.length > FEW && unknown.length * SHARE > files)
    throw refused(
      `Of ${files} files in the folder of large contents no row names ${unknown.length}: is the database this folder's? None was removed.`,
    );
  // A database that knows none of them is another one too, however few they are.
  if (named === 0 && over.length === 0) return 0;
  const old = unknown.flatMap(({ id, modifiedAt }) => (modifiedAt < now - UNKNOWN_AGE ? [id] : []));
  for (const id of [...over, ...old]) await store.remove(id);
  return over.length + old.length;
}

/** What rows say of these files: by id, whether their contents were deleted. */
async function rowsOf(
  db: Db,
  files: readonly StoredFile[],
): Promise<ReadonlyMap<string, { readonly isOver: boolean }>> {
  const rows = await db.blob.findMany({
    where: { id: { in: files.map(({ id }) => id) } },
    select: { id: true, deletedAt: true },
  });
  return new Map(rows.map(({ id, deletedAt }) => [id, { isOver: deletedAt !== null }]));
}
