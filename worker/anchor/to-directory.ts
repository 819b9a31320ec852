// An anchor that is a directory, best on storage of another owner: one file a checkpoint, written once.
import { randomBytes } from "node:crypto";
import { link, open, readFile, unlink } from "node:fs/promises";
import { join } from "node:path";
import { anchorName, type PublishedCheckpoint, requireSame } from "./anchored.ts";

const hasCode = (error: unknown, code: string): boolean =>
  error instanceof Error && "code" in error && error.code === code;

async function readIfThere(path: string): Promise<string | null> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if (hasCode(error, "ENOENT")) return null;
    throw error;
  }
}

async function writeDraft(path: string, text: string): Promise<void> {
  const handle = await open(path, "wx", 0o644);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function flushFolder(path: string): Promise<void> {
  const handle = await open(path, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** True when the checkpoint was put there now. A link never replaces a file, so of two that race one gives way. */
export async function anchorInDirectory(
  directory: string,
  checkpoint: PublishedCheckpoint,
): Promise<boolean> {
  const path = join(directory, anchorName(checkpoint));
  const kept = await readIfThere(path);
  if (kept !== null) {
    requireSame(kept, checkpoint);
    return false;
  }
  const draft = join(directory, `.${anchorName(checkpoint)}.${randomBytes(6).toString("hex")}`);
  try {
    await writeDraft(draft, checkpoint.note);
    await link(draft, path);
    await flushFolder(directory);
    return true;
  } catch (error) {
    if (!hasCode(error, "EEXIST")) throw error;
    requireSame(await readFile(path, "utf8"), checkpoint);
    return false;
  } finally {
    await unlink(draft).catch((error: unknown) => {
      if (!hasCode(error, "ENOENT")) throw error;
    });
  }
}
