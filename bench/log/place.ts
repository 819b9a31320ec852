// A deployment in a temporary folder whose database is filled before it is measured. This process acts in it through
// the product's services, as the web process does.
import { execFile } from "node:child_process";
import { chmod, mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import pg from "pg";
import { identitiesFor, isRoot } from "#cli/identities.ts";
import { type Layout, layoutAt, prepareFolders } from "#cli/layout.ts";
import { type Deployment, webVariables } from "#cli/settings.ts";
import { systemClock } from "#lib/clock.ts";
import { disconnectDatabase } from "#lib/db.ts";
import { newId } from "#lib/ids.ts";
import { closeQueue } from "#lib/jobs/queue.ts";
import { migrateDatabase } from "#lib/migrate/migrate.ts";
import type { RoleUrls } from "#lib/migrate/roles.ts";
import { choosePort } from "#lib/postgres/port.ts";
import { ensureServer, type PostgresServer } from "#lib/postgres/server.ts";
import { makeScope, type Scope } from "#lib/scope.ts";
import type { BenchPlane } from "../place/plane.ts";

export const DATABASE = "pilothouse";
const PREFERRED_PORT = 4390;
const root = new URL("../..", import.meta.url).pathname;

/** For filling only: what a crash would take is filled again. What is measured runs as the product starts it. */
const FILLING = {
  fsync: "off",
  wal_level: "minimal",
  max_wal_senders: "0",
  max_wal_size: "16GB",
  maintenance_work_mem: "1GB",
  autovacuum: "off",
};

export interface LogPlace extends BenchPlane {
  readonly deployment: Deployment;
  readonly layout: Layout;
  readonly server: PostgresServer;
  /** Of the installation itself. */
  readonly scope: Scope;
}

/** Works as owner, in the new and empty tables. */
export type Fill = (owner: pg.Client, deployment: Deployment) => Promise<void>;

async function asOwner(url: string, work: (client: pg.Client) => Promise<unknown>): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}

async function fillServer(deployment: Deployment, fill: Fill): Promise<void> {
  const { layout, who } = deployment;
  const options = { folder: layout.postgres, identity: who.postgres, settings: FILLING };
  const server = await ensureServer(options);
  try {
    await asOwner(server.ownerUrl("postgres"), (client) => client.query(`create database ${DATABASE}`));
    const ownerUrl = server.ownerUrl(DATABASE);
    await migrateDatabase({ ownerUrl, secrets: layout.secrets });
    await asOwner(ownerUrl, (client) => fill(client, deployment));
  } finally {
    await server.stop();
  }
  await promisify(execFile)("sync"); // what filling left unwritten is not for the measured part to write
}

async function actAs(databaseUrl: string): Promise<void> {
  await closeQueue();
  await disconnectDatabase();
  process.env.DATABASE_URL = databaseUrl;
}

async function asWorker<T>(urls: RoleUrls, work: () => Promise<T>): Promise<T> {
  await actAs(urls.worker);
  try {
    return await work();
  } finally {
    await actAs(urls.web);
  }
}

async function makeDeployment(folder: string): Promise<Deployment> {
  await chmod(folder, 0o755); // the processes are users of their own and pass through
  const layout = layoutAt(folder);
  const who = identitiesFor(isRoot());
  await prepareFolders(layout, who);
  await mkdir(layout.postgres, { recursive: true });
  const port = await choosePort(PREFERRED_PORT);
  return {
    root,
    layout,
    who,
    port,
    gatewayPort: port + 10,
    url: `http://127.0.0.1:${port}`,
    mode: "up",
    demo: false,
  };
}

const installation = (): Scope =>
  makeScope({
    actor: { kind: "system", name: "bench" },
    grants: [{ role: "administrator", pilotId: null }],
    requestId: newId("request"),
    clock: systemClock,
  });

/** Durability of what is measured is the product's own: nothing of the database is switched off. */
export async function openLogPlace(fill: Fill = async () => undefined): Promise<LogPlace> {
  const folder = await mkdtemp(join(tmpdir(), "pilothouse-bench-log-"));
  let server: PostgresServer | undefined;
  const close = async () => {
    await closeQueue();
    await disconnectDatabase();
    await server?.stop();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const deployment = await makeDeployment(folder);
    const { layout, who, port, url } = deployment;
    await fillServer(deployment, fill);
    server = await ensureServer({ folder: layout.postgres, identity: who.postgres });
    const ownerUrl = server.ownerUrl(DATABASE);
    const { urls } = await migrateDatabase({ ownerUrl, secrets: layout.secrets });
    const source = { PATH: process.env.PATH, PILOTHOUSE_LOG_LEVEL: "error" };
    const variables = await webVariables(deployment, urls, source);
    Object.assign(process.env, variables, { PATH: process.env.PATH, HOME: process.env.HOME });
    await actAs(urls.web);
    return {
      ...{ root, folder, port, url, urls, variables, close, deployment, layout, server },
      scope: installation(),
      asWorker: (work) => asWorker(urls, work),
    };
  } catch (error) {
    await close();
    throw error;
  }
}
