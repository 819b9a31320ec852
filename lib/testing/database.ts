// A database of its own for one test file:
//
//   const database = await testDatabase();          // DATABASE_URL is now this one, as role web
//   const rows = await database.owner.query("…");   // past every guard, for arranging and checking
//
// Call it before the first use of lib/db. When the file's tests are over, the connections of lib/db and of the queue
// are closed and the database is dropped.
import { randomBytes } from "node:crypto";
import pg from "pg";
import { afterAll, inject } from "vitest";
import { systemClock } from "#lib/clock.ts";
import { disconnectDatabase } from "#lib/db.ts";
import { closeQueue } from "#lib/jobs/queue.ts";
import type { ProcessName, RoleUrls } from "#lib/migrate/roles.ts";

export interface TestDatabase {
  readonly name: string;
  /** Where each process would connect; `owner` may do everything. */
  readonly urls: RoleUrls;
  /** A pool as owner. */
  readonly owner: pg.Pool;
  /** Done once the database is gone. */
  afterwards(work: () => Promise<void>): void;
  drop(): Promise<void>;
}

function at(url: string, database: string): string {
  const parsed = new URL(url);
  parsed.pathname = `/${database}`;
  return parsed.toString();
}

async function asAdmin(sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: inject("pilothouse").urls.owner });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}

const INSUFFICIENT_PRIVILEGE = "42501";

/** An autovacuum worker inside is the superuser's, not ours to end: it leaves by itself within moments. */
async function dropDatabase(name: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await asAdmin(`drop database if exists ${name} with (force)`);
    } catch (error) {
      const busy = error instanceof pg.DatabaseError && error.code === INSUFFICIENT_PRIVILEGE;
      if (!busy || attempt >= 40) throw error;
      await systemClock.sleep(250);
    }
  }
}

/** A copy of the migrated template, or an empty database; the caller drops it. */
export async function openDatabase(from: "migrated" | "empty" = "migrated"): Promise<TestDatabase> {
  const { template, urls: serverUrls } = inject("pilothouse");
  const name = `ph_test_${randomBytes(6).toString("hex")}`;
  await asAdmin(`create database ${name}${from === "migrated" ? ` template ${template}` : ""}`);
  const urls: RoleUrls = {
    owner: at(serverUrls.owner, name),
    web: at(serverUrls.web, name),
    worker: at(serverUrls.worker, name),
    notary: at(serverUrls.notary, name),
    gateway: at(serverUrls.gateway, name),
  };
  const owner = new pg.Pool({ connectionString: urls.owner, max: 4 });
  owner.on("error", () => undefined); // dropping the database ends idle connections
  const left: (() => Promise<void>)[] = [];
  return {
    name,
    urls,
    owner,
    afterwards: (work) => void left.push(work),
    async drop() {
      await owner.end();
      await dropDatabase(name);
      for (const work of left) await work();
    },
  };
}

/** A migrated database for this test file; `DATABASE_URL` names it as the role of `process`. */
export async function testDatabase(processName: ProcessName = "web"): Promise<TestDatabase> {
  const database = await openDatabase();
  await disconnectDatabase(); // what a file before this one began and nobody waited for may have connected anew
  process.env.DATABASE_URL = database.urls[processName];
  afterAll(async () => {
    await closeQueue();
    await disconnectDatabase(); // the owner may not end another role's connection
    await database.drop();
  });
  return database;
}
