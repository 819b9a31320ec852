// Brings a database to what this version needs: roles, tables, queues. Idempotent, and safe to run from
// several processes at once.
import pg from "pg";
import { messageOf, unavailable } from "../errors.ts";
import { JOB_NAMES } from "../jobs/schema.ts";
import { applyMigrations, whileLocked } from "./apply.ts";
import { MIGRATIONS_FOLDER, readMigrations } from "./folders.ts";
import { ensureQueues } from "./queues.ts";
import { ensureRoles, type RoleUrls, roleUrls } from "./roles.ts";

export interface MigrateOptions {
  /** Owner of the database: may create tables, schemas and roles. */
  readonly ownerUrl: string;
  /** Folder that keeps the passwords of the processes' roles. */
  readonly secrets: string;
  readonly folder?: string;
  readonly queues?: readonly string[];
}

export interface MigrateResult {
  /** Names of the migrations applied now. */
  readonly applied: readonly string[];
  /** Where each process connects. */
  readonly urls: RoleUrls;
}

export async function migrateDatabase(options: MigrateOptions): Promise<MigrateResult> {
  const { ownerUrl, secrets, folder = MIGRATIONS_FOLDER, queues = JOB_NAMES } = options;
  const known = await readMigrations(folder);
  const urls = await roleUrls(ownerUrl, secrets);
  const client = new pg.Client({ connectionString: ownerUrl, application_name: "pilothouse migrate" });
  client.on("error", () => undefined); // the query that was waiting rejects with it too
  try {
    await client.connect();
  } catch (error) {
    throw unavailable(`The database does not let its owner in: ${messageOf(error)}`, error);
  }
  try {
    return await whileLocked(client, async () => {
      await ensureRoles(client, urls);
      const applied = await applyMigrations(client, known);
      await ensureQueues(client, ownerUrl, queues);
      return { applied, urls };
    });
  } finally {
    await client.end();
  }
}
