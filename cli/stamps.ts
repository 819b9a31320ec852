// Skips work whose sources did not change: a digest of them is kept with the dependencies, so installing
// anew forgets it.
import { createHash, type Hash } from "node:crypto";
import { mkdir, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** Tests go into no result. */
const TEST = /\.test\.tsx?$/;

async function addToHash(hash: Hash, root: string, path: string): Promise<void> {
  const absolute = join(root, path);
  const found = await stat(absolute).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return null;
    throw error;
  });
  if (!found) return;
  if (found.isDirectory()) {
    const names = await readdir(absolute);
    for (const name of names.sort().filter((one) => !TEST.test(one)))
      await addToHash(hash, root, join(path, name));
    return;
  }
  hash.update(`${path}\0${found.size}\0`).update(await readFile(absolute));
}

/** Digest of files and folders below `root`; what is not there counts as absent. */
export async function digestOf(root: string, paths: readonly string[]): Promise<string> {
  const hash = createHash("sha256").update(process.version);
  for (const path of paths) await addToHash(hash, root, path);
  return hash.digest("hex");
}

const stampFile = (root: string, name: string) => join(root, "node_modules/.cache/pilothouse", name);

async function readStamp(root: string, name: string): Promise<string> {
  return readFile(stampFile(root, name), "utf8").catch(() => "");
}

export interface Work {
  readonly root: string;
  /** Name of the stamp. */
  readonly name: string;
  /** Files and folders the result depends on. */
  readonly sources: readonly string[];
  /** Must exist for the result to count as there. */
  readonly result: string;
}

/** Runs `work` unless its result is there and comes from the same sources. True if it ran. */
export async function whenChanged(work: Work, run: () => Promise<void>): Promise<boolean> {
  const digest = await digestOf(work.root, work.sources);
  const exists = await stat(join(work.root, work.result)).then(
    () => true,
    () => false,
  );
  if (exists && (await readStamp(work.root, work.name)) === digest) return false;
  const file = stampFile(work.root, work.name);
  await rm(file, { force: true }); // a run that breaks off leaves a result of neither the old nor the new sources
  await run();
  await mkdir(join(file, ".."), { recursive: true });
  await writeFile(file, digest);
  return true;
}
