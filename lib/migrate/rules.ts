// What the migrations on disk and the rows of `_prisma_migrations` mean together.
import { refused } from "../errors.ts";

export interface Migration {
  /** Folder name; sorts by time. */
  readonly name: string;
  readonly sql: string;
  /** SHA-256 of the file in hex, as Prisma computes it. */
  readonly checksum: string;
}

export interface Applied {
  readonly name: string;
  readonly checksum: string;
  readonly finished: boolean;
}

/** What is left to apply, in order. Refuses a history that this version did not write. */
export function pendingMigrations(known: readonly Migration[], applied: readonly Applied[]): Migration[] {
  const byName = new Map(known.map((migration) => [migration.name, migration]));
  const unfinished = applied.find((row) => !row.finished);
  if (unfinished) {
    throw refused(
      `The migration ${unfinished.name} was begun by another tool and did not finish; repair the database, then ` +
        "delete its row from _prisma_migrations.",
    );
  }
  const last =
    applied
      .map((row) => row.name)
      .sort()
      .at(-1) ?? "";
  const unknown = applied.find((row) => !byName.has(row.name));
  if (unknown) {
    throw refused(
      `The database is at ${last}, but this version knows migrations up to ${known.at(-1)?.name ?? "none"}: ` +
        "start the newer version, or restore a backup made by this one.",
    );
  }
  for (const row of applied) {
    if (byName.get(row.name)?.checksum === row.checksum) continue;
    throw refused(
      `The migration ${row.name} was edited after it had been applied; put the original file back.`,
    );
  }
  const done = new Set(applied.map((row) => row.name));
  const pending = known.filter((migration) => !done.has(migration.name));
  const late = pending.find((migration) => migration.name < last);
  if (late)
    throw refused(`The migration ${late.name} comes before ${last}, which is applied already; rename it.`);
  return pending;
}
