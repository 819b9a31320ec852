// Folders that must be reachable: the processes run as users of their own, who need every parent open.
import { execFile } from "node:child_process";
import { constants } from "node:fs";
import { access, realpath, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import type { Identity } from "#lib/postgres/initialise.ts";
import { type Finding, failed, fine } from "./finding.ts";

const run = promisify(execFile);

interface Ownership {
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
}

/** May that user pass through a folder? By its mode alone, which is what chmod changes. */
export function mayTraverse(folder: Ownership, who: Identity): boolean {
  const shift = folder.uid === who.uid ? 6 : folder.gid === who.gid ? 3 : 0;
  return ((folder.mode >> shift) & 1) === 1;
}

/** `path` and its parents, from the root down. */
export function parentsOf(path: string): string[] {
  const parent = dirname(path);
  return parent === path ? [path] : [...parentsOf(parent), path];
}

/** The nearest of `path` and its parents that exists. */
async function nearestExisting(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    const parent = dirname(path);
    if (parent === path) throw error;
    return nearestExisting(parent);
  }
}

export async function firstClosedParent(path: string, who: Identity): Promise<string | null> {
  for (const parent of parentsOf(await nearestExisting(path))) {
    if (!mayTraverse(await stat(parent), who)) return parent;
  }
  return null;
}

async function canRead(file: string, who: Identity): Promise<boolean> {
  const script = "require('node:fs').accessSync(process.argv[1], 4)";
  try {
    await run(process.execPath, ["-e", script, file], { ...who, cwd: "/", env: { NODE_ENV: "production" } });
    return true;
  } catch {
    return false; // the exit code is the answer
  }
}

/** Can the users of our processes read this checkout and its Node? */
export async function checkCheckout(root: string, who: Identity | null): Promise<Finding> {
  const name = "Checkout";
  if (!who) return fine(name, `${root} is read as the current user.`);
  const closed = await firstClosedParent(root, who);
  if (closed) {
    return failed(
      name,
      `${closed} is closed to other users, and started by root the processes run as users of their own: ` +
        `move the checkout (for example to /opt/pilothouse), or run \`chmod o+x ${closed}\`.`,
    );
  }
  if (await canRead(join(root, "package.json"), who))
    return fine(name, `${root} is readable for the processes.`);
  return failed(
    name,
    `The files in ${root} are not readable for other users: run \`chmod -R go+rX ${root}\`.`,
  );
}

/** Can data be kept there, by the launcher and by the users of the processes? Creates nothing. */
export async function checkDataFolder(data: string, who: Identity | null): Promise<Finding> {
  const name = "Data folder";
  const existing = await nearestExisting(data);
  if (!(await stat(existing)).isDirectory()) {
    return failed(
      name,
      `${existing} is a file, so ${data} cannot be a folder: set PILOTHOUSE_DATA to another path.`,
    );
  }
  try {
    await access(existing, constants.W_OK | constants.X_OK);
  } catch {
    return failed(name, `${existing} is not writable: set PILOTHOUSE_DATA to a folder that is.`);
  }
  const closed = who ? await firstClosedParent(data, who) : null;
  if (!closed || closed === data) return fine(name, `${data} can be written.`);
  return failed(
    name,
    `${closed} is closed to other users, so the processes cannot reach their data in ${data}: ` +
      `set PILOTHOUSE_DATA to an open place, or run \`chmod o+x ${closed}\`.`,
  );
}
