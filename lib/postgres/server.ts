// The Postgres that comes through npm: one server per folder, started or adopted. It outlives a launcher
// that was killed, so whoever comes next finds it by its pid file and goes on with it.
import { spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { chmod, mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import pg from "pg";
import { type Clock, SECOND, systemClock } from "../clock.ts";
import { messageOf, unavailable } from "../errors.ts";
import { waitForHostLock } from "../host-lock.ts";
import { keptSecret } from "../kept-secret.ts";
import { binaries, type Identity, initialise } from "./initialise.ts";
import { choosePort } from "./port.ts";

const PREFERRED_PORT = 54_320;
const START_PATIENCE = 20 * SECOND;
const STOP_PATIENCE = 30 * SECOND;

export interface ServerOptions {
  /** Folder of its own: `data/`, `log`, passwords. Every parent must be open to `identity`. */
  readonly folder: string;
  /** Who Postgres runs as; null: the current user, which must not be root. */
  readonly identity: Identity | null;
  readonly settings?: Readonly<Record<string, string>>;
  readonly clock?: Clock;
}

export interface PostgresServer {
  readonly port: number;
  readonly pid: number;
  /** True if it was already running. */
  readonly adopted: boolean;
  /** URL of a database as `ph_owner`: may create databases and roles, is no superuser. */
  ownerUrl(database: string): string;
  /** Fast shutdown: open transactions are rolled back. Resolves when the process is gone. */
  stop(): Promise<void>;
}

interface Paths {
  readonly folder: string;
  readonly data: string;
  readonly log: string;
}

interface Passwords {
  readonly superuser: string;
  readonly owner: string;
}

const url = (user: string, password: string, port: number, database: string) =>
  `postgres://${user}:${password}@127.0.0.1:${port}/${encodeURIComponent(database)}`;

interface PidFile {
  readonly pid: number;
  readonly port: number;
}

async function readPidFile(data: string): Promise<PidFile | null> {
  const text = await readFile(join(data, "postmaster.pid"), "utf8").catch(() => "");
  const lines = text.split("\n");
  const pid = Number(lines[0]);
  const port = Number(lines[3]);
  return pid > 0 && port > 0 ? { pid, port } : null;
}

/** True if the server on that port is the one of this folder, ready for queries. */
async function answers(paths: Paths, port: number, password: string): Promise<boolean> {
  const client = new pg.Client({
    connectionString: url("postgres", password, port, "postgres"),
    connectionTimeoutMillis: 2 * SECOND,
  });
  client.on("error", () => undefined); // the query that was waiting rejects with it too
  try {
    await client.connect();
    const { rows } = await client.query<{ data_directory: string }>("show data_directory");
    return rows[0]?.data_directory === paths.data;
  } catch {
    return false; // not there, starting up, or somebody else's: in each case not ours to use
  } finally {
    await client.end().catch(() => undefined); // the answer is known; how the connection ends is not part of it
  }
}

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
};

async function launch(paths: Paths, options: ServerOptions): Promise<{ exited(): boolean }> {
  const { postgres } = await binaries();
  const port = await choosePort(PREFERRED_PORT);
  const settings = {
    ...{ listen_addresses: "127.0.0.1", unix_socket_directories: "" },
    // Nobody runs this on a spinning disk; with the default of 4, what is sorted was read in order by no index.
    random_page_cost: "1.1",
    ...options.settings,
  };
  const flags = Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
  const log = openSync(paths.log, "a", 0o640);
  const child = spawn(postgres, ["-D", paths.data, "-p", String(port), ...flags], {
    ...options.identity,
    cwd: "/",
    detached: true,
    stdio: ["ignore", log, log],
    env: { NODE_ENV: "production", TZ: "UTC", LC_ALL: "C.UTF-8" },
  });
  closeSync(log);
  let exited = false;
  child.once("exit", () => {
    exited = true;
  });
  child.once("error", () => {
    exited = true;
  });
  child.unref();
  return { exited: () => exited };
}

async function lastLines(path: string): Promise<string> {
  const text = await readFile(path, "utf8").catch(() => "");
  return text.trimEnd().split("\n").slice(-5).join("\n");
}

/** Starts it; after a crash its own leftovers may refuse a start for a moment, so again until patience ends. */
async function start(paths: Paths, options: ServerOptions, password: string): Promise<PidFile> {
  const clock = options.clock ?? systemClock;
  const deadline = clock.now() + START_PATIENCE;
  let server = await launch(paths, options);
  while (clock.now() < deadline) {
    const running = await readPidFile(paths.data);
    if (running && (await answers(paths, running.port, password))) return running;
    await clock.sleep(50);
    if (server.exited()) {
      await clock.sleep(300);
      server = await launch(paths, options);
    }
  }
  throw unavailable(`Postgres did not start. Its log ${paths.log} ends with:\n${await lastLines(paths.log)}`);
}

/** The role everything of ours belongs to; made on first use, its password set to the one we keep. */
async function ensureOwner(port: number, passwords: Passwords): Promise<void> {
  const client = new pg.Client({ connectionString: url("postgres", passwords.superuser, port, "postgres") });
  await client.connect();
  try {
    const { rowCount } = await client.query("select from pg_roles where rolname = 'ph_owner'");
    if (rowCount) return;
    await client.query(
      `create role ph_owner login createdb createrole password ${pg.escapeLiteral(passwords.owner)}`,
    );
  } finally {
    await client.end();
  }
}

async function stop(paths: Paths, pid: number, clock: Clock): Promise<void> {
  if (isAlive(pid)) process.kill(pid, "SIGINT");
  const deadline = clock.now() + STOP_PATIENCE;
  while ((await readPidFile(paths.data))?.pid === pid && isAlive(pid)) {
    if (clock.now() > deadline)
      throw unavailable(`Postgres (process ${pid}) does not end; see ${paths.log}.`);
    await clock.sleep(50);
  }
}

/** Starts the folder's server, or adopts the one that runs. Safe to call from several processes at once. */
export async function ensureServer(options: ServerOptions): Promise<PostgresServer> {
  const clock = options.clock ?? systemClock;
  const { folder } = options;
  const paths: Paths = { folder, data: join(folder, "data"), log: join(folder, "log") };
  await mkdir(folder, { recursive: true });
  if (options.identity) await chmod(folder, 0o755);
  const lock = await waitForHostLock(`postgres ${folder}`, 60 * SECOND, clock);
  try {
    const passwords: Passwords = {
      superuser: await keptSecret(join(folder, "superuser-password")),
      owner: await keptSecret(join(folder, "owner-password")),
    };
    const found = await readPidFile(paths.data);
    const adopted = found !== null && (await answers(paths, found.port, passwords.superuser));
    if (!adopted) await initialise(paths.data, passwords.superuser, options.identity);
    const running = adopted ? found : await start(paths, options, passwords.superuser);
    await ensureOwner(running.port, passwords);
    return {
      ...running,
      adopted,
      ownerUrl: (database) => url("ph_owner", passwords.owner, running.port, database),
      stop: () => stop(paths, running.pid, clock),
    };
  } catch (error) {
    throw unavailable(`The embedded Postgres in ${folder} cannot be used: ${messageOf(error)}`, error);
  } finally {
    await lock.release();
  }
}
