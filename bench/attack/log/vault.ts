// Copies of everything the log consists of, so that an attack starts from the same place and can be undone.
import { cp, rm } from "node:fs/promises";
import { join } from "node:path";
import type { TestDatabase } from "#lib/testing/database.ts";
import { dropForeignKeys } from "#lib/testing/rows.ts";

export interface Folders {
  /** The public log directory, the notary's own, and the blobs. */
  readonly log: string;
  readonly own: string;
  readonly blobs: string;
  /** Copies that attacks are undone from. */
  readonly vault: string;
}

export const TABLES = [
  "log_entry",
  "log_leaf",
  "log_checkpoint",
  "notary_state",
  "run_event",
  "blob",
  "gate",
  "charter",
  "evidence",
] as const;

export interface Vault {
  keep(): Promise<void>;
  /** Puts rows and files back as they were kept. */
  restore(): Promise<void>;
  /** The rows of the log alone, without the notary's own folder: what a backup of the database holds. */
  restoreDatabase(): Promise<void>;
}

/** Switches every guard of the tables off for good, foreign keys included, as who owns the database can. */
export async function disarm({ owner }: TestDatabase): Promise<void> {
  await dropForeignKeys(owner);
  for (const table of TABLES) await owner.query(`alter table ${table} disable trigger user`);
}

interface Place {
  readonly database: TestDatabase;
  readonly folders: Folders;
}

export async function openVault({ database, folders }: Place, name: string): Promise<Vault> {
  const schema = `vault_${name}`;
  const sources = ["log", "own", "blobs"] as const;
  const kept = (source: string) => join(folders.vault, name, source);
  const { owner } = database;
  await owner.query(`create schema ${schema}`);

  async function restoreDatabase(): Promise<void> {
    const client = await owner.connect();
    try {
      await client.query("begin");
      for (const table of TABLES) {
        await client.query(`delete from ${table}`);
        const { rows } = await client.query<{ name: string }>(
          `select quote_ident(attname) as name from pg_attribute
           where attrelid = $1::regclass and attnum > 0 and not attisdropped and attgenerated = ''`,
          [table],
        );
        const columns = rows.map((row) => row.name).join(", ");
        await client.query(
          `insert into ${table} (${columns}) overriding system value select ${columns} from ${schema}.${table}`,
        );
      }
      await client.query("commit");
    } catch (error) {
      await client.query("rollback");
      throw error;
    } finally {
      client.release();
    }
  }

  return {
    async keep() {
      for (const table of TABLES)
        await owner.query(`create table ${schema}.${table} as select * from public.${table}`);
      for (const source of sources) await cp(folders[source], kept(source), { recursive: true });
    },
    restoreDatabase,
    async restore() {
      await restoreDatabase();
      for (const source of sources) {
        await rm(folders[source], { recursive: true, force: true });
        await cp(kept(source), folders[source], { recursive: true });
      }
    },
  };
}
