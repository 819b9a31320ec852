import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { afterAll, afterEach, beforeEach, describe, expect, test } from "vitest";
import { openDatabase, type TestDatabase } from "../testing/database.ts";
import { applyMigrations, whileLocked } from "./apply.ts";
import { readMigrations } from "./folders.ts";

let database: TestDatabase;
let folder: string;
const clients: pg.Client[] = [];

beforeEach(async () => {
  database = await openDatabase("empty");
  folder = await mkdtemp(join(tmpdir(), "pilothouse-migrations-"));
});

afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.end().catch(() => undefined)));
  await database.drop();
});

afterAll(() => rm(folder, { recursive: true, force: true }));

async function connect(): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: database.urls.owner });
  client.on("error", () => undefined);
  await client.connect();
  clients.push(client);
  return client;
}

async function write(name: string, sql: string): Promise<void> {
  await mkdir(join(folder, name), { recursive: true });
  await writeFile(join(folder, name, "migration.sql"), sql);
}

async function migrate(): Promise<string[]> {
  const client = await connect();
  return whileLocked(client, async () => applyMigrations(client, await readMigrations(folder)));
}

async function tables(): Promise<string[]> {
  const { rows } = await database.owner.query<{ name: string }>(
    "select tablename as name from pg_tables where schemaname = 'public' and tablename <> '_prisma_migrations' order by 1",
  );
  return rows.map((row) => row.name);
}

describe("migrations", () => {
  test("are applied in order, once, bodies with $$ and semicolons included", async () => {
    await write(
      "2_function",
      "create function two() returns int language plpgsql as $$ begin return 2; end $$;",
    );
    await write("1_table", "create table one (id int); insert into one values (1);");
    expect(await migrate()).toEqual(["1_table", "2_function"]);
    expect(await migrate()).toEqual([]);
    const { rows } = await database.owner.query(
      "select two() as two, (select count(*)::int from one) as ones",
    );
    expect(rows).toEqual([{ two: 2, ones: 1 }]);
  });

  test("leave rows that Prisma's own tool reads as applied", async () => {
    await write("1_table", "create table one (id int)");
    await migrate();
    const { rows } = await database.owner.query(
      "select migration_name, length(checksum) as checksum, finished_at is not null as finished, rolled_back_at, applied_steps_count from _prisma_migrations",
    );
    expect(rows).toEqual([
      {
        migration_name: "1_table",
        checksum: 64,
        finished: true,
        rolled_back_at: null,
        applied_steps_count: 1,
      },
    ]);
  });

  test("are refused when an applied one was edited; nothing newer is applied then", async () => {
    await write("1_table", "create table one (id int)");
    await migrate();
    await write("1_table", "create table one (id bigint)");
    await write("2_table", "create table two (id int)");
    await expect(migrate()).rejects.toThrow(/1_table was edited/);
    expect(await tables()).toEqual(["one"]);
  });

  test("are refused on a database that a newer version migrated", async () => {
    await write("1_table", "create table one (id int)");
    await write("2_newer", "create table two (id int)");
    await migrate();
    await rm(join(folder, "2_newer"), { recursive: true });
    await expect(migrate()).rejects.toThrow(/is at 2_newer.*up to 1_table/);
  });

  test("that fail half way leave nothing of themselves, and can be mended and applied", async () => {
    await write("1_table", "create table one (id int)");
    await write("2_broken", "create table half (id int); select no_such_function();");
    await expect(migrate()).rejects.toThrow(/2_broken was rolled back: .*no_such_function/);
    expect(await tables()).toEqual(["one"]);
    await write("2_broken", "create table half (id int)");
    expect(await migrate()).toEqual(["2_broken"]);
  });

  test("interrupted by a lost connection leave nothing of themselves, and no lock", async () => {
    await write("1_slow", "create table slow (id int); select pg_sleep(30);");
    const client = await connect();
    const interrupted = whileLocked(client, async () =>
      applyMigrations(client, await readMigrations(folder)),
    );
    const outcome = interrupted.then(
      () => "applied",
      () => "failed",
    );
    const sleeping = "select pid from pg_stat_activity where datname = $1 and wait_event = 'PgSleep'";
    await expect.poll(async () => (await database.owner.query(sleeping, [database.name])).rowCount).toBe(1);
    await database.owner.query(`select pg_terminate_backend(pid) from (${sleeping}) as found`, [
      database.name,
    ]);
    expect(await outcome).toBe("failed");
    expect(await tables()).toEqual([]);
    await write("1_slow", "create table slow (id int)");
    expect(await migrate()).toEqual(["1_slow"]);
  });

  test("started by several processes at once are applied by one of them", async () => {
    await write("1_table", "create table one (id int); select pg_sleep(0.2);");
    await write("2_table", "create table two (id int)");
    const results = await Promise.all([migrate(), migrate(), migrate()]);
    expect(results.flat().sort()).toEqual(["1_table", "2_table"]);
  });
});
