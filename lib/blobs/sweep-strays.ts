// Files that no row names: a process was killed between storing bytes and its transaction, or between a row's end and its file's.
// Nothing was ever acknowledged about them, so nothing is recorded.
import { DAY } from "../clock.ts";
import { type Db, read } from "../db.ts";
import { refused } from "../errors.ts";
import type { Scope } from "../scope.ts";
import type { StoredFile } from "./port.ts";
import { blobStore } from "./service.ts";

/** Longer than anything takes between its bytes and its row, and than a clock of the file system is off. */
const SAFE_AGE = DAY;
const AT_ONCE = 500;
/** More strays than these, and than one file in ten, are no crash: the database is not this folder's. */
const FEW = 20;
const SHARE = 10;

/** How many were removed. Files younger than a day are left alone, whatever names them. */
export async function sweepStrays(scope: Scope): Promise<number> {
  const store = blobStore();
  const before = scope.clock.now() - SAFE_AGE;
  const strays: string[] = [];
  let [files, named, batch]: [number, number, StoredFile[]] = [0, 0, []];
  const take = async () => {
    const kept = await read(scope, (db) => namedBy(db, batch));
    for (const { id } of batch) if (!kept.has(id)) strays.push(id);
    named += kept.size;
    batch = [];
  };
  for await (const file of store.list()) {
    files += 1;
    if (file.modifiedAt >= before) continue;
    batch.push(file);
    if (batch.length >= AT_ONCE) await take();
  }
  if (batch.length > 0) await take();
  if (strays.length > FEW && strays.length * SHARE > files)
    throw refused(
      `Of ${files} files in the folder of large contents no row names ${strays.length}: is the database this folder's? None was removed.`,
    );
  // A database that knows none of them is another one too, however few they are.
  if (named === 0) return 0;
  for (const id of strays) await store.remove(id);
  return strays.length;
}

/** Ids that a row still stands for. */
async function namedBy(db: Db, files: readonly StoredFile[]): Promise<ReadonlySet<string>> {
  const ids = [...new Set(files.map(({ id }) => id))];
  const rows = await db.blob.findMany({ where: { id: { in: ids }, deletedAt: null }, select: { id: true } });
  return new Set(rows.map(({ id }) => id));
}
