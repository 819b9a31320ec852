// Puts the newest checkpoint where PILOTHOUSE_ANCHOR says, so that a log which is rewritten together with its database
// and its keys still disagrees with something outside.
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { messageOf, unavailable } from "#lib/errors.ts";
import { findLatestCheckpoint } from "#lib/log/latest-checkpoint.ts";
import type { Scope } from "#lib/scope.ts";
import { anchorName, type PublishedCheckpoint } from "./anchored.ts";
import { anchorInDirectory } from "./to-directory.ts";
import { anchorInRepository } from "./to-repository.ts";

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return false;
    throw unavailable(`The anchor is not readable: ${messageOf(error)}`, error);
  }
}

/** It is never made here: where a mount is missing, its mount point must not be filled instead. */
export async function anchorCheckpoint(anchor: string, checkpoint: PublishedCheckpoint): Promise<boolean> {
  if (!(await isFolder(anchor))) {
    throw unavailable(`PILOTHOUSE_ANCHOR is ${anchor}, and there is no such folder. Make it, or mount it.`);
  }
  const isRepository = (await isFolder(join(anchor, "objects"))) && (await isFolder(join(anchor, "refs")));
  return isRepository ? anchorInRepository(anchor, checkpoint) : anchorInDirectory(anchor, checkpoint);
}

/** True when something was anchored. Nothing to do without an anchor, or before the first checkpoint. */
export async function anchorLatest(anchor: string | undefined, scope: Scope): Promise<boolean> {
  if (anchor === undefined) return false;
  const checkpoint = await findLatestCheckpoint(scope);
  if (!checkpoint) return false;
  try {
    return await anchorCheckpoint(anchor, checkpoint);
  } catch (error) {
    // Another worker may have put a later one there since this one was read; then it was no conflict.
    const latest = await findLatestCheckpoint(scope);
    if (!latest || anchorName(latest) === anchorName(checkpoint)) throw error;
    return anchorCheckpoint(anchor, latest);
  }
}
