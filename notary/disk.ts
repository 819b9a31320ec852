// Files that are whole or absent after a crash: written beside their place, flushed, renamed, the folder flushed.
import { mkdir, open, readFile, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { Halt } from "./halt.ts";

export interface KeptFile {
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** What is written, so that a test can have it fail. */
export interface Disk {
  /** Puts a file in the place of an older one. */
  replace(path: string, bytes: Uint8Array | string, mode: number): Promise<void>;
  /** Files that never change again: one that is there with the same bytes stays, one with others is refused. */
  keep(files: readonly KeptFile[], mode: number): Promise<void>;
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

/** Whole and flushed beside its place. */
async function draft(path: string, bytes: Uint8Array | string, mode: number): Promise<void> {
  await rm(`${path}.new`, { force: true });
  const handle = await open(`${path}.new`, "wx", mode);
  try {
    await handle.writeFile(bytes);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function replace(path: string, bytes: Uint8Array | string, mode: number): Promise<void> {
  await draft(path, bytes, mode);
  await rename(`${path}.new`, path);
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

async function keepOne({ path, bytes }: KeptFile, mode: number): Promise<void> {
  const existing = await readIfThere(path);
  if (existing === null) {
    await ensureFolder(dirname(path));
    await draft(path, bytes, mode);
    return rename(`${path}.new`, path);
  }
  if (!existing.equals(bytes))
    throw new Halt("tiles_disagree", `${path} exists with other content, and it never changes.`);
  await flush(path); // it may be from a start that a crash ended before its flush
}

/** Resolves when all are over, so that none is still writing when the next round begins. */
async function allOver(works: readonly Promise<void>[]): Promise<void> {
  const failed = (await Promise.allSettled(works)).find((one) => one.status === "rejected");
  if (failed) throw failed.reason;
}

async function keep(files: readonly KeptFile[], mode: number): Promise<void> {
  await allOver(files.map((file) => keepOne(file, mode)));
  await allOver([...new Set(files.map(({ path }) => dirname(path)))].map(flush));
}

export const realDisk: Disk = {
  replace,
  keep,
  removeFolder: (path) => rm(path, { recursive: true, force: true }),
};
