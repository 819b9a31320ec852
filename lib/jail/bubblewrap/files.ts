// What a sandbox shows of files that are not the host's: a synthetic /etc, and a Node binary its user can reach.
import { createHash, randomBytes } from "node:crypto";
import { chmod, copyFile, cp, mkdir, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { refused } from "#lib/errors.ts";
import { codeOf } from "../cgroups/group.ts";
import { HOME, INSIDE_ID } from "./box.ts";

const ETC: Record<string, string> = {
  passwd: [
    "root:x:0:0:root:/nonexistent:/usr/sbin/nologin",
    `agent:x:${INSIDE_ID}:${INSIDE_ID}:agent:${HOME}:/bin/sh`,
    "nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n",
  ].join("\n"),
  group: `root:x:0:\nagent:x:${INSIDE_ID}:\nnogroup:x:65534:\n`,
  hosts: "127.0.0.1 localhost sandbox\n::1 localhost sandbox\n",
  "resolv.conf": "",
  "nsswitch.conf": "passwd: files\ngroup: files\nhosts: files\n",
  // Mount point of the host's; without it programs find no library outside the default folders.
  "ld.so.cache": "",
};

/** Replaces a file only when its content differs, and then in one step: a sandbox may be reading it. */
async function keep(path: string, text: string): Promise<void> {
  const present = await readFile(path, "utf8").catch((error: unknown) => {
    if (codeOf(error) === "ENOENT") return null;
    throw error;
  });
  if (present === text) return;
  const fresh = `${path}.${randomBytes(6).toString("hex")}`;
  await writeFile(fresh, text);
  await chmod(fresh, 0o644);
  await rename(fresh, path);
}

async function openDirectory(path: string): Promise<void> {
  await mkdir(path, { recursive: true });
  await chmod(path, 0o755); // whatever the umask said
}

/** Debian keeps a JVM's own configuration below /etc, and none starts without it. */
const JAVA = /^java-\d{1,3}-openjdk$/;

/** Folders below /etc that a sandbox sees as the host has them: only what programs of /usr need to start. */
export async function shownOfEtc(): Promise<string[]> {
  const entries = await readdir("/etc", { withFileTypes: true });
  return entries
    .filter((entry) => entry.isDirectory() && JAVA.test(entry.name))
    .map(({ name }) => name)
    .sort();
}

/** Writes the synthetic /etc below `stateDirectory`, with mount points for the `shown` of the host's; returns its path. */
export async function writeEtc(stateDirectory: string, shown: readonly string[] = []): Promise<string> {
  const etc = join(stateDirectory, "sandbox", "etc");
  await openDirectory(join(stateDirectory, "sandbox"));
  await openDirectory(etc);
  await openDirectory(join(etc, "alternatives")); // mount point: cc, awk and others are links into it
  for (const name of shown) await openDirectory(join(etc, name));
  await Promise.all(Object.entries(ETC).map(([name, text]) => keep(join(etc, name), text)));
  return etc;
}

/** The first directory above `path` that `uid` may not enter; null when it reaches the file. */
export async function closedDirectory(path: string, uid: number): Promise<string | null> {
  const above: string[] = [];
  for (let at = dirname(path); ; at = dirname(at)) {
    above.unshift(at);
    if (at === "/") break;
  }
  for (const directory of above) {
    const { mode, uid: owner, gid } = await stat(directory);
    const needed = owner === uid ? 0o100 : gid === uid ? 0o010 : 0o001;
    if ((mode & needed) === 0) return directory;
  }
  return null;
}

/** Throws `refused` when the sandbox's user cannot reach what lies in the state directory. */
export async function requireReachable(path: string, uid: number): Promise<void> {
  const closed = await closedDirectory(path, uid);
  if (closed === null) return;
  throw refused(
    `The sandbox's user ${uid} cannot enter ${closed}: choose a data folder that every user may enter (PILOTHOUSE_DATA), or run chmod o+x ${closed}.`,
  );
}

/** This process's own Node, copied below `stateDirectory` where it lies in somebody's closed home. */
export async function reachableNode(stateDirectory: string, uid: number | null): Promise<string> {
  const own = process.execPath;
  if (uid === null || (await closedDirectory(own, uid)) === null) return own;
  const { size, mtimeMs } = await stat(own);
  const copy = join(stateDirectory, "sandbox", `node-${process.version}-${size}-${Math.trunc(mtimeMs)}`);
  const isThere = await stat(copy).then(
    (found) => found.size === size,
    (error: unknown) => {
      if (codeOf(error) === "ENOENT") return false;
      throw error;
    },
  );
  if (!isThere) {
    const fresh = `${copy}.${randomBytes(6).toString("hex")}`;
    await copyFile(own, fresh);
    await chmod(fresh, 0o755);
    await rename(fresh, copy);
  }
  return copy;
}

interface FolderRequest {
  /** Of the runner; everybody may enter it. */
  readonly stateFolder: string;
  readonly uid: number | null;
  readonly host: string;
  /** Names the copy. */
  readonly name: string;
}

/** A folder the sandbox's user can mount: itself, or a copy where it lies in somebody's closed home. Made once per content. */
export async function reachableFolder({ stateFolder, uid, host, name }: FolderRequest): Promise<string> {
  if (uid === null || (await closedDirectory(join(host, "x"), uid)) === null) return host;
  const entries = await readdir(host, { recursive: true, withFileTypes: true });
  const paths = entries.map((entry) => join(entry.parentPath, entry.name)).sort();
  const hash = createHash("sha256");
  for (const path of paths) {
    const { size, mtimeMs } = await stat(path);
    hash.update(JSON.stringify([path, size, mtimeMs]));
  }
  const copy = join(stateFolder, "sandbox", `${name}-${hash.digest("hex").slice(0, 16)}`);
  const isThere = await stat(copy).then(
    () => true,
    (error: unknown) => {
      if (codeOf(error) === "ENOENT") return false;
      throw error;
    },
  );
  if (!isThere) await copyOpenly(host, copy);
  return copy;
}

/** In one step: another runner may be making the same copy. */
async function copyOpenly(host: string, copy: string): Promise<void> {
  const fresh = `${copy}.${randomBytes(6).toString("hex")}`;
  await cp(host, fresh, { recursive: true, dereference: true });
  await chmod(fresh, 0o755);
  for (const entry of await readdir(fresh, { recursive: true, withFileTypes: true }))
    await chmod(join(entry.parentPath, entry.name), entry.isDirectory() ? 0o755 : 0o644);
  await rename(fresh, copy).catch(async (error: unknown) => {
    await rm(fresh, { recursive: true, force: true });
    if (codeOf(error) !== "ENOTEMPTY" && codeOf(error) !== "EEXIST") throw error;
  });
}
