// A database of its own and the environment of a deployment, in a temporary folder. This process acts in it through
// the product's services, as the web process does.
import { chmod, mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { identitiesFor, isRoot } from "#cli/identities.ts";
import { layoutAt } from "#cli/layout.ts";
import { webVariables } from "#cli/settings.ts";
import { disconnectDatabase } from "#lib/db.ts";
import { closeQueue } from "#lib/jobs/queue.ts";
import { migrateDatabase } from "#lib/migrate/migrate.ts";
import type { RoleUrls } from "#lib/migrate/roles.ts";
import { choosePort } from "#lib/postgres/port.ts";
import { ensureServer, type PostgresServer } from "#lib/postgres/server.ts";

const DATABASE = "pilothouse";
const PREFERRED_PORT = 4390;
const root = new URL("../..", import.meta.url).pathname;

export interface BenchPlane {
  readonly root: string;
  readonly folder: string;
  readonly port: number;
  readonly url: string;
  readonly urls: RoleUrls;
  /** Environment of its web process. */
  readonly variables: Readonly<Record<string, string>>;
  /** Does `work` in the database role of the worker. */
  asWorker<T>(work: () => Promise<T>): Promise<T>;
  /** Stops the database and removes the folder. */
  close(): Promise<void>;
}

async function makeFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "pilothouse-bench-"));
  await chmod(folder, 0o755); // the database is a user of its own and passes through
  return folder;
}

async function createDatabase(server: PostgresServer): Promise<string> {
  const client = new pg.Client({ connectionString: server.ownerUrl("postgres") });
  await client.connect();
  try {
    await client.query(`create database ${DATABASE}`);
  } finally {
    await client.end();
  }
  return server.ownerUrl(DATABASE);
}

async function actAs(databaseUrl: string): Promise<void> {
  await closeQueue();
  await disconnectDatabase();
  process.env.DATABASE_URL = databaseUrl;
}

/** Durability is the product's own: nothing of the database is switched off. */
export async function openPlane(): Promise<BenchPlane> {
  const folder = await makeFolder();
  let server: PostgresServer | undefined;
  const close = async () => {
    await closeQueue();
    await disconnectDatabase();
    await server?.stop();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const who = identitiesFor(isRoot());
    const layout = layoutAt(folder);
    for (const path of [layout.secrets, layout.blobs, layout.repositories, join(layout.homes, "web")])
      await mkdir(path, { recursive: true });
    server = await ensureServer({ folder: layout.postgres, identity: who.postgres });
    const ownerUrl = await createDatabase(server);
    const { urls } = await migrateDatabase({ ownerUrl, secrets: layout.secrets });
    const port = await choosePort(PREFERRED_PORT);
    const url = `http://127.0.0.1:${port}`;
    const deployment = {
      root,
      layout,
      who,
      port,
      gatewayPort: port + 10,
      url,
      mode: "up",
      demo: false,
    } as const;
    const variables = await webVariables(deployment, urls, {
      PATH: process.env.PATH,
      PILOTHOUSE_LOG_LEVEL: "error",
    });
    Object.assign(process.env, variables, { PATH: process.env.PATH, HOME: process.env.HOME });
    await actAs(urls.web);
    const asWorker = async <T>(work: () => Promise<T>): Promise<T> => {
      await actAs(urls.worker);
      try {
        return await work();
      } finally {
        await actAs(urls.web);
      }
    };
    return { root, folder, port, url, urls, variables, asWorker, close };
  } catch (error) {
    await close();
    throw error;
  }
}
