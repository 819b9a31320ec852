import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openDatabase, type TestDatabase } from "#lib/testing/database.ts";

const run = promisify(execFile);
const root = new URL("..", import.meta.url).pathname;

const SCHEMA = `
generator client {
  provider               = "prisma-client"
  output                 = "./generated"
  engineType             = "client"
  importFileExtension    = "ts"
  generatedFileExtension = "ts"
}
datasource db {
  provider = "postgresql"
}
model Ship {
  id    String @id
  name  String @unique
  tons  Int
  flags String[]
}
`;

const CONFIG = `import { defineConfig } from ${JSON.stringify(join(root, "node_modules/prisma/config.js"))};
export default defineConfig({
  schema: "schema.prisma",
  migrations: { path: "migrations" },
  datasource: { url: process.env.DATABASE_URL, shadowDatabaseUrl: process.env.DATABASE_URL },
});`;

const FUNCTION =
  "create function two() returns int language plpgsql as $$ begin perform 1; return 2; end $$;";

let folder: string;
let database: TestDatabase;

/** Prisma's CLI in a project of its own, on our engine. */
async function prisma(...args: string[]): Promise<{ code: number; output: string; sql: string }> {
  const env: NodeJS.ProcessEnv = {
    ...process.env,
    DATABASE_URL: database.urls.owner,
    PRISMA_SCHEMA_ENGINE_BINARY: join(root, "scripts/prisma-engine.ts"),
    PATH: `${join(root, "node_modules/.bin")}:${process.env.PATH}`,
    CHECKPOINT_DISABLE: "1",
    PRISMA_HIDE_UPDATE_MESSAGE: "1",
    NO_COLOR: "1",
  };
  const cli = join(root, "node_modules/prisma/build/index.js");
  try {
    const { stdout, stderr } = await run(process.execPath, [cli, ...args], { cwd: folder, env });
    return { code: 0, output: stdout + stderr, sql: stdout };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { code, output: stdout + stderr, sql: stdout };
  }
}

const write = (name: string, text: string) => writeFile(join(folder, name), text);

async function writeMigration(name: string, sql: string): Promise<void> {
  await mkdir(join(folder, "migrations", name), { recursive: true });
  await write(join("migrations", name, "migration.sql"), sql);
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "pilothouse-prisma-"));
  database = await openDatabase("empty");
  await mkdir(join(folder, "migrations"));
  await write("prisma.config.ts", CONFIG);
  await write("schema.prisma", SCHEMA);
  await write("migrations/migration_lock.toml", 'provider = "postgresql"\n');
});
afterAll(async () => {
  await database.drop();
  await rm(folder, { recursive: true, force: true });
});

// In this order: the project's life from its first migration on.
describe("Prisma on our schema engine", () => {
  test("generates a client that Node runs as it is", async () => {
    expect(await prisma("generate")).toMatchObject({ code: 0 });
    expect(await readFile(join(folder, "generated/client.ts"), "utf8")).toContain("PrismaClient");
  });

  test("writes the SQL from nothing to the schema", async () => {
    const { code, sql } = await prisma(
      "migrate",
      "diff",
      "--from-empty",
      "--to-schema",
      "schema.prisma",
      "--script",
    );
    expect(code).toBe(0);
    expect(sql).toContain('CREATE TABLE "Ship"');
    await writeMigration("1_ships", sql);
    await writeMigration("2_function", FUNCTION);
  });

  test("replays migrations in a shadow database, function bodies included, and finds no difference", async () => {
    const args = [
      "migrate",
      "diff",
      "--from-migrations",
      "migrations",
      "--to-schema",
      "schema.prisma",
      "--exit-code",
    ];
    expect(await prisma(...args)).toMatchObject({ code: 0 });
    const { rows } = await database.owner.query(
      "select datname from pg_database where datname like 'prisma_shadow%'",
    );
    expect(rows).toEqual([]);
  });

  test("writes only what a change of the schema needs", async () => {
    await write("schema.prisma", SCHEMA.replace("tons  Int", "tons  Int\n  port  String?"));
    const args = ["migrate", "diff", "--from-migrations", "migrations", "--to-schema", "schema.prisma"];
    const { output } = await prisma(...args, "--script");
    expect(output).toContain('ALTER TABLE "Ship" ADD COLUMN     "port" TEXT;');
    expect(output).not.toContain("CREATE TABLE");
    expect(await prisma(...args, "--exit-code")).toMatchObject({ code: 2 });
    await write("schema.prisma", SCHEMA);
  });

  test("applies migrations and describes a live database", async () => {
    expect(await prisma("migrate", "deploy")).toMatchObject({ code: 0 });
    const { rows } = await database.owner.query(
      'select two() as two, (select count(*)::int from "Ship") as ships',
    );
    expect(rows).toEqual([{ two: 2, ships: 0 }]);
    const { output } = await prisma("migrate", "status");
    expect(output).toContain("Database schema is up to date");
  });

  test("says in words what is wrong with a migration, and fails", async () => {
    await writeMigration("3_broken", "select no_such_function();");
    const { code, output } = await prisma("migrate", "deploy");
    expect(code).toBe(1);
    expect(output).toContain("no_such_function");
  });

  test("says in words that a database cannot be reached, and fails", async () => {
    const url = new URL(database.urls.owner);
    url.password = "wrong";
    const right = database;
    database = { ...right, urls: { ...right.urls, owner: url.toString() } };
    const { code, output } = await prisma("migrate", "status").finally(() => {
      database = right;
    });
    expect(code).toBe(1);
    expect(output).toMatch(/P1000|uthentication failed/);
  });
});
