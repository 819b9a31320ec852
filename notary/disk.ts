// Files that are whole or absent after a crash: written beside their place, flushed, renamed, the folder flushed.
import { mkdir, open, readFile, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { Halt } from "./halt.ts";

/** What is written, so that a test can have it fail. */
export interface Disk {
  /** Puts a file in the place of an older one. */
  replace(path: string, bytes: Uint8Array | string, mode: number): Promise<void>;
  /** A file that never changes again: one with the same bytes is kept, one with others is refused. */
  keep(path: string, bytes: Uint8Array, mode: number): Promise<void>;
  removeFolder(path: string): Promise<void>;
}

export const SHARED_FILE = 0o640;
export const PRIVATE_FILE = 0o600;
const FOLDER = 0o750;

export const errnoOf = (error: unknown): string | null =>
  error instanceof Error && "code" in error && "errno" in error && typeof error.code === "string"
    ? error.code
    : null;

async function readIfThere(path: string): Promise<Buffer | null> {
  try {
    return await readFile(path);
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return null;
    throw error;
  }
}

async function flush(path: string): Promise<void> {
  const handle = await open(path, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function replace(path: string, bytes: Uint8Array | string, mode: number): Promise<void> {
  const draft = `${path}.new`;
  await rm(draft, { force: true });
  const handle = await open(draft, "wx", mode);
  try {
    await handle.writeFile(bytes);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(draft, path);
  await flush(dirname(path));
}

/** Makes the folder of `path` where it is missing; the entry of a new one is flushed in its parent. */
async function ensureFolder(folder: string): Promise<void> {
  const made = await mkdir(folder, { recursive: true, mode: FOLDER });
  if (made === undefined) return;
  for (let at = folder; ; at = dirname(at)) {
    await flush(dirname(at));
    if (at === made) return;
  }
}

async function keep(path: string, bytes: Uint8Array, mode: number): Promise<void> {
  const existing = await readIfThere(path);
  if (existing === null) {
    await ensureFolder(dirname(path));
    return replace(path, bytes, mode);
  }
  if (!existing.equals(bytes))
    throw new Halt("tiles_disagree", `${path} exists with other content, and it never changes.`);
  await flush(path); // it may be from a start that a crash ended before its flush
  await flush(dirname(path));
}

export const realDisk: Disk = {
  replace,
  keep,
  removeFolder: (path) => rm(path, { recursive: true, force: true }),
};
