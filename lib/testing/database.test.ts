import pg from "pg";
import { describe, expect, test } from "vitest";
import { openDatabase, testDatabase } from "./database.ts";

const database = await testDatabase("worker");

async function asRole(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

describe("a test's own database", () => {
  test("is migrated and is what DATABASE_URL names, as the role asked for", async () => {
    expect(process.env.DATABASE_URL).toBe(database.urls.worker);
    const [row] = await asRole(
      database.urls.worker,
      "select current_user as name, current_database() as database",
    );
    expect(row).toEqual({ name: "ph_worker", database: database.name });
    const { rows } = await database.owner.query("select count(*)::int as applied from _prisma_migrations");
    expect(rows[0].applied).toBeGreaterThan(0);
  });

  test("shares no rows with another one", async () => {
    const other = await openDatabase();
    try {
      await other.owner.query("create table only_here (id int)");
      const { rows } = await database.owner.query("select to_regclass('only_here') as found");
      expect(rows[0].found).toBeNull();
    } finally {
      await other.drop();
    }
  });

  test("lets no process role change tables, roles or the record", async () => {
    for (const url of [database.urls.web, database.urls.worker]) {
      await expect(asRole(url, "create table mine (id int)")).rejects.toThrow(/permission denied/);
      await expect(asRole(url, "create role more")).rejects.toThrow(/permission denied/);
      await expect(asRole(url, "delete from log_entry")).rejects.toThrow(/permission denied|append-only/);
      await expect(asRole(url, "set role ph_owner")).rejects.toThrow(/permission denied/);
    }
  });

  test("is gone after it was dropped, whoever is still connected", async () => {
    const other = await openDatabase("empty");
    const lingering = new pg.Client({ connectionString: other.urls.owner });
    lingering.on("error", () => undefined);
    await lingering.connect();
    await other.drop();
    const { rows } = await database.owner.query("select from pg_database where datname = $1", [other.name]);
    expect(rows).toEqual([]);
    await lingering.end().catch(() => undefined);
  });
});
