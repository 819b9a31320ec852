import { chmod, mkdir, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { initialise } from "./initialise.ts";
import { choosePort, isPortFree } from "./port.ts";
import { ensureServer, type PostgresServer } from "./server.ts";

const identity = process.getuid?.() === 0 ? { uid: 60_900, gid: 60_900 } : null;

let folder: string;
let server: PostgresServer;

const ensure = () =>
  ensureServer({ folder: join(folder, "postgres"), identity, settings: { max_connections: "20" } });

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  client.on("error", () => undefined);
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "pilothouse-postgres-"));
  await chmod(folder, 0o755);
  server = await ensure();
});
afterAll(async () => {
  await server.stop();
  await rm(folder, { recursive: true, force: true });
});

describe("the embedded Postgres", () => {
  test("serves this host alone, to people with a password", async () => {
    const url = server.ownerUrl("postgres");
    expect(await query(url, "show listen_addresses")).toEqual([{ listen_addresses: "127.0.0.1" }]);
    const stranger = new URL(url);
    stranger.password = "guessed";
    await expect(query(stranger.toString(), "select 1")).rejects.toThrow(/password authentication failed/);
  });

  test("has an owner that makes databases and roles and is no superuser", async () => {
    const sql = "select rolsuper, rolcreatedb, rolcreaterole from pg_roles where rolname = current_user";
    expect(await query(server.ownerUrl("postgres"), sql)).toEqual([
      { rolsuper: false, rolcreatedb: true, rolcreaterole: true },
    ]);
  });

  test("keeps its files to its own user", async () => {
    const data = await stat(join(folder, "postgres/data"));
    expect(data.mode & 0o777).toBe(0o700);
    expect(data.uid).toBe(identity?.uid ?? process.getuid?.());
    expect((await stat(join(folder, "postgres/superuser-password"))).mode & 0o777).toBe(0o600);
  });

  test("is adopted while it runs, by however many come at once", async () => {
    const adopted = await Promise.all([ensure(), ensure(), ensure()]);
    expect(adopted.map(({ pid, adopted: was }) => [pid, was])).toEqual(Array(3).fill([server.pid, true]));
  });

  test("starts again after its process was killed, with what was committed", async () => {
    await query(server.ownerUrl("postgres"), "create database ships");
    await query(server.ownerUrl("ships"), "create table kept as select 42 as answer");
    process.kill(server.pid, "SIGKILL");
    const again = await ensure();
    expect(again.pid).not.toBe(server.pid);
    server = again;
    expect(await query(server.ownerUrl("ships"), "select answer from kept")).toEqual([{ answer: 42 }]);
  });

  test("stops when asked, whoever is connected, and starts again", async () => {
    const lingering = new pg.Client({ connectionString: server.ownerUrl("postgres") });
    lingering.on("error", () => undefined);
    await lingering.connect();
    await server.stop();
    expect(await isPortFree(server.port)).toBe(true);
    server = await ensure();
    expect(server.adopted).toBe(false);
    await lingering.end().catch(() => undefined);
  });

  test("of another major version is refused, and left as it is", async () => {
    const old = join(folder, "old");
    await mkdir(old);
    await writeFile(join(old, "PG_VERSION"), "14\n");
    await expect(initialise(old, "password", identity)).rejects.toThrow(
      /written by Postgres 14; this is Postgres 18/,
    );
    expect(await readFile(join(old, "PG_VERSION"), "utf8")).toBe("14\n");
  });
});

describe("a port", () => {
  test("is the preferred one where it is free, else another free one", async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, "127.0.0.1", resolve));
    const address = taken.address();
    const port = typeof address === "object" && address ? address.port : 0;
    const chosen = await choosePort(port);
    expect(chosen).not.toBe(port);
    expect(await choosePort(chosen)).toBe(chosen);
    await new Promise<void>((resolve) => taken.close(() => resolve()));
  });
});
