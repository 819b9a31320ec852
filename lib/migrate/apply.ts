// Applies migrations as the owner. One transaction each, together with its row in `_prisma_migrations`, so
// whatever is interrupted is either wholly there or not at all.
import { randomUUID } from "node:crypto";
import type pg from "pg";
import { messageOf, refused, unavailable } from "../errors.ts";
import { type Applied, type Migration, pendingMigrations } from "./rules.ts";

/** The advisory lock Prisma's own migrate takes, so that both exclude each other. */
const PRISMA_LOCK = 72_707_369;

const LOCK_PATIENCE = "120s";

const HISTORY = `
  create table if not exists _prisma_migrations (
    id varchar(36) primary key not null,
    checksum varchar(64) not null,
    finished_at timestamptz,
    migration_name varchar(255) not null,
    logs text,
    rolled_back_at timestamptz,
    started_at timestamptz not null default now(),
    applied_steps_count integer not null default 0
  )`;

async function readApplied(client: pg.ClientBase): Promise<Applied[]> {
  const { rows } = await client.query<Applied>(
    `select migration_name as name, checksum, finished_at is not null as finished
       from _prisma_migrations where rolled_back_at is null order by migration_name`,
  );
  return rows;
}

async function applyOne(client: pg.ClientBase, migration: Migration): Promise<void> {
  await client.query("begin");
  try {
    await client.query(migration.sql);
    await client.query(
      `insert into _prisma_migrations (id, checksum, migration_name, started_at, finished_at, applied_steps_count)
       values ($1, $2, $3, now(), clock_timestamp(), 1)`,
      [randomUUID(), migration.checksum, migration.name],
    );
    await client.query("commit");
  } catch (error) {
    await client.query("rollback");
    throw refused(`The migration ${migration.name} was rolled back: ${messageOf(error)}`);
  }
}

/** Runs `fn` while no other process migrates this database. */
export async function whileLocked<T>(client: pg.ClientBase, fn: () => Promise<T>): Promise<T> {
  await client.query(`set lock_timeout = '${LOCK_PATIENCE}'`);
  try {
    await client.query("select pg_advisory_lock($1)", [PRISMA_LOCK]);
  } catch (error) {
    throw unavailable(`Another process has been migrating this database for ${LOCK_PATIENCE}.`, error);
  }
  try {
    return await fn();
  } finally {
    // A session that is gone has let go of the lock; what broke it is thrown above.
    await client.query("select pg_advisory_unlock($1)", [PRISMA_LOCK]).catch(() => undefined);
  }
}

/** Applies what is missing and returns the names; call within `whileLocked`. */
export async function applyMigrations(client: pg.ClientBase, known: readonly Migration[]): Promise<string[]> {
  await client.query(HISTORY);
  const pending = pendingMigrations(known, await readApplied(client));
  for (const migration of pending) await applyOne(client, migration);
  return pending.map((migration) => migration.name);
}
