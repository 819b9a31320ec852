// The migrated database that every test's own is copied from; made once per content of the migrations.
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import pg from "pg";
import { MINUTE } from "#lib/clock.ts";
import { waitForHostLock } from "#lib/host-lock.ts";
import { JOB_NAMES } from "#lib/jobs/schema.ts";
import { readMigrations } from "#lib/migrate/folders.ts";
import { migrateDatabase } from "#lib/migrate/migrate.ts";
import type { PostgresServer } from "#lib/postgres/server.ts";

async function templateName(): Promise<string> {
  const hash = createHash("sha256");
  for (const { name, checksum } of await readMigrations()) hash.update(`${name} ${checksum}\n`);
  hash.update(JOB_NAMES.join(" "));
  for (const file of ["queues", "roles"]) {
    hash.update(await readFile(new URL(`../migrate/${file}.ts`, import.meta.url)));
  }
  return `ph_template_${hash.digest("hex").slice(0, 16)}`;
}

/** Name of the template on this server. It accepts no connections, so it can always be copied. */
export async function ensureTemplate(server: PostgresServer, folder: string): Promise<string> {
  const name = await templateName();
  const lock = await waitForHostLock(`test template ${folder}`, 2 * MINUTE);
  const admin = new pg.Client({ connectionString: server.ownerUrl("postgres") });
  await admin.connect();
  try {
    const { rows } = await admin.query("select from pg_database where datname = $1 and not datallowconn", [
      name,
    ]);
    if (rows.length > 0) return name;
    await admin.query(`drop database if exists ${name} with (force)`);
    await admin.query(`create database ${name}`);
    await migrateDatabase({ ownerUrl: server.ownerUrl(name), secrets: join(folder, "secrets") });
    await admin.query(`alter database ${name} with allow_connections false`);
    return name;
  } finally {
    await admin.end();
    await lock.release();
  }
}
