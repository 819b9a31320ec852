// Files that are whole or absent after a crash or a power cut: draft, flush, rename, flush of the folder.
import { mkdir, open, readFile, rename } from "node:fs/promises";
import { dirname } from "node:path";

const OWNER_ONLY = 0o600;

export async function readIfThere(path: string): Promise<Buffer | null> {
  try {
    return await readFile(path);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw error;
  }
}

async function flush(path: string, write?: string): Promise<void> {
  const handle = await open(path, write === undefined ? "r" : "w", OWNER_ONLY);
  try {
    if (write !== undefined) await handle.writeFile(write);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Makes a folder for its owner alone; where it is new, so is its entry in the parent, and that is flushed too. */
export async function ensureFolder(path: string): Promise<void> {
  const made = await mkdir(path, { recursive: true, mode: 0o700 });
  if (made === undefined) return;
  for (let at = path; ; at = dirname(at)) {
    await flush(dirname(at));
    if (at === made) return;
  }
}

/** Resolves when `text` is at `path` for good. One caller at a time for each path. */
export async function writeDurably(path: string, text: string): Promise<void> {
  await ensureFolder(dirname(path));
  const draft = `${path}.draft`;
  await flush(draft, text);
  await rename(draft, path);
  await flush(dirname(path));
}
