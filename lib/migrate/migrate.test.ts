import { mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { PgBoss } from "pg-boss";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { openDatabase, type TestDatabase } from "../testing/database.ts";
import { QUEUE_SCHEMA } from "./queues.ts";
import { ensureRoles, type RoleUrls, roleUrls } from "./roles.ts";

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

let database: TestDatabase;

beforeAll(async () => {
  database = await openDatabase();
});
afterAll(() => database.drop());

describe("a migrated database", () => {
  test("lets each process in as its own role", async () => {
    for (const name of ["web", "worker"] as const) {
      expect(await query(database.urls[name], "select current_user as role")).toEqual([
        { role: `ph_${name}` },
      ]);
    }
  });

  test("has queues that web fills and worker empties, without either owning their schema", async () => {
    const quiet = {
      schema: QUEUE_SCHEMA,
      migrate: false,
      supervise: false,
      schedule: false,
      max: 2,
    } as const;
    const web = new PgBoss({ connectionString: database.urls.web, ...quiet });
    const worker = new PgBoss({ connectionString: database.urls.worker, ...quiet });
    await web.start();
    await worker.start();
    try {
      const sent = await web.send("mirror_repository", { repositoryId: "rep_1" }, { singletonKey: "rep_1" });
      const again = await web.send("mirror_repository", { repositoryId: "rep_1" }, { singletonKey: "rep_1" });
      const other = await web.send("mirror_repository", { repositoryId: "rep_2" }, { singletonKey: "rep_2" });
      expect([typeof sent, again, typeof other]).toEqual(["string", null, "string"]);
      const jobs = await worker.fetch("mirror_repository", { batchSize: 10 });
      expect(jobs).toHaveLength(2);
      const ids = jobs.map((job) => job.id);
      await worker.complete("mirror_repository", ids);
      await expect(query(database.urls.worker, `drop table ${QUEUE_SCHEMA}.job`)).rejects.toThrow(
        /must be owner/,
      );
    } finally {
      await web.stop({ graceful: false });
      await worker.stop({ graceful: false });
    }
  });
});

describe("roles", () => {
  let folder: string;
  let admin: pg.Client;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "pilothouse-secrets-"));
    admin = new pg.Client({ connectionString: inject("pilothouse").urls.owner });
    await admin.connect();
  });
  afterAll(async () => {
    await admin.end();
    await rm(folder, { recursive: true, force: true });
  });

  test("have passwords in files only their owner reads, the same at every start", async () => {
    const first = await roleUrls(database.urls.owner, folder);
    const second = await roleUrls(database.urls.owner, folder);
    expect(second).toEqual(first);
    const file = join(folder, "ph_web-password");
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(decodeURIComponent(new URL(first.web).password)).toBe((await readFile(file, "utf8")).trim());
  });

  test("stay as they are when ensured again", async () => {
    await ensureRoles(admin, database.urls);
    await ensureRoles(admin, database.urls);
    expect(await query(database.urls.web, "select 1 as one")).toEqual([{ one: 1 }]);
  });

  test("probe: with another deployment's password are refused, not taken over", async () => {
    const foreign: RoleUrls = { ...database.urls, ...(await roleUrls(database.urls.owner, folder)) };
    await expect(ensureRoles(admin, foreign)).rejects.toThrow(
      /ph_web exists with a password this data folder/,
    );
    expect(await query(database.urls.web, "select 1 as one")).toEqual([{ one: 1 }]);
  });
});
